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
from ddblite.workbench.cell_text import literal
from ddblite.workbench.confirmation import confirm
from ddblite.workbench.conversation import Conversation, WorkbenchError
from ddblite.workbench.dry_run import Rehearsal, rehearse_all
from ddblite.workbench.footers import plural, transaction_footer

STATEMENT_CHARACTERS_SHOWN: Final = 60

NOTHING_BEGUN: Final = "There is no transaction: .begin begins one"


class Cancelled(WorkbenchError):  # noqa: N818 - nothing failed: nothing was done
    """A transaction was cancelled; ``details`` has a line per statement."""


def begin(conversation: Conversation) -> None:
    """Lets statements be collected from now on."""
    if conversation.collected is not None:
        raise WorkbenchError(
            f"A transaction of {plural(len(conversation.collected), 'statement')} has begun"
            " already: .commit carries it out, .rollback drops it"
        )
    conversation.collected = []


def collect(conversation: Conversation, statement: str, values: list[Value]) -> None:
    """Adds a statement to the transaction, or raises what is wrong with it as it stands."""
    collected = pending(conversation)
    if len(collected) == TRANSACT_ITEMS_MAX:
        raise WorkbenchError(
            f"A transaction has at most {TRANSACT_ITEMS_MAX} statements; this one was not added"
        )
    prepare(statement)
    collected.append(
        StatementRequest(text=statement, parameters=tuple(values), return_old_on_failure=True)
    )


def commit(conversation: Conversation) -> None:
    """Carries out what was collected, or raises why nothing of it was."""
    collected = pending(conversation)
    if not collected:
        conversation.collected = None
        conversation.remark("The transaction had no statements.")
        return
    if prepare(collected[0].text).is_write:
        confirm(conversation, lambda: rehearse(conversation))
    started = conversation.now_s()
    try:
        answer = execute_transaction(
            conversation.database.engine, ExecuteTransaction(statements=collected)
        )
    except TransactionCanceledException as error:
        raise cancelled(error, collected) from error
    conversation.collected = None
    tell(conversation, answer, collected, conversation.now_s() - started)


def rehearse(conversation: Conversation) -> Rehearsal:
    """Returns what ``commit`` would change, or raises why it would be cancelled."""
    collected = pending(conversation)
    try:
        return rehearse_all(conversation.database.engine, collected)
    except TransactionCanceledException as error:
        raise cancelled(error, collected) from error


def tell(
    conversation: Conversation,
    answer: TransactGetAnswer,
    collected: list[StatementRequest],
    seconds: float,
) -> None:
    """Prints the items that were read, and what the transaction took."""
    of = prepare(collected[0].text).statement.plan
    if isinstance(of, Select):
        conversation.show([[item for item in answer.items if item is not None]], of.table)
    for consumed in answer.consumed:
        conversation.spent.add(consumed)
    if conversation.shows_consumed:
        conversation.remark(
            transaction_footer(len(collected), answer.consumed, conversation.spent, seconds)
        )
    elif conversation.shows_time:
        conversation.remark(time_text(seconds))


def rollback(conversation: Conversation) -> None:
    """Drops what was collected; nothing of it was carried out."""
    count = len(pending(conversation))
    conversation.collected = None
    conversation.remark(f"Dropped {plural(count, 'statement')}; nothing was written.")


def pending(conversation: Conversation) -> list[StatementRequest]:
    """Returns the statements collected so far, or raises when there is no transaction."""
    if conversation.collected is None:
        raise WorkbenchError(NOTHING_BEGUN)
    return conversation.collected


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
