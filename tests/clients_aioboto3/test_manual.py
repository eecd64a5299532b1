"""The examples of docs/boto3.md that need aioboto3."""

from pathlib import Path
from typing import Final

import pytest

from manuals import examples_of, run_example

EXAMPLES: Final = [text for text in examples_of("docs/boto3.md") if "aioboto3" in text]


def test_manual_has_examples() -> None:
    """Otherwise the test below would run nothing."""
    assert EXAMPLES


@pytest.mark.parametrize("example", range(len(EXAMPLES)))
def test_example_runs(example: int, tmp_path: Path) -> None:
    run_example(EXAMPLES[example], tmp_path)
