"""``connect_async``, ``AsyncDatabase`` and ``AsyncTable``: the native API for an event loop.

Each method is the one of the same name of ``Database`` or ``Table``, awaited: parameters,
answers and errors are the same. The loop never waits for the disk:

* Writes go one after another through one thread, in the order in which they were asked for;
  those that wait together share one durable commit.
* Reads go through a few threads of their own, each on a snapshot; they never wait for a write.
* Results are read page by page, as ``async for`` asks for them.

Cancelling a task does not stop a write that has begun: it is done, or it is not. It stops the
SQLite of ``sql``.
"""

import asyncio
import functools
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, Unpack, overload

from ddblite import partiql
from ddblite.api.python.async_table import Answer, AsyncResult, AsyncTable, Threads
from ddblite.api.python.connecting import connect
from ddblite.api.python.database import SQL_BYTES_MAX, Database
from ddblite.api.python.new_tables import KeyGiven, TableOptions
from ddblite.api.python.options import Durability, LongNumbers, Mode, Wording
from ddblite.api.python.past import Moment, TableBackup
from ddblite.api.python.table import Table
from ddblite.api.python.transactions import Action, Get
from ddblite.api.wire.operations import READS, TOGETHER
from ddblite.engine.clock import Clock
from ddblite.engine.maintenance.check import unheard
from ddblite.schema.errors import Closed, DdbError

if TYPE_CHECKING:
    from pydantic import BaseModel

    from ddblite.api.python.analysis import Analysis
    from ddblite.api.python.async_typed_table import AsyncTypedTable
    from ddblite.api.python.typed_table import TypedTable
    from ddblite.api.sql.result import SqlPlan, SqlResult
    from ddblite.partiql.explanations.explanation import Explanation

PREPARING: Final = "ddblite.partiql.run.prepare"

Model = TypeVar("Model", bound="BaseModel")


