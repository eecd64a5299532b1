"""Everything that is done to the files of a folder, step by step, and faults where they are wanted.

``install`` puts a layer below all of SQLite's files, and below what Python does to folders, for as
long as the process lives; it is installed before a database is opened, so that whatever the product
puts over it (checksums of pages) is in the bytes that are seen here. What is done in a folder for
which there is a ``Recording`` is noted there, in its order. Nothing is flushed for it: who asks
what a power cut leaves of the files asks ``power.Disk``.

Memory that processes share (``-shm``) is no part of it: SQLite makes it anew after a crash.
"""

import errno
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import apsw

from power import Disk, Step, disk_of


@dataclass
class Fault:
    """What fails: the n-th step of a kind from now on, with a code of SQLite's; once, or always."""

    what: str
    after: int
    code: int
    is_lasting: bool
    struck: bool = False

    def strike(self, what: str) -> None:
        """Raises when it is this step that fails."""
        if what != self.what or (self.struck and not self.is_lasting):
            return
        self.after -= 1
        if self.after < 0:
            self.struck = True
            raise apsw.exception_for(self.code)


class Recording:
    """What was done in one folder; the files in it are those of a disk, and known by numbers."""

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        self.folder = os.path.realpath(folder)
        self.disk = disk or Disk()
        self.files = dict(self.disk.names_now())
        self.newest = self.disk.newest_file()
        self.steps: list[Step] = []
        self.fault: Fault | None = None

    def __enter__(self) -> Self:
        recordings[self.folder] = self
        return self

    def __exit__(self, *error: object) -> None:
        del recordings[self.folder]

    def note(self, step: Step) -> None:
        """Notes what was done."""
        self.steps.append(step)

    def strike(self, what: str) -> None:
        """Raises when this is where a fault is."""
        if self.fault is not None:
            self.fault.strike(what)

    def made(self, name: str) -> int:
        """Returns the number of a file; of one that is new, a new one."""
        if name not in self.files:
            self.newest += 1
            self.renamed((name, self.newest))
        return self.files[name]

    def renamed(self, *names: tuple[str, int | None]) -> None:
        """Notes to which files names lead from now on; None for those that are gone."""
        for name, file in names:
            if file is None:
                self.files.pop(name, None)
            else:
                self.files[name] = file
        self.note(Step("names", names=names))

    def begin_with(self, files: dict[str, bytes]) -> None:
        """Begins with files that are durable already."""
        self.disk = disk_of(files, is_strict=self.disk.is_strict)
        self.files = dict(self.disk.names)
        self.newest = self.disk.newest_file()

    def begin_here(self) -> None:
        """Forgets the steps so far, which are what the disk has seen."""
        for step in self.steps:
            self.disk.take(step)
        self.steps.clear()

    def digest(self) -> str:
        """Returns what is equal for equal steps alone."""
        found = hashlib.sha256()
        for step in self.steps:
            found.update(f"{step._replace(data=b'')}".encode())
            found.update(step.data)
        return found.hexdigest()


recordings: Final[dict[str, Recording]] = {}


def recording_of(path: str | os.PathLike[str]) -> tuple[Recording | None, str]:
    """Returns who records what happens to a path, and the file's name."""
    folder, name = os.path.split(os.path.abspath(os.fspath(path)))  # noqa: PTH100 - often called
    return recordings.get(folder), name


# --- below SQLite

DURABLE_WITH_FOLDER: Final = (
    apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_SUPER_JOURNAL
)
"""SQLite flushes the folder with the first flush of such a file, if it may have made it."""


