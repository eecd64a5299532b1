"""Upgrades: a file of an earlier format is built anew beside the old one, which stays as it is.

The old file is locked against everybody from before it is read until the new one has its name. The
new one is built under a hidden name, checked and flushed; then the old one gets a second name,
``shop.ddb.format1``, and the new one takes the first. So whenever this is cut short, the name leads
to the whole old file or to the whole new one. Nothing of the old file is changed, but that a log
which a crash has left beside it is merged first.

Files are upgraded when they are opened for writing, by whoever does so; a second program that wants
the same at the same time waits for a while.
"""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ddblite.engine import catalog
from ddblite.engine.clock import SystemClock
from ddblite.engine.file import bare_files, fileformat
from ddblite.engine.file.bare_files import Journal
from ddblite.engine.file.connections import Address
from ddblite.engine.file.faults import BUSY_TIMEOUT_MS
from ddblite.engine.file.inspection import Outdated, fault_words, inspect_database
from ddblite.engine.file.opening import Content, Reading, open_storage
from ddblite.engine.file.storage import Storage
from ddblite.engine.maintenance import backup
from ddblite.engine.maintenance.check import Progress, unheard
from ddblite.engine.maintenance.rewriting import rewrite
from ddblite.schema.errors import Busy, Corrupt, FileError, ReadOnly

if TYPE_CHECKING:
    from ddblite.engine.file.encryption import EncryptedFiles

WAIT_MS: Final = BUSY_TIMEOUT_MS
"""How long somebody else may have the file open, or be upgrading it."""

ATTEMPTS_MAX: Final = 100
"""So often may others be quicker."""

COPIED_AT_ONCE: Final = 1024 * 1024

