"""BatchExecuteStatement, from wire to wire: each statement has its own fate."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

import pytest

from ddblite.api.wire.dispatch import dispatch
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
    execute,
    refusal,
)
from wires import wire


def error(code: str, message: str, **members: str) -> Wire:
    return {"Error": {"Code": code, "Message": message}, **members}


def run_time_error(message: str) -> Wire:
    """Returns what becomes of a statement that cannot be carried out on its item."""
    return error("ValidationError", message, **MOVIES)


INVALID = "One or more parameter values were invalid: "
FOUND_A = {**MOVIES, "Item": wire({"rating": 9})}
TOO_LONG = (
    "One or more parameter values were invalid: "
    "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"
)
NO_STATEMENT_AT_ALL = "Statement wasn't well formed, can't be processed: "
MIXED = "Read and write requests together in the same batch is not supported."
REPEATED = "Provided list of item keys contains duplicates"
KEY_FAULT = error("ValidationError", f"Select statements within BatchExecuteStatement {NEEDS_KEY}")


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (GET_A, FOUND_A),
        (f"{GET_A} ORDER BY title", FOUND_A),
        (f"SELECT * FROM movies WHERE {NOBODY}", MOVIES),
        (f"SELECT nope FROM movies WHERE {A}", {**MOVIES, "Item": {}}),
        ("SELECT * FROM movies", KEY_FAULT),
        ("SELECT * FROM movies WHERE year = 1994", KEY_FAULT),
        ("SELECT rating FROM movies WHERE year IN [1994] AND title = 'A'", FOUND_A),
        ("SELECT rating FROM movies WHERE year = 1994 AND title IN ['A']", FOUND_A),
        (f"{GET_A} AND year = 1994", FOUND_A),
        (f"{GET_A} AND title IN ['A'] AND year = 1994.0", FOUND_A),
        (f"{GET_A} AND title = 'B'", KEY_FAULT),
        ("SELECT * FROM movies WHERE year IN [1994, 1995] AND title = 'A'", KEY_FAULT),
        (f"{GET_A} AND rating = 9", KEY_FAULT),
        (f"{GET_A} AND attribute_exists(rating)", KEY_FAULT),
        ("SELECT * FROM movies.by_genre WHERE genre = 'Drama'", KEY_FAULT),
        ("SELEC *", error("ValidationError", NO_STATEMENT)),
        (
            "SELECT * FROM nope WHERE id = 1",
            error("ResourceNotFound", "Requested resource not found", TableName="nope"),
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
        (f"UPDATE movies SET x = nope + 1 WHERE {B}", run_time_error(NO_ATTRIBUTE)),
        (
            f"UPDATE movies SET x.y = 1 WHERE {B}",
            run_time_error(
                "The document path provided in the update expression is invalid for update"
            ),
        ),
        (
            f"UPDATE movies SET year = 1 WHERE {B}",
            run_time_error(
                "One or more parameter values were invalid: Cannot update attribute year. "
                "This attribute is part of the key"
            ),
        ),
        (
            f"SELECT * FROM movies WHERE year = 1 AND title = '{'x' * 1025}'",
            run_time_error(TOO_LONG),
        ),
        (
            f"DELETE FROM movies WHERE year = 1 AND title = '{'x' * 1025}'",
            run_time_error(TOO_LONG),
        ),
        ("DELETE FROM movies WHERE year = 1994", error("ValidationError", NO_WHOLE_KEY)),
        (f"DELETE FROM movies WHERE {NOBODY}", MOVIES),
        (f"{SET_B} RETURNING MODIFIED NEW *", {**MOVIES, "Item": wire({"x": 1})}),
    ],
)
@pytest.mark.parametrize("old", [None, "ALL_OLD"])
def test_outcome_of_a_statement(engine: Engine, text: str, outcome: Wire, old: str | None) -> None:
    """What fails while it is carried out names its table, what is refused before that does not."""
    statement = {"Statement": text, "ReturnValuesOnConditionCheckFailure": old}
    assert {"Responses": [outcome]} == batch(engine, statement)


def test_item_on_which_a_condition_failed(engine: Engine) -> None:
    """The whole of it is beside the error, when that was asked for and there is one."""
    item = execute(engine, f"SELECT * FROM movies WHERE {B}")["Items"][0]
    failed = error("ConditionalCheckFailed", FAILED, **MOVIES)
    for text, old, expected in [
        (f"{SET_B} AND rating = 1", "ALL_OLD", item),
        (f"DELETE FROM movies WHERE {B} AND rating = 1", "ALL_OLD", item),
        (f"{SET_B} AND rating = 1", "NONE", None),
        (f"{SET_B} AND rating = 1", None, None),
        (f"UPDATE movies SET x = 1 WHERE {NOBODY}", "ALL_OLD", None),
    ]:
        statement = {"Statement": text, "ReturnValuesOnConditionCheckFailure": old}
        members = {} if expected is None else {"Item": expected}
        outcome = {**failed, "Error": {**failed["Error"], **members}}
        assert [outcome] == batch(engine, statement)["Responses"]


NESTED: Wire = {"S": "x"}
for _ in range(33):
    NESTED = {"L": [NESTED]}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"SS": []}, f"{INVALID}An string set  may not be empty"),
        ({"N": "abc"}, "The parameter cannot be converted to a numeric value: abc"),
        (
            {"SS": ["a", "a"]},
            f"{INVALID}Input collection [a, a] contains duplicates.",
        ),
        (
            {"NULL": False},
            f"{INVALID}Null attribute value types must have the value of true",
        ),
        (
            {"S": "a", "N": "1"},
            (
                "Supplied AttributeValue has more than one datatypes set, "
                "must contain exactly one of the supported datatypes"
            ),
        ),
        ({"M": {"": {"S": "a"}}}, "Empty attribute name"),
        (
            NESTED,
            (
                "Nesting Levels have exceeded supported limits: "
                "Attributes in the item have nested levels beyond supported limit"
            ),
        ),
    ],
)
@pytest.mark.parametrize("text", [SET_B, GET_A, "SELEC", f"{SET_B} AND x = ?"])
def test_a_bad_parameter_is_the_affair_of_its_statement(
    engine: Engine, text: str, value: Wire, message: str
) -> None:
    """It is looked at before the statement, used or not; the others neither read nor write then."""
    bad = {"Statement": text, "Parameters": [{"S": "a"}, value]}
    refused, written = batch(engine, bad, SET_B)["Responses"]
    assert (error("ValidationError", message), MOVIES) == (refused, written)
    found, refused = batch(engine, GET_A, bad)["Responses"]
    assert (FOUND_A, error("ValidationError", message)) == (found, refused)


def test_what_is_wrong_beside_a_bad_parameter_refuses_the_batch(engine: Engine) -> None:
    bad = {"Statement": GET_A, "Parameters": [{"SS": []}]}
    kind = "SerializationException: "
    assert refusal(batch, engine, bad, {"Statement": SET_B, "Parameters": {}}).startswith(kind)
    odd = {"Statement": GET_A, "Parameters": [{"SS": []}, {"S": 1}]}
    assert refusal(batch, engine, odd, SET_B).startswith(kind)
    least = "Value '' at 'statements.2.member.statement' failed to satisfy constraint: "
    assert refusal(batch, engine, bad, "").startswith(f"{ONE}{least}")


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
            MIXED,
        ),
        ((GET_A, GET_A), REPEATED),
        ((SET_B, "SELEC", SET_B), REPEATED),
        ((INSERT_A, f"DELETE FROM movies WHERE {A}"), REPEATED),
        ((GET_A, "SELECT * FROM movies WHERE year IN [1994] AND title IN ['A']"), REPEATED),
        (("DELETE FROM nope WHERE id = 1", GET_A), MIXED),
    ],
)
def test_batches_that_are_refused(engine: Engine, texts: tuple[str, ...], message: str) -> None:
    assert f"ValidationException: {message}" == refusal(batch, engine, *texts)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "DELETE FROM movies WHERE year = ? AND title = 'B'",
            "Number of parameters in request and statement don't match.",
        ),
        ("DELETE FROM movies WHERE year = 1994", NO_WHOLE_KEY),
        (
            f"DELETE FROM movies WHERE {A} AND title = 'B'",
            (
                "Multiple conditions on same key title. "
                "Only single item Update/Insert/Delete are supported"
            ),
        ),
        ("DELETE", NO_STATEMENT_AT_ALL),
    ],
)
def test_what_is_wrong_by_itself_is_no_write(engine: Engine, text: str, message: str) -> None:
    refused, found = batch(engine, text, GET_A)["Responses"]
    assert refused["Error"]["Message"].startswith(message)
    assert FOUND_A == found


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
    assert "ConsumedCapacity" not in failed
    assert "ConsumedCapacity" not in batch(engine, "SELEC", ReturnConsumedCapacity="TOTAL")


LARGE = "'x': '" + "x" * 3000 + "'"
INSERT_NEW = "INSERT INTO movies VALUE {'year': 1, 'title': 'new'}"


@pytest.mark.parametrize(
    ("failing", "units"),
    [
        ([f"INSERT INTO movies VALUE {{'year': 1994, 'title': 'A', {LARGE}}}"], 3),
        ([INSERT_A], 1),
        ([INSERT_A, f"UPDATE movies SET x = 1 WHERE {NOBODY}"], 2),
        (["INSERT INTO movies VALUE {'year': 2, 'title': 'large'}"], 3),
        (["UPDATE movies SET x = nope + 1 WHERE year = 2 AND title = 'large'"], 3),
        (["DELETE FROM movies WHERE year = 2 AND title = 'large' AND rating = 1"], 3),
        (["UPDATE movies SET year = 1 WHERE year = 2 AND title = 'large'"], 0),
        ([f"DELETE FROM movies WHERE year = 1 AND title = '{'x' * 1025}'"], 0),
        (["DELETE FROM movies WHERE year = 1994"], 0),
    ],
    ids=[
        *("given", "small", "two", "stored", "missing attribute", "condition"),
        *("key", "long key", "no key"),
    ],
)
def test_what_fails_is_charged_to_no_arm(engine: Engine, failing: list[str], units: int) -> None:
    """The attempt counts in the total alone: the larger of the item there and the one given."""
    execute(engine, f"INSERT INTO movies VALUE {{'year': 2, 'title': 'large', {LARGE}}}")
    answer = batch(engine, INSERT_NEW, *failing, ReturnConsumedCapacity="INDEXES")
    assert ["Error" in one for one in answer["Responses"]] == [False, *[True] * len(failing)]
    (consumed,) = answer["ConsumedCapacity"]
    assert (1.0 + units, {"CapacityUnits": 1.0}) == (consumed["CapacityUnits"], consumed["Table"])


def test_a_table_on_which_all_failed_has_no_capacity(engine: Engine) -> None:
    table = {
        "TableName": "others",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    dispatch(engine, "CreateTable", table)
    insert = "INSERT INTO others VALUE {'id': 'a'}"
    execute(engine, insert)
    answer = batch(engine, INSERT_NEW, insert, ReturnConsumedCapacity="TOTAL")
    assert [{**MOVIES, "CapacityUnits": 1.0}] == answer["ConsumedCapacity"]


def test_in_with_one_value_costs_what_an_equality_costs(engine: Engine) -> None:
    for number in range(6):
        text = f"INSERT INTO movies VALUE {{'year': 3, 'title': '{number}', 'x': ?}}"
        execute(engine, text, Parameters=[{"S": "x" * 15_000}])
    for condition in ("title = '1'", "title IN ['1']"):
        text = f"SELECT * FROM movies WHERE year = 3 AND {condition}"
        read = execute(engine, text, ReturnConsumedCapacity="TOTAL")
        assert (1, 2.0) == (len(read["Items"]), read["ConsumedCapacity"]["CapacityUnits"])
