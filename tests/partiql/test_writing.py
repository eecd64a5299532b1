"""INSERT, UPDATE and DELETE, on an engine in memory, and what is refused."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

from collections.abc import Callable
from decimal import Decimal

import pytest

from ddblite import partiql
from ddblite.engine.engine import Engine
from ddblite.schema.errors import (
    ConditionalCheckFailedException,
    DuplicateItemException,
    ResourceNotFoundException,
    ValidationException,
)
from ddblite.schema.values import Item, NumberSet, StringSet

Ask = Callable[..., list[Item]]

KEY = "year = 1994 AND title = 'A'"


def only(ask: Ask) -> Item:
    (item,) = ask(f"SELECT * FROM movies WHERE {KEY}")
    return item


def test_an_insert_is_of_new_items_only(ask: Ask) -> None:
    item = "{'year': ?, 'title': 'N', 'tags': <<'x'>>, 'n': [1.50, NULL], 'o': ?}"
    text = f"INSERT INTO movies VALUE {item}"
    assert [] == ask(text, 2000, None)
    (found,) = ask("SELECT * FROM movies WHERE year = 2000 AND title = 'N'")
    assert StringSet(["x"]) == found["tags"]
    assert [Decimal("1.5"), None] == found["n"]
    assert found["o"] is None
    with pytest.raises(DuplicateItemException, match="Duplicate primary key exists in table"):
        ask(text, 2000, 1)


def test_an_update_changes_and_returns(ask: Ask) -> None:
    text = (
        'UPDATE movies SET rating = rating + 0.5 SET info."cast" = list_append(info."cast", ?) '
        f"REMOVE genre WHERE {KEY} RETURNING MODIFIED NEW *"
    )
    (changed,) = ask(text, ["y"])
    assert {"rating": Decimal("9.5"), "info": {"cast": ["x", "A", "y"]}} == changed
    assert "genre" not in only(ask)


def test_what_is_returned_is_the_callers_own(ask: Ask) -> None:
    """Changing it changes neither the item nor the statement that is kept for next time."""
    text = f"UPDATE movies SET a = [1, {{'b': 2}}] WHERE {KEY} RETURNING MODIFIED NEW *"
    expected = [{"a": [1, {"b": 2}]}]
    (changed,) = ask(text)
    changed["a"][1]["b"] = 3  # type: ignore[index, call-overload]
    assert expected == ask(text)
    assert expected[0]["a"] == only(ask)["a"]


def test_sets_gain_and_lose_members(ask: Ask) -> None:
    ask(f"UPDATE movies SET n = set_add(n, <<1, 2>>) WHERE {KEY}")
    ask(f"UPDATE movies SET n = set_add(n, ?) WHERE {KEY}", NumberSet([2, 3]))
    assert NumberSet([1, 2, 3]) == only(ask)["n"]
    ask(f"UPDATE movies SET n = set_delete(n, <<1, 2, 3, 4>>) WHERE {KEY}")
    assert "n" not in only(ask)


@pytest.mark.parametrize(
    "where",
    [
        "year = 1994 AND title = 'nope'",
        "year = 1994 AND title = 'nope' AND title IS MISSING",
        KEY + " AND rating > 9",
    ],
)
def test_an_update_never_makes_an_item(ask: Ask, where: str) -> None:
    with pytest.raises(ConditionalCheckFailedException):
        ask(f"UPDATE movies SET x = 1 WHERE {where}")


def test_a_delete_returns_what_was_there(ask: Ask) -> None:
    film = only(ask)
    with pytest.raises(ConditionalCheckFailedException) as caught:
        ask(f"DELETE FROM movies WHERE {KEY} AND rating > 9", return_old_on_failure=True)
    assert film == caught.value.item
    text = f"DELETE FROM movies WHERE {KEY} RETURNING ALL OLD *"
    assert [film] == ask(text)
    assert [] == ask(text)


FAULTS = [
    ("SELECT * FROM nope", ResourceNotFoundException, "Requested resource not found"),
    (
        "SELECT * FROM nope WHERE a < true",
        ValidationException,
        (
            "Incorrect operand type for operator or function; operator or function: <, "
            "operand type: BOOL"
        ),
    ),
    (
        "SELECT * FROM nope WHERE a BETWEEN 2 AND 1",
        ValidationException,
        (
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
            "lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}"
        ),
    ),
    (
        "SELECT * FROM movies WHERE year = ?",
        ValidationException,
        "Number of parameters in request and statement don't match.",
    ),
    (
        f"UPDATE movies SET title = 'x' WHERE {KEY}",
        ValidationException,
        (
            "One or more parameter values were invalid: Cannot update attribute title. "
            "This attribute is part of the key"
        ),
    ),
    (
        f"UPDATE movies SET a = nope + 1 WHERE {KEY}",
        ValidationException,
        "The provided expression refers to an attribute that does not exist in the item",
    ),
    (
        f"UPDATE movies SET rating = set_add(rating, <<1>>) WHERE {KEY}",
        ValidationException,
        "An operand in the update expression has an incorrect data type",
    ),
    (
        "INSERT INTO movies VALUE {'year': 1}",
        ValidationException,
        "One or more parameter values were invalid: Missing the key title in the item",
    ),
    (
        "EXISTS(SELECT * FROM movies WHERE year = 1 AND title = 'x')",
        ValidationException,
        "EXISTS can only be used in ExecuteTransaction write requests.",
    ),
]


@pytest.mark.parametrize(("text", "kind", "message"), FAULTS)
def test_what_cannot_be_done_is_refused(
    engine: Engine, ask: Ask, text: str, kind: type[Exception], message: str
) -> None:
    before = ask("SELECT * FROM movies")
    with pytest.raises(kind) as caught:
        partiql.execute(engine, text)
    assert message == str(caught.value)
    assert before == ask("SELECT * FROM movies")


def test_a_global_index_is_never_read_consistently(engine: Engine) -> None:
    with pytest.raises(ValidationException) as caught:
        partiql.execute(engine, "SELECT * FROM movies.by_genre", consistent=True)
    assert "Strongly consistent read is not supported on Global Secondary Indexes" == str(
        caught.value
    )


def test_a_set_operand_that_is_no_set_is_placed(ask: Ask) -> None:
    with pytest.raises(ValidationException) as caught:
        ask(f"UPDATE movies SET tags = set_add(tags, ?) WHERE {KEY}", 5)
    assert "The second argument to SET_ADD must be a value with type SET at 1:34:4" == str(
        caught.value
    )
