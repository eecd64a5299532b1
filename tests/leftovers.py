"""What killed processes and other programs leave beside a file, and how it is refused."""

from pathlib import Path

import pytest

import ddblite
from children import start
from ddblite.api.python.options import Mode
from ddblite.schema.errors import FileError

CRASH = """
import os, sys, ddblite
database = ddblite.connect(sys.argv[1])
table = database.create_table("orders", partition_key="id")
for number in range(200):
    table.put({"id": f"o{number}", "x": "x" * 150})
for number in range(0, 200, 3):
    table.delete(f"o{number}")
database.backup(sys.argv[1] + ".backup")
for number in range(40):
    table.put({"id": f"n{number}"})
os.kill(os.getpid(), 9)
"""

GROW = """
import os, sys, ddblite
database = ddblite.connect(sys.argv[1])
table = database.table("music")
for number in range(400):
    table.put({"artist": f"a{number}", "x": "x" * 400})
database.engine.storage.writer.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
for number in range(10):
    table.put({"artist": f"b{number}"})
os.kill(os.getpid(), 9)
"""
"""Most changes are merged into the file; the last are in the log."""

EDIT = """
import os, sys, apsw
from ddblite.engine.file.page_checksums import checksum_vfs
connection = apsw.Connection(sys.argv[1], vfs=checksum_vfs())
connection.config(apsw.SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1)
for statement in sys.argv[2:]:
    connection.execute(statement).fetchall()
os.kill(os.getpid(), 9)
"""
"""Another program that changes a file, and is killed before it is done with it."""

KILLED_AT = """
import os, sys, apsw, ddblite
path, last = sys.argv[1], int(sys.argv[2])
class File(apsw.VFSFile):
    def __init__(self, name, flags):
        super().__init__(below, name, flags)
    def xWrite(self, data, offset):
        step()
        super().xWrite(data, offset)
    def xSync(self, flags):
        step()
        super().xSync(flags)
class Files(apsw.VFS):
    def __init__(self):
        super().__init__("killing", below, makedefault=True)
    def xOpen(self, name, flags):
        return File(name, flags)
    def xDelete(self, name, is_flushed):
        step()
        super().xDelete(name, is_flushed)
def step():
    global last
    last -= 1
    if last < 0:
        os.kill(os.getpid(), 9)
below = apsw.vfs_names()[0]
files = Files()
ddblite.connect(path)
print("survived", flush=True)
os.kill(os.getpid(), 9)
"""
"""Opens a file, and is killed before the n-th write, flush or removal of a file."""


def contents(folder: Path) -> dict[str, bytes]:
    """Returns what is in the files of a folder, but for the memory that processes share."""
    return {one.name: one.read_bytes() for one in folder.iterdir() if not one.match("*-shm")}


def refuse(path: Path, mode: Mode, kind: type[FileError]) -> str:
    """Returns the sentence with which a file is refused; nothing beside it has changed."""
    before = contents(path.parent)
    with pytest.raises(kind) as refused:
        ddblite.connect(path, mode=mode)
    assert type(refused.value) is kind
    assert before == contents(path.parent)
    assert str(path) in refused.value.message
    return refused.value.message


def kill(script: str, *arguments: object) -> str:
    """Runs a script that kills itself, and returns what it had printed."""
    child = start(script, *arguments)
    printed, complaint = child.communicate(timeout=60)
    assert child.returncode == -9, complaint
    return printed


Left = dict[str, bytes]
"""What a process has left, by what stands behind the name of the file."""


def put_down(path: Path, left: Left) -> Path:
    """Puts files where they were left."""
    for suffix, content in left.items():
        Path(f"{path}{suffix}").write_bytes(content)
    return path


def forget_log(path: Path) -> None:
    """Removes what lies beside a file, as whoever restores a backup should."""
    for suffix in ("-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
