"""Random requests that make, change and remove tables, and that read, with what they come to."""

import random
from collections.abc import Sequence
from dataclasses import replace

from item_deeds import GROUPS, PARTITIONS, TABLES, gamble, some_key, some_table
from worlds import (
    INDEXES,
    KINDS,
    Answer,
    Deed,
    PlainTable,
    Wire,
    World,
    by_key,
    is_in,
    wire_key,
)

# --- tables


def definitions(names: Sequence[str]) -> list[Wire]:
    """Returns the AttributeDefinitions of some key attributes."""
    return [{"AttributeName": name, "AttributeType": KINDS[name]} for name in sorted(set(names))]


def index_definition(name: str) -> Wire:
    """Returns the definition of an index."""
    parts = zip(INDEXES[name], ("HASH", "RANGE"), strict=False)
    schema = [{"AttributeName": attribute, "KeyType": kind} for attribute, kind in parts]
    projection = {"ProjectionType": "ALL"}
    return {"IndexName": name, "KeySchema": schema, "Projection": projection}


def create_table(dice: random.Random, world: World) -> Deed:
    """A table with some indexes, which mostly is not there yet."""
    free = [name for name in TABLES if name not in world.tables]
    name = dice.choice(free or TABLES)
    indexes = [one for one in INDEXES if gamble(dice, 0.4)]
    keys = ["p", "s", *(part for index in indexes for part in INDEXES[index])]
    request = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [
            {"AttributeName": "p", "KeyType": "HASH"},
            {"AttributeName": "s", "KeyType": "RANGE"},
        ],
        "AttributeDefinitions": definitions(keys),
    }
    if indexes:
        request["GlobalSecondaryIndexes"] = list(map(index_definition, indexes))

    def effect(world: World) -> tuple[Answer, World]:
        if name in world.tables:
            return "ResourceInUseException", world
        return "ok", world.with_table(name, PlainTable(frozenset(indexes)))

    return Deed("CreateTable", request, effect)


def delete_table(dice: random.Random, world: World) -> Deed:
    """The end of a table."""
    name = some_table(dice, world)

    def effect(world: World) -> tuple[Answer, World]:
        if name not in world.tables:
            return "ResourceNotFoundException", world
        return "ok", world.with_table(name, None)

    return Deed("DeleteTable", {"TableName": name}, effect)


def change_index(dice: random.Random, world: World) -> Deed:
    """An index of a table is made and filled, or removed."""
    name = some_table(dice, world)
    index = dice.choice(list(INDEXES))
    table = world.tables.get(name)
    is_new = table is None or index not in table.indexes
    update = {"Create": index_definition(index)} if is_new else {"Delete": {"IndexName": index}}
    request: Wire = {"TableName": name, "GlobalSecondaryIndexUpdates": [update]}
    if is_new:
        request["AttributeDefinitions"] = definitions(INDEXES[index])

    def effect(world: World) -> tuple[Answer, World]:
        table = world.tables.get(name)
        if table is None:
            return "ResourceNotFoundException", world
        if is_new == (index in table.indexes):
            return "ValidationException" if is_new else "ResourceNotFoundException", world
        return "ok", world.with_table(name, replace(table, indexes=table.indexes ^ {index}))

    return Deed("UpdateTable", request, effect)


def change_expiry(dice: random.Random, world: World) -> Deed:
    """A table's items expire by an attribute from now on, or do not."""
    name = some_table(dice, world)
    table = world.tables.get(name)
    turns_on = table is None or table.expires_by is None
    setting = {"Enabled": turns_on, "AttributeName": "until"}
    request = {"TableName": name, "TimeToLiveSpecification": setting}

    def effect(world: World) -> tuple[Answer, World]:
        table = world.tables.get(name)
        if table is None:
            return "ResourceNotFoundException", world
        if turns_on == (table.expires_by is not None):
            return "ValidationException", world
        now = "until" if turns_on else None
        return "ok", world.with_table(name, replace(table, expires_by=now))

    return Deed("UpdateTimeToLive", request, effect)


# --- reading


def get_item(dice: random.Random, world: World) -> Deed:
    """One item."""
    name, key = some_table(dice, world), some_key(dice)

    def effect(world: World) -> tuple[Answer, World]:
        if name not in world.tables:
            return "ResourceNotFoundException", world
        return world.tables[name].items.get(key, "ok"), world

    return Deed("GetItem", {"TableName": name, "Key": wire_key(key)}, effect)


def query(dice: random.Random, world: World) -> Deed:
    """A partition, in the order of its sort keys, by Query or by a statement."""
    name, partition, forward = some_table(dice, world), dice.choice(PARTITIONS), gamble(dice, 0.5)
    value = {"S": partition}
    by_statement = gamble(dice, 0.5)
    order = "ASC" if forward else "DESC"

    def effect(world: World) -> tuple[Answer, World]:
        if name not in world.tables:
            return "ResourceNotFoundException", world
        items = [item for key, item in world.tables[name].items.items() if key[0] == partition]
        return by_key(items)[:: 1 if forward else -1] or "ok", world

    if by_statement:
        text = f"SELECT * FROM {name} WHERE p = ? ORDER BY s {order}"  # noqa: S608 - PartiQL
        return Deed("ExecuteStatement", {"Statement": text, "Parameters": [value]}, effect)
    request: Wire = {
        "TableName": name,
        "KeyConditionExpression": "p = :p",
        "ExpressionAttributeValues": {":p": value},
        "ScanIndexForward": forward,
    }
    return Deed("Query", request, effect)


def count_index(dice: random.Random, world: World) -> Deed:
    """How many items of a group there are in an index; as many items without attributes."""
    name, group = some_table(dice, world), dice.choice(GROUPS)
    index = "by_g"
    request: Wire = {
        "TableName": name,
        "IndexName": index,
        "KeyConditionExpression": "g = :g",
        "ExpressionAttributeValues": {":g": {"S": group}},
        "ProjectionExpression": "g",
    }

    def effect(world: World) -> tuple[Answer, World]:
        table = world.tables.get(name)
        if table is None:
            return "ResourceNotFoundException", world
        if index not in table.indexes:
            return "ValidationException", world
        found = [one for one in table.items.values() if is_in(index, one)]
        return [{"g": one["g"]} for one in found if one["g"]["S"] == group] or "ok", world

    return Deed("Query", request, effect)
