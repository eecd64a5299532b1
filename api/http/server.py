"""``ddblite serve``: one database file behind DynamoDB's HTTP interface.

Only loopback addresses are served for now: another one would need credentials, and there are
none yet to be configured.
"""

import socket
import sys
from collections.abc import Callable
from importlib.util import find_spec
from ipaddress import ip_address
from typing import Final

from ddblite.api.database import connect
from ddblite.schema.errors import DdbError

BACKLOG: Final = 128
PORT_MAX: Final = 65_535


class CannotServe(DdbError):  # noqa: N818 - a plain name, as for files that cannot be opened
    """The server cannot be started; the message is a sentence for whoever started it."""


def print_line(line: str) -> None:
    """Prints a line at once, also when nobody is at a terminal."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def serve(
    path: str,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    wording: str = "current",
    table_delay_s: float = 0,
    announce: Callable[[str], None] = print_line,
) -> None:
    """Serves a database until Ctrl-C or SIGTERM; the file is made when there is none.

    Announces ``listening on http://HOST:PORT`` when ready; port 0 takes a free one. Requests
    that have begun are finished before it returns. Raises CannotServe when it cannot start,
    and FileError when the file cannot be opened.
    """
    require_libraries()
    require_loopback(host)
    # Imported here because it needs the extra, whose absence deserves a sentence.
    from ddblite.api.http import listening

    with listening_socket(host, port) as listener:
        url = url_of(host, listener.getsockname()[1])
        database = connect(path, wording=wording, table_delay_s=table_delay_s)
        listening.run(database, host, listener, lambda: announce(f"listening on {url}"))


def require_libraries() -> None:
    """Raises CannotServe when the extra is not installed."""
    missing = [name for name in ("uvicorn", "httptools") if find_spec(name) is None]
    if missing:
        raise CannotServe(
            f"The server needs {' and '.join(missing)}: pip install 'ddblite[server]'"
        )


def require_loopback(host: str) -> None:
    """Raises CannotServe for an address that other machines could reach."""
    if host.lower() == "localhost":
        return
    try:
        is_loopback = ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise CannotServe(
            f"{host} is not a loopback address such as 127.0.0.1, and without credentials to "
            "check, only this machine is served"
        )


def listening_socket(host: str, port: int) -> socket.socket:
    """Returns a socket that listens, or raises CannotServe when the port is not to be had."""
    if not 0 <= port <= PORT_MAX:
        raise CannotServe(f"Port {port} is not between 0 and {PORT_MAX}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as fault:
        raise CannotServe(f"Cannot listen on {url_of(host, port)}: {fault.strerror}") from fault
    # Connections inherit it. asyncio sets it only where a socket names its protocol, which those
    # of create_server do not: an answer in two pieces would then wait 40 ms for the client's ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def url_of(host: str, port: int) -> str:
    """Returns the address as clients write it."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
