"""``ddblite tail``: what happens to a table, as it happens."""

import sys
import time
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ddblite.api.python.connecting import connect
from ddblite.api.python.past import Change
from ddblite.api.python.table import Table
from ddblite.shell.subcommands.command_line import Reported, examples
from ddblite.shell.subcommands.key_files import KeyFile, key_in
from ddblite.workbench import plain_json

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


def add_command(app: typer.Typer) -> None:
    """Adds it to the command line."""
    app.command(
        cls=Reported,
        epilog=examples(
            "ddblite tail shop.ddb orders",
            "ddblite tail shop.ddb orders --since 2026-11-20T10:00 --no-follow",
        ),
    )(tail)
