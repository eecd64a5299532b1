"""A page ends at 1 MB of what was read; a segment has a total."""

from typing import Any

import pytest

import ddblite
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import PAGE_BYTES_MAX
from ddblite.schema.sizes import item_size
from ddblite.schema.values import Item


def sized(key: int, size: int) -> Item:
    """Returns an item of exactly this size."""
    item: Item = {"p": "a", "s": key, "x": ""}
    return {**item, "x": "x" * (size - item_size(item))}


def page_sizes(table: ddblite.Table, **more: Any) -> list[int]:  # noqa: ANN401
    """Returns how many items each page of a query has."""
    return [len(page) for page in table.query("p = :p", values={":p": "a"}, **more).pages()]


@pytest.mark.parametrize(
    ("sizes", "pages"),
    [
        ([PAGE_BYTES_MAX // 4] * 3 + [PAGE_BYTES_MAX // 4 - 1], [4]),
        ([PAGE_BYTES_MAX // 4] * 4, [4, 0]),
        ([PAGE_BYTES_MAX // 4] * 3 + [PAGE_BYTES_MAX // 4 - 1, 100], [5, 0]),
        ([300_000] * 8, [4, 4, 0]),
        ([300_000] * 9, [4, 4, 1]),
    ],
    ids=["below", "exactly", "crossing", "twice", "rest"],
)
def test_a_page_ends_with_the_item_that_brings_it_to_a_megabyte(
    database: ddblite.Database, sizes: list[int], pages: list[int]
) -> None:
    """That item is in the page, and the cursor is its key."""
    made = database.create_table("large", partition_key="p", sort_key=("s", "N"))
    for key, size in enumerate(sizes):
        made.put(sized(key, size))
    assert pages == page_sizes(made)
    assert pages == page_sizes(made, forward=False)
    assert pages == page_sizes(made, projection="p")
    assert pages == [len(page) for page in made.scan().pages()]


def test_a_filter_does_not_make_a_page_longer(database: ddblite.Database) -> None:
    """What was read counts, not what was given."""
    made = database.create_table("large", partition_key="p", sort_key=("s", "N"))
    for key in range(6):
        made.put({**sized(key, 300_000), "even": key % 2 == 0})
    pages = list(made.scan(filter="even = :t", values={":t": True}).pages())
    assert [[0, 2], [4]] == [[item["s"] for item in page] for page in pages]


@pytest.mark.parametrize(
    ("segment", "total", "message"),
    [
        (0, None, "The TotalSegments parameter is required but was not present"),
        (None, 2, "The Segment parameter is required but was not present"),
        (5, 5, "is zero-based and must be less than parameter TotalSegments$"),
    ],
)
def test_segments_come_with_their_total(
    database: ddblite.Database, segment: int | None, total: int | None, message: str
) -> None:
    table = database.create_table("segmented", partition_key="p")
    with pytest.raises(ValidationException, match=message):
        table.scan(segment=segment, total_segments=total).all()
