"""The exact words for bad attribute values, in both wordings and per family of operation."""

from collections.abc import Callable

import pytest

from wire_requests import GET, GOOD, INVALID, ONE, PUT, QUERY, SCAN, Json, reason

EMPTY = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
SEVERAL = (
    "Supplied AttributeValue has more than one datatypes set,"
    " must contain exactly one of the supported datatypes"
)
NESTING = (
    "Nesting Levels have exceeded supported limits:"
    " Attributes in the item have nested levels beyond supported limit"
)
OVERFLOW = (
    "Number overflow. Attempting to store a number with magnitude larger than supported range"
)
UNDERFLOW = (
    "Number underflow. Attempting to store a number with magnitude smaller than supported range"
)
NOT_NUMERIC = "The parameter cannot be converted to a numeric value: "

ALWAYS_BARE: list[tuple[Json, str]] = [
    ({}, EMPTY),
    ({"X": 1}, EMPTY),
    ({"S": "a", "N": "1"}, SEVERAL),
]

WRAPPED: list[tuple[Json, str, str]] = [
    ({"NULL": False}, INVALID + "Null attribute value types must have the value of true", ""),
    ({"SS": []}, INVALID + "An string set  may not be empty", ""),
    ({"NS": []}, INVALID + "An number set  may not be empty", ""),
    ({"BS": []}, INVALID + "Binary sets should not be empty", ""),
    (
        {"SS": ["b", "a", "b"]},
        INVALID + 'Input collection ["a", "b", "b"] contains duplicates.',
        INVALID + "Input collection [b, a, b] contains duplicates.",
    ),
    (
        {"SS": ["z", "b", "a", "b", "c", "a"]},
        INVALID + 'Input collection ["a", "b", "z", "b", "c", "a"] contains duplicates.',
        INVALID + "Input collection [z, b, a, b, c, a] contains duplicates.",
    ),
    (
        {"SS": ["a", "b", "a"]},
        INVALID + 'Input collection ["a", "b", "a"] contains duplicates.',
        INVALID + "Input collection [a, b, a] contains duplicates.",
    ),
    (
        {"SS": ['q"q', 'q"q']},
        INVALID + r'Input collection ["q\"q", "q\"q"] contains duplicates.',
        INVALID + 'Input collection [q"q, q"q] contains duplicates.',
    ),
    (
        {"BS": ["AA==", "/w==", "AA=="]},
        INVALID + 'Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.',
        INVALID + "Input collection [AA==, /w==, AA==]of type BS contains duplicates.",
    ),
    (
        {"BS": ["/w==", "AA==", "AA=="]},
        INVALID + 'Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.',
        INVALID + "Input collection [/w==, AA==, AA==]of type BS contains duplicates.",
    ),
    (
        {"NS": ["1", "1.0"]},
        INVALID + "Input collection contains duplicates.",
        "Input collection contains duplicates",
    ),
    ({"N": "abc"}, NOT_NUMERIC + "abc", ""),
    ({"N": ""}, NOT_NUMERIC, NOT_NUMERIC[:-2]),
    ({"N": "1" * 39}, "Attempting to store more than 38 significant digits in a Number", ""),
    ({"N": "1e126"}, OVERFLOW, ""),
    ({"N": "1e-131"}, UNDERFLOW, ""),
    ({"N": "1e2147483647"}, OVERFLOW, UNDERFLOW),
    ({"N": "1e2147483648"}, OVERFLOW, NOT_NUMERIC + "1e2147483648"),
    ({"N": "1e9223372036854775808"}, NOT_NUMERIC + "1e9223372036854775808", ""),
    ({"N": "0e126"}, OVERFLOW, ""),
    ({"N": "0e-131"}, UNDERFLOW, ""),
    ({"NS": ["1", "x"]}, NOT_NUMERIC + "x", ""),
]


@pytest.mark.parametrize(("wire", "text"), ALWAYS_BARE)
@pytest.mark.parametrize("wording", ["current", "older"])
def test_shape_of_a_value_is_always_bare(wire: Json, text: str, wording: str) -> None:
    assert text == reason("PutItem", PUT | {"Item": {"a": wire}}, wording)
    assert text == reason("GetItem", GET | {"Key": {"a": wire}}, wording)
    assert text == reason("PutItem", PUT | {"Item": {"a": {"L": [wire]}}}, wording)


