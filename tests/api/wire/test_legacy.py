"""Parameters from before expressions: their faults, and what they are lowered to."""

import pytest

from ddblite.api.wire import legacy
from ddblite.schema.errors import ValidationException
from ddblite.schema.wire import decode_item
from wire_requests import GET, GOOD, INVALID, ONE, PUT, Json, reason, refusal

ONE_S = [{"S": "1"}]


def condition(operator: str, *values: Json) -> dict[str, Json]:
    return {"ComparisonOperator": operator, "AttributeValueList": list(values)}


def filter_reason(made: dict[str, Json]) -> str:
    return reason("Scan", {"TableName": "books", "ScanFilter": {"a": made}})


@pytest.mark.parametrize(
    ("operator", "values"),
    [
        *((one, []) for one in ("EQ", "NE", "LT", "LE", "GT", "GE", "CONTAINS", "BEGINS_WITH")),
        *((one, ONE_S * 2) for one in ("EQ", "NE", "LT", "LE", "GT", "GE", "NOT_CONTAINS")),
        *((one, ONE_S) for one in ("NULL", "NOT_NULL", "BETWEEN")),
        ("IN", []),
    ],
)
def test_number_of_arguments(operator: str, values: list[Json]) -> None:
    text = f"{INVALID}Invalid number of argument(s) for the {operator} ComparisonOperator"
    assert text == filter_reason(condition(operator, *values))


@pytest.mark.parametrize("operator", ["LT", "LE", "GT", "GE", "CONTAINS", "NOT_CONTAINS", "IN"])
@pytest.mark.parametrize(
    ("value", "tag"), [({"SS": ["a"]}, "SS"), ({"M": {}}, "M"), ({"L": []}, "L")]
)
def test_types_of_arguments(operator: str, value: Json, tag: str) -> None:
    text = f"{INVALID}ComparisonOperator {operator} is not valid for {tag} AttributeValue type"
    assert text == filter_reason(condition(operator, value))


@pytest.mark.parametrize(
    ("values", "tag"),
    [
        ([{"S": "a"}, {"BOOL": True}], "BOOL"),
        ([{"BOOL": True}, {"S": "a"}], "BOOL"),
        ([{"S": "a"}, {"N": "1"}, {"SS": ["a"]}, {"BOOL": True}], "SS"),
    ],
)
def test_in_looks_at_the_type_of_every_value(values: list[Json], tag: str) -> None:
    """Before it asks whether they are of one type; BETWEEN asks that first."""
    text = f"{INVALID}ComparisonOperator IN is not valid for {tag} AttributeValue type"
    assert text == filter_reason(condition("IN", *values))
    wire = PUT | {"Expected": {"a": condition("IN", *values)}}
    assert ONE + text == reason("PutItem", wire)
    text = INVALID + "AttributeValues inside AttributeValueList must be of same type"
    assert text == filter_reason(condition("BETWEEN", {"S": "a"}, {"BOOL": True}))


@pytest.mark.parametrize("operation", ["PutItem", "UpdateItem", "DeleteItem"])
def test_expected_of_no_attribute(operation: str) -> None:
    wire = GOOD[operation] | {"Expected": {"": {"Exists": False}}}
    assert ONE + "Empty attribute name" == reason(operation, wire)
    assert "Empty attribute name" == reason(operation, wire, "older")


def test_other_faults_of_conditions() -> None:
    assert INVALID + "AttributeValues inside AttributeValueList must be of same type" == (
        filter_reason(condition("IN", {"S": "a"}, {"N": "1"}))
    )
    assert (
        "The BETWEEN condition was provided a range"
        " where the lower bound is greater than the upper bound"
    ) == filter_reason(condition("BETWEEN", {"N": "2"}, {"N": "1"}))
    assert INVALID + "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type" == (
        filter_reason(condition("BEGINS_WITH", {"N": "2"}))
    )


