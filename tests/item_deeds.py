"""Random requests that write items, one or several, with what each should come to."""

import base64
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from worlds import (
    CONDITIONS,
    Answer,
    Change,
    Deed,
    Key,
    Refusal,
    Wire,
    World,
    all_changed,
    changed,
    once,
    wire_key,
)

TABLES: Final = ("apples", "pears", "plums")
PARTITIONS: Final = ("a", "b", "a\0b")
SORTS: Final = 6
GROUPS: Final = ("x", "y", "é")
TOKENS: Final = 4
CHANGES_MAX: Final = 4

CODES: Final = {
    "ConditionalCheckFailed": "ConditionalCheckFailedException",
    "DuplicateItem": "DuplicateItemException",
    "ResourceNotFound": "ResourceNotFoundException",
}
"""What a transaction's reason is called where the request is not one."""

ABSENT: Final = "attribute_not_exists(p)"
PRESENT: Final = "attribute_exists(p)"


def some_key(dice: random.Random) -> Key:
    """Returns one of few keys."""
    return dice.choice(PARTITIONS), dice.randrange(SORTS)


def some_table(dice: random.Random, world: World) -> str:
    """Returns the name of a table, which mostly exists."""
    names = sorted(world.tables)
    return dice.choice(names if names and gamble(dice, 0.97) else TABLES)


def gamble(dice: random.Random, probability: float) -> bool:
    """Whether something happens that does so with a probability."""
    return dice.random() < probability


def item_in(world: World, table: str, key: Key) -> Wire | None:
    """Returns an item, or None where there is none, or no such table."""
    return world.tables[table].items.get(key) if table in world.tables else None


def some_attributes(dice: random.Random) -> Wire:
    """Returns attributes of all types and sizes, also what an index is keyed by."""
    attributes: Wire = {"v": dice.choice(VALUES)(dice)}
    if gamble(dice, 0.7):
        attributes["g"] = {"S": dice.choice(GROUPS)}
    if gamble(dice, 0.5):
        attributes["n"] = {"N": str(dice.randrange(-3, 100))}
    return attributes


def some_binary(dice: random.Random) -> Wire:
    """Returns some bytes."""
    return {"B": base64.b64encode(dice.randbytes(dice.randrange(20))).decode()}


def some_list(dice: random.Random) -> Wire:
    """Returns a list of what else there is."""
    return {"L": [dice.choice(VALUES[:4])(dice) for _ in range(dice.randrange(4))]}


VALUES: Final[tuple[Callable[[random.Random], Wire], ...]] = (
    lambda dice: {"S": "ü" * dice.randrange(40)},
    lambda dice: {"N": str(dice.randrange(-(10**30), 10**30))},
    lambda dice: {"BOOL": gamble(dice, 0.5)},
    some_binary,
    some_list,
    lambda dice: {"SS": sorted(dice.sample(["a", "b", "c", "d"], dice.randrange(1, 4)))},
    lambda dice: {"M": {"deep": some_list(dice)}},
    lambda dice: {"S": "x" * dice.choice((300, 1900, 3000, 9000, 40_000))},
)


# --- one item


def some_change(dice: random.Random, world: World, key: Key | None = None) -> Change:
    """Returns a write of one item; its condition mostly holds."""
    kind = dice.choice(("put", "put", "set", "set", "count", "remove", "delete"))
    attributes = {"remove": {"g": None}, "count": {}, "delete": {}}.get(kind)
    table, key = some_table(dice, world), key or some_key(dice)
    conditions = [
        one
        for one in CONDITIONS
        if CONDITIONS[one](item_in(world, table, key)) or gamble(dice, 0.1)
    ]
    return Change(
        kind,
        table,
        key,
        some_attributes(dice) if attributes is None else attributes,
        dice.choice(conditions),
    )


def expression_of(change: Change) -> Wire:
    """Returns the members that a change has of its own."""
    members: Wire = {"TableName": change.table}
    if change.condition:
        members["ConditionExpression"] = change.condition
    if change.kind == "put":
        return members | {"Item": wire_key(change.key) | change.attributes}
    members["Key"] = wire_key(change.key)
    if change.kind == "set":
        members["UpdateExpression"] = "SET " + ", ".join(f"{n} = :{n}" for n in change.attributes)
        members["ExpressionAttributeValues"] = {f":{n}": v for n, v in change.attributes.items()}
    elif change.kind == "count":
        members["UpdateExpression"] = "ADD n :one"
        members["ExpressionAttributeValues"] = {":one": {"N": "1"}}
    elif change.kind == "remove":
        members["UpdateExpression"] = "REMOVE g"
    return members


ACTIONS: Final = {"put": "Put", "delete": "Delete", "check": "ConditionCheck"}


def write_item(dice: random.Random, world: World) -> Deed:
    """PutItem, UpdateItem or DeleteItem."""
    change = some_change(dice, world)
    request = expression_of(change)
    action = ACTIONS.get(change.kind, "Update")
    if action == "Update":
        request["ReturnValues"] = "ALL_NEW"

    def effect(world: World) -> tuple[Answer, World]:
        try:
            after = changed(world, change)
        except Refusal as refusal:
            return CODES[str(refusal)], world
        if action == "Update":
            return after.tables[change.table].items.get(change.key, "ok"), after
        return "ok", after

    return Deed(f"{action}Item", request, effect)


# --- statements


