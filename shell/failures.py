"""What the user sees of an error: one line on standard error, never a traceback.

A request's error is ``ValidationException: text``, with DynamoDB's name and words; an error
of the file, the disk or the command line is a sentence, and so is that somebody else has the file.
"""

import errno
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, TextIO

from ddblite.schema.errors import Busy, DdbError, RequestError, RetryableError
from ddblite.workbench.safe_text import escaped

logger: Final = logging.getLogger("ddblite")

EXIT_FAILED: Final = 1


class Failed(SystemExit):
    """Ends the command; what there is to say has been said."""

    def __init__(self) -> None:
        super().__init__(EXIT_FAILED)


@contextmanager
def reported() -> Iterator[None]:
    """Turns an error of a command into a line on standard error and exit code 1.

    A reader that went away (``| head``) is not told anything.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)
        raise Failed from None
    except DdbError as error:
        fail("\n".join(lines_of(error)))
    except OSError as fault:
        # Files are opened where their faults have names; this is standard output or input.
        silence(sys.stdout)
        fail(f"standard output: {fault.strerror or os.strerror(fault.errno or errno.EIO)}")
    except Exception as fault:  # noqa: BLE001 - the outermost door
        fail(bug_sentence(fault))


def fail(text: str) -> None:
    """Prints a line on standard error, behind everything that is on standard output already."""
    with suppress(OSError):
        sys.stdout.flush()
    sys.stderr.write(text + "\n")
    raise Failed from None


def sentence(error: DdbError) -> str:
    """Returns what is printed of an error of ours."""
    named = isinstance(error, RequestError | RetryableError) and not isinstance(error, Busy)
    message = shortened(error.message)
    return escaped(f"{error.code}: {message}" if named else message)


def shortened(message: str) -> str:
    """Returns a message without the middle of what it quotes, when that is very long."""
    if len(message) <= MESSAGE_CHARACTERS_MAX:
        return message
    half = MESSAGE_CHARACTERS_MAX // 2
    return f"{message[:half]} … {message[-half:]}"


MESSAGE_CHARACTERS_MAX: Final = 1_000
"""DynamoDB quotes a statement of any length whole; what is wrong with it stands at the end."""


def lines_of(error: DdbError) -> list[str]:
    """Returns the sentence of an error of ours and, below it, its details and its hint if any."""
    below = [*getattr(error, "details", ()), getattr(error, "hint", "")]
    return [sentence(error), *map(escaped, filter(None, below))]


def bug_sentence(fault: Exception) -> str:
    """Returns what is printed of an error that nobody foresaw; the log gets its traceback."""
    logger.debug("an unforeseen error", exc_info=fault)
    return escaped(f"Internal error, please report it: {type(fault).__name__}: {fault}")


def silence(stream: TextIO) -> None:
    """Makes a stream that cannot be written go nowhere, so that closing it does not fail again."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
