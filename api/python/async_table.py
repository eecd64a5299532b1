"""``AsyncTable``: a table for an event loop, its results, and the threads that do the work.

Writes go one after another through one thread, reads through a few of their own; results are
read page by page, as ``async for`` asks for them.
"""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Concatenate, Final, Generic, ParamSpec, Self, TypeVar

from ddblite.api.python.arguments import key_of
from ddblite.api.python.past import Change, Moment
from ddblite.api.python.result import Given, Result
from ddblite.api.python.table import BATCH_ITEMS_MAX, Batch, Table
from ddblite.api.writer import Writer
from ddblite.engine.bulk import BulkWriter
from ddblite.engine.engine import Engine
from ddblite.schema.errors import Closed
from ddblite.schema.requests import BatchDelete, Consumed

READERS_MAX: Final = 4
"""Threads that read; more would only wait for each other, as Python runs one at a time."""

P = ParamSpec("P")
Answer = TypeVar("Answer")
Original = TypeVar("Original")


class Threads:
    """The one thread that writes, and the few that read."""

    def __init__(self) -> None:
        self.writer: Writer | None = None
        self.readers = ThreadPoolExecutor(READERS_MAX, thread_name_prefix="ddblite-reader")

    def start_writer(self, engine: Engine) -> None:
        """Begins to take writes, for a database that has just been opened."""
        self.writer = Writer(engine)

    def require_open(self) -> None:
        """Raises Closed where no thread would answer: behind the end, and in a forked child."""
        if self.writer is not None:
            self.writer.engine.storage.require_open()

    async def write(self, work: Callable[[], Answer], *, is_alone: bool = False) -> Answer:
        """Does what may write, after all that was asked for before."""
        assert self.writer is not None, "nothing is written before the database is open"
        self.require_open()
        return await asyncio.wrap_future(self.writer.submit(work, is_alone=is_alone))

    async def read(self, work: Callable[[], Answer]) -> Answer:
        """Does what only reads."""
        self.require_open()
        try:
            asked = asyncio.get_running_loop().run_in_executor(self.readers, work)
        except RuntimeError as fault:  # the threads are ended before the database is
            raise Closed("the database is closed") from fault
        return await asked

    def close(self) -> None:
        """Waits for what was asked for, and ends the threads."""
        self.readers.shutdown()
        if self.writer is not None:
            self.writer.close()


class AsyncResult(Generic[Given]):
    """Items, read lazily: ``async for`` them once, or await ``all()`` or ``first()``."""

    def __init__(self, threads: Threads, result: Result[Given]) -> None:
        self.threads = threads
        self.result = result

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Given:
        while True:
            for item in self.result.buffer:
                return item
            if self.result.is_finished:
                raise StopAsyncIteration
            await self.threads.read(self.result.read_page)

    async def pages(self) -> AsyncIterator[list[Given]]:
        """Gives the items page by page."""
        while not self.result.is_finished:
            yield await self.threads.read(self.result.read_page)

    async def all(self) -> list[Given]:
        """Returns all items that were not taken yet."""
        return await self.threads.read(self.result.all)

    async def first(self) -> Given | None:
        """Returns the next item, or None when there is none; no further page is read for it."""
        return await self.threads.read(self.result.first)

    @property
    def cursor(self) -> Any:  # noqa: ANN401 - a key, or a statement's token
        """Where to go on, as ``after=``; None when everything was read."""
        return self.result.cursor

    @property
    def consumed(self) -> Consumed | None:
        """What was consumed so far."""
        return self.result.consumed

    @property
    def plan(self) -> str:
        """What is done, in a line."""
        return self.result.plan

    def __repr__(self) -> str:
        return f"<Async{repr(self.result).removeprefix('<')}"


class Twin(Generic[Original]):
    """What stands for a table in an event loop."""

    def __init__(self, threads: Threads, table: Original) -> None:
        self.threads = threads
        self.table = table


