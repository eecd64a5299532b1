"""What is asked before a statement runs: for large scans, and for writes if that is wanted."""

from collections.abc import Callable, Sequence
from typing import Final

from ddblite.partiql.run.prepare import Prepared
from ddblite.schema.values import Value
from ddblite.shell.dry_run import Rehearsal, rehearse
from ddblite.shell.scan_guard import check_scan
from ddblite.shell.session import Session, ShellError

DECLINED: Final = "Nothing was written."


def check(session: Session, prepared: Prepared, values: Sequence[Value]) -> None:
    """Raises ShellError when a statement should not run: it is not wanted, or is not allowed."""
    if prepared.is_write:
        confirm(session, lambda: rehearse(session.database.engine, prepared.text, values))
    else:
        check_scan(session, prepared, values)


def confirm(session: Session, rehearsing: Callable[[], Rehearsal]) -> None:
    """Shows what would change and asks, if that is wanted and there is somebody to ask.

    Raises ShellError when the answer is no.
    """
    if not session.confirms_writes or session.ask is None:
        return
    for line in rehearsing().lines():
        session.remark(line)
    if not session.is_confirmed("Write it?"):
        raise ShellError(DECLINED)
