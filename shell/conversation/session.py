"""One conversation with a database: what is open, how answers look, where they go.

Standard output carries answers and nothing else. What is said about an answer (its footer)
goes with it on a terminal and to standard error otherwise, so that a pipe gets pure data.
"""

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TextIO

from ddblite.api.python.database import Database
from ddblite.schema.errors import FileError
from ddblite.schema.statement_requests import StatementRequest
from ddblite.schema.values import Value
from ddblite.shell.configuration import Settings
from ddblite.shell.conversation.last_result import LastResult
from ddblite.shell.conversation.row_parts import Parts
from ddblite.shell.formats.render import RENDERERS
from ddblite.shell.terminal.pager import Pager
from ddblite.workbench.conversation import WorkbenchError
from ddblite.workbench.footers import Spent, plural
from ddblite.workbench.pages import Pages, Screen
from ddblite.workbench.safe_text import escaped
from ddblite.workbench.transfer import refuse_database

COLUMNS_WHEN_UNKNOWN: Final = 80


YES: Final = frozenset({"y", "yes"})


class ShellError(WorkbenchError):
    """A dot-command cannot be carried out; the sentence says how it is used."""


@dataclass(slots=True)
class Session:
    """What the inputs of one user share. Used by one thread.

    ``ask`` puts a question to the user and returns the answer; None when nobody is there.
    ``collected`` are the statements of a transaction that has begun, ``last`` is what ``_`` names.
    """

    database: Database
    out: TextIO
    error: TextIO
    settings: Settings = field(default_factory=Settings)
    pager: Pager | None = None
    format: str = "table"
    shows_consumed: bool = False
    shows_time: bool = False
    allows_scan: bool = False
    confirms_writes: bool = False
    has_colour: bool = False
    is_over: bool = False
    files_being_read: int = 0
    redirected: TextIO | None = None
    ask: Callable[[str], str] | None = None
    now_s: Callable[[], float] = time.perf_counter
    parameters: dict[int, Value] = field(default_factory=dict)
    collected: list[StatementRequest] | None = None
    last: LastResult | None = None
    parts: Parts | None = None
    spent: Spent = field(default_factory=Spent)

    @property
    def scan_guard_bytes(self) -> int:
        """How large a table is that is not read whole without asking."""
        return self.settings.scan_guard_bytes

    @property
    def target(self) -> TextIO:
        """Where answers go now."""
        return self.out if self.redirected is None else self.redirected

    @property
    def screen(self) -> Screen:
        """The terminal as it is now; its user may have resized it."""
        return screen_of(self.target, has_colour=self.has_colour)

    def is_confirmed(self, question: str) -> bool:
        """Whether the user says yes; where nobody can be asked, nobody has."""
        return self.ask is not None and self.ask(f"{question} [y/N] ").strip().lower() in YES

    def say(self, text: str) -> None:
        """Prints one line of the shell's own; what it quotes has been escaped."""
        self.target.write(text + "\n")

    def remark(self, text: str) -> None:
        """Prints one line about an answer."""
        target = self.out if self.out.isatty() else self.error
        target.write(text + "\n")

    def show(self, pages: Pages, table: str = "tables", kind: str | None = None) -> None:
        """Prints items as they come; ``table`` is where they are from.

        ``kind`` is the format, if it is to be another than the chosen one.
        """
        with self.paging() as write:
            for piece in RENDERERS[kind or self.format](pages, replace(self.screen, table=table)):
                write(piece)

    def paging(self) -> AbstractContextManager[Callable[[str], object]]:
        """Returns what an answer is written to: a pager if it is long and there is one."""
        if self.pager is None or not self.is_watched:
            return nullcontext(self.target.write)
        return self.pager.paging(self.out)

    @property
    def is_watched(self) -> bool:
        """Whether somebody sees answers as they come, and can ask for more of them."""
        return self.ask is not None and self.redirected is None and self.out.isatty()

    def redirect(self, path: Path | None) -> None:
        """Lets answers go to a file, written anew, or with None to where they went at first.

        Raises FileError when the file cannot be written or is the database itself.
        """
        if path is None:
            self.end_redirection()
            return
        try:
            refuse_database(path, self.database.engine.storage.path)
            stream = path.open("w", encoding="utf-8", newline="\n")
        except OSError as fault:
            raise FileError(f"{escaped(str(path))}: {fault.strerror or fault}") from fault
        try:
            self.end_redirection()
        except FileError:
            stream.close()
            raise
        self.redirected = stream

    def drop_transaction(self) -> str:
        """Drops the statements of a transaction that nobody committed; says so if there are any."""
        collected, self.collected = self.collected, None
        if not collected:
            return ""
        count = plural(len(collected), "statement")
        return f"The transaction was not committed: nothing of its {count} was carried out."

    def close(self) -> None:
        """Ends what the session has begun; the database is its caller's."""
        self.drop_redirection()

    def end_redirection(self) -> None:
        """Closes the file that answers go to, if they do, or raises what was not written."""
        if self.redirected is None:
            return
        try:
            self.redirected.flush()
        except OSError as fault:
            raise FileError(f".output: {fault.strerror or fault}") from fault
        finally:
            self.drop_redirection()

    def drop_redirection(self) -> None:
        """Closes the file that answers go to; what it does not take is lost."""
        if self.redirected is not None:
            with suppress(OSError):
                self.redirected.close()
        self.redirected = None


def screen_of(stream: TextIO, *, has_colour: bool) -> Screen:
    """Returns what can be shown on a stream."""
    if not stream.isatty():
        return Screen()
    try:
        width = os.get_terminal_size(stream.fileno()).columns or COLUMNS_WHEN_UNKNOWN
    except (OSError, ValueError):
        width = COLUMNS_WHEN_UNKNOWN
    has_unicode = (stream.encoding or "").lower().replace("-", "").startswith("utf")
    return Screen(width=width, has_colour=has_colour, has_unicode=has_unicode)
