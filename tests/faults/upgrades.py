"""The line "upgrade": a program is killed at any step of upgrading a file of format 1.

A step is a write, flush or removal of SQLite's, or a call of the system that changes names or
flushes. Whatever is left, the file is the whole old one or the whole new one, and the next program
upgrades it, if that is still to be done.
"""

import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Final

import ddblite
import kept_files
from children import start
from faults.lines import Trial
from kept_contents import require_everything
from leftovers import KILLED_AT
from quiet import expecting_upgrades

STEPS_OF_THE_SYSTEM: Final = """
import warnings
warnings.simplefilter("ignore")
if sys.argv[3] == "system":
    File.xWrite, File.xSync = apsw.VFSFile.xWrite, apsw.VFSFile.xSync
    Files.xDelete = apsw.VFS.xDelete
for name in ("link", "replace", "fsync", "unlink"):
    def counted(*given, call=getattr(os, name), **options):
        step()
        return call(*given, **options)
    setattr(os, name, counted)
ddblite.connect(path)
print(int(sys.argv[2]) - last, flush=True)
"""

UPGRADE_KILLED_AT: Final = KILLED_AT.replace("ddblite.connect(path)\n", STEPS_OF_THE_SYSTEM)
"""Upgrades a file, and is killed before the n-th step; prints how many there are if it is not."""

SURVIVING: Final = 10**9


def trial(trial: Trial) -> None:
    """Kills an upgrade, and sees what is left."""
    kill_upgrade(trial.folder, trial.dice.randrange(steps("all")), "all")


@lru_cache
def steps(which: str) -> int:
    """Returns how many steps an upgrade has: of all kinds, or of the system's."""
    with tempfile.TemporaryDirectory(prefix="ddblite-") as folder:
        path = shutil.copy(kept_files.PATHS[1], Path(folder) / "test.ddb")
        printed, complaint = start(UPGRADE_KILLED_AT, path, SURVIVING, which).communicate()
    assert printed, complaint
    return int(printed.split()[0])


def kill_upgrade(folder: Path, step: int, which: str) -> None:
    """Kills an upgrade before a step; the file is whole, and the next program goes on with it."""
    path = Path(shutil.copy(kept_files.PATHS[1], folder / "test.ddb"))
    child = start(UPGRADE_KILLED_AT, path, step, which)
    _, complaint = child.communicate(timeout=60)
    assert child.returncode == -9, complaint
    old = kept_files.PATHS[1].read_bytes()
    backup = folder / "test.ddb.format1"
    is_old = path.read_bytes() == old
    assert is_old or backup.read_bytes() == old
    with ddblite.connect(path, mode="read") as database:
        assert (1 if is_old else 2) == database.engine.storage.format_number
        require_everything(database)
    with expecting_upgrades(), ddblite.connect(path) as database:
        require_everything(database)
    assert backup.read_bytes() == old
    assert 1 == backup.stat().st_nlink
    left = {one.name for one in folder.iterdir() if ".part" not in one.name}
    assert {path.name, backup.name} == left
