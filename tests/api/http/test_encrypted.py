"""The endpoint on an encrypted file: each of its processes has the key, no list of them has it."""

from pathlib import Path

import ddblite
from serving import running
from wire_requests import PUT, TABLE


def test_an_encrypted_file_is_served_by_several_processes(tmp_path: Path) -> None:
    key_file = tmp_path / "shop.key"
    key_file.write_bytes(bytes(range(32)))
    path = tmp_path / "shop.ddb"
    with running(str(path), "--key-file", str(key_file), "--workers", "2") as server:
        assert 200 == server.ask("CreateTable", TABLE).status
        for _ in range(2):
            assert 200 == server.ask("PutItem", PUT).status
    assert b"books" not in path.read_bytes()
    with ddblite.connect(path, key=key_file.read_bytes()) as database:
        assert 1 == len(database.table("books").scan().all())