class AsyncDatabase:
    """``Database``'s twin, open inside of ``async with``."""

    def __init__(self, connecting: Callable[[], Database]) -> None:
        self._connecting = connecting
        self.opened: Database | None = None
        self._threads = Threads()

    async def __aenter__(self) -> Self:
        if self.opened is None:
            self.opened = await self._threads.read(self._connecting)
            self._threads.start_writer(self.opened.engine)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<Async{repr(self.opened).removeprefix('<')}" if self.opened else "<AsyncDatabase>"

    @property
    def database(self) -> Database:
        """The database itself, for what has no twin; raises Closed before it is open."""
        if self.opened is None:
            raise Closed("the database is not open yet: async with connect_async(...) as db")
        return self.opened

    @overload
    async def create_table(
        self, name: str, *, model: None = None, **options: Unpack[TableOptions]
    ) -> AsyncTable: ...

    @overload
    async def create_table(
        self, name: type[Model], *, model: None = None, **options: Unpack[TableOptions]
    ) -> "AsyncTypedTable[Model]": ...

    @overload
    async def create_table(
        self, name: str, *, model: type[Model], **options: Unpack[TableOptions]
    ) -> "AsyncTypedTable[Model]": ...

    async def create_table(
        self,
        name: Any,
        *,
        partition_key: KeyGiven,
        **options: Any,
    ) -> "AsyncTable | AsyncTypedTable[Any]":
        """Makes a table, billed per request, and returns it; see ``Database.create_table``."""
        make = functools.partial(
            self.database.create_table, name, partition_key=partition_key, **options
        )
        table: AsyncTable | AsyncTypedTable[Any]
        table = self._twin_of(await self._threads.write(make, is_alone=True))
        return table

    @overload
    async def table(self, name: str, *, model: None = None) -> AsyncTable: ...

    @overload
    async def table(self, name: str, *, model: type[Model]) -> "AsyncTypedTable[Model]": ...

    async def table(
        self, name: str, *, model: type[Model] | None = None
    ) -> "AsyncTable | AsyncTypedTable[Model]":
        """Returns a table by its name or ARN, or raises ResourceNotFoundException."""
        table: AsyncTable | AsyncTypedTable[Model]
        table = self._twin_of(
            await self._threads.read(lambda: self.database.table(name, model=model))
        )
        return table

    def _twin_of(self, table: "Table | TypedTable[Any]") -> Any:  # noqa: ANN401 - either twin
        """Returns the twin of a table, typed or not."""
        if isinstance(table, Table):
            return AsyncTable(self._threads, table)
        from ddblite.api.python.async_typed_table import AsyncTypedTable

        return AsyncTypedTable(self._threads, table)

    async def tables(self) -> list[str]:
        """Returns the names of all tables, in byte order."""
        return await self._threads.read(self.database.tables)

    async def delete_table(self, name: str) -> None:
        """Removes a table with all its items, or raises ResourceNotFoundException."""
        remove = functools.partial(self.database.delete_table, name)
        await self._threads.write(remove, is_alone=True)

    async def transact_write(self, actions: Sequence[Action], *, token: str | None = None) -> None:
        """Carries out up to 100 actions on as many items, all of them or none."""
        carry_out = functools.partial(self.database.transact_write, actions, token=token)
        await self._threads.write(carry_out)

    async def transact_get(self, gets: Sequence[Get]) -> list[dict[str, Any] | None]:
        """Returns up to 100 items as of one moment, None where there is none."""
        return await self._threads.read(functools.partial(self.database.transact_get, gets))

    async def execute(
        self,
        statement: str,
        parameters: Sequence[Any] = (),
        *,
        limit: int | None = None,
        page_limit: int | None = None,
        after: Any = None,  # noqa: ANN401 - the cursor of an earlier result
        consistent: bool = False,
    ) -> AsyncResult:
        """Runs one PartiQL statement; a SELECT runs as its result is read.

        async for item in await db.execute("SELECT * FROM orders"): ...
        """
        run = functools.partial(
            self.database.execute,
            statement,
            parameters,
            limit=limit,
            page_limit=page_limit,
            after=after,
            consistent=consistent,
        )
        carry_out = self._threads.read if only_reads(statement) else self._threads.write
        return AsyncResult(self._threads, await carry_out(run))

    async def explain(
        self,
        statement: str,
        parameters: Sequence[Any] = (),
        *,
        consistent: bool = False,
    ) -> "Explanation":
        """Returns what a PartiQL statement would do, without doing it or reading an item."""
        look = functools.partial(
            self.database.explain, statement, parameters, consistent=consistent
        )
        return await self._threads.read(look)

    async def analyze(
        self,
        statement: str,
        parameters: Sequence[Any] = (),
        *,
        consistent: bool = False,
    ) -> "Analysis":
        """Runs a PartiQL statement to its end, writes too, and returns what it took."""
        run = functools.partial(self.database.analyze, statement, parameters, consistent=consistent)
        return await self._threads.write(run)

    async def sql(
        self,
        statement: str,
        parameters: Sequence[Any] | Mapping[str, Any] = (),
        *,
        long_numbers: LongNumbers = "refuse",
        max_bytes: int = SQL_BYTES_MAX,
    ) -> "SqlResult":
        """Answers one SELECT of SQLite's SQL; the rows are there when it returns.

        When its task is cancelled SQLite stops, which might not end by itself.
        """
        from ddblite.api.sql import bridge

        given_up = threading.Event()
        ask = functools.partial(
            bridge.sql,
            self.database.engine,
            statement,
            parameters,
            long_numbers=long_numbers,
            max_bytes=max_bytes,
            is_given_up=given_up.is_set,
        )
        try:
            return await self._threads.read(ask)
        except asyncio.CancelledError:
            given_up.set()
            raise

    async def explain_sql(
        self,
        statement: str,
        parameters: Sequence[Any] | Mapping[str, Any] = (),
        *,
        long_numbers: LongNumbers = "refuse",
    ) -> "SqlPlan":
        """Returns what ``sql`` would read and what SQLite would do then; reads no item."""
        explain = functools.partial(
            self.database.explain_sql, statement, parameters, long_numbers=long_numbers
        )
        return await self._threads.read(explain)

    async def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Carries out any operation in the wire's shapes: ``call("PutItem", {...})``."""
        work = functools.partial(self.database.call, operation, request)
        return await self._carry_out(operation, work)

    async def _carry_out(self, operation: str, work: Callable[[], Answer]) -> Answer:
        """Does the work of an operation where operations of its kind are done."""
        if operation in READS:
            return await self._threads.read(work)
        return await self._threads.write(work, is_alone=operation not in TOGETHER)

    def aioboto3_session(self, **options: Any) -> Any:  # noqa: ANN401 - aioboto3 carries no types
        """Returns an aioboto3 session whose DynamoDB is this database, on the same threads."""
        from ddblite.api.clients import aiobotocore

        return aiobotocore.aioboto3_session(self.aiobotocore_session(), options)

    def aiobotocore_session(self) -> Any:  # noqa: ANN401 - aiobotocore carries no types
        """Returns an aiobotocore session whose DynamoDB is this database, as above."""
        from ddblite.api.clients import aiobotocore

        transport = aiobotocore.AsyncTransport(self.database.engine, self._carry_out)
        return aiobotocore.Session(transport)

    async def check(self, progress: Callable[[int], None] | None = None) -> list[str]:
        """Returns a sentence for each thing wrong with the file; nothing when it is whole."""
        return await self._threads.read(functools.partial(self.database.check, progress))

    async def backups(self, table: str | None = None) -> list[TableBackup]:
        """Returns the backups of one table or of all, the oldest first."""
        return await self._threads.read(functools.partial(self.database.backups, table))

    async def restore_table(
        self, name: str, source: str | TableBackup | None = None, *, at: Moment | None = None
    ) -> AsyncTable:
        """Makes a table of a backup, or of what a table with recovery had at a moment."""
        work = functools.partial(self.database.restore_table, name, source, at=at)
        return AsyncTable(self._threads, await self._threads.write(work, is_alone=True))

    async def at(self, moment: Moment) -> "AsyncDatabase":
        """Returns a new database in memory, for ``async with``: as it was at a moment."""
        past = await self._threads.read(functools.partial(self.database.at, moment))
        return AsyncDatabase(lambda: past)

    async def sweep(self) -> int:
        """Removes the items that have expired by time to live, and returns how many those were."""
        return await self._threads.write(self.database.sweep, is_alone=True)

    async def scrub(
        self, progress: Callable[[int], None] | None = None, *, share: float = 0.25
    ) -> list[str]:
        """Does check's work in small steps, in a thread of its own; returns what is wrong.

        When its task is cancelled, it ends with the step it is in.
        """
        given_up = threading.Event()

        def wait(seconds: float) -> None:
            if given_up.wait(seconds):
                raise Closed("given up")

        work = functools.partial(
            self.database.engine.scrub, progress or unheard, share=share, wait=wait
        )
        try:
            return await asyncio.to_thread(work)
        except asyncio.CancelledError:
            given_up.set()
            raise

    async def backup(self, path: str | os.PathLike[str]) -> None:
        """Writes a checked copy, as of one moment, to a file that must not exist yet."""
        await self._threads.read(functools.partial(self.database.backup, path))

    async def compact(self) -> None:
        """Gives the room back that the file does not need any more."""
        await self._threads.read(self.database.compact)

    async def rekey(self, key: str | bytes | None) -> None:
        """Gives the file another key, its first, or none; nobody else may have it open."""
        await self._threads.read(functools.partial(self.database.rekey, key))

    def copy(self, *, clock: Clock | None = None) -> "AsyncDatabase":
        """Returns a copy in memory, taken when it is opened: ``async with db.copy() as copy``."""
        return AsyncDatabase(functools.partial(self.database.copy, clock=clock))

    async def close(self) -> None:
        """Finishes what was asked for and closes the database; closing twice is no error."""
        await asyncio.to_thread(self._end)

    def _end(self) -> None:
        """Ends the threads, and then closes."""
        self._threads.close()
        if self.opened is not None:
            self.opened.close()


