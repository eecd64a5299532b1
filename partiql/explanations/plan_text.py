"""What a statement comes down to, in a line per read or write.

::

    Get music Nina/Sinnerman
    Query movies (index by_rating): key genre = 'Drama' AND rating > 8; filter year = 1994
    Scan movies: filter rating > 8
    Update music Nina/Sinnerman: condition plays < 10
"""

from collections.abc import Mapping, Sequence

from ddblite.engine.expressions.tree import Tree
from ddblite.partiql.access_paths.access import Change, Get, Put, Query, Scan
from ddblite.partiql.access_paths.branches import KeyRead
from ddblite.partiql.access_paths.terms import joined
from ddblite.partiql.explanations.printing import shown_name, shown_tree, shown_value
from ddblite.partiql.plans import plan
from ddblite.partiql.run.execute import Run
from ddblite.schema.numbers import plain_text
from ddblite.schema.tables import Source
from ddblite.schema.values import Value

Values = Mapping[str, Value]


def described(run: Run) -> str:
    """Returns what a statement does."""
    access = run.fitted.access
    lines: list[str] = []
    key_reads = [compiled.key_read for compiled in run.key_reads]
    match access:
        case Put():
            key = keys_of_item(run)
            return f"Put {access.table.name} {key}: condition {shown_tree(access.condition, {})}"
        case Change():
            verb = "Update" if isinstance(run.prepared.statement.plan, plan.Update) else "Delete"
            key = "/".join(key_text(run.values[name]) for _, name in access.key)
            condition = clause("condition", access.condition, run.values)
            return f"{verb} {access.table.name} {key}{with_clauses([condition])}"
        case Scan():
            condition = clause("filter", access.filter, run.values)
            return f"Scan {source_text(access.source)}{with_clauses([condition])}"
        case Get():
            lines = [get_text(access.source, key_read, run.values) for key_read in key_reads]
        case Query():
            lines = [query_text(access.source, key_read, run) for key_read in key_reads]
    return "\n".join(lines) or f"Nothing of {source_text(access.source)}: no key can match"


def source_text(source: Source) -> str:
    """Returns the name of a table, and of the index if one is read."""
    index = "" if source.index is None else f" (index {source.index.name})"
    return f"{source.table.name}{index}"


def key_text(value: Value) -> str:
    """Returns a key value as it would be called in conversation."""
    if isinstance(value, str):
        return value
    return plain_text(value) if isinstance(value, int) else shown_value(value)


def clause(word: str, tree: Tree | None, values: Values) -> str:
    """Returns a condition after its word, or "" when there is none."""
    if tree is None:
        return ""
    texts = {name: shown_value(value) for name, value in values.items()}
    return f"{word} {shown_tree(tree, texts)}"


def with_clauses(clauses: Sequence[str]) -> str:
    """Returns a colon and the clauses that are there, or nothing."""
    text = "; ".join(filter(None, clauses))
    return f": {text}" if text else ""


def get_text(source: Source, key_read: KeyRead, values: Values) -> str:
    """Returns the line of a read by the whole key."""
    names = [key_read.partition, *(key_read.sort.names if key_read.sort is not None else ())]
    key = "/".join(key_text(values[name]) for name in names)
    condition = clause("filter", joined(key_read.rest), values)
    return f"Get {source_text(source)} {key}{with_clauses([condition])}"


def query_text(source: Source, key_read: KeyRead, run: Run) -> str:
    """Returns the line of a read of one partition."""
    values = run.values
    key = f"key {shown_name(source.partition.name)} = {shown_value(values[key_read.partition])}"
    within = range_text(source, key_read, values)
    if within is not None:
        key += f" AND {within}"
    condition = clause("filter", joined(key_read.rest), values)
    clauses = [key, condition, "backward" if run.fitted.order.backward else ""]
    return f"Query {source_text(source)}{with_clauses(clauses)}"


def range_text(source: Source, key_read: KeyRead, values: Values) -> str | None:
    """Returns the condition on the sort key that a key read goes by, or None when it has none."""
    if key_read.sort is None or source.sort is None:
        return None
    name = shown_name(source.sort.name)
    operands = [shown_value(values[one]) for one in key_read.sort.names]
    if key_read.sort.operator == "begins_with":
        return f"begins_with({name}, {operands[0]})"
    return f"{name} {key_read.sort.operator} {' AND '.join(operands)}"


def keys_of_item(run: Run) -> str:
    """Returns the key of the item that an INSERT writes, as far as the item has it."""
    of = run.prepared.statement.plan
    assert isinstance(of, plan.Insert), "only an INSERT puts"
    item = plan.value_of(of.item, run.parameters)
    assert isinstance(item, dict), "an INSERT has a map"
    return "/".join(key_text(item[name]) for name in run.table.key_names if name in item)
