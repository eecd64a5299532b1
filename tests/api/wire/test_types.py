"""SerializationException: a member of another JSON type than the model's."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from ddblite.api.wire.operations import OPERATIONS
from ddblite.schema.wire import REFUSALS
from wire_requests import GOOD, PUT, Json, refusal

MODEL = "com.amazonaws.dynamodb.v20120810."
MAP = "Start of structure or map found where not expected"
MAP_TYPE = "Unrecognized collection type java.util.Map"
MAP_OF_VALUES = (
    f"Unrecognized collection type java.util.Map<java.lang.String, {MODEL}AttributeValue>"
)
STRUCTURE = "Unrecognized collection type class " + MODEL

CASES: list[tuple[str, dict[str, Json], str]] = [
    ("PutItem", {"TableName": 23}, "NUMBER_VALUE cannot be converted to String"),
    ("PutItem", {"TableName": 2.5}, "DECIMAL_VALUE cannot be converted to String"),
    ("PutItem", {"TableName": True}, "TRUE_VALUE cannot be converted to String"),
    ("PutItem", {"TableName": False}, "FALSE_VALUE cannot be converted to String"),
    ("PutItem", {"TableName": []}, "Unrecognized collection type class java.lang.String"),
    ("PutItem", {"TableName": {}}, MAP),
    ("PutItem", {"Item": "a"}, "Unexpected field type"),
    ("PutItem", {"Item": 1}, "Unexpected field type"),
    ("PutItem", {"Item": []}, MAP_OF_VALUES),
    ("PutItem", {"Item": {"a": "a"}}, "Unexpected value type in payload"),
    ("PutItem", {"Item": {"a": []}}, STRUCTURE + "AttributeValue"),
    ("PutItem", {"Item": {"a": {"S": 1}}}, "NUMBER_VALUE cannot be converted to String"),
    ("PutItem", {"Item": {"a": {"N": 5}}}, "NUMBER_VALUE cannot be converted to String"),
    ("PutItem", {"Item": {"a": {"N": 5.5}}}, "DECIMAL_VALUE cannot be converted to String"),
    ("PutItem", {"Item": {"a": {"BOOL": "maybe"}}}, "Unexpected token received from parser"),
    ("PutItem", {"Item": {"a": {"BOOL": 1}}}, "NUMBER_VALUE cannot be converted to Boolean"),
    ("PutItem", {"Item": {"a": {"BOOL": {}}}}, MAP),
    ("PutItem", {"Item": {"a": {"BOOL": 10**30}}}, "NUMBER_VALUE cannot be converted to Boolean"),
    ("PutItem", {"Item": {"a": {"BOOL": 1.0}}}, "DECIMAL_VALUE cannot be converted to Boolean"),
    ("Query", {"ConsistentRead": []}, "Unrecognized collection type class java.lang.Boolean"),
    ("PutItem", {"Item": {"a": {"SS": "a"}}}, "Unexpected field type"),
    ("PutItem", {"Item": {"a": {"SS": {}}}}, MAP),
    ("PutItem", {"Item": {"a": {"SS": [1]}}}, "NUMBER_VALUE cannot be converted to String"),
    ("PutItem", {"Item": {"a": {"L": ["a"]}}}, "Unexpected value type in payload"),
    ("PutItem", {"Item": {"a": {"M": []}}}, MAP_OF_VALUES),
    (
        "PutItem",
        {"Item": {"a": {"B": 1}}},
        "only base-64-encoded strings are convertible to bytes",
    ),
    (
        "PutItem",
        {"Item": {"a": {"B": "abcde"}}},
        "Base64 encoded length is expected a multiple of 4 bytes but found: 5",
    ),
    (
        "PutItem",
        {"Item": {"a": {"B": []}}},
        "Unrecognized collection type class java.nio.ByteBuffer",
    ),
    ("PutItem", {"Item": {"a": {"B": "A!=="}}}, "Invalid Base64 character: '!'"),
    ("PutItem", {"Item": {"a": {"SS": [None]}}}, "Unexpected value type in payload"),
    ("PutItem", {"TableName": b"books"}, "Unexpected value type in payload"),
    ("Query", {"Limit": float("nan")}, "DECIMAL_VALUE cannot be converted to Integer"),
    ("PutItem", {"TableName": Decimal(5)}, "NUMBER_VALUE cannot be converted to String"),
    ("PutItem", {"TableName": Decimal("5.0")}, "DECIMAL_VALUE cannot be converted to String"),
    ("PutItem", {"TableName": Decimal("NaN")}, "DECIMAL_VALUE cannot be converted to String"),
    ("PutItem", {"Item": {"a": {"B": "AB=="}}}, "Invalid last non-pad Base64 character dectected"),
    (
        "PutItem",
        {"Expected": []},
        f"{MAP_TYPE}<java.lang.String, {MODEL}ExpectedAttributeValue>",
    ),
    (
        "PutItem",
        {"Expected": {"a": {"Exists": "perhaps"}}},
        "Unexpected token received from parser",
    ),
    ("PutItem", {"Expected": {"a": {"Value": "a"}}}, "Unexpected field type"),
    (
        "PutItem",
        {"ExpressionAttributeNames": []},
        "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>",
    ),
    ("Query", {"Limit": "5"}, "STRING_VALUE cannot be converted to Integer"),
    ("Query", {"Limit": True}, "TRUE_VALUE cannot be converted to Integer"),
    ("Query", {"Limit": {}}, MAP),
    ("Query", {"Limit": []}, "Unrecognized collection type class java.lang.Integer"),
    ("Query", {"ConsistentRead": 5}, "NUMBER_VALUE cannot be converted to Boolean"),
    ("Query", {"AttributesToGet": "a"}, "Unexpected field type"),
    ("Query", {"AttributesToGet": {}}, MAP),
    ("BatchGetItem", {"RequestItems": {"books": []}}, STRUCTURE + "KeysAndAttributes"),
    ("BatchGetItem", {"RequestItems": {"books": "a"}}, "Unexpected value type in payload"),
    ("BatchWriteItem", {"RequestItems": {"books": {}}}, MAP),
    ("BatchWriteItem", {"RequestItems": {"books": [[]]}}, STRUCTURE + "WriteRequest"),
    ("CreateTable", {"ProvisionedThroughput": []}, STRUCTURE + "ProvisionedThroughput"),
    (
        "CreateTable",
        {"ProvisionedThroughput": {"ReadCapacityUnits": "1"}},
        "STRING_VALUE cannot be converted to Long",
    ),
    ("CreateTable", {"KeySchema": ["a"]}, "Unexpected value type in payload"),
    ("ListTables", {"Limit": "x"}, "STRING_VALUE cannot be converted to Integer"),
]


@pytest.mark.parametrize(("operation", "members", "text"), CASES)
def test_wrong_json_type(operation: str, members: dict[str, Json], text: str) -> None:
    assert f"SerializationException: {text}" == refusal(operation, GOOD[operation] | members)


@pytest.mark.parametrize("tag", ["BOOL", "NULL"])
def test_list_for_a_boolean_value_is_refused_without_a_text(tag: str) -> None:
    wire = PUT | {"Item": {"a": {tag: []}}}
    assert "SerializationException: " == refusal("PutItem", wire)


NO_BOOLEANS = ("on", "off", "On", "", " no", "no ", "01", "00", "maybe", "null", "none")


@pytest.mark.parametrize("word", NO_BOOLEANS)
@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("PutItem", lambda word: {"Item": {"a": {"BOOL": word}}}),
        ("PutItem", lambda word: {"Item": {"a": {"NULL": word}}}),
        ("PutItem", lambda word: {"Expected": {"a": {"Exists": word}}}),
        ("GetItem", lambda word: {"ConsistentRead": word}),
        ("Query", lambda word: {"ScanIndexForward": word}),
        ("ExecuteStatement", lambda word: {"Parameters": [{"BOOL": word}]}),
    ],
)
def test_other_texts_are_no_booleans(
    operation: str, members: Callable[[str], dict[str, Json]], word: str
) -> None:
    wire = GOOD[operation] | members(word)
    text = "SerializationException: Unexpected token received from parser"
    assert text == refusal(operation, wire)
    with pytest.raises(REFUSALS):
        OPERATIONS[operation].decode(wire)


def test_good_blobs_of_every_form() -> None:
    item = {"a": {"BS": ["", "AA==", b"raw", bytearray(b"x")]}, "b": {"BOOL": "true"}}
    assert refusal("PutItem", PUT | {"Item": item}) == ""


def test_types_come_before_constraints() -> None:
    wire = {"TableName": "", "Item": {"a": {"S": 1}}}
    assert refusal("PutItem", wire).startswith("SerializationException")


def test_null_is_absent() -> None:
    assert refusal("PutItem", PUT | {"Expected": None, "ReturnValues": None}) == ""


def test_fraction_of_a_limit_is_cut_off() -> None:
    assert refusal("Query", GOOD["Query"] | {"Limit": 1.9}) == ""
    assert refusal("Query", GOOD["Query"] | {"Limit": 0.9}).startswith("ValidationException")
    assert refusal("Query", GOOD["Query"] | {"Limit": 10**30}) == ""
