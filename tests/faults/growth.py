"""The log beside a file while readers overlap, in threads and processes: it stays bounded.

The bound is set low, so that seconds show what hours would; a log may pass it by what is written
while readers of one page each are waited for.
"""

import random
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import ddblite
from faults.forked import Child
from faults.lines import Trial
from faults.writing import TABLE, template, write_and_read

LOG_BYTES_MAX: Final = 1_000_000
TIMES_MAX: Final = 4
"""The log may be so many times as large, where it grew by megabytes a second before."""

SECONDS: Final = 2
READERS_MAX: Final = 4
PAGE: Final = 50


def trial(given: Trial) -> None:
    """Reads without a pause, writes beside it, and looks at the log meanwhile."""
    dice = given.dice
    given.path.write_bytes(template())
    threads, processes = dice.randint(0, READERS_MAX), dice.randint(0, READERS_MAX - 1)
    kind = dice.choice(list(READS))
    log = Path(f"{given.path}-wal")
    with ddblite.connect(given.path, durability="none") as database, ExitStack() as stack:
        bounds = database.engine.storage.log
        bounds.bytes_max = bounds.bytes_next = LOG_BYTES_MAX
        stopped = threading.Event()
        stack.callback(stopped.set)
        readers = [Child(be_reader(given.path, kind)) for _ in range(processes)]
        for reader in readers:
            stack.enter_context(reader)
        for _ in range(threads):
            thread = threading.Thread(target=read_until, args=(stopped, READS[kind], database))
            thread.start()
            stack.callback(thread.join)
            stack.callback(stopped.set)
        largest = written = 0
        ending = time.monotonic() + SECONDS
        while time.monotonic() < ending:
            write(database, dice)
            written += 1
            largest = max(largest, log.stat().st_size)
        context = f"{threads} threads and {processes} processes, {kind}, {written} writes"
        assert largest <= TIMES_MAX * LOG_BYTES_MAX, f"{context}: a log of {largest} bytes"
    with ddblite.connect(given.path) as database:
        assert [] == database.check()
        write_and_read(database)
    assert [given.path] == list(given.folder.iterdir())


def write(database: ddblite.Database, dice: random.Random) -> None:
    """Writes an item of a page or two."""
    number = dice.randrange(200)
    item = {"p": f"p{number % 7}", "s": number, "g": "a", "n": number, "pad": "x" * 6000}
    database.table(TABLE).put(item)


def be_reader(path: Path, kind: str) -> Callable[[Child], None]:
    """Returns what a process does that only reads, until it is killed."""

    def work(_: Child) -> None:
        with ddblite.connect(path) as database:
            read_until(threading.Event(), READS[kind], database)

    return work


def read_until(
    stopped: threading.Event, read: Callable[[ddblite.Database], object], database: ddblite.Database
) -> None:
    """Reads again and again."""
    while not stopped.is_set():
        read(database)


READS: Final[dict[str, Callable[[ddblite.Database], object]]] = {
    "scan": lambda database: database.table(TABLE).scan().all(),
    "pages": lambda database: database.table(TABLE).scan(page_limit=PAGE).all(),
    "gets": lambda database: [database.table(TABLE).get("p1", 7 * n + 1) for n in range(20)],
    "query": lambda database: database.table(TABLE).query("p = :p", values={":p": "p1"}).all(),
}
