"""A file system that fails when it is told to, below SQLite and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import apsw

from ddblite.engine.file.page_checksums import lay_over_default


@dataclass
class Fault:
    """What fails from now on: a method of the file, and with which of SQLite's codes.

    ``after`` is how often it still works before.
    """

    below: str
    method: str = ""
    code: int = 0
    after: int = 0

    def strike(self, method: str) -> None:
        """Raises when this method is the one that fails."""
        if method != self.method:
            return
        self.after -= 1
        if self.after < 0:
            raise apsw.exception_for(self.code)


class FaultyFile(apsw.VFSFile):
    """A file of the default file system, but for the fault."""

    def __init__(self, name: str | apsw.URIFilename | None, flags: list[int], fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.below, name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        """Writes, or fails."""
        self.fault.strike("write")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        """Flushes, or fails."""
        self.fault.strike("sync")
        super().xSync(flags)

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - SQLite's name
        """Reads, or fails."""
        self.fault.strike("read")
        return super().xRead(amount, offset)


class FaultyFiles(apsw.VFS):
    """The default file system, but for the fault."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__("faulty", fault.below, makedefault=True)

    def xOpen(  # noqa: N802 - SQLite's name
        self, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> FaultyFile:
        """Opens a file that may fail, or fails."""
        self.fault.strike("open")
        return FaultyFile(name, flags, self.fault)


@contextmanager
def faulty_files() -> Iterator[Fault]:
    """Makes all files opened within the block fail on demand."""
    fault = Fault(below=apsw.vfs_names()[0])
    files = FaultyFiles(fault)
    lay_over_default()
    try:
        yield fault
    finally:
        apsw.set_default_vfs(fault.below)
        lay_over_default()
        files.unregister()
