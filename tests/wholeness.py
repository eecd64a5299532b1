"""What every database must be after every test: whole, and one file."""

from dataclasses import dataclass, field
from pathlib import Path

from ddblite.engine.file.storage import Storage
from ddblite.engine.maintenance import check


@dataclass
class Wholeness:
    """What was found wrong with the databases of a test; ``is_expected`` when it made it so."""

    problems: list[str] = field(default_factory=list)
    paths: set[Path] = field(default_factory=set)
    is_expected: bool = False

    def prove(self, storage: Storage) -> None:
        """Checks an open database, unless it refuses everything by now."""
        if not storage.in_memory:
            self.paths.add(Path(storage.path))
        if storage.failure is None and not self.is_expected:
            self.problems += check.problems(storage)

    def litter(self) -> list[str]:
        """Returns what lies beside the files that were opened."""
        beside = [Path(f"{path}{suffix}") for path in self.paths for suffix in SIDECARS]
        return sorted(path.name for path in beside if path.exists())


SIDECARS = ("-wal", "-shm", "-journal")
