"""Checksums of pages, and how large bodies lie beside their rows."""

from pathlib import Path
from typing import Any

import apsw
import pytest

import ddblite
import handmade
from ddblite.api.python.options import Mode
from ddblite.engine.file.fileformat import PAGE_BYTES
from ddblite.engine.file.page_checksums import damaged_pages
from ddblite.engine.rows import INLINE_SIZE_MAX
from ddblite.schema.errors import Corrupt, FileError, NotADatabase
from wholeness import Wholeness


def test_every_page_of_a_file_matches_its_checksum(ours: Path) -> None:
    """As SQLite writes it, and as docs/fileformat.md describes it."""
    content = ours.read_bytes()
    assert content == handmade.resealed(content)
    assert [] == list(damaged_pages(str(ours)))


def test_a_damaged_page_is_named(ours: Path, wholeness: Wholeness) -> None:
    """By the read that comes across it, and by check."""
    wholeness.is_expected = True
    connection = handmade.opened(ours)
    root: Any = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'items_1'").get
    connection.close()
    content = bytearray(ours.read_bytes())
    content[root * PAGE_BYTES - 100] ^= 1
    ours.write_bytes(content)
    with ddblite.connect(ours, mode="read") as database:
        with pytest.raises(Corrupt, match=f"page {root} of .*test.ddb is damaged"):
            database.table("music").get("Nina")
        assert f"page {root} does not match its checksum" in database.check()


@pytest.mark.parametrize("mode", ["create", "open", "read"])
def test_a_file_that_claims_to_have_no_checksums_is_refused(ours: Path, mode: Mode) -> None:
    """Else a single byte would switch them all off."""
    content = bytearray(ours.read_bytes())
    content[20] = 0
    ours.write_bytes(content)
    with pytest.raises(Corrupt, match="no room for checksums"):
        ddblite.connect(ours, mode=mode)


def test_a_newer_file_names_the_version_that_it_needs(ours: Path) -> None:
    """The rule stands in docs/fileformat.md."""
    content = bytearray(ours.read_bytes())
    content[60:64] = (3_001_402).to_bytes(4, "big")
    ours.write_bytes(handmade.resealed(bytes(content)))
    with pytest.raises(NotADatabase, match=r"format 3, .* with ddblite 0\.14\.2 or newer"):
        ddblite.connect(ours)


def test_a_later_addition_is_kept(ours: Path, tmp_path: Path) -> None:
    """In the file, and in its backup; and nothing else foreign is."""
    connection = handmade.opened(ours)
    connection.execute("CREATE TABLE ddb_x_notes (note TEXT)")
    connection.execute("INSERT INTO ddb_x_notes VALUES ('kept')")
    connection.close()
    with ddblite.connect(ours) as database:
        assert database.check() == []
        database.table("music").put({"artist": "Miles"})
        database.backup(tmp_path / "copy.ddb")
    for path in (ours, tmp_path / "copy.ddb"):
        connection = handmade.opened(path)
        assert "kept" == connection.execute("SELECT note FROM ddb_x_notes").get
        connection.close()
    connection = handmade.opened(ours)
    connection.execute("CREATE TRIGGER ddb_x_spy AFTER INSERT ON ddb_x_notes BEGIN SELECT 1; END")
    connection.close()
    with pytest.raises(FileError, match="ddb_x_spy"):
        ddblite.connect(ours)


def test_no_connection_loads_an_extension(path: Path) -> None:
    """But the one below, which is loaded on a connection of its own."""
    with ddblite.connect(path) as database:
        writer = database.engine.storage.writer
        assert not writer.config(apsw.SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, -1)
        with pytest.raises(apsw.ExtensionLoadingError):
            writer.load_extension("anything")


def test_the_layer_of_checksums_is_not_that_of_other_programs(path: Path) -> None:
    ddblite.connect(path).close()
    assert apsw.Connection(str(path.parent / "other.db")).open_vfs != "cksmvfs"
    (path.parent / "other.db").unlink(missing_ok=True)


SMALL, LARGE = "x" * (INLINE_SIZE_MAX - 4), "x" * (INLINE_SIZE_MAX - 3)
"""Beside key and names, the largest that lies in its row, and the smallest that does not."""


@pytest.mark.parametrize("before", [None, SMALL, LARGE])
@pytest.mark.parametrize("after", [None, SMALL, LARGE])
def test_a_body_goes_where_it_belongs(path: Path, before: str | None, after: str | None) -> None:
    """Whatever lay there before, in the table and in an index of it; nothing is left over."""
    with ddblite.connect(path) as database:
        index = ddblite.GlobalIndex("by_id", "id")
        table = database.create_table("things", partition_key="id", indexes=[index])
        for text in (before, after):
            if text is None:
                table.delete("a")
            else:
                table.put({"id": "a", "x": text})
        expected = None if after is None else {"id": "a", "x": after}
        assert expected == table.get("a")
        assert ([] if after is None else [expected]) == table.scan(index="by_id").all()
        assert database.check() == []
        storage = database.engine.storage
        for bodies in ("bodies_1", "bodies_2"):
            count = storage.fetch(f"SELECT count(*), 0 FROM {bodies}", ())[0]  # noqa: S608
            assert (after == LARGE) == count


def test_a_body_that_no_row_has_is_named(ours: Path, wholeness: Wholeness) -> None:
    wholeness.is_expected = True
    connection = handmade.opened(ours)
    connection.execute("INSERT INTO bodies_1 (body) VALUES (x'80')")
    connection.close()
    with ddblite.connect(ours) as database:
        assert database.check() == ["table music: 1 large bodies, and 0 rows that have one"]
