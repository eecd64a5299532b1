"""That a database holds everything that the kept files do, by every way of reading it."""

from collections.abc import Iterable

import ddblite
import kept_files
from ddblite import Key
from ddblite.schema import values
from ddblite.schema.values import Item


def in_order(items: Iterable[Item]) -> list[Item]:
    """Returns items in an order that is the same for the same items."""
    return sorted(items, key=lambda item: repr([str(item.get(name)) for name in ("p", "s", "n")]))


def require_same(expected: Iterable[Item], found: Iterable[Item]) -> None:
    """Fails unless there are the same items, value for value, in whatever order."""
    for one, other in zip(in_order(expected), in_order(found), strict=True):
        assert values.equal(one, other), (one, other)


def require_everything(database: ddblite.Database) -> None:
    """Fails unless a database holds what ``kept_files`` says, by every way of reading it."""
    assert database.check() == []
    assert sorted(kept_files.ITEMS) == database.tables()
    for name, expected in kept_files.ITEMS.items():
        table = database.table(name)
        require_same(expected, table.scan().all())
        keys = table.spec.key_names
        for item in expected:
            one = table.get({key: item[key] for key in keys})
            assert one is not None
            assert values.equal(item, one)
            partition = Key(keys[0]).eq(item[keys[0]])
            require_same(
                [other for other in expected if other[keys[0]] == item[keys[0]]],
                table.query(partition).all(),
            )
    singers = database.table("singers")
    for index in kept_files.INDEXES:
        expected = kept_files.INDEXED[index]
        require_same(expected, singers.scan(index=index).all())
        pieces = (singers.scan(index=index, segment=at, total_segments=3).all() for at in range(3))
        require_same(expected, [item for piece in pieces for item in piece])
    condition = Key("h1").eq("M") & Key("h2").eq(0)
    found = singers.query(condition, index="multi", forward=False).all()
    assert [2, 120, 10, 0, -12] == [item["s"] for item in found]
    statement = "SELECT * FROM singers.by_g WHERE g = 'odd'"
    require_same(
        [one for one in kept_files.SINGERS if one.get("g") == "odd"],
        database.execute(statement).all(),
    )
    assert [{"n": len(kept_files.SINGERS)}] == database.sql("SELECT count(*) n FROM singers").all()
    assert database.scrub() == []
    require_settings(database)


def require_settings(database: ddblite.Database) -> None:
    """Fails unless the tables are described as they were made."""
    described = {
        name: database.call("DescribeTable", {"TableName": name})["Table"]
        for name in database.tables()
    }
    for wire in kept_files.DEFINITIONS:
        table = described[wire["TableName"]]
        assert wire["KeySchema"] == table["KeySchema"]
        assert len(kept_files.ITEMS[wire["TableName"]]) == table["ItemCount"]
        assert int(kept_files.MADE_AT_S) == int(table["CreationDateTime"])
        for member in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
            for expected in wire.get(member, ()):
                found = next(
                    one for one in table[member] if one["IndexName"] == expected["IndexName"]
                )
                assert expected.items() <= found.items()
                assert len(kept_files.INDEXED[expected["IndexName"]]) == found["ItemCount"]
    assert 4 == described["notes"]["ProvisionedThroughput"]["WriteCapacityUnits"]
    tagged = {"ResourceArn": described["singers"]["TableArn"]}
    assert kept_files.TAGS == database.call("ListTagsOfResource", tagged)["Tags"]
