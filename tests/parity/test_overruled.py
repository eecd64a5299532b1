"""What a row of ``overruled.toml`` may say."""

import re

import pytest

from parity.overruled import ROWS, RULES

by_row = pytest.mark.parametrize("place", range(len(ROWS)), ids=lambda place: ROWS[place]["source"])


@by_row
def test_a_refusal_of_ours_overrules_an_acceptance_only_by_name(place: int) -> None:
    """That the other took it is no matter of words: both answers and the request are named."""
    row, rule = ROWS[place], RULES[place]
    if rule.theirs.match("ok") is None:
        return
    assert row["ours"] == "ok" or {"ours", "theirs", "request"} <= row.keys()
    assert "ok" in row["theirs"]


@by_row
def test_a_row_names_its_evidence(place: int) -> None:
    """A page of the collected facts with its chapter, the model, or that nobody knows."""
    row = ROWS[place]
    assert re.search(r"\w\.(md|csv)\b|^the service's model: ", row["source"]) or row.get(
        "undecided", False
    )
