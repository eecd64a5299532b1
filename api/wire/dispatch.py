"""Every operation by its name, from wire to wire.

A request is decoded by the fast walk, carried out, and its answer encoded. Only a request
that the fast walk refuses is walked again by ``api.wire.explain``, which knows the service's order
of checks and its words. Whatever JSON-like Python comes in, what goes out is a response or
one of ``schema.errors``.

Every operation has a row in ``api.wire.operations``, whether it is carried out or not.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from ddblite.api.wire.operation import Engine, Operation
from ddblite.api.wire.operations import OPERATIONS, UNSUPPORTED
from ddblite.schema.errors import (
    InternalServerError,
    SerializationException,
    UnknownOperationException,
)
from ddblite.schema.wire import REFUSALS

NOT_A_STRUCTURE: Final = "Unexpected field type"


@dataclass(slots=True)
class Seen:
    """What a request was and came to, for whoever keeps a log; no part of its response."""

    wire: object = None
    answer: Any = None


def dispatch(
    engine: Engine, name: object, wire: object, seen: Seen | None = None
) -> dict[str, Any]:
    """Carries out an operation, or raises UnknownOperationException when there is none.

    Request and response have the shapes of the wire's JSON; B is base64 text. A name that is
    no text and a request that is no dict are answered as well.
    """
    if not isinstance(name, str) or name not in OPERATIONS:
        raise UnknownOperationException(UNSUPPORTED.get(name, "") if isinstance(name, str) else "")
    operation = OPERATIONS[name]
    if not isinstance(wire, dict):
        raise SerializationException(NOT_A_STRUCTURE)
    try:
        request = operation.decode(wire)
    except REFUSALS:
        request = None
    if request is None:
        wire, request = decoded_leniently(engine, operation, wire)
    answer = operation.carry_out(engine, request)
    if seen is not None:
        seen.answer = answer
    return operation.encode(wire, answer)


def decoded_leniently(
    engine: Engine, operation: Operation, wire: dict[str, Any]
) -> tuple[Any, Any]:
    """Returns a refused request as leniency makes it, and decoded, or raises why it is refused."""
    request = None
    if engine.lenient:
        # Imported here because a request that is in order needs no leniency.
        from ddblite.api.wire.lenient import eased

        wire = eased(operation, wire)
        with suppress(*REFUSALS):
            request = operation.decode(wire)
    if request is None:
        refuse(operation, wire, engine.wording)
    return wire, request


def refuse(operation: Operation, wire: dict[str, Any], wording: str) -> None:
    """Raises the error for a request that the fast walk refused."""
    # Imported here because most programs never send a request that has to be explained.
    from ddblite.api.wire.explain import explain

    explain(operation, wire, wording)
    message = f"{operation.name} was refused, but nothing was found wrong with it"
    raise InternalServerError(message)