class RecordedFile(apsw.VFSFile):
    """A file in a folder that is recorded."""

    def __init__(self, name: Any, flags: list[int], recording: Recording, base: str) -> None:  # noqa: ANN401
        self.recording = recording
        recording.strike("open")
        given = flags[0]
        super().__init__(filesystem.below, name, flags)
        self.file = recording.made(base)
        made = given & apsw.SQLITE_OPEN_CREATE and given & DURABLE_WITH_FOLDER
        self.flushes_folder = bool(made)

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - SQLite's name
        """Reads, or fails."""
        self.recording.strike("read")
        return super().xRead(amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        """Writes and notes it, or fails."""
        self.recording.strike("write")
        super().xWrite(data, offset)
        self.recording.note(Step("write", self.file, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's name
        """Cuts the file off and notes it, or fails."""
        self.recording.strike("truncate")
        super().xTruncate(newsize)
        self.recording.note(Step("truncate", self.file, newsize))

    def xSync(self, flags: int) -> None:  # noqa: ARG002, N802 - SQLite's name
        """Notes a flush, or fails; what is recorded needs none."""
        self.recording.strike("sync")
        self.recording.note(Step("sync", self.file))
        if self.flushes_folder:
            self.recording.note(Step("sync folder"))
            self.flushes_folder = False


class RecordedFiles(apsw.VFS):
    """SQLite's own file layer, but for the folders that are recorded, and with settled dice."""

    def __init__(self) -> None:
        self.below = apsw.vfs_names()[0]
        self.random: Callable[[int], bytes] = os.urandom  # and what that is for others
        super().__init__("recorded", self.below, makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: ANN401, N802 - SQLite's name
        """Opens a file, recorded if it is in such a folder."""
        if name is not None:
            path = name.filename() if isinstance(name, apsw.URIFilename) else name
            recording, base = recording_of(path)
            if recording is not None:
                return RecordedFile(name, flags, recording, base)
        return apsw.VFSFile(self.below, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: FBT001, N802 - SQLite's name
        """Removes a file and notes it, or fails."""
        recording, base = recording_of(filename)
        if recording is not None:
            recording.strike("remove")
        super().xDelete(filename, False if recording else syncdir)
        if recording is not None:
            recording.renamed((base, None))
            if syncdir:
                recording.note(Step("sync folder"))

    def xRandomness(self, numbytes: int) -> bytes:  # noqa: N802 - SQLite's name
        """Returns what SQLite's own dice begin with."""
        return self.random(numbytes)


# --- below Python


def watched(name: str, note: Callable[..., None]) -> None:
    """Makes a function of ``os`` tell what it has done."""
    function = getattr(os, name)

    def noting(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever it takes
        if name == "fsync":
            return note(*arguments)  # which is not done at all where it is recorded
        before = os.path.lexists(arguments[0]) if name == "open" else True
        answer = function(*arguments, **options)
        if name != "open" or not before:
            note(*arguments)
        return answer

    setattr(os, name, noting)


def note_removal(path: Any, *_rest: Any) -> None:  # noqa: ANN401
    """Notes that a name is gone."""
    recording, name = recording_of(path)
    if recording is not None:
        recording.renamed((name, None))


def note_link(source: Any, target: Any) -> None:  # noqa: ANN401
    """Notes a second name of a file."""
    recording, name = recording_of(target)
    if recording is not None:
        recording.renamed((name, recording.made(recording_of(source)[1])))


def note_rename(source: Any, target: Any) -> None:  # noqa: ANN401
    """Notes that a file has another name; that is one step."""
    recording, name = recording_of(target)
    if recording is not None:
        base = recording_of(source)[1]
        recording.renamed((base, None), (name, recording.made(base)))


def note_opening(path: Any, flags: int, *_rest: Any) -> None:  # noqa: ANN401
    """Notes a file that was made."""
    recording, name = recording_of(path)
    if recording is not None and flags & os.O_CREAT:
        recording.made(name)


def note_flush(descriptor: int) -> None:
    """Notes the flush of a file or of a folder."""
    path = descriptor_path(descriptor)
    if path in recordings:
        recordings[path].note(Step("sync folder"))
        return
    recording, name = recording_of(path)
    if recording is not None:
        recording.note(Step("sync", recording.made(name)))


def descriptor_path(descriptor: int) -> str:
    """Returns where an open file or folder is; what is not recorded may be nowhere."""
    found = os.fstat(descriptor)
    for folder, recording in recordings.items():
        for path in (folder, *(f"{folder}/{name}" for name in recording.files)):
            try:
                if os.path.samestat(found, os.stat(path)):  # noqa: PTH116 - it is compared as it is
                    return path
            except OSError as fault:
                if fault.errno != errno.ENOENT:
                    raise
    return ""


WATCHED: Final[dict[str, Callable[..., None]]] = {
    "fsync": note_flush,
    "link": note_link,
    "open": note_opening,
    "remove": note_removal,
    "rename": note_rename,
    "replace": note_rename,
    "unlink": note_removal,
}

filesystem: RecordedFiles


def install() -> RecordedFiles:
    """Puts the layer below everything; once, before a database is opened."""
    global filesystem  # noqa: PLW0603 - SQLite's file layers belong to the process
    filesystem = RecordedFiles()
    for name, note in WATCHED.items():
        watched(name, note)
    os.urandom = lambda size: filesystem.random(size)  # noqa: PLW0108 - which is replaced later
    return filesystem
