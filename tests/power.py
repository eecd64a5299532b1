"""A disk as power cuts find it: what was flushed is there, the rest in part, torn, or not at all.

Of what was not flushed any part may be there: any writes and cuts of a file in their order, of a
write any of its sectors. The names in a folder are one of two models:

* ordered, as on ext4: a flush of anything makes all earlier changes of names durable, and of the
  later ones the first few are there;
* strict: only a flush of the folder makes them durable, and of the others any may be there.
"""

import random
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Final, NamedTuple

SECTOR_BYTES: Final = 512

Names = tuple[tuple[str, int | None], ...]


class Step(NamedTuple):
    """One thing that was done: to the contents of a file, to the names in the folder, or noted."""

    what: str
    file: int = 0
    offset: int = 0
    data: bytes = b""
    names: tuple[tuple[str, int | None], ...] = ()


class Disk:
    """What is durable of the files in a folder, and what is not yet."""

    def __init__(self, *, is_strict: bool = False) -> None:
        self.is_strict = is_strict
        self.names: dict[str, int] = {}
        self.contents: dict[int, bytes] = {}
        self.renamings: list[Names] = []
        self.changes: dict[int, list[Step]] = {}

    def after(self, steps: Iterable[Step]) -> "Disk":
        """Returns the disk behind some more steps."""
        disk = deepcopy(self)
        for step in steps:
            disk.take(step)
        return disk

    def take(self, step: "Step") -> None:
        """Takes the next step."""
        if step.what in ("write", "truncate"):
            self.changes.setdefault(step.file, []).append(step)
        elif step.what == "names":
            self.renamings.append(step.names)
        elif step.what == "sync":
            content = self.contents.get(step.file, b"")
            self.contents[step.file] = changed(content, self.changes.pop(step.file, ()))
        if step.what == "sync folder" or (step.what == "sync" and not self.is_strict):
            self.names = self.names_now()
            self.renamings.clear()

    def names_now(self) -> dict[str, int]:
        """Returns which names there are, and of which files, as long as the power is on."""
        return renamed(self.names, self.renamings)

    def newest_file(self) -> int:
        """Returns the highest number that a file has."""
        named = (file for names in self.renamings for _, file in names if file)
        return max([0, *self.names.values(), *self.contents, *self.changes, *named])

    def files_now(self) -> dict[str, bytes]:
        """Returns what is in the folder while the power is on, also if the process was killed."""
        return {
            name: changed(self.contents.get(file, b""), self.changes.get(file, ()))
            for name, file in self.names_now().items()
        }

    def files_after_cut(self, dice: random.Random) -> dict[str, bytes]:
        """Returns one of the many things that a power cut may leave in the folder."""
        part = dice.choice((0.0, 1.0, 0.5, dice.random()))
        is_torn = dice.random() < 0.5
        if self.is_strict:
            renamings = [one for one in self.renamings if dice.random() < part]
        else:
            renamings = self.renamings[: dice.randrange(len(self.renamings) + 1)]
        return {
            name: changed(
                self.contents.get(file, b""),
                surviving(self.changes.get(file, ()), dice, part, is_torn=is_torn),
            )
            for name, file in renamed(self.names, renamings).items()
        }


def renamed(names: dict[str, int], renamings: Iterable[Names]) -> dict[str, int]:
    """Returns the names in a folder after some changes."""
    result = dict(names)
    for changes in renamings:
        for name, file in changes:
            if file is None:
                result.pop(name, None)
            else:
                result[name] = file
    return result


def changed(content: bytes, steps: Iterable[Step]) -> bytes:
    """Returns the content of a file after some changes; what was never written is zero."""
    result = bytearray(content)
    for step in steps:
        if step.what == "truncate":
            del result[step.offset :]
            continue
        end = step.offset + len(step.data)
        if len(result) < step.offset:
            result.extend(bytes(step.offset - len(result)))
        result[step.offset : end] = step.data
    return bytes(result)


def surviving(
    steps: Iterable[Step], dice: random.Random, part: float, *, is_torn: bool
) -> Iterator[Step]:
    """Gives what is left of changes that were not flushed."""
    for step in steps:
        if step.what == "truncate" or not is_torn:
            if dice.random() < part:
                yield step
            continue
        for start, end in sectors(step.offset, len(step.data)):
            if dice.random() < part:
                data = step.data[start - step.offset : end - step.offset]
                yield step._replace(offset=start, data=data)


def sectors(offset: int, length: int) -> Iterator[tuple[int, int]]:
    """Gives where the sectors of a write begin and end."""
    start = offset
    while start < offset + length:
        end = min(start - start % SECTOR_BYTES + SECTOR_BYTES, offset + length)
        yield start, end
        start = end


def disk_of(files: dict[str, bytes], *, is_strict: bool) -> Disk:
    """Returns a disk on which some files are durable."""
    disk = Disk(is_strict=is_strict)
    disk.names = {name: number for number, name in enumerate(sorted(files), start=1)}
    disk.contents = {disk.names[name]: content for name, content in files.items()}
    return disk


def put_down(files: dict[str, bytes], folder: Path) -> None:
    """Writes files into a new folder."""
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
