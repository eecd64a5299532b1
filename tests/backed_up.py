"""Tables with backups and recovery: what the tests of both ask."""

from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from ddblite import Database, Table
from ddblite.engine.history import backups

DAY_S: Final = 24 * 3600
NOW_S: Final = 1_700_000_000


def recoverable(database: Database, *names: str, days: int = 35) -> None:
    """Turns point-in-time recovery on."""
    for name in names:
        setting = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": days}
        request = {"TableName": name, "PointInTimeRecoverySpecification": setting}
        database.call("UpdateContinuousBackups", request)


def items_of(table: Table) -> dict[str, Any]:
    """Returns the items of a table by their keys."""
    return {item["id"]: item for item in table.scan()}


def refusal(work: Any, **members: Any) -> tuple[str, str]:  # noqa: ANN401 - a method of boto3's
    """Returns code and text of the error that a call raises."""
    with pytest.raises(ClientError) as raised:
        work(**members)
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]


def numbers_of_backups(database: Database) -> set[int]:
    """Returns the numbers of the rows of backups."""
    return backups.numbers(database.engine.storage)
