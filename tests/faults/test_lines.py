"""A hundredth of ``make faults``, line by line."""

import os

import pytest

from faults.lines import Line, carried_out
from faults.table import LINES
from wholeness import Wholeness

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")

SEED = 11
SCALE = 0.01


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_nothing_is_violated(line: Line, wholeness: Wholeness) -> None:
    """A violation names the command that has it again."""
    wholeness.is_expected = True  # a line looks itself at what it has left
    assert [] == carried_out(line, SEED, line.trials(SCALE)).violations
