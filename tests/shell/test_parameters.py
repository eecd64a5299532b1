"""Values for question marks: what is asked for, and that any value comes out as it was written."""

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from ddblite.schema import values
from ddblite.schema.errors import DdbError
from ddblite.schema.values import BinarySet, Value
from ddblite.shell.commands import carry_out
from ddblite.shell.conversation.parameters import value_written
from ddblite.shell.conversation.session import Session
from ddblite.shell.terminal import repl
from ddblite.workbench.cell_text import literal
from generated import binaries, numbers


def printed(session: Session, text: str) -> str:
    """Returns what an input prints."""
    session.out = session.error = StringIO()
    carry_out(session, text)
    return session.out.getvalue()


def test_what_is_missing_is_asked_for(session: Session) -> None:
    """For this statement only."""
    session.format = "jsonl"
    carry_out(session, ".create films year:N title")
    carry_out(session, "INSERT INTO films VALUE {'year': 2013, 'title': 'Rush'}")
    carry_out(session, ".param set 1 2013")
    questions: list[str] = []

    def ask(question: str) -> str:
        questions.append(question)
        return "'Rush'"

    session.ask = ask
    statement = "SELECT title FROM films WHERE year = ? AND title = ?"
    assert '{"title": "Rush"}\n' == printed(session, statement)
    assert ["? number 2: "] == questions
    assert {1: 2013} == session.parameters


def test_an_answer_that_is_no_value(session: Session) -> None:
    """The statement is not run."""
    carry_out(session, ".create films title")
    session.ask = lambda _: "Rush"
    with pytest.raises(DdbError, match="Unsupported data type: Id under key root"):
        carry_out(session, "INSERT INTO films VALUE {'title': ?}")
    assert [] == session.database.table("films").scan().all()


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_ctrl_c_and_ctrl_d_drop_the_statement(key: str) -> None:
    """As they drop one that runs."""
    with create_pipe_input() as source:
        source.send_text(key)
        ask = repl.asking(source, DummyOutput())
        with pytest.raises(KeyboardInterrupt):
            ask("? number 1: ")


def test_answers_are_read_line_by_line() -> None:
    """From the keyboard."""
    with create_pipe_input() as source:
        source.send_text("'Rush'\r")
        assert "'Rush'" == repl.asking(source, DummyOutput())("? number 1: ")


@given(numbers() | binaries() | st.lists(binaries(), min_size=1, max_size=4).map(BinarySet))
def test_a_value_is_read_as_a_table_shows_it(value: Value) -> None:
    """Every digit and every byte."""
    assert values.equal(value, value_written(literal(value)))
