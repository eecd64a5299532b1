"""Where the shell and the command tell of settings that are recorded only."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

from typer.testing import Result

import ddblite
from ddblite.shell.commands import carry_out
from ddblite.shell.conversation.session import Session

Command = Callable[..., Result]


def said(session: Session, text: str) -> str:
    """Returns what an input prints on either stream."""
    session.out = session.error = StringIO()
    carry_out(session, text)
    return session.out.getvalue()


def test_settings_that_are_recorded_only(session: Session) -> None:
    """The overview says so beside the tables, the schema in a line of its own."""
    session.database.create_table("films", partition_key=("year", "N"), sort_key="title")
    expires = {"Enabled": True, "AttributeName": "expires"}
    session.database.call(
        "UpdateTimeToLive", {"TableName": "films", "TimeToLiveSpecification": expires}
    )
    recoverable = {"PointInTimeRecoveryEnabled": True}
    session.database.call(
        "UpdateContinuousBackups",
        {"TableName": "films", "PointInTimeRecoverySpecification": recoverable},
    )
    assert said(session, ".tables").endswith(
        "films: time to live (expires) is recorded only, not carried out\n"
        "films: point-in-time recovery is recorded only, not carried out\n"
    )
    assert (
        "films\n"
        "  key    year (number), title (string)\n"
        "  set    time to live (expires): recorded only, not carried out\n"
        "  set    point-in-time recovery: recorded only, not carried out\n"
    ) in said(session, ".schema films")


def test_description_of_what_is_recorded_only(command: Command, shop: Path) -> None:
    """The description is DescribeTable's; what is not carried out is said beside it."""
    with ddblite.connect(shop) as database:
        expires = {"Enabled": True, "AttributeName": "expires\x1b"}
        request = {"TableName": "users", "TimeToLiveSpecification": expires}
        database.call("UpdateTimeToLive", request)
        expected = database.call("DescribeTable", {"TableName": "users"})["Table"]
    run = command("describe", shop, "users")
    assert expected == json.loads(run.stdout)
    said = "users: time to live (expires\\x1b) is recorded only, not carried out\n"
    assert (0, said) == (run.exit_code, run.stderr)
