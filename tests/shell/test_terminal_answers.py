"""Answers in a pseudo-terminal: long ones, hostile ones, and how they are stopped."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

import sys
from pathlib import Path
from shutil import which
from typing import Final

import pytest

import ddblite
from ddblite.shell.formats.render import RENDERERS

pytest.importorskip("pty", reason="Windows has no pseudo-terminals of this kind")

from terminals import CTRL_C, PROMPT, TAB, UP, Terminal, leave, pasted, shell

HOSTILE: Final = "a\x1b]0;stolen\x07b\x1b[31mc\x9b2Jd\u202ee\u200bf\rg\x08h\x7fi\U000e0041"
"""A title, a colour, both sets of controls, a direction, no width, and a tag."""


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a table of several pages."""
    path = tmp_path_factory.mktemp("big") / "big.ddb"
    with (
        ddblite.connect(path) as database,
        database.create_table("big", partition_key="id").batch() as batch,
    ):
        for number in range(30_000):
            batch.put({"id": str(number), "text": "x" * 100})
    return path


@pytest.mark.parametrize(
    "statement",
    ["SELECT * FROM big WHERE text = 'none';\n" * 2000, "SELECT * FROM big;\n"],
    ids=["filtered", "drawn"],
)
def test_ctrl_c_stops_a_long_scan(big: Path, tmp_path: Path, statement: str) -> None:
    """Long before it would have ended by itself, and the next statement runs."""
    (tmp_path / "long.sql").write_text(".mode\n" + statement)
    (tmp_path / "config.toml").write_text('rows = 1000000\npager = "off"\nconsumed = false')
    with shell(big, "--config", "config.toml", folder=tmp_path) as opened:
        opened.enter(".read long.sql")
        opened.wait_for("table\r\n")
        opened.type(CTRL_C)
        opened.wait_for("Stopped.")
        opened.wait_for(PROMPT)
        opened.enter("SELECT text FROM big WHERE id = '7';")
        opened.wait_for("xxx")
        opened.wait_for(PROMPT)
        assert 0 == leave(opened)


PAGER: Final = """
import os, signal, sys
signal.signal(signal.SIGINT, lambda *_: os.write(1, b"INTERRUPTED\\n"))
print("SHOWN:", sys.stdin.readline().strip(), flush=True)
keys = open("/dev/tty")
while keys.readline() != "q\\n":
    pass
"""
"""Shows the first line of what it is given, and stays until q is typed."""


@pytest.fixture
def paging(tmp_path: Path) -> Path:
    """A configuration with a pager that reads one line."""
    script = tmp_path / "pager.py"
    script.write_text(PAGER)
    config = tmp_path / "config.toml"
    config.write_text(f"format = 'jsonl'\nrows = 1000000\npager = '{sys.executable} {script}'")
    return config


def test_a_long_answer_is_paged(big: Path, paging: Path) -> None:
    """And no more is read than is looked at: one who leaves early leaves the rest unread."""
    with shell(big, "--config", paging) as opened:
        opened.enter("SELECT * FROM big WHERE id = '7';")
        opened.wait_for("1 row, ")
        opened.wait_for(PROMPT)
        assert "SHOWN" not in opened.raw
        opened.enter("SELECT * FROM big;")
        opened.wait_for('SHOWN: {"id":')
        opened.type("q\n")
        footer = opened.wait_for(" read units")
        assert "1 page" not in footer
        assert "pages" not in footer
        opened.wait_for("There may be more")


def test_ctrl_c_in_the_pager(big: Path, paging: Path) -> None:
    """Stops the statement; the pager stays until it is left, and then the shell is there."""
    with shell(big, "--config", paging) as opened:
        opened.enter("SELECT * FROM big;")
        opened.wait_for('SHOWN: {"id":')
        opened.type(CTRL_C)
        opened.wait_for("INTERRUPTED")
        opened.type("q\n")
        opened.wait_for("Stopped.")
        opened.wait_for(PROMPT)
        opened.enter("SELECT * FROM big WHERE id = '7';")
        opened.wait_for("1 row, ")


def test_a_pager_that_is_none(big: Path, tmp_path: Path) -> None:
    """The answer is shown all the same."""
    config = tmp_path / "config.toml"
    config.write_text("rows = 30\npager = '/nowhere/pager'")
    with shell(big, "--config", config) as opened:
        opened.enter("SELECT id FROM big;")
        opened.wait_for("(no pager: /nowhere/pager: No such file or directory)")
        opened.wait_for("There is more")


@pytest.mark.skipif(which("less") is None, reason="less is not on the machine")
def test_less_is_the_pager(big: Path) -> None:
    """Without any configuration, and with colours."""
    with shell(big, "--no-config") as opened:
        opened.enter("SELECT * FROM big;")
        opened.wait_to_see("│ id ")
        opened.type(" q")
        opened.wait_for("500 rows, ")
        opened.wait_for("There is more: .more shows the next rows")
    assert "\x1b[1m" in opened.raw