EXPECTED: list[tuple[dict[str, Json], str]] = [
    ({}, "Value must be provided when Exists is null for Attribute: a"),
    ({"Exists": True}, "Value must be provided when Exists is true for Attribute: a"),
    (
        {"Exists": False, "Value": ONE_S[0]},
        "Value cannot be used when Exists is false for Attribute: a",
    ),
    (
        {"Exists": True, **condition("EQ", *ONE_S)},
        "Exists and ComparisonOperator cannot be used together for Attribute: a",
    ),
    (
        {"Value": ONE_S[0], **condition("EQ", *ONE_S)},
        "Value and AttributeValueList cannot be used together for Attribute: a",
    ),
    (
        {"ComparisonOperator": "EQ"},
        "Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a",
    ),
    (
        {"AttributeValueList": ONE_S},
        "AttributeValueList can only be used with a ComparisonOperator for Attribute: a",
    ),
]


@pytest.mark.parametrize(("made", "text"), EXPECTED)
def test_malformed_expected(made: dict[str, Json], text: str) -> None:
    wire = PUT | {"Expected": {"a": made}}
    assert ONE + INVALID + text == reason("PutItem", wire)
    assert INVALID + text == reason("PutItem", wire, "older")


JOINS_NOTHING = "ConditionalOperator cannot be used without Filter or Expected"
JOINS_ONE = "ConditionalOperator can only be used when Filter or Expected has two or more elements"
MIXED = (
    "Can not use both expression and non-expression parameters in the same request:"
    " Non-expression parameters: {ConditionalOperator} Expression parameters: {%s}"
)
JOINS_BADLY = "Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]"
TWO = {name: condition("NOT_NULL") for name in ("a", "b")}

JOINED: dict[str, tuple[Json, str, str]] = {
    "PutItem": (PUT, "Expected", "ConditionExpression"),
    "UpdateItem": (GET, "Expected", "UpdateExpression"),
    "DeleteItem": (GET, "Expected", "ConditionExpression"),
    "Query": (
        {"TableName": "books", "KeyConditions": {"id": condition("EQ", *ONE_S)}},
        "QueryFilter",
        "FilterExpression",
    ),
    "Scan": ({"TableName": "books"}, "ScanFilter", "FilterExpression"),
}


@pytest.mark.parametrize("operator", ["AND", "OR", "XOR", "or"])
@pytest.mark.parametrize("operation", JOINED)
def test_conditional_operator_joins_two_or_more(operation: str, operator: str) -> None:
    """Whatever it is: only of two conditions is it asked whether it can join them."""
    wire, member, expression = JOINED[operation]
    wire = wire | {"ConditionalOperator": operator}
    envelope = "" if operation in {"Query", "Scan"} else ONE
    assert envelope + JOINS_NOTHING == reason(operation, wire)
    one = {member: {"a": condition("NOT_NULL")}}
    assert envelope + JOINS_ONE == reason(operation, wire | one)
    assert envelope + MIXED % expression == reason(operation, wire | {expression: "a = = b"})
    if operator in {"AND", "OR"}:
        assert "" == refusal(operation, wire | {member: TWO})
        assert JOINS_NOTHING == reason(operation, wire, "older")
    else:
        assert envelope + JOINS_BADLY == reason(operation, wire | {member: TWO})
        text = f"{ONE}Value '{operator}' at 'conditionalOperator' failed to satisfy constraint: "
        assert reason(operation, wire, "older").startswith(text)


@pytest.mark.parametrize("operation", JOINED)
def test_conditional_operator_comes_before_values(operation: str) -> None:
    wire, member, _ = JOINED[operation]
    envelope = "" if operation in {"Query", "Scan"} else ONE
    bad = {member: {"a": condition("EQ", {"N": "x"})}, "ConditionalOperator": "AND"}
    assert envelope + JOINS_ONE == reason(operation, wire | bad)


