"""What generated requests are made of: values, paths and expressions, from one seeded source.

Attributes have a usual type each (``n`` a number, ``l`` a list, ...), so that most expressions
meet what they are for; ``c`` may be anything. The few names, keys and values come again and
again: conditions hold and fail, sets overlap, indexes are entered and left.
"""

import base64
import random
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

Wire = dict[str, Any]
Choice = TypeVar("Choice")

TEXTS: Final = ("", "a", "ab", "abc", "b", "é", "日本", "\U0001f600", "x y", "0", "10")
NUMBERS: Final = (
    "0",
    "1",
    "2",
    "3",
    "-1",
    "10",
    "1.5",
    "-2.5",
    "100",
    "0.001",
    "12345678901234567890",
)
ODD_NUMBERS: Final = (
    "1.0",
    "+7",
    "007",
    "1e2",
    "1E+2",
    ".5",
    "5.",
    "-0",
    "1e-20",
    "9" * 38,
    "1e125",
)
BYTES: Final = (b"", b"\0", b"\xff", b"ab", b"a")
TYPES: Final = ("S", "SS", "N", "NS", "B", "BS", "BOOL", "NULL", "L", "M")
COMPARATORS: Final = ("=", "<>", "<", "<=", ">", ">=")
ORDERED: Final = ("a", "n", "b", "g", "h", "lk")
NAMES: Final = ("a", "b", "c", "g", "h", "l", "lk", "m", "n", "s", "t")
RESERVED: Final = ("status", "name", "size", "values", "hash")


