"""The order in which sorted rows are written: the same rows, and how full they leave the pages."""

import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ddblite
from ddblite.engine import filling
from ddblite.engine.codec import pack
from ddblite.engine.filling import in_filling_order
from ddblite.engine.keys import encode
from ddblite.engine.sorting import Row
from ddblite.schema.values import Item


def rows_of(sizes: list[int]) -> list[Row]:
    """Returns rows in order, with bodies of these sizes."""
    return [
        (number.to_bytes(4, "big"), number, size, bytes(size)) for number, size in enumerate(sizes)
    ]


@settings(max_examples=30)
@given(st.lists(st.integers(10, 700), max_size=300), st.integers(1, 100))
def test_every_row_is_written_once(sizes: list[int], window: int) -> None:
    """And none behind a row of a later window."""
    rows = rows_of(sizes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filling, "WINDOW_ROWS", window)
        order = list(in_filling_order(rows))
    for at in range(0, len(rows), window):
        assert rows[at : at + window] == sorted(order[at : at + window])
    assert len(rows) == len(order)


@pytest.mark.parametrize(
    ("sizes", "waiting"),
    [
        ([300] * 1000, range(75, 90)),  # of 24 on a page, two
        ([100] * 1000, range(100, 115)),
        ([700] * 1000, range(30, 40)),
        ([900] * 1000, range(1)),  # there are nine on a page, and one has hardly room
        ([100, 900] * 500, range(1)),  # what fits on one page does not on another
        ([300_000] * 10, range(1)),
    ],
)
def test_as_many_rows_wait_as_there_is_room_for(sizes: list[int], waiting: range) -> None:
    rows = rows_of(sizes)
    order = list(in_filling_order(rows))
    descents = [at for at, (one, other) in enumerate(pairwise(order), 1) if one > other]
    assert len(descents) <= 1
    assert (len(order) - descents[0] if descents else 0) in waiting


def bytes_per_byte(path: Path, fill: Callable[[ddblite.Table, list[Item]], object]) -> float:
    """Returns how much a file of small items grows, per byte of their keys and bodies."""
    dice = random.Random(1)
    items: list[Item] = [
        {"id": f"{dice.getrandbits(64):016x}", "text": "x" * dice.randrange(200, 340)}
        for _ in range(6000)
    ]
    with ddblite.connect(path, durability="none") as database:
        table = database.create_table("things", partition_key="id")
    empty = path.stat().st_size
    with ddblite.connect(path, durability="none") as database:
        table = database.table("things")
        fill(table, items)
        spec = table.spec
    stored = sum(len(encode(spec.key, item) or b"") + len(pack(item)[1]) for item in items)
    return (path.stat().st_size - empty) / stored


def put_one_by_one(table: ddblite.Table, items: list[Item]) -> None:
    """Puts items, each in a transaction of its own."""
    for item in items:
        table.put(item)


def test_a_load_fills_the_pages(tmp_path: Path) -> None:
    """Of items of about 300 bytes; without ``in_filling_order`` it would be 1.18."""
    assert bytes_per_byte(tmp_path / "a.ddb", ddblite.Table.load) < 1.15


def test_puts_leave_pages_three_quarters_full(tmp_path: Path) -> None:
    """In whatever order they come."""
    assert bytes_per_byte(tmp_path / "a.ddb", put_one_by_one) < 1.30
