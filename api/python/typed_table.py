"""``TypedTable``: a table whose items are objects of a pydantic model.

    class Order(BaseModel):
        user_id: UUID
        placed: datetime
        total: Decimal

    orders = db.create_table(Order, partition_key="user_id", sort_key="placed")
    orders.put(Order(...))
    orders.get(user_id, placed)         # an Order, or None

Every method is that of ``Table``, with objects for items; expressions see the items as they are
stored. Whatever gives parts of items (projections, UPDATED_NEW) is the untyped table's.
"""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from msgspec.structs import replace

from ddblite.api.python.arguments import Expression
from ddblite.api.python.new_tables import GlobalIndex, KeyGiven, LocalIndex
from ddblite.api.python.options import ReturnOld
from ddblite.api.python.result import Result
from ddblite.api.python.table import Batch, Table
from ddblite.api.python.typed_items import Converter, converter_of, stored
from ddblite.schema.requests import PageAnswer

if TYPE_CHECKING:
    from types import TracebackType

    from pydantic import BaseModel

Model = TypeVar("Model", bound="BaseModel")

ReturnWhole = Literal["NONE", "ALL_OLD", "ALL_NEW"]
"""What an update may return as an object."""


class TypedTable(Generic[Model]):
    """A table of objects of a model; ``untyped`` is the table itself."""

    def __init__(self, table: Table, model: type[Model]) -> None:
        self.untyped = table
        self.model = model
        self._converter: Converter[Model] = converter_of(model)

    def __repr__(self) -> str:
        return f"<Table {self.name} of {self.model.__name__}>"

    @property
    def name(self) -> str:
        """The table's name."""
        return self.untyped.name

    def put(
        self,
        item: Model,
        *,
        condition: Expression | None = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        returning: ReturnOld = "NONE",
    ) -> Model | None:
        """Writes an object, replacing the one with the same key, which ``"ALL_OLD"`` returns."""
        return self._object(
            self.untyped.put(
                self._converter.item_of(item),
                condition=condition,
                names=names,
                values=values,
                returning=returning,
            )
        )

    def get(self, *key: Any, consistent: bool = False) -> Model | None:  # noqa: ANN401 - key values
        """Returns an object, or None when there is none."""
        return self._object(self.untyped.get(*key_values(key), consistent=consistent))

    def update(
        self,
        key: Any,  # noqa: ANN401 - a dict, a tuple of key values, or the one key value
        update: str | None = None,
        *,
        condition: Expression | None = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        returning: ReturnWhole = "NONE",
    ) -> Model | None:
        """Changes parts of an object, making it when there is none."""
        return self._object(
            self.untyped.update(
                key_values(key if isinstance(key, tuple) else (key,)),
                update,
                condition=condition,
                names=names,
                values=values,
                returning=returning,
            )
        )

    def delete(
        self,
        *key: Any,  # noqa: ANN401 - key values, or one dict
        condition: Expression | None = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        returning: ReturnOld = "NONE",
    ) -> Model | None:
        """Removes an object; a missing one is no error."""
        return self._object(
            self.untyped.delete(
                *key_values(key),
                condition=condition,
                names=names,
                values=values,
                returning=returning,
            )
        )

    def query(  # noqa: PLR0913 - as ``Table.query``
        self,
        key_condition: Expression,
        *,
        index: str | None = None,
        filter: Expression | None = None,  # noqa: A002 - DynamoDB's word
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        limit: int | None = None,
        page_limit: int | None = None,
        after: Mapping[str, Any] | None = None,
        forward: bool = True,
        consistent: bool = False,
    ) -> Result[Model]:
        """Returns the objects of one partition of the table or an index, in key order."""
        return self._typed(
            self.untyped.query(
                key_condition,
                index=index,
                filter=filter,
                names=names,
                values=values,
                limit=limit,
                page_limit=page_limit,
                after=after,
                forward=forward,
                consistent=consistent,
            )
        )

    def scan(  # noqa: PLR0913 - as ``Table.scan``
        self,
        *,
        index: str | None = None,
        filter: Expression | None = None,  # noqa: A002 - DynamoDB's word
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        limit: int | None = None,
        page_limit: int | None = None,
        after: Mapping[str, Any] | None = None,
        segment: int | None = None,
        total_segments: int | None = None,
        consistent: bool = False,
    ) -> Result[Model]:
        """Returns every object of the table or an index, or of one segment of it."""
        return self._typed(
            self.untyped.scan(
                index=index,
                filter=filter,
                names=names,
                values=values,
                limit=limit,
                page_limit=page_limit,
                after=after,
                segment=segment,
                total_segments=total_segments,
                consistent=consistent,
            )
        )

    def batch(self) -> "TypedBatch[Model]":
        """Returns a writer for many objects: ``with table.batch() as batch: batch.put(...)``."""
        return TypedBatch(self.untyped.batch(), self._converter)

    def load(self, items: Iterable[Model]) -> int:
        """Puts any number of objects and returns how many were given; see ``Table.load``."""
        return self.untyped.load(map(self._converter.item_of, items))

    def object_of(self, item: Mapping[str, Any]) -> Model:
        """Returns the object of an item of the table, or raises ModelMismatch."""
        return self._converter.object_of(dict(item), self.untyped.spec.key_names, self.name)

    def stored_key(self, key: tuple[Any, ...]) -> tuple[Any, ...]:
        """Returns the values of a key as they are stored, given as the model has them."""
        return key_values(key)

    def _object(self, item: dict[str, Any] | None) -> Model | None:
        """Returns the object of an item, None for none."""
        return None if item is None else self.object_of(item)

    def _typed(self, result: "Result") -> Result[Model]:
        """Returns a result that gives the objects of another's items."""
        fetch = result.fetch

        def fetch_objects(cursor: Any, wanted: int | None) -> PageAnswer:  # noqa: ANN401 - a key
            page = fetch(cursor, wanted)
            return replace(page, items=[self._object(item) for item in page.items])

        typed: Result[Model] = Result(
            fetch_objects, limit=result.remaining, after=result.cursor, plan=result.plan
        )
        return typed


