"""BatchExecuteStatement, from wire to wire: each statement has its own fate."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

import pytest

from ddblite.engine.engine import Engine
from statement_calls import (
    DUPLICATE,
    FAILED,
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
    batch,
    count,
    refusal,
)
from wires import wire


def error(code: str, message: str, **members: str) -> Wire:
    return {"Error": {"Code": code, "Message": message}, **members}


REPEATED = "Provided list of item keys contains duplicates"
KEY_FAULT = error("ValidationError", f"Select statements within BatchExecuteStatement {NEEDS_KEY}")


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (GET_A, {**MOVIES, "Item": wire({"rating": 9})}),
        (f"{GET_A} ORDER BY title", {**MOVIES, "Item": wire({"rating": 9})}),
        (f"SELECT * FROM movies WHERE {NOBODY}", MOVIES),
        (f"SELECT nope FROM movies WHERE {A}", {**MOVIES, "Item": {}}),
        ("SELECT * FROM movies", KEY_FAULT),
        ("SELECT * FROM movies WHERE year = 1994", KEY_FAULT),
        ("SELECT * FROM movies WHERE year IN [1994] AND title = 'A'", KEY_FAULT),
        (f"{GET_A} AND rating = 9", KEY_FAULT),
        (f"{GET_A} AND attribute_exists(rating)", KEY_FAULT),
        ("SELECT * FROM movies.by_genre WHERE genre = 'Drama'", KEY_FAULT),
        ("SELEC *", error("ValidationError", NO_STATEMENT)),
        (
            "SELECT * FROM nope WHERE id = 1",
            error("ResourceNotFound", "Requested resource not found"),
        ),
        (
            f"EXISTS(SELECT * FROM movies WHERE {A} AND rating = 9)",
            error(
                "ValidationError", "EXISTS can only be used in ExecuteTransaction write requests."
            ),
        ),
        (
            "SELECT * FROM movies WHERE year = '1994' AND title = 'A'",
            error(
                "ValidationError",
                "Key attribute's data type should match its data type in table's schema: Key year",
            ),
        ),
        (INSERT_A, error("DuplicateItem", DUPLICATE, TableName="movies")),
        (
            f"{SET_B} AND rating = 1",
            error("ConditionalCheckFailed", FAILED, TableName="movies"),
        ),
        (f"UPDATE movies SET x = nope + 1 WHERE {B}", error("ValidationError", NO_ATTRIBUTE)),
        ("DELETE FROM movies WHERE year = 1994", error("ValidationError", NO_WHOLE_KEY)),
        (f"DELETE FROM movies WHERE {NOBODY}", MOVIES),
        (f"{SET_B} RETURNING MODIFIED NEW *", {**MOVIES, "Item": wire({"x": 1})}),
    ],
)
@pytest.mark.parametrize("old", [None, "ALL_OLD"])
def test_outcome_of_a_statement(engine: Engine, text: str, outcome: Wire, old: str | None) -> None:
    """The old item is never given, whatever is asked for: it is inert in a batch."""
    statement = {"Statement": text, "ReturnValuesOnConditionCheckFailure": old}
    assert {"Responses": [outcome]} == batch(engine, statement)


def test_one_fate_each(engine: Engine) -> None:
    """What fails does not stop what comes after it, and what was done stays."""
    put = "INSERT INTO movies VALUE {'year': ?, 'title': 'new'}"
    answer = batch(
        engine,
        {"Statement": put, "Parameters": [{"N": "1"}]},
        INSERT_A,
        "SELEC",
        {"Statement": put, "Parameters": [{"N": "2"}]},
    )
    failed = ["Error" in outcome for outcome in answer["Responses"]]
    assert [False, True, True, False] == failed
    assert 14 == count(engine)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (
            (GET_A, SET_B),
            "Read and write requests together in the same batch is not supported.",
        ),
        ((GET_A, GET_A), REPEATED),
        ((SET_B, "SELEC", SET_B), REPEATED),
        ((INSERT_A, f"DELETE FROM movies WHERE {A}"), REPEATED),
    ],
)
def test_batches_that_are_refused(engine: Engine, texts: tuple[str, ...], message: str) -> None:
    assert f"ValidationException: {message}" == refusal(batch, engine, *texts)


def test_items_without_a_key_are_not_compared(engine: Engine) -> None:
    """Each has a fault of its own, and it comes to nothing more."""
    text = "INSERT INTO movies VALUE {'year': 1}"
    message = "One or more parameter values were invalid: Missing the key title in the item"
    assert {"Responses": [error("ValidationError", message)] * 2} == batch(engine, text, text)


def test_batch_statements_max(engine: Engine) -> None:
    texts = [f"SELECT * FROM movies WHERE year = {year} AND title = 'A'" for year in range(26)]
    for number in (1, 24, 25):
        assert number == len(batch(engine, *texts[:number])["Responses"])
    least = "Value '[]' at 'statements' failed to satisfy constraint: "
    assert f"{ONE}{least}Member must have length greater than or equal to 1" == refusal(
        batch, engine
    )
    most = "failed to satisfy constraint: Member must have length less than or equal to 25"
    assert refusal(batch, engine, *texts).endswith(most)


def test_capacity_of_a_batch_is_per_table(engine: Engine) -> None:
    """A write whose condition fails is charged for the attempt, one that is no statement is not."""
    read = batch(engine, GET_A, "SELEC", ReturnConsumedCapacity="TOTAL")
    assert [{**MOVIES, "CapacityUnits": 0.5}] == read["ConsumedCapacity"]
    consistent = {"Statement": GET_A, "ConsistentRead": True}
    read = batch(engine, consistent, ReturnConsumedCapacity="INDEXES")
    units = {"CapacityUnits": 1.0}
    assert [{**MOVIES, **units, "Table": units}] == read["ConsumedCapacity"]
    large = "INSERT INTO movies VALUE {'year': 1994, 'title': 'A', 'x': '" + "x" * 3000 + "'}"
    failed = batch(engine, large, f"{SET_B} AND rating = 1", ReturnConsumedCapacity="TOTAL")
    assert [{**MOVIES, "CapacityUnits": 4.0}] == failed["ConsumedCapacity"]
    assert [] == batch(engine, "SELEC", ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
