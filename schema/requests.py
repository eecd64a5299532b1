"""What crosses the engine's boundary: one frozen record per request and per answer.

Values in here are plain Python values (``schema.values``), never DynamoDB JSON. The doors
build requests (``Table`` and PartiQL directly, the wire through ``api.wire.dispatch``), the
engine gives answers. Expressions arrive either as text with ``names`` and ``values``, or
already compiled (PartiQL predicates and legacy parameters), which the protocols below stand
for. The records are msgspec structs: a frozen dataclass would take longer to build than the
read it asks for.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol, dataclass_transform

import msgspec

from ddblite.schema.request_kinds import (
    ITEM_READ,
    ITEM_WRITE,
    LONE_WRITE,
    OLDER_READ,
    OLDER_WRITE,
    Kind,
)
from ddblite.schema.values import Item, Value

Names = Mapping[str, str]
Values = Mapping[str, Value]


Key = Item | tuple[Value, ...]
"""A key as attributes, or as its values in the order of the table's key."""


class Predicate(Protocol):
    """A compiled condition or filter."""

    def holds(self, item: Item | None, values: Values) -> bool:
        """Whether the condition is true of an item; a missing item is ``None``."""
        ...


class Changes(Protocol):
    """A compiled update."""

    def apply(self, item: Item, values: Values) -> Item:
        """Returns the item as changed; the given one stays as it is."""
        ...


