"""What victims write: endless steps that follow from a seed, and the state after each of them.

A step is a request of the wire. The state that a file must be in after so many steps is that of a
copy in memory that was asked the same: what a fault does to a file is looked for, not what a
request means.
"""

import functools
import json
import random
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import ddblite
from ddblite.schema.wire import encode_item
from faults.doors import Wire, python_door

TABLE: Final = "things"
ITEMS: Final = 200
"""So many are in the file before; an index that is added is filled with them."""

IMPORTED: Final = 300
IMPORTED_TOGETHER: Final = 100
"""Items of an import, and of each of the transactions that it writes them in."""

BACKUP_EVERY: Final = 3
GROUP: Final = {"AttributeName": "g", "AttributeType": "S"}
COUNT: Final = {"AttributeName": "n", "AttributeType": "N"}


@dataclass(frozen=True, slots=True)
class Step:
    """One request."""

    operation: str
    wire: Wire


State = dict[str, tuple[list[str], list[str]]]
"""Of each table, the names of its indexes and its items."""

Steps = Callable[[random.Random, int], Step]
"""Makes the step of a number; nothing but the dice and the number decides what it is."""


def definition(name: str) -> Wire:
    """Returns the CreateTable of a table with a local index and two global ones."""
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "p", "AttributeType": "S"},
            {"AttributeName": "s", "AttributeType": "N"},
            GROUP,
            COUNT,
        ],
        "KeySchema": key_schema("p", "s"),
        "LocalSecondaryIndexes": [index("local", "p", "n", "KEYS_ONLY")],
        "GlobalSecondaryIndexes": [index("by_group", "g", "n", "ALL"), index("sparse", "n", "g")],
    }


def key_schema(partition: str, sort: str) -> list[Wire]:
    """Returns a KeySchema."""
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


def index(name: str, partition: str, sort: str, projection: str = "KEYS_ONLY") -> Wire:
    """Returns the description of an index."""
    return {
        "IndexName": name,
        "KeySchema": key_schema(partition, sort),
        "Projection": {"ProjectionType": projection},
    }