@pytest.mark.parametrize(("wire", "current", "older"), WRAPPED)
def test_content_of_a_value_is_wrapped_where_the_operation_wraps(
    wire: Json, current: str, older: str
) -> None:
    older = older or current
    put = PUT | {"Item": {"a": {"M": {"x": {"L": [wire]}}}}}
    assert ONE + current == reason("PutItem", put)
    assert older == reason("PutItem", put, "older")
    get = GET | {"Key": {"a": wire}}
    assert current == reason("GetItem", get)
    assert older == reason("GetItem", get, "older")


SEVERAL_AND_MORE: list[tuple[Json, str]] = [
    ({"N": "abc", "S": "x"}, NOT_NUMERIC + "abc"),
    ({"SS": [], "S": "x"}, INVALID + "An string set  may not be empty"),
    ({"N": "abc", "BS": []}, INVALID + "Binary sets should not be empty"),
    ({"S": "x", "NULL": "no"}, INVALID + "Null attribute value types must have the value of true"),
    ({"S": "x", "NULL": False}, INVALID + "Null attribute value types must have the value of true"),
    ({"NULL": False, "N": "abc"}, NOT_NUMERIC + "abc"),
    ({"S": "x", "L": [{"N": "abc"}]}, NOT_NUMERIC + "abc"),
]


@pytest.mark.parametrize(("wire", "text"), SEVERAL_AND_MORE)
def test_several_members_are_told_after_what_is_wrong_in_them(wire: Json, text: str) -> None:
    """Bare, too: the current layer does not read such a value."""
    assert text == reason("PutItem", PUT | {"Item": {"a": wire}})
    assert text == reason("PutItem", PUT | {"Item": {"a": wire}}, "older")
    assert text == reason("GetItem", GET | {"Key": {"a": wire}})


NULL_IS_TRUE = INVALID + "Null attribute value types must have the value of true"


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ({"v": {"N": "abc"}, "w": {"BOOL": "no"}}, NOT_NUMERIC + "abc"),
        ({"v": {"N": "abc"}, "w": {"L": [{"M": {"x": {"NULL": "y"}}}]}}, NOT_NUMERIC + "abc"),
        ({"w": {"BOOL": "yes"}, "v": {"SS": []}}, INVALID + "An string set  may not be empty"),
        ({"w": {"BOOL": "yes"}, "": {"S": "x"}}, "Empty attribute name"),
        ({"v": {"NULL": "no"}}, NULL_IS_TRUE),
    ],
)
def test_boolean_as_a_text_takes_the_envelope_from_the_whole_request(item: Json, text: str) -> None:
    assert text == reason("PutItem", PUT | {"Item": item})


def test_boolean_of_its_own_kind_takes_nothing() -> None:
    item = {"v": {"N": "abc"}, "w": {"BOOL": False}}
    assert ONE + NOT_NUMERIC + "abc" == reason("PutItem", PUT | {"Item": item})
    assert ONE + NULL_IS_TRUE == reason("PutItem", PUT | {"Item": {"a": {"NULL": False}}})


def test_exists_as_a_text_takes_the_envelope_as_well() -> None:
    text = INVALID + "Value must be provided when Exists is true for Attribute: a"
    assert text == reason("PutItem", PUT | {"Expected": {"a": {"Exists": "yes"}}})
    assert ONE + text == reason("PutItem", PUT | {"Expected": {"a": {"Exists": True}}})


def test_boolean_as_a_text_brings_the_constraints_of_the_older_layer() -> None:
    wire = PUT | {"Item": {"a": {"BOOL": "no"}}, "ReturnConsumedCapacity": "BOGUS"}
    assert reason("PutItem", wire).startswith(f"{ONE}Value 'BOGUS' at 'returnConsumedCapacity' ")


USES: dict[str, tuple[Json, str]] = {
    "PutItem": (PUT, "ConditionExpression"),
    "UpdateItem": (GET, "ConditionExpression"),
    "DeleteItem": (GET, "ConditionExpression"),
    "Query": (QUERY, "KeyConditionExpression"),
}


