"""``scrub`` finds what ``check`` finds, in small steps between which nothing is held."""

import re
from collections.abc import Iterator, Sequence
from os import SEEK_CUR
from pathlib import Path
from typing import Any, Final

import pytest

import ddblite
from ddblite.engine.codec import checksum_of, pack
from ddblite.engine.file.fileformat import PAGE_BYTES
from ddblite.engine.maintenance.scrub import STEP_ROWS, steps
from ddblite.schema.errors import DdbError
from ddblite.schema.values import Item
from shapes import Shape, make_table
from wholeness import Wholeness

SHAPES: Final = (Shape(None, ("p",), ("s",)), Shape("global_all", ("g",), ("gs",)))
ITEMS, INDEX = "items_1", "index_2"
ITEM: Final[Item] = {"p": "a", "s": 1, "g": "x", "gs": 1, "plays": 5}
PLACES: Final = 250
"""More than two steps' rows."""


@pytest.fixture
def database(tmp_path: Path, wholeness: Wholeness) -> Iterator[ddblite.Database]:
    """A file with some hundred items, all in one index."""
    wholeness.is_expected = True
    with ddblite.connect(tmp_path / "test.ddb", durability="none") as made:
        table = make_table(made, "music", SHAPES)
        with table.batch() as batch:
            for place in range(PLACES):
                batch.put({**ITEM, "s": place})
        yield made


def key_of(database: ddblite.Database, table: str, place: int) -> bytes:
    """Returns the key of a row."""
    sql = f"SELECT key, 0 FROM {table} ORDER BY key LIMIT 1 OFFSET ?"  # noqa: S608
    key: bytes = database.engine.storage.fetch(sql, (place,))[0]
    return key


def edit(database: ddblite.Database, statement: str, values: Sequence[Any] = ()) -> None:
    """Changes rows behind the engine's back."""
    with database.engine.write():
        database.engine.storage.execute(statement, values)


def test_a_whole_file_has_no_problems(database: ddblite.Database) -> None:
    told: list[int] = []
    assert [] == database.scrub(told.append, share=1)
    assert 2 * PLACES == sum(told)


def test_steps_are_small_and_hold_nothing(database: ddblite.Database) -> None:
    """Whoever writes between two of them can empty the log; a table may even be removed."""
    storage = database.engine.storage
    rows = 0
    for step in steps(storage):
        assert step.problems == []
        assert step.rows <= STEP_ROWS
        assert not storage.is_busy_here()
        rows += step.rows
        if rows == STEP_ROWS:
            database.delete_table("music")
    assert rows == STEP_ROWS


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE items_1 SET seal = seal + 1 WHERE key = ?", "table music: row .* is damaged"),
        ("UPDATE items_1 SET size = size + 1 WHERE key = ?", "table music: row .* is damaged"),
        ("DELETE FROM items_1 WHERE key = ?", "global_all: entry .* is of no item"),
    ],
)
def test_a_damaged_row_is_named(database: ddblite.Database, statement: str, sentence: str) -> None:
    edit(database, statement, (key_of(database, ITEMS, 120),))
    assert any(re.search(sentence, one) for one in database.scrub(share=1))


def test_a_sealed_row_of_another_size_or_key_is_named(database: ddblite.Database) -> None:
    """As a fault of ours would leave it."""
    keys = [key_of(database, ITEMS, place) for place in (3, 203)]
    size, body = pack({**ITEM, "s": 5000})
    update = f"UPDATE {ITEMS} SET size = ?, seal = ?, body = ? WHERE key = ?"  # noqa: S608
    for key, said in zip(keys, (size, size + 1), strict=True):
        edit(database, update, (said, checksum_of(1, key, said, body), body, key))
    found = database.scrub(share=1)
    assert any(f"row {keys[0].hex()} holds an item with another key" in one for one in found)
    assert any(f"{keys[1].hex()} says {size + 1} bytes and has {size}" in one for one in found)


