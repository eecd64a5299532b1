"""Which pager there is, and answers that are shown in parts."""

import os
from io import StringIO

import pytest

import ddblite
from ddblite.shell.conversation.row_parts import Parts
from ddblite.shell.terminal.pager import LESS, Pager, lines_of, pager_of


@pytest.mark.parametrize(
    ("setting", "variables", "expected"),
    [
        ("off", {"PAGER": "sh"}, None),
        ("auto", {"PAGER": "sh -c 'cat -n'"}, ("sh", "-c", "cat -n")),
        ("auto", {"PAGER": ""}, None),
        ("auto", {"PAGER": "no-such-program"}, None),
        ("auto", {"PAGER": "sh", "TERM": "dumb"}, None),
        ("sh -x", {"PAGER": "cat", "TERM": "dumb"}, ("sh", "-x")),
        ("it's", {}, ("it's",)),
    ],
)
@pytest.mark.skipif(os.name != "posix", reason="these are programs of POSIX")
def test_pager(setting: str, variables: dict[str, str], expected: tuple[str, ...] | None) -> None:
    """The one that is named; `auto` takes one only if it is there."""
    pager = pager_of(setting, {"PATH": os.defpath, **variables})
    assert expected == (None if pager is None else pager.command)


def test_less_lets_colours_through() -> None:
    """Unless its user has said how it is to be."""
    assert pager_of("less", {}) == Pager(("less",), {"LESS": LESS})
    assert pager_of("less", {"LESS": "S"}) == Pager(("less",), {"LESS": "S"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0), ("\n", 1), ("a\nb\n", 2), ("x" * 80, 1), ("x" * 81, 2), ("\x1b[1mx\x1b[0m" * 80, 1)],
)
def test_lines_of_a_text(text: str, expected: int) -> None:
    """As a terminal of 80 columns shows them; colours take no room."""
    assert expected == lines_of(text, 80)


def test_short_answers_are_printed() -> None:
    """No program is started for them."""
    screen = StringIO()
    with Pager(("/nowhere",), {}).paging(screen) as write:
        write("one\n")
        write("two\n")
    assert "one\ntwo\n" == screen.getvalue()


def test_parts_of_an_answer(memory: ddblite.Database) -> None:
    """Every row once, in parts of any size; a page is read when it is needed."""
    table = memory.create_table("things", partition_key="id")
    with table.batch() as batch:
        for number in range(10):
            batch.put({"id": str(number)})
    result = memory.execute("SELECT id FROM things", page_limit=4)
    parts = Parts(result, result.pages(), "things")
    seen: list[object] = []
    for rows, pages, is_over in [(3, 1, False), (1, 1, False), (3, 2, False), (None, 3, True)]:
        part = [item["id"] for page in parts.next_pages(rows) for item in page]
        assert (rows, pages, is_over) == (rows and len(part), result.pages_read, parts.is_over)
        seen += part
    assert sorted(map(str, range(10))) == sorted(map(str, seen))
    assert 10 == parts.rows