@pytest.mark.parametrize(
    ("values", "text", "named"),
    [
        ({":v": {"N": "abc"}, ":w": {"BOOL": "no"}}, NOT_NUMERIC + "abc", {"UpdateItem"}),
        (
            {":v": {"SS": []}, ":w": {"NULL": "yes"}},
            INVALID + "An string set  may not be empty",
            {"UpdateItem"},
        ),
        ({":v": {"NULL": "no"}}, NULL_IS_TRUE, {"UpdateItem", "DeleteItem", "Query"}),
        ({":v": {"NULL": False, "S": "x"}}, NULL_IS_TRUE, {"UpdateItem", "DeleteItem", "Query"}),
    ],
)
@pytest.mark.parametrize("operation", USES)
def test_boolean_as_a_text_among_expression_values(
    operation: str, values: Json, text: str, named: set[str]
) -> None:
    wire, expression = USES[operation]
    located = f"ExpressionAttributeValues contains invalid value: {text} for key :v"
    assert (located if operation in named else text) == reason(
        operation,
        wire | {expression: "id = :v AND a = :w", "ExpressionAttributeValues": values},
    )


@pytest.mark.parametrize("operation", ["UpdateItem", "DeleteItem"])
def test_empty_set_in_a_key_is_bare(operation: str) -> None:
    assert INVALID + "An string set  may not be empty" == reason(
        operation, GET | {"Key": {"id": {"SS": []}}}
    )
    assert ONE + NOT_NUMERIC + "x" == reason(operation, GET | {"Key": {"id": {"N": "x"}}})


@pytest.mark.parametrize(("wire", "current", "older"), WRAPPED)
def test_expression_values_are_located_in_the_older_layer(
    wire: Json, current: str, older: str
) -> None:
    values = {"ExpressionAttributeValues": {":id": wire}}
    located = f"ExpressionAttributeValues contains invalid value: {older or current} for key :id"
    condition = {"ConditionExpression": "id = :id"}
    assert current == reason("Query", QUERY | values)
    assert located == reason("Query", QUERY | values, "older")
    filtered = SCAN | values | {"FilterExpression": "id = :id"}
    assert current == reason("Scan", filtered)
    assert located == reason("Scan", filtered, "older")
    assert ONE + current == reason("DeleteItem", GET | values | condition)
    assert located == reason("DeleteItem", GET | values | condition, "older")


@pytest.mark.parametrize("operation", ["Query", "DeleteItem"])
def test_expression_value_of_no_type_is_located_in_both(operation: str) -> None:
    expression = "KeyConditionExpression" if operation == "Query" else "ConditionExpression"
    wire = (QUERY if operation == "Query" else GET) | {
        expression: "id = :id",
        "ExpressionAttributeValues": {":id": {}},
    }
    located = f"ExpressionAttributeValues contains invalid value: {EMPTY} for key :id"
    assert located == reason(operation, wire)
    assert located == reason(operation, wire, "older")


def test_first_fault_in_document_order_is_reported() -> None:
    item = {"a": {"SS": []}, "b": {}, "c": {"N": "x"}}
    assert ONE + INVALID + "An string set  may not be empty" == reason(
        "PutItem", PUT | {"Item": item}
    )
    backwards = dict(reversed(item.items()))
    assert ONE + NOT_NUMERIC + "x" == reason("PutItem", PUT | {"Item": backwards})


def test_top_level_names_come_before_nested_ones() -> None:
    item = {"a": {"M": {"b": {"N": "x"}}}, "": {"S": "a"}}
    assert ONE + "Empty attribute name" == reason("PutItem", PUT | {"Item": item})


def test_good_values_before_a_fault() -> None:
    good = {"a": {"SS": ["a"]}, "b": {"NS": ["1"]}, "c": {"BS": ["AA=="]}, "d": {"NULL": True}}
    assert ONE + NOT_NUMERIC + "x" == reason("PutItem", PUT | {"Item": good | {"z": {"N": "x"}}})


def test_nesting() -> None:
    wire: Json = {"S": "a"}
    for _ in range(32):
        wire = {"L": [wire]}
    assert ONE + NESTING == reason("PutItem", PUT | {"Item": {"a": wire}})
    assert NESTING == reason("PutItem", PUT | {"Item": {"a": wire}}, "older")


