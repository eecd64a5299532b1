"""The formats for other programs: nothing is rounded, lost, or taken for something else."""

import csv
import json
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import assume, given

import ddblite
from ddblite.schema.errors import DdbError
from ddblite.schema.numbers import parse
from ddblite.schema.values import NUMBER_TYPES, BinarySet, Item, StringSet, Value, equal
from ddblite.shell.formats.delimited import exact_cell
from ddblite.shell.formats.inserts import fault_of
from ddblite.shell.formats.render import RENDERERS
from ddblite.workbench.item_lines import item_of
from ddblite.workbench.pages import Screen
from generated import items, texts, values


def printed(name: str, *found: Item, table: str = "items") -> str:
    """Returns what a format makes of one page."""
    return "".join(RENDERERS[name]([list(found)], Screen(table=table)))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Rush", "Rush"),
        ("02139", "'02139'"),
        ("", "''"),
        ("null", "'null'"),
        ("=1+1", "'=1+1'"),
        ("@SUM(A1)", "'@SUM(A1)'"),
        ("-x", "'-x'"),
        ("+49 30", "'+49 30'"),
        ('"', "'\"'"),
        ("it's", "it's"),
        ("two\nlines", '"two\\nlines"'),
        ("two\\nlines", "two\\nlines"),
        ("\x1b[2J", '"\\u001b[2J"'),
        (-5, "-5"),
        (Decimal("0.1"), "0.1"),
        (10**125, "1" + "0" * 125),
        (["\t", {"a'b": b"\0"}], "[\"\\t\", {'a''b': <1 byte AA==>}]"),
        (StringSet(["a", "\r"]), "<<\"\\r\", 'a'>>"),
        ("x" * 5000, "x" * 5000),
    ],
)
def test_exact_cell(value: Value, expected: str) -> None:
    """A cell says what type it has, and has all of the value."""
    assert expected == exact_cell(value)


@given(texts())
def test_strings_can_be_read_from_their_cells(text: str) -> None:
    """Bare, in single quotes, or as JSON."""
    shown = exact_cell(text)
    if shown.startswith("'"):
        assert text == shown[1:-1].replace("''", "'")
    else:
        assert text == (json.loads(shown) if shown.startswith('"') else shown)


@given(values())
def test_a_string_is_never_taken_for_another_value(value: Value) -> None:
    """Even one that looks exactly as the other value does."""
    assume(not isinstance(value, str))
    shown = exact_cell(value)
    assert shown != exact_cell(shown)
    if type(value) in NUMBER_TYPES:
        assert equal(value, parse(shown))


@given(items())
def test_csv_is_read_by_others(item: Item) -> None:
    """Python's reader finds the same cells; a missing attribute is an empty one."""
    header, first, second = csv.reader(
        printed("csv", {"only": 1, **item}, {"only": 2}).splitlines()
    )
    whole = {"only": 1, **item}
    assert [exact_cell(name) for name in whole] == header
    assert [exact_cell(one) for one in whole.values()] == first
    assert [""] * (len(whole) - 1) == second[1:] if "only" not in item else True


@given(items())
def test_tsv_has_tabs_between_cells_only(item: Item) -> None:
    """So that it needs no quotes."""
    header, row = printed("tsv", {"only": 1, **item}).splitlines()
    assert len(header.split("\t")) == len(row.split("\t")) == len({"only": 1, **item})


def test_columns_of_later_pages_are_there() -> None:
    """The header has them all: a table has no columns until it has been read."""
    pages: list[list[Item]] = [[{"a": 1}], [{"b": 2}]]
    assert "a,b\n1,\n,2\n" == "".join(RENDERERS["csv"](pages, Screen()))
    assert "" == "".join(RENDERERS["csv"]([[]], Screen()))


def test_only_column_missing_is_still_a_line() -> None:
    """Readers skip lines that are empty."""
    assert 'a\n1\n""\n' == printed("csv", {"a": 1}, {})


@given(items())
def test_typed_lines_come_back(item: Item) -> None:
    """An import reads equal items."""
    whole: Item = {**item, "id": "x"}
    line = printed("ddb-json", whole)
    assert equal(whole, item_of(json.loads(line), "id"))


def test_markdown_is_shown_as_it_stands() -> None:
    """Neither a column more, nor HTML, nor emphasis."""
    lines = printed("markdown", {"a|b": "<script>", "n": 12345}, {"a|b": "x | y\n*z*"}).splitlines()
    assert [
        "| a\\|b             |     n |",
        "| ---------------- | ----: |",
        "| '\\<script\\>'     | 12345 |",
        '| "x \\| y\\\\n\\*z\\*" |       |',
    ] == lines


def test_markdown_tables_stand_apart() -> None:
    """Two pages are two tables, with a line between."""
    pages: list[list[Item]] = [[{"a": 1}], [], [{"b": 2}]]
    text = "".join(RENDERERS["markdown"](pages, Screen()))
    assert "|   a |\n| --: |\n|   1 |\n\n|   b |\n| --: |\n|   2 |\n" == text


@pytest.fixture(scope="module")
def copies() -> Iterator[ddblite.Database]:
    """A database with a table to write to."""
    with ddblite.connect(":memory:") as database:
        database.create_table("co.pies", partition_key="id")
        yield database


@given(item=items())
def test_inserts_write_equal_items(copies: ddblite.Database, item: Item) -> None:
    """What a statement can be made for is the same behind it; the rest is refused."""
    whole: Item = {**item, "id": "x"}
    if any(map(fault_of, [*whole, *whole.values()])):
        with pytest.raises(DdbError, match=r"^No INSERT can write"):
            printed("insert", whole, table="co.pies")
        return
    copies.table("co.pies").delete({"id": "x"})
    copies.execute(printed("insert", whole, table="co.pies").rstrip().removesuffix(";"))
    (found,) = copies.execute("SELECT * FROM \"co.pies\" WHERE id = 'x'")
    assert equal(whole, found)


@pytest.mark.parametrize(
    ("refused", "expected"),
    [
        ({"a": b"1"}, "write a, which is or has binary"),
        ({"a": [{"b": BinarySet([b"1"])}]}, "write a, which is or has binary"),
        ({"a": "\x1b[2J"}, "write a, which has a control character"),
        ({"a\x1b": 1}, r"the name a\\x1b, which has a control character"),
        ({"a": "x" * 8192}, "at most 8,192 characters"),
    ],
)
def test_items_that_no_statement_writes(refused: Item, expected: str) -> None:
    """Nothing is printed of their page: a copy without them would look whole."""
    pieces = RENDERERS["insert"]([[{"a": 1}, refused]], Screen())
    with pytest.raises(DdbError, match=expected):
        next(pieces)


def test_inserts_keep_lines_and_quotes() -> None:
    """A string has its line ends as they are, and a name its quotes doubled."""
    assert ("INSERT INTO \"a\"\"b\" VALUE {'it''s': 'two\n\tlines'};\n") == printed(
        "insert", {"it's": "two\n\tlines"}, table='a"b'
    )
