"""``repair`` brings back what can be read, nothing else, and names what it could not read."""

import random
import re
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest

import ddblite
from ddblite.engine.codec import pack
from ddblite.engine.file.fileformat import ENCRYPTED_MAGIC, PAGE_BYTES
from ddblite.schema.errors import Busy, FileError
from wholeness import SIDECARS, Wholeness

Items = dict[str, dict[str, Any]]

LENGTHS: Final = (10, 100, 300, 300, 900, 3000)
PAGES_DAMAGED: Final = (1, 1, 2, 5)
INNER: Final = {2, 5}
"""What the pages begin with that lead to others."""

FREE_UNKNOWN: Final = "which pages are free is not known: what was changed or removed may be back"

RACK: Final = {"id": "i0000", "group": "g0", "text": "alone"}


@pytest.fixture(autouse=True)
def damages_on_purpose(wholeness: Wholeness) -> None:
    """Every file here is damaged."""
    wholeness.is_expected = True


def make(path: Path, projection: str | None = None) -> Items:
    """Makes a file with a table of items, some changed and some removed; returns those it has."""
    content, items = made(projection)
    path.write_bytes(content)
    return items


@cache
def made(projection: str | None) -> tuple[bytes, Items]:
    """Returns such a file, and its items."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "made.ddb"
        items = fill(path, projection)
        return path.read_bytes(), items


def fill(path: Path, projection: str | None) -> Items:
    """Makes the file."""
    dice = random.Random(4)
    indexes = [ddblite.GlobalIndex("by_group", "group", projection=projection or "ALL")]
    items: Items = {}
    with ddblite.connect(path, durability="none") as database:
        things = database.create_table(
            "things", partition_key="id", indexes=indexes if projection else []
        )
        database.create_table("others", partition_key=("n", "N")).put({"n": 1})
        with things.batch() as batch:
            for number in range(300):
                length = 40_000 if number % 100 == 0 else dice.choice(LENGTHS)
                item = {
                    "id": f"i{number:04d}",
                    "group": f"g{number % 7}",
                    "text": f"<{number}>" + "x" * length,
                }
                items[item["id"]] = item
                batch.put(item)
        for name in dice.sample(sorted(items), 100):
            things.delete(name)
            del items[name]
        for name in dice.sample(sorted(items), 30):
            items[name] = {**items[name], "text": "new" + items[name]["text"]}
            things.put(items[name])
    return items


def repaired(path: Path, new: Path) -> tuple[Items, list[str]]:
    """Repairs a file and returns its items, and what was lost; the damaged file stays as it was."""
    before = {beside.name: beside.read_bytes() for beside in path.parent.iterdir()}
    found = ddblite.repair(path, new)
    with ddblite.connect(new, mode="read") as database:
        assert [] == database.check()
        items = {item["id"]: item for item in database.table("things").scan()}
        assert found.items == {
            name: len(database.table(name).scan().all()) for name in database.tables()
        }
    after = {beside.name: beside.read_bytes() for beside in path.parent.iterdir()}
    assert before == {name: after[name] for name in after if name != new.name}
    return items, found.lost


def pages_of(content: bytes, sought: bytes) -> set[int]:
    """Returns the numbers of the pages in which something begins or ends."""
    places = [found.span() for found in re.finditer(re.escape(sought), content)]
    return {1 + (place - end) // PAGE_BYTES for span in places for end, place in enumerate(span)}


def free_pages(content: bytes) -> set[int]:
    """Returns the numbers of a file's free pages: a list of lists, as SQLite describes it."""
    found: set[int] = set()
    number = int.from_bytes(content[32:36], "big")
    while number:
        found.add(number)
        trunk = content[(number - 1) * PAGE_BYTES : number * PAGE_BYTES]
        words = [int.from_bytes(trunk[at : at + 4], "big") for at in range(0, PAGE_BYTES, 4)]
        found.update(words[2 : 2 + words[1]])
        number = words[0]
    return found


def write_page(path: Path, number: int, page: bytes) -> None:
    """Writes over a page of a file."""
    with path.open("r+b") as file:
        file.seek((number - 1) * PAGE_BYTES)
        file.write(page)


