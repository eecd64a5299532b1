"""What may be asked: valid requests, nearly valid ones, and garbage, by the million.

* Most are of the corpus that ``make parity`` asks with, a third of which has one fault.
* Statements, of which most are mutated, alone, in batches and in transactions.
* Every operation of the model, also those on tables.
* Any of these with some of its JSON exchanged for what does not belong there.
* Requests at a limit and one beyond it, which must be taken and refused.
"""

import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from ddblite.api.python.plain_values import plain_item
from ddblite.schema import limits
from ddblite.schema.wire import encode_item, encode_value
from fuzz.statements import PARAMETERS, statement_of
from fuzz.tables import TABLES as STATED_TABLES
from fuzz.tables import item as stated_item
from parity.corpus import Corpus
from parity.corpus_tables import TABLES
from wire_requests import GOOD

Json = Any
Wire = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Question:
    """A request, and whether it must be taken, must be refused, or may be either."""

    operation: str
    wire: Wire
    is_legal: bool | None = None


GARBAGE: Final[tuple[Json, ...]] = (
    *(None, True, False, 0, -1, 1, 10**40, 1.5, "", " ", "a", "\x00", "é\U0001f600", "x" * 3000),
    *([], [[]], {}, [None], {"": ""}, {"S": 1}, {"N": 1}, {"N": "1e999"}, {"B": "=="}, {"L": {}}),
    *({"M": []}, {"SS": "a"}, {"NULL": "true"}, {"BOOL": "yes"}, {"S": "a", "N": "1"}),
    *("SET a = :a", "((((((", "one", "two", "#a = :a", "' OR 1=1 --", "\ufeff", "${jndi:x}"),
    *("9" * 39, "1_0", "NaN", "Infinity", "\u0661", "a" * 256, ":a", "#a"),
)

NAMES: Final = ("one", "two", "three", "tab", "flat", "books", "spare")


LIMITED: Final = "limited"
"""The table that requests at a limit are for, which no other request names."""


def nested(depth: int) -> Wire:
    """Returns a value that is so many lists and maps deep."""
    value: Wire = {"N": "1"}
    for level in range(depth):
        value = {"L": [value]} if level % 2 else {"M": {"a": value}}
    return value


def put(**attributes: Wire) -> Wire:
    """Returns a PutItem of the table for this."""
    return {"TableName": LIMITED, "Item": {"id": {"S": "limit"}, **attributes}}


def item_bytes(more: int) -> tuple[str, Wire]:
    """An item at the limit of its size: names and values, and nothing else."""
    used = len("id") + len("limit") + len("pad")
    return "PutItem", put(pad={"S": "x" * (limits.ITEM_BYTES_MAX - used + more)})


def key_bytes(more: int) -> tuple[str, Wire]:
    """A partition key."""
    text = "k" * (limits.PARTITION_KEY_BYTES_MAX + more)
    return "PutItem", {"TableName": LIMITED, "Item": {"id": {"S": text}}}


def digits(more: int) -> tuple[str, Wire]:
    """A number."""
    return "PutItem", put(n={"N": "1" * (limits.NUMBER_DIGITS_MAX + more)})


def magnitude(more: int) -> tuple[str, Wire]:
    """A large number."""
    return "PutItem", put(n={"N": f"1E{limits.NUMBER_EXPONENT_MAX + more}"})


def depth(more: int) -> tuple[str, Wire]:
    """A document. The value within is a level too."""
    return "PutItem", put(d=nested(limits.NESTING_DEPTH_MAX - 1 + more))


def batch_writes(more: int) -> tuple[str, Wire]:
    """A BatchWriteItem."""
    writes = [
        {"PutRequest": {"Item": {"id": {"S": str(number)}}}}
        for number in range(limits.BATCH_WRITE_REQUESTS_MAX + more)
    ]
    return "BatchWriteItem", {"RequestItems": {LIMITED: writes}}


def batch_gets(more: int) -> tuple[str, Wire]:
    """A BatchGetItem."""
    keys = [{"id": {"S": str(number)}} for number in range(limits.BATCH_GET_KEYS_MAX + more)]
    return "BatchGetItem", {"RequestItems": {LIMITED: {"Keys": keys}}}


def transaction(more: int) -> tuple[str, Wire]:
    """A TransactWriteItems."""
    writes = [
        {"Put": {"TableName": LIMITED, "Item": {"id": {"S": str(number)}}}}
        for number in range(limits.TRANSACT_ITEMS_MAX + more)
    ]
    return "TransactWriteItems", {"TransactItems": writes}


def expression(more: int) -> tuple[str, Wire]:
    """An expression."""
    text = "attribute_exists(id)"
    text += " " * (limits.EXPRESSION_BYTES_MAX - len(text) + more)
    return "Scan", {"TableName": LIMITED, "FilterExpression": text[:-1] + " "}


