"""What the service says of a text that cannot be carried out.

The grammar and the lowering only say that they refuse it, and know what may be done instead. The
words are found here, from the start and in the service's order: its reader's complaint, what
statements do not have, and only then what was found at first.
"""

from collections.abc import Callable

from ddblite.partiql.diagnosis import unsupported, wide_statements
from ddblite.partiql.diagnosis.unsupported_values import Literals
from ddblite.partiql.diagnosis.wide_reader import Node
from ddblite.partiql.syntax.faults import StatementError


def explained(text: str, found: StatementError) -> StatementError:
    """Returns the service's error for a text that was refused with another."""
    return told_of(text, found, lambda root: unsupported.check(text, root))


def explained_value(text: str, found: StatementError) -> StatementError:
    """Returns the same for a text that should have been a value."""
    return told_of(text, found, Literals(text).check)


def told_of(text: str, found: StatementError, check: Callable[[Node], None]) -> StatementError:
    """Returns what the service's reader complains of, else what is refused of what it has read.

    The hint stays that of what was found first. Where the reader complains, the place does too: it
    is where a statement stops being one, which says more of what was meant.
    """
    try:
        root = wide_statements.read(text)
    except RecursionError:
        return found
    except StatementError as told:
        return StatementError(
            told.message, position=found.position, expected=found.expected, hint=found.hint
        )
    try:
        check(root)
    except RecursionError:
        return found
    except StatementError as told:
        if told.message == found.message:
            return found
        return StatementError(told.message, position=told.position, hint=found.hint)
    return found


def index_read(text: str) -> tuple[str, str] | None:
    """Returns the table and index that a SELECT reads, also one that is not offered, or None."""
    try:
        root = wide_statements.read(text)
    except (RecursionError, StatementError):
        return None
    sources = [part.parts[0] for part in root.parts if part.kind == "source"]
    steps = sources[0].parts if root.kind == "select" and sources else ()
    if [step.kind for step in steps] != ["name", "name"]:
        return None
    table, index = (step.token.value for step in steps)
    return table, index
