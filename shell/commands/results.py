"""Commands about the last answer and about distributions: ``_`` and ``.chart``."""

from typing import Final

from ddblite.partiql.execution import chosen
from ddblite.partiql.fragments import read_path
from ddblite.partiql.plan import Column
from ddblite.partiql.printing import shown_name
from ddblite.shell.charts import chart_lines
from ddblite.shell.commands.answers import refuse_unknown_format
from ddblite.shell.commands.command import Command
from ddblite.shell.distribution import DIFFERENT_VALUES_MAX, Distribution
from ddblite.shell.last_result import NAME, LastResult
from ddblite.shell.pages import Pages
from ddblite.shell.render import RENDERERS
from ddblite.shell.running import pages_of
from ddblite.shell.safe_text import escaped
from ddblite.shell.session import Session, ShellError


def show_last(session: Session, *formats: str) -> None:
    """Prints the last answer again, in another format if one is given."""
    for name in formats:
        refuse_unknown_format(name)
    last = last_result(session)
    session.show([last.items], last.table, *formats)
    remark_on_rest(session, last)


def last_result(session: Session) -> LastResult:
    """Returns the last answer that had items, or raises when there was none yet."""
    if session.last is None:
        raise ShellError("There is no answer yet: _ is the last one that a statement gave")
    return session.last


def remark_on_rest(session: Session, last: LastResult) -> None:
    """Says that an answer was longer than what was kept of it."""
    if not last.is_whole:
        session.remark(f"These are the first {len(last.items):,} items; no more of them were kept.")


def chart(session: Session, text: str) -> None:
    """Draws how the values at a path are distributed: in the last answer, or in a new one."""
    path, rest = read_path(text)
    column = Column(path, "value")
    distribution = Distribution()
    source, title = charted(session, rest)
    is_whole = True
    for item in (item for page in source for item in page):
        found = chosen([column], item)
        is_whole = distribution.count(found.get("value"), is_missing=not found)
        if not is_whole:
            break
    shown = escaped(path_text(path.steps))
    for line in chart_lines(distribution, f"{shown} of {title}", session.screen):
        session.say(line)
    if not is_whole:
        session.remark(
            f"Only these items: there are more than {DIFFERENT_VALUES_MAX:,} different values."
        )
    elif rest in {"", NAME}:
        remark_on_rest(session, last_result(session))


def charted(session: Session, rest: str) -> tuple[Pages, str]:
    """Returns the items to draw and what they are called."""
    if rest in {"", NAME}:
        last = last_result(session)
        return [last.items], "the last answer"
    is_name = len(rest.split()) == 1
    statement = f"SELECT * FROM {rest}" if is_name else rest  # noqa: S608 - a text of its user
    return pages_of(session, statement), escaped(rest) if is_name else "the answer"


def path_text(steps: tuple[str | int, ...]) -> str:
    """Returns a path as it is written in a statement."""
    return "".join(
        f"[{step}]" if isinstance(step, int) else f".{shown_name(step)}" for step in steps
    ).removeprefix(".")


ROWS: Final = (
    Command(
        "_ [FORMAT]",
        "the last answer again, without running its statement again",
        show_last,
        most=1,
        choices=lambda _: RENDERERS,
    ),
    Command(
        ".chart PATH [_ | TABLE | SELECT ...]",
        "how the values of an attribute are distributed, in the last answer or in a new one",
        chart,
        least=1,
        most=1,
        takes_text=True,
    ),
)
