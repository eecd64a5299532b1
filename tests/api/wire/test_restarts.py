"""Start keys that fit but lie outside of what a Query selects: what is told, in which order."""

from collections.abc import Iterator
from typing import Final

import pytest

import ddblite
from table_definitions import index, table
from wire_requests import Wire
from wires import refusal, wire

ONE_ROW: Final = "The query can return at most one row and cannot be restarted"
RANGE: Final = "The provided starting key does not match the range key predicate"
OUTSIDE: Final = (
    "The provided starting key is outside query boundaries based on provided conditions"
)
NO_RESTART: Final = "The provided exclusive start key is invalid"


def make(database: ddblite.Database) -> None:
    """Makes a table with indexes of every kind, and one without a sort key."""
    several = ("g:HASH", "h:HASH", "r:RANGE", "t:RANGE")
    definition = table(
        *("p", "s", "g", "h", "r", "t"),
        keys=("p:HASH", "s:RANGE"),
        TableName="tab",
        LocalSecondaryIndexes=[index("p:HASH", "r:RANGE", name="local")],
        GlobalSecondaryIndexes=[
            index("g:HASH", "r:RANGE", name="ranged"),
            index("g:HASH", name="plain"),
            index(*several, name="several"),
        ],
    )
    database.call("CreateTable", definition)
    names = ("p", "s", "g", "h", "r", "t")
    for number in range(3):
        item = {key: {"S": "m"} for key in names} | {"s": {"S": str(number)}}
        database.call("PutItem", {"TableName": "tab", "Item": item})
    database.call("CreateTable", table("p", keys=("p:HASH",), TableName="hash"))
    database.call("PutItem", {"TableName": "hash", "Item": wire({"p": "a", "n": 1})})


@pytest.fixture
def database() -> Iterator[ddblite.Database]:
    with ddblite.connect(":memory:") as opened:
        make(opened)
        yield opened


def asked(source: str, condition: str, start: str) -> Wire:
    """Returns a Query; ``start`` is written as ``pz s2``, other key attributes are ``m``."""
    names = {"tab": "ps", "local": "psr", "ranged": "psgr", "plain": "psg", "several": "psghrt"}
    key = dict.fromkeys(names[source], "m") | {one[0]: one[1:] for one in start.split()}
    request: Wire = {
        "TableName": "tab",
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": {":m": {"S": "m"}, ":b": {"S": "b"}},
        "ExclusiveStartKey": wire(dict(key.items())),
    }
    if ":b" not in condition:
        del request["ExpressionAttributeValues"][":b"]
    return request if source == "tab" else request | {"IndexName": source}


@pytest.mark.parametrize(
    ("source", "condition", "start", "told"),
    [
        ("tab", "p = :m", "pz", OUTSIDE),
        ("tab", "p = :m AND s > :b", "pz sa", RANGE),
        ("tab", "p = :m AND s > :b", "pm sa", RANGE),
        ("tab", "p = :m AND s > :b", "pm sb", RANGE),
        ("tab", "p = :m AND s > :b", "pz sc", ONE_ROW),
        ("tab", "p = :m AND s BETWEEN :b AND :m", "pa sz", RANGE),
        ("tab", "p = :m AND begins_with(s, :b)", "pa sbx", ONE_ROW),
        ("tab", "p = :m AND s = :b", "pm sc", RANGE),
        ("tab", "p = :m AND s = :b", "pz sc", RANGE),
        ("tab", "p = :m AND s = :b", "pz sb", ONE_ROW),
        ("local", "p = :m", "pz", OUTSIDE),
        ("local", "p = :m AND r < :m", "pz", RANGE),
        ("local", "p = :m AND r <= :m", "pz", ONE_ROW),
        ("ranged", "g = :m", "gz", OUTSIDE),
        ("ranged", "g = :m AND r < :b", "gz", RANGE),
        ("ranged", "g = :m AND r > :b", "gz", ONE_ROW),
        ("plain", "g = :m", "gz", OUTSIDE),
        ("several", "g = :m AND h = :m", "gz", ONE_ROW),
        ("several", "g = :m AND h = :m AND r = :b", "gz hz", ONE_ROW),
        ("several", "g = :m AND h = :m", "hz", OUTSIDE),
        ("several", "g = :m AND h = :m AND r = :b", "hz", RANGE),
        ("several", "g = :m AND h = :m AND r = :m AND t < :b", "hm", RANGE),
        ("several", "g = :m AND h = :m AND r = :m", "hz", ONE_ROW),
    ],
)
@pytest.mark.parametrize("forward", [True, False])
def test_a_start_key_outside(
    database: ddblite.Database,
    source: str,
    condition: str,
    start: str,
    told: str,
    forward: bool,  # noqa: FBT001 - both directions
) -> None:
    request = asked(source, condition, start) | {"ScanIndexForward": forward}
    assert f"ValidationException: {told}" == refusal(database, "Query", request)


