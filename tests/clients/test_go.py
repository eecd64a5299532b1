"""The Go SDK v2, with a program's own types through attributevalue, and guregu/dynamo."""

from typing import Final

import pytest

from foreign_clients import FOLDER, MAPPED, TRANSCRIPT, install, require, told

pytestmark = pytest.mark.clients

HERE: Final = FOLDER / "go"
PROGRAMS: Final = HERE / "bin"


@pytest.mark.parametrize(("program", "story"), [("shop", TRANSCRIPT), ("mapper", MAPPED)])
def test_go(program: str, story: str, url: str) -> None:
    require("go")
    install(
        ["go", "build", "-o", f"{PROGRAMS.name}/", "./..."],
        HERE,
        wanted=[*HERE.rglob("*.go"), HERE / "go.mod", HERE / "go.sum"],
        made=PROGRAMS / program,
    )
    assert story == told([str(PROGRAMS / program)], HERE, url)