@functools.cache
def template() -> bytes:
    """Returns the file that every victim begins with."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "template.ddb")
        with ddblite.connect(path, durability="none") as database:
            database.call("CreateTable", definition(TABLE))
            with database.table(TABLE).batch() as batch:
                for number in range(ITEMS):
                    batch.put({"p": f"p{number % 7}", "s": number, "g": "a", "n": number})
        return path.read_bytes()


def item(dice: random.Random, number: int) -> Wire:
    """Returns an item of a step, now and then a large one."""
    pad = dice.choice((0, 0, 100, 100, 3000, 20_000))
    made = {"p": {"S": f"p{dice.randrange(3)}"}, "s": {"N": str(dice.randrange(12))}}
    if dice.random() < 0.7:
        made |= {"g": {"S": dice.choice("abc")}, "n": {"N": str(number)}}
    return made | {"last": {"N": str(number)}, "pad": {"S": "x" * pad}}


def key(dice: random.Random) -> Wire:
    """Returns a key that items have."""
    return {"p": {"S": f"p{dice.randrange(3)}"}, "s": {"N": str(dice.randrange(12))}}


def put(dice: random.Random, number: int) -> Step:
    """Returns a PutItem."""
    return Step("PutItem", {"TableName": TABLE, "Item": item(dice, number)})


def update(dice: random.Random, number: int) -> Step:
    """Returns an UpdateItem, of an attribute that an index has."""
    change = "SET g = :g, n = :n ADD times :one" if number % 3 else "REMOVE g ADD times :one"
    values = {":one": {"N": "1"}}
    if number % 3:
        values |= {":g": {"S": dice.choice("abc")}, ":n": {"N": str(number)}}
    return Step("UpdateItem", change_of(key(dice), change, values))


def change_of(key: Wire, change: str, values: Wire) -> Wire:
    """Returns the members of an update."""
    return {
        "TableName": TABLE,
        "Key": key,
        "UpdateExpression": change,
        "ExpressionAttributeValues": values,
    }


def delete(dice: random.Random, number: int) -> Step:
    """Returns a DeleteItem, or the PutItem that gives it something to do."""
    if number % 2:
        return put(dice, number)
    return Step("DeleteItem", {"TableName": TABLE, "Key": key(dice)})


def batch(dice: random.Random, number: int) -> Step:
    """Returns a BatchWriteItem."""
    first = dice.randrange(8)
    writes: list[Wire] = [
        {"PutRequest": {"Item": {**item(dice, number), "s": {"N": str(first + place)}}}}
        for place in range(dice.randrange(1, 20))
    ]
    writes.append({"DeleteRequest": {"Key": {"p": {"S": "p4"}, "s": {"N": str(4 + 7 * first)}}}})
    return Step("BatchWriteItem", {"RequestItems": {TABLE: writes}})


def transaction(dice: random.Random, number: int) -> Step:
    """Returns a TransactWriteItems with a token; done twice, it would leave other counts."""
    places = dice.sample(range(12), 4)
    writes: list[Wire] = [
        {
            "Update": change_of(
                {"p": {"S": "p0"}, "s": {"N": str(place)}},
                "ADD times :one",
                {":one": {"N": "1"}},
            )
        }
        for place in places
    ]
    made = {**item(dice, number), "p": {"S": "p1"}}
    writes.append({"Put": {"TableName": TABLE, "Item": made}})
    token = f"{dice.randrange(10**12)}-{number}"
    return Step("TransactWriteItems", {"TransactItems": writes, "ClientRequestToken": token})


def statement(dice: random.Random, number: int) -> Step:
    """Returns an INSERT, an UPDATE or a DELETE."""
    parameters: list[Wire] = [{"S": "q"}, {"N": str(number - number % 4)}]
    text = f"DELETE FROM {TABLE} WHERE p = ? AND s = ?"  # noqa: S608 - of PartiQL
    if number % 4 == 0:
        parameters += [{"S": dice.choice("abc")}, {"N": str(number)}]
        text = f"INSERT INTO {TABLE} VALUE {{'p': ?, 's': ?, 'g': ?, 'n': ?}}"
    elif number % 4 < 3 and number > 3:
        parameters = [{"S": dice.choice("abc")}, *parameters]
        text = f"UPDATE {TABLE} SET g = ? SET u = [1, 'x'] WHERE p = ? AND s = ?"  # noqa: S608
    return Step("ExecuteStatement", {"Statement": text, "Parameters": parameters})


def imported(dice: random.Random, number: int) -> Step:
    """Returns all that one import writes: a partition anew, in any order."""
    made = {"p": {"S": "in"}, "last": {"N": str(number)}, "g": {"S": dice.choice("abc")}}
    writes = [
        {"PutRequest": {"Item": {**made, "s": {"N": str(place)}, "n": {"N": str(place)}}}}
        for place in range(IMPORTED)
    ]
    dice.shuffle(writes)
    return Step("BatchWriteItem", {"RequestItems": {TABLE: writes}})


def change_of_index(_dice: random.Random, number: int) -> Step:
    """Returns an UpdateTable that adds an index over all items, or removes it."""
    if number % 2:
        change: Wire = {"Create": index("added", "g", "s", "ALL")}
    else:
        change = {"Delete": {"IndexName": "added"}}
    request: Wire = {"TableName": TABLE, "GlobalSecondaryIndexUpdates": [change]}
    if number % 2:
        sort = {"AttributeName": "s", "AttributeType": "N"}
        request["AttributeDefinitions"] = [GROUP, sort]
    return Step("UpdateTable", request)


def change_of_tables(dice: random.Random, number: int) -> Step:
    """Returns a CreateTable, a PutItem into that table, or a DeleteTable."""
    name = f"table{number // 4}"
    match number % 4:
        case 0:
            return Step("CreateTable", definition(name))
        case 1 | 2 if number > 3:
            return Step("PutItem", {"TableName": name, "Item": item(dice, number)})
        case 3 if number > 7 and number % 8 == 3:
            return Step("DeleteTable", {"TableName": name})
    return put(dice, number)


def backup(dice: random.Random, number: int) -> Step:
    """Returns a backup, or a PutItem for it to hold."""
    if number % BACKUP_EVERY == 0:
        return Step("Backup", {"name": f"backup{number}.ddb"})
    return put(dice, number)


def steps(make: Steps, seed: int) -> Iterator[Step]:
    """Gives all steps of a seed, without end."""
    dice = random.Random(seed)
    number = 0
    while True:
        number += 1
        yield make(dice, number)


class Model:
    """A copy in memory that is asked the same."""

    def __init__(self, path: Path, make: Steps, seed: int) -> None:
        with ddblite.connect(path, mode="read") as database:
            self.database = database.copy()
        self.steps = steps(make, seed)
        self.done = 0
        self.last = Step("", {})

    def after(self, number: int) -> State:
        """Returns the state after so many steps, which must not be fewer than before."""
        assert number >= self.done, "a model goes forward"
        with python_door(self.database) as ask:
            while self.done < number:
                self.last = next(self.steps)
                self.done += 1
                if self.last.operation != "Backup":
                    ask(self.last.operation, self.last.wire)
        return state_of(self.database)


def state_of(database: ddblite.Database) -> State:
    """Returns what is in a database."""
    return {name: content_of(database.table(name)) for name in database.tables()}


def content_of(table: ddblite.Table) -> tuple[list[str], list[str]]:
    """Returns the names of a table's indexes, and its items as texts, in order."""
    items = [json.dumps(encode_item(one), sort_keys=True) for one in table.scan()]
    return sorted(table.spec.indexes), sorted(items)


def write_and_read(database: ddblite.Database) -> None:
    """Raises unless a write works."""
    mark: dict[str, Any] = {"p": "after", "s": 1, "g": "z", "n": 1}
    table = database.table(TABLE)
    table.put(mark)
    assert mark == table.get("after", 1)
    assert [mark] == table.query("g = :z", index="by_group", values={":z": "z"}).all()
    table.delete("after", 1)
