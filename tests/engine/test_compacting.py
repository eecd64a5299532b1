"""``compact``: a file built anew, smaller and equal; refused while others have it open."""

from pathlib import Path

import pytest

import ddblite
from backed_up import items_of
from ddblite.errors import Busy, FileError, ReadOnly


def fill(path: Path, key: str | None = None) -> None:
    """Makes a file with much room that it does not need, a log, a backup, and what expires."""
    with ddblite.connect(path, key=key) as database:
        table = database.create_table("orders", partition_key="id")
        request = {"TableName": "orders"}
        recovery = {"PointInTimeRecoveryEnabled": True}
        database.call(
            "UpdateContinuousBackups", request | {"PointInTimeRecoverySpecification": recovery}
        )
        expiry = {"Enabled": True, "AttributeName": "expires"}
        database.call("UpdateTimeToLive", request | {"TimeToLiveSpecification": expiry})
        table.put({"id": "kept", "expires": 9_000_000_000})
        table.backup("backup")
        other = database.create_table("other", partition_key="id")
        other.load([{"id": str(number), "text": "x" * 1000} for number in range(2000)])
        database.delete_table("other")


@pytest.mark.parametrize("key", [None, "secret"])
def test_room_is_given_back(tmp_path: Path, key: str | None) -> None:
    """Everything is as it was, also the log and the backups; the database goes on."""
    path = tmp_path / "a.ddb"
    fill(path, key)
    before = path.stat().st_size
    with ddblite.connect(path, key=key) as database:
        expected = items_of(database.table("orders"))
        changes = list(database.table("orders").changes())
        database.compact()
        assert expected == items_of(database.table("orders"))
        assert changes == list(database.table("orders").changes())
        assert [one.name for one in database.backups()] == ["backup"]
        database.table("orders").put({"id": "more"})
        assert [] == database.check()
    assert path.stat().st_size < before / 5
    assert [path] == list(tmp_path.iterdir())


def test_it_is_refused_while_others_have_the_file_open(tmp_path: Path) -> None:
    path = tmp_path / "a.ddb"
    fill(path)
    with ddblite.connect(path) as database:
        with ddblite.connect(path), pytest.raises(Busy):
            database.compact()
        assert [] == database.check()
    with ddblite.connect(path, mode="read") as reader, pytest.raises(ReadOnly):
        reader.compact()
    with ddblite.connect(":memory:") as memory, pytest.raises(FileError, match="no file"):
        memory.compact()
    assert [path] == list(tmp_path.iterdir())
