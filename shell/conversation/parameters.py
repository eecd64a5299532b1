"""The values of the ``?`` in statements: set with ``.param``, or asked for.

They are written as PartiQL writes values. For binary, which has no literal there, the form is
that of a table's cells: ``<AAEC>``, or ``<3 bytes AAEC>`` as it can be copied from one.
"""

import base64
import binascii
import re
from typing import Final

from ddblite.partiql.plans.fragments import read_value
from ddblite.partiql.run.prepare import Prepared
from ddblite.partiql.syntax.faults import StatementError
from ddblite.schema.limits import STATEMENT_LENGTH_MAX
from ddblite.schema.values import BinarySet, Item, Value, tag_of
from ddblite.shell.conversation.session import Session, ShellError
from ddblite.workbench.safe_text import escaped

NUMBER_MAX: Final = STATEMENT_LENGTH_MAX
"""No statement has room for more question marks."""

BINARY: Final = re.compile(r"<\s*(?:[0-9]+ bytes? ?)?([A-Za-z0-9+/]*={0,2})\s*>")
BINARIES: Final = re.compile(rf"<<\s*({BINARY.pattern}(?:\s*,\s*{BINARY.pattern})*)\s*>>")

UNQUOTED: Final = re.compile(r'"|[^\W\d]')
"""How a text begins that was meant to be a string, when it is no other value."""

NO_BASE64: Final = "{} is not binary: between < and > stands base64, as in <AAEC>"


def value_written(text: str) -> Value:
    """Returns the value that a text stands for, or raises a DdbError that says what is wrong."""
    text = text.strip()
    if BINARIES.fullmatch(text):
        members = [decoded(found[1]) for found in BINARY.finditer(text[2:-2])]
        if len(set(members)) < len(members):
            raise ShellError("A set has a member only once")
        return BinarySet(members)
    binary = BINARY.fullmatch(text)
    if binary is not None:
        return decoded(binary[1])
    try:
        return read_value(text)
    except StatementError as fault:
        if UNQUOTED.match(text) is None:
            raise
        hint = fault.hint or "A string stands in single quotes."
        raise StatementError(fault.message, hint=hint) from None


def decoded(text: str) -> bytes:
    """Returns the bytes of a base64 text."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as fault:
        raise ShellError(NO_BASE64.format(text)) from fault


def read_number(text: str) -> int:
    """Returns the number of a parameter, counted from 1, or raises ShellError."""
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= NUMBER_MAX):
        raise ShellError(
            f"{escaped(text)} is no number of a parameter: they are counted from 1, in the order"
            " of the question marks"
        )
    return int(text)


def listed(parameters: dict[int, Value]) -> list[Item]:
    """Returns an item per parameter, in their order."""
    return [
        {"parameter": number, "type": tag_of(one), "value": one}
        for number, one in sorted(parameters.items())
    ]


def values_for(session: Session, prepared: Prepared) -> list[Value]:
    """Returns the values for a statement's question marks, as many as it has.

    One that was not set is asked for, for this statement only; where nobody can be asked it is
    an error that says how to set it.
    """
    return values_for_marks(session, prepared.statement.parameters)


def values_for_marks(session: Session, count: int) -> list[Value]:
    """Returns the values for as many question marks, in the same way."""
    return [
        session.parameters[number] if number in session.parameters else asked(session, number)
        for number in range(1, count + 1)
    ]


def asked(session: Session, number: int) -> Value:
    """Returns what the user gives for a question mark, or raises when there is no user."""
    if session.ask is None:
        raise ShellError(
            f"The statement's ? number {number} has no value: .param set {number} VALUE sets it"
        )
    return value_written(session.ask(f"? number {number}: "))
