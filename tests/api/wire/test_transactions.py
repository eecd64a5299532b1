"""The doors of transactions: entries, their constraints, and what is said to faulty ones."""

from collections.abc import Iterator

import pytest

from ddblite.api.wire.dispatch import dispatch
from ddblite.engine.engine import Engine
from ddblite.schema.errors import TransactionCanceledException, ValidationException
from wire_requests import GET, ONE, PUT, TABLE, TRANSACT_GET, Json, Wire, reason, refusal

FAILED = "failed to satisfy constraint: "
KEY = {"id": {"S": "1"}}


def writing(*entries: Json, **members: Json) -> Wire:
    return {"TransactItems": list(entries), **members}


@pytest.mark.parametrize("operation", ["TransactWriteItems", "TransactGetItems"])
@pytest.mark.parametrize("wording", ["current", "older"])
def test_transact_items_max(operation: str, wording: str) -> None:
    """Both operations are still in the older layer."""
    least = "Member must have length greater than or equal to 1"
    text = f"{ONE}Value '[]' at 'transactItems' {FAILED}{least}"
    assert text == reason(operation, writing(), wording)
    entry = {"Put": PUT} if operation == "TransactWriteItems" else {"Get": GET}
    for count, good in ((99, True), (100, True), (101, False)):
        text = refusal(operation, writing(*[entry] * count), wording)
        assert good == (text == "")
        assert good or text.endswith("Member must have length less than or equal to 100")


def test_client_token_length_max() -> None:
    text = f"Value '{'t' * 37}' at 'clientRequestToken' {FAILED}"
    wire = writing({"Put": PUT}, ClientRequestToken="t" * 37)
    most = "Member must have length less than or equal to 36"
    assert ONE + text + most == reason("TransactWriteItems", wire)
    for length in (1, 35, 36):
        good = writing({"Put": PUT}, ClientRequestToken="t" * length)
        assert "" == refusal("TransactWriteItems", good)


def test_entry_is_one_action() -> None:
    assert (
        "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request"
        == reason("TransactWriteItems", writing({}))
    )
    assert "TransactItems can only contain one of Check, Put, Update or Delete" == reason(
        "TransactWriteItems", writing({"Put": PUT, "Delete": GET})
    )


@pytest.mark.parametrize(
    ("entry", "path"),
    [
        ({"ConditionCheck": GET}, "conditionCheck.conditionExpression"),
        ({"Update": GET}, "update.updateExpression"),
        ({"Delete": {"TableName": "books"}}, "delete.key"),
        ({"Put": {"Item": {}}}, "put.tableName"),
    ],
)
def test_required_members(entry: Json, path: str) -> None:
    text = f"{ONE}Value null at 'transactItems.1.member.{path}' {FAILED}Member must not be null"
    assert text == reason("TransactWriteItems", writing(entry))


def test_faults_of_actions_are_top_level_errors() -> None:
    condition = {"ConditionExpression": "a = :a"}
    undefined = (
        "Invalid ConditionExpression: An expression attribute value used in expression"
        " is not defined; attribute value: :a"
    )
    assert undefined == reason("TransactWriteItems", writing({"Put": PUT | condition}))
    values = {"ExpressionAttributeValues": {":a": {"N": "x"}}}
    assert (
        "ExpressionAttributeValues contains invalid value:"
        " The parameter cannot be converted to a numeric value: x for key :a"
    ) == reason("TransactWriteItems", writing({"Put": PUT | condition | values}))
    projection = {"ProjectionExpression": "a,,b"}
    assert reason("TransactGetItems", writing({"Get": GET | projection})).startswith(
        "Invalid ProjectionExpression: Syntax error;"
    )


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = Engine.open(":memory:")
    dispatch(made, "CreateTable", TABLE)
    yield made
    assert [] == made.check()
    made.close()


