"""How deep a parameter may be: one level more than what can be stored."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

from typing import Any, Final

import pytest

import ddblite
from ddblite.api.wire.dispatch import dispatch
from ddblite.engine.engine import Engine
from ddblite.schema.errors import DdbError, TransactionCanceledException, ValidationException
from statement_calls import DUPLICATE, FAILED, A, batch, execute, refusal, transact

DEEP: Final = "Nesting Levels have exceeded supported limits"
DEEPER: Final = f"{DEEP}: Attributes in the item have nested levels beyond supported limit"

KEY: Final = "'year': {}, 'title': 'A'"


def nested(containers: int) -> dict[str, Any]:
    value: dict[str, Any] = {"N": "1"}
    for place in range(containers):
        value = {"M": {"a": value}} if place % 2 else {"L": [value]}
    return value


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("SELECT title FROM movies WHERE info = ?", "", ""),
        (f"SELECT title FROM movies WHERE {A} AND info = ?", "", ""),
        (
            "UPDATE movies SET x = ? WHERE year = 1900 AND title = 'A'",
            "ConditionalCheckFailed",
            FAILED,
        ),
        (f"DELETE FROM movies WHERE {A} AND x = ?", "ConditionalCheckFailed", FAILED),
        (f"INSERT INTO movies VALUE {{{KEY.format(1994)}, 'x': ?}}", "DuplicateItem", DUPLICATE),
        (f"UPDATE movies SET x = ? WHERE {A}", "ValidationError", DEEP),
        (f"INSERT INTO movies VALUE {{{KEY.format(1900)}, 'x': ?}}", "ValidationError", DEEP),
    ],
)
def test_a_parameter_of_32_levels_is_refused_where_it_would_be_stored(
    engine: Engine, text: str, code: str, message: str
) -> None:
    parameters = [nested(32)]
    one = {"Statement": text, "Parameters": parameters}
    if not code:
        assert [] == dispatch(engine, "ExecuteStatement", one)["Items"]
        return
    with pytest.raises(DdbError) as refused:
        dispatch(engine, "ExecuteStatement", one)
    assert message == refused.value.message
    assert {"Code": code, "Message": message} == batch(engine, one)["Responses"][0]["Error"]
    with pytest.raises(TransactionCanceledException) as cancelled:
        transact(engine, one)
    (reason,) = cancelled.value.reasons
    assert (code, message) == (reason.code, reason.message)


def test_a_parameter_of_33_levels_is_refused_before_the_statement_is_read(engine: Engine) -> None:
    parameters = [nested(33)]
    assert f"ValidationException: {DEEPER}" == refusal(
        execute, engine, "NO STATEMENT", Parameters=parameters
    )
    (outcome,) = batch(engine, {"Statement": "?", "Parameters": parameters})["Responses"]
    assert {"Error": {"Code": "ValidationError", "Message": DEEPER}} == outcome
    one = {"Statement": "?", "Parameters": parameters}
    assert f"ValidationException: {DEEPER}" == refusal(transact, engine, one)


def test_values_of_python_may_be_as_deep(db: ddblite.Database) -> None:
    value: Any = 1
    for _ in range(32):
        value = [value]
    assert [] == db.execute("SELECT * FROM movies WHERE info = ?", [value]).all()
    text = "INSERT INTO movies VALUE {'year': 1, 'title': 'x', 'deep': ?}"
    for use in (db.execute, db.explain):
        with pytest.raises(ValidationException, match=f"^{DEEP}$"):
            use(text, [value])
        with pytest.raises(ValidationException, match=f"^{DEEPER}$"):
            use(text, [[value]])
