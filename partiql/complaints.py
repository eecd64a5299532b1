"""What the service says of a text that cannot be carried out.

The grammar and the lowering only say that they refuse it, and know what may be done instead. The
words are found here, from the start and in the service's order: its reader's complaint, what
statements do not have, and only then what was found at first.
"""

from ddblite.partiql import unsupported, wide_statements
from ddblite.partiql.faults import StatementError


def explained(text: str, found: StatementError) -> StatementError:
    """Returns the service's error for a text that was refused with another.

    The hint stays that of what was found first. Where the service's reader complains, the place
    does too: it is where a statement stops being one, which says more of what was meant.
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
        unsupported.check(text, root)
    except RecursionError:
        return found
    except StatementError as told:
        if told.message == found.message:
            return found
        return StatementError(told.message, position=told.position, hint=found.hint)
    return found
