"""``AsyncTypedTable``: a typed table for an event loop."""

import functools
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

from ddblite.api.python.async_table import AsyncResult, Threads
from ddblite.api.python.result import Result
from ddblite.api.python.typed_table import TypedTable

if TYPE_CHECKING:
    from pydantic import BaseModel

Model = TypeVar("Model", bound="BaseModel")
P = ParamSpec("P")
Answer = TypeVar("Answer")


def written(
    method: Callable[Concatenate[TypedTable[Model], P], Answer],
) -> Callable[Concatenate["AsyncTypedTable[Model]", P], Coroutine[Any, Any, Answer]]:
    """Returns the twin of a method that writes."""

    @functools.wraps(method)
    async def twin(
        table: "AsyncTypedTable[Model]", /, *positional: P.args, **named: P.kwargs
    ) -> Answer:
        work = functools.partial(method, table.table, *positional, **named)
        return await table.threads.write(work)

    return twin


def read(
    method: Callable[Concatenate[TypedTable[Model], P], Answer],
) -> Callable[Concatenate["AsyncTypedTable[Model]", P], Coroutine[Any, Any, Answer]]:
    """Returns the twin of a method that reads."""

    @functools.wraps(method)
    async def twin(
        table: "AsyncTypedTable[Model]", /, *positional: P.args, **named: P.kwargs
    ) -> Answer:
        work = functools.partial(method, table.table, *positional, **named)
        return await table.threads.read(work)

    return twin


def listed(
    method: Callable[Concatenate[TypedTable[Model], P], Result[Model]],
) -> Callable[Concatenate["AsyncTypedTable[Model]", P], AsyncResult[Model]]:
    """Returns the twin of a method whose result reads nothing until it is asked."""

    @functools.wraps(method)
    def twin(
        table: "AsyncTypedTable[Model]", /, *positional: P.args, **named: P.kwargs
    ) -> AsyncResult[Model]:
        return AsyncResult(table.threads, method(table.table, *positional, **named))

    return twin


class AsyncTypedTable(Generic[Model]):
    """``TypedTable``'s twin: ``await`` its writes and ``get``; ``async for`` a query or scan."""

    def __init__(self, threads: Threads, table: TypedTable[Model]) -> None:
        self.threads = threads
        self.table = table

    @property
    def name(self) -> str:
        """The table's name."""
        return self.table.name

    put = written(TypedTable.put)
    update = written(TypedTable.update)
    delete = written(TypedTable.delete)
    load = written(TypedTable.load)
    get = read(TypedTable.get)
    query = listed(TypedTable.query)
    scan = listed(TypedTable.scan)

    def __repr__(self) -> str:
        return f"<Async{repr(self.table).removeprefix('<')}"
