"""The manual's table of clients names the versions that the tests pin, and no others."""

import re
from typing import Final

from sources import ROOT

PINNED: Final = (
    "constraints.txt",
    "tests/clients/awscli-requirements.txt",
    "tests/clients/go/go.mod",
    "tests/clients/java/pom.xml",
    "tests/clients/javascript/package.json",
    "tests/clients_aioboto3/requirements.txt",
    "tests/clients_expiring/requirements.txt",
    "tests/clients/test_terraform.py",  # nothing pins Terraform: the test says what it passed with
)
VERSION: Final = re.compile(r"\d+\.\d+\.\d+")
ROWS: Final = re.search(
    r"^\| client or tool \|.*?\n\n",
    (ROOT / "docs" / "compatibility.md").read_text("utf-8"),
    re.MULTILINE | re.DOTALL,
)


def test_versions_of_clients_are_those_that_run() -> None:
    pinned = {
        version for name in PINNED for version in VERSION.findall((ROOT / name).read_text("utf-8"))
    }
    assert ROWS, "the table is gone"
    named = {
        version
        for row in ROWS[0].strip().splitlines()
        for version in VERSION.findall(row.split("|")[2])
    }
    assert len(named) > 12
    assert set() == named - pinned