def nested(containers: int) -> Json:
    """Returns a text inside so many lists."""
    wire: Json = {"S": "a"}
    for _ in range(containers):
        wire = {"L": [wire]}
    return wire


@pytest.mark.parametrize(("containers", "prefix"), [(32, ONE), (62, ONE), (63, ""), (500, "")])
@pytest.mark.parametrize(
    ("operation", "wire"),
    [
        ("PutItem", lambda value: PUT | {"Item": {"a": value}}),
        ("PutItem", lambda value: PUT | {"Expected": {"a": {"Value": value}}}),
        ("DeleteItem", lambda value: GET | {"Key": {"a": value}}),
        ("UpdateItem", lambda value: GET | {"AttributeUpdates": {"a": {"Value": value}}}),
    ],
)
def test_nesting_of_63_containers_is_bare(
    operation: str, wire: Callable[[Json], Json], containers: int, prefix: str
) -> None:
    assert prefix + NESTING == reason(operation, wire(nested(containers)))


@pytest.mark.parametrize("operation", USES)
def test_nesting_of_63_containers_among_expression_values(operation: str) -> None:
    """The value is then named, and told before the expression's syntax."""
    wire, expression = USES[operation]
    located = f"ExpressionAttributeValues contains invalid value: {NESTING} for key :v"
    for containers, text, right in ((62, NESTING, "id = :v"), (63, located, "id = = :v")):
        wraps = ONE if containers == 62 and operation != "Query" else ""
        values = {"ExpressionAttributeValues": {":v": nested(containers)}}
        assert wraps + text == reason(operation, wire | {expression: right} | values)


@pytest.mark.parametrize("values", [{":v": None}, {":v": {}}, {":v": {"S": None}}])
def test_null_among_the_expression_values_of_a_query(values: Json) -> None:
    text = f"ExpressionAttributeValues contains invalid value: {EMPTY} for key :v"
    wire = {"KeyConditionExpression": "id = :v", "ExpressionAttributeValues": values}
    assert text == reason("Query", QUERY | wire)


START_KEYS: list[tuple[Json, str]] = [
    ({"id": {"NULL": False}}, INVALID + "Null attribute value types must have the value of true"),
    ({"id": {"SS": []}}, INVALID + "An string set  may not be empty"),
    ({"id": {"SS": ["a", "a"]}}, INVALID + 'Input collection ["a", "a"] contains duplicates.'),
    ({"id": {"N": "x"}}, NOT_NUMERIC + "x"),
    ({"": {"S": "a"}}, "Empty attribute name"),
    ({"id": nested(33)}, NESTING),
]


@pytest.mark.parametrize(("key", "text"), START_KEYS)
def test_value_in_a_start_key(key: Json, text: str) -> None:
    """A Scan says that it is of the start key."""
    start = {"ExclusiveStartKey": key}
    assert text == reason("Query", QUERY | start)
    assert f"The provided starting key is invalid: {text}" == reason("Scan", SCAN | start)


@pytest.mark.parametrize(("value", "text"), [({}, EMPTY), ({"S": "a", "N": "1"}, SEVERAL)])
def test_value_of_no_type_or_several_in_a_start_key(value: Json, text: str) -> None:
    start = {"ExclusiveStartKey": {"id": value}}
    for wire, operation in ((QUERY, "Query"), (SCAN, "Scan")):
        for wording in ("current", "older"):
            told = reason(operation, wire | start, wording)
            assert f"The provided starting key is invalid: {text}" == told


@pytest.mark.parametrize(
    ("operation", "expression"), [("PutItem", "ConditionExpression"), ("Scan", "FilterExpression")]
)
def test_expression_value_of_no_type_is_not_located(operation: str, expression: str) -> None:
    wire = GOOD[operation] | {expression: "id = :v", "ExpressionAttributeValues": {":v": {}}}
    assert EMPTY == reason(operation, wire)
    located = f"ExpressionAttributeValues contains invalid value: {EMPTY} for key :v"
    assert located == reason(operation, wire, "older")