def operands(more: int) -> tuple[str, Wire]:
    """An IN."""
    names = [f":v{number}" for number in range(limits.EXPRESSION_IN_OPERANDS_MAX + more)]
    return "Scan", {
        "TableName": LIMITED,
        "FilterExpression": f"n IN ({', '.join(names)})",
        "ExpressionAttributeValues": {name: {"N": "1"} for name in names},
    }


LIMITS: Final[tuple[Callable[[int], tuple[str, Wire]], ...]] = (
    item_bytes,
    key_bytes,
    digits,
    magnitude,
    depth,
    batch_writes,
    batch_gets,
    transaction,
    expression,
    operands,
)


class Questions(Corpus):
    """Questions, one after another."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.kinds: tuple[Callable[[], Question], ...] = (
            self.usual_request,
            self.statement,
            self.any_operation,
            self.garbage,
            self.limit,
        )

    def question(self) -> Question:
        """Returns the next question."""
        return self.random.choices(self.kinds, (66, 8, 6, 19, 1))[0]()

    def usual_request(self) -> Question:
        """Returns a request of the corpus."""
        step = self.request()
        return Question(step.operation, step.request)

    def statement(self) -> Question:
        """Returns a statement, alone or among others."""
        kind = self.random.random()
        if kind < 0.8:
            return Question("ExecuteStatement", self.one_statement())
        some = [self.one_statement() for _ in range(self.random.randrange(4))]
        if kind < 0.9:
            return Question("BatchExecuteStatement", {"Statements": some})
        return Question("ExecuteTransaction", {"TransactStatements": some})

    def one_statement(self) -> Wire:
        """Returns the members of a statement, with a parameter for every question mark."""
        text = statement_of(self.random)
        wire: Wire = {"Statement": text}
        if "?" in text:
            count = text.count("?")
            wire["Parameters"] = [encode_value(self.one(PARAMETERS)) for _ in range(count)]
        return wire

    def any_operation(self) -> Question:
        """Returns a good request of any operation, of one of a few tables."""
        operation = self.one(list(GOOD))
        wire = copy.deepcopy(GOOD[operation])
        if "TableName" in wire and operation != "DeleteTable":
            wire["TableName"] = self.one(NAMES)
        return Question(operation, wire)

    def garbage(self) -> Question:
        """Returns a request in which something was exchanged for what does not belong there."""
        kinds = (self.usual_request, self.statement, self.any_operation)
        question = self.random.choice(kinds)()
        wire = copy.deepcopy(question.wire)
        for _ in range(self.random.choice((1, 1, 1, 2, 5))):
            spoil(self.random, wire)
        operation = question.operation
        if self.chance(0.02):
            operation = self.one(("", "putItem", "PutItems", "../etc", "PutItem ", "é"))
        return Question(operation, wire)

    def limit(self) -> Question:
        """Returns a request at a limit or beyond it."""
        more = self.random.choice((0, 1))
        operation, wire = self.random.choice(LIMITS)(more)
        return Question(operation, wire, is_legal=not more)


def spoil(dice: random.Random, wire: Wire) -> None:
    """Exchanges, adds or removes something anywhere in a request."""
    holder: Json = wire
    while True:
        places = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        inner = [at for at in places if isinstance(holder[at], dict | list) and holder[at]]
        if not inner or dice.random() < 0.35:
            break
        holder = holder[dice.choice(inner)]
    kind = dice.random()
    if kind < 0.2 and places:
        del holder[dice.choice(places)]
    elif kind < 0.8 and places:
        holder[dice.choice(places)] = garbage_of(dice)
    elif isinstance(holder, dict):
        holder[dice.choice(("x", "S", "TableName", "Key", "", "Limit"))] = garbage_of(dice)
    else:
        holder.append(garbage_of(dice))


def garbage_of(dice: random.Random) -> Json:
    """Returns something, seldom very deep."""
    if dice.random() < 0.02:
        return nested(dice.choice((31, 32, 33, 200)))
    return copy.deepcopy(dice.choice(GARBAGE))


def questions(seed: int, count: int) -> Iterator[Question]:
    """Gives the tables and what is in them, and then so many questions."""
    for table in (*TABLES, *STATED_TABLES):
        yield Question("CreateTable", table)
    yield Question("CreateTable", GOOD["CreateTable"] | {"TableName": LIMITED})
    for place in range(24):
        item = encode_item(plain_item(stated_item(place)))
        yield Question("PutItem", {"TableName": "tab", "Item": item})
    made = Questions(seed)
    for _ in range(count):
        yield made.question()
