"""`import ddblite`: the names that users rely on, all of them and no others."""

import importlib
import inspect
import re
import types
from typing import Final, get_args

import pytest

import ddblite
from ddblite.api.python import connecting, options
from ddblite.api.sql.values import LONG_NUMBERS
from ddblite.engine.file import opening
from ddblite.engine.operations.write_pipeline import UPDATE_RETURNS
from ddblite.schema import errors
from sources import ROOT

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


def test_errors_can_be_imported_by_name() -> None:
    """``from ddblite.errors import ...`` has every one of them, and is the same class."""
    module = importlib.import_module("ddblite.errors")
    assert module is ddblite.errors
    assert sorted(module.__all__) == ERRORS
    assert all(getattr(module, name) is getattr(errors, name) for name in ERRORS)


ERRORS_OWN: Final = frozenset(dir(Exception))

INNER: Final = {
    "engine": "what `execute` and the shell stand on",
    "spec": "the table's definition, for the workbench",
    "take_all": "a part of `load` that both tables have",
    "threads": "the twins' executors",
    "buffer": "a result's, for its twin",
    "remaining": "a result's, for a typed one",
    "take": "a result's, for the page that a statement has read already",
    "object_of": "of a model, for a transaction",
    "stored_key": "of a model, for a transaction",
    "tag": "DynamoDB's letters for a kind of set",
    "members": "of a set, in their order",
    "of_ordered": "a set whose order is known",
    "about": "where in a statement, for the shell's arrow",
    "says_place": "whether the sentence does so itself",
}
"""Members without an underscore that no document names, because rooms below or above use them."""


@pytest.mark.parametrize(
    "kind", [one for name in ddblite.__all__ if inspect.isclass(one := getattr(ddblite, name))]
)
def test_a_member_is_in_the_documents_or_has_an_underscore(kind: type) -> None:
    """So that what a user finds by Tab is what is promised."""
    documents = "".join(path.read_text() for path in (ROOT / "docs").glob("*.md"))
    known = set(re.findall(r"(?<=[.`_])[a-z][a-z_0-9]*", documents)) | INNER.keys() | ERRORS_OWN
    assert {name for name in members_of(kind) if not name.startswith("_")} <= known


def members_of(kind: type) -> set[str]:
    """Returns the names of a class's methods, properties and fields, and of what it sets."""
    source = inspect.getsource(kind)
    assigned = set(re.findall(r"self\.(\w+)(?:: [^=\n]+)? = ", source))
    return set(dir(kind)) | set(getattr(kind, "__annotations__", ())) | assigned


def test_closed_words_are_those_that_are_taken() -> None:
    """What a type checker lets through is what ``connect`` and ``sql`` take, and no less."""
    assert set(get_args(options.Mode)) == set(opening.MODES)
    assert set(get_args(options.Durability)) == set(opening.DURABILITIES)
    assert set(get_args(options.Wording)) == set(connecting.WORDINGS)
    assert set(get_args(options.LongNumbers)) == set(LONG_NUMBERS)
    assert set(get_args(options.ReturnChanged)) == UPDATE_RETURNS
