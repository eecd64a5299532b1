"""One fault, two wordings: which text, with or without the envelope."""

import pytest

from ddblite.schema.errors import FloatRefused, ResourceNotFoundException, ValidationException
from ddblite.schema.wording import ENVELOPE, reworded

WRAPPING = ("PutItem", "UpdateItem", "DeleteItem")
CURRENT = ("GetItem", "BatchGetItem", "Query", "Scan")
OLDER = ("BatchWriteItem", "TransactWriteItems", "TransactGetItems", "CreateTable")


def text(operation: str, wording: str, *, enveloped: bool, older: str | None = "old") -> str:
    fault = ValidationException("new", older=older, enveloped=enveloped)
    return str(reworded(fault, operation, wording))


@pytest.mark.parametrize("operation", WRAPPING)
def test_wrapping_operations(operation: str) -> None:
    assert ENVELOPE + "new" == text(operation, "current", enveloped=True)
    assert "new" == text(operation, "current", enveloped=False)
    assert "old" == text(operation, "older", enveloped=True)


@pytest.mark.parametrize("operation", CURRENT)
def test_current_operations_are_bare(operation: str) -> None:
    assert "new" == text(operation, "current", enveloped=True)
    assert "old" == text(operation, "older", enveloped=True)


@pytest.mark.parametrize("operation", OLDER)
def test_operations_that_are_still_older(operation: str) -> None:
    for wording in ("current", "older"):
        assert "old" == text(operation, wording, enveloped=True)
        assert "new" == text(operation, wording, enveloped=True, older=None)


def test_twice_is_once() -> None:
    fault = ValidationException("new", older="old", enveloped=True)
    once = reworded(fault, "PutItem", "current")
    assert str(once) == str(reworded(once, "PutItem", "current"))


def test_class_and_other_errors_stay() -> None:
    """A refused float stays a TypeError, and what has no alternatives stays the same object."""
    assert isinstance(reworded(FloatRefused("x", enveloped=True), "PutItem", "current"), TypeError)
    missing = ResourceNotFoundException("x")
    assert missing is reworded(missing, "PutItem", "current")
    plain = ValidationException("x")
    assert plain is reworded(plain, "PutItem", "current")
