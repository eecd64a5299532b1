"""``.sql``: SQLite's SQL over the tables of the file, beside PartiQL and never instead of it.

Like a statement it goes on until a ``;``. Behind the command may stand ``-text``, which takes
numbers of more than 15 digits as text, and EXPLAIN, which only says what would be done.
"""

from typing import TYPE_CHECKING, Final

from ddblite.api.python.options import LongNumbers
from ddblite.partiql.syntax.faults import StatementError
from ddblite.schema.amounts import counted, time_text
from ddblite.schema.values import Value
from ddblite.shell.commands.command import Command
from ddblite.shell.commands.explaining import say_lines
from ddblite.shell.conversation.last_result import LastResult
from ddblite.shell.conversation.parameters import values_for_marks
from ddblite.shell.conversation.session import Session, ShellError
from ddblite.workbench.footers import plural, so_far_text
from ddblite.workbench.safe_text import escaped
from ddblite.workbench.scan_guard import ALLOWING, DECLINED, megabytes

if TYPE_CHECKING:
    from ddblite.api.sql.result import SqlPlan, SqlResult

TEXT_OPTION: Final = "-text"
EXPLAIN: Final = "EXPLAIN"

SOURCE: Final = "sql"
"""What the rows are from, where a format names a table."""


class SqlFault(StatementError):  # noqa: N818 - as the errors that it is one of
    """What is wrong with the statement of a command: carets stand below it, not the command."""

    def __init__(self, statement: str, error: StatementError) -> None:
        super().__init__(error.message, position=error.position, hint=error.hint)
        self.statement = statement


SqlFault.code = "ValidationException"


def run_sql(session: Session, text: str) -> None:
    """Answers a statement, or explains it."""
    from ddblite.api.sql.statement import parse

    option, _, rest = text.partition(" ")
    long_numbers: LongNumbers = "text" if option == TEXT_OPTION else "refuse"
    statement = rest.strip() if option == TEXT_OPTION else text
    word, *behind = statement.split(maxsplit=1) or [""]
    is_explained = word.upper() == EXPLAIN
    statement = "".join(behind) if is_explained else statement
    try:
        given = values_for_marks(session, parse(statement).marks)
        plan = session.database.explain_sql(statement, given, long_numbers=long_numbers)
        if is_explained:
            say_lines(session, str(plan))
        else:
            check_scans(session, plan)
            answer(session, statement, given, long_numbers)
    except StatementError as error:
        raise SqlFault(statement, error) from error


def answer(session: Session, statement: str, given: list[Value], long_numbers: LongNumbers) -> None:
    """Prints the rows of a statement, and what was read for them if that is wanted."""
    started = session.now_s()
    result = session.database.sql(statement, given, long_numbers=long_numbers)
    kept = LastResult(SOURCE)
    session.last = kept
    session.show(kept.keeping([result.all()] if len(result) else []), SOURCE)
    for note in result.notes:
        session.remark(escaped(note))
    for one in result.loaded:
        session.spent.add(one.consumed)
    seconds = session.now_s() - started
    if session.shows_consumed:
        session.remark(footer(session, result, seconds))
    elif session.shows_time:
        session.remark(time_text(seconds))


def footer(session: Session, result: "SqlResult", seconds: float) -> str:
    """Returns what an answer was and what it took: ``2 rows, 1.2 ms. Scan films: 9 items, ...``."""
    parts = [plural(len(result), "row")]
    if result.loaded:
        units = sum(one.consumed.total for one in result.loaded)
        parts.append(so_far_text(session.spent, result.loaded[0].consumed, units))
    parts.append(time_text(seconds))
    read = "; ".join(map(str, result.loaded)) or "No table was read"
    return f"{', '.join(filter(None, parts))}. {escaped(read)}"


def check_scans(session: Session, plan: "SqlPlan") -> None:
    """Raises ShellError when large tables would be read whole and the user does not want that."""
    large = [
        one
        for one in plan.tables
        if one.access == "Scan" and one.bytes >= session.settings.scan_guard_bytes
    ]
    if session.allows_scan or not large:
        return
    sizes = (
        f"{one.table} ({counted(one.items, 'item')}, {megabytes(one.bytes)}, about"
        f" {counted(one.read_units, 'read unit')})"
        for one in large
    )
    warning = escaped(f"This copies all of {' and '.join(sizes)} into memory.")
    if session.ask is None:
        raise ShellError(f"{warning} {ALLOWING}")
    if not session.is_confirmed(f"{warning} Run it?"):
        raise ShellError(DECLINED)


ROWS: Final = (
    Command(
        ".sql [-text] [EXPLAIN] SELECT ...;",
        "SQLite's SQL over the tables: joins, GROUP BY, window functions; ends with ;",
        run_sql,
        least=1,
        most=1,
        takes_text=True,
    ),
)