class TypedBatch(AbstractContextManager["TypedBatch[Model]"], Generic[Model]):
    """``Batch`` for objects of a model."""

    def __init__(self, batch: Batch, converter: Converter[Model]) -> None:
        self._batch = batch
        self._converter = converter

    def put(self, item: Model) -> None:
        """Adds a put."""
        self._batch.put(self._converter.item_of(item))

    def delete(self, *key: Any) -> None:  # noqa: ANN401 - key values, or one dict
        """Adds a delete, by key."""
        self._batch.delete(*key_values(key))

    def flush(self) -> None:
        """Writes what was collected so far, in one transaction."""
        self._batch.flush()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: "TracebackType | None",
    ) -> None:
        self._batch.__exit__(kind, error, traceback)


def key_values(key: tuple[Any, ...]) -> tuple[Any, ...]:
    """Returns the values of a key as they are stored, given as a model has them."""
    return tuple([stored(value, f"key value {place}", 1) for place, value in enumerate(key, 1)])


def typed_key(model: "type[BaseModel]", key: KeyGiven) -> KeyGiven:
    """Returns a key attribute with the type that its field in the model has."""
    return (key, converter_of(model).kind_of(key)) if isinstance(key, str) else key


def typed_index(
    model: "type[BaseModel]", index: GlobalIndex | LocalIndex
) -> GlobalIndex | LocalIndex:
    """Returns an index whose key attributes have the types that the model gives them."""
    sort = None if index.sort_key is None else typed_key(model, index.sort_key)
    if isinstance(index, GlobalIndex):
        partition = typed_key(model, index.partition_key)
        return GlobalIndex(index.name, partition, sort, index.projection)
    assert sort is not None, "a local index has a sort key"
    return LocalIndex(index.name, sort, index.projection)
