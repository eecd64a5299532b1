"""What is being read from a client, and how its connection lives.

The transitions::

NOTHING_YET --first byte--> REQUEST --its end--> NOTHING_YET, or behind the last NOTHING_MORE
|  ^
Expect, but others first     v  |  "100 Continue" was sent
AWAITED_BODY
any --refused, the client's end, left, lost--> NOTHING_MORE

OPEN --the last request, the client's end, shutdown--> ENDING --all is answered--> closed
OPEN or ENDING --an answer that is the last--> LEAVING --a deadline, or the client--> closed

A client that asks for nothing may stay for as long as there are places. One that sends or reads
slowly may stop for minutes, as at a breakpoint; when places are short, for seconds.
"""

from enum import Enum, auto
from typing import Final


class Reading(Enum):
    """What is being read from a client."""

    NOTHING_YET = auto()
    REQUEST = auto()
    AWAITED_BODY = auto()
    """A request whose body the client sends only when it is told to."""
    NOTHING_MORE = auto()
    """Whatever still comes is not heard."""


# By themselves, because to ask an enumeration for a member takes Python 3.11 a third of a
# microsecond, and a connection asks ten times a request.
NOTHING_YET: Final = Reading.NOTHING_YET
REQUEST: Final = Reading.REQUEST
AWAITED_BODY: Final = Reading.AWAITED_BODY
NOTHING_MORE: Final = Reading.NOTHING_MORE
COMING: Final = (REQUEST, AWAITED_BODY)


class Life(Enum):
    """How a connection lives."""

    OPEN = auto()
    ENDING = auto()
    """It ends as soon as what has begun to come is answered."""
    LEAVING = auto()
    """Nothing more is sent, and what comes is thrown away."""


OPEN: Final = Life.OPEN
ENDING: Final = Life.ENDING
LEAVING: Final = Life.LEAVING
