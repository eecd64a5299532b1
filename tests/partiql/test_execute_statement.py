"""ExecuteStatement, from wire to wire."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

from typing import Any

import pytest

import ddblite
from ddblite.api.wire.dispatch import dispatch
from ddblite.engine.engine import Engine
from ddblite.schema.errors import (
    ConditionalCheckFailedException,
    DdbError,
    DuplicateItemException,
    ValidationException,
)
from statement_calls import (
    DUPLICATE,
    FAILED,
    GET_A,
    INSERT_A,
    NO_STATEMENT,
    NOBODY,
    ONE,
    SET_B,
    A,
    Wire,
    execute,
    refusal,
)
from wires import wire


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (GET_A, [{"rating": 9}]),
        (f"SELECT rating, nope FROM movies WHERE {NOBODY}", []),
        (f"SELECT nope FROM movies WHERE {A}", [{}]),
        (SET_B, []),
        (f"{SET_B} RETURNING MODIFIED NEW *", [{"x": 1}]),
        (f"DELETE FROM movies WHERE {NOBODY}", []),
        (f"DELETE FROM movies WHERE {NOBODY} RETURNING ALL OLD *", []),
        ("INSERT INTO movies VALUE {'year': 1, 'title': 'x'}", []),
    ],
)
def test_items_are_always_a_list(engine: Engine, text: str, items: list[Any]) -> None:
    assert {"Items": [wire(item) for item in items]} == execute(engine, text)


def test_parameters_are_attribute_values(engine: Engine) -> None:
    text = "SELECT title FROM movies WHERE year = ? AND rating >= ?"
    parameters = [{"N": "1.994e3"}, {"N": "8.00"}]
    assert {"Items": [wire({"title": title}) for title in "AB"]} == execute(
        engine, text, Parameters=parameters
    )


def test_surplus_parameters_go_unused(engine: Engine) -> None:
    surplus = [{"S": "1"}, {"M": {}}]
    assert {"Items": [wire({"rating": 9})]} == execute(engine, GET_A, Parameters=surplus)
    text = f"UPDATE movies SET x = ? WHERE {A} RETURNING MODIFIED NEW *"
    assert {"Items": [wire({"x": "1"})]} == execute(engine, text, Parameters=surplus)


def test_pages_of_a_statement(engine: Engine) -> None:
    """The last key comes along with the token, and both are gone at the end."""
    text = "SELECT title FROM movies WHERE year = 1994"
    first = execute(engine, text, Limit=3)
    assert wire({"year": 1994, "title": "C"}) == first["LastEvaluatedKey"]
    rest = execute(engine, text, Limit=3, NextToken=first["NextToken"])
    assert {"Items": [wire({"title": "D"})]} == rest
    token = {"NextToken": first["NextToken"]}
    assert "ValidationException: NextToken does not match request" == refusal(
        execute, engine, "SELECT title FROM movies WHERE year = 1995", **token
    )


HASH_TOO_LONG = "Size of hashkey has exceeded the maximum size limit of2048 bytes"
RANGE_TOO_LONG = "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"


@pytest.mark.parametrize(
    ("source", "where", "length", "fault"),
    [
        ("movies.by_genre", "genre = ?", 2049, HASH_TOO_LONG),
        ("movies.by_genre", "genre IN [?]", 2049, HASH_TOO_LONG),
        ("movies.by_genre", "genre = ? OR genre = 'x'", 2049, None),
        ("movies.by_genre", "genre IN [?, 'x']", 2049, None),
        ("movies", "year = 1900 AND title = ?", 1025, RANGE_TOO_LONG),
        ("movies", "year = 1900 AND title IN [?]", 1025, RANGE_TOO_LONG),
        ("movies", "year = 1900 AND title IN ['A', ?]", 1025, RANGE_TOO_LONG),
        ("movies", "year = 1900 AND title > ?", 1025, RANGE_TOO_LONG),
        ("movies", "year IN [1900, 1901] AND title = ?", 1025, None),
        ("movies", "year = 1900 AND title < ? OR year = 1901", 1025, None),
    ],
)
def test_a_key_value_is_too_long_where_there_is_one_partition(
    engine: Engine, source: str, where: str, length: int, fault: str | None
) -> None:
    text = f"SELECT * FROM {source} WHERE {where}"
    parameters = [{"S": "x" * length}]
    if fault is None:
        assert {"Items": []} == execute(engine, text, Parameters=parameters)
        return
    message = f"ValidationException: One or more parameter values were invalid: {fault}"
    assert message == refusal(execute, engine, text, Parameters=parameters)


NUMBERS: Any = [
    ({"N": "1E2"}, {"N": "1e+2"}, True),
    ({"N": "01"}, {"N": "1"}, True),
    ({"N": "1.5E1"}, {"N": "15"}, True),
    ({"N": "-0"}, {"N": "0"}, True),
    ({"N": "1.0"}, {"N": "1"}, False),
    ({"N": "100"}, {"N": "1E2"}, False),
    ({"N": "0"}, {"N": "0.0"}, False),
    ({"NS": ["1", "2.0"]}, {"NS": ["2", "1"]}, True),
    ({"SS": ["a", "b"]}, {"SS": ["b", "a"]}, True),
    ({"SS": ["a", "b"]}, {"SS": ["b", "c"]}, False),
    ({"S": "a"}, {"S": "a"}, True),
    ({"B": "AAE="}, {"B": "AAE="}, True),
    ({"BOOL": True}, {"N": "1"}, False),
    ({"L": [{"N": "1"}]}, {"L": [{"N": "1"}]}, False),
    ({"M": {}}, {"M": {}}, False),
]


@pytest.mark.parametrize(("first", "second", "goes_on"), NUMBERS)
def test_a_token_is_bound_to_the_parameters_as_they_are_written(
    engine: Engine, first: Wire, second: Wire, *, goes_on: bool
) -> None:
    """By value and scale; a list or map is never the same again."""
    text = "SELECT title FROM movies WHERE year = 1994 AND x <> ?"
    page = execute(engine, text, Parameters=[first], Limit=1)
    again = {"Parameters": [second], "NextToken": page["NextToken"]}
    if goes_on:
        assert [wire({"title": title}) for title in "BCD"] == execute(engine, text, **again)[
            "Items"
        ]
    else:
        message = "ValidationException: NextToken does not match request"
        assert message == refusal(execute, engine, text, **again)


def test_pages_of_one_run_go_on_whatever_the_parameters(db: ddblite.Database) -> None:
    """Its own tokens it knows; a run that begins with one is bound as a request is."""
    text = "SELECT title FROM movies WHERE year = 1994 AND x <> ?"
    result = db.execute(text, [[1]], page_limit=1)
    assert list("ABCD") == [item["title"] for item in result]
    cut = db.execute(text, [[1]], page_limit=1, limit=1)
    assert 1 == len(cut.all())
    with pytest.raises(ValidationException, match=r"^NextToken does not match request$"):
        db.execute(text, [[1]], after=cut.cursor).all()


@pytest.mark.parametrize(
    ("text", "consumed"),
    [
        (GET_A, {"CapacityUnits": 0.5, "Table": {"CapacityUnits": 0.5}}),
        (f"SELECT * FROM movies WHERE {NOBODY}", 0.5),
        ("SELECT * FROM movies WHERE rating = 100", 0.5),
        (
            "SELECT title FROM movies.by_genre WHERE genre = 'Drama'",
            {
                "CapacityUnits": 0.5,
                "Table": {"CapacityUnits": 0.0},
                "GlobalSecondaryIndexes": {"by_genre": {"CapacityUnits": 0.5}},
            },
        ),
        (f"DELETE FROM movies WHERE {NOBODY}", 1.0),
        (f"DELETE FROM movies WHERE {A}", 3.0),
    ],
)
def test_consumed_capacity_is_an_object(engine: Engine, text: str, consumed: Any) -> None:  # noqa: ANN401
    level = "INDEXES" if isinstance(consumed, dict) else "TOTAL"
    expected = consumed if isinstance(consumed, dict) else {"CapacityUnits": consumed}
    answer = execute(engine, text, ReturnConsumedCapacity=level)
    assert {"TableName": "movies", **expected} == answer["ConsumedCapacity"]


NOT_NUMERIC = "ValidationException: The parameter cannot be converted to a numeric value"


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"Limit": 0},
            (
                f"{ONE}Value '0' at 'limit' failed to satisfy constraint: "
                "Member must have value greater than or equal to 1"
            ),
        ),
        (
            {"Parameters": []},
            (
                f"{ONE}Value '[]' at 'parameters' failed to satisfy constraint: "
                "Member must have length greater than or equal to 1"
            ),
        ),
        (
            {"Statement": ""},
            (
                f"{ONE}Value '' at 'statement' failed to satisfy constraint: "
                "Member must have length greater than or equal to 1"
            ),
        ),
        (
            {"Statement": None},
            f"{ONE}Value null at 'statement' failed to satisfy constraint: Member must not be null",
        ),
        ({"NextToken": ""}, "ValidationException: Invalid NextToken"),
        ({"NextToken": "x"}, "ValidationException: Invalid NextToken"),
        (
            {"Parameters": [{"N": "x"}]},
            "ValidationException: The parameter cannot be converted to a numeric value: x",
        ),
        (
            {"Parameters": [{"N": ""}]},
            "ValidationException: The parameter cannot be converted to a numeric value",
        ),
        (
            {"Parameters": [{"L": [{"N": "1e2147483647"}]}, {}]},
            (
                "ValidationException: Number underflow. Attempting to store a number with "
                "magnitude smaller than supported range"
            ),
        ),
        (
            {"Parameters": [{"SS": ["b", "a", "b"]}]},
            (
                "ValidationException: One or more parameter values were invalid: "
                "Input collection [b, a, b] contains duplicates."
            ),
        ),
        (
            {"Parameters": [{}]},
            (
                "ValidationException: Supplied AttributeValue is empty, must contain exactly one "
                "of the supported datatypes"
            ),
        ),
        *(
            (
                {"Parameters": [{"N": number, **more}]},
                f"{NOT_NUMERIC}: {number}",
            )
            for number, more in (("0.1e-2147483647", {}), ("abc", {"NULL": "no"}))
        ),
        ({"Statement": 5}, "SerializationException: NUMBER_VALUE cannot be converted to String"),
        (
            {"Statement": "SELECT * FROM movies WHERE year = ?"},
            "ValidationException: Number of parameters in request and statement don't match.",
        ),
        (
            {"Statement": f"EXISTS(SELECT * FROM movies WHERE {A} AND rating = 9)"},
            "ValidationException: EXISTS can only be used in ExecuteTransaction write requests.",
        ),
        ({"Statement": "SELEC *"}, f"ValidationException: {NO_STATEMENT}"),
        (
            {"Statement": "SELECT * FROM nope"},
            "ResourceNotFoundException: Requested resource not found",
        ),
    ],
)
def test_what_is_refused(engine: Engine, members: Wire, message: str) -> None:
    def asked(engine: Engine) -> Wire:
        return dispatch(engine, "ExecuteStatement", {"Statement": GET_A, **members})

    assert message == refusal(asked, engine)


@pytest.mark.parametrize("operation", ["ExecuteStatement", "BatchExecuteStatement"])
def test_statement_length_max(engine: Engine, operation: str) -> None:
    for length, good in ((8191, True), (8192, True), (8193, False)):
        request = {"Statement": GET_A.ljust(length)}
        asked = request if operation == "ExecuteStatement" else {"Statements": [request]}
        if good:
            dispatch(engine, operation, asked)
            continue
        with pytest.raises(DdbError, match=r"length less than or equal to 8192$"):
            dispatch(engine, operation, asked)


def test_failed_condition_gives_the_item_when_asked(engine: Engine) -> None:
    text = f"UPDATE movies SET x = 1 WHERE {A} AND rating = 1"
    with pytest.raises(ConditionalCheckFailedException) as caught:
        execute(engine, text)
    assert (FAILED, None) == (caught.value.message, caught.value.item)
    with pytest.raises(ConditionalCheckFailedException) as caught:
        execute(engine, text, ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert caught.value.item is not None
    assert "A" == caught.value.item["title"]
    with pytest.raises(DuplicateItemException, match=DUPLICATE):
        execute(engine, INSERT_A, ReturnValuesOnConditionCheckFailure="ALL_OLD")


def test_no_envelope_of_other_operations(engine: Engine) -> None:
    """A statement puts an item without being a PutItem, and is not worded like one."""
    fault = "One or more parameter values were invalid: An string set  may not be empty"
    parameters: list[Wire] = [{"M": {"a": {"SS": []}}}]
    text = "INSERT INTO movies VALUE {'year': 1, 'title': 'x', 'm': ?}"
    assert f"ValidationException: {fault}" == refusal(execute, engine, text, Parameters=parameters)
