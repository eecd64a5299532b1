"""``Table``: one table of an open database, in Python values."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import islice
from types import TracebackType
from typing import Any, Final, Self

from ddblite.api.python import past
from ddblite.api.python.arguments import Expression, Placeholders, check_counts, key_of, start_of
from ddblite.api.python.options import ReturnChanged, ReturnOld
from ddblite.api.python.past import Change, Moment
from ddblite.api.python.plain_values import plain_item, plain_text
from ddblite.api.python.result import Result
from ddblite.engine.bulk import BulkWriter
from ddblite.engine.engine import Engine
from ddblite.engine.items import Packed, accept_item
from ddblite.schema import requests
from ddblite.schema.errors import UnsupportedType, ValidationException
from ddblite.schema.requests import PageAnswer
from ddblite.schema.tables import TableSpec
from ddblite.schema.values import Item
from ddblite.schema.wording import reworded

BATCH_ITEMS_MAX: Final = 1000
"""Items of a ``batch()`` that are written in one transaction."""

LOAD_ITEMS_MAX: Final = 1000
"""Items of a ``load()`` that are handed over together."""


class Table:
    """One table: ``put``, ``get``, ``update``, ``delete``, ``query`` and ``scan``.

    For many items there are ``batch`` and, for more than a page cache holds, ``load``.

    A key is given by its values in key order, or as a dict. Conditions, filters and
    projections are DynamoDB expressions with ``names`` and ``values``, or ``Attr`` objects.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name

    def __repr__(self) -> str:
        return f"<Table {self.name}>"

    @property
    def spec(self) -> TableSpec:
        """The table's key and indexes, as they stand now."""
        return self.engine.table(self.name)

    def put(
        self,
        item: Mapping[str, Any],
        *,
        condition: Expression | None = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        returning: ReturnOld = "NONE",
    ) -> dict[str, Any] | None:
        """Writes an item, replacing the one with the same key.

        Returns the replaced item with ``returning="ALL_OLD"``, else None. Raises
        ConditionalCheckFailedException when the condition does not hold.
        """
        with self._worded("PutItem"):
            placeholders = Placeholders(names, values)
            text = placeholders.text(condition)
            given: Any = item if type(item) is dict else plain_item(item)
            try:
                return self._put_plain(given, text, placeholders, returning)
            except UnsupportedType:
                if given is not item:
                    raise
                return self._put_plain(plain_item(item), text, placeholders, returning)

    def _put_plain(
        self, item: Item, condition: str | None, placeholders: "Placeholders", returning: str
    ) -> dict[str, Any] | None:
        """Puts an item of the engine's types; one of other types raises UnsupportedType."""
        request = requests.PutItem(
            table_name=self.name,
            item=item,
            condition=condition,
            names=placeholders.names,
            values=placeholders.values,
            return_values=returning,
            return_old_on_failure=True,
        )
        answer: requests.WriteAnswer = self.engine.execute(request)
        return answer.attributes

    @contextmanager
    def _worded(self, operation: str) -> Iterator[None]:
        """Words the faults of Python values as the operation words all others."""
        try:
            yield
        except ValidationException as error:
            raise reworded(error, operation, self.engine.wording) from None

    def get(
        self,
        *key: Any,  # noqa: ANN401 - key values, or one dict
        projection: str | None = None,
        names: Mapping[str, str] | None = None,
        consistent: bool = False,
    ) -> dict[str, Any] | None:
        """Returns an item, or None when there is none."""
        if projection is not None or names is not None:
            placeholders = Placeholders(names, None)
            projection, names = placeholders.projection(projection), placeholders.names
        request = requests.GetItem(
            table_name=self.name,
            key=key_of(key),
            projection=projection,
            names=names,
            consistent=consistent,
        )
        answer: requests.GetItemAnswer = self.engine.execute(request)
        return answer.item

    def update(
        self,
        key: Any,  # noqa: ANN401 - a dict, a tuple of key values, or the one key value
        update: str | None = None,
        *,
        condition: Expression | None = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        returning: ReturnChanged = "NONE",
    ) -> dict[str, Any] | None:
        """Changes parts of an item, making it when there is none.

        Returns what ``returning`` asks for (``ALL_NEW``, ``UPDATED_OLD`` ...), else None.
        """
        if update is not None:
            update = plain_text("update", update)
        with self._worded("UpdateItem"):
            placeholders = Placeholders(names, values)
            request = requests.UpdateItem(
                table_name=self.name,
                key=key_of(key if isinstance(key, tuple) else (key,)),
                update=update,
                condition=placeholders.text(condition),
                names=placeholders.names,
                values=placeholders.values,
                return_values=returning,
                return_old_on_failure=True,
            )
        answer: requests.WriteAnswer = self.engine.execute(request)
        return answer.attributes

    def delete(
        self,
        *key: Any,  # noqa: ANN401 - key values, or one dict
        condition: Expression | None = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        returning: ReturnOld = "NONE",
    ) -> dict[str, Any] | None:
        """Removes an item; a missing one is no error.

        Returns the removed item with ``returning="ALL_OLD"``, else None.
        """
        with self._worded("DeleteItem"):
            placeholders = Placeholders(names, values)
            request = requests.DeleteItem(
                table_name=self.name,
                key=key_of(key),
                condition=placeholders.text(condition),
                names=placeholders.names,
                values=placeholders.values,
                return_values=returning,
                return_old_on_failure=True,
            )
        answer: requests.WriteAnswer = self.engine.execute(request)
        return answer.attributes

    def query(  # noqa: PLR0913 - what the service's Query takes
        self,
        key_condition: Expression,
        *,
        index: str | None = None,
        filter: Expression | None = None,  # noqa: A002 - DynamoDB's word
        projection: str | None = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        limit: int | None = None,
        page_limit: int | None = None,
        after: Mapping[str, Any] | None = None,
        forward: bool = True,
        consistent: bool = False,
    ) -> Result:
        """Returns the items of one partition of the table or an index, in key order.

        ``limit`` bounds the items given, ``page_limit`` those read per page; ``after`` is
        the ``cursor`` of an earlier result.
        """
        placeholders = Placeholders(names, values)
        index = index_name(index)
        key_text = placeholders.text(key_condition)
        filter_text = placeholders.text(filter)
        projection_text = placeholders.projection(projection)
        check_counts(limit=limit, page_limit=page_limit)

        def fetch(cursor: Item | None, wanted: int | None) -> PageAnswer:
            request = requests.Query(
                table_name=self.name,
                index_name=index,
                key_condition=key_text,
                filter=filter_text,
                projection=projection_text,
                names=placeholders.names,
                values=placeholders.values,
                limit=page_limit,
                return_limit=wanted,
                start_key=cursor,
                forward=forward,
                consistent=consistent,
            )
            page: PageAnswer = self.engine.execute(request)
            return page

        return Result(
            fetch, limit=limit, after=start_of(after), plan=f"Query {self._source(index)}"
        )

    def scan(  # noqa: PLR0913 - what the service's Scan takes
        self,
        *,
        index: str | None = None,
        filter: Expression | None = None,  # noqa: A002 - DynamoDB's word
        projection: str | None = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        limit: int | None = None,
        page_limit: int | None = None,
        after: Mapping[str, Any] | None = None,
        segment: int | None = None,
        total_segments: int | None = None,
        consistent: bool = False,
    ) -> Result:
        """Returns every item of the table or an index, or of one segment of it."""
        placeholders = Placeholders(names, values)
        index = index_name(index)
        filter_text = placeholders.text(filter)
        projection_text = placeholders.projection(projection)
        check_counts(
            limit=limit, page_limit=page_limit, segment=segment, total_segments=total_segments
        )

        def fetch(cursor: Item | None, wanted: int | None) -> PageAnswer:
            request = requests.Scan(
                table_name=self.name,
                index_name=index,
                filter=filter_text,
                projection=projection_text,
                names=placeholders.names,
                values=placeholders.values,
                limit=page_limit,
                return_limit=wanted,
                start_key=cursor,
                segment=segment,
                total_segments=total_segments,
                consistent=consistent,
            )
            page: PageAnswer = self.engine.execute(request)
            return page

        plan = f"Scan {self._source(index)}"
        return Result(fetch, limit=limit, after=start_of(after), plan=plan)

    def _source(self, index: str | None) -> str:
        """Returns what a plan calls the table, or one of its indexes."""
        return self.name if index is None else f"{self.name} (index {index})"

    def batch(self) -> "Batch":
        """Returns a writer for many items: ``with table.batch() as batch: batch.put(...)``."""
        return Batch(self)

    def changes(
        self, checkpoint: str | None = None, *, since: Moment | None = None
    ) -> Iterator[Change]:
        """Gives what happened to the table, in order, as far as it is remembered.

        The table needs a stream or point-in-time recovery. With a ``checkpoint``, a name of your
        choice, it goes on behind the last change that was done with under that name, in this run
        or an earlier one: a change is, when the next one is asked for. ``since`` is where to begin
        otherwise: a datetime with a time zone, or seconds since 1970.
        """
        name = None if checkpoint is None else plain_text("A checkpoint", checkpoint)
        return past.changes(self.engine, self.name, name, since)

    def backup(self, name: str) -> past.TableBackup:
        """Makes a backup of the table inside of the file; names may be the same."""
        return past.back_up(self.engine, self.name, plain_text("A backup's name", name))

    def load(self, items: Iterable[Mapping[str, Any]]) -> int:
        """Puts any number of items and returns how many were given; the last of each key counts.

        They are written when all of them were given, in the order of their keys: an item takes no
        longer in a load of millions. What is not held in memory meanwhile is in a temporary file.
        An item that cannot be put raises before anything is written. A load that ends early leaves
        whole groups of a thousand items, or of ten thousand where the table has an index.
        """
        with BulkWriter(self.engine, self.name) as bulk:
            self.take_all(bulk, items)
            for _ in bulk.write():
                pass
            return bulk.count

    def take_all(self, bulk: BulkWriter, items: Iterable[Mapping[str, Any]]) -> None:
        """Hands the items of a load over, or raises as a put of the first bad one would."""
        rest = iter(items)
        while group := list(islice(rest, LOAD_ITEMS_MAX)):
            with self._worded("PutItem"):
                given: list[Any] = [one if type(one) is dict else plain_item(one) for one in group]
                try:
                    bulk.add(given)
                except UnsupportedType:
                    bulk.add([plain_item(one) for one in given])


