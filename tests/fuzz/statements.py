"""Statements to try: made by a small grammar, and then mutated.

What the grammar makes is well formed and mostly means something on the tables of
``fuzz.tables``; a mutation drops, doubles, swaps or replaces some piece of the text. All of it
follows from a ``random.Random``, so that a seed and a number are enough to have one again.
"""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

import random
import string
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

from ddblite.schema.values import BinarySet, NumberSet, StringSet, Value

SEEDS: Final = (
    'SELECT a, b.c[0] FROM "tab"."gsi" WHERE pk = ? AND sk BETWEEN 1 AND 2.5e1 ORDER BY sk DESC;',
    "SELECT * FROM tab WHERE NOT (a IS MISSING OR begins_with(b, 'x''y')) AND size(c) IN [1, ?]",
    "INSERT INTO tab VALUE {'a': -1.5, 'b': [true, {'c': NULL}], 'd': <<'x', 'y'>>, 'e': ?}",
    (
        "UPDATE tab SET a = a + 1, b = list_append(b, ?) REMOVE c SET d = set_add(d, <<1>>) "
        "WHERE pk = 'x' AND e <> 1 RETURNING ALL OLD *"
    ),
    "DELETE FROM tab WHERE pk = 'x' /* c */ AND attribute_exists(a) = true -- end",
    "EXISTS(SELECT * FROM tab WHERE pk = 1 AND a IS NOT NULL)",
)

WORDS: Final = (
    *" ".join(SEEDS).split(),
    *("(", ")", "[", "]", "{", "}", "<<", ">>", "'", '"', "--", "/*", "*/", ".5", "1e400", "#"),
    *("\\", "{%", "{#", "{{", "==", "||", "::", "N'x'", "\x00", "\ud800", "é", "\n", "LIKE", "AS"),
    *("9" * 50, "a." * 20, "(" * 70, "NOT " * 70, "x[1]", "?", ";", ",", "count", "TRUE", "0x1"),
    *("[?]", "<<?>>", "IS DECIMAL", "NULLS", "FROM tab"),
    *(
        "JOIN",
        "GROUP BY",
        "LIMIT 1",
        "DISTINCT",
        "CASE",
        "UNION",
        "IS LIST",
        "IS BAG",
        "IN",
        "OR",
        "<>",
    ),
)

PARAMETERS: Final[tuple[Any, ...]] = (
    *("p0", "p1", "", "x", b"", b"\x00\xff", True, False, None),
    *(0, 1, 2, -7, Decimal("1.5"), 10**37),
    *([], [1, "x", [None]], {}, {"k": {"z": 1}}),
    *(StringSet(["x"]), NumberSet([1, 2]), BinarySet([b"x"])),
)

MADE: Final = 0.25
"""The share of statements that stay as they were made."""


def statement_of(dice: random.Random) -> str:
    """Returns a statement as it was made, or one that was mutated."""
    if dice.random() < MADE:
        return made(dice)
    return mutated(dice, dice.choice(SEEDS) if dice.random() < 0.3 else made(dice))


def parameters_of(dice: random.Random, count: int) -> list[Value]:
    """Returns that many parameters, and now and then one more or less."""
    wrong = dice.choice((-1, 1)) if dice.random() < 0.02 else 0
    return [dice.choice(PARAMETERS) for _ in range(max(0, count + wrong))]


def mutated(dice: random.Random, text: str) -> str:
    """Returns a text with some of its pieces dropped, doubled or replaced."""
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        place = dice.randrange(len(text) + 1)
        end = min(len(text), place + dice.randint(0, 8))
        piece = dice.choice(
            [
                "",
                text[place:end] * 2,
                dice.choice(WORDS),
                f" {dice.choice(WORDS)} ",
                dice.choice(string.printable),
            ]
        )
        text = text[:place] + piece + text[end:]
    return text


# the grammar


def made(dice: random.Random) -> str:
    """Returns a statement of the grammar."""
    verb = dice.choices((select, insert, update, delete, exists), (10, 2, 4, 2, 1))[0]
    return verb(dice)


