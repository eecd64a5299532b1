"""Mutated statements: whatever the text, the answer is a plan or an error of ours.

`make fuzz` tries some hundred thousand; here are a few thousand, always the same.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.run import campaign
from fuzz.statements import WORDS
from fuzz.trial import check_printing, plan_of


@pytest.mark.parametrize("seed", range(4))
def test_statements_are_answered(seed: int) -> None:
    """Read, printed, explained and run, on tables that are whole in the end."""
    counts, failures = campaign(seed, 0, 400)
    assert [] == failures
    assert 400 == counts.total()
    assert min(counts.values()) > 25, "every way of being answered is tried"


@given(st.text(max_size=200))
def test_any_text_is_a_plan_or_a_modelled_error(text: str) -> None:
    plan_of(text)


@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_any_words_are_a_plan_or_a_modelled_error(words: list[str]) -> None:
    statement = plan_of(" ".join(words))
    if statement is not None:
        check_printing(statement)
