"""Mutated statements: whatever the text, the answer is a plan or an error of ours."""

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddblite.partiql.faults import StatementError
from ddblite.partiql.lower import compiled
from ddblite.partiql.plan import Statement
from ddblite.partiql.printing import shown_statement

SEEDS = [
    'SELECT a, b.c[0] FROM "t"."i" WHERE pk = ? AND sk BETWEEN 1 AND 2.5e1 ORDER BY sk DESC;',
    "SELECT * FROM t WHERE NOT (a IS MISSING OR begins_with(b, 'x''y')) AND size(c) IN [1, ?]",
    "INSERT INTO t VALUE {'a': -1.5, 'b': [true, {'c': NULL}], 'd': <<'x', 'y'>>, 'e': ?}",
    (
        "UPDATE t SET a = a + 1, b = list_append(b, [?]) REMOVE c SET d = set_add(d, <<1>>) "
        "WHERE pk = 'x' AND e <> 1 RETURNING ALL OLD *"
    ),
    "DELETE FROM t WHERE pk = 'x' /* c */ AND attribute_exists(a) = true -- end",
    "EXISTS(SELECT * FROM t WHERE pk = 1 AND a IS NOT NULL)",
]
WORDS = [
    *" ".join(SEEDS).split(),
    *["(", ")", "[", "]", "{", "}", "<<", ">>", "'", '"', "--", "/*", "*/", ".5", "1e400", "#"],
    *["\\", "{%", "{#", "{{", "==", "||", "::", "N'x'", "\x00", "\ud800", "é", "\n", "LIKE", "AS"],
    *["9" * 50, "a." * 20, "(" * 70, "NOT " * 70, "x[1]", "?", ";", ",", "count", "TRUE", "0x1"],
]


def answer(text: str) -> Statement | None:
    """Returns a statement's plan, or None for a modelled error with a place inside the text."""
    try:
        return compiled(text)
    except StatementError as error:
        if error.position is not None:
            lines = text.split("\n")
            line, column, length = error.position
            assert 1 <= line <= len(lines)
            assert 1 <= column <= len(lines[line - 1]) + 1
            assert 0 <= length <= len(text)
            error.caret(text)
        return None


def mutated(dice: random.Random) -> str:
    """Returns one of the seeds with some of its pieces dropped, doubled, swapped or replaced."""
    text = dice.choice(SEEDS)
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


def shape(statement: Statement) -> str:
    """Returns a statement's plan as text, without the places that some messages mention."""
    return shown_statement(statement)


@pytest.mark.parametrize("seed", range(20))
def test_mutations_give_plans_or_modelled_errors(seed: int) -> None:
    """Whatever is accepted can be printed, and is then the same statement."""
    dice = random.Random(seed)
    for _ in range(150):
        text = mutated(dice)
        statement = answer(text)
        if statement is not None:
            printed = shape(statement)
            again = answer(printed)
            assert again is not None, (text, printed)
            assert (printed, statement.parameters) == (shape(again), again.parameters), text


@given(st.text(max_size=200))
def test_any_text_is_a_plan_or_a_modelled_error(text: str) -> None:
    answer(text)


@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_any_words_are_a_plan_or_a_modelled_error(words: list[str]) -> None:
    answer(" ".join(words))
