"""The JavaScript SDK v3: DynamoDB's JSON with client-dynamodb, plain values with lib-dynamodb.

And dynamoose, whose models make their table themselves, with items that expire.
"""

import os
import sys

import pytest

from foreign_clients import (
    JAVASCRIPT,
    MAPPED,
    RUN_SECONDS_MAX,
    TRANSCRIPT,
    environment_for,
    install_javascript,
    ran,
    told,
)


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    install_javascript()


@pytest.mark.parametrize(
    ("script", "story"),
    [("client.mjs", TRANSCRIPT), ("documents.mjs", TRANSCRIPT), ("dynamoose.mjs", MAPPED)],
)
def test_javascript(script: str, story: str, url: str) -> None:
    assert story == told(["node", script], JAVASCRIPT, url)


def test_javascript_beside_its_own_server() -> None:
    """As ``ddblite exec`` starts a program, which then needs no settings at all."""
    command = [sys.executable, "-m", "ddblite", "exec", ":memory:", "--", "node", "client.mjs"]
    settings = [name for name in environment_for("") if name.startswith("AWS_")]
    bare = {name: value for name, value in os.environ.items() if name not in settings}
    run = ran(command, JAVASCRIPT, bare, RUN_SECONDS_MAX)
    assert (0, TRANSCRIPT) == (run.returncode, run.stdout), run.stderr
