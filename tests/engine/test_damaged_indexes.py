"""Whole pages of the trees that find rows in the wrong place: what is noticed, and what not.

A changed byte is noticed by the page's checksum: see test_page_checksums.py. But a page that was
written over another, or changed places with it, matches its own. It may hide rows, or lead to some
of them twice. Whatever it does, a scan ends, and ``check`` names it.
"""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import ddblite
import handmade
from ddblite.engine.file.fileformat import PAGE_BYTES
from ddblite.engine.file.inspection import problems_of_pages
from ddblite.schema.errors import Corrupt
from wholeness import Wholeness

ITEMS = 3000
PAD = "x" * 1100
"""So that a scan has several pages of the service, and begins anew in the middle of the tree; and
so that the rows of the tree are small, whose bodies lie beside it: it has one level of leaves."""


@pytest.fixture
def path(tmp_path: Path, wholeness: Wholeness) -> Path:
    """A file with a table, the tree of which has several leaves, and an index of it."""
    wholeness.is_expected = True
    path = tmp_path / "damaged.ddb"
    with ddblite.connect(path, durability="none") as database:
        index = ddblite.GlobalIndex("by_number", ("number", "N"))
        table = database.create_table("things", partition_key="id", indexes=[index])
        with table.batch() as batch:
            for number in range(ITEMS):
                batch.put({"id": f"k{number}", "number": number, "pad": PAD})
    return path


def leaves(content: bytes, root: int) -> list[int]:
    """Returns the pages below the root of a tree, in the order of their keys."""
    start = (root - 1) * PAGE_BYTES
    count = int.from_bytes(content[start + 3 : start + 5], "big")
    cells = [start + 12 + 2 * number for number in range(count)]
    places = [start + int.from_bytes(content[cell : cell + 2], "big") for cell in cells]
    rightmost = content[start + 8 : start + 12]
    children = [content[place : place + 4] for place in places]
    return [int.from_bytes(child, "big") for child in (*children, rightmost)]


def roots(path: Path) -> list[int]:
    """Returns the roots of the trees of rows: the table's, and the index's."""
    connection = handmade.opened(path)
    names = "'items_1', 'index_2'"
    found: list[Any] = connection.execute(
        f"SELECT rootpage FROM sqlite_schema WHERE name IN ({names}) ORDER BY name DESC"  # noqa: S608
    ).fetchall()
    connection.close()
    return [root for (root,) in found]


def scanned(path: Path, index: str | None) -> list[object]:
    """Returns what a scan gives, at most once more than there is; raises what it raises."""
    found: list[object] = []
    with ddblite.connect(path, mode="read") as database:
        for item in database.table("things").scan(index=index):
            found.append(item["id"])
            assert len(found) <= ITEMS, "the scan goes on for ever"
    return found


@pytest.mark.parametrize("index", [None, "by_number"])
def test_a_scan_ends_whatever_page_was_written_over_another(path: Path, index: str | None) -> None:
    """Every leaf of the tree over every other one, in turn: it gives no item twice.

    Mostly it is an error; not where a page of the service ends within the leaf that is displaced.
    """
    root = roots(path)[0 if index is None else 1]
    content = path.read_bytes()
    pages = leaves(content, root)
    assert len(pages) > 3
    silent = 0
    for source in pages:
        for target in pages:
            if source == target:
                continue
            damaged = bytearray(content)
            at, to = (source - 1) * PAGE_BYTES, (target - 1) * PAGE_BYTES
            damaged[to : to + PAGE_BYTES] = content[at : at + PAGE_BYTES]
            path.write_bytes(damaged)
            with suppress(Corrupt):
                found = scanned(path, index)
                assert len(set(found)) == len(found) < ITEMS
                silent += 1
    assert 5 * silent < len(pages) * (len(pages) - 1)


def swap_leaves(path: Path) -> None:
    """Makes the first two leaves of the table's tree change places."""
    content = bytearray(path.read_bytes())
    one, other, *_ = ((page - 1) * PAGE_BYTES for page in leaves(bytes(content), roots(path)[0]))
    first = content[one : one + PAGE_BYTES]
    content[one : one + PAGE_BYTES] = content[other : other + PAGE_BYTES]
    content[other : other + PAGE_BYTES] = first
    path.write_bytes(content)


def test_check_looks_at_the_order_of_keys(path: Path) -> None:
    """SQLite's own check finds nothing here: every page is well formed, and every row is there."""
    swap_leaves(path)
    with ddblite.connect(path, mode="read") as database:
        assert [] == problems_of_pages(database.engine.storage)
        first, *_ = database.check()
        assert first.startswith("table things: row ")
        assert first.endswith(" is not in its place among the keys")
        with pytest.raises(Corrupt, match="not in the order of their keys; run check"):
            database.table("things").scan().all()


@pytest.mark.parametrize("forward", [True, False])
def test_a_query_sees_the_order_of_keys_in_both_directions(
    tmp_path: Path, wholeness: Wholeness, *, forward: bool
) -> None:
    wholeness.is_expected = True
    path = tmp_path / "damaged.ddb"
    with ddblite.connect(path, durability="none") as database:
        table = database.create_table("things", partition_key="id", sort_key=("n", "N"))
        with table.batch() as batch:
            for number in range(ITEMS):
                batch.put({"id": "a", "n": number})
    swap_leaves(path)
    with ddblite.connect(path, mode="read") as database:
        query = database.table("things").query("id = :a", values={":a": "a"}, forward=forward)
        with pytest.raises(Corrupt, match="not in the order of their keys; run check"):
            query.all()


def test_an_index_is_not_filled_out_of_order(path: Path) -> None:
    """It goes on behind the last key that it was given, and might go round for ever."""
    swap_leaves(path)
    change = {
        "TableName": "things",
        "AttributeDefinitions": [{"AttributeName": "pad", "AttributeType": "S"}],
        "GlobalSecondaryIndexUpdates": [
            {
                "Create": {
                    "IndexName": "by_pad",
                    "KeySchema": [{"AttributeName": "pad", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            }
        ],
    }
    with (
        ddblite.connect(path) as database,
        pytest.raises(Corrupt, match="not in the order of their keys; run check"),
    ):
        database.call("UpdateTable", change)


def test_what_a_damaged_page_hides_is_named_by_check(path: Path) -> None:
    """And by no read of one item: nothing says that there was one."""
    swap_leaves(path)
    with ddblite.connect(path, mode="read") as database:
        table = database.table("things")
        hidden = 0
        for number in range(ITEMS):
            with suppress(Corrupt):
                hidden += table.get(f"k{number}") is None
        assert hidden
        assert database.check()


def test_check_of_a_damaged_page_reports_and_lets_go(path: Path) -> None:
    """A leaf that says it is empty: afterwards, this thread is not left in a snapshot."""
    content = bytearray(path.read_bytes())
    start = (leaves(bytes(content), roots(path)[0])[1] - 1) * PAGE_BYTES
    content[start + 3 : start + 5] = bytes(2)  # so many cells are in it
    path.write_bytes(handmade.resealed(bytes(content)))
    with ddblite.connect(path) as database:
        assert database.check()
        assert not database.engine.storage.is_busy_here()
