"""What a database should hold, in plain dictionaries, and what a request makes of it.

A ``World`` is never changed: what a request does gives another. Where it is not known whether a
write happened (it was under way when the power went, or a flush failed) there are several worlds,
of which one must be true; every later answer tells some of them from the others.

All tables have the same key, ``p`` (S) and ``s`` (N), and indexes out of ``INDEXES``. Items are the
wire's, so that equal means the same.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import ddblite
from ddblite.schema.errors import TransactionCanceledException

Wire = dict[str, Any]
Key = tuple[str, int]
Answer = Any
"""What a request came to: its answer's content, "ok" where there is none, or an error's code."""

TOKEN_SECONDS: Final = 600

INDEXES: Final[Mapping[str, tuple[str, ...]]] = {
    "by_g": ("g",),
    "by_g_and_n": ("g", "n"),
    "by_s": ("s", "p"),
}
KINDS: Final = {"p": "S", "s": "N", "g": "S", "n": "N"}


@dataclass(frozen=True)
class PlainTable:
    """The items of a table by their keys, and the names of its indexes."""

    indexes: frozenset[str]
    items: Mapping[Key, Wire] = field(default_factory=dict)
    expires_by: str | None = None


@dataclass(frozen=True)
class World:
    """What a database should hold; tokens with what they were used for, and until when."""

    tables: Mapping[str, PlainTable] = field(default_factory=dict)
    tokens: Mapping[str, tuple[str, float]] = field(default_factory=dict)

    def with_table(self, name: str, table: PlainTable | None) -> "World":
        """Returns a world in which a table is as given, or gone."""
        tables = {other: one for other, one in self.tables.items() if other != name}
        return replace(self, tables=tables if table is None else {**tables, name: table})


class Refusal(Exception):  # noqa: N818 - an answer, like others
    """What a request is refused with: an error's code."""


@dataclass(frozen=True)
class Change:
    """One write of one item; ``condition`` is what must hold of the item that is there."""

    kind: str
    table: str
    key: Key
    attributes: Wire
    condition: str = ""


CONDITIONS: Final[Mapping[str, Callable[[Wire | None], bool]]] = {
    "": lambda _: True,
    "attribute_not_exists(p)": lambda item: item is None,
    "attribute_exists(p)": lambda item: item is not None,
    "attribute_exists(g)": lambda item: item is not None and "g" in item,
}


def wire_key(key: Key) -> Wire:
    """Returns a key as the wire has it."""
    return {"p": {"S": key[0]}, "s": {"N": str(key[1])}}


def key_of(item: Wire) -> Key:
    """Returns the key of an item."""
    return item["p"]["S"], int(item["s"]["N"])


def item_after(change: Change, item: Wire | None) -> Wire | None:
    """Returns what a change makes of an item, or raises Refusal."""
    if not CONDITIONS[change.condition](item):
        raise Refusal("ConditionalCheckFailed")
    match change.kind:
        case "put":
            return wire_key(change.key) | change.attributes
        case "delete":
            return None
        case "check":
            return item
        case "remove":
            # Which makes no item where there is none, as all other updates do.
            return item and {
                name: value for name, value in item.items() if name not in change.attributes
            }
        case "set":
            return wire_key(change.key) | (item or {}) | change.attributes
    assert change.kind == "count"
    before = wire_key(change.key) | (item or {})
    return before | {"n": {"N": str(int(before.get("n", {"N": "0"})["N"]) + 1)}}


def changed(world: World, change: Change) -> World:
    """Returns the world after a change, or raises Refusal."""
    table = world.tables.get(change.table)
    if table is None:
        raise Refusal("ResourceNotFound")
    after = item_after(change, table.items.get(change.key))
    items = {key: item for key, item in table.items.items() if key != change.key}
    if after is not None:
        items[change.key] = after
    return world.with_table(change.table, replace(table, items=items))


def all_changed(world: World, changes: Iterable[Change]) -> tuple[list[str], World]:
    """Returns a code per change, "None" for those that can be, and the world after all of these."""
    codes = []
    for change in changes:
        try:
            world = changed(world, change)
        except Refusal as refusal:
            codes.append(str(refusal))
        else:
            codes.append("None")
    return codes, world


@dataclass(frozen=True)
class Deed:
    """A request, and what it should come to in a world."""

    operation: str
    request: Wire
    effect: Callable[[World], tuple[Answer, World]]

    def asked(self, database: ddblite.Database) -> Answer:
        """Returns what the database makes of it; errors of the file are raised."""
        try:
            answer = database.call(self.operation, self.request)
        except TransactionCanceledException as error:
            return f"{error.code} {[reason.code for reason in error.reasons]}"
        except ddblite.errors.RequestError as error:
            return error.code
        if self.operation == "BatchExecuteStatement":
            return [one.get("Error", {}).get("Code", "None") for one in answer["Responses"]]
        for member in ("Items", "Attributes"):
            if answer.get(member):
                return answer[member]
        return answer.get("Item", "ok")