def test_written_and_read_through_the_door(engine: Engine) -> None:
    add = {"UpdateExpression": "ADD n :n", "ExpressionAttributeValues": {":n": {"N": "2"}}}
    wire = writing({"Update": GET | add}, ReturnConsumedCapacity="TOTAL")
    units = {"TableName": "books", "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0}
    assert {"ConsumedCapacity": [units]} == dispatch(engine, "TransactWriteItems", wire)
    answer = dispatch(engine, "TransactGetItems", TRANSACT_GET)
    assert {"Responses": [{"Item": KEY | {"n": {"N": "2"}}}]} == answer


def test_failed_condition_cancels(engine: Engine) -> None:
    check = GET | {"ConditionExpression": "attribute_exists(id)"}
    other = {"TableName": "books", "Item": {"id": {"S": "2"}}}
    with pytest.raises(TransactionCanceledException) as caught:
        dispatch(engine, "TransactWriteItems", writing({"ConditionCheck": check}, {"Put": other}))
    assert caught.value.message.endswith("[ConditionalCheckFailed, None]")
    assert 0 == dispatch(engine, "Scan", {"TableName": "books"})["Count"]


def put(key: str, **members: Json) -> Json:
    return {"Put": {"TableName": "books", "Item": {"id": {"S": key}}, **members}}


def delete(key: Json) -> Json:
    return {"Delete": {"TableName": "books", "Key": key}}


FAILING = put("1", ConditionExpression="attribute_exists(id)")
WRONG_TYPE = delete({"id": {"N": "1"}})
NEW_KEY = {
    "Update": {
        "TableName": "books",
        "Key": {"id": {"S": "2"}},
        "UpdateExpression": "REMOVE id",
    }
}
NO_ATTRIBUTE = {
    "Update": {"TableName": "books", "Key": {"id": {"S": "3"}}, "UpdateExpression": "SET a = b"}
}
KEY_FAULT = "The provided key element does not match the schema"
UPDATES_KEY = (
    "One or more parameter values were invalid: Cannot update attribute id."
    " This attribute is part of the key"
)
REPEATED = "Transaction request cannot include multiple operations on one item"


@pytest.mark.parametrize(
    ("actions", "codes", "message"),
    [
        ([FAILING, WRONG_TYPE], [None, "ValidationError"], KEY_FAULT),
        ([FAILING, NEW_KEY], [None, "ValidationError"], UPDATES_KEY),
        ([NO_ATTRIBUTE, WRONG_TYPE], [None, "ValidationError"], KEY_FAULT),
        ([NEW_KEY, FAILING, WRONG_TYPE], ["ValidationError", None, None], UPDATES_KEY),
        ([put("4"), delete(KEY | {"x": {"S": "1"}})], [None, "ValidationError"], KEY_FAULT),
        ([put("1"), delete(KEY), WRONG_TYPE], [None, None, "ValidationError"], KEY_FAULT),
    ],
    ids=["condition", "key update", "missing attribute", "first", "surplus", "duplicate"],
)
def test_actions_are_held_against_the_schema_before_anything_else(
    engine: Engine, actions: list[Json], codes: list[str | None], message: str
) -> None:
    """Before conditions and before duplicates; the first fault alone is told."""
    with pytest.raises(TransactionCanceledException) as caught:
        dispatch(engine, "TransactWriteItems", writing(*actions))
    reasons = caught.value.reasons
    assert [code or "None" for code in codes] == [reason.code for reason in reasons]
    assert [message] == [one.message for one in reasons if one.message is not None]


def test_empty_keys_come_before_the_schema_and_duplicates_after(engine: Engine) -> None:
    with pytest.raises(ValidationException, match=r"an empty string value\. Key: id$"):
        dispatch(engine, "TransactWriteItems", writing(WRONG_TYPE, put("")))
    with pytest.raises(ValidationException, match=f"^{REPEATED}$"):
        dispatch(engine, "TransactWriteItems", writing(FAILING, delete(KEY)))


def test_gets_are_held_against_the_schema_before_duplicates(engine: Engine) -> None:
    wrong = {"Get": {"TableName": "books", "Key": {"id": {"N": "1"}}}}
    gets = [*TRANSACT_GET["TransactItems"], *TRANSACT_GET["TransactItems"]]
    with pytest.raises(TransactionCanceledException, match=r"\[None, None, ValidationError\]$"):
        dispatch(engine, "TransactGetItems", writing(*gets, wrong))
    with pytest.raises(ValidationException, match=f"^{REPEATED}$"):
        dispatch(engine, "TransactGetItems", writing(*gets))


def nested(containers: int) -> Json:
    """Returns a text inside so many lists."""
    wire: Json = {"S": "a"}
    for _ in range(containers):
        wire = {"L": [wire]}
    return wire


def compared(containers: int) -> Json:
    """Returns a check of an item that is not there against a nested value."""
    condition = "attribute_not_exists(a) OR a = :v"
    values = {":v": nested(containers)}
    check = {"ConditionExpression": condition, "ExpressionAttributeValues": values}
    return {"ConditionCheck": GET | check}


def stored(containers: int) -> Json:
    """Returns an update that writes a nested value."""
    values = {":v": nested(containers)}
    return {"Update": GET | {"UpdateExpression": "SET a = :v", "ExpressionAttributeValues": values}}


def test_value_that_is_only_compared_may_be_one_level_deeper(engine: Engine) -> None:
    """32 containers around it; as part of an item it cancels, and one more refuses."""
    dispatch(engine, "TransactWriteItems", writing(compared(32), ClientRequestToken="t"))
    dispatch(engine, "TransactWriteItems", writing(stored(31)))
    with pytest.raises(TransactionCanceledException, match=r"\[ValidationError\]$") as caught:
        dispatch(engine, "TransactWriteItems", writing(stored(32)))
    (cause,) = caught.value.reasons
    assert "Nesting Levels have exceeded supported limits" == cause.message
    text = (
        "ExpressionAttributeValues contains invalid value: Nesting Levels have exceeded supported"
        " limits: Attributes in the item have nested levels beyond supported limit for key :v"
    )
    for entry in (compared(33), stored(33), compared(63)):
        assert text == reason("TransactWriteItems", writing(entry))


NO_SET = "One or more parameter values were invalid: An string set  may not be empty"
TWICE = "One or more parameter values were invalid: Input collection [a, a] contains duplicates."
NO_NAME = "Empty attribute name"
IN_VALUES = "ExpressionAttributeValues contains invalid value: {} for key :v"
SYNTAX = put("1", ConditionExpression="a = = b")


def with_values(value: Json) -> Json:
    return put("2", ConditionExpression="a = :v", ExpressionAttributeValues={":v": value})


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        ([SYNTAX, put("2", Item=KEY | {"a": {"SS": []}})], NO_SET),
        ([SYNTAX, put("2", Item=KEY | {"a": {"L": [{"SS": ["a", "a"]}]}})], TWICE),
        ([SYNTAX, with_values({"SS": []})], IN_VALUES.format(NO_SET)),
        ([SYNTAX, with_values({"M": {"": {"S": "a"}}})], IN_VALUES.format(NO_NAME)),
        (
            [put("1", Item=KEY | {"a": {"SS": []}}), put("2", Item=KEY | {"": {"S": "a"}})],
            NO_NAME,
        ),
        ([SYNTAX, delete({"id": {"M": {"": {"S": "a"}}}})], NO_NAME),
        ([SYNTAX, put("ab!", TableName="ab"), with_values({"SS": []})], None),
    ],
)
def test_names_then_sets_of_all_actions_come_first(entries: list[Json], text: str | None) -> None:
    """Before what is wrong with any one of them, and after the names of tables."""
    found = reason("TransactWriteItems", writing(*entries))
    assert text == found if text else "tableName" in found


