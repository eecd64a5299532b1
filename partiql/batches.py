"""BatchExecuteStatement: up to 25 statements, each on one item and with its own fate.

What is wrong with the batch as a whole is an error: reads beside writes, an item twice. What is
wrong with one statement, or happens to it, is in its place among the outcomes. The writes of
a batch are committed together, which nobody can tell from the outside.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final

from ddblite.engine.capacity import added, write_consumed, write_units
from ddblite.engine.engine import Engine
from ddblite.engine.items import encoded_key
from ddblite.partiql import plan
from ddblite.partiql.execution import Run, bound
from ddblite.partiql.faults import StatementError
from ddblite.partiql.prepared import Prepared, prepare, reads_one
from ddblite.partiql.writing import changed_key, inserted, read_key
from ddblite.schema.errors import (
    AccessDeniedException,
    ConditionalCheckFailedException,
    DdbError,
    DuplicateItemException,
    InternalServerError,
    ItemCollectionSizeLimitExceededException,
    ProvisionedThroughputExceededException,
    RequestLimitExceeded,
    ResourceNotFoundException,
    ThrottlingException,
    TransactionConflictException,
    ValidationException,
)
from ddblite.schema.requests import Consumed
from ddblite.schema.sizes import item_size
from ddblite.schema.statements import (
    BatchExecuteStatement,
    BatchStatementAnswer,
    StatementOutcome,
    StatementRequest,
)
from ddblite.schema.values import Item

CODES: Final[dict[type[DdbError], str]] = {
    AccessDeniedException: "AccessDenied",
    ConditionalCheckFailedException: "ConditionalCheckFailed",
    DuplicateItemException: "DuplicateItem",
    InternalServerError: "InternalServerError",
    ItemCollectionSizeLimitExceededException: "ItemCollectionSizeLimitExceeded",
    ProvisionedThroughputExceededException: "ProvisionedThroughputExceeded",
    RequestLimitExceeded: "RequestLimitExceeded",
    ResourceNotFoundException: "ResourceNotFound",
    ThrottlingException: "ThrottlingError",
    TransactionConflictException: "TransactionConflict",
    ValidationException: "ValidationError",
}
"""What an error is called in a statement's outcome; any other stops the whole batch."""

NAMES_TABLE: Final = (ConditionalCheckFailedException, DuplicateItemException)
"""The errors whose outcome names the table."""

HIDDEN: Final = "Internal server error"
"""The text of a fault of ours is for the log: it may name a path."""

MIXED: Final = "Read and write requests together in the same batch is not supported."
REPEATED: Final = "Provided list of item keys contains duplicates"
NO_KEY: Final = (
    "Select statements within BatchExecuteStatement must specify the primary key in the where"
    " clause."
)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a statement, and what it cost."""

    outcome: StatementOutcome
    consumed: Consumed | None = None


def batch_execute_statement(engine: Engine, request: BatchExecuteStatement) -> BatchStatementAnswer:
    """Carries out statements, or raises what is wrong with the batch as a whole."""
    prepared = [prepared_or_fault(one) for one in request.statements]
    check_alike(prepared)
    runs = [
        begun_or_fault(engine, one, asked)
        for one, asked in zip(prepared, request.statements, strict=True)
    ]
    check_distinct(runs)
    writes = any(isinstance(run, Run) and run.is_write for run in runs)
    with engine.write() if writes else nullcontext():
        done = [carried_out(run) for run in runs]

    consumed: dict[str, Consumed] = {}
    for one in done:
        if one.consumed is not None:
            name = one.consumed.table_name
            known = consumed.get(name)
            consumed[name] = one.consumed if known is None else added(known, one.consumed)
    return BatchStatementAnswer(
        outcomes=[one.outcome for one in done], consumed=list(consumed.values())
    )


def prepared_or_fault(asked: StatementRequest) -> Prepared | DdbError:
    """Returns a statement that can be read, or what is wrong with it."""
    try:
        return prepare(asked.text)
    except ValidationException as fault:
        return fault


def check_alike(prepared: Sequence[Prepared | DdbError]) -> None:
    """Raises when some statements read and others write."""
    if len({one.is_write for one in prepared if isinstance(one, Prepared)}) > 1:
        raise StatementError(MIXED)


def begun_or_fault(
    engine: Engine, prepared: Prepared | DdbError, asked: StatementRequest
) -> Run | DdbError:
    """Returns a statement that is ready to run, or what is wrong with it."""
    if isinstance(prepared, DdbError):
        return prepared
    of = prepared.statement.plan
    if isinstance(of, plan.Select) and of.index is not None:
        return StatementError(NO_KEY)
    try:
        run = bound(engine, prepared, asked.parameters, consistent=asked.consistent)
    except tuple(CODES) as fault:
        return fault
    if isinstance(of, plan.Select) and not reads_one(of, run.fitted):
        return StatementError(NO_KEY)
    return run


def check_distinct(runs: Sequence[Run | DdbError]) -> None:
    """Raises when two statements are on one item."""
    seen = set()
    for run in runs:
        if not isinstance(run, Run):
            continue
        key = encoded_key(run.table, key_of(run))
        if key is None:
            continue  # what is wrong with it is an outcome
        if (run.table.number, key) in seen:
            raise StatementError(REPEATED)
        seen.add((run.table.number, key))


def key_of(run: Run) -> Item:
    """Returns the attributes that hold the key of a statement's item."""
    of = run.prepared.statement.plan
    match of:
        case plan.Insert():
            return inserted(of, run.parameters)
        case plan.Select() | plan.Exists():
            return read_key(run.fitted, run.values)
    return changed_key(run.fitted, run.values)


def carried_out(run: Run | DdbError) -> Done:
    """Carries out one statement and returns what became of it."""
    if isinstance(run, DdbError):
        return Done(failed(run, None))
    try:
        # The item is asked for on behalf of the capacity; a batch does not give it.
        page = run.page(return_old_on_failure=True)
    except NAMES_TABLE as fault:
        return Done(failed(fault, run.table.name), charge_of_attempt(run, fault))
    except tuple(CODES) as fault:
        return Done(failed(fault, run.table.name))
    item = page.items[0] if page.items else None
    return Done(StatementOutcome(table_name=run.table.name, item=item), page.consumed)


def failed(fault: DdbError, table_name: str | None) -> StatementOutcome:
    """Returns the outcome of a statement that was not carried out."""
    code = next(CODES[kind] for kind in type(fault).__mro__ if kind in CODES)
    return StatementOutcome(
        table_name=table_name if isinstance(fault, NAMES_TABLE) else None,
        code=code,
        message=HIDDEN if isinstance(fault, InternalServerError) else fault.message,
    )


def charge_of_attempt(run: Run, fault: DdbError) -> Consumed:
    """Returns what a write costs whose condition did not hold: the larger of the two items."""
    cause = fault.__cause__ if isinstance(fault, DuplicateItemException) else fault
    assert isinstance(cause, ConditionalCheckFailedException), "a condition did not hold"
    of = run.prepared.statement.plan
    before = 0 if cause.item is None else item_size(cause.item)
    after = item_size(inserted(of, run.parameters)) if isinstance(of, plan.Insert) else 0
    return write_consumed(run.table, write_units(before, after), {})
