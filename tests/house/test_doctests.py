"""Examples in docstrings, run under the installed names."""

import doctest
import importlib
from typing import Final

import pytest

from sources import PRODUCT

MODULES: Final = sorted(source.name for source in PRODUCT if source.name != "__main__")


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    """Importing every module by itself also shows that none needs another to come first."""
    module = importlib.import_module(f"ddblite.{name}".rstrip("."))
    assert 0 == doctest.testmod(module).failed
