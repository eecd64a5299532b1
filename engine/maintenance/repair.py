"""Repair: every item of a damaged file that can still be read, written into a new file.

The damaged file is only read, without SQLite (``engine.maintenance.salvage``), and stays as it is.
What is written is proven: by its seal, a row belongs to its table and key, and is what was written.
Tables are made as their definitions say or, where one is lost, as their items show; indexes anew
from the items. An item whose row is lost is taken from the entry of an index that carries it whole.
The new file is checked before it gets its name, and everything that could not be read is told in
sentences.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ddblite.engine import catalog
from ddblite.engine.clock import SystemClock
from ddblite.engine.file import bare_files
from ddblite.engine.file.bare_pages import Pages
from ddblite.engine.file.inspection import fault_words, inspect_key, is_regular_file
from ddblite.engine.file.opening import encrypted_files, located, open_storage
from ddblite.engine.file.storage import Storage
from ddblite.engine.items import Packed, read_item
from ddblite.engine.keys import decode_key, encode
from ddblite.engine.maintenance import backup, guessed_tables, salvaged_tables
from ddblite.engine.maintenance.check import Progress, unheard
from ddblite.engine.maintenance.proofs import index_name
from ddblite.engine.maintenance.salvage import Salvage
from ddblite.engine.maintenance.salvaged_tables import Definition, Row
from ddblite.engine.transaction import Transaction, write_through
from ddblite.schema import values
from ddblite.schema.errors import Busy, DdbError, FileError
from ddblite.schema.tables import TableSpec

if TYPE_CHECKING:
    from ddblite.engine.file.encryption import EncryptedFiles

GROUP_ITEMS: Final = 500
"""Items of one transaction."""

FREE_UNKNOWN: Final = "which pages are free is not known: what was changed or removed may be back"

CLOCK: Final = SystemClock()


@dataclass(frozen=True, slots=True)
class Repaired:
    """How many items each table of the new file has, and what could not be read, in sentences."""

    items: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


def repair(
    damaged: str,
    new: str,
    progress: Progress = unheard,
    key: str | bytes | None = None,
) -> Repaired:
    """Writes what can be read of a damaged file into a new one, which must not exist yet.

    ``progress`` is told, now and then, how many items were written since. ``key`` is that of an
    encrypted file; the new one has it too. Raises FileError where
    there is nothing to be read, or no file to be written.
    """
    try:
        backup.refuse_no_name(new)
        target = Path(new).absolute()
        files = encrypted_files(key)
        inspect(damaged, files)
        backup.refuse_target(target, new, "a repair")
        with (
            bare_files.told_of(damaged),
            bare_files.opened(damaged, bare_files.LOOK, files) as file,
        ):
            stamp = bare_files.stamp_of(damaged)
            salvage = Salvage(Pages(file, damaged, files))
            definitions = salvaged_tables.definitions(salvage)
            definitions += guessed_definitions(salvage, definitions)
            if not (definitions or salvage.pages.is_ours):
                raise FileError(f"{damaged}: no table of ddblite's can be read in it")
            part = backup.hidden_beside(target, CLOCK.new_id())
            backup.make_private(part)
            try:
                repaired = write_new(salvage, definitions, str(part), progress, files)
                if bare_files.stamp_of(damaged) != stamp:
                    raise Busy(f"{damaged} was changed while it was read; end what writes it")
                backup.verify(part, files)
                backup.flush(part)
                backup.give_rights(part, Path(damaged))
                backup.give_name(part, target)
                backup.flush(target.parent)
            finally:
                for suffix in ("", "-wal", "-shm", "-journal"):
                    with suppress(OSError):
                        Path(f"{part}{suffix}").unlink(missing_ok=True)
    except OSError as fault:
        raise FileError(f"{new}: {fault_words(fault)}") from fault
    return repaired


def inspect(path: str, files: "EncryptedFiles | None") -> None:
    """Raises when a file cannot be read as it lies."""
    if not is_regular_file(path):
        raise FileError(f"{path}: there is no such file")
    try:
        inspect_key(path, bare_files.header_of(path), files)
    except DdbError as error:
        raise located(path, error) from error
    if bare_files.is_in_use(path):
        raise Busy(f"{path} is in use; end the programs that have it open, and repair it then")


def write_new(
    salvage: Salvage,
    definitions: list[Definition],
    path: str,
    progress: Progress,
    files: "EncryptedFiles | None",
) -> Repaired:
    """Makes the new file, and returns what is in it and what is not."""
    storage, picture = open_storage(
        path, mode="create", durability="none", reading=catalog.load, files=files
    )
    repaired = Repaired()
    try:
        writing = Writing(storage, picture, progress)
        repaired.lost.extend(losses_of_file(salvage, definitions))
        for definition in definitions:
            lost = writing.table(salvage, definition)
            repaired.items[definition.spec.name] = writing.written
            repaired.lost.extend(lost)
        if writing.looked_astray and salvage.stray and not salvage.knows_free:
            repaired.lost.append(FREE_UNKNOWN)
        with storage.write():
            for token in salvaged_tables.tokens(salvage):
                storage.execute(salvaged_tables.INSERT_TOKEN, token)
    finally:
        storage.close()
    return repaired


def guessed_definitions(salvage: Salvage, known: list[Definition]) -> Iterator[Definition]:
    """Gives the tables whose definitions are lost, as their items show them."""
    taken = {definition.spec.name for definition in known}
    for number in sorted(
        salvaged_tables.numbers(salvage) - {definition.spec.number for definition in known}
    ):
        guessed = guessed_tables.definition_of(salvage, number, CLOCK)
        if guessed is not None and guessed.spec.name not in taken:
            taken.add(guessed.spec.name)
            yield guessed


def losses_of_file(salvage: Salvage, definitions: list[Definition]) -> Iterator[str]:
    """Gives what is wrong with the file beyond its tables' rows."""
    if salvage.pages.lost_transactions:
        lost = salvage.pages.lost_transactions
        yield f"the log ends in a damaged frame: {lost} transactions behind it are lost"
    names = dict(names_of_trees(definitions))
    for number, tree in sorted(salvage.damaged.items()):
        yield f"page {number} is damaged" + (f" ({names.get(tree, tree)})" if tree else "")
    for definition in definitions:
        if definition.item_count is None:
            table = definition.spec
            key = " and ".join(table.key_names)
            yield (
                f"table {table.name}, number {table.number}: its definition is lost, with settings"
                f" and indexes; its items have the key {key}"
            )
    known = {definition.spec.number for definition in definitions}
    for number in sorted(salvaged_tables.numbers(salvage) - known):
        yield f"table number {number}: its definition is lost, and no item of it can be read"


