"""The Go SDK v2, with a program's own types through attributevalue."""

from typing import Final

import pytest

from foreign_clients import FOLDER, TRANSCRIPT, install, require, told

pytestmark = pytest.mark.clients

HERE: Final = FOLDER / "go"
PROGRAM: Final = HERE / "shop"


def test_go(url: str) -> None:
    require("go")
    install(
        ["go", "build", "-o", PROGRAM.name, "."],
        HERE,
        wanted=[HERE / "shop.go", HERE / "go.mod", HERE / "go.sum"],
        made=PROGRAM,
    )
    assert TRANSCRIPT == told([str(PROGRAM)], HERE, url)