@pytest.mark.parametrize("projection", [None, "ALL", "KEYS_ONLY"])
def test_a_whole_file_comes_back_whole(tmp_path: Path, projection: str | None) -> None:
    items = make(tmp_path / "shop.ddb", projection)
    assert (items, []) == repaired(tmp_path / "shop.ddb", tmp_path / "new.ddb")


def test_tables_are_described_as_they_were(tmp_path: Path) -> None:
    """With the same id and the same time; and what is only recorded is still recorded."""
    with ddblite.connect(tmp_path / "shop.ddb") as database:
        database.create_table("things", partition_key="id", indexes=[])
        arn = database.call("DescribeTable", {"TableName": "things"})["Table"]["TableArn"]
        database.call("TagResource", {"ResourceArn": arn, "Tags": [{"Key": "k", "Value": "v"}]})
        before = database.call("DescribeTable", {"TableName": "things"})
    ddblite.repair(tmp_path / "shop.ddb", tmp_path / "new.ddb")
    with ddblite.connect(tmp_path / "new.ddb") as database:
        assert before == database.call("DescribeTable", {"TableName": "things"})
        tags = database.call("ListTagsOfResource", {"ResourceArn": arn})["Tags"]
        assert [{"Key": "k", "Value": "v"}] == tags


def test_a_transaction_is_not_carried_out_twice(tmp_path: Path) -> None:
    """Its token is still known, ten minutes long."""
    add = ddblite.Update("things", "i0000", "ADD n :one", values={":one": 1})
    for name in ("shop.ddb", "new.ddb"):
        if name == "new.ddb":
            ddblite.repair(tmp_path / "shop.ddb", tmp_path / name)
        with ddblite.connect(tmp_path / name) as database:
            if name == "shop.ddb":
                database.create_table("things", partition_key="id")
            database.transact_write([add], token="once")  # noqa: S106 - no password
            assert database.table("things").get("i0000") == {"id": "i0000", "n": 1}


@pytest.mark.parametrize("projection", [None, "ALL", "KEYS_ONLY"])
def test_a_damaged_row_is_named_or_taken_from_an_index(
    tmp_path: Path, projection: str | None
) -> None:
    """The copy in an index that carries everything is as good: it has a seal of its own."""
    path = tmp_path / "shop.ddb"
    items = make(path, projection)
    name = next(name for name in items if "x" * 90 in items[name]["text"][-100:])
    content = bytearray(path.read_bytes())
    place = content.index(pack(items[name])[1])
    content[place + 40] ^= 1
    path.write_bytes(content)
    found, lost = repaired(path, tmp_path / "new.ddb")
    if projection == "ALL":
        assert items == found
        assert not any("cannot be read" in one for one in lost)
    else:
        assert {key: items[key] for key in items if key != name} == found
        (sentence,) = [one for one in lost if "cannot be read" in one]
        assert re.fullmatch(rf"table things: row \w+ \(id = {name}\) cannot be read", sentence)
        assert f"table things: {len(found)} items could be read, and {len(items)} were counted" in (
            lost
        )


@pytest.mark.parametrize("seed", range(24))
def test_what_lies_on_pages_that_are_whole_comes_back(tmp_path: Path, seed: int) -> None:
    """Wherever pages are damaged; and never a value that was not there, or not any more."""
    dice = random.Random(seed)
    path = tmp_path / "shop.ddb"
    items = make(path, dice.choice([None, "ALL", "KEYS_ONLY"]))
    whole = path.read_bytes()
    count = len(whole) // PAGE_BYTES
    catalog = pages_of(whole, b'"TableName"')
    numbers = [one for one in range(1, count + 1) if one not in catalog]
    damaged = set(dice.sample(numbers, dice.choice(PAGES_DAMAGED)))
    for number in damaged:
        page = bytearray(whole[(number - 1) * PAGE_BYTES : number * PAGE_BYTES])
        write_page(path, number, changed(page, whole, dice))

    found, lost = repaired(path, tmp_path / "new.ddb")
    strange = {
        name: (item, items.get(name)) for name, item in found.items() if items.get(name) != item
    }
    assert not strange or FREE_UNKNOWN in lost, (sorted(damaged), lost)
    for name, item in items.items():
        pages = pages_of(whole, pack(item)[1])
        if pages and not pages & damaged:
            assert name in found, (name, pages, damaged, lost)
    assert found == items or any("items could be read" in one for one in lost)