def test_a_long_answer_comes_in_parts(big: Path, tmp_path: Path) -> None:
    """With a word on how to go on; pages that nobody asks for are not read."""
    config = tmp_path / "config.toml"
    config.write_text("format = 'jsonl'\nrows = 2\npager = 'off'")
    with shell(big, "--config", config) as opened:
        opened.enter("SELECT * FROM big;")
        assert 2 == opened.wait_for("2 rows, ").count('{"id"')
        opened.wait_for("There is more: .more shows the next rows, .more all everything.")
        opened.enter(".more")
        assert 2 == opened.wait_for("4 rows, ").count('{"id"')
        opened.wait_for(PROMPT)
        opened.enter(".more 10")
        assert 10 == opened.wait_for("14 rows, ").count('{"id"')
        opened.wait_for(PROMPT)
        opened.enter("SELECT * FROM big WHERE id = '7';")
        opened.wait_for("1 row, ")
        opened.wait_for(PROMPT)
        opened.enter(".more")
        opened.wait_for("There is no more: the last answer was shown to its end")


def screen_is_harmless(opened: Terminal) -> bool:
    """Whether nothing of HOSTILE came to the terminal as it is."""
    parts = ("\x1b]0;stolen", "b\x1b[31mc", "\x9b2J", "\u202e", "\u200b", "\U000e0041", "\x08h")
    return not any(part in opened.raw for part in parts) and "stolen" not in opened.screen.title


@pytest.mark.parametrize("form", RENDERERS)
def test_hostile_values(tmp_path: Path, form: str) -> None:
    """In every format: as a value, a name, a key, in a set, deep inside, and in the footer."""
    path = tmp_path / "hostile.ddb"
    with ddblite.connect(path) as database:
        things = database.create_table("things", partition_key="id")
        value = {HOSTILE: [HOSTILE, {HOSTILE: {HOSTILE}}]}
        things.put({"id": HOSTILE, HOSTILE: HOSTILE, "deep": value})
    with shell(path, "--format", form, lines=100) as opened:
        opened.enter("SELECT * FROM things;")
        opened.wait_for("SELECT other" if form == "insert" else "1 row, ")
        opened.wait_for(PROMPT)
        opened.enter(pasted(f"SELECT \"{HOSTILE}\" FROM things WHERE id = '{HOSTILE}';"))
        opened.wait_for(" row")
        opened.wait_for(PROMPT)
        opened.type("SELECT * FROM things WHERE " + TAB)
        opened.wait_to_see("attribute_exists(")
        assert 0 == leave(opened)
        assert screen_is_harmless(opened)


def test_hostile_names_of_files_and_errors(tmp_path: Path) -> None:
    """A file, a command, a table that is not there, a faulty statement."""
    name = "a\x1b]0;stolen\x07b\x1b[31mc\u202ee.ddb"
    with shell(tmp_path / name) as opened:
        for line, answer in (
            (f".{HOSTILE}", "There is no command"),
            (f".read {HOSTILE}", "No such file"),
            (f'SELECT * FROM "{HOSTILE}";', "Requested resource not found"),
            (f"S {HOSTILE};", "ValidationException"),
        ):
            opened.enter(pasted(line.replace("\r", "")))
            opened.wait_for(answer)
            opened.wait_until(lambda: opened.cursor_line == PROMPT, "an empty line")
        opened.type(UP)
        opened.wait_until(lambda: opened.cursor_line != PROMPT, "the history")
        assert 0 == leave(opened)
        assert screen_is_harmless(opened)


@pytest.mark.skipif(which("less") is None, reason="less is not on the machine")
def test_hostile_values_in_the_pager(tmp_path: Path) -> None:
    """Which lets colours through, and could be made to do more."""
    path = tmp_path / "hostile.ddb"
    with ddblite.connect(path) as database:
        things = database.create_table("things", partition_key="id")
        for number in range(40):
            things.put({"id": f"{number} {HOSTILE}", HOSTILE: HOSTILE})
    with shell(path, "--no-config", lines=12) as opened:
        opened.enter("SELECT * FROM things;")
        opened.wait_to_see("│ ")
        opened.type("  Gq")
        opened.wait_for("40 rows, ")
        assert 0 == leave(opened)
        assert screen_is_harmless(opened)


def test_a_megabyte_is_pasted(shop: Path) -> None:
    """One clear sentence, nothing of it runs, and the shell lives."""
    with shell(shop) as opened:
        opened.type(pasted("SELECT * FROM users; " * 50_000))
        opened.wait_for("Nothing was pasted: 1,050,000 characters")
        opened.wait_for(PROMPT)
        opened.enter("SELECT name FROM users WHERE id = 'u_1';")
        opened.wait_for("1 row")


def test_a_long_paste_that_fits_runs(shop: Path) -> None:
    """A page of statements, one after the other."""
    with shell(shop, "--format", "jsonl") as opened:
        opened.enter(pasted("SELECT name FROM users WHERE id = 'u_1';\n" * 200))
        for _ in range(200):
            opened.wait_for('{"name": "Nina"}')


def test_the_end_in_a_transaction(shop: Path) -> None:
    """Ctrl-D drops what was collected, and says so; the file is as it was."""
    with shell(shop) as opened:
        opened.enter(".begin")
        opened.wait_for("pending)>")
        opened.enter("DELETE FROM users WHERE id = 'u_1';")
        opened.wait_for("(1 pending)>")
        assert 0 == opened.leave()
        opened.wait_for("not committed")
    with ddblite.connect(shop) as database:
        assert database.table("users").get("u_1") is not None
