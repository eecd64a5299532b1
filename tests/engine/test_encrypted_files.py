"""Encrypted pages, frames and records, below SQLite: nothing in clear, nothing changed unseen."""

import gc
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import Any

import apsw
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ddblite.engine.file.encryption import (
    FRAME_BYTES,
    LOG_HEADER_BYTES,
    RECORD_BYTES,
    RESERVED_BYTES,
    EncryptedFiles,
)
from ddblite.engine.file.encryption_keys import Key, Unreadable
from ddblite.engine.file.fileformat import PAGE_BYTES

KEY = Key.of(bytes(range(32)))
HIDDEN = "that nobody may read"

Opening = Callable[[Path], apsw.Connection]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "files" / "test.ddb"


@pytest.fixture
def opening(path: Path) -> Iterator[Opening]:
    """Opens a database with a cache so small that it writes in the midst of transactions."""
    files = EncryptedFiles(KEY)
    made: list[apsw.Connection] = []
    path.parent.mkdir()

    def opened(path: Path) -> apsw.Connection:
        connection = apsw.Connection(str(path), vfs=files.name)
        made.append(connection)
        connection.reserve_bytes("main", RESERVED_BYTES)
        connection.execute(
            f"PRAGMA page_size = {PAGE_BYTES}; PRAGMA cache_size = 10; PRAGMA temp_store = MEMORY"
        ).fetchall()
        return connection

    yield opened
    for connection in made:
        connection.close()


def table_in(connection: apsw.Connection, journal_mode: str) -> None:
    """Makes a table with rows of some kilobytes, over more pages than the cache holds."""
    assert journal_mode == connection.execute(f"PRAGMA journal_mode = {journal_mode}").get
    connection.execute("CREATE TABLE secrets (number INTEGER PRIMARY KEY, text TEXT)")
    with connection:
        for number in range(60):
            connection.execute("INSERT INTO secrets VALUES (?, ?)", (number, f"{HIDDEN} " * 100))


def change(connection: apsw.Connection, seed: int) -> None:
    """Changes the same pages again and again, takes some of it back, and commits nothing."""
    dice = random.Random(seed)
    connection.execute("BEGIN")
    for step in range(300):
        if step == 100:
            connection.execute("SAVEPOINT taken_back")
        if step == 200:
            connection.execute("ROLLBACK TO taken_back")
        text = f"{HIDDEN} {seed} {step} " * dice.randrange(200)
        connection.execute("REPLACE INTO secrets VALUES (?, ?)", (dice.randrange(90), text))


def contents(connection: apsw.Connection) -> list[tuple[Any, ...]]:
    assert "ok" == connection.execute("PRAGMA integrity_check").get
    return connection.execute("SELECT * FROM secrets").fetchall()


def crashed(path: Path, name: str) -> Path:
    """Returns a copy of the files as a killed process would leave them."""
    copy = path.parent.parent / name / path.name
    shutil.copytree(path.parent, copy.parent)
    copy.with_name(f"{copy.name}-shm").unlink(missing_ok=True)
    return copy


def assert_hidden(path: Path) -> None:
    for file in path.parent.iterdir():
        found = file.read_bytes()
        for word in (HIDDEN, "secrets", "text TEXT"):
            assert word.encode() not in found, f"{word!r} stands in {file.name}"


@pytest.mark.parametrize("journal_mode", ["wal", "delete"])
def test_a_crash_leaves_what_was_committed_and_hides_it(
    path: Path, opening: Opening, journal_mode: str
) -> None:
    """In the midst of a transaction that has written to the file, and behind its end."""
    connection = opening(path)
    table_in(connection, journal_mode)
    for seed in range(4):
        before = contents(connection)
        change(connection, seed)
        assert_hidden(path)
        beside = {file.name.removeprefix("test.ddb") for file in path.parent.iterdir()}
        assert {"wal": {"", "-shm", "-wal"}, "delete": {"", "-journal"}}[journal_mode] == beside
        within = opening(crashed(path, f"within{seed}"))
        assert before == contents(within)
        connection.execute("ROLLBACK" if seed == 1 else "COMMIT")
        after = contents(connection)
        assert (before == after) == (seed == 1)
        behind = opening(crashed(path, f"behind{seed}"))
        assert after == contents(behind)
        assert_hidden(path)


