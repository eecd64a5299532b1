"""The interactive shell, driven through a pipe of keys; test_terminal.py has a real terminal."""

from asyncio import CancelledError
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest
from prompt_toolkit import PromptSession
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from ddblite.schema.values import Item
from ddblite.shell.conversation.session import Session
from ddblite.shell.terminal import prompting, repl
from ddblite.shell.terminal.history import UserHistory, history, name_of
from ddblite.workbench import table_texts

CTRL_C: Final = "\x03"
CTRL_D: Final = "\x04"
ENTER: Final = "\r"


def pasted(text: str) -> str:
    """Returns what a terminal sends when text is pasted: its line ends are no Enter."""
    return f"\x1b[200~{text}\x1b[201~"


Typed = Callable[[str], tuple[str, str]]


@pytest.fixture
def typed(session: Session) -> Typed:
    """Types keys, then Ctrl-D; returns what came on standard output and standard error."""

    def run(keys: str) -> tuple[str, str]:
        session.out, session.error = StringIO(), StringIO()
        session.is_over = False
        with create_pipe_input() as source:
            source.send_text(keys + CTRL_C + CTRL_D)
            repl.run(session, InMemoryHistory(), source=source, target=DummyOutput())
        greeting, _, remarks = session.error.getvalue().partition("\n")
        assert greeting.startswith(":memory:: ")
        return session.out.getvalue(), remarks

    return run


def test_statement_over_several_lines(typed: Typed, session: Session) -> None:
    """Enter begins a new line until there is a ``;``."""
    session.format = "jsonl"
    typed(".create abc id" + ENTER)
    typed("INSERT INTO abc" + ENTER + "VALUE {'id': 'x;y'" + ENTER + "};" + ENTER)
    assert ('{"id": "x;y"}\n', "") == typed("SELECT *" + ENTER + "FROM abc;" + ENTER)


def test_errors_do_not_end_the_shell(typed: Typed, session: Session) -> None:
    """They come on standard error, with the place in the statement."""
    session.format = "jsonl"
    out, error = typed(f"SELECT * FORM abc;{ENTER}.nonsense{ENTER}.mode{ENTER}")
    assert "jsonl\n" == out
    first, line, carets, hint, command = error.splitlines()
    assert first.startswith("ValidationException: ")
    assert ("SELECT * FORM abc", "         ^^^^") == (line, carets)
    assert "Did you mean FROM?" == hint
    assert command.startswith("There is no command .nonsense")


def test_the_first_error_of_an_input_is_its_end(typed: Typed) -> None:
    """What was pasted after it is not run."""
    out, error = typed(pasted(".mode json\n.mode nonsense\n.mode") + ENTER)
    assert "" == out
    assert error.startswith("There is no format nonsense")


def test_ctrl_c_drops_the_input(typed: Typed) -> None:
    """And the next one starts afresh."""
    assert ("table\n", "") == typed(f"SELECT nonsense{CTRL_C}.mode{ENTER}")


def test_quit_leaves(typed: Typed) -> None:
    """Nothing after it is run."""
    assert ("", "") == typed(f".quit{ENTER}.mode{ENTER}")
    assert ("", "") == typed(pasted(".quit\n.mode") + ENTER)


@pytest.mark.parametrize("word", ["help", "exit;", "QUIT", "show tables;", "?"])
def test_habits_get_a_hint(typed: Typed, word: str) -> None:
    """From those who come from other shells."""
    out, remark = typed(word + ENTER)
    assert "" == out
    assert remark.startswith("Type .")


def test_meta_enter_runs_what_has_no_end(typed: Typed) -> None:
    """Escape, Enter: the ``;`` is a convention."""
    _, error = typed("SELECT * FROM none\x1b\r")
    assert error.startswith("ResourceNotFoundException: ")