def test_other_values_are_looked_at_action_by_action() -> None:
    number = put("2", Item=KEY | {"a": {"NS": ["x", "x"]}})
    assert reason("TransactWriteItems", writing(SYNTAX, number)).startswith(
        "Invalid ConditionExpression: Syntax error"
    )
    assert reason("TransactWriteItems", writing(number, SYNTAX)).endswith("numeric value: x")


def test_names_then_sets_of_all_gets_come_first() -> None:
    syntax = {"Get": GET | {"ProjectionExpression": "a,,b"}}
    empty = {"Get": GET | {"Key": {"id": {"SS": []}}}}
    assert NO_SET == reason("TransactGetItems", writing(syntax, empty))
    nameless = {"Get": GET | {"Key": {"": {"S": "a"}}}}
    assert NO_NAME == reason("TransactGetItems", writing(empty, nameless))


def test_put_without_a_condition_takes_values(engine: Engine) -> None:
    """They have to be values, but need no use. A name does, and so does all of a deletion."""
    values = {"ExpressionAttributeValues": {":v": {"S": "a"}, ":w": nested(32)}}
    dispatch(engine, "TransactWriteItems", writing(put("1", **values)))
    assert 1 == dispatch(engine, "Scan", {"TableName": "books"})["Count"]
    text = "ExpressionAttributeValues contains invalid value: {} for key :v"
    empty = put("1", ExpressionAttributeValues={":v": {"SS": []}})
    assert text.format(
        "One or more parameter values were invalid: An string set  may not be empty"
    ) == reason("TransactWriteItems", writing(empty))
    names = put("1", ExpressionAttributeNames={"#n": "a"})
    assert "ExpressionAttributeNames can only be specified when using expressions" == reason(
        "TransactWriteItems", writing(names)
    )
    assert (
        "ExpressionAttributeValues can only be specified when using expressions:"
        " ConditionExpression is null"
    ) == reason("TransactWriteItems", writing({"Delete": GET | values}))
    unused = put("1", ConditionExpression="attribute_exists(id)", **values)
    with pytest.raises(ValidationException, match=r"unused in expressions: keys: \{:v, :w\}"):
        dispatch(engine, "TransactWriteItems", writing(unused))
