"""ExecuteTransaction: up to 100 statements, each on one item, all of them or none.

What is wrong with a statement as it is written is an error that says which. A table that is not
there and a key that cannot be are reasons of the cancellation, and are looked for in all
statements before anything is carried out; so is what happens to a statement in the data. The
engine's transactions do the rest.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from msgspec.structs import replace

from ddblite.engine.engine import Engine
from ddblite.engine.items import KEY_MISMATCH, accept_item_key
from ddblite.engine.operations.transactions import NO_REASON, cancelled
from ddblite.partiql.access_paths.access import NO_WHOLE_KEY, Change
from ddblite.partiql.access_paths.key_values import KeyValueError, check_kinds_of
from ddblite.partiql.plans import plan
from ddblite.partiql.run.execute import Run, on_table, selected, settled
from ddblite.partiql.run.prepare import Prepared, prepare
from ddblite.partiql.run.write_requests import (
    DUPLICATE_KEY,
    inserted,
    read_key,
    request_of,
    without_deep_puts,
)
from ddblite.partiql.syntax.faults import NOT_WELL_FORMED, StatementError
from ddblite.schema import requests
from ddblite.schema.errors import (
    ResourceNotFoundException,
    TransactionCanceledException,
    ValidationException,
)
from ddblite.schema.requests import Action, CancellationReason, TransactGetAnswer
from ddblite.schema.statement_requests import ExecuteTransaction, StatementRequest
from ddblite.schema.value_faults import TOO_DEEP

ASKED_AS: Final = "ExecuteTransaction"

MIXED: Final = (
    "ExecuteTransaction API does not support both read and write operations in the same request."
)
RETURNING: Final = "RETURNING clause is not supported in ExecuteTransaction."
INDEX: Final = "Reads on indices are not supported within transactions."
CHECKED_INDEX: Final = "Operations on indices are not supported in transactions"
NO_KEY: Final = (
    "Select statements within ExecuteTransaction must specify the primary key in the where clause."
)
LOCATED: Final = "Validation failed in TransactStatements[{}]: {}"
UNREADABLE: Final = (NOT_WELL_FORMED, "Unsupported operation")
"""How the complaints about a text begin that is no statement at all."""

NO_SUCH_KEY: Final = CancellationReason(code="ValidationError", message=KEY_MISMATCH)
"""Of a key that is not whole, of two values, or of the wrong type."""


def execute_transaction(engine: Engine, request: ExecuteTransaction) -> TransactGetAnswer:
    """Carries out all statements, or raises why none was; writes give no items."""
    runs = runs_of(engine, request)
    carry_out = written if runs[0].is_write else read
    return carry_out(engine, request, runs)


def runs_of(engine: Engine, request: ExecuteTransaction) -> list[Run]:
    """Returns all statements ready to run, or raises what is known to be wrong without an item."""
    prepared = [
        prepared_or_fault(place, asked.text) for place, asked in enumerate(request.statements)
    ]
    if len({one.is_write for one in prepared if isinstance(one, Prepared)}) > 1:
        raise StatementError(MIXED)
    outcomes = [
        begun(engine, place, one, asked)
        for place, (one, asked) in enumerate(zip(prepared, request.statements, strict=True))
    ]
    runs = [one for one in outcomes if isinstance(one, Run)]
    if len(runs) < len(outcomes):
        reasons = [NO_REASON if isinstance(one, Run) else one for one in outcomes]
        raise cancelled(reasons, tells_all=True)
    return runs


@contextmanager
def located(place: int) -> Iterator[None]:
    """Says in every validation error which statement it is about."""
    try:
        yield
    except StatementError as fault:
        raise StatementError(
            LOCATED.format(place, fault.message),
            position=fault.position,
            expected=fault.expected,
            hint=fault.hint,
        ) from fault
    except ValidationException as fault:
        raise StatementError(LOCATED.format(place, fault.message)) from fault


def prepared_or_fault(place: int, text: str) -> Prepared | ValidationException:
    """Returns a statement that can be read, or what its turn will bring up.

    Raises at once when the text is no statement at all.
    """
    try:
        with located(place):
            return prepare(text)
    except StatementError as fault:
        cause = fault.__cause__
        if isinstance(cause, ValidationException) and cause.message.startswith(UNREADABLE):
            raise
        return fault


def begun(
    engine: Engine, place: int, prepared: Prepared | ValidationException, asked: StatementRequest
) -> Run | CancellationReason:
    """Returns a statement ready to run, or why it stops the transaction; raises other faults."""
    if isinstance(prepared, ValidationException):
        raise prepared
    of = prepared.statement.plan
    name = of.select.table if isinstance(of, plan.Exists) else of.table
    with located(place):
        values = prepared.values(asked.parameters)
        check_form(of)
        try:
            table, fitted = on_table(engine, prepared, name)
        except ResourceNotFoundException as fault:
            return CancellationReason(code="ResourceNotFound", message=fault.message)
        except ValidationException as fault:
            if fault.message != NO_WHOLE_KEY:
                raise
            return NO_SUCH_KEY
        if isinstance(fitted.access, Change):
            check_kinds_of(fitted.access, values)
        try:
            fitted = settled(fitted, values)
        except KeyValueError:
            return NO_SUCH_KEY
        if isinstance(of, plan.Select) and fitted.key is None:
            raise StatementError(NO_KEY)
    run = Run(engine, prepared, asked.parameters, values, table, fitted, consistent=True)
    return fault_of_item(run) or run


def check_form(of: plan.Plan) -> None:
    """Raises when a statement returns what it changed, or reads an index."""
    if isinstance(of, plan.Update | plan.Delete) and of.returning != "NONE":
        raise StatementError(RETURNING)
    if isinstance(of, plan.Select) and of.index is not None:
        raise StatementError(INDEX)
    if isinstance(of, plan.Exists) and of.select.index is not None:
        raise StatementError(CHECKED_INDEX)


def fault_of_item(run: Run) -> CancellationReason | None:
    """Returns why the item of an INSERT has no key of its table; a put has words of its own."""
    of = run.prepared.statement.plan
    if not isinstance(of, plan.Insert):
        return None
    try:
        accept_item_key(run.table, inserted(of, run.parameters))
    except ValidationException as fault:
        if fault.never_a_reason:
            raise
        return CancellationReason(code="ValidationError", message=fault.message)
    return None


def written(engine: Engine, request: ExecuteTransaction, runs: Sequence[Run]) -> TransactGetAnswer:
    """Carries out statements that write or check."""
    actions = [
        request_of(
            run.prepared.statement.plan,
            run.fitted,
            run.values,
            run.parameters,
            return_old=asked.return_old_on_failure,
        )
        for run, asked in zip(runs, request.statements, strict=True)
    ]
    try:
        answer = carried_out(engine, request, actions, runs)
    except TransactionCanceledException as error:
        reasons = zip(runs, error.reasons, strict=True)
        told = [in_words_of(*one) for one in reasons]
        raise cancelled(told, tells_all=True) from error
    return TransactGetAnswer(items=[], consumed=answer.consumed)


def carried_out(
    engine: Engine, request: ExecuteTransaction, actions: Sequence[Action], runs: Sequence[Run]
) -> requests.BatchWriteAnswer:
    """Carries out a transaction of the engine; of an item that is too deep there is more to say."""
    asked = requests.TransactWriteItems(
        actions=list(actions), token=request.token, of_statements=True
    )
    try:
        answer: requests.BatchWriteAnswer = engine.execute(asked, ASKED_AS)
    except ValidationException as fault:
        if fault.message != TOO_DEEP:
            raise
        other = without_deep_puts(actions, [run.table for run in runs])
        answer = engine.execute(replace(asked, actions=other), ASKED_AS)
    return answer


def in_words_of(run: Run, reason: CancellationReason) -> CancellationReason:
    """Returns the reason for a statement: an INSERT fails because of a duplicate."""
    is_insert = isinstance(run.prepared.statement.plan, plan.Insert)
    if is_insert and reason.code == "ConditionalCheckFailed":
        return CancellationReason(code="DuplicateItem", message=DUPLICATE_KEY)
    return reason


def read(engine: Engine, _request: ExecuteTransaction, runs: Sequence[Run]) -> TransactGetAnswer:
    """Reads the items of SELECTs as of one moment; a token means nothing to reads."""
    gets = [
        requests.GetItem(table_name=run.table.name, key=read_key(run.fitted, run.values))
        for run in runs
    ]
    answer: TransactGetAnswer = engine.execute(requests.TransactGetItems(gets=gets), ASKED_AS)
    items = [
        None if item is None else selected(run, [item])[0]
        for run, item in zip(runs, answer.items, strict=True)
    ]
    return TransactGetAnswer(items=items, consumed=answer.consumed)
