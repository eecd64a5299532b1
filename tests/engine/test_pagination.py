"""Pages of every size, put together, are the unpaged answer: for every shape of index."""

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

import pytest

import ddblite
from ddblite.engine.engine import Engine
from ddblite.engine.keys import encode_string, hash_of
from ddblite.schema import requests
from ddblite.schema.errors import ValidationException
from ddblite.schema.requests import PageAnswer
from ddblite.schema.values import Item
from shapes import SHAPES, Shape, make_table, order_of, projected

PARTITIONS: Final = ("plumless", "buckeroo", "c", "é")
"""The first two have the same CRC-32, and so the same hash."""

KEYS_ONLY: Final = ("local_keys", "global_hash")

BY_SHAPE: Final = pytest.mark.parametrize("shape", SHAPES, ids=str)


def test_two_partitions_collide() -> None:
    """Otherwise the scans below would not walk through a collision."""
    assert hash_of(encode_string("plumless")) == hash_of(encode_string("buckeroo"))


def made_items() -> list[Item]:
    """Returns items with many ties, and some without the attributes of an index."""
    dice = random.Random(3)
    made: list[Item] = []
    for position in range(44):
        number = Decimal(position * 7 % 44 - 11) / 2
        item: Item = {
            "p": PARTITIONS[position % 4],
            "s": int(number) if number == int(number) else number,
            "plays": position % 3,
            "l1": dice.choice(["a", "ab", "b", "\0", "￿", "\U0001f600"]),
            "g": dice.choice(["x", "y"]),
            "gs": dice.choice([-1, 0, 1, 10]),
            "b1": dice.choice([b"\0", b"\0\xff", b"\xff\xff", b"a"]),
            "h1": dice.choice(["x", "x", "y"]),
            "h2": dice.choice([1, 1, 2]),
            "r1": dice.choice(["a", "a\0", "b"]),
            "r2": dice.choice([-5, 5]),
        }
        for name in ("l1", "g", "gs", "b1", "h1", "h2", "r1", "r2"):
            if dice.random() < 0.1:
                del item[name]
        made.append(item)
    return made


ITEMS: Final = made_items()


@pytest.fixture(scope="module")
def table() -> Iterator[ddblite.Table]:
    """The items in one table; nothing here changes them."""
    with ddblite.connect(":memory:") as database:
        made = make_table(database)
        for item in ITEMS:
            made.put(item)
        yield made


def expected_partitions(shape: Shape) -> dict[tuple[Any, ...], list[Item]]:
    """Returns what an index holds by partition, as a plain list in sort order."""
    partitions: dict[tuple[Any, ...], list[Item]] = {}
    for item in ITEMS:
        shown = projected(shape, item)
        if shown is not None:
            at = tuple(item[name] for name in shape.partition)
            partitions.setdefault(at, []).append(shown)
    for found in partitions.values():
        found.sort(key=lambda item: order_of(shape, item))
    return partitions


def query_of(shape: Shape, at: tuple[Any, ...], **more: Any) -> requests.Query:  # noqa: ANN401
    """Returns the query of one partition."""
    names = {f"#{position}": name for position, name in enumerate(shape.partition)}
    values = {f":{position}": value for position, value in enumerate(at)}
    if more.get("filter"):
        values[":plays"] = 1
    return requests.Query(
        table_name="shapes",
        index_name=shape.index,
        key_condition=" AND ".join(f"#{one} = :{one}" for one in range(len(at))),
        names=names,
        values=values,
        **more,
    )


def scan_of(shape: Shape, **more: Any) -> requests.Scan:  # noqa: ANN401
    """Returns the scan of a table or index."""
    return requests.Scan(
        table_name="shapes",
        index_name=shape.index,
        values={":plays": 1} if more.get("filter") else None,
        **more,
    )


def pages_of(engine: Engine, request: requests.Query | requests.Scan) -> list[PageAnswer]:
    """Returns all pages of a request, each begun where the one before it ended."""
    pages: list[PageAnswer] = []
    values = {name: getattr(request, name) for name in request.__struct_fields__}
    while True:
        page = engine.execute(type(request)(**values))
        assert len(pages) < 200, "the pages do not end"
        pages.append(page)
        if page.last_key is None:
            return pages
        values["start_key"] = page.last_key


def joined(pages: list[PageAnswer]) -> list[Item]:
    """Returns the items of several pages, one after another."""
    return [item for page in pages for item in page.items]


@BY_SHAPE
def test_unpaged_query_is_the_sorted_partition(table: ddblite.Table, shape: Shape) -> None:
    """The answer that pages are compared with is itself what a list and ``sorted`` give."""
    for at, expected in expected_partitions(shape).items():
        found = joined(pages_of(table.engine, query_of(shape, at)))
        assert [order_of(shape, one) for one in expected] == [order_of(shape, one) for one in found]
        assert by_key(expected) == by_key(found)