@pytest.mark.parametrize(
    ("source", "condition", "start", "count"),
    [
        ("tab", "p = :m", "s0", 2),
        ("tab", "p = :m AND s < :m", "s0", 2),
        ("tab", "p = :m AND s = :m", "", 0),
        ("local", "p = :m AND r = :m", "s1", 1),
        ("plain", "g = :m", "s0", 2),
        ("several", "g = :m AND h = :m AND r > :b", "s1", 1),
        ("several", "g = :m AND h = :m AND r = :m AND t = :m", "s1", 1),
    ],
)
def test_a_start_key_inside(
    database: ddblite.Database, source: str, condition: str, start: str, count: int
) -> None:
    assert count == database.call("Query", asked(source, condition, start))["Count"]


def in_hash(start: str) -> Wire:
    return {
        "TableName": "hash",
        "KeyConditionExpression": "p = :p",
        "ExpressionAttributeValues": {":p": {"S": "a"}},
        "ExclusiveStartKey": {"p": {"S": start}},
    }


def test_a_table_without_a_sort_key_is_not_gone_on_in(database: ddblite.Database) -> None:
    """Not even behind the item's own key, which alone is shown."""
    own = f"{NO_RESTART}: ExclusiveStartKey: {{p=AttributeValue: {{S:a}}}}"
    assert f"ValidationException: {own}" == refusal(database, "Query", in_hash("a"))
    assert f"ValidationException: {NO_RESTART}" == refusal(database, "Query", in_hash("z"))
    with ddblite.connect(":memory:", wording="older") as older:
        make(older)
        other = f"{NO_RESTART}: ExclusiveStartKey: {{p=AttributeValue: {{S:z}}}}"
        assert f"ValidationException: {own}" == refusal(older, "Query", in_hash("a"))
        assert f"ValidationException: {other}" == refusal(older, "Query", in_hash("z"))


@pytest.mark.parametrize("more", [{}, {"FilterExpression": "n = :n"}, {"Select": "COUNT"}])
def test_and_hands_out_no_key_to_go_on_from(database: ddblite.Database, more: Wire) -> None:
    """Though the page was as long as it might be; a Scan goes on."""
    request = {**in_hash("a"), "Limit": 1, **more}
    del request["ExclusiveStartKey"]
    if "FilterExpression" in more:
        request["ExpressionAttributeValues"] |= {":n": {"N": "2"}}
    answer = database.call("Query", request)
    assert 1 == answer["ScannedCount"]
    assert "LastEvaluatedKey" not in answer
    scanned = database.call("Scan", {"TableName": "hash", "Limit": 1})
    assert {"p": {"S": "a"}} == scanned["LastEvaluatedKey"]


@pytest.mark.parametrize(
    ("source", "key", "told"),
    [
        ("tab", {"p": "m"}, "The provided starting key is invalid"),
        ("tab", {"p": "m", "s": 1}, "The provided key element does not match the schema"),
        (
            "ranged",
            {"p": "m", "s": "m", "g": "m", "r": 1},
            "The provided key element does not match the schema",
        ),
        (
            "ranged",
            {"p": 1, "s": "m", "g": "m", "r": "m"},
            (
                "The provided starting key is invalid:"
                " The provided key element does not match the schema"
            ),
        ),
    ],
)
def test_start_keys_that_do_not_fit_in_the_older_wording(
    source: str, key: dict[str, str | int], told: str
) -> None:
    condition = "p = :m" if source == "tab" else "g = :m"
    request = asked(source, condition, "") | {"ExclusiveStartKey": wire({**key})}
    with ddblite.connect(":memory:", wording="older") as database:
        make(database)
        assert f"ValidationException: {told}" == refusal(database, "Query", request)
    with ddblite.connect(":memory:") as database:
        make(database)
        invalid = "ValidationException: The provided starting key is invalid"
        assert invalid == refusal(database, "Query", request)


def test_faulty_values_of_a_start_key_in_the_older_wording() -> None:
    request = asked("tab", "p = :m", "") | {"ExclusiveStartKey": {"p": {"N": "abc"}}}
    with ddblite.connect(":memory:", wording="older") as database:
        make(database)
        text = "The parameter cannot be converted to a numeric value: abc"
        assert f"ValidationException: {text}" == refusal(database, "Query", request)
