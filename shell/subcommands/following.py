"""``ddblite tail``, ``log`` and ``restore``: what happened to a table, and the way back."""

import sys
import time
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ddblite.api.python.connecting import connect
from ddblite.api.python.past import Change
from ddblite.api.python.table import Table
from ddblite.schema import values as attribute_values
from ddblite.shell.subcommands.command_line import Reported, examples
from ddblite.shell.subcommands.key_files import KeyFile, key_in
from ddblite.workbench import plain_json
from ddblite.workbench.conversation import WorkbenchError
from ddblite.workbench.safe_text import escaped

if TYPE_CHECKING:
    from ddblite.schema.values import Item

LOOK_SECONDS: Final = 0.2
"""Between two looks, while nothing happens."""


def line_of(change: Change) -> str:
    """Returns a change as a line of JSON."""
    members: Item = {
        "time": change.time.isoformat(timespec="milliseconds"),
        "sequence": change.sequence,
        "kind": change.kind,
        "key": change.key,
        "old": change.old,
        "new": change.new,
    }
    if change.by_service:
        members["by"] = "service"
    return plain_json.encode(members)


def followed(table: Table, since: datetime | None, *, waits: bool) -> Iterator[Change]:
    """Gives the changes since a moment, and then those that come, until it is interrupted."""
    checked = time.time() if since is None else since.timestamp()
    last = 0
    while True:
        for change in table.changes(since=checked):
            if change.sequence > last:
                last, checked = change.sequence, change.time.timestamp()
                yield change
        if not waits:
            return
        time.sleep(LOOK_SECONDS)


def tail(
    file: Annotated[str, typer.Argument(help="The database file.")],
    table: Annotated[str, typer.Argument(help="A table with a stream or recovery.")],
    *,
    since: Annotated[
        datetime | None, typer.Option(metavar="TIME", help="Begins there, not with now.")
    ] = None,
    follow: Annotated[
        bool, typer.Option(help="Waits for what comes; without it ends with what is there.")
    ] = True,
    key_file: KeyFile = None,
) -> None:
    """Prints what happens to a table, a line of JSON for each change, until Ctrl-C.

    Each line has the time, the item before and after, and its key. The table needs a stream or
    point-in-time recovery: of others nothing is remembered.
    """
    begin = since if since is None or since.tzinfo else since.astimezone()
    with connect(file, mode="read", key=key_in(key_file)) as database:
        for change in followed(database.table(table), begin, waits=follow):
            sys.stdout.write(line_of(change) + "\n")
            sys.stdout.flush()


def key_written(table: Table, words: list[str]) -> dict[str, Any]:
    """Returns the key of the words of a command, each read as the key's type says."""
    from ddblite.shell.conversation.parameters import value_written

    parts = table.spec.key.parts
    if len(words) != len(parts):
        names = " and ".join(part.name for part in parts)
        raise WorkbenchError(f"The key of {table.name} is {names}")
    return {
        part.name: word if part.kind == "S" else value_written(word)
        for part, word in zip(parts, words, strict=True)
    }


def log(
    file: Annotated[str, typer.Argument(help="The database file.")],
    table: Annotated[str, typer.Argument(help="A table with a stream or recovery.")],
    key: Annotated[list[str], typer.Argument(help="An item's key, the partition key first.")],
    *,
    key_file: KeyFile = None,
) -> None:
    """Prints what happened to one item, as far as it is remembered, a line of JSON each.

    A string is written as it is, a number as a number, binary as <base64>.
    """
    with connect(file, mode="read", key=key_in(key_file)) as database:
        found = database.table(table)
        wanted = key_written(found, key)
        for change in found.changes():
            if attribute_values.equal(change.key, wanted):
                sys.stdout.write(line_of(change) + "\n")


def restore(
    file: Annotated[str, typer.Argument(help="The database file.")],
    source: Annotated[str, typer.Argument(help="A table with recovery, or a backup's ARN.")],
    target: Annotated[str, typer.Argument(help="The table to be made.")],
    *,
    at: Annotated[
        datetime | None, typer.Option(metavar="TIME", help="The moment; now without it.")
    ] = None,
    key_file: KeyFile = None,
) -> None:
    """Makes a table of a backup, or of what a table had at a moment.

    What it is made of stays as it is.
    """
    moment = at if at is None or at.tzinfo else at.astimezone()
    with connect(file, mode="open", key=key_in(key_file)) as database:
        made = database.restore_table(target, source, at=moment)
        count = database.call("DescribeTable", {"TableName": made.name})["Table"]["ItemCount"]
    typer.echo(f"restored {count:,} items into {escaped(target)}")


def add_commands(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    tailed = (
        "ddblite tail shop.ddb orders",
        "ddblite tail shop.ddb orders --since 2026-11-20T10:00:00 --no-follow",
    )
    app.command(cls=Reported, epilog=examples(*tailed))(tail)
    app.command(cls=Reported, epilog=examples("ddblite log shop.ddb orders u1 2026-11-20"))(log)
    restored = "ddblite restore shop.ddb orders orders_then --at 2026-11-20T10:00:00"
    app.command(cls=Reported, epilog=examples(restored))(restore)
