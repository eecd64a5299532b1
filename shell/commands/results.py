"""Commands about the last answer and about distributions: ``_`` and ``.chart``."""

from collections.abc import Callable
from typing import Final

from ddblite.engine.expressions.tree import Path
from ddblite.partiql.explanations.printing import shown_path
from ddblite.partiql.plans.fragments import read_path
from ddblite.partiql.plans.plan import Column
from ddblite.partiql.run.execute import chosen
from ddblite.schema.values import BinarySet, Item, NumberSet, StringSet, Value
from ddblite.shell.commands.answers import refuse_unknown_format
from ddblite.shell.commands.command import Command
from ddblite.shell.conversation.last_result import NAME, LastResult
from ddblite.shell.conversation.run_statement import select, show_more
from ddblite.shell.conversation.session import Session, ShellError
from ddblite.shell.formats.charts import chart_lines
from ddblite.shell.formats.render import RENDERERS
from ddblite.workbench.distribution import DIFFERENT_VALUES_MAX, Distribution
from ddblite.workbench.pages import Pages
from ddblite.workbench.safe_text import escaped

Values = Callable[[Item], list[Value] | None]
"""Gives the values of an item that a chart counts, or None when it lacks what would have them."""


def show_last(session: Session, *formats: str) -> None:
    """Prints the last answer again, in another format if one is given."""
    for name in formats:
        refuse_unknown_format(name)
    last = last_result(session)
    session.show([last.items], last.table, *formats)
    remark_on_rest(session, last)


def show_next(session: Session, *words: str) -> None:
    """Prints the next rows of an answer that was not shown to its end."""
    rows: int | None = session.settings.rows
    for word in words:
        if word != ALL and not (word.isascii() and word.isdecimal() and int(word)):
            raise ShellError("Usage: .more [ROWS|all]")
        rows = None if word == ALL else int(word)
    show_more(session, rows)


ALL: Final = "all"


def last_result(session: Session) -> LastResult:
    """Returns the last answer that had items, or raises when there was none yet."""
    if session.last is None:
        raise ShellError("There is no answer yet: _ is the last one that a statement gave")
    return session.last


def remark_on_rest(session: Session, last: LastResult) -> None:
    """Says that an answer was longer than what was kept of it."""
    if not last.is_whole:
        count = f"{len(last.items):,}"
        session.remark(
            f"These are the first {count} items of the answer; the rest was not shown or not kept."
        )


def chart(session: Session, text: str) -> None:
    """Draws how the values at a path are distributed: in the last answer, or in a new one."""
    path, of_members, rest = read_path(text)
    shown = escaped(shown_path(path)) + ("[*]" if of_members else "")
    values = members_at(path) if of_members else value_at(path)
    if rest in {"", NAME}:
        last = last_result(session)
        draw(session, values, [last.items], f"{shown} of the last answer")
        remark_on_rest(session, last)
        return
    is_name = len(rest.split()) == 1
    statement = f"SELECT * FROM {rest}" if is_name else rest  # noqa: S608 - a text of its user
    answer = select(session, statement)
    title = f"{shown} of {escaped(rest) if is_name else 'the answer'}"
    draw(session, values, answer.pages(prints=False), title)
    answer.tell()


def value_at(path: Path) -> Values:
    """Returns what gives the one value that an item has at a path, or none."""
    column = Column(path, "value")
    return lambda item: list(chosen([column], item).values()) or None


def members_at(path: Path) -> Values:
    """Returns what gives the members of the list or set at a path; another value is its own."""
    values_of = value_at(path)

    def members(item: Item) -> list[Value] | None:
        found = values_of(item)
        for value in found or ():
            if isinstance(value, list):
                return value
            if isinstance(value, StringSet | NumberSet | BinarySet):
                return list(value.members)
        return found

    return members


def draw(session: Session, values: Values, pages: Pages, title: str) -> None:
    """Counts the values of items and prints the chart; says when it is not of all items."""
    distribution = Distribution()
    is_whole = all(distribution.count_all(values(item)) for page in pages for item in page)
    for line in chart_lines(distribution, title, session.screen):
        session.say(line)
    if not is_whole:
        session.remark(
            f"Only these items: there are more than {DIFFERENT_VALUES_MAX:,} different values."
        )


ROWS: Final = (
    Command(
        "_ [FORMAT]",
        "the last answer again, without running its statement again",
        show_last,
        most=1,
        choices=lambda _: RENDERERS,
    ),
    Command(
        ".more [ROWS|all]",
        "the next rows of an answer that was not shown to its end",
        show_next,
        most=1,
        choices=lambda _: (ALL,),
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
