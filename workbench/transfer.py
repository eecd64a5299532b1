"""Import and export: items between a table and lines of JSON.

An import reads all lines before it writes their items, in the order of their keys and in groups:
a group is written in one transaction, and is whole or not there. Lines too are taken in groups:
when one is refused, what was on the groups before its own is written, and nothing of its own.
An export is the table as of one moment, whatever is written to it meanwhile.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, TextIO
from uuid import uuid4

from ddblite.api.python.database import Database
from ddblite.api.python.table import Table
from ddblite.engine.bulk import BulkWriter
from ddblite.engine.maintenance.backup import (
    FOR_ME_ALONE,
    READING_AND_WRITING,
    flush,
    give_rights,
    hidden_beside,
    make_private,
)
from ddblite.schema.errors import DdbError, FileError, RequestError, ResourceNotFoundException
from ddblite.schema.requests import PutItem
from ddblite.schema.tables import KeyPart
from ddblite.workbench.item_lines import WRITERS, Line, LineError, read_lines
from ddblite.workbench.key_option import read_key
from ddblite.workbench.pages import Pages

GROUP_ITEMS_MAX: Final = 1000
GROUP_BYTES_MAX: Final = 16 * 1024 * 1024
"""Of lines: bounds the memory of a group of large items."""

Progress = Callable[[int, int], None]
"""Is told, after every group, the bytes that were done since and the items that were written."""


def unheard(_bytes: int, _items: int) -> None:
    """Is told about progress where nobody looks."""


class ImportStopped(DdbError):  # noqa: N818 - what was written stays
    """An import was not carried out as a whole; ``written`` items were written all the same."""

    def __init__(self, cause: DdbError, written: int) -> None:
        super().__init__(f"{cause.message} ({written:,} items were written before)")
        self.written = written


def table_to_fill(
    database: Database,
    name: str,
    partition_key: str | None = None,
    sort_key: str | None = None,
    *,
    wanted: str = "--partition-key NAME:TYPE",
) -> Table:
    """Returns the table, made if it is described and not there yet, or raises DdbError.

    ``wanted`` is how the caller's user describes one.
    """
    keys = [read_key(key) for key in (partition_key, sort_key) if key is not None]
    try:
        table = database.table(name)
    except ResourceNotFoundException:
        if partition_key is None:
            raise DdbError(f"There is no table {name}; {wanted} describes a new one") from None
        return database.create_table(
            name, partition_key=keys[0], sort_key=keys[1] if len(keys) > 1 else None
        )
    if keys and [KeyPart(*key) for key in keys] != list(table.spec.parts):
        key = ", ".join(f"{part.name}:{part.kind}" for part in table.spec.parts)
        raise DdbError(f"The table {name} is there already, and its key is {key}")
    return table


def import_items(table: Table, source: BinaryIO, progress: Progress = unheard) -> int:
    """Writes the items of a stream and returns how many lines had one, or raises ImportStopped."""
    written = 0
    try:
        with BulkWriter(table.engine, table.name) as bulk:
            told = Halves(progress)
            refused = collect(table, source, bulk, told)
            for items in bulk.write():
                written += items
                told.wrote(items, bulk.count)
            count = bulk.count
    except (RequestError, FileError) as error:
        raise ImportStopped(error, written) from error
    except KeyboardInterrupt:
        raise ImportStopped(DdbError("stopped"), written) from None
    if refused is not None:
        raise ImportStopped(refused, count) from refused
    return count


def collect(table: Table, source: BinaryIO, bulk: BulkWriter, told: "Halves") -> LineError | None:
    """Takes the groups of a stream before that of a refused line; returns what is wrong with it."""
    try:
        for group in groups(read_lines(source, table.spec.key.partition[0].name)):
            take(table, group, bulk)
            told.read(sum(line.size for line in group))
    except LineError as error:
        return error
    return None


def take(table: Table, group: list[Line], bulk: BulkWriter) -> None:
    """Takes a group to be written, or raises LineError with the line that is refused."""
    try:
        bulk.add([line.item for line in group])
    except RequestError as error:
        raise refused_line(table, group) from error


class Halves:
    """Tells about an import's progress: half of the bytes when they are read, half when written."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.bytes_left = 0

    def read(self, size: int) -> None:
        """Tells that lines were read."""
        self.progress(size // 2, 0)
        self.bytes_left += size - size // 2

    def wrote(self, items: int, of_items: int) -> None:
        """Tells that a part of the items was written."""
        self.progress(self.bytes_left * items // of_items, items)


def groups(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Gives lines in groups that are taken together."""
    group: list[Line] = []
    size = 0
    for line in lines:
        group.append(line)
        size += line.size
        if len(group) >= GROUP_ITEMS_MAX or size >= GROUP_BYTES_MAX:
            yield group
            group, size = [], 0
    if group:
        yield group


def refused_line(table: Table, group: list[Line]) -> LineError:
    """Returns the error of the first line that is refused, found by putting item by item.

    What that writes is undone again.
    """

    def first_refused() -> LineError:
        found: list[LineError] = []
        with suppress(Undone), table.engine.write():
            for line in group:
                try:
                    table.engine.execute(PutItem(table_name=table.name, item=line.item))
                except RequestError as error:
                    found.append(LineError(line.number, error))
                    raise Undone from None
            raise AssertionError("a group is refused for one of its lines")  # pragma: no cover
        return found[0]

    return table.engine.guarded(first_refused)


class Undone(Exception):  # noqa: N818 - it ends a trial, and is no fault
    """Takes back what a trial wrote."""


def export_items(table: Table, target: TextIO, kind: str, progress: Progress = unheard) -> int:
    """Writes all items to a text stream, one per line, and returns how many there were."""

    def write_all() -> int:
        with table.engine.storage.snapshot():
            return write_items(table.scan().pages(), target, kind, progress)

    return table.engine.guarded(write_all)


def write_items(pages: Pages, target: TextIO, kind: str, progress: Progress = unheard) -> int:
    """Writes items to a text stream, one per line, and returns how many there were."""
    encode = WRITERS[kind]
    count = 0
    for page in pages:
        target.writelines(encode(item) + "\n" for item in page)
        count += len(page)
        progress(0, len(page))
    return count


@contextmanager
def new_file(path: Path, database_path: str) -> Iterator[TextIO]:
    """Opens a file for an export. It gets its name when it is whole; before, it is hidden.

    It may be read by those who may read the file that it replaces, or else the database. What is
    no regular file (a pipe, a device) is written to as it is.
    """
    try:
        refuse_database(path, database_path)
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8") as stream:
                yield stream
            return
        target = path.resolve()
        original = target if target.exists() else Path(database_path)
        part = hidden_beside(target, str(uuid4()))
        make_private(part, FOR_ME_ALONE if original.exists() else READING_AND_WRITING)
        try:
            with part.open("r+", encoding="utf-8", newline="\n") as stream:
                give_rights(part, original)
                yield stream
            flush(part)
            part.replace(target)
            flush(target.parent)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    except OSError as fault:
        raise FileError(f"{path}: {fault.strerror or fault}") from fault


def refuse_database(path: Path, database_path: str) -> None:
    """Raises when an export would take the place of the database it comes from."""
    database = Path(database_path)
    if path.exists() and database.exists() and path.samefile(database):
        raise FileError(f"{path} is the database itself")


@contextmanager
def opened_source(name: str, standard_input: BinaryIO) -> Iterator[BinaryIO]:
    """Opens what an import reads; ``-`` is standard input."""
    if name == "-":
        yield standard_input
        return
    try:
        stream = Path(name).open("rb")  # noqa: SIM115 - closed below, and its reader may fail too
    except OSError as fault:
        raise FileError(f"{name}: {fault.strerror or fault}") from fault
    with stream:
        yield stream
