"""A corpus of generated requests: valid ones and invalid ones of every data-plane operation.

``episode(seed, length)`` gives the same requests for the same seed: first the tables, then
requests over few keys. About a third carries a fault, see ``parity.corpus_faults``.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from parity.corpus_faults import spoiled
from parity.corpus_parts import NAMES, Expressions
from parity.corpus_tables import INDEXES, KEYS, TABLES
from parity.steps import Step

Wire = dict[str, Any]

FAULTY_SHARE: Final = 0.3
OPERATIONS: Final = {
    "PutItem": 16,
    "UpdateItem": 22,
    "DeleteItem": 6,
    "GetItem": 6,
    "Query": 18,
    "Scan": 10,
    "BatchGetItem": 5,
    "BatchWriteItem": 5,
    "TransactWriteItems": 6,
    "TransactGetItems": 4,
}
"""Every operation of the data plane with its weight."""


class Corpus(Expressions):
    """Requests of every operation, one after another."""

    def request(self) -> Step:
        """Returns the next request."""
        self.begin()
        operation = self.random.choices(list(OPERATIONS), list(OPERATIONS.values()))[0]
        request = MAKERS[operation](self)
        if self.chance(FAULTY_SHARE):
            request = spoiled(self, operation, request)
        return Step(operation, request)

    def table(self) -> str:
        """Returns a table's name."""
        return self.one(("one", "two", "two", "two", "three"))

    def key(self, table: str) -> Wire:
        """Returns a key of a table."""
        return {name: dict(self.one(values)) for name, values in KEYS[table].items()}

    def item(self, table: str) -> Wire:
        """Returns an item of a table."""
        names = self.some(NAMES, 0, 6)
        return {**self.key(table), **{name: self.usual(name) for name in names}}

    def returning(self, *choices: str) -> Wire:
        """Returns the members that say what comes back."""
        members: Wire = {}
        if self.chance(0.5):
            members["ReturnValues"] = self.one(choices)
        if self.chance(0.4):
            members["ReturnConsumedCapacity"] = self.one(("TOTAL", "INDEXES", "INDEXES", "NONE"))
        if self.chance(0.1):
            members["ReturnItemCollectionMetrics"] = "SIZE"
        if self.chance(0.3):
            members["ReturnValuesOnConditionCheckFailure"] = self.one(("ALL_OLD", "NONE"))
        return members

    def conditional(self, share: float = 0.4) -> Wire:
        """Returns a condition, an ``Expected``, or neither."""
        if self.chance(share):
            return {"ConditionExpression": self.condition()}
        if self.values or not self.chance(0.12):
            return {}
        return legacy_conditions(self, "Expected")

    def put(self) -> Wire:
        """Returns a PutItem."""
        table = self.table()
        request = {"TableName": table, "Item": self.item(table)}
        request |= self.returning("ALL_OLD", "NONE") | self.conditional()
        return request | self.placeholders()

    def delete(self) -> Wire:
        """Returns a DeleteItem."""
        table = self.table()
        request = {"TableName": table, "Key": self.key(table)}
        request |= self.returning("ALL_OLD", "NONE") | self.conditional()
        return request | self.placeholders()

    def update_request(self) -> Wire:
        """Returns an UpdateItem, seldom with AttributeUpdates."""
        table = self.table()
        request = {"TableName": table, "Key": self.key(table)}
        request |= self.returning("ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW", "NONE")
        if self.chance(0.08):
            request["AttributeUpdates"] = legacy_updates(self)
        elif self.chance(0.98):
            request["UpdateExpression"] = self.update()
            if self.chance(0.3):
                request["ConditionExpression"] = self.condition()
        return request | self.placeholders()

    def projecting(self) -> Wire:
        """Returns a projection, or none."""
        if not self.chance(0.3):
            return {}
        return {"ProjectionExpression": self.projection()}

    def get(self) -> Wire:
        """Returns a GetItem."""
        table = self.table()
        request = {
            "TableName": table,
            "Key": self.key(table),
            **self.reading(),
            **self.projecting(),
        }
        if "ProjectionExpression" not in request and self.chance(0.1):
            request["AttributesToGet"] = self.some(NAMES)
        return request | self.placeholders()

    def reading(self) -> Wire:
        """Returns the members that say how to read."""
        members: Wire = {}
        if self.chance(0.3):
            members["ConsistentRead"] = self.chance(0.6)
        if self.chance(0.4):
            members["ReturnConsumedCapacity"] = self.one(("TOTAL", "INDEXES"))
        return members

    def page(self, table: str, index: str | None) -> Wire:
        """Returns what Query and Scan have in common."""
        request: Wire = {"TableName": table, **self.reading()}
        if index is not None:
            request["IndexName"] = index
            if index != "local" and self.chance(0.9):
                request.pop("ConsistentRead", None)
        if self.chance(0.15):
            request["Select"] = self.one(("COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"))
        elif index is None or index == "local":
            request |= self.projecting()
        elif self.chance(0.2):
            request["ProjectionExpression"] = ", ".join(self.some(INDEXES[table][index] + ("id",)))
        if self.chance(0.15):
            request["Limit"] = self.random.randint(1, 4)
        return request

    def query(self) -> Wire:
        """Returns a Query of a table or an index, seldom with KeyConditions."""
        table = self.table()
        indexes = INDEXES[table]
        index = self.one(list(indexes)) if indexes and self.chance(0.4) else None
        keys = tuple(KEYS[table]) if index is None else indexes[index]
        request = self.page(table, index)
        if self.chance(0.3):
            request["ScanIndexForward"] = self.chance(0.4)
        if self.chance(0.3):
            request["FilterExpression"] = self.condition(1)
        if self.chance(0.1):
            operands = [self.key_value(table, keys[0])]
            condition = {"ComparisonOperator": "EQ", "AttributeValueList": operands}
            return request | {"KeyConditions": {keys[0]: condition}} | self.placeholders()
        request["KeyConditionExpression"] = self.key_condition(table, keys)
        if index is None and self.chance(0.08):
            request["ExclusiveStartKey"] = self.key(table)
        return request | self.placeholders()

    def key_value(self, table: str, name: str) -> Wire:
        """Returns a value for a key attribute of a table or an index."""
        values = KEYS[table].get(name)
        return self.usual(name) if values is None else dict(self.one(values))

    def key_condition(self, table: str, keys: tuple[str, ...]) -> str:
        """Returns a key condition."""
        value = self.key_value(table, keys[0])
        terms = [f"{self.named(keys[0])} = {self.given(value)}"]
        if len(keys) > 1 and self.chance(0.6):
            name = keys[1]
            bounds = [self.key_value(table, name), self.key_value(table, name)]
            kind = self.random.random()
            if kind < 0.6 or "S" not in bounds[0]:
                operator = self.one(("=", "<", "<=", ">", ">="))
                terms.append(f"{self.named(name)} {operator} {self.given(bounds[0])}")
            elif kind < 0.8:
                low, high = sorted(bounds, key=lambda bound: str(bound["S"]))
                terms.append(f"{self.named(name)} BETWEEN {self.given(low)} AND {self.given(high)}")
            else:
                terms.append(f"begins_with({self.named(name)}, {self.given(bounds[0])})")
        self.random.shuffle(terms)
        return " AND ".join(terms)

    def scan(self) -> Wire:
        """Returns a Scan, seldom of a segment, or with a ScanFilter."""
        table = self.table()
        indexes = INDEXES[table]
        request = self.page(
            table, self.one(list(indexes)) if indexes and self.chance(0.3) else None
        )
        if self.chance(0.4):
            request["FilterExpression"] = self.condition()
        elif self.chance(0.15) and "ProjectionExpression" not in request:
            request |= legacy_conditions(self, "ScanFilter")
        if self.chance(0.08):
            request |= {"TotalSegments": 2, "Segment": self.random.randint(0, 1)}
        return request | self.placeholders()

    def batch_get(self) -> Wire:
        """Returns a BatchGetItem."""
        tables: Wire = {}
        for table in self.some(tuple(KEYS), 1, 2):
            self.begin()
            keys = {str(key): key for key in (self.key(table) for _ in range(3))}
            entry = {"Keys": list(keys.values()), **self.projecting()}
            if self.chance(0.3):
                entry["ConsistentRead"] = True
            tables[table] = entry | self.placeholders()
        return {"RequestItems": tables, **self.measuring()}

    def measuring(self) -> Wire:
        """Returns the member that asks for capacities, or nothing."""
        return (
            {"ReturnConsumedCapacity": self.one(("TOTAL", "INDEXES"))} if self.chance(0.4) else {}
        )

    def batch_write(self) -> Wire:
        """Returns a BatchWriteItem."""
        tables: Wire = {}
        for table in self.some(tuple(KEYS), 1, 2):
            keys = {str(key): key for key in (self.key(table) for _ in range(3))}
            tables[table] = [
                {"DeleteRequest": {"Key": key}}
                if self.chance(0.3)
                else {"PutRequest": {"Item": self.item(table) | key}}
                for key in keys.values()
            ]
        return {"RequestItems": tables, **self.measuring()}

    def transact_write(self) -> Wire:
        """Returns a TransactWriteItems of a few actions, mostly on different items."""
        actions = []
        spoken: set[str] = set()
        for _ in range(self.random.randint(1, 4)):
            table = self.table()
            key = self.key(table)
            if f"{table}{key}" in spoken and self.chance(0.95):
                continue
            spoken.add(f"{table}{key}")
            self.begin()
            actions.append(self.transact_action(table, key))
        return {"TransactItems": actions, **self.measuring()}

    def transact_action(self, table: str, key: Wire) -> Wire:
        """Returns one action of a transaction."""
        kind = self.one(("Put", "Put", "Update", "Update", "Delete", "ConditionCheck"))
        action: Wire = {"TableName": table}
        if kind == "Put":
            action["Item"] = self.item(table) | key
        else:
            action["Key"] = key
        if kind == "Update":
            action["UpdateExpression"] = self.update()
        if kind == "ConditionCheck" or self.chance(0.3):
            action["ConditionExpression"] = self.condition(1)
            if self.chance(0.4):
                action["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        return {kind: action | self.placeholders()}

    def transact_get(self) -> Wire:
        """Returns a TransactGetItems."""
        keys = {}
        for _ in range(self.random.randint(1, 3)):
            table = self.table()
            self.begin()
            get = {"TableName": table, "Key": self.key(table), **self.projecting()}
            keys[f"{table}{get['Key']}"] = {"Get": get | self.placeholders()}
        return {"TransactItems": list(keys.values()), **self.measuring()}


MAKERS: Final[dict[str, Callable[[Corpus], Wire]]] = {
    "PutItem": Corpus.put,
    "UpdateItem": Corpus.update_request,
    "DeleteItem": Corpus.delete,
    "GetItem": Corpus.get,
    "Query": Corpus.query,
    "Scan": Corpus.scan,
    "BatchGetItem": Corpus.batch_get,
    "BatchWriteItem": Corpus.batch_write,
    "TransactWriteItems": Corpus.transact_write,
    "TransactGetItems": Corpus.transact_get,
}


def legacy_conditions(corpus: Corpus, member: str) -> Wire:
    """Returns ``Expected`` or a legacy filter, with an operator for two conditions."""
    conditions: Wire = {}
    for name in corpus.some(("a", "n", "c", "t", "s"), 1, 2):
        value = corpus.usual(name)
        operator = corpus.one(("EQ", "NE", "LT", "GE", "NULL", "NOT_NULL", "CONTAINS", "IN"))
        operands = [] if operator in {"NULL", "NOT_NULL"} else [value]
        conditions[name] = {"ComparisonOperator": operator}
        if operands:
            conditions[name]["AttributeValueList"] = operands
        if member == "Expected" and corpus.chance(0.3):
            conditions[name] = {"Value": value} if corpus.chance(0.6) else {"Exists": False}
    request: Wire = {member: conditions}
    if len(conditions) > 1 and corpus.chance(0.5):
        request["ConditionalOperator"] = corpus.one(("AND", "OR"))
    return request


def legacy_updates(corpus: Corpus) -> Wire:
    """Returns AttributeUpdates."""
    updates: Wire = {}
    for name in corpus.some(NAMES, 1, 3):
        action = corpus.one(("PUT", "PUT", "ADD", "DELETE"))
        updates[name] = {"Action": action}
        if action != "DELETE" or corpus.chance(0.3):
            updates[name]["Value"] = corpus.usual(name)
    return updates


def episode(seed: int, length: int) -> Iterator[Step]:
    """Yields the tables, then ``length`` requests."""
    for table in TABLES:
        yield Step("CreateTable", table)
    corpus = Corpus(seed)
    for _ in range(length):
        yield corpus.request()
