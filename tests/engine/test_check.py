"""``check`` names every kind of damage, and nothing else on a file that is whole."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import ddblite
import handmade
from attempts import attempts
from ddblite.engine.codec import checksum_of, pack
from ddblite.engine.file.bare_files import CHANGE, opened
from ddblite.engine.file.fileformat import PAGE_BYTES
from ddblite.engine.file.log_frames import frames
from ddblite.engine.file.storage import Storage
from ddblite.schema.errors import Corrupt, FileError
from ddblite.schema.values import Item
from shapes import Shape, make_table
from wholeness import Wholeness

SHAPES = (Shape(None, ("p",), ("s",)), Shape("global_all", ("g",), ("gs",)))
ITEMS, INDEX = "items_1", "index_2"
ITEM: Item = {"p": "a", "s": 1, "g": "x", "gs": 1, "plays": 5}


@pytest.fixture
def path(tmp_path: Path, wholeness: Wholeness) -> Path:
    """A file with ten items, all in one index."""
    wholeness.is_expected = True
    path = tmp_path / "test.ddb"
    with ddblite.connect(path) as database:
        table = make_table(database, "music", SHAPES)
        for s in range(10):
            table.put({**ITEM, "s": s})
    return path


def problems(path: Path) -> list[str]:
    """Returns what ``check`` says of a file."""
    with ddblite.connect(path) as database:
        return database.check()


def edit(path: Path, statement: str, values: tuple[Any, ...] = ()) -> None:
    """Changes a file by hand."""
    connection = handmade.opened(path)
    connection.execute(statement, values).fetchall()
    connection.close()


def rows(path: Path, table: str) -> list[tuple[Any, ...]]:
    """Returns the rows of a SQLite table."""
    connection = handmade.opened(path)
    found = connection.execute(f"SELECT key, size, seal, body FROM {table} ORDER BY key").fetchall()  # noqa: S608
    connection.close()
    return found


def test_a_whole_file_has_no_problems(path: Path) -> None:
    assert problems(path) == []


@pytest.mark.parametrize("table", [ITEMS, INDEX])
@pytest.mark.parametrize(
    "change",
    [
        "body = zeroblob(length(body))",
        "body = substr(body, 1, length(body) - 1)",
        "body = CAST('text' AS TEXT)",
        "size = size + 1",
        "size = 'many'",
        "seal = seal + 1",
        "seal = 0",
        "key = CAST(substr(key, 1, length(key) - 1) || x'07' AS BLOB)",
        "key = CAST('text' AS TEXT)",
    ],
)
def test_a_changed_row_is_named(path: Path, table: str, change: str) -> None:
    """Whatever column; the file is read to its end all the same."""
    key = rows(path, table)[4][0]
    edit(path, f"UPDATE {table} SET {change} WHERE key = ?", (key,))  # noqa: S608
    found = problems(path)
    assert any("damaged" in one for one in found), found
    assert all(one.startswith("table music") for one in found)


def test_a_changed_row_is_an_error_and_never_an_answer(path: Path) -> None:
    """For every read that comes across it."""
    key = rows(path, ITEMS)[4][0]
    edit(path, f"UPDATE {ITEMS} SET body = zeroblob(length(body)) WHERE key = ?", (key,))  # noqa: S608
    with ddblite.connect(path) as database:
        table = database.table("music")
        for read in attempts(
            lambda: table.get("a", 4),
            lambda: table.scan().all(),
            lambda: table.query("p = :p", values={":p": "a"}).all(),
            lambda: table.put({**ITEM, "s": 4}),
            lambda: table.update(("a", 4), "SET plays = :v", values={":v": 1}),
            lambda: table.delete("a", 4),
        ):
            with pytest.raises(Corrupt, match="damaged"):
                read()
        assert table.get("a", 3) == {**ITEM, "s": 3}


def test_a_row_under_another_key_is_named(path: Path) -> None:
    """Two bodies changed places, and are whole in themselves."""
    (first, *one), (second, *other) = rows(path, ITEMS)[:2]
    update = f"UPDATE {ITEMS} SET size = ?, seal = ?, body = ? WHERE key = ?"  # noqa: S608
    edit(path, update, (*other, first))
    edit(path, update, (*one, second))
    assert len([one for one in problems(path) if "damaged" in one]) == 2


def test_a_sealed_row_under_another_key_is_named(path: Path) -> None:
    """As a fault of ours would leave it: the checksum is right, the item is not this one."""
    key = rows(path, ITEMS)[4][0]
    size, body = pack({**ITEM, "s": 5})
    update = f"UPDATE {ITEMS} SET size = ?, seal = ?, body = ? WHERE key = ?"  # noqa: S608
    edit(path, update, (size, checksum_of(1, key, size, body), body, key))
    assert any("holds an item with another key" in one for one in problems(path))


def test_a_sealed_row_of_another_size_is_named(path: Path) -> None:
    key = rows(path, ITEMS)[4][0]
    size, body = pack({**ITEM, "s": 4})
    update = f"UPDATE {ITEMS} SET size = ?, seal = ? WHERE key = ?"  # noqa: S608
    edit(path, update, (size + 1, checksum_of(1, key, size + 1, body), key))
    assert any(f"says {size + 1} bytes and has {size}" in one for one in problems(path))


def test_a_missing_entry_is_named(path: Path) -> None:
    """And a write that relies on it is refused."""
    key = rows(path, INDEX)[4][0]
    edit(path, f"DELETE FROM {INDEX} WHERE key = ?", (key,))  # noqa: S608
    found = problems(path)
    assert f"table music index global_all: entry {key.hex()} is missing" in found
    assert any("9 entries, and its items imply 10" in one for one in found)
    with ddblite.connect(path) as database:
        for s in range(10):
            if s == 4:
                with pytest.raises(
                    Corrupt, match="row of table number 2 that must be there is not"
                ):
                    database.table("music").delete("a", s)
            else:
                database.table("music").delete("a", s)
        assert [{**ITEM, "s": 4}] == database.table("music").scan().all()


def test_an_entry_too_many_is_named(path: Path) -> None:
    key = rows(path, INDEX)[4][0] + b"\0"
    size, body = pack(ITEM)
    insert = f"INSERT INTO {INDEX} VALUES (?, ?, ?, ?)"  # noqa: S608
    edit(path, insert, (key, size, checksum_of(2, key, size, body), body))
    found = problems(path)
    assert f"table music index global_all: entry {key.hex()} is of no item" in found
    assert any("11 entries, and its items imply 10" in one for one in found)


def test_an_entry_of_another_item_is_named(path: Path) -> None:
    """As many entries as there should be, and one item has two, another none."""
    (first, *_), (second, size, _, body) = rows(path, INDEX)[1:3]
    edit(path, f"DELETE FROM {INDEX} WHERE key = ?", (first,))  # noqa: S608
    other = second + b"\0"
    insert = f"INSERT INTO {INDEX} VALUES (?, ?, ?, ?)"  # noqa: S608
    edit(path, insert, (other, size, checksum_of(2, other, size, body), body))
    assert [
        f"table music index global_all: entry {first.hex()} is missing",
        f"table music index global_all: entry {other.hex()} is of no item",
    ] == problems(path)


def test_an_entry_that_shows_something_else_is_named(path: Path) -> None:
    key = rows(path, INDEX)[4][0]
    size, body = pack({**ITEM, "s": 4, "plays": 6})
    update = f"UPDATE {INDEX} SET size = ?, seal = ?, body = ? WHERE key = ?"  # noqa: S608
    edit(path, update, (size, checksum_of(2, key, size, body), body, key))
    assert [
        f"table music index global_all: entry {key.hex()} is not what its item implies"
    ] == problems(path)


def test_attributes_in_another_order_are_the_same(path: Path) -> None:
    """An entry that stays what it was is not written again; its item is, in the order given."""
    with ddblite.connect(path) as database:
        turned = dict(reversed({**ITEM, "s": 4}.items()))
        database.table("music").put(turned)
    bodies = {row[3] for row in rows(path, INDEX)}
    assert [4] == [at for at, row in enumerate(rows(path, ITEMS)) if row[3] not in bodies]
    assert problems(path) == []


def test_the_entries_of_a_sound_index_are_not_looked_for_one_by_one(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Items and entries are read in their order, once; only what is in doubt is looked for."""
    asked: list[str] = []
    fetch = Storage.fetch

    def noted(storage: Storage, sql: str, parameters: Sequence[Any]) -> object:
        asked.append(sql)
        return fetch(storage, sql, parameters)

    monkeypatch.setattr(Storage, "fetch", noted)
    with ddblite.connect(path) as database:
        asked.clear()
        assert database.check() == []
        assert not any("WHERE key" in one for one in asked)


