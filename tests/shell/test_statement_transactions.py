"""Transactions in the shell: the prompt, the end of the input, and the limit of statements."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from typer.testing import Result

import ddblite
from ddblite.schema.limits import TRANSACT_ITEMS_MAX
from ddblite.shell.commands import carry_out
from ddblite.shell.conversation.session import Session
from ddblite.shell.terminal import repl
from ddblite.workbench.conversation import WorkbenchError

Command = Callable[..., Result]


def test_the_prompt_says_that_there_is_one(session: Session) -> None:
    """And how many statements wait."""
    carry_out(session, ".create films title")
    prompts = [repl.prompt_of(session)]
    for text in (".begin", "DELETE FROM films WHERE title = 'Rush'", ".commit"):
        carry_out(session, text)
        prompts.append(repl.prompt_of(session))
    assert ["ddblite> ", "ddblite (0 pending)> ", "ddblite (1 pending)> ", "ddblite> "] == prompts


def test_nothing_is_written_before_commit(session: Session) -> None:
    """Not even for others to see."""
    films = session.database.create_table("films", partition_key="title")
    carry_out(session, ".begin")
    carry_out(session, "INSERT INTO films VALUE {'title': 'Rush'}")
    assert None is films.get("Rush")
    carry_out(session, ".commit")
    assert {"title": "Rush"} == films.get("Rush")


def test_the_time_alone(session: Session) -> None:
    """When the line below an answer is off."""
    session.database.create_table("films", partition_key="title")
    session.shows_time = True
    session.now_s = lambda: 0.0
    session.out = session.error = StringIO()
    for text in (".begin", "INSERT INTO films VALUE {'title': 'Rush'}", ".commit"):
        carry_out(session, text)
    assert "0.0 ms\n" == session.error.getvalue()


def test_leaving_the_shell_drops_it_and_says_so(session: Session) -> None:
    """Ctrl-D is no commit."""
    films = session.database.create_table("films", partition_key="title")
    session.out = session.error = StringIO()
    with create_pipe_input() as source:
        source.send_text(".begin\rINSERT INTO films VALUE {'title': 'Rush'};\r\x04")
        repl.run(session, InMemoryHistory(), source=source, target=DummyOutput())
    assert session.error.getvalue().endswith(
        "The transaction was not committed: nothing of its 1 statement was carried out.\n"
    )
    assert None is films.get("Rush")


def test_a_script_has_to_end_it(command: Command, shop: Path) -> None:
    """What its author meant to be written is not: that is a failure."""
    run = command(shop, "-c", ".begin\nDELETE FROM users WHERE id = 'u_1'")
    assert (1, "") == (run.exit_code, run.stdout)
    assert run.stderr == (
        "The transaction was not committed: nothing of its 1 statement was carried out.\n"
    )
    with ddblite.connect(shop, mode="read") as database:
        assert database.table("users").get("u_1") is not None


def test_an_empty_one_needs_no_end(command: Command, shop: Path) -> None:
    """There is nothing to lose."""
    run = command(shop, "-c", ".begin\n.begin" + "\n")
    assert 1 == run.exit_code
    assert 0 == command(shop, "-c", ".begin").exit_code


def test_a_cancelled_script_fails_with_reasons(command: Command, shop: Path) -> None:
    """On standard error, a line per statement, and nothing is written."""
    run = command(
        shop,
        "-c",
        ".begin\nDELETE FROM users WHERE id = 'u_1';"
        "UPDATE users SET n = 1 WHERE id = 'u_2' AND n = 2;\n.commit\n",
    )
    assert 1 == run.exit_code
    first, one, two, *_ = run.stderr.splitlines()
    assert first.startswith("TransactionCanceledException: ")
    assert one == "  1  no fault found  DELETE FROM users WHERE id = 'u_1'"
    assert two.startswith("  2  ConditionalCheckFailed: ")
    with ddblite.connect(shop, mode="read") as database:
        assert database.table("users").get("u_1") is not None


def test_a_hundred_statements_and_no_more(session: Session) -> None:
    """The hundred and first is not added, and the others can be committed."""
    films = session.database.create_table("films", partition_key="title")
    carry_out(session, ".begin")
    for number in range(TRANSACT_ITEMS_MAX):
        carry_out(session, f"INSERT INTO films VALUE {{'title': '{number}'}}")
    with pytest.raises(WorkbenchError, match="at most 100"):
        carry_out(session, "INSERT INTO films VALUE {'title': 'one more'}")
    carry_out(session, ".commit")
    assert TRANSACT_ITEMS_MAX == len(films.scan().all())


def test_reasons_are_shown_without_control_characters(session: Session) -> None:
    """A statement and an item can hold any."""
    session.database.create_table("films", partition_key="title").put(
        {"title": "Rush", "text": "\x1b]0;owned\x07"}
    )
    carry_out(session, ".begin")
    carry_out(session, "DELETE FROM films WHERE title = 'Rush' AND \"text\" = '\x1b[2J'")
    with pytest.raises(WorkbenchError) as caught:
        carry_out(session, ".commit")
    from ddblite.shell.failures import lines_of

    assert all(line.isprintable() for line in lines_of(caught.value))
    assert "owned" in lines_of(caught.value)[1]