def some_statement(dice: random.Random, world: World, key: Key | None = None) -> Change:
    """Returns a change that PartiQL has words for."""
    table, key = some_table(dice, world), key or some_key(dice)
    is_there = item_in(world, table, key) is not None
    fitting = ["UPDATE", "UPDATE", "REMOVE", "DELETE"] if is_there else ["INSERT", "DELETE"]
    match dice.choice(["INSERT", "UPDATE"] if gamble(dice, 0.1) else fitting):
        case "INSERT":
            return Change("put", table, key, some_attributes(dice), ABSENT)
        case "UPDATE":
            return Change("set", table, key, some_attributes(dice), PRESENT)
        case "REMOVE":
            return Change("remove", table, key, {"g": None}, PRESENT)
    return Change("delete", table, key, {})


def statement_of(change: Change) -> Wire:
    """Returns a change as a statement with parameters."""
    where = " WHERE p = ? AND s = ?"
    key = list(wire_key(change.key).values())
    match change.kind:
        case "put":
            item = wire_key(change.key) | change.attributes
            members = ", ".join(f"'{name}': ?" for name in item)
            text = f"INSERT INTO {change.table} VALUE {{{members}}}"
            return {"Statement": text, "Parameters": list(item.values())}
        case "set":
            setting = " ".join(f"SET {name} = ?" for name in change.attributes)
            text = f"UPDATE {change.table} {setting}{where}"
            return {"Statement": text, "Parameters": [*change.attributes.values(), *key]}
        case "remove":
            return {"Statement": f"UPDATE {change.table} REMOVE g{where}", "Parameters": key}
    return {"Statement": f"DELETE FROM {change.table}{where}", "Parameters": key}  # noqa: S608 - PartiQL


def told(change: Change, code: str) -> str:
    """Returns a code as a statement has it: a key that is taken is no condition."""
    is_insert = change.kind == "put"
    return "DuplicateItem" if is_insert and code == "ConditionalCheckFailed" else code


def execute_statement(dice: random.Random, world: World) -> Deed:
    """One statement that writes."""
    change = some_statement(dice, world)

    def effect(world: World) -> tuple[Answer, World]:
        try:
            return "ok", changed(world, change)
        except Refusal as refusal:
            return CODES[told(change, str(refusal))], world

    return Deed("ExecuteStatement", statement_of(change), effect)


def some_keys(dice: random.Random) -> list[Key]:
    """Returns some keys, each once."""
    everything = [(p, s) for p in PARTITIONS for s in range(SORTS)]
    return dice.sample(everything, dice.randrange(1, CHANGES_MAX + 1))


def batch_statements(dice: random.Random, world: World) -> Deed:
    """Statements of which each may fail alone."""
    changes = [some_statement(dice, world, key) for key in some_keys(dice)]

    def effect(world: World) -> tuple[Answer, World]:
        codes, after = all_changed(world, changes)
        return list(map(told, changes, codes)), after

    return Deed("BatchExecuteStatement", {"Statements": list(map(statement_of, changes))}, effect)


# --- several items at once


def batch_write(dice: random.Random, world: World) -> Deed:
    """Puts and deletes without conditions."""
    table = some_table(dice, world)
    changes = [
        Change("put", table, key, some_attributes(dice))
        if gamble(dice, 0.8)
        else Change("delete", table, key, {})
        for key in some_keys(dice)
    ]
    writes = [
        {"PutRequest": {"Item": wire_key(one.key) | one.attributes}}
        if one.kind == "put"
        else {"DeleteRequest": {"Key": wire_key(one.key)}}
        for one in changes
    ]

    def effect(world: World) -> tuple[Answer, World]:
        codes, after = all_changed(world, changes)
        return ("ok" if set(codes) == {"None"} else CODES[codes[0]]), after

    return Deed("BatchWriteItem", {"RequestItems": {table: writes}}, effect)


def transaction(dice: random.Random, world: World, now_s: float) -> Deed:
    """TransactWriteItems or ExecuteTransaction, mostly with a token."""
    of_statements = gamble(dice, 0.4)
    some = some_statement if of_statements else some_change
    changes = [some(dice, world, key) for key in some_keys(dice)]
    if not of_statements and gamble(dice, 0.3):
        changes[0] = replace(changes[0], kind="check", condition=changes[0].condition or PRESENT)
    if of_statements:
        operation = "ExecuteTransaction"
        request: Wire = {"TransactStatements": list(map(statement_of, changes))}
    else:
        operation = "TransactWriteItems"
        actions = [{ACTIONS.get(one.kind, "Update"): expression_of(one)} for one in changes]
        request = {"TransactItems": actions}
    deed = Deed(operation, request, effect_of_transaction(changes, of_statements=of_statements))
    if gamble(dice, 0.7):
        return with_token(deed, f"token{dice.randrange(TOKENS)}", now_s)
    return deed


def effect_of_transaction(
    changes: Sequence[Change], *, of_statements: bool
) -> Callable[[World], tuple[Answer, World]]:
    """Returns what a transaction comes to: all of it, or none and a reason per part."""

    def effect(world: World) -> tuple[Answer, World]:
        codes, after = all_changed(world, changes)
        if "ResourceNotFound" in codes:  # which is found before anything is read
            if not of_statements:
                return CODES["ResourceNotFound"], world
            codes = [code if code == "ResourceNotFound" else "None" for code in codes]
        if of_statements:
            codes = list(map(told, changes, codes))
        if set(codes) == {"None"}:
            return "ok", after
        return f"TransactionCanceledException {codes}", world

    return effect


def with_token(deed: Deed, token: str, now_s: float) -> Deed:
    """Returns a transaction that is carried out once within ten minutes."""
    request = deed.request | {"ClientRequestToken": token}
    effect = once(f"{deed.operation} {token}", deed.request, now_s, deed.effect)
    return Deed(deed.operation, request, effect)