def only_reads(statement: object) -> bool:
    """Whether a statement is known to only read; before the first is prepared, none is.

    The parser takes a fifth of a second to import, for which no loop should wait.
    """
    if not isinstance(statement, str) or PREPARING not in sys.modules:
        return False
    try:
        return not partiql.prepare(statement).is_write
    except DdbError:
        return False  # which is told where it is carried out


def connect_async(  # noqa: PLR0913 - options, all by name
    path: str | os.PathLike[str],
    *,
    mode: Mode = "create",
    wording: Wording = "current",
    durability: Durability = "power",
    clock: Clock | None = None,
    table_delay_s: float = 0,
    lenient: bool = False,
    key: str | bytes | None = None,
    ttl: bool = False,
) -> AsyncDatabase:
    """Returns a database that ``async with`` opens; the options are those of ``connect``.

    async with ddblite.connect_async("shop.ddb") as db:
        orders = await db.create_table("orders", partition_key="id")
        await orders.put({"id": "1"})
        async for item in orders.scan(): ...
    """
    connecting = functools.partial(
        connect,
        path,
        mode=mode,
        wording=wording,
        durability=durability,
        clock=clock,
        table_delay_s=table_delay_s,
        lenient=lenient,
        key=key,
        ttl=ttl,
    )
    return AsyncDatabase(connecting)
