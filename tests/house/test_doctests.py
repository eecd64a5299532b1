"""Examples in docstrings, run under the installed names."""

import doctest
import importlib
from typing import Final

import pytest

from sources import PRODUCT

ELSEWHERE: Final = {"__main__", "api.clients.aiobotocore"}
"""What cannot be imported here: a program, and what needs a library of `make test-aioboto3`."""

MODULES: Final = sorted(source.name for source in PRODUCT if source.name not in ELSEWHERE)


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    """Importing every module by itself also shows that none needs another to come first."""
    module = importlib.import_module(f"ddblite.{name}".rstrip("."))
    assert 0 == doctest.testmod(module).failed
