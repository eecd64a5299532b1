"""A writer is stopped, as by Ctrl-Z or a debugger, in the middle of a transaction or anywhere.

Others read meanwhile; what they write they are refused as Busy, once a writer's wait is over. When
the writer goes on all is well, and nothing is lost. Several files at a time: most of it is waiting.
"""

import random
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ddblite
from ddblite.engine.file.faults import BUSY_TIMEOUT_MS
from ddblite.schema.errors import Busy
from faults.forked import Child
from faults.lines import Trial
from faults.writing import TABLE, template, write_and_read

OTHERS: Final = 2
WRITES: Final = 3000
SLOWNESS_S: Final = 20
"""How much longer than a writer waits it may take on a machine that is busy itself."""


@dataclass(frozen=True, slots=True)
class Case:
    """A file with a writer that is to be stopped, and others."""

    path: Path
    is_inside: bool
    writer: Child
    others: list[Child]


def trial(given: Trial) -> None:
    """Stops the writers of as many files as there are cases."""
    with ExitStack() as stack:
        cases = [case_of(stack, given, number) for number in range(given.cases)]
        for case in cases:
            if case.is_inside:
                assert case.writer.hear() == "inside"
            for other in case.others:
                assert other.hear() == "ready"
        time.sleep(given.dice.random() * 0.02)
        for case in cases:
            case.writer.send(signal.SIGSTOP)
            for other in case.others:
                other.say("begin")
        told = [[other.hear() for other in case.others] for case in cases]
        for case in cases:
            case.writer.send(signal.SIGCONT)
            case.writer.say("go on")
            written = [int(line) for line in case.writer.finish()]
            for other in case.others:
                other.say("again")
                assert [] == other.finish()
            look_at(case, written)
    for case, said in zip(cases, told, strict=True):
        expected = {"busy"} if case.is_inside else {"busy", "written"}
        assert set(said) <= expected, f"{said} beside a writer that is stopped"


def case_of(stack: ExitStack, given: Trial, number: int) -> Case:
    """Starts everybody who has a file of its own open."""
    path = given.folder / f"{number}.ddb"
    path.write_bytes(template())
    is_inside = given.dice.random() < 0.7
    writer = stack.enter_context(Child(be_writer(path, is_inside=is_inside)))
    others = [stack.enter_context(Child(be_other(path))) for _ in range(OTHERS)]
    return Case(path, is_inside, writer, others)


def be_writer(path: Path, *, is_inside: bool) -> Callable[[Child], None]:
    """Returns what a writer does: it waits inside a transaction, or writes and writes."""

    def work(child: Child) -> None:
        with ddblite.connect(path, durability="none") as database:
            table = database.table(TABLE)
            if is_inside:
                with database.engine.write():
                    table.put({"p": "writer", "s": 0})
                    child.say("inside")
                    child.hear()
                child.say(0)
                return
            for number in range(WRITES):
                table.put({"p": "writer", "s": number})
                child.say(number)

    return work


def be_other(path: Path) -> Callable[[Child], None]:
    """Returns what another process does when it is told to: reads, and writes; then once more."""

    def work(child: Child) -> None:
        with ddblite.connect(path, durability="none") as database:
            table = database.table(TABLE)
            child.say("ready")
            child.hear()
            begun = time.monotonic()
            assert table.get("p1", 1) is not None
            try:
                table.put({"p": "other", "s": child.pid})
                said = "written"
            except Busy:
                said = "busy"
            assert table.scan().all()
            assert time.monotonic() - begun < BUSY_TIMEOUT_MS / 1000 + SLOWNESS_S
            child.say(said)
            child.hear()
            table.put({"p": "other", "s": random.randrange(10**9)})

    return work


def look_at(case: Case, written: list[int]) -> None:
    """Raises unless everything that was written is there, and nothing else is wrong."""
    with ddblite.connect(case.path) as database:
        assert [] == database.check()
        found = database.table(TABLE).query("p = :p", values={":p": "writer"}).all()
        assert set(written) <= {item["s"] for item in found}, "an acknowledged write is lost"
        write_and_read(database)
    assert [] == list(case.path.parent.glob(f"{case.path.name}-*"))
