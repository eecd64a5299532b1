"""Every operation against a plain dictionary, with the file closed and opened in between."""

import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import ddblite
from ddblite.api.python.options import Mode
from ddblite.schema import values
from ddblite.schema.errors import ConditionalCheckFailedException, ValidationException
from ddblite.schema.values import Item, Number, StringSet, Value
from shapes import SHAPES, Shape, make_table, order_of, projected

PARTITIONS = st.sampled_from(["plumless", "buckeroo", "c"])
SORTS = st.sampled_from([-1, 0, Decimal("0.5"), 2, 10])
INDEXED: dict[str, st.SearchStrategy[Any]] = {
    "l1": st.sampled_from(["a", "a\0", "b"]),
    "g": st.sampled_from(["x", "y"]),
    "gs": st.sampled_from([-1, 1, 2**70]),
    "b1": st.sampled_from([b"\0", b"\xff"]),
    "h1": st.sampled_from(["x", "y"]),
    "h2": st.sampled_from([1, 2]),
    "r1": st.sampled_from(["a", "b"]),
    "r2": st.sampled_from([-5, 5]),
}
WRONG: st.SearchStrategy[Value] = st.sampled_from([True, None, [], {"a": 1}, StringSet(["x"])])
PLAYS = st.integers(0, 3)
ATTRIBUTES = st.fixed_dictionaries({}, optional={**INDEXED, "plays": PLAYS})
SHAPE = st.sampled_from(SHAPES)


