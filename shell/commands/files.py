"""Commands about files beside the database."""

import os
from io import BytesIO
from pathlib import Path
from typing import Final

from ddblite.shell.commands.command import Command, table_names
from ddblite.shell.commands.results import last_result, remark_on_rest
from ddblite.shell.conversation.last_result import NAME
from ddblite.shell.conversation.session import Session, ShellError
from ddblite.shell.terminal.progress import progress_bar, rows_bar
from ddblite.workbench.item_lines import WRITERS
from ddblite.workbench.safe_text import escaped
from ddblite.workbench.table_texts import description
from ddblite.workbench.transfer import (
    export_items,
    import_items,
    new_file,
    opened_source,
    table_to_fill,
    write_items,
)

IMPORT_WANTED: Final = ".import FILE TABLE KEY"


def import_file(session: Session, source: str, name: str, *keys: str) -> None:
    """Writes the items of a file into a table, which is made if its key is given."""
    path = Path(source).expanduser()
    with opened_source(str(path), BytesIO()) as stream:
        table = table_to_fill(session.database, name, *keys, wanted=IMPORT_WANTED)
        size = os.fstat(stream.fileno()).st_size
        with progress_bar("importing", total_bytes=size, stream=session.error) as progress:
            count = import_items(table, stream, progress)
    session.remark(f"imported {count:,} items into {escaped(name)}")


def export_file(session: Session, name: str, target: str, kind: str = "jsonl") -> None:
    """Writes the items of a table, or of the last answer, to a file."""
    if kind not in WRITERS:
        raise ShellError(f"There is no format {escaped(kind)} for files: {', '.join(WRITERS)}")
    path = Path(target).expanduser()
    if name == NAME:
        last = last_result(session)
        with new_file(path, session.database.engine.storage.path) as stream:
            count = write_items([last.items], stream, kind)
        remark_on_rest(session, last)
    else:
        table = session.database.table(name)
        total = description(session.database, name)["ItemCount"]
        with (
            progress_bar("exporting", total_items=total, stream=session.error) as progress,
            new_file(path, session.database.engine.storage.path) as stream,
        ):
            count = export_items(table, stream, kind, progress)
    session.remark(f"exported {count:,} items to {escaped(str(path))}")


def back_up(session: Session, target: str) -> None:
    """Writes a checked copy of the database to a new file."""
    path = Path(target).expanduser()
    session.database.backup(path)
    session.remark(f"backed up to {escaped(str(path))}")


def check(session: Session) -> None:
    """Proves that the file is whole, or raises with everything that is wrong with it."""
    with rows_bar("checking", session.database, session.error) as progress:
        problems = session.database.check(progress)
    if problems:
        raise ShellError("The file is not whole:", details=problems)
    session.say("ok")


ROWS: Final = (
    Command(
        ".import FILE TABLE [KEY [SORT_KEY]]",
        "writes the items of a file of JSON lines; a KEY makes the table",
        import_file,
        least=2,
        most=4,
    ),
    Command(
        ".export TABLE|_ FILE [FORMAT]",
        f"writes all items, or the last answer, to a new file: {', '.join(WRITERS)}",
        export_file,
        least=2,
        most=3,
        choices=table_names,
    ),
    Command(
        ".backup FILE",
        "writes a checked copy of the database to a new file",
        back_up,
        least=1,
        most=1,
    ),
    Command(".check", "proves that the file is whole: pages, items, indexes, counters", check),
)
