"""Whom a server answers: the hosts it goes by, the web pages it trusts, the keys it knows.

* Without access keys of its own a server takes every key and every signature, so it serves
  nobody but this machine.
* A ``Host`` that is not the server's own is a name that somebody else has pointed at it.
* An ``Origin`` is a web page. None is trusted that was not named, letter by letter.
* What they say to each other may be encrypted.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Final, NamedTuple

from ddblite.schema.errors import DdbError

HTTP_PORT: Final = 80
HTTPS_PORT: Final = 443
"""The ports that a client leaves out of its Host."""

ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#@*,]+")
"""A scheme, a host and perhaps a port, and nothing behind it: no page says more of itself."""

HOST_NAME: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")


class CannotServe(DdbError):  # noqa: N818 - a plain name, as for files that cannot be opened
    """The server cannot be started; the message is a sentence for whoever started it."""


class TlsFiles(NamedTuple):
    """Where a certificate, with those that vouch for it, and its key are."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Policy:
    """Whom a server answers; the default is programs on this machine, whatever their keys."""

    hosts: frozenset[str] = frozenset()
    """In lower case, as they may stand in a Host header; ``at`` adds the server's own."""

    origins: frozenset[str] = frozenset()

    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The secret of each access key. Without any, all keys are taken."""

    plays_local: bool = False
    """Whether ``GET /`` is answered as by AWS's own local version, which some tools wait for."""

    tls: TlsFiles | None = None
    """What connections are encrypted with, if they are."""

    @property
    def scheme(self) -> str:
        """How the address of a server begins."""
        return "http" if self.tls is None else "https"

    def at(self, host: str, port: int) -> "Policy":
        """Returns the policy of a server that listens there."""
        usual_port = HTTP_PORT if self.tls is None else HTTPS_PORT
        return replace(self, hosts=hosts_of(host, port, self.hosts, usual_port))

    def check(self, host: str) -> None:
        """Raises CannotServe when friend could not be told from stranger on this address."""
        if not host:
            raise CannotServe("The address to listen on is empty")
        if not self.secrets and not is_loopback(host):
            raise CannotServe(
                f"{host} is not a loopback address such as 127.0.0.1, and without credentials to "
                "check, only this machine is served: --credentials FILE names some"
            )
        for name in sorted(self.hosts):
            if not HOST_NAME.fullmatch(name):
                raise CannotServe(f"{name!r} is not the name of a host, with or without a port")
        for origin in sorted(self.origins):
            if not ORIGIN.fullmatch(origin):
                raise CannotServe(
                    f"{origin!r} is not an origin such as http://localhost:3000; origins are "
                    "compared letter by letter"
                )


def hosts_of(
    host: str, port: int, names: Iterable[str] = (), usual_port: int = HTTP_PORT
) -> frozenset[str]:
    """Returns the Host headers that mean a server on this address: its own and loopback's.

    Of further names, one without a port means any way to reach this port by that name: as it
    is, or as something in front of the server passes it on.
    """
    own = f"[{host}]" if ":" in host else host
    known = {"localhost", "127.0.0.1", "[::1]", own.lower()}
    named = {f"{name}:{port}" for name in known}
    if port == usual_port:
        named |= known
    for name in map(str.lower, names):
        named.add(name)
        if not name.rpartition("]")[2].count(":"):
            named.add(f"{name}:{port}")
    return frozenset(named)


def is_loopback(host: str) -> bool:
    """Whether an address cannot be reached from other machines; of names, only localhost."""
    try:
        return host.lower() == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
