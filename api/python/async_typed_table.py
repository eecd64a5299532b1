"""``AsyncTypedTable``: a typed table for an event loop."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ddblite.api.python.async_table import AsyncBatch, AsyncTable, Twin, listed, read, written
from ddblite.api.python.typed_items import Converter, converter_of
from ddblite.api.python.typed_table import TypedTable, key_values

if TYPE_CHECKING:
    from pydantic import BaseModel

Model = TypeVar("Model", bound="BaseModel")


class AsyncTypedTable(Twin[TypedTable[Model]], Generic[Model]):
    """``TypedTable``'s twin: ``await`` its writes and ``get``; ``async for`` a query or scan."""

    @property
    def name(self) -> str:
        """The table's name."""
        return self.table.name

    @property
    def untyped(self) -> AsyncTable:
        """The table itself."""
        return AsyncTable(self.threads, self.table.untyped)

    put = written(TypedTable[Model].put)
    update = written(TypedTable[Model].update)
    delete = written(TypedTable[Model].delete)
    get = read(TypedTable[Model].get)
    query = listed(TypedTable[Model].query)
    scan = listed(TypedTable[Model].scan)

    def batch(self) -> "AsyncTypedBatch[Model]":
        """Returns a writer for many objects: ``async with table.batch() as batch``."""
        return AsyncTypedBatch(self.untyped.batch(), converter_of(self.table.model))

    async def load(self, items: Iterable[Model]) -> int:
        """Puts any number of objects, as ``Table.load`` does; other writes come in between."""
        return await self.untyped.load(map(converter_of(self.table.model).item_of, items))

    def __repr__(self) -> str:
        return f"<Async{repr(self.table).removeprefix('<')}"


class AsyncTypedBatch(AbstractAsyncContextManager["AsyncTypedBatch[Model]"], Generic[Model]):
    """``AsyncBatch`` for objects of a model."""

    def __init__(self, batch: AsyncBatch, converter: Converter[Model]) -> None:
        self._batch = batch
        self._converter = converter

    async def put(self, item: Model) -> None:
        """Adds a put."""
        await self._batch.put(self._converter.item_of(item))

    async def delete(self, *key: Any) -> None:  # noqa: ANN401 - key values, or one dict
        """Adds a delete, by key."""
        await self._batch.delete(*key_values(key))

    async def flush(self) -> None:
        """Writes what was collected so far, in one transaction."""
        await self._batch.flush()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._batch.__aexit__(kind, error, traceback)
