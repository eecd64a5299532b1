"""ExecuteTransaction, from wire to wire: all statements or none."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

import pytest

from ddblite.api.http.wire_errors import error_body
from ddblite.engine.engine import Engine
from ddblite.schema.errors import IdempotentParameterMismatchException, TransactionCanceledException
from statement_calls import (
    DUPLICATE,
    GET_A,
    INSERT_A,
    MOVIES,
    NEEDS_KEY,
    NO_ATTRIBUTE,
    NO_STATEMENT,
    NO_WHOLE_KEY,
    NOBODY,
    ONE,
    SET_B,
    A,
    B,
    Wire,
    count,
    execute,
    refusal,
    transact,
)
from wires import wire


def test_reads_of_a_transaction(engine: Engine) -> None:
    answer = transact(
        engine,
        GET_A,
        f"SELECT * FROM movies WHERE {NOBODY}",
        f"SELECT nope FROM movies WHERE {B}",
        ReturnConsumedCapacity="TOTAL",
    )
    assert [{"Item": wire({"rating": 9})}, {}, {"Item": {}}] == answer["Responses"]
    units = {"CapacityUnits": 6.0, "ReadCapacityUnits": 6.0}
    assert [{**MOVIES, **units}] == answer["ConsumedCapacity"]


def test_writes_of_a_transaction(engine: Engine) -> None:
    answer = transact(
        engine,
        f"EXISTS(SELECT * FROM movies WHERE {A} AND (rating = 9 OR rating = 8))",
        SET_B,
        "INSERT INTO movies VALUE {'year': 1, 'title': 'new'}",
        "DELETE FROM movies WHERE year = 1996 AND title = 'A'",
        ReturnConsumedCapacity="INDEXES",
    )
    assert [] == answer["Responses"]
    assert ["movies"] == [one["TableName"] for one in answer["ConsumedCapacity"]]
    assert 12 == count(engine)


def test_nothing_is_written_when_one_fails(engine: Engine) -> None:
    with pytest.raises(TransactionCanceledException) as caught:
        transact(
            engine,
            SET_B,
            {"Statement": INSERT_A, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"},
            {
                "Statement": "UPDATE movies SET x = 1 WHERE year = 1994 AND title = 'C' AND x = 1",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            },
            "UPDATE movies SET x = nope + 1 WHERE year = 1994 AND title = 'D'",
        )
    body = error_body(caught.value)
    codes = "[None, DuplicateItem, ConditionalCheckFailed, ValidationError]"
    text = "Transaction cancelled, please refer cancellation reasons for specific reasons "
    assert text + codes == body["Message"]
    none, duplicate, failed, invalid = body["CancellationReasons"]
    assert {"Code": "None"} == none
    assert {"Code": "DuplicateItem", "Message": DUPLICATE} == duplicate
    assert "C" == failed["Item"]["title"]["S"]
    assert {"Code": "ValidationError", "Message": NO_ATTRIBUTE} == invalid
    selected = execute(engine, f"SELECT x FROM movies WHERE {B}")
    assert {"Items": [{}]} == selected


@pytest.mark.parametrize(
    "condition", [f"{A} AND rating = 1", f"{NOBODY} AND rating IS MISSING", f"{NOBODY} AND x = 1"]
)
def test_exists_needs_an_item(engine: Engine, condition: str) -> None:
    """Of a missing item nothing exists, not even an attribute that is missing."""
    code = "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons"
    text = f"EXISTS(SELECT * FROM movies WHERE {condition})"
    expected = f"{code} for specific reasons [ConditionalCheckFailed, None]"
    assert expected == refusal(transact, engine, text, SET_B)


MIXED = (
    "ExecuteTransaction API does not support both read and write operations in the same request."
)
ONE_ITEM = "Transaction request cannot include multiple operations on one item"
NTH = "Validation failed in TransactStatements[1]: "
READS_ONE = f"{NTH}Select statements within ExecuteTransaction {NEEDS_KEY}"
EXISTS_ONE = f"{NTH}EXISTS() must contain a single item read with additional condition"


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (GET_A, SET_B, MIXED),
        (GET_A, GET_A, ONE_ITEM),
        (SET_B, SET_B, ONE_ITEM),
        (
            SET_B,
            f"EXISTS(SELECT * FROM movies WHERE {B} AND rating = 8)",
            ONE_ITEM,
        ),
        ("SELECT * FROM movies", "SELEC *", NO_STATEMENT),
        (GET_A, "SELECT * FROM movies WHERE year = 1994", READS_ONE),
        (GET_A, "SELECT * FROM movies WHERE year IN [1994] AND title = 'B'", READS_ONE),
        (GET_A, f"SELECT * FROM movies WHERE {B} AND rating = 8", READS_ONE),
        (
            GET_A,
            "SELECT * FROM movies.by_genre WHERE genre = 'Drama'",
            f"{NTH}Reads on indices are not supported within transactions.",
        ),
        (
            GET_A,
            "SELECT * FROM movies WHERE year = ? AND title = 'B'",
            f"{NTH}Number of parameters in request and statement don't match.",
        ),
        (
            GET_A,
            f"SELECT * FROM movies WHERE {B} AND rating < true",
            (
                f"{NTH}Incorrect operand type for operator or function; "
                "operator or function: <, operand type: BOOL"
            ),
        ),
        (
            SET_B,
            f"DELETE FROM movies WHERE {A} RETURNING ALL OLD *",
            f"{NTH}RETURNING clause is not supported in ExecuteTransaction.",
        ),
        (
            SET_B,
            f"DELETE FROM movies WHERE {A} AND nope(x)",
            f"{NTH}Unrecognized function: nope at 1:58:4",
        ),
        (
            GET_A,
            f"SELECT * FROM movies WHERE {B} ORDER BY rating",
            f"{NTH}Variable reference rating in ORDER BY clause must be part of the primary key",
        ),
        (SET_B, f"EXISTS(SELECT * FROM movies WHERE {A})", EXISTS_ONE),
        (SET_B, "EXISTS(SELECT * FROM movies WHERE year = 1994 AND rating = 1)", EXISTS_ONE),
        (SET_B, "EXISTS(SELECT * FROM movies)", EXISTS_ONE),
        (
            SET_B,
            "EXISTS(SELECT * FROM movies.by_genre WHERE genre = 'Drama' AND rating = 1)",
            f"{NTH}Operations on indices are not supported in transactions",
        ),
    ],
)
def test_transactions_that_are_refused(
    engine: Engine, first: str, second: str, message: str
) -> None:
    assert f"ValidationException: {message}" == refusal(transact, engine, first, second)


def test_missing_table_of_a_transaction(engine: Engine) -> None:
    missing = "ResourceNotFoundException: Requested resource not found"
    text = "DELETE FROM nope WHERE a = 1 RETURNING ALL OLD *"
    assert missing == refusal(transact, engine, SET_B, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "UPDATE movies SET x = 1 WHERE year = 'a' AND title = 'A'",
            "Key attribute's data type should match its data type in table's schema: Key year",
        ),
        ("DELETE FROM movies WHERE year = 1994", NO_WHOLE_KEY),
        (
            "INSERT INTO movies VALUE {'year': 1}",
            "One or more parameter values were invalid: Missing the key title in the item",
        ),
        (
            f"UPDATE movies SET year = 1 WHERE {A}",
            (
                "One or more parameter values were invalid: Cannot update attribute year. "
                "This attribute is part of the key"
            ),
        ),
    ],
)
def test_keys_that_cannot_be_are_reasons(engine: Engine, text: str, message: str) -> None:
    with pytest.raises(TransactionCanceledException) as caught:
        transact(engine, SET_B, text)
    none, reason = caught.value.reasons
    assert ("None", "ValidationError", message) == (none.code, reason.code, reason.message)


def test_transact_statements_max(engine: Engine) -> None:
    texts = [f"SELECT * FROM movies WHERE year = {year} AND title = 'A'" for year in range(101)]
    for number in (1, 99, 100):
        assert number == len(transact(engine, *texts[:number])["Responses"])
    least = "Value '[]' at 'transactStatements' failed to satisfy constraint: "
    assert f"{ONE}{least}Member must have length greater than or equal to 1" == refusal(
        transact, engine
    )
    most = "failed to satisfy constraint: Member must have length less than or equal to 100"
    assert refusal(transact, engine, *texts).endswith(most)


def test_token_makes_a_transaction_happen_once(engine: Engine) -> None:
    """A replay is charged as reads; the same token for anything else is refused."""
    asked: Wire = {"ClientRequestToken": "token", "ReturnConsumedCapacity": "TOTAL"}
    text = {"Statement": f"UPDATE movies SET n = rating + ? WHERE {B}", "Parameters": [{"N": "1"}]}
    units = {"CapacityUnits": 2.0, "WriteCapacityUnits": 2.0}
    assert [{**MOVIES, **units}] == transact(engine, text, **asked)["ConsumedCapacity"]
    units = {"CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}
    assert [{**MOVIES, **units}] == transact(engine, text, **asked)["ConsumedCapacity"]
    other = text | {"Parameters": [{"N": "2"}]}
    with pytest.raises(IdempotentParameterMismatchException):
        transact(engine, other, **asked)
    transact(engine, GET_A, **asked)
