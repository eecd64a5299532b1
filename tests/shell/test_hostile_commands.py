"""No command lets a control character through, whatever the names and values in a file are."""

from contextlib import chdir
from io import StringIO
from tempfile import TemporaryDirectory
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

import ddblite
from ddblite.shell.commands import carry_out
from ddblite.shell.conversation.session import Session
from ddblite.shell.failures import lines_of
from ddblite.shell.formats.render import RENDERERS
from ddblite.workbench.safe_text import HIDDEN

HOSTILE: Final = "\x1b[2J\x1b]0;mine\x07\r\x9b31m\u202e\u200b"

HARMLESS: Final = str.maketrans("", "", "\n\t")
"""What an INSERT statement holds as it is, so that it can be run again."""

COMMANDS: Final = [
    ".tables",
    ".schema",
    ".schema * json",
    ".schema * boto3",
    ".schema * cloudformation",
    ".chart {path} notes",
    ".chart {path}",
    ".param set 1 {literal}",
    ".param",
    ".explain SELECT * FROM notes WHERE {path} = {literal}",
    ".analyze SELECT * FROM notes WHERE {path} = {literal}",
    ".dry DELETE FROM notes WHERE id = {literal}",
    ".dry UPDATE notes SET {path} = {literal} WHERE id = {literal}",
    ".dry DELETE FROM notes WHERE id = {literal} AND {path} = 1",
    "SELECT * FROM notes WHERE id = {literal}",
    "SELECT {path} FROM notes",
    *(f"_ {name}" for name in RENDERERS),
    ".mode {literal}",
    "_ {literal}",
    ".schema {literal}",
    ".schema notes {literal}",
    ".import {literal} notes",
    ".export notes {literal} {literal}",
    ".export {literal} out",
    ".read {literal}",
    ".backup no/{literal}",
    ".create notes {literal}:{literal}",
    ".param set {literal} 1",
    ".begin",
    "DELETE FROM notes WHERE id = {literal} AND {path} = 1",
    ".dry",
    ".commit",
    ".rollback",
    ".{literal}",
]


def said(session: Session, text: str) -> str:
    """Returns everything that an input prints, its error too."""
    session.out = session.error = StringIO()
    try:
        carry_out(session, text)
    except ddblite.DdbError as error:
        return session.out.getvalue() + "\n".join(lines_of(error))
    return session.out.getvalue()


def commands_for(text: str) -> list[str]:
    """Returns the commands with a text in the place of a name and of a value."""
    literal = "'" + text.replace("'", "''") + "'"
    path = '"' + text.replace('"', '""') + '"'
    return [command.replace("{path}", path).replace("{literal}", literal) for command in COMMANDS]


def check_all(text: str) -> None:
    """Runs every command on a table that holds a text everywhere."""
    with TemporaryDirectory() as folder, chdir(folder), ddblite.connect(":memory:") as database:
        database.call(
            "CreateTable",
            {
                "TableName": "notes",
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "AttributeDefinitions": [
                    {"AttributeName": "id", "AttributeType": "S"},
                    {"AttributeName": text, "AttributeType": "S"},
                ],
                "BillingMode": "PAY_PER_REQUEST",
                "GlobalSecondaryIndexes": [
                    {
                        "IndexName": "by_text",
                        "KeySchema": [{"AttributeName": text, "KeyType": "HASH"}],
                        "Projection": {"ProjectionType": "ALL"},
                    }
                ],
            },
        )
        database.table("notes").put({"id": text, text: text, "nested": [{text: {text}}]})
        session = Session(database, out=StringIO(), error=StringIO(), shows_consumed=True)
        for command in commands_for(text):
            printed = said(session, command)
            assert not HIDDEN.search(printed.translate(HARMLESS)), command
            session.format = "table"


def test_everything_at_once() -> None:
    """A screen that is cleared, a title that is set, text that runs backwards."""
    check_all(HOSTILE)


@settings(max_examples=20)
@given(st.text(st.sampled_from("\x1b[]\x9b\x07\r\n\t\u202e\u200b\ufeff'\"\\x;"), min_size=1))
def test_every_character_that_does_something(text: str) -> None:
    """Alone and beside others."""
    check_all(text)
