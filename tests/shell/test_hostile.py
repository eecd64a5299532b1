"""Whatever a file or an input holds, nothing of it acts on the terminal.

Every command and every error; the formats and the terminal itself have tests of their own, in
test_text.py and test_terminal_answers.py.
"""

from collections.abc import Callable
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from typer.testing import Result

import ddblite
from ddblite.shell.commands import COMMANDS
from ddblite.shell.conversation.run_input import answer
from ddblite.shell.conversation.session import Session
from generated import texts
from harmless import is_harmless

Command = Callable[..., Result]

INPUTS = (
    *(f"{name} {{text}}" for name in COMMANDS if name not in {".quit", ".output", ".backup"}),
    *(f"{name} 'a {{text}}' b c d e" for name in (".import", ".export", ".create", ".param")),
    ".output /{text}/no/such/folder",
    ".backup /{text}/no/such/folder",
    ".param set 1 '{text}'",
    ".param list",
    "SELECT * FROM things WHERE id = ?;",
    ".explain SELECT \"{text}\" FROM things WHERE \"{text}\" = '{text}' AND id = '{text}'",
    ".analyze SELECT \"{text}\" FROM things WHERE \"{text}\" = '{text}' AND id = '{text}'",
    ".dry UPDATE things SET \"{text}\" = '{text}' WHERE id = '{text}'",
    '.chart "{text}" things',
    '.chart deep."{text}" SELECT * FROM things',
    ".sql SELECT * FROM things WHERE id = '{text}'",
    "SELECT * FROM things;",
    'SELECT * FROM "{text}";',
    "SELECT * FROM things.\"{text}\" WHERE id = '{text}';",
    'SELECT * FROM things WHERE "{text}x" = "{text}y";',
    "INSERT INTO things VALUE {{'{text}': '{text}'}};",
    "SELECT {text} FROM things;",
    "_",
    "_ vertical",
    "{text}",
    "{text};",
    ".begin",
    "UPDATE things SET a = '{text}' WHERE id = '{text}';",
    "UPDATE things SET a = '{text}' WHERE id = 'x';",
    ".commit",
    ".tables",
    ".schema things json",
    ".schema things boto3",
)


@given(text=texts(min_size=1))
def test_every_command_is_harmless(text: str) -> None:
    """With hostile words, names, keys and values; and in the advice below an error."""
    written = text.replace("'", "").replace('"', "").replace("\n", "").replace("\r", "")
    with ddblite.connect(":memory:") as database:
        things = database.create_table("things", partition_key="id")
        if written:
            things.put({"id": written, written + "k": written, "deep": {written: [written]}})
        with closing(Session(database, out=StringIO(), error=StringIO())) as session:
            session.ask = lambda _question: "yes"
            session.shows_consumed = True
            for line in INPUTS:
                session.out, session.error = StringIO(), StringIO()
                answer(session, line.format(text=written))
                printed = session.out.getvalue() + session.error.getvalue()
                assert is_harmless(printed.replace("\t", "")), line


@pytest.mark.parametrize(
    "words",
    [
        ("{}",),
        ("a.ddb", "--{}"),
        ("a.ddb", "-c", "SELECT 1", "--format", "{}"),
        ("a.ddb", "{}"),
        ("a.ddb", "-c", "{}"),
        ("a.ddb", "--config", "{}"),
        ("tables", "{}"),
        ("describe", "{}", "{}"),
        ("import", "a.ddb", "{}", "{}"),
        ("import", "a.ddb", "{}", "-", "--partition-key", "{}:X"),
        ("export", "{}", "{}"),
        ("check", "{}"),
        ("serve", "{}", "--port", "{}"),
        ("serve", "{}/b", "--host", "{}"),
    ],
)
def test_every_usage_error_is_harmless(
    command: Command, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the command line too, where the library quotes what it was given."""
    monkeypatch.chdir(tmp_path)
    hostile = "a\x1b]0;x\x07\x1b[31m\x9b2J\u202eb\u200b\rc"
    result = command(*(word.format(hostile) for word in words))
    assert result.exit_code in {1, 2}
    assert is_harmless(result.stdout + result.stderr)
