"""``ddblite upgrade``, and what the command says of files of other formats."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import handmade
import kept_files
from children import environment
from leftovers import contents


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A copy of the file of format 1."""
    return Path(shutil.copy(kept_files.PATHS[1], tmp_path / "old.ddb"))


def ddblite(*words: object, **more: str) -> "subprocess.CompletedProcess[str]":
    """Runs the command as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "ddblite", *map(str, words)],
        capture_output=True,
        text=True,
        env=os.environ | environment() | more,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def told(path: Path) -> str:
    """Returns the line that tells of an upgrade."""
    return f"{path} was upgraded from format 1 to format 2; the old file is now {path}.format1\n"


def test_upgrade_says_what_it_did(old: Path) -> None:
    first = ddblite("upgrade", old)
    assert (0, told(old), "") == (first.returncode, first.stdout, first.stderr)
    before = contents(old.parent)
    second = ddblite("upgrade", old)
    assert f"{old} has today's format; there is nothing to do\n" == second.stdout
    assert before == contents(old.parent)
    missing = ddblite("upgrade", old.parent / "no.ddb")
    assert (1, "") == (missing.returncode, missing.stdout)
    assert "there is no such file" in missing.stderr
    assert missing.stderr.count("\n") == 1


def test_a_command_that_writes_tells_of_the_upgrade_in_one_line(old: Path) -> None:
    """Whatever Python is told about warnings; and only what it answers is on standard output."""
    query = "SELECT * FROM notes WHERE n = 7"
    ended = ddblite(old, "--format", "json", "-c", query, PYTHONWARNINGS="ignore")
    assert told(old) == ended.stderr.partition("\n")[0] + "\n"
    assert "upgraded" not in ended.stdout
    assert '"n": 7' in ended.stdout
    assert "upgraded" not in ddblite(old, "-c", query).stderr


@pytest.mark.parametrize(
    "words",
    [("tables",), ("describe", "notes"), ("export", "notes"), ("check",), ("scrub",)],
    ids=" ".join,
)
def test_a_command_that_reads_leaves_the_file(old: Path, words: tuple[str, ...]) -> None:
    before = contents(old.parent)
    ended = ddblite(words[0], old, *words[1:])
    assert (0, "") == (ended.returncode, ended.stderr)
    assert before == contents(old.parent)


def test_a_backup_leaves_the_file(old: Path) -> None:
    before = contents(old.parent)
    assert ddblite("backup", old, old.parent / "copy.ddb").returncode == 0
    (old.parent / "copy.ddb").unlink()
    assert before == contents(old.parent)


@pytest.mark.parametrize("words", [("tables",), ("upgrade",), ("check",), ()], ids=str)
def test_a_newer_file_names_the_version_that_it_needs(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    """As docs/fileformat.md promises to those who have an older program."""
    path = tmp_path / "newer.ddb"
    content = bytearray(kept_files.PATHS[2].read_bytes())
    content[60:64] = (3_001_402).to_bytes(4, "big")
    path.write_bytes(handmade.resealed(bytes(content)))
    before = contents(tmp_path)
    ended = ddblite(*words, path, *(() if words else ("-c", ".tables")))
    assert (1, "") == (ended.returncode, ended.stdout)
    assert ended.stderr.endswith(
        f"{path} has format 3, and this version of ddblite reads up to format 2;"
        " open it with ddblite 0.14.2 or newer\n"
    )
    assert ended.stderr.count("\n") == 1
    assert before == contents(tmp_path)
