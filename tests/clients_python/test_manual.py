"""The examples of docs/boto3.md run as they stand there; those of aioboto3 in its environment."""

from pathlib import Path
from typing import Final

import pytest

from manuals import examples_of, run_example

EXAMPLES: Final = [text for text in examples_of("docs/boto3.md") if "aioboto3" not in text]


def test_manual_has_examples() -> None:
    """Otherwise the test below would run nothing."""
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize("example", range(len(EXAMPLES)))
def test_example_runs(example: int, tmp_path: Path) -> None:
    """Each by itself, in an empty folder, with warnings as errors."""
    run_example(EXAMPLES[example], tmp_path)
