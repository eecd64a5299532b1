"""``ddblite serve``: one database file behind DynamoDB's HTTP interface.

An address that other machines reach is served only with credentials to check.
"""

import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Final

from ddblite.api.http.connection_slots import ask_for_descriptors, places
from ddblite.api.http.listening_sockets import listening_socket, url_of
from ddblite.api.http.policy import CannotServe, Policy, is_loopback
from ddblite.api.http.tls import tls_context
from ddblite.api.python.connecting import connect
from ddblite.api.python.options import Wording

WORKERS_MAX: Final = 64

LOCAL: Final = Policy()
"""Programs on this machine."""


def print_line(line: str) -> None:
    """Prints a line at once, also when nobody is at a terminal."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def print_remark(line: str) -> None:
    """Prints what is not part of the output."""
    sys.stderr.write(f"ddblite: {line}\n")
    sys.stderr.flush()


def serve(  # noqa: PLR0913 - one for each option
    path: str,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    wording: Wording = "current",
    table_delay_s: float = 0,
    lenient: bool = False,
    policy: Policy = LOCAL,
    workers: int = 1,
    log: str = "",
    scrub_hours: float = 0,
    key: str | bytes | None = None,
    announce: Callable[[str], None] = print_line,
) -> None:
    """Serves a database until Ctrl-C or SIGTERM; the file is made when there is none.

    Announces ``listening on http://HOST:PORT`` when ready; port 0 takes a free one. With a policy
    of TLS it is https, and files that cannot be used are noticed before anything is made. Requests
    that have begun are finished before it returns. Who is let in is said on standard error first,
    when that is not this machine alone. With several workers, as many processes share the file and
    the port. With ``log``, "lines" or "full", requests are written to standard error. The file is
    scrubbed in idle moments, once in ``scrub_hours`` unless these are 0.
    Raises CannotServe when it cannot start, and FileError when the file cannot be opened.
    """
    require_libraries(policy)
    policy.check(host)
    check_workers(workers, path, table_delay_s)
    if policy.tls is not None:
        tls_context(policy.tls)
    # Imported here because it needs the extra, whose absence deserves a sentence.
    from ddblite.api.http import listening

    ask_for_descriptors()
    with listening_socket(host, port) as listener:
        bound = listener.getsockname()[1]
        here = policy.at(host, bound)
        database = connect(
            path, wording=wording, table_delay_s=table_delay_s, lenient=lenient, key=key
        )
        for fact in facts(here, host):
            print_remark(fact)
        ready = f"listening on {url_of(host, bound, here.scheme)}"
        if workers == 1:
            listening.run(database, here, listener, lambda: announce(ready), log, scrub_hours)
            return
        from ddblite.api.http.workers import Task, run

        task = Task(database.engine.storage.path, wording, here, places(), lenient, log, key)
        run(database, task, workers, listener, lambda: announce(ready), scrub_hours)


def check_workers(workers: int, path: str, table_delay_s: float) -> None:
    """Raises CannotServe when a database cannot be served by so many processes."""
    if not 1 <= workers <= WORKERS_MAX:
        raise CannotServe(f"The number of workers is from 1 to {WORKERS_MAX}")
    if workers > 1 and path == ":memory:":
        raise CannotServe("A database in memory is in one process; several workers need a file")
    if workers > 1 and table_delay_s:
        raise CannotServe("Each worker would see table delays of its own; they need one worker")


def facts(policy: Policy, host: str) -> Iterator[str]:
    """Yields who is let in, in sentences; nothing when that is any program of this machine."""
    if policy.secrets:
        yield f"signatures are checked; access keys known: {len(policy.secrets)}"
    if not is_loopback(host):
        encrypted = "not encrypted" if policy.tls is None else "encrypted"
        yield f"other machines reach this address; what they send and get is {encrypted}"
        yield f"a request's Host must be one of {', '.join(sorted(policy.hosts))}"
    if policy.origins:
        yield f"web pages of {', '.join(sorted(policy.origins))} may send requests"


def require_libraries(policy: Policy = LOCAL) -> None:
    """Raises CannotServe when an extra that this server needs is not installed."""
    missing = [name for name in ("uvicorn", "httptools") if find_spec(name) is None]
    if missing:
        raise CannotServe(
            f"The server needs {' and '.join(missing)}: pip install 'ddblite[server]'"
        )
    if policy.secrets and find_spec("botocore") is None:
        raise CannotServe("Checking signatures needs botocore: pip install 'ddblite[boto3]'")
