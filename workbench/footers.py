"""What is said below an answer: rows, pages, capacity units, time, and what was done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ddblite.api.python.result import Result
from ddblite.schema.amounts import time_text
from ddblite.schema.requests import Consumed
from ddblite.schema.values import Item
from ddblite.workbench.safe_text import escaped


@dataclass(slots=True)
class Spent:
    """The capacity units of a whole conversation."""

    read: float = 0
    write: float = 0

    def add(self, consumed: Consumed, counted: float = 0) -> None:
        """Counts the units of a request, but for those that were counted before."""
        if consumed.write:
            self.write += consumed.total - counted
        else:
            self.read += consumed.total - counted


class Counter:
    """The pages of a result, counting what is taken."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.rows = 0
        # A write has run already, and its items wait as the rest of a page.
        self.waiting = list(result.buffer)

    def __iter__(self) -> Iterator[list[Item]]:
        if self.waiting:
            yield self.counted(self.waiting)
        for page in self.result.pages():
            yield self.counted(page)

    @property
    def is_done(self) -> bool:
        """Whether there is no item and will be none: a write that returned nothing."""
        return self.result.is_finished and not self.waiting

    def counted(self, page: list[Item]) -> list[Item]:
        """Returns the page that it is given."""
        self.rows += len(page)
        return page


def footer(result: Result, rows: int, spent: Spent, seconds: float) -> str:
    """Returns what an answer was and what it took: ``2 rows, 0.5 read units, 0.3 ms. Query ...``.

    Once there were others, the units of the whole session follow: ``12.5 so far``.
    """
    consumed = result.consumed
    is_write = consumed is not None and consumed.write
    parts = [plural(rows, "row")] if rows or not is_write else ["done"]
    if result.scanned_count > rows:
        parts.append(f"{result.scanned_count:,} read")
    if result.pages_read > 1:
        parts.append(plural(result.pages_read, "page"))
    if consumed is not None:
        parts += [units_text(consumed), so_far_text(spent, consumed, consumed.total)]
    parts.append(time_text(seconds))
    return f"{', '.join(filter(None, parts))}. {escaped(result.plan.replace(chr(10), '; '))}"


def transaction_footer(
    count: int, consumed: Sequence[Consumed], spent: Spent, seconds: float
) -> str:
    """Returns what a transaction took: ``2 statements, 4 write units in films, 1.2 ms``."""
    taken = [f"{units_text(one)} in {escaped(one.table_name)}" for one in consumed]
    if consumed:
        taken.append(so_far_text(spent, consumed[0], sum(one.total for one in consumed)))
    parts = [plural(count, "statement"), *taken, time_text(seconds)]
    return ", ".join(filter(None, parts))


def so_far_text(spent: Spent, consumed: Consumed, just_now: float) -> str:
    """Returns the units of the conversation, of the same kind, or "" when these are all of them."""
    in_all = spent.write if consumed.write else spent.read
    return f"{units(in_all)} so far" if in_all > just_now else ""


def plural(count: int, noun: str) -> str:
    """Returns a count with its noun."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def units_text(consumed: Consumed) -> str:
    """Returns the capacity units, and how much of them an index took."""
    kind = "write" if consumed.write else "read"
    text = f"{units(consumed.total)} {kind} unit{'' if consumed.total == 1 else 's'}"
    by_index = {**consumed.local_indexes, **consumed.global_indexes}
    shares = [f"{units(share)} in {escaped(name)}" for name, share in by_index.items() if share]
    return f"{text} ({', '.join(shares)})" if shares else text


def units(count: float) -> str:
    """Returns capacity units, which are halves."""
    return f"{count:,.1f}".removesuffix(".0")
