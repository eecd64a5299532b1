"""Time to live and point-in-time recovery: set, described, refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import ddblite
from wire_requests import ARN, ONE, TABLE, Json, Wire, changed, reason, refusal
from wires import refusal as refusal_of

OFF: Final = {"TimeToLiveStatus": "DISABLED"}
ON: Final = {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
EXPIRES: Final = {"Enabled": True, "AttributeName": "expires"}
ENDS: Final = {"Enabled": False, "AttributeName": "expires"}
RECOVERY_ON: Final = {"PointInTimeRecoveryEnabled": True}
NOW_S: Final = ddblite.FixedClock().time_s
RECOVERY_OFF: Final = {"PointInTimeRecoveryEnabled": False}
NOT_RECOVERABLE: Final = {"PointInTimeRecoveryStatus": "DISABLED"}


@pytest.fixture
def database() -> Iterator[ddblite.Database]:
    """A database with the table of the shared requests."""
    with ddblite.connect(":memory:", clock=ddblite.FixedClock()) as opened:
        opened.call("CreateTable", TABLE)
        yield opened


def expire(database: ddblite.Database, setting: Json, table: str = "books") -> Json:
    """Sets time to live and returns what is answered."""
    request = {"TableName": table, "TimeToLiveSpecification": setting}
    return database.call("UpdateTimeToLive", request)


def expiry(database: ddblite.Database, table: str = "books") -> Json:
    """Returns the description of time to live."""
    return database.call("DescribeTimeToLive", {"TableName": table})["TimeToLiveDescription"]


def recover(database: ddblite.Database, setting: Wire, table: str = "books") -> Json:
    """Sets point-in-time recovery and returns what is answered of it."""
    request = {"TableName": table, "PointInTimeRecoverySpecification": setting}
    return described_recovery(database.call("UpdateContinuousBackups", request))


def recovery(database: ddblite.Database, table: str = "books") -> Json:
    """Returns the description of point-in-time recovery."""
    return described_recovery(database.call("DescribeContinuousBackups", {"TableName": table}))


def described_recovery(answer: Json) -> Json:
    """Returns what an answer says of point-in-time recovery; backups are always enabled."""
    description = answer["ContinuousBackupsDescription"]
    assert "ENABLED" == description["ContinuousBackupsStatus"]
    assert {"ContinuousBackupsStatus", "PointInTimeRecoveryDescription"} == set(description)
    return description["PointInTimeRecoveryDescription"]


def recoverable(days: int) -> Wire:
    """Returns the description of a table that has just been made recoverable."""
    return {
        "PointInTimeRecoveryStatus": "ENABLED",
        "RecoveryPeriodInDays": days,
        "EarliestRestorableDateTime": NOW_S,
        "LatestRestorableDateTime": NOW_S,
    }


@pytest.mark.parametrize("name", ["books", ARN])
def test_time_to_live_comes_and_goes(database: ddblite.Database, name: str) -> None:
    """By the table's name and by its ARN; one that was disabled is like one that never was."""
    assert OFF == expiry(database, name)
    assert {"TimeToLiveSpecification": EXPIRES} == expire(database, EXPIRES, name)
    assert ON == expiry(database, name)
    assert {"TimeToLiveSpecification": ENDS} == expire(database, ENDS, name)
    assert OFF == expiry(database, name)
    other = {"Enabled": True, "AttributeName": "id"}
    assert {"TimeToLiveSpecification": other} == expire(database, other, name)


OTHER_NAME: Final = (
    "TimeToLive is active on a different AttributeName: current AttributeName is expires"
)


@pytest.mark.parametrize(
    ("before", "setting", "text"),
    [
        (EXPIRES, EXPIRES, "TimeToLive is already enabled"),
        (None, ENDS, "TimeToLive is already disabled"),
        (EXPIRES, {"Enabled": True, "AttributeName": "id"}, OTHER_NAME),
        (EXPIRES, {"Enabled": False, "AttributeName": "id"}, OTHER_NAME),
    ],
)
def test_time_to_live_that_is_so_already(
    database: ddblite.Database, before: Json, setting: Wire, text: str
) -> None:
    """And nothing changes."""
    if before is not None:
        expire(database, before)
    was = expiry(database)
    request = {"TableName": "books", "TimeToLiveSpecification": setting}
    found = refusal_of(database, "UpdateTimeToLive", request)
    assert f"ValidationException: {text}" == found
    assert was == expiry(database)


NULL: Final = "failed to satisfy constraint: Member must not be null"


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        (None, f"{ONE}Value null at 'timeToLiveSpecification' {NULL}"),
        ({"Enabled": True}, f"{ONE}Value null at 'timeToLiveSpecification.attributeName' {NULL}"),
        ({"AttributeName": "a"}, f"{ONE}Value null at 'timeToLiveSpecification.enabled' {NULL}"),
        (
            {"Enabled": True, "AttributeName": ""},
            (
                f"{ONE}Value '' at 'timeToLiveSpecification.attributeName' failed to satisfy"
                " constraint: Member must have length greater than or equal to 1"
            ),
        ),
    ],
)
def test_settings_of_time_to_live_that_are_none(setting: Json, text: str) -> None:
    wire = changed("UpdateTimeToLive", TimeToLiveSpecification=setting)
    assert text == reason("UpdateTimeToLive", wire)


