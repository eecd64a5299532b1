"""How many connections a process has places for: as many as its file descriptors allow.

A system gives a process a small number of descriptors (the soft limit), of which it may ask for
more (up to the hard one). Some are kept back, for the database's files, for what is leaving,
and for whatever libraries open. Windows counts no sockets among descriptors.
"""

import sys
from typing import Final

CONNECTIONS_MAX: Final = 10_000
"""Far more than a test run or a pool of workers opens; each costs some kilobytes."""

RESERVE: Final = 240
"""Descriptors that no connection takes; with these, macOS's own limit of 10,240 is just kept."""


def places_among(descriptors: int) -> int:
    """Returns for how many connections a number of descriptors leaves room."""
    return min(CONNECTIONS_MAX, descriptors - min(RESERVE, descriptors // 2))


if sys.platform == "win32":

    def places() -> int:
        """Returns for how many connections this process has room."""
        return CONNECTIONS_MAX

else:
    import resource

    def places() -> int:
        """Returns for how many connections this process has room, after asking for more."""
        wanted = CONNECTIONS_MAX + RESERVE
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft == resource.RLIM_INFINITY:
            return CONNECTIONS_MAX
        if soft >= wanted:
            return places_among(soft)
        more = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
        except (OSError, ValueError):  # a system may have a further limit
            return places_among(soft)
        return places_among(more)
