"""BatchExecuteStatement: up to 25 statements, each on one item and with its own fate.

What is wrong with the batch as a whole is an error: reads beside writes, an item twice. What is
wrong with one statement, or happens to it, is in its place among the outcomes. The writes of
a batch are committed together, which nobody can tell from the outside.
"""

from collections.abc import Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import Final

from ddblite.engine.capacity import per_table, write_units
from ddblite.engine.engine import Engine
from ddblite.engine.items import (
    accept_item,
    accept_item_key,
    has_key_shape,
    read_size,
)
from ddblite.engine.keys import encode
from ddblite.partiql.plans import plan
from ddblite.partiql.run.execute import Run, bound
from ddblite.partiql.run.prepare import prepare
from ddblite.partiql.run.write_requests import changed_key, inserted, read_key
from ddblite.partiql.syntax.faults import StatementError
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
from ddblite.schema.statement_requests import (
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

HIDDEN: Final = "Internal server error"
"""The text of a fault of ours is for the log: it may name a path."""

MIXED: Final = "Read and write requests together in the same batch is not supported."
REPEATED: Final = "Provided list of item keys contains duplicates"
NO_KEY: Final = (
    "Select statements within BatchExecuteStatement must specify the primary key in the where"
    " clause."
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A statement that was refused before it could be carried out, and why.

    A statement that is wrong by itself plays no part in what is wrong with the batch. One whose
    table is missing does, and its outcome names the table.
    """

    fault: DdbError
    table_name: str | None = None
    is_write: bool | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a statement, and what it cost."""

    outcome: StatementOutcome
    consumed: Consumed | None = None


def batch_execute_statement(engine: Engine, request: BatchExecuteStatement) -> BatchStatementAnswer:
    """Carries out statements, or raises what is wrong with the batch as a whole."""
    begun = [run_or_refusal(engine, asked) for asked in request.statements]
    check_alike(begun)
    check_distinct(begun)
    writes = any(one.is_write for one in begun)

    def carried_out_all() -> list[Done]:
        with engine.write() if writes else nullcontext():
            return [
                carried_out(one, return_old=asked.return_old_on_failure)
                for one, asked in zip(begun, request.statements, strict=True)
            ]

    done = engine.guarded(carried_out_all)
    return BatchStatementAnswer(outcomes=[one.outcome for one in done], consumed=consumed_by(done))


def run_or_refusal(engine: Engine, asked: StatementRequest) -> Run | Refusal:
    """Returns a statement that is ready to run, or what is wrong with it."""
    if asked.fault is not None:
        return Refusal(asked.fault)
    try:
        prepared = prepare(asked.text)
    except ValidationException as fault:
        return Refusal(fault)
    of = prepared.statement.plan
    if isinstance(of, plan.Select) and of.index is not None:
        return Refusal(StatementError(NO_KEY))
    try:
        run = bound(engine, prepared, asked.parameters, consistent=asked.consistent)
        check_key_shape(run)
    except ResourceNotFoundException as fault:
        assert not isinstance(of, plan.Exists), "an EXISTS is not bound outside of a transaction"
        return Refusal(fault, of.table, prepared.is_write)
    except tuple(CODES) as fault:
        return Refusal(fault)
    if isinstance(of, plan.Select) and run.fitted.key is None:
        return Refusal(StatementError(NO_KEY))
    return run


def check_key_shape(run: Run) -> None:
    """Raises when the item of an INSERT has not the key of its table, or one of another type."""
    of = run.prepared.statement.plan
    if isinstance(of, plan.Insert):
        item = inserted(of, run.parameters)
        if not has_key_shape(run.table, item):
            accept_item_key(run.table, item)  # which says what is wrong


def check_alike(begun: Sequence[Run | Refusal]) -> None:
    """Raises when some statements read and others write."""
    if len({one.is_write for one in begun} - {None}) > 1:
        raise StatementError(MIXED)


def check_distinct(begun: Sequence[Run | Refusal]) -> None:
    """Raises when two statements are on one item; one without a key is refused when it is run."""
    keys = [encoded_item_of(one) for one in begun if isinstance(one, Run)]
    found = [key for key in keys if key is not None]
    if len(set(found)) < len(found):
        raise StatementError(REPEATED)


def encoded_item_of(run: Run) -> tuple[int, bytes] | None:
    """Returns what tells the item of a statement from all others, or None when its key is none."""
    key = encode(run.table.key, key_of(run))
    return None if key is None else (run.table.number, key)


def key_of(run: Run) -> Item:
    """Returns the attributes that hold the key of a statement's item."""
    of = run.prepared.statement.plan
    if isinstance(of, plan.Insert):
        return inserted(of, run.parameters)
    find = changed_key if run.is_write else read_key
    return find(run.fitted, run.values)


def carried_out(run: Run | Refusal, *, return_old: bool) -> Done:
    """Carries out one statement and returns what became of it."""
    if isinstance(run, Refusal):
        return Done(failed(run.fault, run.table_name))
    try:
        page = run.page(return_old_on_failure=return_old)
    except tuple(CODES) as fault:
        return Done(failed(fault, run.table.name), charge_of_attempt(run))
    item = page.items[0] if page.items else None
    return Done(StatementOutcome(table_name=run.table.name, item=item), page.consumed)


def failed(fault: DdbError, table_name: str | None) -> StatementOutcome:
    """Returns the outcome of a statement that was not carried out."""
    code = next(CODES[kind] for kind in type(fault).__mro__ if kind in CODES)
    return StatementOutcome(
        table_name=table_name,
        item=fault.item if isinstance(fault, ConditionalCheckFailedException) else None,
        code=code,
        message=HIDDEN if isinstance(fault, InternalServerError) else fault.message,
    )


def charge_of_attempt(run: Run) -> Consumed | None:
    """Returns what a write costs that failed: the larger of the item there and the one given.

    A read, a key that is none and a change of the key cost nothing.
    """
    item = encoded_item_of(run)
    if not run.is_write or item is None or changes_key(run):
        return None
    stored = read_size(run.engine.storage, run.table, item[1])
    units = write_units(0 if stored is None else stored.size, given_size(run))
    return Consumed(table_name=run.table.name, table=0, write=True, attempted=units)


def given_size(run: Run) -> int:
    """Returns the size of the item that an INSERT gives, 0 when it cannot be stored at all."""
    of = run.prepared.statement.plan
    if isinstance(of, plan.Insert):
        with suppress(ValidationException):
            return accept_item(inserted(of, run.parameters)).size
    return 0


def changes_key(run: Run) -> bool:
    """Whether a statement is an UPDATE of a part of its item's key."""
    targets = () if run.fitted.update is None else run.fitted.update.targets
    return any(path.attribute in run.table.key_names for path in targets)


def consumed_by(done: Sequence[Done]) -> list[Consumed]:
    """Returns the sums of all tables on which a statement succeeded."""
    succeeded = {one.outcome.table_name for one in done if one.outcome.code is None}
    consumed = [one.consumed for one in done if one.consumed is not None]
    return per_table(one for one in consumed if one.table_name in succeeded)
