"""How many connections a process has places for: as many as its file descriptors allow.

A system gives a process a small number of descriptors (the soft limit), of which it may ask for
more (up to the hard one): our own commands do, a program that only uses us is left as it is. Some
are kept back, for the database's files, for what is leaving,
and for whatever libraries open. Windows counts no sockets among descriptors.
"""

import sys
from contextlib import suppress
from typing import Final

CONNECTIONS_MAX: Final = 10_000
"""Far more than a test run or a pool of workers opens; each costs some kilobytes."""

RESERVE: Final = 240
"""Descriptors that no connection takes; with these, macOS's own limit of 10,240 is just kept."""


def places_among(descriptors: int) -> int:
    """Returns for how many connections a number of descriptors leaves room."""
    return min(CONNECTIONS_MAX, descriptors - min(RESERVE, descriptors // 2))


if sys.platform == "win32":

    def ask_for_descriptors() -> None:
        """Does nothing: there is no such limit."""

    def places() -> int:
        """Returns for how many connections this process has room."""
        return CONNECTIONS_MAX

else:
    import resource

    def ask_for_descriptors() -> None:
        """Raises the soft limit as far as the hard one lets it, and as connections need it."""
        wanted = CONNECTIONS_MAX + RESERVE
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        more = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        if soft != resource.RLIM_INFINITY and soft < more:
            with suppress(OSError, ValueError):  # a system may have a further limit
                resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))

    def places() -> int:
        """Returns for how many connections this process has room."""
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return CONNECTIONS_MAX if soft == resource.RLIM_INFINITY else places_among(soft)
