"""One statement, and everything that must hold whatever it is.

* Reading it gives a plan or an error of ours, whose place is inside the text.
* The plan printed and read again is an equal plan.
* Running it gives items or an error of the caller's; so does explaining it, with the same error.
* What it consumes is within the bounds that were foretold.
* A read's equivalent requests give the same items, where nothing was left to do.
"""

# ruff: noqa: PT017 - each of two errors is fine, if it is the right one

import random
import re
from collections.abc import Sequence
from typing import Any, Final

import ddblite
from ddblite.partiql.explanations.printing import shown_statement
from ddblite.partiql.plans.lower import compiled
from ddblite.partiql.plans.plan import Statement
from ddblite.partiql.syntax.faults import StatementError
from ddblite.schema.errors import RequestError, ValidationException
from ddblite.schema.wire import encode_item
from fuzz.statements import parameters_of

MORE_THAN_AN_EXPRESSION: Final = re.compile(
    "Expression size has exceeded|too many operands|too many operators|Empty attribute name"
)
"""A statement may say more than an expression, and compare with what cannot be stored."""


def plan_of(text: str) -> Statement | None:
    """Returns a statement's plan, or None for a modelled error with a place inside the text."""
    try:
        return compiled(text)
    except StatementError as error:
        if error.position is not None:
            lines = text.split("\n")
            line, column, length = error.position
            assert 1 <= line <= len(lines), "the line of the place"
            assert 1 <= column <= len(lines[line - 1]) + 1, "the column of the place"
            assert 0 <= length <= len(text), "the length of the place"
            error.caret(text)
        return None


def check_printing(statement: Statement) -> None:
    """Raises unless the printed statement has an equal plan."""
    printed = shown_statement(statement)
    again = plan_of(printed)
    assert again is not None, f"printed and refused: {printed}"
    # By text, because in Python True == 1; and without the places that some messages mention.
    before, after = (PLACE.sub(" at ...", repr(one)) for one in (statement, again))
    assert before == after, f"printed and not the same: {printed}"


PLACE: Final = re.compile(r" at \d+:\d+:\d+")


def check_running(
    database: ddblite.Database, text: str, statement: Statement, dice: random.Random
) -> bool:
    """Raises unless running and explaining a statement go together; returns whether it ran."""
    parameters = parameters_of(dice, statement.parameters)
    consistent = dice.random() < 0.2
    explanation, refusal = None, ""
    try:
        explanation = database.explain(text, parameters, consistent=consistent)
    except RequestError as error:
        refusal = str(error)
    try:
        result = database.execute(text, parameters, consistent=consistent)
        items = result.all()
    except RequestError as error:
        assert explanation is not None or refusal == str(error), f"explained as: {refusal}"
        return False
    assert explanation is not None, f"ran, and explained as: {refusal}"
    consumed = result.consumed
    assert consumed is not None, "a result says what it consumed"
    estimate = explanation.estimate
    assert estimate.units.least <= consumed.total <= estimate.units.most, estimate
    assert estimate.pages.least <= result.pages_read <= estimate.pages.most, estimate
    if not explanation.is_write:
        assert estimate.items.least <= result.scanned_count <= estimate.items.most, estimate
        check_requests(database, explanation, items)
    str(explanation)
    explanation.as_json()
    return True


def check_requests(
    database: ddblite.Database, explanation: ddblite.Explanation, items: Sequence[Any]
) -> None:
    """Raises unless the equivalent requests of a read give its items."""
    if any(one.left_over for one in explanation.requests) or explanation.order:
        return
    found: list[Any] = []
    for one in explanation.requests:
        try:
            answer = database.call(one.operation, one.request)
        except ValidationException as error:
            assert MORE_THAN_AN_EXPRESSION.search(str(error)), f"{one.request}: {error}"
            return
        found += answer["Items"] if "Items" in answer else [answer.get("Item")]
    expected = [encode_item(one) for one in items]
    assert expected == [one for one in found if one is not None], explanation.requests
