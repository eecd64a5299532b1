"""Transactions in Python values: what ``Database.transact_write`` and ``transact_get`` take.

A transaction is a list of actions that are given all at once and carried out all or not at all::

    db.transact_write([
        Put("orders", {"id": "o_1", "total": 3}, condition=Attr("id").not_exists()),
        Update("stock", "apple", "SET n = n - :one", values={":one": 1}, condition="n >= :one"),
        Delete("carts", "u_441"),
        Check("users", "u_441", condition=Attr("active").eq(True)),
    ])

Nothing is read in between: what has to hold is said as a condition. A table is given by its name,
its ARN, as a ``Table`` or a ``TypedTable``; a key as its value, as a tuple of its values in key
order, or as a dict.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from ddblite.api.python.arguments import Expression, Placeholders, key_of
from ddblite.api.python.plain_values import plain_item, plain_text
from ddblite.api.python.table import Table
from ddblite.engine.engine import Engine
from ddblite.schema import requests
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import (
    CLIENT_TOKEN_LENGTH_MAX,
    TRANSACT_ITEMS_MAX,
    TRANSACTION_VALUE_DEPTH,
)
from ddblite.schema.names import table_named
from ddblite.schema.wording import ENVELOPE

if TYPE_CHECKING:
    from pydantic import BaseModel

    from ddblite.api.python.typed_table import TypedTable

Names = Mapping[str, str]
Values = Mapping[str, Any]
TableGiven: TypeAlias = "str | Table | TypedTable[Any]"

OUT_OF_BOUNDS: Final = (
    "{envelope}Value {value}at '{member}' failed to satisfy constraint:"
    " Member must have length {bound} than or equal to {number}"
)


@dataclass(frozen=True, slots=True)
class Put:
    """Writes an item, replacing the one with the same key."""

    table: TableGiven
    item: "Mapping[str, Any] | BaseModel"
    condition: Expression | None = None
    names: Names | None = None
    values: Values | None = None

    def request(self) -> requests.PutItem:
        """Returns the action in the engine's form."""
        placeholders = Placeholders(self.names, self.values, TRANSACTION_VALUE_DEPTH)
        condition = placeholders.text(self.condition)
        return requests.PutItem(
            table_name=name_of(self.table),
            item=plain_item(item_of(self.table, self.item)),
            condition=condition,
            names=placeholders.names,
            values=placeholders.values,
            return_old_on_failure=True,
        )


@dataclass(frozen=True, slots=True)
class Update:
    """Changes parts of an item, making it when there is none."""

    table: TableGiven
    key: Any
    update: str
    condition: Expression | None = None
    names: Names | None = None
    values: Values | None = None

    def request(self) -> requests.UpdateItem:
        """Returns the action in the engine's form."""
        placeholders = Placeholders(self.names, self.values, TRANSACTION_VALUE_DEPTH)
        condition = placeholders.text(self.condition)
        return requests.UpdateItem(
            table_name=name_of(self.table),
            key=one_key(self.table, self.key),
            update=plain_text("update", self.update),
            condition=condition,
            names=placeholders.names,
            values=placeholders.values,
            return_old_on_failure=True,
        )


@dataclass(frozen=True, slots=True)
class Delete:
    """Removes an item; a missing one is no error."""

    table: TableGiven
    key: Any
    condition: Expression | None = None
    names: Names | None = None
    values: Values | None = None

    def request(self) -> requests.DeleteItem:
        """Returns the action in the engine's form."""
        placeholders = Placeholders(self.names, self.values, TRANSACTION_VALUE_DEPTH)
        condition = placeholders.text(self.condition)
        return requests.DeleteItem(
            table_name=name_of(self.table),
            key=one_key(self.table, self.key),
            condition=condition,
            names=placeholders.names,
            values=placeholders.values,
            return_old_on_failure=True,
        )