class Selection(Protocol):
    """A compiled projection."""

    def apply(self, item: Item) -> Item:
        """Returns the chosen parts of an item."""
        ...


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all requests and answers."""


class Request(Record):
    """The base of what is asked for; its name is that of its operation."""

    kind: ClassVar[Kind]

    def table_names(self) -> list[str]:
        """Returns the names of the tables that it is about, as far as it says so itself."""
        return []


class TableRequest(Request):
    """The base of what is asked of one table."""

    table_name: str

    def table_names(self) -> list[str]:
        """Returns the name of the table."""
        return [self.table_name]


class Consumed(Record):
    """Capacity units of one request on one table.

    ``table`` are the table's own units; indexes are there only when they were touched. What was
    ``attempted`` in vain counts towards the total alone.
    """

    table_name: str
    table: float
    write: bool
    local_indexes: dict[str, float] = {}
    global_indexes: dict[str, float] = {}
    transaction: bool = False
    attempted: float = 0

    @property
    def total(self) -> float:
        """All units together."""
        on_indexes = sum(self.local_indexes.values()) + sum(self.global_indexes.values())
        return self.table + on_indexes + self.attempted


class ItemCollection(Record):
    """The partition that a write touched, for tables with local indexes; size in GB, from-to."""

    key: Item
    size_range_gb: tuple[float, float] = (0.0, 1.0)


class GetItem(TableRequest):
    """Reads one item by its key."""

    kind: ClassVar[Kind] = ITEM_READ
    key: Key
    projection: str | Selection | None = None
    names: Names | None = None
    consistent: bool = False


class GetItemAnswer(Record):
    """``item`` is None when there is none, and ``{}`` when the projection chose nothing."""

    item: Item | None
    consumed: Consumed


class PutItem(TableRequest):
    """Writes an item, replacing the one with the same key."""

    kind: ClassVar[Kind] = ITEM_WRITE
    item: Item
    condition: str | Predicate | None = None
    names: Names | None = None
    values: Values | None = None
    return_values: str = "NONE"
    return_old_on_failure: bool = False


class UpdateItem(TableRequest):
    """Changes parts of an item, making it when there is none."""

    kind: ClassVar[Kind] = ITEM_WRITE
    key: Key
    update: str | Changes | None = None
    condition: str | Predicate | None = None
    names: Names | None = None
    values: Values | None = None
    return_values: str = "NONE"
    return_old_on_failure: bool = False


class DeleteItem(TableRequest):
    """Removes an item; a missing one is no error."""

    kind: ClassVar[Kind] = ITEM_WRITE
    key: Key
    condition: str | Predicate | None = None
    names: Names | None = None
    values: Values | None = None
    return_values: str = "NONE"
    return_old_on_failure: bool = False


class WriteAnswer(Record):
    """``attributes`` is what ``return_values`` asked for, or None."""

    attributes: Item | None
    consumed: Consumed
    collection: ItemCollection | None = None


class Query(TableRequest):
    """Reads one page of one partition of a table or index, in key order.

    ``limit`` bounds the items read, before any filter, as the wire's Limit does;
    ``return_limit`` bounds the items given, and ends the page where it is reached.
    ``of_statement`` lets the filter look at the key, and at an index as it is: attributes that it
    does not have are missing, and not fetched from the table.
    """

    kind: ClassVar[Kind] = ITEM_READ
    key_condition: str | Predicate | None
    index_name: str | None = None
    filter: str | Predicate | None = None
    projection: str | Selection | None = None
    names: Names | None = None
    values: Values | None = None
    select: str | None = None
    limit: int | None = None
    return_limit: int | None = None
    start_key: Item | None = None
    forward: bool = True
    consistent: bool = False
    of_statement: bool = False


class Scan(TableRequest):
    """Reads one page of a table or index, in the order of its hashes; limits as in ``Query``."""

    kind: ClassVar[Kind] = ITEM_READ
    index_name: str | None = None
    filter: str | Predicate | None = None
    projection: str | Selection | None = None
    names: Names | None = None
    values: Values | None = None
    select: str | None = None
    limit: int | None = None
    return_limit: int | None = None
    start_key: Item | None = None
    segment: int | None = None
    total_segments: int | None = None
    consistent: bool = False
    of_statement: bool = False


class PageAnswer(Record):
    """One page. ``last_key`` is where to go on, or None at the end.

    It is a key, or the token of a PartiQL statement. ``items`` is empty when only the count
    was asked for; a typed table makes objects of them.
    """

    items: list[Any]
    count: int
    scanned_count: int
    last_key: Any
    consumed: Consumed


class KeysToGet(Record):
    """What BatchGetItem reads from one table."""

    keys: list[Item]
    projection: str | Selection | None = None
    names: Names | None = None
    consistent: bool = False


class BatchGetItem(Request):
    """Reads up to 100 items by key, from several tables."""

    kind: ClassVar[Kind] = ITEM_READ
    tables: dict[str, KeysToGet]

    def table_names(self) -> list[str]:
        """Returns the names of the tables that it is about."""
        return list(self.tables)


class BatchGetAnswer(Record):
    """``unprocessed`` holds, per table, the keys that did not fit into 16 MB."""

    items: dict[str, list[Item]]
    unprocessed: dict[str, list[Item]]
    consumed: list[Consumed]


class BatchPut(Record):
    """One put of a BatchWriteItem."""

    item: Item


class BatchDelete(Record):
    """One delete of a BatchWriteItem."""

    key: Key


class BatchWriteItem(Request):
    """Puts and deletes up to 25 items, in several tables, in one SQLite transaction."""

    kind: ClassVar[Kind] = OLDER_WRITE
    tables: dict[str, list[BatchPut | BatchDelete]]

    def table_names(self) -> list[str]:
        """Returns the names of the tables that it is about."""
        return list(self.tables)


class LoadItems(Request):
    """BatchWriteItem without its limit of 25: for import, and for ``Table.batch``.

    Beside ``BatchPut`` and ``BatchDelete`` it takes items that the engine has packed before.
    """

    kind: ClassVar[Kind] = LONE_WRITE
    tables: dict[str, list[Any]]

    def table_names(self) -> list[str]:
        """Returns the names of the tables that it is about."""
        return list(self.tables)


class AcceptItems(TableRequest):
    """Checks items for the table of this number as PutItem does, and answers with their rows."""

    kind: ClassVar[Kind] = OLDER_READ
    number: int
    items: list[Item]


class LoadRows(TableRequest):
    """Puts accepted items into the table of this number, in the order of their keys."""

    kind: ClassVar[Kind] = LONE_WRITE
    number: int
    rows: Sequence[tuple[bytes, int, int, bytes]]


class BatchWriteAnswer(Record):
    """Everything is always processed; ``collections`` is per table with local indexes."""

    consumed: list[Consumed]
    collections: dict[str, list[ItemCollection]] = {}


class ConditionCheck(Record):
    """An action of a transaction that changes nothing: its condition must hold."""

    return_values: ClassVar[str] = "NONE"
    table_name: str
    key: Key
    condition: str | Predicate
    names: Names | None = None
    values: Values | None = None
    return_old_on_failure: bool = False


Action = PutItem | UpdateItem | DeleteItem | ConditionCheck
"""One action of TransactWriteItems; its ``return_values`` are not looked at."""


class TransactWriteItems(Request):
    """Carries out up to 100 actions, all of them or none.

    The same ``token`` with the same actions within ten minutes is carried out once.
    ``of_statements`` tells that these are the statements of an ExecuteTransaction, which has tokens
    of its own, names every statement at fault, and does not fail to delete what is not there.
    """

    kind: ClassVar[Kind] = OLDER_WRITE
    actions: list[Action]
    token: str | None = None
    of_statements: bool = False

    def table_names(self) -> list[str]:
        """Returns the names of the tables that it is about."""
        return [action.table_name for action in self.actions]


class TransactGetItems(Request):
    """Reads up to 100 items as of one moment."""

    kind: ClassVar[Kind] = OLDER_READ
    gets: list[GetItem]

    def table_names(self) -> list[str]:
        """Returns the names of the tables that it is about."""
        return [get.table_name for get in self.gets]


class TransactGetAnswer(Record):
    """``items`` has an entry per get, None where there is no item or the projection chose none."""

    items: list[Item | None]
    consumed: list[Consumed]


class CancellationReason(Record):
    """Why one action stopped its transaction; ``code`` is ``"None"`` where it did not."""

    code: str = "None"
    message: str | None = None
    item: Item | None = None
