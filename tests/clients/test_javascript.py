"""The JavaScript SDK v3: DynamoDB's JSON with client-dynamodb, plain values with lib-dynamodb.

And dynamoose, whose models make their table themselves, with items that expire.
"""

import os
import re
import sys
from typing import Final

import pytest

from foreign_clients import (
    FOLDER,
    MAPPED,
    RUN_SECONDS_MAX,
    TRANSCRIPT,
    environment_for,
    install,
    ran,
    require,
    told,
)

HERE: Final = FOLDER / "javascript"
NODE_MAJOR_MIN: Final = 20
"""What the SDK asks for."""


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    """The SDK, in the versions of package-lock.json."""
    require("node", "npm")
    version = told(["node", "--version"], HERE)
    major = re.match(r"v(\d+)", version)
    if major is None or int(major[1]) < NODE_MAJOR_MIN:
        pytest.skip(f"node {version.strip()} is older than the SDK supports")
    install(
        ["npm", "ci", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=60000"],
        HERE,
        wanted=[HERE / "package-lock.json"],
        made=HERE / "node_modules" / ".package-lock.json",
    )


@pytest.mark.parametrize(
    ("script", "story"),
    [("client.mjs", TRANSCRIPT), ("documents.mjs", TRANSCRIPT), ("dynamoose.mjs", MAPPED)],
)
def test_javascript(script: str, story: str, url: str) -> None:
    assert story == told(["node", script], HERE, url)


def test_javascript_beside_its_own_server() -> None:
    """As ``ddblite exec`` starts a program, which then needs no settings at all."""
    command = [sys.executable, "-m", "ddblite", "exec", ":memory:", "--", "node", "client.mjs"]
    settings = [name for name in environment_for("") if name.startswith("AWS_")]
    bare = {name: value for name, value in os.environ.items() if name not in settings}
    run = ran(command, HERE, bare, RUN_SECONDS_MAX)
    assert (0, TRANSCRIPT) == (run.returncode, run.stdout), run.stderr
