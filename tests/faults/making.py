"""Several programs make one new file, and open it while others close it: one file comes of it.

Everybody makes the same table or finds it, writes what nobody else does, and closes; one is killed
now and then, at any moment.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

import ddblite
from ddblite.schema.errors import ResourceInUseException
from faults.forked import Child
from faults.lines import Trial
from faults.writing import TABLE, definition, write_and_read

PROGRAMS_MAX: Final = 5
TIMES_MAX: Final = 6


def trial(given: Trial) -> None:
    """Lets programs meet at a file that is not there yet."""
    dice = given.dice
    programs, times = dice.randint(2, PROGRAMS_MAX), dice.randint(1, TIMES_MAX)
    with ExitStack() as stack:
        works = [be_program(given.path, name, times) for name in range(programs)]
        killed, *others = [stack.enter_context(Child(work)) for work in works]
        for child in (killed, *others):
            child.say("begin")
        written: list[str] = []
        if dice.random() < 0.4:
            time.sleep(dice.random() * 0.03)
            killed.kill()
            written += [line for line in killed.rest() if line]
            killed.wait()
        else:
            written += killed.finish()
        for other in others:
            written += other.finish()
    with ddblite.connect(given.path) as database:
        assert [] == database.check()
        found = {f"{item['p']} {item['s']}" for item in database.table(TABLE).scan()}
        assert set(written) <= found, f"{set(written) - found} were acknowledged and are lost"
        assert len(found) <= len(written) + 1, "more than what was in flight is there"
        write_and_read(database)
    assert [given.path] == list(given.folder.iterdir())


def be_program(path: Path, name: int, times: int) -> Callable[[Child], None]:
    """Returns what each program does."""

    def work(child: Child) -> None:
        child.hear()
        for number in range(times):
            with ddblite.connect(path, durability="process") as database:
                with suppress(ResourceInUseException):
                    database.call("CreateTable", definition(TABLE))
                database.table(TABLE).put({"p": str(name), "s": number})
                child.say(f"{name} {number}")

    return work