@pytest.mark.parametrize("operator", ["FOO", "eq", ""])
@pytest.mark.parametrize(
    ("operation", "member"),
    [
        *((operation, JOINED[operation][1]) for operation in JOINED),
        ("Query", "KeyConditions"),
    ],
)
def test_operator_that_there_is_not(operation: str, member: str, operator: str) -> None:
    """Taken as written, and looked at after the values and before their number."""
    text = INVALID + "Invalid comparison operator"
    envelope = "" if operation in {"Query", "Scan"} else ONE
    wire = JOINED[operation][0]
    for values in ([], ONE_S, [{"S": "a"}, {"BOOL": True}]):
        bad = {member: {"id": condition(operator, *values)}}
        assert envelope + text == reason(operation, wire | bad)
    bad = {member: {"id": {"ComparisonOperator": operator}}}
    assert envelope + text == reason(operation, wire | bad)
    number = "The parameter cannot be converted to a numeric value: x"
    bad = {member: {"id": condition(operator, {"N": "x"})}}
    assert envelope + number == reason(operation, wire | bad)
    camel = member[0].lower() + member[1:]
    older = f"{ONE}Value '{operator}' at '{camel}.id.member.comparisonOperator' failed to satisfy"
    assert reason(operation, wire | bad, "older").startswith(older)


@pytest.mark.parametrize("action", ["put", "FOO", ""])
@pytest.mark.parametrize("value", [None, {"S": "a"}, {"N": "x"}])
def test_action_that_there_is_not(action: str, value: Json) -> None:
    """The quote is the service's."""
    change = {"Action": action} if value is None else {"Action": action, "Value": value}
    wire = GET | {"AttributeUpdates": {"n": change}}
    text = "Member must satisfy enum value set: [ADD, DELETE, PUT]' for Action"
    assert ONE + text == reason("UpdateItem", wire)
    path = f"{ONE}Value '{action}' at 'attributeUpdates.n.member.action' failed to satisfy"
    assert reason("UpdateItem", wire, "older").startswith(path)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({}, "Only DELETE action is allowed when no attribute value is specified"),
        ({"Action": "ADD"}, "Only DELETE action is allowed when no attribute value is specified"),
        (
            {"Action": "DELETE", "Value": ONE_S[0]},
            "DELETE action with value is not supported for the type S",
        ),
        ({"Action": "ADD", "Value": ONE_S[0]}, "ADD action is not supported for the type S"),
    ],
)
def test_malformed_updates(change: dict[str, Json], text: str) -> None:
    wire = GET | {"AttributeUpdates": {"a": change}}
    assert INVALID + text == reason("UpdateItem", wire)


@pytest.mark.parametrize("operator", ["NE", "IN", "CONTAINS", "NOT_CONTAINS"])
def test_key_condition_must_be_indexable(operator: str) -> None:
    wire = {"TableName": "books", "KeyConditions": {"a": condition(operator, *ONE_S)}}
    assert "Attempted conditional constraint is not an indexable operation" == reason("Query", wire)


ITEM = decode_item(
    {
        "s": {"S": "abc"},
        "n": {"N": "5"},
        "t": {"SS": ["a", "b"]},
        "l": {"L": [{"S": "a"}]},
        "x": {"NULL": True},
    }
)


