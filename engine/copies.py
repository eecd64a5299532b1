"""Copies of a whole database, as of one moment: into a new file, and into memory."""

from contextlib import nullcontext

import apsw

from ddblite.engine.page_checksums import seal_pages
from ddblite.engine.storage import Storage


def copy_into(storage: Storage, target: str) -> None:
    """Writes a compact copy of a database to a new file."""
    try:
        # From a snapshot of a reader's own; writers go on meanwhile.
        with storage.lock if storage.in_memory else nullcontext():
            reader = storage.reader()
            if storage.mode == "read":
                reader.execute("PRAGMA query_only = OFF")  # which counts a copy as a write
            try:
                reader.execute("VACUUM INTO ?", (target,))
            finally:
                if storage.mode == "read":
                    reader.execute("PRAGMA query_only = ON")
    except apsw.Error as fault:
        raise storage.translated(fault) from fault
    storage.require_still()
    if storage.address.files is None:
        seal_pages(target)


def take_over(source: Storage, target: Storage) -> None:
    """Fills a new database in memory with everything another of today's format has."""
    try:
        with (
            source.lock if source.in_memory else nullcontext(),
            target.writer.backup("main", source.reader(), "main") as pages,
        ):
            pages.step()  # all of them, from one snapshot
    except apsw.Error as fault:
        raise source.translated(fault) from fault
    source.require_still()
