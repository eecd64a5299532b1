"""The server proves its file while nobody asks for anything."""

import logging
import subprocess
import threading
from collections.abc import Iterator
from itertools import repeat, starmap, takewhile
from pathlib import Path
from typing import Final

import pytest

import ddblite
from ddblite.api.http.scrubbing import HOUR_SECONDS, IdleScrub, scrubbing
from ddblite.engine.maintenance.scrub import STEP_ROWS
from serving import COMMAND, TIMEOUT_S
from wholeness import Wholeness

PLACES: Final = 250


@pytest.fixture
def clock() -> ddblite.FixedClock:
    """A clock that stands still."""
    return ddblite.FixedClock()


@pytest.fixture
def database(
    tmp_path: Path, clock: ddblite.FixedClock, wholeness: Wholeness
) -> Iterator[ddblite.Database]:
    """A file with more rows than two steps prove."""
    wholeness.is_expected = True
    with ddblite.connect(tmp_path / "test.ddb", durability="none", clock=clock) as made:
        with made.create_table("music", partition_key="id").batch() as batch:
            for place in range(PLACES):
                batch.put({"id": f"{place}", "text": "Nina"})
        yield made


def damage(database: ddblite.Database) -> None:
    """Damages a row."""
    with database.engine.write():
        database.engine.storage.execute(
            "UPDATE items_1 SET seal = seal + 1 WHERE key = (SELECT min(key) FROM items_1)"
        )


def whole_pass(passes: IdleScrub) -> int:
    """Goes through the file and returns the number of steps."""
    return sum(1 for _ in takewhile(bool, starmap(passes.turn, repeat(()))))


def test_it_works_only_while_nobody_asks(database: ddblite.Database) -> None:
    """A request between two steps is noticed, and waited for."""
    asked = 0
    passes = IdleScrub(database.engine, 1, lambda: asked)
    assert not passes.turn()  # whether it is idle is seen the second time
    assert passes.turn()
    asked += 1
    assert not passes.turn()
    assert passes.turn()


def test_a_pass_is_due_by_the_clock(
    database: ddblite.Database, clock: ddblite.FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The first one at once; what is found is told once."""
    passes = IdleScrub(database.engine, 2, lambda: 0)
    passes.turn()
    assert whole_pass(passes) > PLACES / STEP_ROWS
    damage(database)
    clock.advance(2 * HOUR_SECONDS - 1)
    assert whole_pass(passes) == 0
    assert caplog.messages == []
    for _ in range(2):
        clock.advance(2 * HOUR_SECONDS)
        assert whole_pass(passes) > PLACES / STEP_ROWS
    (message,) = caplog.messages
    assert "table music: row" in message
    assert "damaged" in message


def test_a_closed_database_is_told(
    database: ddblite.Database, caplog: pytest.LogCaptureFixture
) -> None:
    """And nothing is raised: the server goes on."""
    passes = IdleScrub(database.engine, 2, lambda: 0)
    passes.turn()
    database.close()
    assert whole_pass(passes) == 0
    assert ["the file could not be scrubbed: the database is closed"] == caplog.messages


def test_it_ends_with_its_block(database: ddblite.Database) -> None:
    """Whatever it is doing; without hours there is no thread."""
    with scrubbing(database.engine, 1, lambda: 0):
        assert "ddblite-scrub" in {thread.name for thread in threading.enumerate()}
    with scrubbing(database.engine, 0, lambda: 0):
        assert "ddblite-scrub" not in {thread.name for thread in threading.enumerate()}


class Heard(logging.Handler):
    """Waits for a message."""

    def __init__(self) -> None:
        super().__init__()
        self.came = threading.Event()

    def emit(self, _: logging.LogRecord) -> None:
        """Notes that one came."""
        self.came.set()


def test_the_thread_finds_damage(database: ddblite.Database) -> None:
    damage(database)
    heard = Heard()
    logger = logging.getLogger("ddblite.serve")
    logger.addHandler(heard)
    try:
        with scrubbing(database.engine, 1, lambda: 0):
            assert heard.came.wait(20)
    finally:
        logger.removeHandler(heard)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_server_says_what_it_finds(tmp_path: Path, workers: str, wholeness: Wholeness) -> None:
    """On standard error; it ends cleanly."""
    wholeness.is_expected = True
    path = tmp_path / "test.ddb"
    with ddblite.connect(path) as database:
        database.create_table("music", partition_key="id").put({"id": "a"})
        damage(database)
    words = (*COMMAND, str(path), "--port", "0", "--scrub", "1", "--workers", workers)
    with subprocess.Popen(
        words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as run:
        assert run.stderr is not None
        assert any("table music: row" in line for line in run.stderr)
        run.terminate()
        assert run.wait(TIMEOUT_S) == 0