@pytest.mark.parametrize(
    ("name", "made", "holds"),
    [
        ("s", condition("EQ", {"S": "abc"}), True),
        ("s", condition("EQ", {"N": "1"}), False),
        ("t", condition("EQ", {"SS": ["b", "a"]}), True),
        ("s", condition("NE", {"S": "abc"}), False),
        ("missing", condition("NE", {"S": "abc"}), True),
        ("n", condition("LT", {"N": "6"}), True),
        ("n", condition("LE", {"N": "5.0"}), True),
        ("n", condition("GT", {"N": "5"}), False),
        ("n", condition("GE", {"N": "5"}), True),
        ("n", condition("GE", {"S": "5"}), False),
        ("n", condition("NULL"), False),
        ("missing", condition("NULL"), True),
        ("x", condition("NOT_NULL"), True),
        ("s", condition("CONTAINS", {"S": "bc"}), True),
        ("t", condition("CONTAINS", {"S": "a"}), True),
        ("l", condition("CONTAINS", {"S": "a"}), True),
        ("t", condition("NOT_CONTAINS", {"S": "z"}), True),
        ("missing", condition("NOT_CONTAINS", {"S": "z"}), False),
        ("s", condition("BEGINS_WITH", {"S": "ab"}), True),
        ("n", condition("IN", {"N": "4"}, {"N": "5"}), True),
        ("n", condition("BETWEEN", {"N": "5"}, {"N": "6"}), True),
    ],
)
def test_comparisons_mean_what_they_say(name: str, made: dict[str, Json], holds: bool) -> None:  # noqa: FBT001
    lowered = legacy.filtered({"ScanFilter": {name: made}}, "ScanFilter")
    assert holds == lowered.compiled.holds(ITEM, lowered.values)


@pytest.mark.parametrize(("operator", "holds"), [(None, False), ("AND", False), ("OR", True)])
def test_conditions_are_joined(operator: str | None, holds: bool) -> None:  # noqa: FBT001
    expected = {"s": {"Value": {"S": "abc"}}, "n": {"Exists": False}}
    lowered = legacy.expected({"Expected": expected, "ConditionalOperator": operator})
    assert holds == lowered.compiled.holds(ITEM, lowered.values)


@pytest.mark.parametrize(
    ("changes", "after"),
    [
        ({"n": {"Value": {"N": "1"}}}, {"n": 1}),
        ({"n": {"Action": "ADD", "Value": {"N": "1"}}}, {"n": 6}),
        ({"new": {"Action": "ADD", "Value": {"N": "1"}}}, {"n": 5, "new": 1}),
        ({"n": {"Action": "DELETE"}}, {}),
        ({"l": {"Action": "ADD", "Value": {"L": [{"S": "b"}]}}}, {"l": ["a", "b"], "n": 5}),
        ({"k": {"Action": "ADD", "Value": {"L": [{"S": "b"}]}}}, {"k": ["b"], "n": 5}),
    ],
)
def test_updates_do_what_they_say(changes: dict[str, Json], after: dict[str, Json]) -> None:
    lowered = legacy.updates(changes)
    before = {"n": 5, **({"l": ["a"]} if "l" in changes else {})}
    assert after == lowered.compiled.apply(before, lowered.values)


def test_stored_type_may_not_fit() -> None:
    for change in (
        {"Action": "ADD", "Value": {"N": "1"}},
        {"Action": "DELETE", "Value": {"NS": ["1"]}},
    ):
        lowered = legacy.updates({"s": change})
        with pytest.raises(ValidationException, match=r"^Type mismatch for attribute to update$"):
            lowered.compiled.apply(ITEM, lowered.values)


def test_other_run_time_faults_keep_their_words() -> None:
    lowered = legacy.updates({"n": {"Action": "ADD", "Value": {"N": "9e125"}}})
    with pytest.raises(ValidationException, match=r"^Number overflow"):
        lowered.compiled.apply({"n": 9 * 10**125}, lowered.values)


def test_null_among_values_is_a_value_of_no_type() -> None:
    assert filter_reason(condition("EQ", None)).startswith("Supplied AttributeValue is empty")


def test_key_conditions_without_a_condition() -> None:
    wire = {"TableName": "books", "KeyConditions": {}}
    text = "Either the KeyConditions or KeyConditionExpression parameter must be specified in"
    assert f"{text} the request." == reason("Query", wire)
    assert "Conditions can be of length 1 or 2 only" == reason("Query", wire, "older")


def test_no_updates_are_an_empty_update() -> None:
    assert legacy.updates({}).compiled is None