def test_a_log_ends_where_a_frame_does_not_match(path: Path, opening: Opening) -> None:
    """As after a power cut, which may leave any part of what was not flushed."""
    connection = opening(path)
    table_in(connection, "wal")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    states = [contents(connection)]
    frames = [0]
    for seed in range(3):
        change(connection, seed)
        connection.execute("COMMIT")
        states.append(contents(connection))
        size = path.with_name("test.ddb-wal").stat().st_size
        frames.append((size - LOG_HEADER_BYTES) // FRAME_BYTES)
    dice = random.Random(3)
    for number in range(40):
        copy = crashed(path, f"torn{number}")
        frame = dice.randrange(frames[-1])
        with copy.with_name("test.ddb-wal").open("r+b") as log:
            at = LOG_HEADER_BYTES + frame * FRAME_BYTES + dice.randrange(FRAME_BYTES)
            log.seek(at)
            found = log.read(1)[0]
            log.seek(at)
            log.write(bytes([found ^ 1 << dice.randrange(8)]))
            if number % 2:
                log.truncate(at + 1)
        whole = sum(1 for last in frames[1:] if last <= frame)
        assert states[whole] == contents(opening(copy))


def test_a_log_goes_on_where_a_frame_does_not_match(path: Path, opening: Opening) -> None:
    """It ended there after a crash, and what is written next takes that place."""
    connection = opening(path)
    table_in(connection, "wal")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    change(connection, 1)
    connection.execute("COMMIT")
    size = path.with_name("test.ddb-wal").stat().st_size
    for kept in (size - 100, LOG_HEADER_BYTES + 100):
        copy = crashed(path, f"torn{kept}")
        with copy.with_name("test.ddb-wal").open("r+b") as log:
            log.seek(kept)
            log.write(b"torn")
        torn = opening(copy)
        change(torn, 2)
        torn.execute("COMMIT")
        expected = contents(torn)
        assert expected == contents(opening(crashed(copy, f"again{kept}")))


def test_every_byte_of_a_message_counts() -> None:
    """The encrypted part, the clear one, tag, nonce, salt and place, of every kind of message."""
    cipher = KEY.new_cipher()
    for kind, clear, size in (
        (b"m", 24, PAGE_BYTES),
        (b"m", 0, PAGE_BYTES),
        (b"w", 16, FRAME_BYTES),
        (b"j", 4, RECORD_BYTES),
    ):
        secret = bytes(size - RESERVED_BYTES - clear)
        message = cipher.sealed(kind, 7, bytes(clear), secret)
        assert size == len(message)
        assert bytes(clear) + secret == cipher.opened(kind, 7, message, clear)
        for at in (
            *range(0, size, 1 if clear == 24 else 13),
            *range(clear),
            *range(size - 48, size),
        ):
            changed = bytearray(message)
            changed[at] ^= 1 << at % 8
            with pytest.raises(Unreadable):
                cipher.opened(kind, 7, bytes(changed), clear)
        for other_kind, place in ((kind, 6), (b"x", 7)):
            with pytest.raises(Unreadable):
                cipher.opened(other_kind, place, message, clear)
        with pytest.raises(Unreadable):
            KEY.new_cipher().opened(kind, 7, message, clear)
        assert message != cipher.sealed(kind, 7, bytes(clear), secret)


def test_a_page_of_another_place_is_damage(path: Path, opening: Opening) -> None:
    connection = opening(path)
    table_in(connection, "delete")
    with path.open("r+b") as file:
        file.seek(6 * PAGE_BYTES)
        other = file.read(PAGE_BYTES)
        file.seek(5 * PAGE_BYTES)
        file.write(other)
    with pytest.raises(apsw.IOError, match=r"page 6 of .* does not match its tag"):
        connection.execute("SELECT total(length(text)) FROM secrets").fetchall()


def test_a_frame_of_another_place_is_damage(path: Path, opening: Opening) -> None:
    """When it is looked up. While the log is looked through, it is where the log ends."""
    connection = opening(path)
    table_in(connection, "wal")
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    with path.with_name("test.ddb-wal").open("r+b") as log:
        log.seek(LOG_HEADER_BYTES + 3 * FRAME_BYTES)
        other = log.read(FRAME_BYTES)
        size = log.seek(0, 2)
        for start in range(LOG_HEADER_BYTES, size, FRAME_BYTES):
            log.seek(start)
            log.write(other)
    with pytest.raises(apsw.IOError, match=r"frame \d+ of .* does not match its tag"):
        connection.execute("SELECT total(length(text)) FROM secrets").fetchall()


def test_the_layer_lives_as_long_as_a_connection(path: Path) -> None:
    path.parent.mkdir()
    connection = apsw.Connection(str(path), vfs=(files := EncryptedFiles(KEY)).name)
    name = files.name
    del files
    gc.collect()
    assert name in apsw.vfs_names()
    connection.reserve_bytes("main", RESERVED_BYTES)
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}; CREATE TABLE secrets (text)")
    connection.close()
    del connection
    gc.collect()
    assert name not in apsw.vfs_names()


