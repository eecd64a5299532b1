"""Several faults of one request: which are joined, in which order, and which answer alone."""

import pytest

from wire_requests import GET, GOOD, ONE, PUT, QUERY, SCAN, Json, Wire, reason

FAILED = "failed to satisfy constraint: "
MISSING = "Member must not be null"
PATTERN = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
POSITIVE = "Member must have value greater than or equal to 1"
BAD: Wire = {
    "ReturnConsumedCapacity": "CAP",
    "ReturnValues": "RET",
    "ReturnItemCollectionMetrics": "MET",
    "ReturnValuesOnConditionCheckFailure": "CHK",
}
NAME = f"Value 'bad!name' at 'tableName' {FAILED}{PATTERN}"
EMPTY_NAME = f"Value at 'TableName' {FAILED}Member must have length greater than or equal to 1"
NO_NAME = f"Value null at 'tableName' {FAILED}{MISSING}"
NO_KEY = f"Value null at 'key' {FAILED}{MISSING}"


def words(word: str, member: str, printed: str) -> str:
    return f"Value '{word}' at '{member}' {FAILED}Member must satisfy enum value set: [{printed}]"


CAPACITY = words("CAP", "returnConsumedCapacity", "INDEXES, TOTAL, NONE")
METRICS = words("MET", "returnItemCollectionMetrics", "SIZE, NONE")
ON_FAILURE = words("CHK", "returnValuesOnConditionCheckFailure", "ALL_OLD, NONE")
RETURNS = (
    "Failed to satisfy constraint: Member must satisfy enum value set: "
    "[ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]"
)
OLDER_RETURNS = words("RET", "returnValues", "ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW")
SELECT = words(
    "SEL", "select", "SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES"
)
LIMIT = f"Value at 'Limit' {FAILED}{POSITIVE}"
ONLY_OLD = "ReturnValues can only be ALL_OLD or NONE"


def joined(*texts: str) -> str:
    plural = "s" if len(texts) > 1 else ""
    return f"{len(texts)} validation error{plural} detected: {'; '.join(texts)}"


def without(wire: Wire, *members: str) -> Wire:
    return {name: value for name, value in wire.items() if name not in members}


def named(name: str, **members: Json) -> Wire:
    return {"TableName": name} | members


CAP: Wire = {"ReturnConsumedCapacity": "CAP"}
BAD_CONDITION: Wire = {"ConditionExpression": "a = = b"}


