"""A file built anew beside the old one, which it then replaces; at every moment one is whole.

Room at the end of pages cannot be made or given up in a file that is there, so what needs another
amount of it (a key, none, another format) is copied, table by table.

Nobody else may have the file open meanwhile: what they would write to the old file would be lost.
SQLite's exclusive locking keeps everybody out until the new file has its name; what lies beside
the old one by that name is gone before, because from then on it would be taken for the new one's.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import apsw

from ddblite.engine.file import fileformat
from ddblite.engine.file.connections import Address, configure
from ddblite.engine.file.faults import translated
from ddblite.engine.file.open_files import opening
from ddblite.schema.errors import Busy

SETTLING_MS: Final = 500
"""How long somebody is waited for who is just closing the file, or about to find that he must."""


@contextmanager
def sole_connection(address: Address) -> Iterator[apsw.Connection]:
    """Opens a file so that nobody else can, or raises Busy; nothing lies beside it then."""
    with opening(address.path):
        connection = apsw.Connection(
            Path(address.path).as_uri(),
            flags=apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI,
            vfs=address.layer,
        )
        try:
            configure(connection, address)
            connection.config(apsw.SQLITE_DBCONFIG_ENABLE_ATTACH_CREATE, 1)
            connection.config(apsw.SQLITE_DBCONFIG_ENABLE_ATTACH_WRITE, 1)
            connection.set_busy_timeout(SETTLING_MS)
            # Else it would remove a log by its name, which may be that of the new file's by then.
            connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            connection.execute(
                "PRAGMA synchronous = FULL; PRAGMA locking_mode = EXCLUSIVE;"
                "BEGIN EXCLUSIVE; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)"
            ).fetchall()
            for suffix in ("-wal", "-shm"):
                Path(f"{address.path}{suffix}").unlink(missing_ok=True)
            yield connection
        except apsw.BusyError:
            raise Busy(f"{address.path} is in use; close it everywhere first") from None
        except apsw.Error as fault:
            raise translated(fault) from fault
        finally:
            connection.close(force=True)


def copy_whole(connection: apsw.Connection, target: Address) -> None:
    """Copies every table into an empty file, which may have another key, or none."""
    name = f"{Path(target.path).as_uri()}?vfs={target.layer}"
    connection.execute("ATTACH ? AS copy", (name,))
    connection.reserve_bytes("copy", target.reserved_bytes)
    connection.execute(
        f"PRAGMA copy.page_size = {fileformat.PAGE_BYTES};"
        "PRAGMA copy.journal_mode = MEMORY; PRAGMA copy.synchronous = OFF"  # it is flushed later
    ).fetchall()
    # The first page before all others: with it the checksum VFS begins to seal.
    connection.execute(f"PRAGMA copy.application_id = {connection.pragma('application_id')}")
    connection.execute("BEGIN")
    for kind in ("table", "index"):
        made = connection.execute(
            "SELECT name, sql FROM main.sqlite_schema WHERE type = ? AND sql IS NOT NULL", (kind,)
        ).fetchall()
        for object_name, statement in made:
            start = f"CREATE {kind.upper()} "
            connection.execute(f"{start}copy.{str(statement)[len(start) :]}")
            if kind == "table":
                quoted = '"' + str(object_name).replace('"', '""') + '"'
                connection.execute(f"INSERT INTO copy.{quoted} SELECT * FROM main.{quoted}")  # noqa: S608 - of ours
    connection.execute(f"PRAGMA copy.user_version = {connection.pragma('user_version')}")
    connection.execute("COMMIT")
    connection.execute("DETACH copy")


def put_in_place(connection: apsw.Connection, part: Path, path: Path) -> None:
    """Gives a file the name of the old one, while nobody can open that."""
    if os.name == "nt":  # pragma: no cover - an open file keeps its name there
        connection.close(force=True)
    part.replace(path)