def changed(page: bytearray, whole: bytes, dice: random.Random) -> bytes:
    """Returns a page as a fault of a disk may leave it."""
    kind = dice.choice(["zeros", "bits", "garbage", "another"])
    if kind == "zeros":
        return bytes(PAGE_BYTES)
    if kind == "another":
        # Not one that is free: nothing tells a row that was removed from one that was not.
        sources = sorted(set(range(1, 1 + len(whole) // PAGE_BYTES)) - free_pages(whole))
        place = (dice.choice(sources) - 1) * PAGE_BYTES
        return whole[place : place + PAGE_BYTES]
    if kind == "garbage":
        length = dice.randrange(1, PAGE_BYTES // 2)
        place = dice.randrange(PAGE_BYTES - length)
        page[place : place + length] = dice.randbytes(length)
        return bytes(page)
    for _ in range(dice.choice([1, 3, 64])):
        page[dice.randrange(PAGE_BYTES)] ^= 1 << dice.randrange(8)
    return bytes(page)


def test_rows_that_no_tree_leads_to_are_found(tmp_path: Path) -> None:
    """On leaves that are whole, when everything above them is gone."""
    path = tmp_path / "shop.ddb"
    items = make(path)
    whole = path.read_bytes()
    firsts = enumerate(whole[::PAGE_BYTES], start=1)
    inner = {number for number, first in firsts if first in INNER and number > 1}
    for number in inner:
        write_page(path, number, bytes(PAGE_BYTES))
    found, lost = repaired(path, tmp_path / "new.ddb")
    expected = {
        name: item
        for name, item in items.items()
        if (pages := pages_of(whole, pack(item)[1])) and not pages & inner
    }
    assert expected == {name: found.get(name) for name in expected}
    assert len(found) > len(items) // 2
    assert f"page {min(inner)} is damaged (table things)" in lost


def test_a_file_without_its_first_page_comes_back(tmp_path: Path) -> None:
    """With what is there of other moments; which pages are free stood on that page."""
    path = tmp_path / "shop.ddb"
    items = make(path, "KEYS_ONLY")
    write_page(path, 1, bytes(PAGE_BYTES))
    found, lost = repaired(path, tmp_path / "new.ddb")
    assert items.keys() <= found.keys()
    assert FREE_UNKNOWN in lost


def test_what_was_removed_does_not_come_back(tmp_path: Path) -> None:
    """Where no tree leads any more, and pages that are free still hold what was on them."""
    path = tmp_path / "shop.ddb"
    with ddblite.connect(path, durability="none") as database:
        things = database.create_table("things", partition_key="id")
        with things.batch() as batch:
            for number in range(400):
                batch.put({"id": f"i{number:04d}", "text": f"gone {number}" + "x" * 300})
        with things.batch() as batch:
            for number in range(10, 400):
                batch.delete(f"i{number:04d}")
        kept = {item["id"]: item for item in things.scan()}
    whole = path.read_bytes()
    assert b"gone 399" in whole[PAGE_BYTES:]
    free = free_pages(whole)
    for number in range(2, 1 + len(whole) // PAGE_BYTES):
        page = whole[(number - 1) * PAGE_BYTES : number * PAGE_BYTES]
        if number not in free and b"gone" not in page and b"TableName" not in page:
            write_page(path, number, bytes(PAGE_BYTES))
    found, _ = repaired(path, tmp_path / "new.ddb")
    assert kept == found


def test_the_log_counts(tmp_path: Path) -> None:
    """Changes that are only in the log beside the file; behind a damaged frame there are none."""
    origin, path = tmp_path / "origin.ddb", tmp_path / "copies" / "shop.ddb"
    path.parent.mkdir()
    with ddblite.connect(origin) as database:
        things = database.create_table("things", partition_key="id")
        for number in range(5):
            things.put({**RACK, "n": number})
        for suffix in ("", "-wal"):
            shutil.copy(f"{origin}{suffix}", f"{path}{suffix}")
    assert ({"i0000": {**RACK, "n": 4}}, []) == repaired(path, tmp_path / "new.ddb")

    log = Path(f"{path}-wal")
    content = bytearray(log.read_bytes())
    content[-2 * (24 + PAGE_BYTES)] ^= 1
    log.write_bytes(content)
    found, lost = repaired(path, tmp_path / "second.ddb")
    assert found["i0000"]["n"] < 4
    assert re.fullmatch(
        r"the log ends in a damaged frame: \d transactions behind it are lost", lost[0]
    )


def test_a_table_without_its_definition_is_made_as_its_items_show(tmp_path: Path) -> None:
    """Each key is made of attributes of its item; the index of the tables' names has its name."""
    path = tmp_path / "shop.ddb"
    items = make(path, "ALL")
    content = path.read_bytes()
    (number,) = pages_of(content, b'"TableName":"things"')
    write_page(path, number, bytes(PAGE_BYTES))
    found, lost = repaired(path, tmp_path / "new.ddb")
    assert items == found
    assert (
        "table things, number 1: its definition is lost, with settings and indexes;"
        " its items have the key id"
    ) in lost
    with ddblite.connect(tmp_path / "new.ddb", mode="read") as database:
        assert ["others", "things"] == database.tables()
        assert [("n", "N")] == [(p.name, p.kind) for p in database.table("others").spec.parts]


def test_a_key_of_two_attributes_is_found(tmp_path: Path) -> None:
    """Though others look like it in some items."""
    path = tmp_path / "shop.ddb"
    with ddblite.connect(path) as database:
        table = database.create_table("plays", partition_key=("film", "B"), sort_key=("at", "N"))
        database.create_table("nothing", partition_key="id")
        for number in range(20):
            film = b"film%d" % (number % 3)
            table.put({"copy": b"film0", "film": film, "day": min(9, number), "at": number})
    content = path.read_bytes()
    (number,) = pages_of(content, b'"TableName":"plays"')
    write_page(path, number, bytes(PAGE_BYTES))
    found = ddblite.repair(path, tmp_path / "new.ddb")
    assert {"plays": 20} == found.items
    assert "table number 2: its definition is lost, and no item of it can be read" in found.lost
    with ddblite.connect(tmp_path / "new.ddb", mode="read") as database:
        assert database.table("plays").get(b"film1", 4) is not None


def test_a_file_in_use_is_refused(tmp_path: Path) -> None:
    """It would be read while it changes."""
    make(tmp_path / "shop.ddb")
    with ddblite.connect(tmp_path / "shop.ddb") as database:
        database.table("things").put(RACK)
        with pytest.raises(Busy, match=r"shop\.ddb is in use"):
            ddblite.repair(tmp_path / "shop.ddb", tmp_path / "new.ddb")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "there is no such file"),
        (b"", "no table of ddblite's"),
        (bytes(3 * PAGE_BYTES), "no table of ddblite's"),
        (b"SQLite format 3\0" + bytes(PAGE_BYTES), "no table of ddblite's"),
        (random.Random(3).randbytes(50_000), "no table of ddblite's"),
        (ENCRYPTED_MAGIC + bytes(PAGE_BYTES), "is encrypted"),
    ],
)
def test_what_is_no_database_of_ours_is_refused(
    tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    """In a sentence that names it; no file is left."""
    path = tmp_path / "shop.ddb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileError, match=rf"{path}:? .*{sentence}"):
        ddblite.repair(path, tmp_path / "new.ddb")
    assert [path] * (content is not None) == list(tmp_path.iterdir())


@pytest.mark.parametrize("new", [":memory:", "a\0b"])
def test_the_new_file_needs_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new: str
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "shop.ddb")
    with pytest.raises(FileError, match="is no name of a file"):
        ddblite.repair("shop.ddb", new)
    assert [tmp_path / "shop.ddb"] == list(tmp_path.iterdir())


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    make(tmp_path / "shop.ddb")
    before = (tmp_path / "shop.ddb").read_bytes()
    with pytest.raises(FileError, match="exists; a repair never overwrites a file"):
        ddblite.repair(tmp_path / "shop.ddb", tmp_path / "shop.ddb")
    assert before == (tmp_path / "shop.ddb").read_bytes()
    assert not [one for one in tmp_path.iterdir() if one.name.endswith(SIDECARS)]