def names_of_trees(definitions: list[Definition]) -> Iterator[tuple[str, str]]:
    """Gives the trees of tables and indexes with what they are to a user."""
    for definition in definitions:
        table = definition.spec
        for kind in ("items", "bodies"):
            yield f"{kind}_{table.number}", f"table {table.name}"
        for index in table.indexes.values():
            for kind in ("index", "bodies"):
                yield f"{kind}_{index.number}", index_name(table, index)


@dataclass(slots=True)
class Writing:
    """The new file, while it is filled table by table."""

    storage: Storage
    picture: catalog.Catalog
    progress: Progress
    written: int = 0
    looked_astray: bool = False

    def table(self, salvage: Salvage, definition: Definition) -> Iterator[str]:
        """Makes a table, with the items that are found; returns what is lost of it."""
        old = definition.spec
        with self.storage.write():
            self.picture = catalog.add_table(
                self.storage, self.picture, old.definition, old.table_id, old.created_at_s
            )
        new = self.picture.existing_table(old.name)
        self.written = 0
        rows = salvaged_tables.Rows(salvage, old)
        twice = self.keep(new, rows.items())
        if self.written != definition.item_count:
            twice += self.keep(new, rows.stray_items())
            self.looked_astray = True
            self.keep(new, rows.items_without_rows(), is_copy=True)
            self.keep(new, rows.items_in_indexes(), is_copy=True)
            rows.hear_of_keys()
        lost = [key for key in sorted(rows.doubtful) if read_item(self.storage, new, key) is None]
        return told(old, definition.item_count, self.written, lost, twice, rows.nameless)

    def keep(self, table: TableSpec, rows: Iterator[Row], *, is_copy: bool = False) -> list[bytes]:
        """Writes items, in groups, and returns the keys of those that were there with others."""
        twice: list[bytes] = []
        while group := list(islice(rows, GROUP_ITEMS)):
            with self.storage.write():
                transaction = Transaction(self.storage, self.picture, CLOCK)
                for row in group:
                    before = read_item(self.storage, table, row.key)
                    if before is None:
                        packed = Packed(row.item, row.size, row.body)
                        write_through(transaction, table, row.key, None, packed)
                        self.written += 1
                    elif not is_copy and not values.equal(before.item, row.item):
                        twice.append(row.key)
                transaction.flush_counts()
            self.progress(len(group))
        return twice


def told(
    table: TableSpec,
    counted: int | None,
    written: int,
    lost: list[bytes],
    twice: list[bytes],
    nameless: int,
) -> Iterator[str]:
    """Gives what is to be said of a table."""
    where = f"table {table.name}"
    if counted is not None and written != counted:
        yield f"{where}: {written} items could be read, and {counted} were counted"
    for key in lost:
        yield f"{where}: row {shown(table, key)} cannot be read"
    if nameless:
        yield f"{where}: {nameless} damaged rows have no key that could be read"
    for key in twice:
        yield f"{where}: row {shown(table, key)} was there twice; the first was kept"


def shown(table: TableSpec, key: bytes) -> str:
    """Returns a key for people: in bytes and, where they are those of one, its attributes."""
    with suppress(ValueError, IndexError, ArithmeticError):
        attributes, end = decode_key(table.parts, key)
        if end == len(key) and encode(table.key, attributes) == key:
            shown_parts = (f"{name} = {part!s}" for name, part in attributes.items())
            return f"{key.hex()} ({', '.join(shown_parts)})"
    return key.hex()
