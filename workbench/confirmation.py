"""What is asked before a statement runs: for large scans, and for writes if that is wanted."""

from collections.abc import Callable, Sequence
from typing import Final

from ddblite.partiql.run.prepare import Prepared
from ddblite.schema.values import Value
from ddblite.workbench.conversation import Conversation, WorkbenchError
from ddblite.workbench.dry_run import Rehearsal, rehearse
from ddblite.workbench.scan_guard import check_scan

DECLINED: Final = "Nothing was written."


def check(conversation: Conversation, prepared: Prepared, values: Sequence[Value]) -> None:
    """Raises WorkbenchError when a statement is not wanted, or is not allowed."""
    if prepared.is_write:
        confirm(conversation, lambda: rehearse(conversation.database.engine, prepared.text, values))
    else:
        check_scan(conversation, prepared, values)


def confirm(conversation: Conversation, rehearsing: Callable[[], Rehearsal]) -> None:
    """Shows what would change and asks, if that is wanted and there is somebody to ask.

    Raises WorkbenchError when the answer is no.
    """
    if not conversation.confirms_writes or conversation.ask is None:
        return
    for line in rehearsing().lines():
        conversation.remark(line)
    if not conversation.is_confirmed("Write it?"):
        raise WorkbenchError(DECLINED)