@pytest.mark.parametrize(
    ("operation", "wire", "expected"),
    [
        # PutItem: the empty name alone, then everything in this order
        ("PutItem", PUT | BAD | named(""), joined(EMPTY_NAME)),
        (
            "PutItem",
            PUT | BAD | named("bad!name"),
            joined(NAME, CAPACITY, RETURNS, METRICS, ON_FAILURE),
        ),
        (
            "PutItem",
            {**without(PUT, "Item"), "ReturnConsumedCapacity": "CAP"},
            joined(CAPACITY, f"Value null at 'item' {FAILED}{MISSING}"),
        ),
        ("PutItem", {}, joined(NO_NAME, f"Value null at 'item' {FAILED}{MISSING}")),
        ("PutItem", PUT | BAD_CONDITION | CAP, joined(CAPACITY)),
        # DeleteItem: the same, and what a delete can return comes last
        (
            "DeleteItem",
            GET | BAD | named("bad!name"),
            joined(NAME, CAPACITY, RETURNS, METRICS, ON_FAILURE),
        ),
        ("DeleteItem", GET | {"ReturnValues": "ALL_NEW"} | BAD_CONDITION, joined(ONLY_OLD)),
        (
            "DeleteItem",
            GET | CAP | {"ReturnValues": "UPDATED_OLD", "ReturnItemCollectionMetrics": "MET"},
            joined(CAPACITY, METRICS, ONLY_OLD),
        ),
        (
            "DeleteItem",
            {**without(GET, "Key"), "ReturnValues": "ALL_NEW"},
            joined(NO_KEY),
        ),
        # UpdateItem: the name alone, then the first word alone, of which two have no count
        ("UpdateItem", GET | BAD | named(""), joined(EMPTY_NAME)),
        ("UpdateItem", GET | BAD | named("bad!name"), joined(NAME)),
        ("UpdateItem", GET | BAD, joined(RETURNS)),
        ("UpdateItem", GET | without(BAD, "ReturnValues"), ON_FAILURE),
        (
            "UpdateItem",
            GET | without(BAD, "ReturnValues", "ReturnValuesOnConditionCheckFailure"),
            joined(METRICS),
        ),
        ("UpdateItem", GET | CAP, CAPACITY),
        (
            "UpdateItem",
            {**without(GET, "TableName"), "ReturnValues": "RET"},
            joined(NO_NAME, RETURNS),
        ),
        # UpdateItem without a key: the older layer, where a bad name is no fault yet
        ("UpdateItem", {}, joined(NO_NAME, NO_KEY)),
        ("UpdateItem", {"TableName": "books"}, joined(NO_KEY)),
        (
            "UpdateItem",
            BAD,
            joined(CAPACITY, NO_NAME, OLDER_RETURNS, ON_FAILURE, METRICS, NO_KEY),
        ),
        (
            "UpdateItem",
            BAD | named("bad!name"),
            joined(CAPACITY, OLDER_RETURNS, ON_FAILURE, METRICS, NO_KEY),
        ),
        # GetItem
        ("GetItem", GET | CAP | named(""), joined(EMPTY_NAME)),
        ("GetItem", GET | CAP | named("bad!name"), joined(NAME, CAPACITY)),
        # Query: Limit with the empty name, then name and capacity; Select is no constraint
        ("Query", QUERY | named("", Limit=0), joined(LIMIT, EMPTY_NAME)),
        ("Query", QUERY | CAP | named("bad!name", Limit=0), joined(LIMIT)),
        ("Query", QUERY | {"Limit": 0, "Select": "SEL"}, joined(LIMIT)),
        ("Query", QUERY | CAP | named("bad!name", Select="SEL"), joined(NAME, CAPACITY)),
        ("Query", QUERY | {"Select": "SEL", "FilterExpression": "a ="}, joined(SELECT)),
        # Query without a name: the older layer
        (
            "Query",
            without(QUERY, "TableName") | CAP | {"Select": "SEL", "Limit": 0},
            joined(SELECT, CAPACITY, NO_NAME, f"Value '0' at 'limit' {FAILED}{POSITIVE}"),
        ),
        ("Query", {"Limit": 0}, joined(NO_NAME, f"Value '0' at 'limit' {FAILED}{POSITIVE}")),
        # Scan
        (
            "Scan",
            CAP | named("", Limit=0, Segment=-1, TotalSegments=1_000_001, Select="SEL"),
            joined(
                LIMIT,
                f"Value at 'Segment' {FAILED}Member must have value greater than or equal to 0",
                f"Value at 'TotalSegments' {FAILED}"
                "Member must have value less than or equal to 1000000",
                EMPTY_NAME,
            ),
        ),
        ("Scan", SCAN | {"Limit": 0, "Select": "SEL"}, joined(LIMIT)),
        ("Scan", SCAN | CAP | {"Select": "SEL"}, joined(CAPACITY)),
        ("Scan", CAP | named("bad!name"), joined(NAME, CAPACITY)),
        ("Scan", SCAN | {"Select": "SEL"}, joined(SELECT)),
        # Scan without a name or an operator: the older layer, where a bad name is no fault yet
        (
            "Scan",
            {
                "Select": "SEL",
                "TotalSegments": 0,
                "ReturnConsumedCapacity": "CAP",
                "TableName": "bad!name",
                "ScanFilter": {"a": {}},
                "Segment": 1_000_000,
                "Limit": 0,
            },
            joined(
                SELECT,
                f"Value '0' at 'totalSegments' {FAILED}{POSITIVE}",
                CAPACITY,
                f"Value null at 'scanFilter.a.member.comparisonOperator' {FAILED}{MISSING}",
                f"Value '1000000' at 'segment' {FAILED}"
                "Member must have value less than or equal to 999999",
                f"Value '0' at 'limit' {FAILED}{POSITIVE}",
            ),
        ),
        ("Scan", {"Limit": 0}, joined(NO_NAME, f"Value '0' at 'limit' {FAILED}{POSITIVE}")),
    ],
)
def test_stages(operation: str, wire: Wire, expected: str) -> None:
    assert expected == reason(operation, wire)


@pytest.mark.parametrize("operation", ["Query", "Scan"])
@pytest.mark.parametrize(
    ("limit", "shown"), [(-(2**31) - 1, "-2147483648"), (0.5, "0"), (-0.5, "0")]
)
def test_number_that_does_not_fit(operation: str, limit: float, shown: str) -> None:
    """The older layer reads the request, and shows what it has read."""
    text = f"Value '{shown}' at 'limit' {FAILED}{POSITIVE}"
    assert joined(text) == reason(operation, GOOD[operation] | {"Limit": limit})
    bad_name = GOOD[operation] | named("bad!name", Limit=limit)
    assert joined(text) == reason(operation, bad_name)
    assert joined(NAME) == reason(operation, GOOD[operation] | named("bad!name", Limit=1.5))


@pytest.mark.parametrize("operation", ["Query", "Scan"])
def test_enum_of_select_is_a_constraint_in_the_older_layer(operation: str) -> None:
    wire = GOOD[operation] | {"Select": "SEL", "FilterExpression": "a ="}
    assert ONE + SELECT == reason(operation, wire, "older")
