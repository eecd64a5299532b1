"""``ddblite tail``: a line for each change, of what was and of what comes."""

import json
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

import ddblite
from ddblite.shell.subcommands import following

Command = Callable[..., Result]
STREAM = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}


def test_lines_of_what_was(command: Command, tmp_path: Path) -> None:
    """Numbers with every digit; the time of the change, and whose it was."""
    path = tmp_path / "a.ddb"
    clock = ddblite.FixedClock(1_700_000_000)
    with ddblite.connect(path, clock=clock) as database:
        table = database.create_table("orders", partition_key="id")
        database.call("UpdateTable", {"TableName": "orders", "StreamSpecification": STREAM})
        expiry = {"Enabled": True, "AttributeName": "expires"}
        database.call(
            "UpdateTimeToLive", {"TableName": "orders", "TimeToLiveSpecification": expiry}
        )
        table.put({"id": "1", "expires": 1_700_000_001})
        clock.advance(5)
        database.sweep()
    run = command("tail", path, "orders", "--since", "2023-11-14T00:00:00", "--no-follow")
    assert (0, "") == (run.exit_code, run.stderr)
    inserted, removed = map(json.loads, run.stdout.splitlines())
    assert inserted == {
        "time": "2023-11-14T22:13:20.000+00:00",
        "sequence": 3,
        "kind": "INSERT",
        "key": {"id": "1"},
        "old": None,
        "new": {"id": "1", "expires": 1_700_000_001},
    }
    assert (removed["kind"], removed["by"]) == ("REMOVE", "service")
    nothing = command("tail", path, "orders", "--no-follow")
    assert (0, "", "") == (nothing.exit_code, nothing.stdout, nothing.stderr)


def test_what_is_not_remembered(command: Command, shop: Path) -> None:
    run = command("tail", shop, "users", "--no-follow")
    assert run.exit_code == 1
    assert "neither a stream nor point-in-time recovery" in run.stderr


def test_it_follows(tmp_path: Path) -> None:
    """What is written while it looks comes once, also within one moment of the clock."""
    with ddblite.connect(tmp_path / "a.ddb", clock=ddblite.FixedClock(9e9)) as database:
        table = database.create_table("orders", partition_key="id")
        database.call("UpdateTable", {"TableName": "orders", "StreamSpecification": STREAM})
        seen = following.followed(table, None, waits=True)
        for number in range(5):
            table.put({"id": str(number)})
            table.put({"id": f"also{number}"})
            assert [next(seen).key["id"] for _ in range(2)] == [str(number), f"also{number}"]


def make_shop(path: Path) -> None:
    """Makes a table with recovery, changed at 22:13:20 UTC and a minute later."""
    clock = ddblite.FixedClock(1_700_000_000)
    with ddblite.connect(path, clock=clock) as database:
        table = database.create_table("orders", partition_key="id", sort_key=("n", "N"))
        recovery = {"PointInTimeRecoveryEnabled": True}
        request = {"TableName": "orders", "PointInTimeRecoverySpecification": recovery}
        database.call("UpdateContinuousBackups", request)
        table.put({"id": "1", "n": 1, "status": "new"})
        table.put({"id": "1", "n": 2})
        clock.advance(60)
        table.put({"id": "1", "n": 1, "status": "paid"})
        backup = table.backup("backup")
    path.with_suffix(".arn").write_text(backup.arn)


def test_the_history_of_an_item(command: Command, tmp_path: Path) -> None:
    make_shop(tmp_path / "a.ddb")
    run = command("log", tmp_path / "a.ddb", "orders", "1", "1.0")
    assert (0, "") == (run.exit_code, run.stderr)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert [(one["kind"], one["new"]["status"]) for one in lines] == [
        ("INSERT", "new"),
        ("MODIFY", "paid"),
    ]
    run = command("log", tmp_path / "a.ddb", "orders", "1")
    assert run.exit_code == 1
    assert "The key of orders is id and n" in run.stderr


def test_the_way_back(command: Command, tmp_path: Path) -> None:
    """To a moment, to a backup; never over a table that is there."""
    path = tmp_path / "a.ddb"
    make_shop(path)
    arn = path.with_suffix(".arn").read_text()
    # The clock of the test stood still in 2023; its window is over by the clock of today.
    run = command("restore", path, "orders", "then", "--at", "2023-11-14T22:13:30")
    assert run.exit_code == 1
    assert "must be within EarliestRestorableDateTime" in run.stderr
    run = command("restore", path, arn, "again")
    assert (0, "restored 2 items into again\n", "") == (run.exit_code, run.stdout, run.stderr)
    run = command("restore", path, "orders", "again")
    assert (1, "") == (run.exit_code, run.stdout)
    assert "Table already exists: again" in run.stderr
    run = command("restore", path, "orders", "now")
    assert (0, "restored 2 items into now\n") == (run.exit_code, run.stdout)
