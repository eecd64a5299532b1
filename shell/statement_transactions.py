"""``.begin`` to ``.commit``: statements that are carried out all at once, or not at all.

A statement is read and its parameters are taken when it is typed; nothing is carried out
before ``.commit`` sends them all as one ExecuteTransaction. When that is cancelled, nothing was
written, and the statements stay: what failed may be mended and tried again.
"""

from typing import Final

from ddblite.partiql.plans.plan import Select
from ddblite.partiql.run.prepare import prepare
from ddblite.partiql.run.transactions import execute_transaction
from ddblite.schema.amounts import time_text
from ddblite.schema.errors import TransactionCanceledException
from ddblite.schema.limits import TRANSACT_ITEMS_MAX
from ddblite.schema.requests import CancellationReason, TransactGetAnswer
from ddblite.schema.statement_requests import ExecuteTransaction, StatementRequest
from ddblite.schema.values import Value
from ddblite.shell.cells import literal
from ddblite.shell.confirmation import confirm
from ddblite.shell.dry_run import Rehearsal, rehearse_all
from ddblite.shell.footers import plural, transaction_footer
from ddblite.shell.session import Session, ShellError

STATEMENT_CHARACTERS_SHOWN: Final = 60

NOTHING_BEGUN: Final = "There is no transaction: .begin begins one"


class Cancelled(ShellError):  # noqa: N818 - nothing failed: nothing was done
    """A transaction was cancelled; ``details`` has a line per statement."""


def begin(session: Session) -> None:
    """Lets statements be collected from now on."""
    if session.collected is not None:
        raise ShellError(
            f"A transaction of {plural(len(session.collected), 'statement')} has begun already:"
            " .commit carries it out, .rollback drops it"
        )
    session.collected = []


def collect(session: Session, statement: str, values: list[Value]) -> None:
    """Adds a statement to the transaction, or raises what is wrong with it as it stands."""
    collected = pending(session)
    if len(collected) == TRANSACT_ITEMS_MAX:
        raise ShellError(
            f"A transaction has at most {TRANSACT_ITEMS_MAX} statements; this one was not added"
        )
    prepare(statement)
    collected.append(
        StatementRequest(text=statement, parameters=tuple(values), return_old_on_failure=True)
    )


def commit(session: Session) -> None:
    """Carries out what was collected, or raises why nothing of it was."""
    collected = pending(session)
    if not collected:
        session.collected = None
        session.remark("The transaction had no statements.")
        return
    if prepare(collected[0].text).is_write:
        confirm(session, lambda: rehearse(session))
    started = session.now_s()
    try:
        answer = execute_transaction(
            session.database.engine, ExecuteTransaction(statements=collected)
        )
    except TransactionCanceledException as error:
        raise cancelled(error, collected) from error
    session.collected = None
    tell(session, answer, collected, session.now_s() - started)


def rehearse(session: Session) -> Rehearsal:
    """Returns what ``commit`` would change, or raises why it would be cancelled."""
    collected = pending(session)
    try:
        return rehearse_all(session.database.engine, collected)
    except TransactionCanceledException as error:
        raise cancelled(error, collected) from error


def tell(
    session: Session,
    answer: TransactGetAnswer,
    collected: list[StatementRequest],
    seconds: float,
) -> None:
    """Prints the items that were read, and what the transaction took."""
    of = prepare(collected[0].text).statement.plan
    if isinstance(of, Select):
        session.show([[item for item in answer.items if item is not None]], of.table)
    for consumed in answer.consumed:
        session.spent.add(consumed)
    if session.shows_consumed:
        session.remark(transaction_footer(len(collected), answer.consumed, session.spent, seconds))
    elif session.shows_time:
        session.remark(time_text(seconds))


def rollback(session: Session) -> None:
    """Drops what was collected; nothing of it was carried out."""
    count = len(pending(session))
    session.collected = None
    session.remark(f"Dropped {plural(count, 'statement')}; nothing was written.")


def pending(session: Session) -> list[StatementRequest]:
    """Returns the statements collected so far, or raises when there is no transaction."""
    if session.collected is None:
        raise ShellError(NOTHING_BEGUN)
    return session.collected


def cancelled(error: TransactionCanceledException, collected: list[StatementRequest]) -> Cancelled:
    """Returns the error with a line per statement, and what can be done now."""
    reasons = [
        f"  {number}  {reason_text(reason)}  {shortened(asked.text)}"
        for number, (reason, asked) in enumerate(zip(error.reasons, collected, strict=True), 1)
    ]
    kept = "Nothing was written. .commit tries again, .rollback drops the statements."
    return Cancelled(f"{error.code}: {error.message}", details=[*reasons, kept])


def reason_text(reason: CancellationReason) -> str:
    """Returns why a statement stopped the transaction; one that did not may still have a fault."""
    if reason.code == "None":
        return "no fault found"
    message = f"{reason.code}: {reason.message}"
    return message if reason.item is None else f"{message}; the item is {literal(reason.item)}"


def shortened(statement: str) -> str:
    """Returns the beginning of a statement, on one line."""
    line = " ".join(statement.split())
    most = STATEMENT_CHARACTERS_SHOWN
    return line if len(line) <= most else line[: most - 1] + "…"