CLOCK: Final = SystemClock()


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What was done: the format that the file had, and where it is as it was."""

    path: str
    from_format: int
    backup: str

    def __str__(self) -> str:
        return (
            f"{self.path} was upgraded from format {self.from_format} to format"
            f" {fileformat.FORMAT_NUMBER}; the old file is now {self.backup}"
        )


def open_newest(
    path: str,
    *,
    mode: str,
    durability: str,
    reading: Reading[Content],
    files: "EncryptedFiles | None",
) -> tuple[Storage, Content, Upgraded | None]:
    """Opens a file as ``open_storage`` does; one that is to be written is upgraded if need be."""
    upgraded = None
    for _ in range(ATTEMPTS_MAX):
        try:
            storage, content = open_storage(
                path, mode=mode, durability=durability, reading=reading, files=files
            )
        except Outdated:
            upgraded = (upgrade(path) if mode != "read" else None) or upgraded
        else:
            return storage, content, upgraded
    raise Busy(f"{path} is replaced again and again")


def upgrade(
    path: str, progress: Progress = unheard, files: "EncryptedFiles | None" = None
) -> Upgraded | None:
    """Brings a file to the format of today; returns None where it has it.

    ``progress`` is told, now and then, how many rows were written since. Raises Busy when somebody
    has the file open. An encrypted file, which takes ``files``, has the format of today: there
    were none before.
    """
    # What a crash has left beside it becomes a part of it, or it is refused.
    try:
        storage, _ = open_storage(
            path, mode="read", durability="power", reading=catalog.load, files=files
        )
    except Outdated:  # by somebody else, just now
        return None
    storage.close()
    if storage.format_number == fileformat.FORMAT_NUMBER:
        return None
    try:
        replacing = Replacing(path, Path(storage.path), storage.format_number)
        return replacing.carry_out(CLOCK.new_id(), progress)
    except OSError as fault:
        raise FileError(f"{path} cannot be upgraded: {fault_words(fault)}") from fault


@contextmanager
def alone_soon(path: str, what: str) -> Iterator[None]:
    """Keeps everybody else from opening a file; waits a little for who has it open, or raises."""
    deadline = time.monotonic() + WAIT_MS / 1000
    while True:
        with bare_files.alone_with(path) as is_alone:
            if is_alone:
                yield
                return
        if time.monotonic() > deadline:
            raise Busy(f"{what} and cannot be upgraded while it is open; close it everywhere first")
        time.sleep(0.01)


@dataclass(frozen=True, slots=True)
class Replacing:
    """A file that is to be replaced; ``place`` is where it is, behind any link."""

    path: str
    place: Path
    number: int

    @property
    def what(self) -> str:
        """How sentences about it begin."""
        return f"{self.path} has format {self.number}"

    def carry_out(self, new_id: str, progress: Progress) -> Upgraded | None:
        """Replaces the file; returns None when somebody else has done so meanwhile."""
        self.refuse_closed()
        part = backup.hidden_beside(self.place, new_id)
        # Until the end of the block, so that the lock can be let go of within it.
        with ExitStack() as held:
            held.enter_context(alone_soon(str(self.place), self.what))
            if bare_files.header_of(str(self.place)).format_number != self.number:
                return None
            self.refuse_changes()
            kept = self.name_of_backup()
            try:
                self.build(part, progress)
                self.keep(kept, new_id)
                if os.name == "nt":  # pragma: no cover - an open file keeps its name there
                    held.close()
                part.replace(self.place)
            except BaseException:
                self.forget(kept)
                raise
            finally:
                remove(part)
            backup.flush(self.place.parent)
        return Upgraded(self.path, self.number, str(kept))

    def refuse_closed(self) -> None:
        """Raises when this process may not write the file, or nothing beside it."""
        for place in (self.place, self.place.parent):
            if not os.access(place, os.W_OK):
                raise ReadOnly(
                    f"{self.what} and is upgraded before it is written, but {place} cannot be"
                    " written; mode='read' reads it as it is"
                )

    def refuse_changes(self) -> None:
        """Raises when there is more of the file than itself, or it has another name of its own."""
        place = str(self.place)
        if (
            bare_files.holds_something(Path(f"{place}-wal"))
            or bare_files.journal_of(place) is not Journal.NONE
        ):
            raise Busy(f"{self.what}, and a program that changed it was killed just now; ask again")
        remove(self.place, of_itself=False)
        names = 2 if is_same(self.name_of_backup(), self.place) else 1
        if self.place.stat().st_nlink > names:
            raise FileError(
                f"{self.what} and has another name (a hard link), which an upgrade would leave"
                " behind; remove the other name, or upgrade a copy"
            )

    def name_of_backup(self) -> Path:
        """Returns a name that nothing has, or that a killed upgrade gave the file."""
        for number in count(1):
            ending = "" if number == 1 else f".{number}"
            name = self.place.with_name(f"{self.place.name}.format{self.number}{ending}")
            if not os.path.lexists(name) or is_same(name, self.place):
                return name
        raise AssertionError("numbers do not end")  # pragma: no cover

    def build(self, part: Path, progress: Progress) -> None:
        """Writes the new file under its hidden name, checked and flushed."""
        # As it lies: the lock is this process's own, and SQLite would wait for it.
        source = Storage(Address(str(self.place), "read", "none", immutable=True))
        try:
            inspect_database(source)
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, backup.FOR_ME_ALONE))
            target, _ = open_storage(
                str(part), mode="create", durability="none", reading=catalog.load
            )
            try:
                rewrite(source, target, progress)
            finally:
                target.close()
            backup.verify(part)
        except Corrupt as fault:
            raise Corrupt(
                f"{self.what} and cannot be upgraded, because it is damaged ({fault.message});"
                " repair writes what can be read of it into a new file"
            ) from fault
        except FileError as fault:
            why = fault.message.removeprefix(f"{part}: ")
            raise type(fault)(f"{self.what} and cannot be upgraded: {why}") from fault
        finally:
            source.close()
        if bare_files.holds_something(Path(f"{part}-wal")):  # which verify would have merged
            raise FileError(f"{self.what} and cannot be upgraded: the new file is not whole")
        backup.give_rights(part, self.place)
        backup.flush(part)

    def keep(self, kept: Path, new_id: str) -> None:
        """Gives the old file its second name; where files have but one, to a copy of it."""
        try:
            with suppress(FileExistsError):  # of an upgrade that was killed
                os.link(self.place, kept)
        except OSError:
            self.keep_copy(kept, backup.hidden_beside(kept, new_id))
        backup.flush(self.place.parent)

    def keep_copy(self, kept: Path, part: Path) -> None:
        """Copies the old file, through SQLite's file layer: see ``engine.file.bare_files``."""
        try:
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, backup.FOR_ME_ALONE))
            with (
                part.open("wb") as copy,
                bare_files.opened(str(self.place), bare_files.LOOK) as file,
            ):
                size = file.xFileSize()
                for offset in range(0, size, COPIED_AT_ONCE):
                    length = min(COPIED_AT_ONCE, size - offset)
                    # apsw leaves zeros at the end away.
                    copy.write(file.xRead(length, offset).ljust(length, b"\0"))
            backup.give_rights(part, self.place)
            backup.flush(part)
            backup.give_name(part, kept)
        finally:
            remove(part)

    def forget(self, kept: Path) -> None:
        """Removes the second name of a file that is not replaced."""
        with suppress(OSError):
            if is_same(kept, self.place):
                kept.unlink()


def is_same(name: Path, other: Path) -> bool:
    """Whether two names are of one file."""
    with suppress(OSError):
        return name.samefile(other) and not name.is_symlink()
    return False


def remove(path: Path, *, of_itself: bool = True) -> None:
    """Removes a file and what SQLite puts beside it, as far as it is there."""
    for suffix in ("", "-wal", "-shm", "-journal")[0 if of_itself else 1 :]:
        with suppress(OSError):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