def test_what_is_not_known_is_not_written(path: Path, opening: Opening) -> None:
    """A page of another size, room that is not left free, another kind of file."""
    path.parent.mkdir(exist_ok=True)
    files = EncryptedFiles(KEY)
    connection = apsw.Connection(str(path), vfs=files.name)
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    with pytest.raises(apsw.IOError, match="cannot be encrypted"):
        connection.execute("CREATE TABLE secrets (text)")
    connection.close()
    path.unlink()
    connection = opening(path)
    connection.execute("PRAGMA page_size = 4096")
    with pytest.raises(apsw.IOError, match="cannot be encrypted"):
        connection.execute("CREATE TABLE secrets (text)")
    connection.close()
    path.unlink()
    connection = opening(path)
    connection.execute("PRAGMA temp_store = FILE; PRAGMA cache_size = 1")
    with pytest.raises(apsw.CantOpenError):
        connection.execute(
            "CREATE TEMP TABLE secrets AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
            " FROM n LIMIT 2000) SELECT i, hex(zeroblob(2000)) FROM n"
        )


def test_a_file_can_be_decrypted_by_its_description(path: Path, opening: Opening) -> None:
    """As docs/fileformat.md has it, with nothing of ours; what comes out is SQLite's own."""
    connection = opening(path)
    table_in(connection, "delete")
    expected = contents(connection)
    connection.close()
    pages = [
        path.read_bytes()[start : start + 8192] for start in range(0, path.stat().st_size, 8192)
    ]
    start, salt = pages[0][:12], pages[0][-16:]
    assert b"ddblite\1\0\0\0\0" == start
    material = bytes(range(32))
    secret = HKDF(algorithm=SHA256(), length=32, salt=salt, info=start).derive(material)
    assert pages[0][12:16] == blake2b(b"check", key=secret, digest_size=4).digest()
    plain = []
    for index, page in enumerate(pages):
        clear = page[: 0 if index else 24]
        place = page[-32:-16] + b"m" + index.to_bytes(8, "big")
        key = AESGCM(blake2b(place, key=secret, digest_size=32).digest())
        plain.append(clear + key.decrypt(bytes(12), page[len(clear) : -32], clear) + bytes(48))
    plain[0] = b"SQLite format 3\0" + plain[0][16:]
    with closing(sqlite3.connect(":memory:")) as found:
        found.deserialize(b"".join(plain))
        assert [("ok",)] == found.execute("PRAGMA integrity_check").fetchall()
        assert expected == found.execute("SELECT * FROM secrets").fetchall()
