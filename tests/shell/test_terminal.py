"""The shell in a pseudo-terminal, as somebody at a keyboard has it."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

import re
import sys
from pathlib import Path

import pytest

pytest.importorskip("pty", reason="Windows has no pseudo-terminals of this kind")

from terminals import CONTINUED, ENTER, PROMPT, TAB, UP, leave, pasted, shell, terminal


def test_session_in_a_terminal(tmp_path: Path) -> None:
    """A new file, a table, an item, and out again; nothing is left beside the file."""
    path = tmp_path / "new.ddb"
    state = tmp_path / "state"
    with terminal(path, environment={"XDG_STATE_HOME": str(state)}) as opened:
        opened.wait_for("0 tables")
        opened.wait_for(PROMPT)
        opened.enter(".create films year:N title")
        opened.wait_for(PROMPT)
        opened.enter("INSERT INTO films VALUE")
        opened.wait_for(CONTINUED)
        opened.enter(pasted("{'year': 2013, 'title': 'Rush\x1b[2J'};"))
        opened.wait_for("done, 1 write unit")
        opened.enter("SELECT * FROM films;")
        printed = opened.wait_for("1 row, 0.5 read units")
        assert "│ 2013 │ 'Rush\\x1b[2J' │" in printed
        opened.wait_for(PROMPT)
        assert 0 == leave(opened)
    (remembered,) = (state / "ddblite" / "histories").iterdir()
    assert "SELECT * FROM films;" in remembered.read_text()
    assert {"new.ddb", "state"} == {one.name for one in tmp_path.iterdir()}


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}])
def test_completion_menu(shop: Path, variables: dict[str, str]) -> None:
    """Below the line while a word is typed; Tab takes what is the only one."""
    with shell(shop, environment=variables) as opened:
        opened.type("SELECT id FROM users WHERE id = 'u_1' AND l")
        lines = opened.wait_to_see("logins")
        (line,) = (at for at, text in enumerate(lines) if text.startswith(PROMPT))
        assert "logins" in lines[line + 1]
        opened.enter(TAB + " = 3;")
        opened.wait_for("1 row, 0.5 read units")


def test_menu_is_chosen_from(shop: Path) -> None:
    """Tab goes down the menu and Enter takes what it is at, without running anything."""
    with shell(shop) as opened:
        opened.type("SELECT * FROM us")
        opened.wait_to_see("users")
        opened.type(TAB)
        opened.wait_to_see(f"{PROMPT} SELECT * FROM users")
        opened.type(" WHERE " + TAB)
        opened.wait_to_see("id", "name", "tags")


def test_several_lines_are_edited_as_one(shop: Path) -> None:
    """Up goes to the line above, and what is changed there is part of the statement."""
    with shell(shop) as opened:
        opened.type("SELECT nam" + ENTER + "FROM users" + ENTER + "WHERE id = 'u_1'")
        lines = opened.wait_to_see("WHERE id = 'u_1'")
        assert 2 == sum(CONTINUED in line for line in lines)
        opened.enter(UP + UP + "\x05" + "e, logins" + "\x1b")
        opened.wait_to_see("Nina", "1 row")


def test_history_comes_back_and_is_searched(shop: Path, tmp_path: Path) -> None:
    """Up brings the last statement, Ctrl-R one with these letters; each file has its own."""
    variables = {"XDG_STATE_HOME": str(tmp_path)}
    with shell(shop, environment=variables) as opened:
        opened.enter("SELECT name FROM users WHERE id = 'u_2';")
        opened.wait_for("1 row")
        opened.wait_for(PROMPT)
        opened.enter(".tables")
        opened.wait_for(PROMPT)
        assert 0 == leave(opened)
    with shell(shop, environment=variables) as opened:
        opened.type(UP)
        opened.wait_to_see(f"{PROMPT} .tables")
        opened.type("\x12name")
        opened.wait_to_see("name", "WHERE id = 'u_2';")
        opened.enter(ENTER + "\x1b")
        opened.wait_to_see("Otis")
    with shell(tmp_path / "other.ddb", environment=variables) as opened:
        opened.type(UP + "typed")
        assert not any(".tables" in line for line in opened.wait_to_see(f"{PROMPT} typed"))


def test_the_rest_of_a_statement_is_suggested(shop: Path) -> None:
    """From what was typed before; Ctrl-E takes it."""
    with shell(shop) as opened:
        opened.enter("SELECT name FROM users WHERE id = 'u_2';")
        opened.wait_for("1 row")
        opened.wait_for(PROMPT)
        opened.type("SELECT na")
        whole = f"{PROMPT} SELECT name FROM users WHERE id = 'u_2';"
        opened.wait_until(lambda: opened.cursor_line == whole, "the suggestion")
        opened.enter("\x05")
        opened.wait_for("1 row")


def test_vi_keys(shop: Path, tmp_path: Path) -> None:
    """When the configuration says so: Escape, and the letters are commands."""
    config = tmp_path / "config.toml"
    config.write_text('keys = "vi"\ncomplete_while_typing = false')
    with shell(shop, "--config", config) as opened:
        opened.type("XX.mode")
        opened.wait_to_see(f"{PROMPT} XX.mode")
        opened.type("\x1b")
        opened.enter("0xx$")
        opened.wait_for("table\r\n")


def test_a_statement_in_the_users_editor(shop: Path, tmp_path: Path) -> None:
    """Ctrl-X Ctrl-E: what comes back runs at once."""
    editor = tmp_path / "editor.py"
    editor.write_text("import sys; open(sys.argv[1], 'a').write(\"users WHERE id = 'u_1';\")")
    command = f"{sys.executable} {editor}"
    with shell(shop, environment={"EDITOR": command, "VISUAL": command}) as opened:
        opened.type("SELECT name FROM ")
        opened.wait_to_see(f"{PROMPT} SELECT name FROM")
        opened.type("\x18\x05")
        opened.wait_to_see("FROM users WHERE id = 'u_1';", "Nina", "1 row")


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour(shop: Path, variables: dict[str, str]) -> None:
    """Where it is not wanted there is none, neither in the prompt nor in the answers."""
    with shell(shop, environment=variables) as opened:
        opened.enter("SELECT id, logins FROM users WHERE id = 'u_1';")
        opened.wait_for("1 row, 0.5 read units")
        opened.wait_for(PROMPT)
        assert 0 == leave(opened)
        assert not re.search(r"\x1b\[[0-9;]*3[0-9][0-9;]*m", opened.raw)
        assert "\x1b[1m" not in opened.raw


def test_statements_have_colours(shop: Path) -> None:
    """Already while they are typed; a string before its end."""
    with shell(shop) as opened:
        opened.type("SELECT 'abc")
        opened.wait_for("'abc")
        assert re.search(r"\x1b\[0;94;1m(SELECT|S)", opened.raw)
        assert "\x1b[0;32m'" in opened.raw


def test_numbers_have_a_colour(shop: Path) -> None:
    """And so are told from strings."""
    with terminal(shop, "-c", "SELECT logins FROM users WHERE id = 'u_1'") as opened:
        assert 0 == opened.leave("")
        assert "\x1b[36m" in opened.raw


def test_progress_of_an_import(tmp_path: Path) -> None:
    """A bar while items come in, and one line in the end."""
    source = tmp_path / "items.ndjson"
    source.write_text("".join(f'{{"id": "{number}"}}\n' for number in range(3000)))
    words = ("import", tmp_path / "a.ddb", "abc", source, "--partition-key", "id")
    with terminal(*words) as opened:
        printed = opened.wait_for("imported 3,000 items into abc")
        assert "importing" in printed
        assert 0 == opened.leave("")