class TableMachine(RuleBasedStateMachine):
    """One table with every kind of index, and the dictionary that it should be."""

    @initialize()
    def open(self) -> None:
        """Makes the file and the table."""
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name, "machine.ddb")
        self.database = ddblite.connect(self.path, durability="process")
        self.table = make_table(self.database)
        self.model: dict[tuple[Any, Any], Item] = {}

    def teardown(self) -> None:
        """Closes the file; the check after the test is one more."""
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    # writing

    @rule(p=PARTITIONS, s=SORTS, attributes=ATTRIBUTES)
    def put(self, p: str, s: Number, attributes: Item) -> None:
        """Replaces the whole item, and gives the old one."""
        item = {"p": p, "s": s, **attributes}
        before = self.table.put(item, returning="ALL_OLD")
        assert same(self.model.get((p, s)), before)
        self.model[p, s] = item

    @rule(p=PARTITIONS, s=SORTS, attributes=ATTRIBUTES, plays=PLAYS)
    def put_if(self, p: str, s: Number, attributes: Item, plays: int) -> None:
        """Replaces only an item with so many plays, or none."""
        before = self.model.get((p, s))
        item = {"p": p, "s": s, **attributes}

        def put() -> None:
            self.table.put(
                item,
                condition="attribute_not_exists(p) OR plays = :plays",
                values={":plays": plays},
            )

        if before is None or before.get("plays") == plays:
            put()
            self.model[p, s] = item
        else:
            assert same(before, refused(put).item)

    @rule(p=PARTITIONS, s=SORTS, attributes=ATTRIBUTES, gone=st.sets(st.sampled_from([*INDEXED])))
    def update(self, p: str, s: Number, attributes: Item, gone: set[str]) -> None:
        """Sets some attributes and removes others, of the indexes or not."""
        gone -= attributes.keys()
        parts = []
        if attributes:
            parts.append("SET " + ", ".join(f"#{name} = :{name}" for name in attributes))
        if gone:
            parts.append("REMOVE " + ", ".join(f"#{name}" for name in sorted(gone)))
        names = {f"#{name}": name for name in (*attributes, *gone)}
        after = self.table.update(
            {"p": p, "s": s},
            " ".join(parts) or None,
            names=names or None,
            values={f":{name}": value for name, value in attributes.items()} or None,
            returning="ALL_NEW",
        )
        before = self.model.get((p, s))
        if before is None and gone and not attributes:
            assert after is None
            return
        base = {"p": p, "s": s} if before is None else before
        self.model[p, s] = {
            name: value for name, value in (base | attributes).items() if name not in gone
        }
        assert same(self.model[p, s], after)

    @rule(p=PARTITIONS, s=SORTS, by=st.integers(-2, 2))
    def add(self, p: str, s: Number, by: int) -> None:
        """Adds to a number, which begins at nothing."""
        self.table.update((p, s), "ADD plays :by", values={":by": by})
        item = self.model.setdefault((p, s), {"p": p, "s": s})
        before = item.get("plays", 0)
        assert isinstance(before, int)
        self.model[p, s] = {**item, "plays": before + by}

    @rule(p=PARTITIONS, s=SORTS, name=st.sampled_from([*INDEXED]), wrong=WRONG)
    def update_wrongly(self, p: str, s: Number, name: str, wrong: Value) -> None:
        """An index key of another type is refused, and nothing changes."""
        refused_as_invalid(
            lambda: self.table.update(
                (p, s), "SET #n = :v, plays = :nine", names={"#n": name},
                values={":v": wrong, ":nine": 9},
            )
        )  # fmt: skip

    @rule(p=PARTITIONS, s=SORTS)
    def delete(self, p: str, s: Number) -> None:
        """Removes an item, or nothing."""
        before = self.table.delete(p, s, returning="ALL_OLD")
        assert same(self.model.pop((p, s), None), before)

    @rule(p=PARTITIONS, attributes=st.lists(ATTRIBUTES, max_size=4), gone=SORTS)
    def write_many(self, p: str, attributes: list[Item], gone: Number) -> None:
        """Puts some and deletes one, all at once."""
        with self.table.batch() as batch:
            for s, more in enumerate(attributes):
                batch.put({"p": p, "s": s, **more})
            batch.delete(p, gone)
        for s, more in enumerate(attributes):
            self.model[p, s] = {"p": p, "s": s, **more}
        self.model.pop((p, gone), None)

    # reading

    @rule(p=PARTITIONS, s=SORTS)
    def get(self, p: str, s: Number) -> None:
        """Reads one item, or none."""
        assert same(self.model.get((p, s)), self.table.get(p, s))

    @rule(shape=SHAPE, data=st.data(), forward=st.booleans(), page=st.integers(1, 4))
    def query(self, shape: Shape, data: st.DataObject, forward: bool, page: int) -> None:  # noqa: FBT001
        """Reads one partition of any index, in pages, in order."""
        kinds = {"p": PARTITIONS, "s": SORTS, **INDEXED}
        at = {name: data.draw(kinds[name]) for name in shape.partition}
        expected = [
            shown
            for item in self.model.values()
            if (shown := projected(shape, item)) is not None
            and all(values.equal(item[name], value) for name, value in at.items())
        ]
        found = self.table.query(
            " AND ".join(f"#{name} = :{name}" for name in at),
            names={f"#{name}": name for name in at},
            values={f":{name}": value for name, value in at.items()},
            index=shape.index,
            forward=forward,
            page_limit=page,
        ).all()
        assert same(by_key(expected), by_key(found))
        orders = [order_of(shape, item) for item in found]
        assert orders == sorted(orders, reverse=not forward)

    @rule(shape=SHAPE, segments=st.integers(1, 3), page=st.integers(1, 5) | st.none())
    def scan(self, shape: Shape, segments: int, page: int | None) -> None:
        """Reads any index as a whole, in pages and segments."""
        expected = [
            shown for item in self.model.values() if (shown := projected(shape, item)) is not None
        ]
        found = [
            item
            for segment in range(segments)
            for item in self.table.scan(
                index=shape.index, segment=segment, total_segments=segments, page_limit=page
            )
        ]
        assert same(by_key(expected), by_key(found))

    # the file

    @rule(mode=st.sampled_from(["create", "open"]))
    def reopen(self, mode: Mode) -> None:
        """Closes the file, which leaves one, and opens it again."""
        self.database.close()
        assert [self.path] == list(self.path.parent.iterdir())
        self.database = ddblite.connect(self.path, mode=mode, durability="process")
        self.table = self.database.table("shapes")

    @invariant()
    def is_whole(self) -> None:
        """The file proves itself after every step, and counts right."""
        if hasattr(self, "database"):
            assert self.database.check() == []
            described = self.database.call("DescribeTable", {"TableName": "shapes"})["Table"]
            assert len(self.model) == described["ItemCount"]


def same(left: Item | list[Item] | None, right: Item | list[Item] | None) -> bool:
    """Whether two items, lists of items or missing items are equal as DynamoDB's."""
    return values.equal(left, right)  # type: ignore[arg-type]  # a list is invariant


def by_key(items: list[Item]) -> list[Item]:
    """Returns items in the order of their table keys."""
    return sorted(items, key=lambda item: (item["p"], item["s"]))


def refused(write: Callable[[], object]) -> ConditionalCheckFailedException:
    """Returns the error of a write whose condition does not hold."""
    try:
        write()
    except ConditionalCheckFailedException as error:
        return error
    raise AssertionError("the condition should not have held")


def refused_as_invalid(write: Callable[[], object]) -> None:
    """Does a write that is not valid."""
    try:
        write()
    except ValidationException:
        return
    raise AssertionError("the write should have been refused")


TestTable = TableMachine.TestCase
TestTable.settings = settings(max_examples=15, stateful_step_count=30)
