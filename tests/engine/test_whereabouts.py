"""A file that is removed, renamed, replaced or linked while it is open loses no write."""

import asyncio
import logging
import os
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

import ddblite
from children import Talker, run
from ddblite.api.python.options import Mode
from ddblite.engine.file import bare_files, whereabouts
from ddblite.schema.errors import FileError
from wholeness import Wholeness

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there, an open file keeps its name")

OPEN = "import sys, ddblite; ddblite.connect(sys.argv[1], mode=sys.argv[2]).close()"


@pytest.fixture
def opened(path: Path, wholeness: Wholeness) -> ddblite.Database:
    """A database whose last change is in its log; what is to lie about is for each test to say."""
    wholeness.is_expected = True
    database = ddblite.connect(path)
    database.create_table("music", partition_key="artist").put({"artist": "Nina"})
    assert database.table("music").get("Nina")  # from now on, this thread reads in it
    return database


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks for the log of a file that is open waits for a moment only."""
    monkeypatch.setattr(whereabouts, "SETTLING_MS", 50)


def names(path: Path) -> list[str]:
    """Returns what lies in the folder of a file."""
    return sorted(one.name for one in path.parent.iterdir())


def artists(path: Path) -> list[str]:
    """Returns what is in a closed file, and proves it whole."""
    with ddblite.connect(path, mode="read") as database:
        assert [] == database.check()
        return sorted(item["artist"] for item in database.table("music").scan().all())


def remove(path: Path) -> None:
    """Takes the file away, and leaves its log."""
    path.unlink()


def rename(path: Path) -> None:
    """Gives the file another name."""
    path.rename(path.with_name("renamed.ddb"))


def replace(path: Path) -> None:
    """Puts an empty file where one was."""
    other = path.with_name("other")
    other.write_bytes(b"")
    other.rename(path)


def remove_log(path: Path) -> None:
    """Takes the log away, and leaves the file."""
    Path(f"{path}-wal").unlink()


def put_another(path: Path) -> None:
    """Puts another sound file where one was, without a log of its own."""
    run(OPEN, path.with_name("other.ddb"), "create")
    path.with_name("other.ddb").rename(path)


Loss = Callable[[Path], None]
LOSSES = pytest.mark.parametrize("lose", [remove, rename, replace, remove_log])

# --- Writes


@LOSSES
def test_a_write_into_the_void_is_not_acknowledged(
    path: Path, opened: ddblite.Database, lose: Loss
) -> None:
    """Every one is refused, not only the first; a transaction that was open already, too."""
    music = opened.table("music")
    lose(path)
    for _ in range(2):
        with pytest.raises(FileError, match=r"while .*was open, and nothing was written"):
            music.put({"artist": "Ella"})
    with pytest.raises(FileError, match="nothing was written"):
        opened.create_table("films", partition_key="title")
    opened.close()


def test_a_file_that_is_lost_within_a_transaction_takes_it_along(
    path: Path, opened: ddblite.Database
) -> None:
    """What is in the way of a commit is looked for at its end."""

    def write() -> None:
        with opened.engine.write():
            opened.table("music").put({"artist": "Ella"})
            remove(path)

    with pytest.raises(FileError, match="was removed or renamed while it was open"):
        opened.engine.guarded(write)
    assert opened.table("music").get("Ella") is None
    opened.close()


def test_a_file_that_is_put_back_goes_on(path: Path, opened: ddblite.Database) -> None:
    """It is the same file, with the same log."""
    rename(path)
    with pytest.raises(FileError):
        opened.table("music").put({"artist": "Ella"})
    path.with_name("renamed.ddb").rename(path)
    opened.table("music").put({"artist": "Billie"})
    opened.close()
    assert ["Billie", "Nina"] == artists(path)


def test_writes_that_share_a_commit_are_refused_together(
    path: Path, opened: ddblite.Database
) -> None:
    """Those of ``AsyncDatabase``, and of the server: each learns that it was not carried out."""
    opened.close()

    async def write() -> list[object]:
        async with ddblite.connect_async(path) as database:
            music = await database.table("music")
            remove(path)
            puts = (music.put({"artist": str(number)}) for number in range(9))
            return list(await asyncio.gather(*puts, return_exceptions=True))

    assert {FileError} == {type(outcome) for outcome in asyncio.run(write())}


# --- Reads


@LOSSES
def test_a_new_reader_is_refused_what_has_the_name_now(
    path: Path, opened: ddblite.Database, lose: Loss
) -> None:
    """It would read another file, with the log of this one."""
    assert opened.table("music").get("Nina")
    lose(path)
    before = names(path)
    found: list[object] = []

    def read() -> None:
        try:
            opened.table("music").get("Nina")
        except FileError as error:
            found.append(error.message)

    reader = threading.Thread(target=read)
    reader.start()
    reader.join()
    assert 1 == len(found)
    assert str(path) in str(found[0])
    assert before == names(path)
    assert {"artist": "Nina"} == opened.table("music").get("Nina")  # as by who reads already
    opened.close()


# --- The end


def test_a_renamed_file_takes_its_log_along(
    path: Path, opened: ddblite.Database, caplog: pytest.LogCaptureFixture
) -> None:
    """All that was acknowledged is in it, whatever it is called; and closing says what it met."""
    rename(path)
    with caplog.at_level(logging.WARNING, logger="ddblite"):
        opened.close()
    assert f"{path} was removed or renamed while it was open" in caplog.text
    assert ["renamed.ddb"] == names(path)
    assert ["Nina"] == artists(path.with_name("renamed.ddb"))


def test_a_replacement_has_nothing_of_the_old_file_beside_it(
    path: Path, opened: ddblite.Database
) -> None:
    opened.backup(path.with_name("copy.ddb"))
    opened.table("music").put({"artist": "Ella"})
    path.with_name("copy.ddb").rename(path)
    before = path.read_bytes()
    opened.close()
    assert before == path.read_bytes()
    assert [path.name] == names(path)
    assert ["Nina"] == artists(path)


def test_a_log_in_use_by_others_is_left_to_them(path: Path, opened: ddblite.Database) -> None:
    """Everything was removed, and another process has begun anew under the same name."""
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink()
    put_another(path)
    with Talker(path) as other:
        opened.close()
        other.ask("database.create_table('music', partition_key='artist')")
        assert "None" == other.ask("database.table('music').put({'artist': 'Ella'})")
    assert ["Ella"] == artists(path)


def test_a_log_that_was_removed_is_merged_all_the_same(
    path: Path, opened: ddblite.Database
) -> None:
    remove_log(path)
    opened.close()
    assert ["Nina"] == artists(path)
    assert [path.name] == names(path)


# --- Two names


@pytest.mark.parametrize("holder", [ddblite.connect, Talker], ids=["here", "there"])
@pytest.mark.parametrize(
    ("change", "mode"), [(remove, "create"), (put_another, "create"), (put_another, "read")]
)
def test_nothing_is_opened_beside_a_log_in_use_for_another_file(
    ours: Path,
    holder: Callable[[Path], ddblite.Database | Talker],
    change: Loss,
    mode: Mode,
    wholeness: Wholeness,
) -> None:
    """Both would write into one log; also when nothing is in it yet."""
    wholeness.is_expected = True
    with holder(ours):
        change(ours)
        before = names(ours)
        with pytest.raises(FileError, match="took the place of a file that is still open"):
            ddblite.connect(ours, mode=mode)
        assert before == names(ours)
    ddblite.connect(ours).close()
    assert [ours.name] == names(ours)


@pytest.mark.parametrize("mode", ["create", "open"])
def test_a_file_with_two_names_is_not_written(path: Path, ours: Path, mode: Mode) -> None:
    """Each name would have a log of its own."""
    second = path.with_name("second.ddb")
    os.link(ours, second)
    for name in (ours, second):
        with pytest.raises(FileError, match=f"{name} has another name"):
            ddblite.connect(name, mode=mode)
    with ddblite.connect(second, mode="read") as database:
        assert database.table("music").get("Nina")
    second.unlink()
    ddblite.connect(ours, mode=mode).close()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("give", [os.link, os.rename])
@pytest.mark.parametrize("mode", ["create", "open", "read"])
def test_a_file_is_not_opened_by_another_name_while_it_is_open(
    path: Path, opened: ddblite.Database, give: Callable[[Path, Path], None], mode: Mode
) -> None:
    """Its last changes are in a log of the first name; in another process as well."""
    second = path.with_name("second.ddb")
    give(path, second)
    with pytest.raises(FileError, match="another name"):
        ddblite.connect(second, mode=mode)
    assert [] == [name for name in names(path) if name.startswith("second.ddb-")]
    opened.close()
    if give is os.link:
        path.unlink()
    assert ["Nina"] == artists(second)


def test_who_is_just_beginning_or_ending_is_waited_for(
    ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a moment they have the file, and no log."""
    with ExitStack() as somebody:
        somebody.enter_context(bare_files.alone_with(str(ours)))

        def ask(path: str) -> bool:
            found = bare_files.is_in_use(path)
            somebody.close()
            return found

        monkeypatch.setattr(whereabouts, "is_in_use", ask)
        with ddblite.connect(ours, mode="read") as database:
            assert database.table("music").get("Nina")
