"""A line for every request, for whoever wants to see what a client sends and what becomes of it.

    2026-10-01T12:00:00.123Z PutItem orders 200 1WCU 0.84ms
    2026-10-01T12:00:00.131Z Query orders 400:ValidationException - 0.21ms

The fields are time, operation, table, status with the error's code, units, and the duration from
the request's last byte to its answer; ``-`` where there is none. What is no request for an
operation has its method and path in the place of the first two.

* Names of operations and tables stand there, values and statements never; nor does a query, which
  may hold a signature. A name that a client has made up cannot write lines of its own.
* A full log has the bodies below the line, as they were before any encoding: there the values are.
  Headers, and so credentials, are in neither.
"""

import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from ddblite.api.http.application import TARGETS, target_of
from ddblite.api.http.body import GZIP_WINDOW_BITS, plain_body
from ddblite.api.http.messages import Answer, Request
from ddblite.api.wire.dispatch import Seen
from ddblite.api.wire.encode import tables_written
from ddblite.engine.clock import Clock
from ddblite.schema.errors import DdbError
from ddblite.schema.requests import Consumed

FULL: Final = "full"
"""The kind of log that has bodies."""

NOTHING: Final = "-"
NAME_LENGTH_MAX: Final = 300
"""A table's ARN fits; what is longer is no name."""

TABLES_MAX: Final = 5
ERROR_FROM: Final = 400

NAMING: Final = ("TableName", "TableArn", "ResourceArn")
STATEMENT_LISTS: Final = ("Statements", "TransactStatements")


def print_error(text: str) -> None:
    """Prints to standard error; that nobody reads it any more is no reason to stop serving."""
    with suppress(OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()


class RequestLog:
    """Writes the lines. ``timer`` gives seconds that only count, from wherever it likes."""

    def __init__(
        self,
        clock: Clock,
        *,
        is_full: bool = False,
        write: Callable[[str], None] = print_error,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.clock = clock
        self.is_full = is_full
        self.write = write
        self.timer = timer

    def answered(self, reply: Answer, asked: Request) -> None:
        """Writes down a request and its answer."""
        seen = reply.seen or Seen()
        duration = f"{(self.timer() - asked.came_at_s) * 1000:.2f}ms"
        fields = [*subject_of(asked, seen), status_of(reply), units_of(seen), duration]
        bodies = ""
        if self.is_full:
            bodies = f"  > {request_text(asked)}\n  < {printable(answer_body(reply))}\n"
        self.write(f"{self.now()} {' '.join(fields)}\n{bodies}")

    def refused(self, reply: Answer, asked: Request) -> None:
        """Writes down what was refused before it was whole; its head may not even have ended."""
        subject = subject_of(asked, Seen()) if asked.headers else (NOTHING, NOTHING)
        self.write(f"{self.now()} {' '.join(subject)} {status_of(reply)} - -\n")

    def now(self) -> str:
        """Returns the time, in UTC and to the millisecond."""
        now = datetime.fromtimestamp(self.clock.now_s(), UTC)
        return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def log_of(kind: str, clock: Clock) -> RequestLog | None:
    """Returns a log of this kind on standard error, or None when there is to be none."""
    return RequestLog(clock, is_full=kind == FULL) if kind else None


def subject_of(asked: Request, seen: Seen) -> tuple[str, str]:
    """Returns operation and tables of a request, or its method and path."""
    target = target_of(asked)
    if asked.method != "POST" or not target:
        return printable_name(asked.method), printable_name(asked.path)
    return operation_of(target), tables_of(seen)


def operation_of(target: str) -> str:
    """Returns the operation that a target names, or the target itself when there is none."""
    return TARGETS.get(target) or printable_name(target)


def tables_of(seen: Seen) -> str:
    """Returns the tables that a request names, each once; what is no name is passed over."""
    names = list(dict.fromkeys(map(printable_name, names_in(seen.wire))))
    names = names or [printable_name(each.table_name) for each in consumed_by(seen)]
    more = [f"+{len(names) - TABLES_MAX}"] if len(names) > TABLES_MAX else []
    return ",".join([*names[:TABLES_MAX], *more]) or NOTHING


def names_in(wire: object) -> Iterator[str]:
    """Yields the names of tables in a request, whatever shape it has."""
    if not isinstance(wire, dict):
        return
    for name in NAMING:
        if isinstance(wire.get(name), str):
            yield wire[name]
    if isinstance(wire.get("RequestItems"), dict):
        yield from wire["RequestItems"]
    if isinstance(wire.get("TransactItems"), list):
        for action in wire["TransactItems"]:
            for content in action.values() if isinstance(action, dict) else ():
                yield from names_in(content)
    lists = [wire.get(name) for name in STATEMENT_LISTS]
    for asked in [wire, *(each for some in lists if isinstance(some, list) for each in some)]:
        if isinstance(asked, dict) and isinstance(asked.get("Statement"), str):
            with suppress(DdbError):
                yield from tables_written([asked])


def status_of(reply: Answer) -> str:
    """Returns the status, with the error's code where there is one."""
    if reply.status < ERROR_FROM:
        return str(reply.status)
    with suppress(msgspec.DecodeError, KeyError, TypeError):
        wire: Any = msgspec.json.decode(answer_body(reply))
        return f"{reply.status}:{wire['__type'].rpartition('#')[2]}"
    return str(reply.status)


def units_of(seen: Seen) -> str:
    """Returns the units that were consumed, those of reads and of writes apart."""
    consumed = consumed_by(seen)
    texts = []
    for is_write, unit in ((False, "RCU"), (True, "WCU")):
        units = [each.total for each in consumed if each.write == is_write]
        texts += [f"{sum(units):.12g}{unit}"] if units else []
    return "+".join(texts) or NOTHING


def consumed_by(seen: Seen) -> list[Consumed]:
    """Returns what a request has consumed per table, whether it asked for that or not."""
    consumed = getattr(seen.answer, "consumed", None) or []
    return [consumed] if isinstance(consumed, Consumed) else list(consumed)


def request_text(asked: Request) -> str:
    """Returns a request's body, unpacked if it can be."""
    try:
        return printable(plain_body(asked.body, asked.headers.get("content-encoding", "")))
    except DdbError:
        return f"({len(asked.body)} bytes that cannot be unpacked)"


def answer_body(reply: Answer) -> bytes:
    """Returns an answer's body as it was before it was packed."""
    is_packed = (b"content-encoding", b"gzip") in reply.more_headers
    return zlib.decompress(reply.body, GZIP_WINDOW_BITS) if is_packed else reply.body


def printable_name(text: str) -> str:
    """Returns a name as one word that does nothing to a terminal; none is a dash."""
    name = printable(text[:NAME_LENGTH_MAX].encode()).replace(" ", "\\x20")
    return name or NOTHING


def printable(body: bytes) -> str:
    """Returns a text on one line, with a code for each character that is not seen."""
    text = body.decode("utf-8", "backslashreplace")
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