def test_progress_is_told_of_every_row(path: Path) -> None:
    told: list[int] = []
    with ddblite.connect(path) as database:
        assert database.check(told.append) == []
        assert sum(told) == 20 == database.engine.rows_counted()


@pytest.mark.parametrize(
    "change", ["token = x'00'", "digest = 'text'", "digest = x'00'", "expires_at = 'never'"]
)
def test_a_damaged_token_is_named(path: Path, change: str) -> None:
    with ddblite.connect(path) as database:
        database.transact_write([ddblite.Put("music", {**ITEM, "s": 4})], token=ITEMS)
        assert database.check() == []
    edit(path, f"UPDATE ddb_tokens SET {change}")  # noqa: S608
    assert ["idempotency token number 1 is damaged"] == problems(path)


def test_a_log_that_cannot_be_read_is_no_damage(path: Path) -> None:
    """The process has no descriptor left for it."""
    resource = pytest.importorskip("resource")
    with ddblite.connect(path) as database:
        make_table(database).put({"p": "a", "s": 1})
        assert [] == database.check()
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
        try:
            with pytest.raises(FileError, match="-wal: Too many open files"):
                database.check()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        assert [] == database.check()


def test_a_page_that_the_log_has_anew_is_no_damage(path: Path) -> None:
    """Merging was cut short in the midst of it; nobody reads it from the file."""
    with ddblite.connect(path) as database:
        make_table(database).put({"p": "a", "s": 1})
        page = next(one.page for one in frames(Path(f"{path}-wal")) if one.page > 1)
        with opened(str(path), CHANGE) as file:
            file.xWrite(b"torn", page * PAGE_BYTES - PAGE_BYTES // 2)
        assert [] == database.check()


def test_a_damaged_log_is_named(path: Path) -> None:
    """It cuts off what was committed behind it; only a crash would show that."""
    with ddblite.connect(path) as database:
        for s in range(3):
            database.table("music").put({**ITEM, "s": s, "plays": 6})
        assert database.check() == []
        log = Path(f"{path}-wal")
        whole = log.read_bytes()
        for place in (40, 24 + 32 + 4000, len(whole) - 1):
            with log.open("r+b") as file:
                file.seek(place)
                file.write(bytes([whole[place] ^ 1]))
            assert any(f"the log {log} is damaged in frame" in one for one in database.check())
            with log.open("r+b") as file:
                file.write(whole)
        assert database.check() == []


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("UPDATE ddb_tables SET item_count = item_count + 1", "table music"),
        ("UPDATE ddb_tables SET item_bytes = item_bytes - 1", "table music"),
        ("UPDATE ddb_indexes SET item_count = 0", "table music index global_all"),
        ("UPDATE ddb_indexes SET item_bytes = 0", "table music index global_all"),
    ],
)
def test_a_wrong_counter_is_named(path: Path, statement: str, where: str) -> None:
    edit(path, statement)
    (found,) = problems(path)
    assert found.startswith(f"{where}: counted ")