class Parts:
    """One source of chance, and the small things made with it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def chance(self, share: float) -> bool:
        """Whether something with this probability happens now."""
        return self.random.random() < share

    def one(self, choices: Sequence[Choice]) -> Choice:
        """Returns one of several."""
        return self.random.choice(choices)

    def some(self, choices: Sequence[Choice], least: int = 1, most: int = 3) -> list[Choice]:
        """Returns some of several, each at most once."""
        return self.random.sample(choices, self.random.randint(least, min(most, len(choices))))

    # values

    def text(self) -> Wire:
        """Returns a string value."""
        return {"S": self.one(TEXTS)}

    def number(self) -> Wire:
        """Returns a number value, now and then oddly written."""
        return {"N": self.one(ODD_NUMBERS if self.chance(0.1) else NUMBERS)}

    def plain_number(self) -> Wire:
        """Returns a number value in its canonical form."""
        return {"N": self.one(NUMBERS)}

    def binary(self) -> Wire:
        """Returns a binary value."""
        return {"B": encoded(self.one(BYTES))}

    def set_of(self, tag: str) -> Wire:
        """Returns a set value."""
        pools = {"SS": TEXTS[1:6], "NS": NUMBERS[:8], "BS": tuple(map(encoded, BYTES[1:]))}
        return {tag: self.some(pools[tag])}

    def value(self, depth: int = 2) -> Wire:
        """Returns a value of any type, nested a little."""
        tag = self.one(TYPES if depth else TYPES[:8])
        if tag in {"SS", "NS", "BS"}:
            return self.set_of(tag)
        if tag == "L":
            return {"L": [self.nested(depth) for _ in range(self.random.randint(0, 3))]}
        if tag == "M":
            return {"M": {name: self.nested(depth) for name in self.some(("x", "y", "z"), 0)}}
        if tag == "BOOL":
            return {"BOOL": self.chance(0.5)}
        return {"NULL": True} if tag == "NULL" else self.typed(tag)

    def nested(self, depth: int) -> Wire:
        """Returns a value inside another, whose numbers are written canonically."""
        return self.plain_number() if self.chance(0.4) else self.inner(self.value(depth - 1))

    def inner(self, value: Wire) -> Wire:
        """Returns a value with a plain number where it is one."""
        return self.plain_number() if "N" in value else value

    def typed(self, tag: str) -> Wire:
        """Returns a string, number or binary value."""
        makers: dict[str, Callable[[], Wire]] = {
            "S": self.text,
            "N": self.number,
            "B": self.binary,
        }
        return makers[tag]()

    def usual(self, name: str) -> Wire:
        """Returns a value of the type that an attribute usually has."""
        if name in {"g", "lk"}:
            return {"S": self.one(("x", "y", "z"))}
        if name == "h":
            return self.plain_number()
        if name == "l":
            return {"L": [self.nested(2) for _ in range(self.random.randint(0, 4))]}
        if name == "m":
            return {"M": {key: self.nested(2) for key in self.some(("x", "y", "z"), 0)}}
        if name == "s":
            return self.set_of("SS" if self.chance(0.6) else "NS")
        if name == "c":
            return self.value()
        return self.typed({"a": "S", "n": "N", "b": "B", "t": "S"}.get(name, "S"))


class Expressions(Parts):
    """Expressions with the placeholders that they use; ``begin`` starts a new request's."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.names: dict[str, str] = {}
        self.values: dict[str, Wire] = {}

    def begin(self) -> None:
        """Forgets the placeholders of the request before."""
        self.names, self.values = {}, {}

    def placeholders(self) -> Wire:
        """Returns the members of the placeholders used since ``begin``."""
        members: Wire = {}
        if self.names:
            members["ExpressionAttributeNames"] = dict(self.names)
        if self.values:
            members["ExpressionAttributeValues"] = dict(self.values)
        return members

    def named(self, name: str) -> str:
        """Returns an attribute name as an expression says it: itself, or a placeholder."""
        if name not in RESERVED and self.chance(0.75):
            return name
        self.names[f"#{name}"] = name
        return f"#{name}"

    def given(self, value: Wire) -> str:
        """Returns a placeholder for a value."""
        placeholder = f":v{len(self.values)}"
        self.values[placeholder] = value
        return placeholder

    def path(self) -> str:
        """Returns a document path: an attribute, or a place inside ``l`` or ``m``."""
        if self.chance(0.65):
            return self.named(self.one(NAMES if self.chance(0.95) else RESERVED))
        if self.chance(0.5):
            return f"{self.named('l')}[{self.random.randint(0, 4)}]"
        inner = f"{self.named('m')}.{self.one(('x', 'y', 'z'))}"
        return inner if self.chance(0.8) else f"{inner}[{self.random.randint(0, 2)}]"

    def condition(self, depth: int = 2) -> str:
        """Returns a condition."""
        if depth and self.chance(0.35):
            form = self.one(("{} AND {}", "{} OR {}", "NOT {}", "({}) AND {}", "{} or ({})"))
            return form.format(*(self.condition(depth - 1) for _ in range(form.count("{}"))))
        return self.one(self.PREDICATES)(self)

    def comparison(self) -> str:
        """Returns a comparison of an attribute with a value, or with another attribute."""
        name = self.one(ORDERED)
        operator = self.one(COMPARATORS)
        if self.chance(0.15):
            return f"{self.path()} {operator} {self.path()}"
        if self.chance(0.15):
            return f"{self.path()} {self.one(COMPARATORS[:2])} {self.given(self.value())}"
        sides = [self.named(name), self.given(self.usual(name))]
        return f" {operator} ".join(sides if self.chance(0.9) else sides[::-1])

    def between(self) -> str:
        """Returns BETWEEN, whose bounds are in order most of the time."""
        low, high = sorted(self.some((-1, 0, 1, 2, 5, 10), 2, 2))
        if self.chance(0.03):
            low, high = high, low
        bounds = [self.given({"N": str(bound)}) for bound in (low, high)]
        return f"{self.named('n')} BETWEEN {bounds[0]} AND {bounds[1]}"

    def inside(self) -> str:
        """Returns IN."""
        name = self.one(ORDERED)
        given = (self.given(self.usual(name)) for _ in range(self.random.randint(1, 3)))
        return f"{self.named(name)} IN ({', '.join(given)})"

    def existence(self) -> str:
        """Returns attribute_exists or attribute_not_exists."""
        return f"{self.one(('attribute_exists', 'attribute_not_exists'))}({self.path()})"

    def typing(self) -> str:
        """Returns attribute_type."""
        return f"attribute_type({self.path()}, {self.given({'S': self.one(TYPES)})})"

    def beginning(self) -> str:
        """Returns begins_with."""
        value = self.text() if self.chance(0.7) else self.binary()
        return f"begins_with({self.path()}, {self.given(value)})"

    def containing(self) -> str:
        """Returns contains."""
        return f"contains({self.path()}, {self.given(self.value(1))})"

    def sizing(self) -> str:
        """Returns a comparison with size."""
        bound = self.given({"N": str(self.random.randint(0, 4))})
        return f"size({self.path()}) {self.one(COMPARATORS)} {bound}"

    PREDICATES: Final = (
        comparison,
        comparison,
        comparison,
        between,
        inside,
        existence,
        existence,
        typing,
        beginning,
        containing,
        sizing,
    )

    def update(self) -> str:
        """Returns an update expression of some sections, mostly without overlaps."""
        self.targets = self.some(NAMES, 4, 6)
        sections = self.some(("SET", "SET", "REMOVE", "ADD", "DELETE"), 1, 3)
        made: dict[str, str] = {}
        for section in sections:
            actions = [self.action(section) for _ in range(self.random.randint(1, 2))]
            wanted = [action for action in actions if action]
            if wanted:
                made[section] = f"{section} {', '.join(wanted)}"
        return " ".join(made.values()) or f"SET t = {self.given(self.text())}"

    def action(self, section: str) -> str:
        """Returns one action, or nothing when its section has no attribute left."""
        if not self.targets:
            return ""
        name = self.targets.pop()
        if section == "ADD":
            name = self.one(("n", "s")) if self.chance(0.5) and name not in {"n", "s"} else name
            value = self.set_of(self.one(("SS", "NS"))) if name == "s" else self.plain_number()
            return f"{self.named(name)} {self.given(value)}"
        if section == "DELETE":
            return f"{self.named(name)} {self.given(self.set_of(self.one(('SS', 'NS', 'BS'))))}"
        target = self.target(name)
        return target if section == "REMOVE" else f"{target} = {self.operand(name)}"

    def target(self, name: str) -> str:
        """Returns an attribute or, in ``l`` and ``m``, a place inside it."""
        said = self.named(name)
        if name == "l" and self.chance(0.7):
            return f"{said}[{self.random.randint(0, 5)}]"
        if name == "m" and self.chance(0.7):
            return f"{said}.{self.one(('x', 'y', 'z'))}"
        return said

    def operand(self, name: str) -> str:
        """Returns what is assigned to an attribute."""
        kind = self.random.random()
        if kind < 0.15:
            return self.path()
        if kind < 0.3:
            return f"if_not_exists({self.path()}, {self.given(self.usual(name))})"
        if name == "l" and kind < 0.7:
            parts = ["l", self.given(self.usual("l"))]
            self.random.shuffle(parts)
            return f"list_append({', '.join(parts)})"
        if name in {"n", "h"} and kind < 0.7:
            sign = self.one(("+", "-"))
            left = self.one(("n", "h", f"if_not_exists(n, {self.given({'N': '0'})})"))
            return f"{left} {sign} {self.given(self.plain_number())}"
        return self.given(self.usual(name))

    def projection(self) -> str:
        """Returns a projection whose paths do not overlap, mostly."""
        names = self.some(NAMES, 1, 4)
        return ", ".join(self.target(name) for name in names)


def encoded(content: bytes) -> str:
    """Returns bytes as the wire's base64."""
    return base64.b64encode(content).decode()
