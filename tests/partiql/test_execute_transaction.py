"""ExecuteTransaction, from wire to wire: all statements or none."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

import pytest

from ddblite.api.http.wire_errors import error_body
from ddblite.engine.engine import Engine
from ddblite.schema.errors import IdempotentParameterMismatchException, TransactionCanceledException
from statement_calls import (
    DUPLICATE,
    FAILED,
    GET_A,
    INSERT_A,
    MOVIES,
    NEEDS_KEY,
    NO_ATTRIBUTE,
    NO_STATEMENT,
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


C = "year = 1994 AND title = 'C'"


def test_writes_of_a_transaction(engine: Engine) -> None:
    answer = transact(
        engine,
        f"EXISTS(SELECT * FROM movies WHERE {A} AND (rating = 9 OR rating = 8))",
        f"EXISTS(SELECT * FROM movies WHERE {C} AND 'C' = title AND year IN [1994] AND rating = 7)",
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
        ("SELECT * FROM movies", "SELEC *", f"{NTH}{NO_STATEMENT}"),
        (SET_B, "foo.bar", f"{NTH}Unsupported operation: Path"),
        (GET_A, "SELECT * FROM movies WHERE year = 1994", READS_ONE),
        (GET_A, "SELECT * FROM movies WHERE year IN [1994, 1995] AND title = 'B'", READS_ONE),
        (GET_A, f"SELECT * FROM movies WHERE {B} AND title = 'C'", READS_ONE),
        (GET_A, "SELECT * FROM movies WHERE year IN [1994] AND title IN ['A']", ONE_ITEM),
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
            "DELETE FROM nope WHERE id = 1 RETURNING ALL OLD *",
            f"{NTH}RETURNING clause is not supported in ExecuteTransaction.",
        ),
        (
            GET_A,
            "SELECT * FROM nope.by_genre WHERE genre = 'Drama'",
            f"{NTH}Reads on indices are not supported within transactions.",
        ),
        *(
            (
                SET_B,
                f"{text} WHERE year = 1994 AND title = {literal}",
                f"{NTH}Key value must be of type S, N, or B. Key name: title, Key type: {kind}",
            )
            for text in ("DELETE FROM movies", "UPDATE movies SET x = 1")
            for literal, kind in (("true", "BOOL"), ("null", "NULL"), ("['A']", "L"))
        ),
        (
            SET_B,
            f"DELETE FROM movies WHERE {A} AND nope(x)",
            f"{NTH}Unrecognized function: nope at 1:58:4",
        ),
        (
            GET_A,
            f"SELECT * FROM movies WHERE {B} ORDER BY rating",
            f"{NTH}Attribute rating in ORDER BY clause must be part of the primary key",
        ),
        (SET_B, f"EXISTS(SELECT * FROM movies WHERE {A})", EXISTS_ONE),
        (SET_B, "EXISTS(SELECT * FROM movies WHERE year = 1994 AND rating = 1)", EXISTS_ONE),
        (SET_B, "EXISTS(SELECT * FROM movies)", EXISTS_ONE),
        (SET_B, f"EXISTS(SELECT * FROM movies WHERE {A} AND title = 'A')", EXISTS_ONE),
        (
            SET_B,
            "EXISTS(SELECT * FROM movies WHERE year = 1994 AND title IN ['A', 'C'] AND x = 1)",
            EXISTS_ONE,
        ),
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


def cancelled(
    engine: Engine, *texts: str | Wire, **members: object
) -> list[tuple[str, str | None]]:
    """Returns code and message of the reasons for which a transaction is cancelled."""
    with pytest.raises(TransactionCanceledException) as caught:
        transact(engine, *texts, **members)
    codes = ", ".join(reason.code for reason in caught.value.reasons)
    assert caught.value.message.endswith(f" for specific reasons [{codes}]")
    return [(reason.code, reason.message) for reason in caught.value.reasons]


NONE = ("None", None)
MISSING_TABLE = ("ResourceNotFound", "Requested resource not found")
NO_SUCH_KEY = ("ValidationError", "The provided key element does not match the schema")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (SET_B, "DELETE FROM nope WHERE a = 1"),
        (SET_B, "INSERT INTO nope VALUE {'a': 1}"),
        (SET_B, "EXISTS(SELECT * FROM nope WHERE a = 1 AND b = 1)"),
        (GET_A, "SELECT * FROM nope WHERE a = 1"),
    ],
)
def test_a_missing_table_cancels(engine: Engine, first: str, second: str) -> None:
    assert [NONE, MISSING_TABLE] == cancelled(engine, first, second)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("UPDATE movies SET x = 1 WHERE year = 'a' AND title = 'A'", NO_SUCH_KEY[1]),
        ("DELETE FROM movies WHERE year = 1994", NO_SUCH_KEY[1]),
        (f"DELETE FROM movies WHERE {A} AND title = 'B'", NO_SUCH_KEY[1]),
        ("DELETE FROM movies WHERE year IN [1994] AND title = 'A'", NO_SUCH_KEY[1]),
        ("EXISTS(SELECT * FROM movies WHERE year = 1 AND title = 1 AND x = 1)", NO_SUCH_KEY[1]),
        (
            "INSERT INTO movies VALUE {'year': 1}",
            "One or more parameter values were invalid: Missing the key title in the item",
        ),
        (
            "INSERT INTO movies VALUE {'year': true, 'title': 'A'}",
            (
                "One or more parameter values were invalid: "
                "Type mismatch for key year expected: N actual: BOOL"
            ),
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
    """Also beside a condition that fails: keys come first."""
    assert [NONE, ("ValidationError", message)] == cancelled(engine, SET_B, text)
    assert [NONE, ("ValidationError", message)] == cancelled(engine, f"{SET_B} AND x = 1", text)


def test_keys_of_reads_that_cannot_be_are_reasons(engine: Engine) -> None:
    wrong = "SELECT * FROM movies WHERE year = 1 AND title = 1"
    assert [NO_SUCH_KEY, NONE, NO_SUCH_KEY] == cancelled(engine, wrong, GET_A, wrong)


def test_every_key_that_cannot_be_is_told(engine: Engine) -> None:
    update = "UPDATE movies SET x = 1 WHERE"
    texts = [
        f"{update} year = 1994",
        f"{update} year IN [1994] AND title = 'A'",
        f"{update} year = 1994 AND title = 'A' AND year = 1995",
        f"{update} year = 1994 AND title = 1",
        "INSERT INTO movies VALUE {'title': 'A'}",
        "DELETE FROM nope WHERE a = 1",
        f"{SET_B} AND rating = 1",
    ]
    missing = "One or more parameter values were invalid: Missing the key year in the item"
    expected = [*[NO_SUCH_KEY] * 4, ("ValidationError", missing), MISSING_TABLE, NONE]
    assert expected == cancelled(engine, *texts)


def test_every_statement_that_fails_is_told(engine: Engine) -> None:
    """Faults of the data are, several of one kind too."""
    texts = [f"UPDATE movies SET x = nope + 1 WHERE {one}" for one in (A, B)]
    fault = ("ValidationError", NO_ATTRIBUTE)
    assert [fault, NONE, fault] == cancelled(engine, texts[0], OTHER_INSERT, texts[1])


OTHER_INSERT = "INSERT INTO movies VALUE {'year': 1, 'title': 'new'}"


def test_deleting_what_is_not_there_is_no_failure(engine: Engine) -> None:
    """Whatever else is asked of it; it is named only beside what does cancel the transaction."""
    delete = f"DELETE FROM movies WHERE {NOBODY} AND rating = 1"
    before = count(engine)
    assert {"Responses": []} == transact(engine, delete, OTHER_INSERT)
    assert before + 1 == count(engine)
    failed = ("ConditionalCheckFailed", FAILED)
    assert [failed, failed] == cancelled(engine, delete, f"{SET_B} AND x = 1")
    plain = f"DELETE FROM movies WHERE {NOBODY}"
    assert [NONE, failed] == cancelled(engine, plain, f"{SET_B} AND x = 1")


@pytest.mark.parametrize(
    "condition",
    [
        "year IN [1994] AND title = 'A'",
        "year = 1994 AND title IN ['A']",
        "year = 1994 AND title = 'A' AND year = 1994",
        "year = 1994 AND title = 'A' AND title IN ['A'] AND year = 1994.0",
    ],
)
def test_a_read_may_say_its_key_in_other_words(engine: Engine, condition: str) -> None:
    text = f"SELECT rating FROM movies WHERE {condition}"
    assert [{"Item": wire({"rating": 9})}] == transact(engine, text)["Responses"]


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
