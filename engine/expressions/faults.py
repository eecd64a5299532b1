"""The texts of what can be wrong with an expression, and the order of reporting it.

Some checks need only the text, others the values of the request, and DynamoDB reports them in
one order. A ``Checklist`` keeps that order: faults that the text alone proves are raised while
it is read, unless a check that needs the values comes before them; then they wait behind it.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from ddblite.engine.expressions.tree import Path
from ddblite.schema.errors import ValidationException
from ddblite.schema.values import Value

Values: TypeAlias = Mapping[str, Value]
Check: TypeAlias = Callable[[Values], str | None]
"""Returns the text of a fault, or None when there is none."""


def invalid(which: str, text: str, *, older: str | None = None) -> ValidationException:
    """Returns the error of a faulty expression, with the older layer's text where it differs."""
    before = None if older is None else f"Invalid {which}: {older}"
    return ValidationException(f"Invalid {which}: {text}", older=before, enveloped=True)


class Checklist:
    """Checks in the order of their report."""

    def __init__(self, which: str) -> None:
        self.which = which
        self.checks: list[Check] = []
        self.closed = False

    def add(self, check: Check) -> None:
        """Notes a check that needs values."""
        if not self.closed:
            self.checks.append(check)

    def fail(self, text: str) -> None:
        """Reports a certain fault: at once, or behind the checks that come first."""
        if self.closed:
            return
        if not self.checks:
            raise invalid(self.which, text)
        self.checks.append(lambda _values: text)
        self.closed = True


def run_checks(which: str, checks: tuple[Check, ...], values: Values | None) -> None:
    """Raises ValidationException for the first fault."""
    given = {} if values is None else values
    for check in checks:
        text = check(given)
        if text is not None:
            raise invalid(which, text)


def undefined_name(alias: str) -> str:
    """Returns the text for a ``#name`` without meaning."""
    return (
        "An expression attribute name used in the document path is not defined; "
        f"attribute name: {alias}"
    )


def undefined_value(reference: str) -> str:
    """Returns the text for a ``:value`` that was not given."""
    return (
        "An expression attribute value used in expression is not defined; "
        f"attribute value: {reference}"
    )


def value_defined(reference: str) -> Check:
    """Returns the check that a value was given."""
    text = undefined_value(reference)
    return lambda values: None if reference in values else text


def wrong_count(function: str, count: int) -> str:
    """Returns the text for a function with too many or too few arguments."""
    return (
        "Incorrect number of operands for operator or function; "
        f"operator or function: {function}, number of operands: {count}"
    )


def wrong_type(operator: str, tag: str) -> str:
    """Returns the text for a value that an operator cannot work on."""
    return (
        "Incorrect operand type for operator or function; "
        f"operator or function: {operator}, operand type: {tag}"
    )


def not_distinct(operator: str, first: Path) -> str:
    """Returns the text for a path that an operator has twice."""
    return (
        "The first operand must be distinct from the remaining operands for this operator or "
        f"function; operator: {operator}, first operand: {first}"
    )


def path_required(function: str) -> str:
    """Returns the text for a value where only a path makes sense."""
    return f"Operator or function requires a document path; operator or function: {function}"
