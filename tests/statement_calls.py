"""The operations of PartiQL, asked briefly, and a few statements about films for them.

The films are those of ``tests/partiql/conftest.py``.
"""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

from typing import Any, Final

import pytest

from ddblite.api.wire.dispatch import dispatch
from ddblite.engine.engine import Engine
from ddblite.schema.errors import DdbError

Wire = dict[str, Any]

A: Final = "year = 1994 AND title = 'A'"
B: Final = "year = 1994 AND title = 'B'"
NOBODY: Final = "year = 1900 AND title = 'A'"
GET_A: Final = f"SELECT rating FROM movies WHERE {A}"
SET_B: Final = f"UPDATE movies SET x = 1 WHERE {B}"
INSERT_A: Final = "INSERT INTO movies VALUE {'year': 1994, 'title': 'A'}"
FAILED: Final = "The conditional request failed"
DUPLICATE: Final = "Duplicate primary key exists in table"
NEEDS_KEY: Final = "must specify the primary key in the where clause."
NO_WHOLE_KEY: Final = "Where clause does not contain a mandatory equality on all key attributes"
NO_ATTRIBUTE: Final = (
    "The provided expression refers to an attribute that does not exist in the item"
)
NO_STATEMENT: Final = (
    "Statement wasn't well formed, can't be processed: "
    "Missing right-hand side expression of infix operator"
)
"""Said of a text that ends with a star."""
ONE: Final = "ValidationException: 1 validation error detected: "
MOVIES: Final[Wire] = {"TableName": "movies"}


def statements(*texts: str | Wire) -> list[Wire]:
    """Returns statements as a batch or a transaction has them."""
    return [text if isinstance(text, dict) else {"Statement": text} for text in texts]


def batch(engine: Engine, *texts: str | Wire, **members: Any) -> Wire:  # noqa: ANN401
    request = {"Statements": statements(*texts), **members}
    return dispatch(engine, "BatchExecuteStatement", request)


def transact(engine: Engine, *texts: str | Wire, **members: Any) -> Wire:  # noqa: ANN401
    request = {"TransactStatements": statements(*texts), **members}
    return dispatch(engine, "ExecuteTransaction", request)


def execute(engine: Engine, text: str, **members: Any) -> Wire:  # noqa: ANN401
    return dispatch(engine, "ExecuteStatement", {"Statement": text, **members})


def refusal(operation: Any, engine: Engine, *texts: str | Wire, **members: Any) -> str:  # noqa: ANN401
    """Returns class and text of the error that an operation answers with."""
    with pytest.raises(DdbError) as refused:
        operation(engine, *texts, **members)
    return f"{refused.value.code}: {refused.value.message}"


def count(engine: Engine) -> int:
    number: int = dispatch(engine, "Scan", {"TableName": "movies"})["Count"]
    return number
