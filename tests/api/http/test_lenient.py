"""What only AWS's local version takes: with ``--lenient``, and with any of its own flags."""

from pathlib import Path
from typing import Final

import pytest

from serving import running
from table_definitions import PROVISIONED, table

FORM: Final = table("a", **PROVISIONED) | {
    "ProvisionedThroughput": {"ReadCapacityUnits": "3", "WriteCapacityUnits": "4"}
}
"""Capacity as the create-table form of dynamodb-admin sends it."""


@pytest.mark.parametrize(
    ("options", "status"),
    [([], 400), (["--lenient"], 200), (["--lenient", "--workers", "2"], 200), (["-sharedDb"], 200)],
)
def test_numbers_written_as_texts(tmp_path: Path, options: list[str], status: int) -> None:
    with running(str(tmp_path / "books.ddb"), *options) as server:
        assert status == server.ask("CreateTable", FORM).status
