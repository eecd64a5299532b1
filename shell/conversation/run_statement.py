"""A statement in the shell, from its text to the line below its answer."""

from collections.abc import Iterable, Iterator, Sequence

from ddblite.partiql.plans.plan import Exists
from ddblite.partiql.run.execute import ready
from ddblite.partiql.run.prepare import Prepared, prepare
from ddblite.schema.amounts import time_text
from ddblite.schema.values import Item, Value
from ddblite.shell.conversation.last_result import LastResult
from ddblite.shell.conversation.parameters import values_for
from ddblite.shell.conversation.row_parts import Parts
from ddblite.shell.conversation.session import Session, ShellError
from ddblite.shell.terminal.progress import watched
from ddblite.workbench import advice, confirmation, statement_transactions
from ddblite.workbench.footers import Counter, footer
from ddblite.workbench.name_cache import Names
from ddblite.workbench.safe_text import escaped


def run_statement(session: Session, statement: str) -> None:
    """Runs a PartiQL statement and prints its items, and what they cost if that is wanted.

    Between ``.begin`` and ``.commit`` it is only collected.
    """
    prepared = ready(session.database.engine, statement)
    values = values_for(session, prepared)
    if session.collected is not None:
        statement_transactions.collect(session, statement, values)
        return
    run = Answer(session, prepared, values)
    kept = LastResult(run.table)
    if not run.counter.is_done:
        session.last = kept
    pages = kept.keeping(run.pages(prints=session.target.isatty()))
    rows = session.settings.rows if session.is_watched else None
    show_part(session, Parts(run.result, pages, kept.table, run.tell), rows)
    if session.ask is not None and kept.is_whole and not any(kept.items):
        advise(session, statement)


def advise(session: Session, statement: str) -> None:
    """Says what may be why a SELECT found nothing, if there is a guess."""
    if not prepare(statement).is_write:
        for line in advice.on_nothing(statement, Names(session.database)):
            session.remark(line)


def show_more(session: Session, rows: int | None) -> None:
    """Prints the next rows of the last answer, or with None all the rest; raises without any."""
    if session.parts is None:
        raise ShellError("There is no more: the last answer was shown to its end")
    show_part(session, session.parts, rows)


def show_part(session: Session, parts: Parts, rows: int | None) -> None:
    """Prints rows of an answer, and says so when they are not its last."""
    session.parts = None
    session.show(parts.next_pages(rows), parts.table)
    parts.tell(parts.rows)
    if not parts.is_over:
        session.parts = parts
        verb = "is" if parts.rest else "may be"
        session.remark(f"There {verb} more: .more shows the next rows, .more all everything.")


class Answer:
    """A statement that runs, with what is to be said about it in the end.

    It begins to run when this is made; raises what is wrong with it, and ShellError when it is
    not to run. Its time is that of carrying out and reading: nobody wants to know how long they
    looked at it.
    """

    def __init__(self, session: Session, prepared: Prepared, values: Sequence[Value]) -> None:
        confirmation.check(session, prepared, values)
        self.session = session
        self.prepared = prepared
        self.values = values
        started = session.now_s()
        self.result = session.database.execute(prepared.text, values)
        self.seconds = session.now_s() - started
        self.seconds_told = 0.0
        self.counter = Counter(self.result)
        self.units_counted = 0.0

    @property
    def table(self) -> str:
        """The name of the table that the statement is about."""
        of = self.prepared.statement.plan
        assert not isinstance(of, Exists), "which is refused before it is an answer"
        return of.table

    def pages(self, *, prints: bool) -> Iterator[list[Item]]:
        """Gives the items, with a progress bar when they are long in coming.

        ``prints`` says that they are printed where the bar is.
        """
        try:
            yield from watched(
                self.timed(self.counter),
                lambda: self.result.scanned_count,
                label=f"reading {escaped(self.table)}",
                total_items=self.items_to_read,
                stream=self.session.error,
                now_s=self.session.now_s,
                ends_with_items=prints,
            )
        finally:
            self.count_units()

    def timed(self, pages: Iterable[list[Item]]) -> Iterator[list[Item]]:
        """Gives pages, and counts how long they are in coming."""
        coming = iter(pages)
        while True:
            started = self.session.now_s()
            try:
                page = next(coming, None)
            finally:
                self.seconds += self.session.now_s() - started
            if page is None:
                return
            yield page

    def count_units(self) -> None:
        """Adds to the session's units those that were not counted yet."""
        consumed = self.result.consumed
        if consumed is not None:
            self.session.spent.add(consumed, self.units_counted)
            self.units_counted = consumed.total

    def items_to_read(self) -> int | None:
        """Returns how many items a scan reads, None where that is not known beforehand."""
        explanation = self.session.database.explain(self.prepared.text, self.values)
        return explanation.estimate.counted_items if explanation.kind == "Scan" else None

    def tell(self, rows: int | None = None) -> None:
        """Says what the answer took since it was last told, if that is wanted.

        ``rows`` is how many were shown, when it is shown in parts.
        """
        session = self.session
        self.count_units()
        shown = self.counter.rows if rows is None else rows
        seconds = self.seconds - self.seconds_told
        self.seconds_told = self.seconds
        if session.shows_consumed:
            session.remark(footer(self.result, shown, session.spent, seconds))
        elif session.shows_time:
            session.remark(time_text(seconds))


def select(session: Session, statement: str) -> Answer:
    """Returns the answer of a SELECT that a command reads, or raises when it is none."""
    prepared = ready(session.database.engine, statement)
    if prepared.is_write:
        raise ShellError("Only a SELECT can stand here")
    return Answer(session, prepared, values_for(session, prepared))
