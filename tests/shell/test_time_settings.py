"""Where the shell tells of a table's settings."""

from io import StringIO

from ddblite.shell.commands import carry_out
from ddblite.shell.conversation.session import Session


def said(session: Session, text: str) -> str:
    """Returns what an input prints on either stream."""
    session.out = session.error = StringIO()
    carry_out(session, text)
    return session.out.getvalue()


def test_settings_are_in_the_schema(session: Session) -> None:
    """In a line each."""
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
    assert (
        "films\n"
        "  key    year (number), title (string)\n"
        "  set    time to live (expires)\n"
        "  set    point-in-time recovery (35 days)\n"
    ) in said(session, ".schema films")
