"""What a row about an operation has: how it is read, checked, carried out and answered.

What is true of every request of an operation, whoever asks (whether it writes, shares a commit,
changes a table, and in which layer it words its refusals), is the ``kind`` of the row's record.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol

from ddblite.api.wire.model.shapes import Structure
from ddblite.schema import requests

Wire = Mapping[str, Any]


class Engine(Protocol):
    """What a door needs of the engine."""

    @property
    def wording(self) -> str:
        """``current`` or ``older``."""
        ...

    @property
    def lenient(self) -> bool:
        """Whether what AWS's local version takes is taken too."""
        ...

    def execute(self, request: Any) -> Any:
        """Carries out a request and returns its answer."""


def executed(engine: Engine, request: Any) -> Any:
    """Carries out a request that the engine knows."""
    return engine.execute(request)


class Parameters(NamedTuple):
    """The two styles of parameters of an operation, in the order in which errors list them."""

    legacy: tuple[str, ...] = ()
    expressions: tuple[str, ...] = ()


NO_PARAMETERS: Final = Parameters()
CONDITIONAL: Final = Parameters(("Expected", "ConditionalOperator"), ("ConditionExpression",))
PROJECTED: Final = Parameters(("AttributesToGet",), ("ProjectionExpression",))
UPDATED: Final = Parameters(
    ("AttributeUpdates", "Expected", "ConditionalOperator"),
    ("UpdateExpression", "ConditionExpression"),
)


@dataclass(frozen=True, slots=True)
class Request:
    """A wire request of the right types and within its constraints, without nulls.

    ``parameters`` are those of its operation that do not go together.
    ``older`` tells that the older layer refuses it; ``strange`` that it does so only because
    of what is in the request. ``values_level`` is the level of nesting at which expression
    values are.
    """

    operation: str
    wire: Mapping[str, Any]
    older: bool
    parameters: Parameters
    strange: bool = False
    values_level: int = 1


Check = Callable[[Request], None]


class Checks(NamedTuple):
    """What is checked after types and constraints, in order, in each of the two layers."""

    current: tuple[Check, ...] = ()
    older: tuple[Check, ...] = ()


def alike(*checks: Check) -> Checks:
    """Returns checks that both layers have in one order."""
    return Checks(checks, checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation.

    ``decode`` makes the record of a request that is in order, or refuses it; why, is told from
    ``shape`` and ``checks``, which are loaded for such a request only. ``parameters`` are those
    that do not go together. ``encode`` takes the request and the answer. ``has_body`` tells that
    an empty response is ``{}`` and not nothing; ``is_feature``, that it asks about what no table
    here has. ``remark`` is for docs/compatibility.md.
    """

    name: str
    record: type[requests.Request]
    shape: Structure
    decode: Callable[[Any], Any]
    encode: Callable[[Any, Any], dict[str, Any]]
    carry_out: Callable[[Any, Any], Any] = executed
    checks: Callable[[], Checks] = Checks
    parameters: Parameters = NO_PARAMETERS
    has_body: bool = True
    is_feature: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Unsupported:
    """An operation that is answered with UnknownOperationException, and the reason why.

    The reason is the error's text, in Python and on the wire, so that every client shows it. There
    it departs from the service, whose error has no text.
    """

    name: str
    reason: str