def written(
    method: Callable[Concatenate[Original, P], Answer],
) -> Callable[Concatenate[Twin[Original], P], Coroutine[Any, Any, Answer]]:
    """Returns the twin of a method that writes."""

    @functools.wraps(method)
    async def twin(table: Twin[Original], /, *positional: P.args, **named: P.kwargs) -> Answer:
        work = functools.partial(method, table.table, *positional, **named)
        return await table.threads.write(work)

    return twin


def read(
    method: Callable[Concatenate[Original, P], Answer],
) -> Callable[Concatenate[Twin[Original], P], Coroutine[Any, Any, Answer]]:
    """Returns the twin of a method that reads."""

    @functools.wraps(method)
    async def twin(table: Twin[Original], /, *positional: P.args, **named: P.kwargs) -> Answer:
        work = functools.partial(method, table.table, *positional, **named)
        return await table.threads.read(work)

    return twin


def listed(
    method: Callable[Concatenate[Original, P], Result[Given]],
) -> Callable[Concatenate[Twin[Original], P], AsyncResult[Given]]:
    """Returns the twin of a method whose result reads nothing until it is asked."""

    @functools.wraps(method)
    def twin(
        table: Twin[Original], /, *positional: P.args, **named: P.kwargs
    ) -> AsyncResult[Given]:
        return AsyncResult(table.threads, method(table.table, *positional, **named))

    return twin


class AsyncTable(Twin[Table]):
    """``Table``'s twin: ``await`` its writes and ``get``; ``async for`` a query or scan."""

    @property
    def name(self) -> str:
        """The table's name."""
        return self.table.name

    put = written(Table.put)
    update = written(Table.update)
    delete = written(Table.delete)
    get = read(Table.get)
    query = listed(Table.query)
    scan = listed(Table.scan)
    backup = written(Table.backup)

    def batch(self) -> "AsyncBatch":
        """Returns a writer for many items: ``async with table.batch() as batch``."""
        return AsyncBatch(self.threads, self.table.batch())

    async def changes(
        self, checkpoint: str | None = None, *, since: Moment | None = None
    ) -> AsyncIterator[Change]:
        """Gives what happened to the table, as ``Table.changes`` does: ``async for``."""
        found = self.table.changes(checkpoint, since=since)
        go_on = self.threads.read if checkpoint is None else self.threads.write
        while (change := await go_on(functools.partial(next, found, None))) is not None:
            yield change

    async def load(self, items: Iterable[Mapping[str, Any]]) -> int:
        """Puts any number of items, as ``Table.load`` does; other writes come in between."""
        table, threads = self.table, self.threads
        with BulkWriter(table.engine, table.name) as bulk:
            await threads.read(functools.partial(table.take_all, bulk, items))
            groups = bulk.groups()
            while group := await threads.read(functools.partial(next, groups, None)):
                await threads.write(functools.partial(bulk.write_group, group), is_alone=True)
            return bulk.count

    def __repr__(self) -> str:
        return f"<AsyncTable {self.name}>"


class AsyncBatch:
    """``Batch``'s twin: ``await batch.put(item)``; each group is one transaction.

    A group whose writing fails or is cancelled is not collected again.
    """

    def __init__(self, threads: Threads, batch: Batch) -> None:
        self.threads = threads
        self.batch = batch

    async def put(self, item: Mapping[str, Any]) -> None:
        """Adds a put."""
        self.batch.writes.append(self.batch.packed(item))
        await self.flush_when_full()

    async def delete(self, *key: Any) -> None:  # noqa: ANN401 - key values, or one dict
        """Adds a delete, by key."""
        self.batch.writes.append(BatchDelete(key=key_of(key)))
        await self.flush_when_full()

    async def flush_when_full(self) -> None:
        """Writes the group when it has as many items as it may."""
        if len(self.batch.writes) >= BATCH_ITEMS_MAX:
            await self.flush()

    async def flush(self) -> None:
        """Writes what was collected so far, in one transaction."""
        # Taken here and not by the thread, which may have to write a group twice, and while
        # which this loop may collect more.
        await self.threads.write(functools.partial(self.batch.write, self.batch.taken()))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            await self.flush()
