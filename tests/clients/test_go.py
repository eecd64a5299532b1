"""The Go SDK v2, with a program's own types through attributevalue, and guregu/dynamo."""

import pytest

from foreign_clients import GO, GO_PROGRAMS, MAPPED, TRANSCRIPT, install_go, told

pytestmark = pytest.mark.clients


@pytest.mark.parametrize(("program", "story"), [("shop", TRANSCRIPT), ("mapper", MAPPED)])
def test_go(program: str, story: str, url: str) -> None:
    install_go(program)
    assert story == told([str(GO_PROGRAMS / program)], GO, url)