def select(dice: random.Random) -> str:
    """Returns a SELECT."""
    columns = "*" if dice.random() < 0.6 else ", ".join(some(dice, path, 3))
    source = dice.choice(("tab", "tab", '"tab"', "tab.gsi", "tab.lsi", '"tab"."keys"', "flat"))
    text = f"SELECT {columns} FROM {source}"
    if dice.random() < 0.9:
        text += f" WHERE {where(dice)}"
    if dice.random() < 0.2:
        text += f" ORDER BY {', '.join(some(dice, order, 2))}"
    return text + dice.choice(("", "", ";", " -- end"))


def order(dice: random.Random) -> str:
    """Returns a term of an ORDER BY."""
    name = dice.choice(("sk", "pk", "pk", "a", "b"))
    return name + dice.choice(("", " DESC", " ASC", " DESC NULLS LAST"))


def insert(dice: random.Random) -> str:
    """Returns an INSERT."""
    members = [f"'pk': {key(dice)}", f"'sk': {dice.randrange(90)}"]
    members += [f"'{dice.choice('abcdmst')}{dice.choice(('', '', '1'))}': {value(dice)}"]
    members += [f"'z{place}': {value(dice)}" for place in range(dice.randrange(3))]
    return f"INSERT INTO {dice.choice(('tab', 'tab', 'flat'))} VALUE {{{', '.join(members)}}}"


def update(dice: random.Random) -> str:
    """Returns an UPDATE, or the same that begins with FROM."""
    clauses = []
    for _ in range(dice.choice((1, 1, 2, 3))):
        if dice.random() < 0.25:
            clauses.append(f"REMOVE {path(dice)}")
        else:
            clauses.append(f"SET {', '.join(some(dice, assignment, 2))}")
    what = dice.choice(("", "", "ALL OLD", "ALL NEW", "MODIFIED OLD", "MODIFIED NEW"))
    tail = f" RETURNING {what} *" if what else ""
    changes, condition = " ".join(clauses), f"WHERE {whole_key(dice)}"
    if dice.random() < 0.2:
        return f"FROM tab {condition} {changes}{tail}"
    return f"UPDATE tab {changes} {condition}{tail}"


def delete(dice: random.Random) -> str:
    """Returns a DELETE."""
    tail = dice.choice(("", "", " RETURNING ALL OLD *"))
    return f"DELETE FROM tab WHERE {whole_key(dice)}{tail}"


def exists(dice: random.Random) -> str:
    """Returns an EXISTS."""
    return f"EXISTS(SELECT * FROM tab WHERE {whole_key(dice)})"


def assignment(dice: random.Random) -> str:
    """Returns one change of a SET."""
    target = path(dice)
    sign = dice.choice("+-")
    right = dice.choice(
        (
            value(dice),
            path(dice),
            f"{target} {sign} {dice.choice(('1', '?', '0.5', 'a'))}",
            f"list_append({dice.choice((target, 'c', '[1]'))}, [{value(dice)}])",
            f"set_add({target}, {dice.choice((bag(dice), '?'))})",
            f"set_delete({target}, {bag(dice)})",
        )
    )
    return f"{target} = {right}"


def whole_key(dice: random.Random) -> str:
    """Returns a condition that mostly fixes a whole key, and may ask for more."""
    terms = [f"pk = {key(dice)}", f"sk = {dice.choice('01230123?')}"]
    if dice.random() < 0.4:
        terms.append(condition(dice, 2))
    dice.shuffle(terms)
    return " AND ".join(f"({one})" if " OR " in one else one for one in terms)


