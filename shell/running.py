"""A statement in the shell, from its text to the line below its answer."""

from collections.abc import Iterator

from ddblite.api.result import Result
from ddblite.partiql.plan import Exists
from ddblite.partiql.prepared import prepare
from ddblite.schema.amounts import time_text
from ddblite.schema.values import Item
from ddblite.shell import confirmation, statement_transactions
from ddblite.shell.footers import Counter, footer
from ddblite.shell.last_result import LastResult
from ddblite.shell.parameters import values_for
from ddblite.shell.session import Session, ShellError


def run_statement(session: Session, statement: str) -> None:
    """Runs a PartiQL statement and prints its items, and what they cost if that is wanted.

    Between ``.begin`` and ``.commit`` it is only collected.
    """
    values = values_for(session, statement)
    if session.collected is not None:
        statement_transactions.collect(session, statement, values)
        return
    confirmation.check(session, statement, values)
    started = session.now_s()
    result = session.database.execute(statement, values)
    counter = Counter(result)
    kept = LastResult(table_of(statement))
    if not counter.is_done:
        session.last = kept
    session.show(kept.keeping(counter), kept.table)
    tell(session, result, counter.rows, session.now_s() - started)


def pages_of(session: Session, statement: str) -> Iterator[list[Item]]:
    """Gives the pages of a SELECT for a command that reads them, and then says what they took.

    Raises when the statement is none that reads.
    """
    values = values_for(session, statement)
    if prepare(statement).is_write:
        raise ShellError("Only a SELECT can stand here")
    confirmation.check(session, statement, values)
    started = session.now_s()
    result = session.database.execute(statement, values)
    counter = Counter(result)
    yield from counter
    tell(session, result, counter.rows, session.now_s() - started)


def tell(session: Session, result: Result, rows: int, seconds: float) -> None:
    """Counts what an answer took and, if that is wanted, says so."""
    if result.consumed is not None:
        session.spent.add(result.consumed)
    if session.shows_consumed:
        session.remark(footer(result, rows, session.spent, seconds))
    elif session.shows_time:
        session.remark(time_text(seconds))


def table_of(statement: str) -> str:
    """Returns the name of the table that a statement, which has been run, is about."""
    of = prepare(statement).statement.plan
    return of.select.table if isinstance(of, Exists) else of.table