def test_missing_and_different_entries_are_named(database: ddblite.Database) -> None:
    missing, different = (key_of(database, INDEX, place) for place in (7, 207))
    edit(database, f"DELETE FROM {INDEX} WHERE key = ?", (missing,))  # noqa: S608
    size, body = pack({**ITEM, "plays": 6})
    update = f"UPDATE {INDEX} SET size = ?, seal = ?, body = ? WHERE key = ?"  # noqa: S608
    edit(database, update, (size, checksum_of(2, different, size, body), body, different))
    found = database.scrub(share=1)
    where = "table music index global_all: entry"
    assert f"{where} {missing.hex()} is missing" in found
    assert f"{where} {different.hex()} is not what its item implies" in found


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("UPDATE ddb_tables SET item_count = item_count + 1", "table music: counted"),
        ("UPDATE ddb_tables SET item_bytes = item_bytes - 1", "table music: counted"),
        ("UPDATE ddb_indexes SET item_count = 0", "table music index global_all: counted"),
        ("UPDATE ddb_tables SET definition = '{}'", "the catalog of"),
        ("UPDATE ddb_catalog SET next_number = 2", "the catalog"),
        ("INSERT INTO ddb_tokens VALUES ('once', x'00', 1.5)", "idempotency token number 1"),
    ],
)
def test_wrong_counters_and_catalogs_are_named(
    database: ddblite.Database, statement: str, where: str
) -> None:
    edit(database, statement)
    assert database.scrub(share=1)[0].startswith(where)


def test_counters_of_a_table_that_is_written_are_left_alone(database: ddblite.Database) -> None:
    """They are sums of one moment, and the rows were read at several."""
    table = database.table("music")
    for step in steps(database.engine.storage):
        assert step.problems == []
        table.put({**ITEM, "s": 5000 + step.rows})
        table.delete("a", 5000 + step.rows)


def test_a_damaged_log_is_named(database: ddblite.Database) -> None:
    database.table("music").put({**ITEM, "s": 6000})
    log = Path(f"{database.engine.storage.path}-wal")
    with log.open("r+b") as file:
        file.seek(100)
        byte = file.read(1)
        file.seek(100)
        file.write(bytes([byte[0] ^ 1]))
    found = database.scrub(share=1)
    with log.open("r+b") as file:
        file.seek(100)
        file.write(byte)
    assert f"the log {log} is damaged in frame 1 of" in found[0]


def test_it_waits_for_the_rest_of_its_time(database: ddblite.Database) -> None:
    """After each step, three times as long as that took."""
    waits: list[float] = []
    assert [] == database.engine.scrub(share=0.25, wait=waits.append)
    assert len(waits) >= 2 * PLACES / STEP_ROWS
    assert all(wait > 0 for wait in waits)


@pytest.mark.parametrize("share", [0, -1, 1.5])
def test_a_share_is_a_part(database: ddblite.Database, share: float) -> None:
    with pytest.raises(DdbError, match="share is a part of the time"):
        database.scrub(share=share)


@pytest.mark.parametrize("proof", ["check", "scrub"])
def test_a_damaged_page_is_named(database: ddblite.Database, proof: str) -> None:
    """Whatever lies on it; and the rows on other pages are proven all the same."""
    path = Path(database.engine.storage.path)
    key = key_of(database, ITEMS, 0)
    edit(database, "UPDATE items_1 SET seal = seal + 1 WHERE key = ?", (key,))
    database.close()
    pages = path.stat().st_size // PAGE_BYTES
    with path.open("r+b") as file:
        file.seek((pages - 1) * PAGE_BYTES + 4000)
        byte = file.read(1)[0]
        file.seek(-1, SEEK_CUR)
        file.write(bytes([byte ^ 1]))
    with ddblite.connect(path, mode="read") as damaged:
        found = getattr(damaged, proof)()
    assert f"page {pages} does not match its checksum" in found
    assert any(one.startswith(f"table music: row {key.hex()}") for one in found)
