"""A statement in the shell, from its text to the line below its answer."""

from ddblite.partiql.plan import Exists
from ddblite.partiql.prepared import prepare
from ddblite.schema.amounts import time_text
from ddblite.shell import statement_transactions
from ddblite.shell.footers import Counter, footer
from ddblite.shell.parameters import values_for
from ddblite.shell.session import Session


def run_statement(session: Session, statement: str) -> None:
    """Runs a PartiQL statement and prints its items, and what they cost if that is wanted.

    Between ``.begin`` and ``.commit`` it is only collected.
    """
    values = values_for(session, statement)
    if session.collected is not None:
        statement_transactions.collect(session, statement, values)
        return
    started = session.now_s()
    result = session.database.execute(statement, values)
    counter = Counter(result)
    session.show(counter, table_of(statement))
    seconds = session.now_s() - started
    if result.consumed is not None:
        session.spent.add(result.consumed)
    if session.shows_consumed:
        session.remark(footer(result, counter.rows, session.spent, seconds))
    elif session.shows_time:
        session.remark(time_text(seconds))


def table_of(statement: str) -> str:
    """Returns the name of the table that a statement, which has been run, is about."""
    of = prepare(statement).statement.plan
    return of.select.table if isinstance(of, Exists) else of.table
