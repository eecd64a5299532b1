"""What is no start key of a table or index, and how each operation says so."""

from collections.abc import Iterator

import pytest

import ddblite
from ddblite.api.python.options import Wording
from table_definitions import index, table
from wire_requests import Json
from wires import refusal, wire

START: str = "ValidationException: The provided starting key is invalid"
NO_KEY = f"{START}: The provided key element does not match the schema"
QUERY: dict[str, Json] = {
    "KeyConditionExpression": "pk = :p",
    "ExpressionAttributeValues": {":p": {"S": "a"}},
}
INDEX_QUERY: dict[str, Json] = QUERY | {"IndexName": "gsi", "KeyConditionExpression": "gk = :p"}


def keys_only(*keys: str, name: str) -> Json:
    return index(*keys, name=name, Projection={"ProjectionType": "KEYS_ONLY"})


@pytest.fixture(params=["current", "older"])
def wording(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database(wording: Wording) -> Iterator[ddblite.Database]:
    """A table without indexes, and one with two global ones."""
    keys = ("pk:HASH", "sk:RANGE")
    with ddblite.connect(":memory:", wording=wording) as opened:
        opened.call("CreateTable", table("pk", "sk", keys=keys, TableName="plain"))
        indexes = [keys_only("gk:HASH", name="gsi"), keys_only("other:HASH", name="another")]
        opened.call(
            "CreateTable",
            table(
                *("pk", "sk", "gk", "other"),
                keys=keys,
                TableName="indexed",
                GlobalSecondaryIndexes=indexes,
            ),
        )
        yield opened


MISFITS: list[Json] = [
    {},
    {"pk": "c"},
    {"pk": "c", "sk": "1", "more": 1},
    {"pk": "c", "more": "1"},
]


@pytest.mark.parametrize("start", [*MISFITS, {"pk": 1, "sk": "1"}, {"pk": "c", "sk": None}])
def test_misfit_on_a_table(database: ddblite.Database, wording: Wording, start: Json) -> None:
    told = {"TableName": "plain", "ExclusiveStartKey": wire(start)}
    assert (START if wording == "current" else NO_KEY) == refusal(database, "Scan", told)
    if wording == "current":
        assert START == refusal(database, "Query", told | QUERY)


@pytest.mark.parametrize("start", [*MISFITS, {"pk": "a", "sk": "1"}, {"gk": "a"}])
def test_misfit_on_an_index(database: ddblite.Database, start: Json) -> None:
    """Here the older layer says no more either."""
    told = {"TableName": "indexed", "ExclusiveStartKey": wire(start)}
    assert START == refusal(database, "Scan", told | {"IndexName": "gsi"})
    assert START == refusal(database, "Query", told | INDEX_QUERY)


@pytest.mark.parametrize(
    ("start", "asked", "name", "told"),
    [
        ({"pk": 1, "sk": "1"}, {}, "pk", "another"),
        ({"pk": "a", "sk": 1}, {}, "sk", "another"),
        ({"pk": 1, "sk": "1", "gk": "g"}, {"IndexName": "gsi"}, "pk", "gsi"),
        ({"pk": "a", "sk": "1", "gk": 1}, {"IndexName": "gsi"}, "gk", "gsi"),
        ({"pk": "a", "gk": 1}, {}, "gk", "another"),
    ],
)
def test_scan_of_a_table_with_indexes_tells_types(
    database: ddblite.Database, wording: Wording, start: Json, asked: Json, name: str, told: str
) -> None:
    """It names the index that is read, and otherwise the first, also of a table's own key."""
    mismatch = (
        "ValidationException: One or more parameter values were invalid: Type mismatch for Index"
        f" Key {name} Expected: S Actual: N IndexName: {told}"
    )
    older = START if asked else NO_KEY
    request = {"TableName": "indexed", "ExclusiveStartKey": wire(start)} | asked
    assert (mismatch if wording == "current" else older) == refusal(database, "Scan", request)


def test_empty_key_value_in_a_query(database: ddblite.Database) -> None:
    request = {"TableName": "plain", "ExclusiveStartKey": wire({"pk": "", "sk": "1"})} | QUERY
    assert (
        "ValidationException: One or more parameter values are not valid. The AttributeValue for"
        " a key attribute cannot contain an empty string value. Key: pk"
    ) == refusal(database, "Query", request)


def test_select_of_an_index_comes_before_the_start_key(database: ddblite.Database) -> None:
    request = {
        "TableName": "indexed",
        "IndexName": "gsi",
        "Select": "ALL_ATTRIBUTES",
        "ExclusiveStartKey": wire({"pk": 1}),
    }
    assert (
        "ValidationException: One or more parameter values were invalid: Select type"
        " ALL_ATTRIBUTES is not supported for global secondary index gsi because its projection"
        " type is not ALL"
    ) == refusal(database, "Scan", request)
