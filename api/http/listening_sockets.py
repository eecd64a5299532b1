"""The socket that a server listens on, and its address."""

import socket
from typing import Final

from ddblite.api.http.policy import CannotServe

BACKLOG: Final = 4096
"""How many newcomers may wait with the system, which takes fewer where it must."""

PORT_MAX: Final = 65_535


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


def url_of(host: str, port: int, scheme: str = "http") -> str:
    """Returns the address as clients write it."""
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
