"""`import ddblite`: the names that users rely on, all of them and no others."""

import inspect
import types
from typing import Final

import pytest

import ddblite
from ddblite.schema import errors

PROMISED: Final = {
    "Attr",
    "Database",
    "DdbError",
    "Key",
    "Table",
    "connect",
    "errors",
}

ERRORS: Final = sorted(
    name
    for name, kind in inspect.getmembers(errors, inspect.isclass)
    if kind.__module__ == errors.__name__
)


def test_all_is_sorted() -> None:
    """So that a reader finds a name, and a second one is seen."""
    assert sorted(set(ddblite.__all__)) == list(ddblite.__all__)


def test_all_is_complete() -> None:
    """A public name that is not listed would be relied on all the same."""
    public = {
        name
        for name, value in vars(ddblite).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }
    assert public <= set(ddblite.__all__)
    assert set(ddblite.__all__) >= PROMISED


@pytest.mark.parametrize("name", [*ddblite.__all__, "__version__"])
def test_listed_names_exist(name: str) -> None:
    """Also those that are imported on first use."""
    assert getattr(ddblite, name) is not None


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_one_family(name: str) -> None:
    """``except ddblite.DdbError`` catches everything that is raised on purpose."""
    kind = getattr(ddblite.errors, name)
    assert issubclass(kind, ddblite.DdbError)
    assert inspect.getdoc(kind)
