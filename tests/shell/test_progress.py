"""Progress bars: a rate and what is left, on a terminal only, gone before a row is printed."""

from collections.abc import Callable
from io import StringIO

import pytest

from ddblite.api.python.database import Database
from ddblite.shell.commands import carry_out
from ddblite.shell.configuration import Settings
from ddblite.shell.conversation.session import Session
from ddblite.shell.terminal.progress import SHOWN_AFTER_S, progress_bar, rows_bar, watched


class Terminal(StringIO):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        """Whether there is somebody to look."""
        return True


class Clock:
    """Goes on by a second whenever it is looked at."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        """Returns the time."""
        self.now_s += 1
        return self.now_s


@pytest.mark.parametrize(
    ("totals", "has_end"),
    [({}, False), ({"total_bytes": 1000}, True), ({"total_items": 20}, True)],
)
def test_a_bar(totals: dict[str, int], *, has_end: bool) -> None:
    """What was done, how quickly, and what is left when it is known how much there is."""
    stream = Terminal()
    with progress_bar("importing", stream=stream, **totals) as advance:
        advance(100, 5)
        advance(100, 6)
    printed = stream.getvalue()
    assert "importing" in printed
    assert "11 items" in printed
    assert "/s" in printed
    assert has_end == ("left" in printed)


def test_the_rate_is_that_of_the_whole_time() -> None:
    """Also of the time before there was a bar."""
    stream = Terminal()
    with progress_bar("reading", stream=stream, begun_s_ago=10_000) as advance:
        advance(0, 70_000)
    assert "7/s" in stream.getvalue()


def test_no_bar_in_a_pipe() -> None:
    """Not a byte."""
    stream = StringIO()
    with progress_bar("importing", stream=stream) as advance:
        advance(100, 5)
    assert "" == stream.getvalue()


def watching(
    stream: StringIO, *, ends_with_items: bool, now_s: Callable[[], float] | None = None
) -> list[str]:
    """Returns what the stream had when each of four pages came, the third of which has items."""
    pages = watched(
        [[], [], [{"n": 1}], []],
        lambda: 7,
        label="reading films",
        total_items=lambda: 1000,
        stream=stream,
        now_s=now_s or Clock(),
        ends_with_items=ends_with_items,
    )
    seen = []
    for _ in pages:
        seen.append(stream.getvalue())
        stream.truncate(0)
        stream.seek(0)
    return seen


def test_long_reading_has_a_bar() -> None:
    """With what there is to read in all."""
    printed = "".join(watching(Terminal(), ends_with_items=False))
    assert "reading films" in printed
    assert "left" in printed


def test_a_bar_is_gone_before_a_row_is_printed() -> None:
    """And does not come back: rows are progress enough."""
    *_, third, fourth = watching(Terminal(), ends_with_items=True)
    assert third.endswith("\x1b[2K") or "\x1b[1A\x1b[2K" in third
    assert "" == fourth


def test_short_reading_has_no_bar() -> None:
    """Half a second is nothing to wait for."""
    assert [""] * 4 == watching(Terminal(), ends_with_items=False, now_s=lambda: SHOWN_AFTER_S)


def test_no_bar_without_a_terminal() -> None:
    """However long it takes."""
    assert [""] * 4 == watching(StringIO(), ends_with_items=False)


def test_a_scan_to_a_file_has_a_bar(session: Session, tmp_path: object) -> None:
    """The answers go elsewhere, so that the terminal is free for it."""
    table = session.database.create_table("films", partition_key="title")
    for number in range(3):
        table.put({"title": str(number)})
    session.settings = Settings()
    session.error = terminal = Terminal()
    session.now_s = Clock()
    carry_out(session, f".output {tmp_path}/out.txt")
    carry_out(session, "SELECT * FROM films")
    assert "reading films" in terminal.getvalue()
    assert "3 items" in terminal.getvalue()


def test_a_check_has_a_bar(memory: Database) -> None:
    """With its end, as the file has counted its rows; of one that cannot, without."""
    stream = Terminal()
    with rows_bar("checking", memory, stream) as progress:
        assert [] == memory.check(progress)
    assert "checking" in stream.getvalue()
    assert "left" in stream.getvalue()
    memory.close()
    with rows_bar("checking", memory, stream):
        pass