def by_key(items: list[Item]) -> list[Item]:
    """Returns items in the order of their table keys, to compare them as a set."""
    return sorted(items, key=lambda item: (item["p"], item["s"]))


@pytest.mark.parametrize("forward", [True, False], ids=["forward", "backward"])
@pytest.mark.parametrize(
    ("shape", "filter_"),
    [
        pytest.param(shape, filter_, id=f"{shape}-{'filtered' if filter_ else 'all'}")
        for shape in SHAPES
        for filter_ in (None, "plays = :plays")
        # A query's filter may only look at what its index projects.
        if filter_ is None or shape.index not in KEYS_ONLY
    ],
)
def test_pages_of_a_query_are_the_unpaged_answer(
    table: ddblite.Table,
    shape: Shape,
    filter_: str | None,
    forward: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Every size of page, from one item to more than there are; ties keep their order."""
    for at, expected in expected_partitions(shape).items():
        whole = joined(pages_of(table.engine, query_of(shape, at, filter=filter_)))
        if not forward:
            whole.reverse()
        for limit in range(1, len(expected) + 2):
            request = query_of(shape, at, filter=filter_, limit=limit, forward=forward)
            pages = pages_of(table.engine, request)
            assert whole == joined(pages)
            assert len(expected) == sum(page.scanned_count for page in pages)
            assert len(whole) == sum(page.count for page in pages)
            assert all(page.scanned_count == limit for page in pages[:-1])


@pytest.mark.parametrize("filter_", [None, "plays = :plays"], ids=["all", "filtered"])
@BY_SHAPE
def test_pages_of_a_scan_are_the_unpaged_answer(
    table: ddblite.Table, shape: Shape, filter_: str | None
) -> None:
    """Also through two partitions with one hash."""
    expected = [shown for item in ITEMS if (shown := projected(shape, item)) is not None]
    whole = joined(pages_of(table.engine, scan_of(shape, filter=filter_)))
    wanted = [item for item in expected if not filter_ or item.get("plays") == 1]
    assert shape.index == "local_keys" or by_key(wanted) == by_key(whole)
    for limit in range(1, len(expected) + 2):
        pages = pages_of(table.engine, scan_of(shape, filter=filter_, limit=limit))
        assert whole == joined(pages)
        assert len(expected) == sum(page.scanned_count for page in pages)


@pytest.mark.parametrize("limit", [None, 1, 2, 5])
@pytest.mark.parametrize("segments", [1, 2, 3, 7, 100])
@BY_SHAPE
def test_segments_of_a_scan_partition_it(
    table: ddblite.Table, shape: Shape, segments: int, limit: int | None
) -> None:
    """Together they are the scan, in its order; nothing is in two of them."""
    whole = joined(pages_of(table.engine, scan_of(shape)))
    parts = [
        joined(
            pages_of(
                table.engine,
                scan_of(shape, segment=segment, total_segments=segments, limit=limit),
            )
        )
        for segment in range(segments)
    ]
    assert whole == [item for part in parts for item in part]


@BY_SHAPE
def test_a_cursor_has_the_keys_of_index_and_table(table: ddblite.Table, shape: Shape) -> None:
    """All of them, and nothing else."""
    page = table.engine.execute(scan_of(shape, limit=1))
    assert page.last_key is not None
    assert {*shape.key_names, "p", "s"} == set(page.last_key)


@pytest.mark.parametrize("forward", [True, False], ids=["forward", "backward"])
@BY_SHAPE
def test_a_cursor_need_not_exist(shape: Shape, forward: bool) -> None:  # noqa: FBT001
    """The item it names was deleted meanwhile; reading goes on behind its place."""
    with ddblite.connect(":memory:") as database:
        made = make_table(database)
        for item in ITEMS:
            made.put(item)
        at, expected = max(expected_partitions(shape).items(), key=lambda one: len(one[1]))
        whole = joined(pages_of(made.engine, query_of(shape, at, forward=forward)))
        assert len(expected) == len(whole)
        found: list[Item] = []
        start: Item | None = None
        while True:
            page = made.engine.execute(
                query_of(shape, at, limit=1, forward=forward, start_key=start)
            )
            found += page.items
            start = page.last_key
            if start is None:
                break
            made.delete(start["p"], start["s"])
        assert whole == found


@pytest.mark.parametrize("order", [1, -1], ids=["forward", "backward"])
def test_a_cursor_between_items_resumes_there(table: ddblite.Table, order: int) -> None:
    """A made-up key is a place like any other."""
    start: Item = {"p": "c", "s": Decimal("0.0001")}
    request = query_of(SHAPES[0], ("c",), start_key=start, forward=order == 1)
    whole = expected_partitions(SHAPES[0])["c",][::order]
    wanted = [item for item in whole if is_behind(item, order)]
    assert wanted == table.engine.execute(request).items


def is_behind(item: Item, order: int) -> bool:
    """Whether an item comes after the made-up key, in the direction of reading."""
    number = item["s"]
    assert isinstance(number, int | Decimal)
    return (number > 0) == (order == 1)


@BY_SHAPE
def test_a_limit_that_is_just_reached_leaves_a_cursor(table: ddblite.Table, shape: Shape) -> None:
    """Although nothing follows: the engine has not looked. One more, and it has."""
    for at, expected in expected_partitions(shape).items():
        last = table.engine.execute(query_of(shape, at, limit=len(expected)))
        assert len(expected) == last.count
        assert last.last_key is not None
        beyond = table.engine.execute(query_of(shape, at, start_key=last.last_key))
        assert (0, 0, None) == (beyond.count, beyond.scanned_count, beyond.last_key)
        assert table.engine.execute(query_of(shape, at, limit=len(expected) + 1)).last_key is None


@BY_SHAPE
def test_counting_pages_like_reading(table: ddblite.Table, shape: Shape) -> None:
    """Select COUNT gives no items, and the same counts."""
    for limit in (1, 3, None):
        counted = pages_of(table.engine, scan_of(shape, select="COUNT", limit=limit))
        read = pages_of(table.engine, scan_of(shape, limit=limit))
        assert [(page.count, page.scanned_count, page.last_key) for page in read] == [
            (page.count, page.scanned_count, page.last_key) for page in counted
        ]
        assert joined(counted) == []


def test_a_hash_only_table_is_scanned_in_pages(database: ddblite.Database) -> None:
    """The scan walks the hashes. A query has one item at most, and nowhere to go on from."""
    made = database.create_table("hashed", partition_key="p")
    keys = [*PARTITIONS, *(f"key {number}" for number in range(20))]
    for key in keys:
        made.put({"p": key, "n": 1})
    whole = made.scan().all()
    assert sorted(keys) == sorted(str(item["p"]) for item in whole)
    for limit in range(1, len(keys) + 2):
        assert whole == made.scan(page_limit=limit).all()
    for key in keys:
        first = database.call(
            "Query",
            {
                "TableName": "hashed",
                "KeyConditionExpression": "p = :p",
                "ExpressionAttributeValues": {":p": {"S": key}},
                "Limit": 1,
            },
        )
        assert {"Items", "Count", "ScannedCount"} == first.keys()
        assert [{"p": key, "n": 1}] == made.query("p = :p", values={":p": key}, page_limit=1).all()


# --- Limits of the Python API: items given, not items read


@pytest.mark.parametrize("page_limit", [None, 1, 2, 5])
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 11, 12])
def test_a_limit_of_items_resumes_behind_the_last_one(
    table: ddblite.Table, limit: int, page_limit: int | None
) -> None:
    """With a filter that lets a third of them through."""
    whole = table.scan(filter="plays = :one", values={":one": 1}).all()
    found: list[Item] = []
    cursor = None
    while True:
        result = table.scan(
            filter="plays = :one",
            values={":one": 1},
            limit=limit,
            page_limit=page_limit,
            after=cursor,
        )
        part = result.all()
        assert len(part) <= limit
        found += part
        cursor = result.cursor
        if cursor is None:
            break
        assert len(part) == limit
    assert whole == found


# --- Start keys that cannot be


def test_a_start_key_of_another_partition_is_refused(table: ddblite.Table) -> None:
    with pytest.raises(
        ValidationException,
        match=r"^The provided starting key is outside query boundaries based on provided",
    ):
        table.engine.execute(query_of(SHAPES[0], ("c",), start_key={"p": "é", "s": 1}))


def test_a_start_key_outside_the_range_is_refused(table: ddblite.Table) -> None:
    request = requests.Query(
        table_name="shapes",
        key_condition="p = :p AND s > :s",
        values={":p": "c", ":s": 1},
        start_key={"p": "c", "s": 0},
    )
    with pytest.raises(
        ValidationException,
        match=r"^The provided starting key does not match the range key predicate",
    ):
        table.engine.execute(request)


def test_a_start_key_of_another_segment_is_refused(table: ddblite.Table) -> None:
    found = {
        segment
        for segment in range(2)
        for item in table.scan(segment=segment, total_segments=2)
        if item["p"] == "c"
    }
    other = 1 - found.pop()
    message = (
        "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use"
        f" ExclusiveStartKey with correct Segment. TotalSegments: 2 Segment: {other}"
    )
    with pytest.raises(ValidationException) as refused:
        table.scan(segment=other, total_segments=2, after={"p": "c", "s": 1}).all()
    assert message == refused.value.message