def where(dice: random.Random) -> str:
    """Returns a condition of a SELECT, which reads by keys in one of many ways or not at all."""
    sort = f"sk {dice.choice(('=', '<', '>', '<=', '>=', '<>'))} {dice.randrange(5)}"
    keyed = dice.choice(
        (
            f"pk = {key(dice)}",
            f"pk = {key(dice)} AND {sort}",
            f"pk = {key(dice)} AND sk > 0 AND sk < {dice.randrange(5)}",
            f"pk = {key(dice)} AND sk BETWEEN 1 AND {dice.randrange(1, 5)}",
            f"pk IN [{', '.join(some(dice, key, 4))}]",
            f"pk IN ({', '.join(some(dice, key, 3))}) AND {sort}",
            f"(pk = {key(dice)} OR pk = {key(dice)})",
            f"((pk = {key(dice)} AND {sort}) OR (pk = {key(dice)} AND {condition(dice, 1)}))",
            f"b = '{dice.choice('xyz')}'",
            f"b = '{dice.choice('xyz')}' AND a > {dice.randrange(3)}",
            condition(dice, 2),
        )
    )
    if dice.random() < 0.6:
        return keyed
    more = condition(dice, 2)
    return f"{keyed} {dice.choice(('AND', 'AND', 'OR'))} ({more})"


def condition(dice: random.Random, depth: int) -> str:
    """Returns a condition, nested as deep at most."""
    if depth and dice.random() < 0.5:
        joint = f" {dice.choice(('AND', 'OR'))} "
        terms = [condition(dice, depth - 1) for _ in range(dice.choice((2, 2, 3)))]
        text = joint.join(f"({one})" if dice.random() < 0.7 else one for one in terms)
        return f"NOT ({text})" if dice.random() < 0.2 else text
    return term(dice)


def term(dice: random.Random) -> str:
    """Returns one comparison, function or question."""
    subject, comparison = path(dice), dice.choice(("=", "<>", "!=", "<", "<=", ">", ">="))
    kinds = ("MISSING", "NULL", "BOOL", "STRING", "NUMERIC", "BLOB", "LIST", "STRUCT", "TUPLE")
    return dice.choice(
        (
            f"{subject} {comparison} {value(dice)}",
            f"{value(dice)} {comparison} {subject}",
            f"{subject} {comparison} {path(dice)}",
            f"{subject} BETWEEN {dice.randrange(3)} AND {dice.randrange(3, 6)}",
            f"{subject} {dice.choice(('', 'NOT '))}IN [{', '.join(some(dice, value, 3))}]",
            f"{subject} IS {dice.choice(('', 'NOT '))}{dice.choice(kinds)}",
            f"size({subject}) {comparison} {dice.randrange(4)}",
            f"attribute_exists({subject})",
            f"Attribute_Not_Exists({subject}) = {dice.choice(('true', 'false'))}",
            f"attribute_type({subject}, '{dice.choice(('S', 'N', 'SS', 'M', 'L', 'NULL', 'Q'))}')",
            f"begins_with({subject}, {dice.choice(('?', repr('x'), repr('p')))})",
            f"contains({subject}, {value(dice)})",
        )
    )


def path(dice: random.Random) -> str:
    """Returns a document path."""
    return dice.choice(PATHS)


PATHS: Final[tuple[str, ...]] = (
    *"abcdmst",
    *("pk", "sk", "m.k", "m.k.z", "c[0]", "c[1].x", 'm."two words"', '"size"', "nope"),
)


def key(dice: random.Random) -> str:
    """Returns a value of the partition key, seldom of another type."""
    return dice.choice((*("'p0'", "'p1'", "'p2'") * 4, "?", "5"))


def value(dice: random.Random) -> str:
    """Returns a literal or a parameter."""
    return dice.choice(
        (
            *("1", "2.50", "-.5e1", "1e2", "0", "'x'", "'it''s'", "''", "true", "NULL", "?", "?"),
            *("[1, 'x']", "[]", "{'k': {'z': 1}}", "{}", bag(dice)),
        )
    )


def bag(dice: random.Random) -> str:
    """Returns a set."""
    return dice.choice(("<<'x'>>", "<<'x', 'y'>>", "<<1>>", "<<1, 2.5>>"))


def some(dice: random.Random, make: Callable[[random.Random], str], most: int) -> Sequence[Any]:
    """Returns a few of something, at least one."""
    return [make(dice) for _ in range(dice.randint(1, most))]
