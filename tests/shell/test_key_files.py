"""Keys on the command line: only as files, for every command that opens a database."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import Result

import ddblite
from ddblite import cli
from ddblite.schema.errors import FileError
from ddblite.shell.subcommands.key_files import key_in

Command = Callable[..., Result]

WORDS = {
    "describe": ["users"],
    "export": ["users"],
    "backup": ["copy.ddb"],
    "repair": ["rescued.ddb"],
    "import": ["users", "items.ndjson"],
    "tail": ["users", "--no-follow"],
    "log": ["users", "u_1"],
    "restore": ["users", "again"],
}
ELSEWHERE = {"env", "encrypt", "rekey", "decrypt", "serve", "exec"}
"""Commands that open no file, or are tried by themselves."""

COMMANDS = sorted(getattr(typer.main.get_command(cli.app), "commands", {}).keys() - ELSEWHERE)


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "shop.key"
    path.write_bytes(bytes(range(32)))
    (tmp_path / "items.ndjson").write_text('{"id": "u_4"}\n')
    return path


def test_a_file_is_encrypted_rekeyed_and_decrypted(
    command: Command, shop: Path, key_file: Path
) -> None:
    plain = command("export", shop, "users").stdout
    assert f"encrypted {shop}\n" == command("encrypt", shop, "--key-file", key_file).stdout
    assert b"users" not in shop.read_bytes()
    other = key_file.with_name("other.key")
    other.write_bytes(os.urandom(32))
    run = command("rekey", shop, "--key-file", key_file, "--new-key-file", other)
    assert f"{shop} has its new key\n" == run.stdout
    assert plain == command("export", shop, "users", "--key-file", other).stdout
    assert f"decrypted {shop}\n" == command("decrypt", shop, "--key-file", other).stdout
    assert plain == command("export", shop, "users").stdout


@pytest.mark.parametrize("name", [*COMMANDS, "FILE"])
def test_every_command_takes_a_key_and_asks_for_one(
    command: Command, shop: Path, key_file: Path, name: str
) -> None:
    """Without it, a sentence; nothing is made or changed."""
    shop = shop.with_name("encrypted.ddb")
    with ddblite.connect(shop, key=key_file.read_bytes()) as database:
        database.create_table("users", partition_key="id").put({"id": "u_1"})
        stream = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
        database.call("UpdateTable", {"TableName": "users", "StreamSpecification": stream})
        recovery = {"PointInTimeRecoveryEnabled": True}
        request = {"TableName": "users", "PointInTimeRecoverySpecification": recovery}
        database.call("UpdateContinuousBackups", request)
    before = shop.read_bytes()
    words: list[object] = [name, shop, *WORDS.get(name, [])]
    if name == "FILE":
        words = [shop, "-c", "SELECT * FROM users"]
    run = command(*words)
    assert 1 == run.exit_code
    assert f"{shop} is encrypted, and no key was given" in run.stderr
    wrong = key_file.with_name("wrong.key")
    wrong.write_bytes(os.urandom(32))
    run = command(*words, "--key-file", wrong)
    assert (1, "") == (run.exit_code, run.stdout)
    assert f"{shop}: the key is not that of the file" in run.stderr
    assert 1 == len(run.stderr.splitlines())
    assert before == shop.read_bytes()
    assert 0 == command(*words, "--key-file", key_file).exit_code


@pytest.mark.parametrize(
    ("contents", "key"),
    [
        (b"a passphrase\n", "a passphrase"),
        (b"a passphrase\r\n", "a passphrase"),
        ("zwei W\u00f6rter".encode(), "zwei W\u00f6rter"),
        (b" spaces count \n", " spaces count "),
        (b"0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef"),
        (bytes(32), bytes(32)),
        (b"0123456789abcdef0123456789abcde\n", "0123456789abcdef0123456789abcde"),
    ],
)
def test_what_a_file_holds_is_a_key(tmp_path: Path, contents: bytes, key: str | bytes) -> None:
    path = tmp_path / "some.key"
    path.write_bytes(contents)
    assert key == key_in(path)


@pytest.mark.parametrize(
    "contents", [b"", b"\n", b"\n\n", b"two\nlines\n", b"\xff\xfe\xfd", b"x" * 4097]
)
def test_what_holds_no_key_is_refused(tmp_path: Path, contents: bytes) -> None:
    path = tmp_path / "some.key"
    path.write_bytes(contents)
    with pytest.raises(FileError, match="holds no key"):
        key_in(path)


def test_a_file_is_not_encrypted_twice(command: Command, shop: Path, key_file: Path) -> None:
    """Its key may be asked for where there is one already; nothing is changed."""
    command("encrypt", shop, "--key-file", key_file)
    before = shop.read_bytes()
    run = command("encrypt", shop, "--key-file", key_file)
    said = f"{shop} is encrypted already; ddblite rekey gives it another key\n"
    assert (1, "", said) == (run.exit_code, run.stdout, run.stderr)
    assert before == shop.read_bytes()


def test_a_file_in_use_keeps_its_key(command: Command, shop: Path, key_file: Path) -> None:
    """It is a sentence, as whatever is said of files, and not an error of a request."""
    with ddblite.connect(shop):
        run = command("encrypt", shop, "--key-file", key_file)
    said = f"{shop} is in use; close it everywhere first\n"
    assert (1, "", said) == (run.exit_code, run.stdout, run.stderr)


def test_a_key_file_that_is_not_there(command: Command, shop: Path, tmp_path: Path) -> None:
    run = command("tables", shop, "--key-file", tmp_path / "none.key")
    assert (1, f"{tmp_path}/none.key: No such file or directory\n") == (run.exit_code, run.stderr)
