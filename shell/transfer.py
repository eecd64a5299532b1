"""Import and export: items between a table and lines of JSON.

An import writes a group of items in one transaction: a group is whole or not there. When a
line is refused, the groups before its group stay, and nothing of its group is written.
An export is the table as of one moment, whatever is written to it meanwhile.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, TextIO
from uuid import uuid4

from ddblite.api.database import Database
from ddblite.api.table import Table
from ddblite.engine.backup import flush, give_rights, hidden_beside
from ddblite.schema.errors import DdbError, FileError, RequestError, ResourceNotFoundException
from ddblite.schema.requests import BatchPut, LoadItems, PutItem
from ddblite.schema.tables import KeyPart
from ddblite.shell.item_lines import WRITERS, Line, LineError, read_lines
from ddblite.shell.keys import read_key
from ddblite.shell.pages import Pages

GROUP_ITEMS_MAX: Final = 1000
GROUP_BYTES_MAX: Final = 16 * 1024 * 1024
"""Of lines: bounds the memory of a group of large items."""

Progress = Callable[[int, int], None]
"""Is told, after every group, the bytes and the items that it added."""


def unheard(_bytes: int, _items: int) -> None:
    """Is told about progress where nobody looks."""


class ImportStopped(DdbError):  # noqa: N818 - what was written stays
    """A line could not be imported; ``written`` items of the groups before its own were."""

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
        for group in groups(read_lines(source, table.spec.partition.name)):
            load(table, group)
            written += len(group)
            progress(sum(line.size for line in group), len(group))
    except (LineError, FileError) as error:
        raise ImportStopped(error, written) from error
    except KeyboardInterrupt:
        raise ImportStopped(DdbError("stopped"), written) from None
    return written


def groups(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Gives lines in groups that are written together."""
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


def load(table: Table, group: list[Line]) -> None:
    """Writes a group in one transaction, or raises LineError with the line that is refused."""
    try:
        write(table, latest(table, group))
    except RequestError as error:
        raise refused_line(table, group) from error


def latest(table: Table, group: list[Line]) -> list[Line]:
    """Returns the lines of a group without those whose key comes again further down.

    A line without a key of the right types stays: it is the engine that says what is wrong.
    """
    by_key: dict[object, Line] = {}
    for line in group:
        key = tuple((type(part) is bool, part) for part in map(line.item.get, table.spec.key_names))
        try:
            by_key[key] = line
        except TypeError:
            by_key[line.number] = line
    return list(by_key.values())


def write(table: Table, lines: list[Line]) -> None:
    """Writes the items of some lines in one transaction."""
    puts = [BatchPut(item=line.item) for line in lines]
    table.engine.execute(LoadItems(tables={table.name: puts}))


def refused_line(table: Table, group: list[Line]) -> LineError:
    """Returns the error of the first line that is refused, found by putting item by item.

    What that writes is undone again.
    """

    def first_refused() -> LineError:
        with suppress(Undone), table.engine.write():
            for line in group:
                try:
                    table.engine.execute(PutItem(table_name=table.name, item=line.item))
                except RequestError as error:
                    found = LineError(line.number, error)
                    raise Undone from None
            raise AssertionError("a group is refused for one of its lines")  # pragma: no cover
        return found

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

    What is no regular file (a pipe, a device) is written to as it is.
    """
    try:
        refuse_database(path, database_path)
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8") as stream:
                yield stream
            return
        target = path.resolve()
        part = hidden_beside(target, str(uuid4()))
        try:
            with part.open("w", encoding="utf-8", newline="\n") as stream:
                if target.exists():
                    give_rights(part, target)
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
