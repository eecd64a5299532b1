"""What may overrule AWS's local version: named answers, with their evidence, and no more."""

import re
from itertools import product
from typing import Any

import pytest

from parity.answers import Answer
from parity.overruled import SOURCES, overruled, undecided
from parity.overruled_capacities import charged
from parity.overruled_texts import CONTENT, ROWS, RULES, STAGES, Texts, pairs
from parity.steps import Json, Step

by_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row["source"])

STEP = Step("PutItem", {"TableName": "t"})
EVIDENCE = re.compile(
    r"captured|verified|probed on AWS|the service's model|the developer guide|on purpose"
)
OPEN_PART = re.compile(r"(?<!\\)\.[*+]|\\[SDW][*+]")
UNHEARD = ("ValidationException: unheard of", "InternalServerError: ", "SerializationException")


def error(text: str, code: str = "ValidationException", **rest: Json) -> Answer:
    """Returns an error with a text."""
    return {"error": code, "message": text, **rest}


def cancelled(*reasons: str) -> Answer:
    """Returns a cancelled transaction: a reason is None, a failed condition or a fault's text."""
    told = [
        {"Code": "None"}
        if reason == "None"
        else {"Code": "ConditionalCheckFailed", "Message": reason}
        if reason.startswith("The conditional")
        else {"Code": "ValidationError", "Message": reason}
        for reason in reasons
    ]
    return error("cancelled", "TransactionCanceledException", CancellationReasons=told)


FAILED = "The conditional request failed"
KEY = "The provided key element does not match the schema"
COUNT = "The number of conditions on the keys is invalid"
PATH = "The document path provided in the update expression is invalid for update"
SYNTAX = 'Invalid UpdateExpression: Syntax error; token: "x", near: "x"'
WORD = (
    "1 validation error detected: Value 'x' at 'returnConsumedCapacity' failed to satisfy"
    " constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"
)


@by_row
def test_a_row_names_its_evidence(row: dict[str, Any]) -> None:
    """How it is known what is right, in words that need no other page; or that nobody knows."""
    assert row.get("undecided", False) or EVIDENCE.search(row["source"])
    assert not re.search(r"\w\.(md|csv) \d", row["source"])


@by_row
def test_a_row_that_overrules_an_acceptance_names_both_answers_and_the_request(
    row: dict[str, Any],
) -> None:
    """That one takes what the other refuses is no matter of words: nothing in it is left open."""
    for pair in pairs(row):
        if "ok" in pair:
            assert "request" in row
            assert not [text for side in pair for text in written(side) if OPEN_PART.search(text)]


def written(side: Texts) -> list[str]:
    """Returns the texts of one side of a pair."""
    return [side] if isinstance(side, str) else side


def test_no_side_of_a_rule_is_anything_at_all() -> None:
    sides = [side for rule in RULES for side in (rule.ours, rule.theirs)]
    sides += [side for stage in STAGES for side in (stage.ours, stage.theirs)]
    assert [] == [(side, text) for side, text in product(sides, UNHEARD) if side.fullmatch(text)]


def test_only_rows_that_say_so_are_about_acceptance() -> None:
    """An acceptance is never right or wrong by order, nor by an alternative that slipped in."""
    rows = [row for row in ROWS if any("ok" in pair for pair in pairs(row))]
    accepting = [rule for rule in RULES if rule.ours.fullmatch("ok") or rule.theirs.fullmatch("ok")]
    assert len(rows) == len(accepting)
    assert not [
        stage for stage in STAGES if stage.ours.fullmatch("ok") or stage.theirs.fullmatch("ok")
    ]


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        pytest.param(error(WORD), {"Item": {}}, id="accepted there, the word not in the request"),
        pytest.param(error(SYNTAX), {}, id="accepted there"),
        pytest.param({}, error(PATH), id="accepted here"),
        pytest.param(error(COUNT), error(KEY), id="the other way round"),
        pytest.param(error(KEY), error(SYNTAX), id="an earlier stage there"),
        pytest.param(error(PATH), error("unheard of"), id="a text that nobody knows"),
        pytest.param(
            error(FAILED, "ConditionalCheckFailedException", Item={"p": {"S": "1"}}),
            error(FAILED + ".", "ConditionalCheckFailedException"),
            id="another item beside the text",
        ),
        pytest.param(cancelled(FAILED, "None"), cancelled("None", FAILED), id="another action"),
        pytest.param(cancelled("None", PATH), cancelled("None", FAILED), id="another reason"),
        pytest.param(cancelled(FAILED, KEY), cancelled(FAILED, "x"), id="one reason of two"),
        pytest.param(cancelled(FAILED, FAILED), error(PATH), id="no fault here"),
        pytest.param(error(PATH), cancelled(PATH), id="not cancelled here"),
    ],
)
def test_what_nothing_is_known_of_is_left_unexplained(mine: Answer, other: Answer) -> None:
    assert () == overruled(STEP, mine, other) + undecided(STEP, mine, other)


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        pytest.param(error(KEY), error(COUNT), id="other words"),
        pytest.param(error(SYNTAX), error(COUNT), id="before the key"),
        pytest.param(error(WORD), error(SYNTAX), id="before the expressions"),
        pytest.param(cancelled("None", FAILED), cancelled("None", FAILED + "."), id="a full stop"),
        pytest.param(cancelled("None", PATH, FAILED), error(PATH), id="a reason for every action"),
        pytest.param(cancelled("None", KEY), error(COUNT), id="a reason, in other words"),
        pytest.param(cancelled("None", KEY), cancelled(FAILED, COUNT), id="a key alone"),
        pytest.param(error(SYNTAX), cancelled("None", FAILED), id="not cancelled at all"),
    ],
)
def test_what_is_known_overrules(mine: Answer, other: Answer) -> None:
    assert overruled(STEP, mine, other)
    assert () == undecided(STEP, mine, other)


def test_capacities_are_taken_over_within_bounds_only() -> None:
    """Every figure, and those that only one of both tells."""
    mine = {"ConsumedCapacity": {"TableName": "t", "CapacityUnits": 3.0}}
    other = {"ConsumedCapacity": {"TableName": "t", "CapacityUnits": 2.0}}
    assert mine == charged(mine, other, 0.0, 1.0)
    assert other == charged(mine, other, 0.0, 0.5)
    assert mine == charged(other, mine, 0.0, 1.0)
    armed = {"ConsumedCapacity": {**mine["ConsumedCapacity"], "Table": {"CapacityUnits": 3.0}}}
    assert other == charged(armed, other, 0.0, 1.0)


def test_words_are_filled_in() -> None:
    """No name of a word is left in a pattern, where it would be two angle brackets."""
    names = "|".join(CONTENT["words"])
    sides = [side for rule in RULES for side in (rule.ours, rule.theirs)]
    assert [] == [side.pattern for side in sides if re.search(f"<({names})>", side.pattern)]


def test_sources_stand_in_a_table() -> None:
    """One line each, without the bars that part the columns of the document's table."""
    assert [] == [source for source in SOURCES if "|" in source or "\n" in source]