@dataclass(frozen=True, slots=True)
class Check:
    """Changes nothing: its condition must hold of the item, or of there being none."""

    table: TableGiven
    key: Any
    condition: Expression
    names: Names | None = None
    values: Values | None = None

    def request(self) -> requests.ConditionCheck:
        """Returns the action in the engine's form."""
        placeholders = Placeholders(self.names, self.values, TRANSACTION_VALUE_DEPTH)
        condition = placeholders.text(self.condition)
        assert condition is not None, "a check always has a condition"
        return requests.ConditionCheck(
            table_name=name_of(self.table),
            key=one_key(self.table, self.key),
            condition=condition,
            names=placeholders.names,
            values=placeholders.values,
            return_old_on_failure=True,
        )


@dataclass(frozen=True, slots=True)
class Get:
    """Reads one item, or what a projection chooses of it."""

    table: TableGiven
    key: Any
    projection: str | None = None
    names: Names | None = None

    def request(self) -> requests.GetItem:
        """Returns the read in the engine's form."""
        placeholders = Placeholders(self.names, None)
        return requests.GetItem(
            table_name=name_of(self.table),
            key=one_key(self.table, self.key),
            projection=placeholders.projection(self.projection),
            names=placeholders.names,
        )


Action = Put | Update | Delete | Check
"""What ``transact_write`` takes."""


def transact_write(engine: Engine, actions: Sequence[Action], token: str | None) -> None:
    """Carries out all actions or none."""
    check_count(actions)
    if token is not None:
        token = plain_text("token", token)
        check_length("clientRequestToken", len(token), CLIENT_TOKEN_LENGTH_MAX, f"'{token}' ")
    ready = [action.request() for action in actions]
    engine.execute(requests.TransactWriteItems(actions=ready, token=token))


def transact_get(engine: Engine, gets: Sequence[Get]) -> list[dict[str, Any] | None]:
    """Reads items as of one moment, in the order in which they are asked for."""
    check_count(gets)
    request = requests.TransactGetItems(gets=[get.request() for get in gets])
    answer: requests.TransactGetAnswer = engine.execute(request)
    return [as_asked(get, item) for get, item in zip(gets, answer.items, strict=True)]


def check_count(actions: Sequence[Action] | Sequence[Get]) -> None:
    """Raises ValidationException for no action and for too many, which are not echoed."""
    echo = "" if actions else "'[]' "
    check_length("transactItems", len(actions), TRANSACT_ITEMS_MAX, echo)


def check_length(member: str, length: int, maximum: int, echo: str) -> None:
    """Raises ValidationException, in the service's words, for nothing and for too much."""
    if not 0 < length <= maximum:
        bound, number = ("less", maximum) if length else ("greater", 1)
        raise ValidationException(
            OUT_OF_BOUNDS.format(
                envelope=ENVELOPE, value=echo, member=member, bound=bound, number=number
            )
        )


def item_of(table: TableGiven, item: "Mapping[str, Any] | BaseModel") -> Mapping[str, Any]:
    """Returns the item that is given as itself or as an object of a model."""
    if isinstance(table, str | Table) and not hasattr(type(item), "model_dump"):
        return cast("Mapping[str, Any]", item)
    # Imported where there is a model: pydantic takes its time.
    from ddblite.api.python.typed_items import converter_of

    model = type(item) if isinstance(table, str | Table) else table.model
    return converter_of(cast("type[BaseModel]", model)).item_of(item)


def as_asked(get: Get, item: dict[str, Any] | None) -> Any:  # noqa: ANN401 - an item or an object
    """Returns an item that was read, of a typed table the object unless it is a part."""
    if item is None or get.projection is not None or isinstance(get.table, str | Table):
        return item
    return get.table.object_of(item)


def name_of(table: TableGiven) -> str:
    """Returns the name of a table that is given by name, by ARN or as itself."""
    named: object = getattr(table, "untyped", table)
    if isinstance(named, Table):
        return named.name
    name = plain_text("A table", named)
    return table_named(name) or name


def one_key(table: TableGiven, key: Any) -> requests.Key:  # noqa: ANN401 - a dict, tuple or value
    """Returns a key that is given as one argument, to a typed table as its model has it."""
    values = key if isinstance(key, tuple) else (key,)
    return key_of(values if isinstance(table, str | Table) else table.stored_key(values))
