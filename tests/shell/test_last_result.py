"""What ``_`` names: kept without being read again, and bounded."""

from io import StringIO

import pytest

from ddblite.schema.errors import DdbError
from ddblite.shell.commands import carry_out
from ddblite.shell.conversation import last_result
from ddblite.shell.conversation.last_result import LastResult
from ddblite.shell.conversation.session import Session


@pytest.fixture
def numbered(session: Session) -> Session:
    """A session with a table of thirty items."""
    table = session.database.create_table("numbers", partition_key="id", sort_key=("n", "N"))
    for number in range(30):
        table.put({"id": "x", "n": number, "text": "x" * 50})
    session.format = "jsonl"
    return session


def said(session: Session, text: str) -> tuple[str, str]:
    """Returns what an input prints on standard output and on standard error."""
    session.out, session.error = StringIO(), StringIO()
    carry_out(session, text)
    return session.out.getvalue(), session.error.getvalue()


def test_it_reads_nothing(numbered: Session) -> None:
    """The table may be gone."""
    first, _ = said(numbered, "SELECT n FROM numbers WHERE id = 'x'")
    numbered.database.delete_table("numbers")
    assert (first, "") == said(numbered, "_")
    assert 30 == len(first.splitlines())


def test_items_are_bounded(numbered: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first ones are kept, and whoever shows them is told."""
    monkeypatch.setattr(last_result, "KEPT_ITEMS_MAX", 3)
    first, _ = said(numbered, "SELECT n FROM numbers WHERE id = 'x'")
    told = "These are the first 3 items of the answer; the rest was not shown or not kept.\n"
    assert ("".join(first.splitlines(keepends=True)[:3]), told) == said(numbered, "_")
    printed, remark = said(numbered, ".chart n")
    assert (told, "n of the last answer: 3 values") == (remark, printed[:30])


@pytest.mark.parametrize(("room", "kept"), [(0, 0), (58, 0), (59, 1), (10_000, 30)])
def test_bytes_are_bounded(
    numbered: Session, monkeypatch: pytest.MonkeyPatch, room: int, kept: int
) -> None:
    """As DynamoDB counts them."""
    monkeypatch.setattr(last_result, "KEPT_BYTES_MAX", room)
    said(numbered, "SELECT * FROM numbers WHERE id = 'x'")
    assert numbered.last is not None
    assert (kept, kept == 30) == (len(numbered.last.items), numbered.last.is_whole)


def test_pages_pass_through_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not kept is shown all the same."""
    monkeypatch.setattr(last_result, "KEPT_ITEMS_MAX", 1)
    kept = LastResult("numbers")
    assert [[{"n": 1}, {"n": 2}], [{"n": 3}]] == [*kept.keeping([[{"n": 1}, {"n": 2}], [{"n": 3}]])]
    assert [{"n": 1}] == kept.items


def test_a_statement_that_fails_leaves_it(numbered: Session) -> None:
    """There was no answer that could take its place."""
    said(numbered, "SELECT n FROM numbers WHERE id = 'x' AND n = 1")
    with pytest.raises(DdbError):
        said(numbered, "SELECT n FROM nowhere")
    assert ('{"n": 1}\n', "") == said(numbered, "_")


def test_the_time_is_not_that_of_its_reader(numbered: Session) -> None:
    """Only of the pages: who looks at an answer for long, in a pager, did not wait for it."""
    now_s = 0.0

    class Slow(StringIO):
        def write(self, text: str) -> int:
            nonlocal now_s
            now_s += 3600
            return super().write(text)

    numbered.now_s = lambda: now_s
    numbered.shows_time = True
    numbered.out, numbered.error = Slow(), StringIO()
    carry_out(numbered, "SELECT n FROM numbers WHERE id = 'x'")
    assert "0.0 ms\n" == numbered.error.getvalue()