def test_a_bug_does_not_end_the_shell(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    """One line, and on it goes."""

    def fail(_: object) -> list[Item]:
        raise RuntimeError("oops")

    monkeypatch.setattr(table_texts, "overview", fail)
    out, error = typed(f".tables{ENTER}.mode{ENTER}")
    assert "table\n" == out
    assert "Internal error, please report it: RuntimeError: oops\n" == error
    assert "table" == session.format


def test_ctrl_c_stops_a_statement_not_the_shell(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A word, and on it goes."""

    def stop(_: object) -> list[Item]:
        raise KeyboardInterrupt

    monkeypatch.setattr(table_texts, "overview", stop)
    assert ("table\n", "Stopped.\n") == typed(f".tables{ENTER}.mode{ENTER}")


def test_ctrl_c_before_the_prompt_does_not_end_the_shell(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event loop is running then, and no key was read: its task is cancelled."""
    prompt = PromptSession.prompt
    interrupts = [CancelledError(), KeyboardInterrupt()]

    def interrupted(asked: PromptSession[str], *words: Any) -> str:  # noqa: ANN401 - as prompt's
        if interrupts:
            raise interrupts.pop()
        return prompt(asked, *words)

    monkeypatch.setattr(PromptSession, "prompt", interrupted)
    assert ("table\n", "") == typed(f".mode{ENTER}")


def test_caret_is_left_out_where_it_would_point_elsewhere(typed: Typed) -> None:
    """An escaped character is wider than it was; and none may come out raw."""
    _, error = typed(pasted("SELECT '\x1b[2K' FORM abc;") + ENTER)
    assert error.startswith("ValidationException: ")
    assert "\x1b" not in error


def test_keys_that_are_no_keys_are_ignored(typed: Typed) -> None:
    """A terminal may send anything, such as what looks like a mouse."""
    assert ("table\n", "") == typed("\x1b[31m.mode" + ENTER)


def test_a_flood_of_keys_does_not_run(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is pasted without being marked as that: far too much is not half run."""
    monkeypatch.setattr(prompting, "FLOOD_CHARACTERS_MAX", 1000)
    keys = "x" * 1200 + ";" + ENTER
    # Keys are read 1,024 at once; what follows is not part of the flood.
    keys += "y" * (-len(keys) % 1024)
    assert ("", "") == typed(keys)


def test_history_is_the_users_own(tmp_path: Path) -> None:
    """A file that nobody else can read, kept from one session to the next."""
    environment = {"XDG_STATE_HOME": str(tmp_path)}
    history("shop.ddb", environment, "linux").store_string("SELECT 1;")
    (path,) = (tmp_path / "ddblite" / "histories").iterdir()
    assert 0o600 == path.stat().st_mode & 0o777
    assert ["SELECT 1;"] == list(history("shop.ddb", environment, "linux").load_history_strings())


def test_every_file_has_its_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However it is named; files of one name in two folders are two files."""
    monkeypatch.chdir(tmp_path)
    named = map(
        name_of, ("shop.ddb", "./shop.ddb", f"{tmp_path}/shop.ddb", "a/shop.ddb", ":memory:")
    )
    first, again, whole, other, memory = named
    assert first == again == whole
    assert 3 == len({first, other, memory})
    assert first.startswith("shop-")
    assert name_of("\x1b[2J/..ü.ddb").isascii()


def test_history_without_a_place(tmp_path: Path) -> None:
    """No file, no error."""
    (tmp_path / "ddblite").write_text("in the way")
    for environment in ({}, {"XDG_STATE_HOME": str(tmp_path)}, {"HOME": "/dev/null"}):
        assert isinstance(history("shop.ddb", environment, "linux"), InMemoryHistory)


def test_history_that_cannot_be_written_goes_on(tmp_path: Path) -> None:
    """A full disk, or half a character, is no reason to stop."""
    UserHistory(str(tmp_path)).store_string("a directory")
    UserHistory(str(tmp_path / "file")).store_string("\ud800")
