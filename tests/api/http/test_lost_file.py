"""A server whose file is taken away from under it acknowledges nothing more, and says why."""

import os
from pathlib import Path

import pytest

import ddblite
from serving import running

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there, an open file keeps its name")

PUT = {"TableName": "orders", "Item": {"id": {"S": "a"}}}


HOSTILE = "a\x1b[31mb.ddb"

LOST = "was removed or renamed while it was open"
REFUSED = rf"FileError: .*/{{}} {LOST}, and nothing was written; .*\n"
CLOSED = rf".*/{{}} {LOST}\n"


@pytest.mark.parametrize(
    ("name", "remarks", "options"),
    [
        (HOSTILE, f"({REFUSED}){{{{4}}}}{CLOSED}".format(*2 * [r"a\\x1b\[31mb.ddb"]), []),
        ("shop.ddb", f"({REFUSED}|{CLOSED})+".format(*2 * ["shop.ddb"]), ["--workers", "2"]),
    ],
    ids=["one", "workers"],
)
def test_nothing_is_acknowledged_into_the_void(
    tmp_path: Path, name: str, remarks: str, options: list[str]
) -> None:
    """Clients learn that it is the server's fault; who runs it reads whose, also at the end."""
    path = tmp_path / name
    with ddblite.connect(path) as database:
        database.create_table("orders", partition_key="id")
    with running(str(path), *options, remarks=remarks) as server:
        assert 200 == server.ask("PutItem", PUT).status
        path.rename(tmp_path / "moved.ddb")
        for _ in range(4):
            assert 500 == server.ask("PutItem", PUT).status
    with ddblite.connect(tmp_path / "moved.ddb") as database:
        assert [{"id": "a"}] == database.table("orders").scan().all()
    assert [tmp_path / "moved.ddb"] == list(tmp_path.iterdir())