@pytest.mark.parametrize(("length", "good"), [(254, True), (255, True), (256, False)])
def test_expiry_attribute_length_max(length: int, good: bool) -> None:  # noqa: FBT001
    setting = {"Enabled": True, "AttributeName": "a" * length}
    wire = changed("UpdateTimeToLive", TimeToLiveSpecification=setting)
    text = (
        f"ValidationException: {ONE}Value '{'a' * length}' at"
        " 'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member must have"
        " length less than or equal to 255"
    )
    assert ("" if good else text) == refusal("UpdateTimeToLive", wire)


def test_recovery_comes_and_goes(database: ddblite.Database) -> None:
    """Being so already is no error; a period that is not given is the longest."""
    assert NOT_RECOVERABLE == recovery(database)
    assert NOT_RECOVERABLE == recover(database, RECOVERY_OFF)
    for _ in range(2):
        assert recoverable(35) == recover(database, RECOVERY_ON) == recovery(database)
    assert recoverable(7) == recover(database, RECOVERY_ON | {"RecoveryPeriodInDays": 7}, ARN)
    assert recoverable(7) == recovery(database, ARN)
    assert NOT_RECOVERABLE == recover(database, RECOVERY_OFF) == recovery(database)
    assert recoverable(35) == recover(database, RECOVERY_ON)


def test_a_period_of_what_is_disabled() -> None:
    setting = {"PointInTimeRecoveryEnabled": False, "RecoveryPeriodInDays": 7}
    wire = changed("UpdateContinuousBackups", PointInTimeRecoverySpecification=setting)
    text = (
        "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time"
        " recovery."
    )
    assert text == reason("UpdateContinuousBackups", wire)


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        (None, f"{ONE}Value null at 'pointInTimeRecoverySpecification' {NULL}"),
        (
            {},
            (
                f"{ONE}Value null at"
                f" 'pointInTimeRecoverySpecification.pointInTimeRecoveryEnabled' {NULL}"
            ),
        ),
    ],
)
def test_settings_of_recovery_that_are_none(setting: Json, text: str) -> None:
    wire = changed("UpdateContinuousBackups", PointInTimeRecoverySpecification=setting)
    assert text == reason("UpdateContinuousBackups", wire)


@pytest.mark.parametrize(
    ("days", "clause"),
    [
        (0, "Member must have value greater than or equal to 1"),
        (1, ""),
        (34, ""),
        (35, ""),
        (36, "Member must have value less than or equal to 35"),
    ],
)
def test_recovery_days_max(days: int, clause: str) -> None:
    setting = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": days}
    wire = changed("UpdateContinuousBackups", PointInTimeRecoverySpecification=setting)
    text = (
        f"ValidationException: {ONE}Value '{days}' at"
        f" 'pointInTimeRecoverySpecification.recoveryPeriodInDays' failed to satisfy constraint:"
        f" {clause}"
    )
    assert (text if clause else "") == refusal("UpdateContinuousBackups", wire)


@pytest.mark.parametrize(
    ("operation", "text"),
    [
        (
            "DescribeTimeToLive",
            "ResourceNotFoundException: Requested resource not found: Table: films not found",
        ),
        (
            "UpdateTimeToLive",
            "ResourceNotFoundException: Requested resource not found: Table: films not found",
        ),
        ("DescribeContinuousBackups", "TableNotFoundException: Table not found: films"),
        ("UpdateContinuousBackups", "TableNotFoundException: Table not found: films"),
    ],
)
def test_missing_tables(database: ddblite.Database, operation: str, text: str) -> None:
    """Backups have an error of their own. What is wrong in itself comes first."""
    assert text == refusal_of(database, operation, changed(operation, TableName="films"))
    named = "The parameter 'TableName' is required but was not present in the request"
    found = refusal_of(database, operation, changed(operation, TableName=None))
    assert f"ValidationException: {named}" == found
    if operation.startswith("Update"):
        assert "ValidationException" in refusal_of(database, operation, {"TableName": "films"})


def told(database: ddblite.Database) -> list[Json]:
    """Returns what is described of both settings, and of the table."""
    described = database.call("DescribeTable", {"TableName": "books"})
    return [expiry(database), recovery(database), described]


def test_other_descriptions_do_not_tell(database: ddblite.Database) -> None:
    """DescribeTable has neither; a change of the table keeps both; a new one has neither."""
    before = database.call("DescribeTable", {"TableName": "books"})
    expire(database, EXPIRES)
    recover(database, RECOVERY_ON)
    assert [ON, recoverable(35), before] == told(database)
    change = {"TableName": "books", "DeletionProtectionEnabled": True}
    database.call("UpdateTable", change)
    database.call("TagResource", {"ResourceArn": ARN, "Tags": [{"Key": "k", "Value": "v"}]})
    assert [ON, recoverable(35)] == told(database)[:2]
    database.call("UpdateTable", change | {"DeletionProtectionEnabled": False})
    database.delete_table("books")
    database.call("CreateTable", TABLE)
    assert [OFF, NOT_RECOVERABLE] == told(database)[:2]


def test_settings_are_in_the_file(tmp_path: Path) -> None:
    """In the table's definition: they are there again, and in a copy and a backup."""
    path, backup = tmp_path / "books.ddb", tmp_path / "backup.ddb"
    clock = ddblite.FixedClock()
    with ddblite.connect(path, clock=clock) as database:
        database.call("CreateTable", TABLE)
        expire(database, EXPIRES)
        recover(database, RECOVERY_ON | {"RecoveryPeriodInDays": 7})
        expected = told(database)
        with database.copy() as copied:
            assert expected == told(copied)
        database.backup(str(backup))
    for file in (path, backup):
        with ddblite.connect(file, mode="read", clock=clock) as database:
            assert [ON, recoverable(7)] == expected[:2] == told(database)[:2]
            assert [] == database.check()
