"""A table made by hand, and how statements get at its items, as lines of text."""

from collections.abc import Sequence

from ddblite.partiql.access_paths import key_reads as settling
from ddblite.partiql.access_paths.access import Access, Change, Get, Put, Query, Scan, access_to
from ddblite.partiql.access_paths.branches import KeyRead
from ddblite.partiql.access_paths.ordering import order_of
from ddblite.partiql.access_paths.terms import joined
from ddblite.partiql.explanations.printing import shown_literal, shown_tree
from ddblite.partiql.plans.lower import compiled
from ddblite.partiql.plans.plan import Select, value_of
from ddblite.schema.tables import TableSpec, table_spec
from ddblite.schema.values import Value

KEYS = {"pk": "HASH", "sk": "RANGE", "g": "HASH", "r": "RANGE"}


def key_schema(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": KEYS[name]} for name in names]


def table(*, sorted_: bool = True, multi: bool = False) -> TableSpec:
    """Returns a table with a string partition key, a numeric sort key and three indexes."""
    indexes = [
        {
            "IndexName": "gsi",
            "KeySchema": key_schema("g", "r"),
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a"]},
        },
        {
            "IndexName": "all",
            "KeySchema": key_schema("g"),
            "Projection": {"ProjectionType": "ALL"},
        },
    ]
    if multi:
        indexes[1]["KeySchema"] = [
            {"AttributeName": "g", "KeyType": "HASH"},
            {"AttributeName": "r", "KeyType": "HASH"},
        ]
    local = {
        "IndexName": "lsi",
        "KeySchema": key_schema("pk", "r"),
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    definition = {
        "TableName": "t",
        "KeySchema": key_schema("pk", "sk") if sorted_ else key_schema("pk"),
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in {"pk": "S", "sk": "N", "g": "S", "r": "S"}.items()
        ],
        "GlobalSecondaryIndexes": indexes,
        "LocalSecondaryIndexes": [local] if sorted_ else [],
    }
    numbers = {"gsi": 2, "all": 3, "lsi": 4}
    return table_spec(1, numbers, definition, table_id="x", created_at_s=0)


GIVEN: tuple[Value, ...] = ("p", 7)
"""The parameters of a statement that has any."""


def read_of(text: str, spec: TableSpec, parameters: Sequence[Value] = GIVEN) -> Access:
    """Returns a statement's access; what is read is settled with the values."""
    statement = compiled(text)
    access = access_to(spec, statement.plan)
    if isinstance(access, Put | Change):
        return access
    values = {name: value_of(literal, parameters) for name, literal in statement.values}
    order = statement.plan.order if isinstance(statement.plan, Select) else ()
    return settling.settled(access, order_of(access.source, order), values)


def shown(text: str, spec: TableSpec, parameters: Sequence[Value] = GIVEN) -> list[str]:
    """Returns a statement's access as lines, one per key_read."""
    statement = compiled(text)
    texts = {name: shown_literal(literal) for name, literal in statement.values}
    access = read_of(text, spec, parameters)
    match access:
        case Put():
            return ["Put"]
        case Change():
            key = ", ".join(f"{name} = {texts[one]}" for name, one in access.key)
            rest = () if access.condition is None else (access.condition,)
            return [line("Change", key, rest, texts)]
        case Get() | Query():
            return [leg_line(access, key_read, texts) for key_read in access.key_reads]
    assert isinstance(access, Scan)
    return [line("Scan", "", () if access.filter is None else (access.filter,), texts)]


def leg_line(access: Access, key_read: KeyRead, texts: dict[str, str]) -> str:
    key = texts[key_read.partition]
    if key_read.sort is not None:
        key += f" {key_read.sort.operator} {' '.join(texts[name] for name in key_read.sort.names)}"
    return line(type(access).__name__, key, key_read.rest, texts)


def line(verb: str, key: str, rest: tuple[object, ...], texts: dict[str, str]) -> str:
    tree = joined(rest)  # type: ignore[arg-type]
    return f"{verb} {key} | {'' if tree is None else shown_tree(tree, texts)}".strip(" |")
