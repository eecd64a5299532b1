"""What the three operations of PartiQL ask and answer, in Python values.

They do not cross the engine's boundary: ``partiql`` turns each statement into requests of
``schema.requests``. A batch answers per statement, a transaction as TransactGetItems does.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from ddblite.schema.errors import ValidationException
from ddblite.schema.request_kinds import STATED, Kind
from ddblite.schema.requests import Consumed, Record, Request
from ddblite.schema.values import Item, Value


class StatementRequest(Record):
    """One statement with its parameters, also as they were ``written`` on the wire.

    ``fault`` is what is wrong with the parameters of a statement in a batch, of which none is given
    then: it is that statement's own affair.
    """

    text: str
    parameters: tuple[Value, ...] = ()
    consistent: bool = False
    return_old_on_failure: bool = False
    written: Sequence[Any] = ()
    fault: ValidationException | None = None


class ExecuteStatement(Request):
    """Carries out one write, or reads one page of a SELECT, evaluating up to ``limit`` items."""

    kind: ClassVar[Kind] = STATED
    statement: StatementRequest
    next_token: str | None = None
    limit: int | None = None


class BatchExecuteStatement(Request):
    """Carries out up to 25 statements on one item each; one may fail without the others."""

    kind: ClassVar[Kind] = STATED
    statements: list[StatementRequest]


class ExecuteTransaction(Request):
    """Carries out up to 100 statements on one item each, all of them or none.

    The same ``token`` with the same statements within ten minutes is carried out once.
    """

    kind: ClassVar[Kind] = STATED
    statements: list[StatementRequest]
    token: str | None = None


class StatementOutcome(Record):
    """What became of one statement of a batch; ``code`` is None where it was carried out.

    ``item`` is what the statement gives, or the item on which its condition failed.
    """

    table_name: str | None = None
    item: Item | None = None
    code: str | None = None
    message: str = ""


class BatchStatementAnswer(Record):
    """An outcome per statement, in their order; capacity is per table that one succeeded on."""

    outcomes: list[StatementOutcome]
    consumed: list[Consumed]