def once(token: str, request: Wire, now_s: float, effect: Callable[[World], Any]) -> Any:  # noqa: ANN401
    """Returns the effect of a transaction with a token: none, where it was carried out before."""
    content = json.dumps(request, sort_keys=True)

    def with_token(world: World) -> tuple[Answer, World]:
        answer, after = effect(world)
        if "ResourceNotFound" in answer:  # the tables are looked up before the token
            return answer, world
        known, expires_at = world.tokens.get(token, ("", 0.0))
        if known and expires_at > now_s:
            if known == content:
                return "ok", world
            return "IdempotentParameterMismatchException", world
        if answer == "ok":
            noted = {**after.tokens, token: (content, now_s + TOKEN_SECONDS)}
            after = replace(after, tokens=noted)
        return answer, after

    return with_token


# --- what is seen of a database


def picture_of_world(world: World) -> Wire:
    """Returns what ``picture_of_database`` should show."""
    return {
        name: (set(table.indexes), dict(table.items), table.expires_by)
        for name, table in world.tables.items()
    }


def picture_of_database(database: ddblite.Database) -> Wire:
    """Returns every table with its indexes and items."""
    picture: Wire = {}
    for name in database.tables():
        described = database.call("DescribeTable", {"TableName": name})["Table"]
        indexes = {one["IndexName"] for one in described.get("GlobalSecondaryIndexes", ())}
        expiry = database.call("DescribeTimeToLive", {"TableName": name})
        items = all_items(database, {"TableName": name})
        for index in sorted(indexes):
            entries = all_items(database, {"TableName": name, "IndexName": index})
            expected = [item for item in items if is_in(index, item)]
            assert by_key(entries) == by_key(expected), f"index {index} of {name}"
        picture[name] = (
            indexes,
            {key_of(item): item for item in items},
            expiry["TimeToLiveDescription"].get("AttributeName"),
        )
        assert len(items) == len(picture[name][1]), f"{name} has an item twice"
    return picture


def all_items(database: ddblite.Database, request: Wire) -> list[Wire]:
    """Returns what a Scan gives, page by page."""
    found: list[Wire] = []
    start: Wire = {}
    while True:
        answer = database.call("Scan", request | start)
        found += answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return found
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def is_in(index: str, item: Wire) -> bool:
    """Whether an item has an entry in an index."""
    return all(name in item for name in INDEXES[index])


def by_key(items: Sequence[Wire]) -> list[Wire]:
    """Returns items in the order of their keys."""
    return sorted(items, key=key_of)


# --- telling worlds apart


class Contradiction(AssertionError):  # noqa: N818 - a plain name
    """What was seen is true in none of the worlds that may be."""


def consistent(worlds: Iterable[World], deed: Deed, seen: Answer) -> list[World]:
    """Returns the worlds after a request that was answered so."""
    outcomes = [deed.effect(world) for world in worlds]
    left = [world for answer, world in outcomes if answer == seen]
    if not left:
        expected = [answer for answer, _ in outcomes]
        raise Contradiction(f"{deed.operation} {deed.request}\n  gave {seen}\n  not {expected}")
    return left


def after_all(worlds: Iterable[World], deed: Deed) -> list[World]:
    """Returns the worlds after a request of which nothing was heard, if it was carried out."""
    return [deed.effect(world)[1] for world in worlds]


def recognised(worlds: Sequence[World], database: ddblite.Database) -> list[World]:
    """Returns the worlds that a database shows; it must be whole as well."""
    problems = database.check()
    if problems:
        raise Contradiction(f"check: {problems[:3]}")
    picture = picture_of_database(database)
    left = [world for world in worlds if picture_of_world(world) == picture]
    if not left:
        raise Contradiction(
            f"{len(worlds)} worlds, and none of them is the database's\n"
            + "\n".join(differences(picture_of_world(world), picture) for world in worlds[-3:])
        )
    return left


def differences(expected: Wire, seen: Wire) -> str:
    """Returns in a line where two pictures differ."""
    told = [f"tables {sorted(expected)}, seen {sorted(seen)}"] if set(expected) != set(seen) else []
    for name in sorted(set(expected) & set(seen)):
        for what, left, right in zip(
            ("indexes", "items", "expiry"), expected[name], seen[name], strict=True
        ):
            if left != right and what != "items":
                told.append(f"{name}: {what} {left}, seen {right}")
            elif left != right:
                keys = [key for key in {**left, **right} if left.get(key) != right.get(key)]
                told += [
                    f"{name} {key}: {left.get(key)}, seen {right.get(key)}" for key in keys[:3]
                ]
    return "; ".join(told)
