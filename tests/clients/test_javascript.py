"""The JavaScript SDK v3: DynamoDB's JSON with client-dynamodb, plain values with lib-dynamodb."""

import re
from typing import Final

import pytest

from foreign_clients import FOLDER, TRANSCRIPT, install, require, told

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
        ["npm", "ci", "--no-audit", "--no-fund", "--fetch-retries=1"],
        HERE,
        wanted=[HERE / "package-lock.json"],
        made=HERE / "node_modules" / ".package-lock.json",
    )


@pytest.mark.parametrize("script", ["client.mjs", "documents.mjs"])
def test_javascript(script: str, url: str) -> None:
    assert TRANSCRIPT == told(["node", script], HERE, url)