@pytest.mark.parametrize(
    "statement",
    [
        f"DROP TABLE {ITEMS}",
        f"DROP TABLE {INDEX}",
        "DELETE FROM ddb_indexes",
        "DELETE FROM ddb_tables",
        "DELETE FROM ddb_catalog",
        "UPDATE ddb_tables SET definition = 'not JSON'",
        "UPDATE ddb_tables SET definition = '{}'",
        "UPDATE ddb_tables SET name = 'films'",
        "UPDATE ddb_catalog SET next_number = 1",
    ],
)
def test_a_damaged_catalog_is_refused_or_named(path: Path, statement: str) -> None:
    """Never a traceback of another kind."""
    edit(path, statement)
    try:
        found = problems(path)
    except Corrupt:
        return
    assert found


def test_no_more_than_a_hundred_problems_are_listed(path: Path) -> None:
    with ddblite.connect(path) as database, database.table("music").batch() as batch:
        for s in range(200):
            batch.put({**ITEM, "s": s})
    edit(path, f"UPDATE {ITEMS} SET seal = 0")  # noqa: S608
    assert len(problems(path)) == 100


def every_page(content: bytes) -> Iterator[int]:
    """Gives places in a file: some in each page, among them its header and its end."""
    for page in range(0, len(content), 8192):
        yield from (page, page + 1, page + 3, page + 5, page + 8, page + 100)
        yield from range(page + 8192 - 400, page + 8192, 7)


def test_flipped_bits_are_never_silent(path: Path) -> None:
    """The file is refused, or an error comes out of a read, or ``check`` names the page."""
    content = path.read_bytes()
    expected = [{**ITEM, "s": s} for s in range(10)]
    for place in every_page(content):
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        try:
            with ddblite.connect(path, durability="none") as database:
                table = database.table("music")
                found = sorted(table.scan().all(), key=lambda item: str(item["s"]))
                entries = table.query("g = :g", index="global_all", values={":g": "x"}).all()
                assert expected == found
                assert len(entries) == 10
                page = place // 8192 + 1
                assert f"page {page} does not match its checksum" in database.check()
        except ddblite.DdbError:
            continue