def index_name(index: str | None) -> str | None:
    """Returns the name of an index, or None for the table itself."""
    return None if index is None else plain_text("An index's name", index)


class Batch:
    """Collects puts and deletes and writes them in groups, each group in one transaction.

    Of several writes to one key the last one counts. What was collected is written at the
    end of the ``with`` block; when the block fails, groups already full stay written.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.writes: list[Packed | requests.BatchDelete] = []

    def put(self, item: Mapping[str, Any]) -> None:
        """Adds a put."""
        self.add(self.packed(item))

    def packed(self, item: Mapping[str, Any]) -> Packed:
        """Returns an item as it will be stored, or raises here what is wrong with it.

        Whoever changes the item afterwards does not change what is written.
        """
        if type(item) is dict and not self.table.spec.indexes:
            # Only the key is read from it again, whose values nobody can change inside; with
            # an index, what it projects would be read again too.
            with suppress(UnsupportedType):
                return accept_item(dict(item))
        return accept_item(plain_item(item))

    def delete(self, *key: Any) -> None:  # noqa: ANN401 - key values, or one dict
        """Adds a delete, by key."""
        self.add(requests.BatchDelete(key=key_of(key)))

    def add(self, write: Packed | requests.BatchDelete) -> None:
        """Adds one write, and writes the group when it is full."""
        self.writes.append(write)
        if len(self.writes) >= BATCH_ITEMS_MAX:
            self.flush()

    def flush(self) -> None:
        """Writes what was collected so far, in one transaction."""
        self.write(self.taken())

    def taken(self) -> list[Packed | requests.BatchDelete]:
        """Returns what was collected so far, and begins anew."""
        writes, self.writes = self.writes, []
        return writes

    def write(self, writes: list[Packed | requests.BatchDelete]) -> None:
        """Writes a group in one transaction."""
        if writes:
            request = requests.LoadItems(tables={self.table.name: writes})
            self.table.engine.execute(request)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self.flush()
