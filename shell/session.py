"""One conversation with a database: what is open, how answers look, where they go.

Standard output carries answers and nothing else. What is said about an answer (its footer)
goes with it on a terminal and to standard error otherwise, so that a pipe gets pure data.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TextIO

from ddblite.api.database import Database
from ddblite.api.result import Result
from ddblite.partiql.plan import Exists
from ddblite.partiql.prepared import prepare
from ddblite.schema.errors import DdbError, FileError
from ddblite.schema.requests import Consumed
from ddblite.schema.values import Item
from ddblite.shell.configuration import Settings
from ddblite.shell.pages import Pages, Screen
from ddblite.shell.render import RENDERERS
from ddblite.shell.safe_text import escaped
from ddblite.shell.transfer import refuse_database

COLUMNS_WHEN_UNKNOWN: Final = 80


class ShellError(DdbError):
    """A dot-command cannot be carried out; the sentence says how it is used."""


@dataclass(slots=True)
class Session:
    """What the inputs of one user share. Used by one thread."""

    database: Database
    out: TextIO
    error: TextIO
    settings: Settings = field(default_factory=Settings)
    format: str = "table"
    shows_consumed: bool = False
    shows_time: bool = False
    has_colour: bool = False
    is_over: bool = False
    files_being_read: int = 0
    redirected: TextIO | None = None

    @property
    def target(self) -> TextIO:
        """Where answers go now."""
        return self.out if self.redirected is None else self.redirected

    @property
    def screen(self) -> Screen:
        """The terminal as it is now; its user may have resized it."""
        return screen_of(self.target, has_colour=self.has_colour)

    def say(self, text: str) -> None:
        """Prints one line of the shell's own; what it quotes has been escaped."""
        self.target.write(text + "\n")

    def remark(self, text: str) -> None:
        """Prints one line about an answer."""
        target = self.out if self.out.isatty() else self.error
        target.write(text + "\n")

    def show(self, pages: Pages, table: str = "tables") -> None:
        """Prints items in the chosen format, as they come; ``table`` is where they are from."""
        for piece in RENDERERS[self.format](pages, replace(self.screen, table=table)):
            self.target.write(piece)

    def run_statement(self, statement: str) -> None:
        """Runs a PartiQL statement and prints its items, and what they cost if that is wanted."""
        started = time.perf_counter()
        result = self.database.execute(statement)
        counter = Counter(result)
        self.show(counter, table_of(statement))
        if self.shows_consumed:
            self.remark(footer(result, counter.rows))
        if self.shows_time:
            self.remark(time_text(time.perf_counter() - started))

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


def time_text(seconds: float) -> str:
    """Returns a duration: ``0.3 ms``, ``1.25 s``."""
    return f"{seconds * 1000:,.1f} ms" if seconds < 1 else f"{seconds:,.2f} s"


def table_of(statement: str) -> str:
    """Returns the name of the table that a statement, which has been run, is about."""
    of = prepare(statement).statement.plan
    return of.select.table if isinstance(of, Exists) else of.table


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


class Counter:
    """The pages of a result, counting what is taken."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.rows = 0

    def __iter__(self) -> Iterator[list[Item]]:
        # A write has run already, and its items wait as the rest of a page.
        waiting = list(self.result.buffer)
        if waiting:
            yield self.counted(waiting)
        for page in self.result.pages():
            yield self.counted(page)

    def counted(self, page: list[Item]) -> list[Item]:
        """Returns the page that it is given."""
        self.rows += len(page)
        return page


def footer(result: Result, rows: int) -> str:
    """Returns what an answer was and what it cost: ``2 rows, 0.5 read units. Query movies ...``."""
    consumed = result.consumed
    is_write = consumed is not None and consumed.write
    parts = [plural(rows, "row")] if rows or not is_write else ["done"]
    if result.scanned_count > rows:
        parts.append(f"{result.scanned_count:,} read")
    if result.pages_read > 1:
        parts.append(plural(result.pages_read, "page"))
    if consumed is not None:
        parts.append(units_text(consumed))
    return f"{', '.join(parts)}. {escaped(result.plan.replace(chr(10), '; '))}"


def plural(count: int, noun: str) -> str:
    """Returns a count with its noun."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def units_text(consumed: Consumed) -> str:
    """Returns the capacity units, and how much of them an index took."""
    kind = "write" if consumed.write else "read"
    text = f"{units(consumed.total)} {kind} unit{'' if consumed.total == 1 else 's'}"
    by_index = {**consumed.local_indexes, **consumed.global_indexes}
    shares = [f"{units(share)} in {name}" for name, share in by_index.items() if share]
    return f"{text} ({', '.join(shares)})" if shares else text


def units(count: float) -> str:
    """Returns capacity units, which are halves."""
    return f"{count:,.1f}".removesuffix(".0")
