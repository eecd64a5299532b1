"""Members of a request that do not go together, in the service's words.

Everything here is about members being there or not; what is in them is checked elsewhere. Facts:
docs/facts/validation.md, "Parameters that exclude each other".
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ddblite.api.wire.model.attribute_faults import SEVERAL_VALUES
from ddblite.api.wire.model.constraints import Step, faults_of
from ddblite.api.wire.model.members import SELECTION
from ddblite.api.wire.operation import PROJECTED, Request
from ddblite.engine.expressions import check_placeholder_keys
from ddblite.engine.operations import page_requests
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import BATCH_GET_KEYS_MAX, BATCH_WRITE_REQUESTS_MAX
from ddblite.schema.names import table_named
from ddblite.schema.wording import ENVELOPE

KEYS_REPEATED: Final = "Provided list of item keys contains duplicates"


def among(names: Sequence[str], wire: Mapping[str, Any]) -> list[str]:
    """Returns those names that a request has."""
    return [name for name in names if wire.get(name) is not None]


def check_mix(request: Request) -> None:
    """Refuses parameters of both styles in one request.

    KeyConditions goes with expressions for everything but the key.
    """
    legacy = among(request.parameters.legacy, request.wire)
    expressions = among(request.parameters.expressions, request.wire)
    if "KeyConditions" in legacy and "KeyConditionExpression" not in expressions:
        legacy.remove("KeyConditions")
    refuse_mix(legacy, expressions)


def refuse_mix(legacy: Sequence[str], expressions: Sequence[str]) -> None:
    """Raises when there are parameters of both styles."""
    if legacy and expressions:
        raise ValidationException(
            "Can not use both expression and non-expression parameters in the same request: "
            f"Non-expression parameters: {{{', '.join(legacy)}}} "
            f"Expression parameters: {{{', '.join(expressions)}}}",
            enveloped=True,
        )


def check_placeholders_allowed(request: Request) -> None:
    """Refuses placeholders without an expression, without content, or of a wrong form."""
    expressions = request.parameters.expressions
    names = request.wire.get("ExpressionAttributeNames")
    values = request.wire.get("ExpressionAttributeValues")
    if names is not None and not among(expressions, request.wire):
        raise ValidationException(
            "ExpressionAttributeNames can only be specified when using expressions", enveloped=True
        )
    check_placeholder_keys(names, None)
    takers = [name for name in expressions if name != "ProjectionExpression"]
    if values is not None and not among(takers, request.wire):
        text = "ExpressionAttributeValues can only be specified when using expressions"
        verb = "are" if len(takers) > 1 else "is"
        raise ValidationException(
            text, older=f"{text}: {' and '.join(takers)} {verb} null", enveloped=True
        )
    check_placeholder_keys(None, values)


def check_return_values(request: Request) -> None:
    """Refuses a put or delete that asks for the new item."""
    if request.wire.get("ReturnValues", "NONE") not in ("NONE", "ALL_OLD"):
        raise ValidationException("ReturnValues can only be ALL_OLD or NONE", enveloped=True)


def check_select(request: Request) -> None:
    """Refuses a Select that is none, or that contradicts the projection or the index."""
    select = request.wire.get("Select")
    if select is None:
        return
    for fault in faults_of(SELECTION, select, (Step("Select", is_member=True),)):
        raise ValidationException(ENVELOPE + fault.text())
    projections = among(("AttributesToGet", "ProjectionExpression"), request.wire)
    page_requests.refuse_select(
        select,
        projection=projections[0] if projections else None,
        index_name=request.wire.get("IndexName"),
        reads="Scanning" if request.operation == "Scan" else "Querying",
    )


def check_segments(request: Request) -> None:
    """Refuses a segment without their number, a number without a segment, and one too many."""
    page_requests.check_segments(request.wire.get("Segment"), request.wire.get("TotalSegments"))


def check_batch_is_there(request: Request) -> None:
    """Refuses a BatchGetItem of no table; the current layer did so among its constraints."""
    if not request.wire["RequestItems"]:
        raise ValidationException("The requestItems parameter is required for BatchGetItem")


def check_batch_styles(request: Request) -> None:
    """Refuses tables that are asked in different styles."""
    given = dict.fromkeys(
        (name for part in request.wire["RequestItems"].values() for name in part), True
    )
    refuse_mix(among(PROJECTED.legacy, given), among(PROJECTED.expressions, given))


def check_tables_once(request: Request) -> None:
    """Refuses a table that is asked for by name and by ARN at once; the words are ours."""
    names = request.wire["RequestItems"]
    if len({table_named(name) for name in names}) < len(names):
        raise ValidationException("RequestItems contains a table more than once")


def written_key(wire: Mapping[str, Any]) -> str:
    """Returns a key as it is written: 1000 and 1e3 are two writings of one key."""
    return repr(sorted(wire.items()))


def check_no_key_twice(request: Request) -> None:
    """Refuses keys of one table that are written alike."""
    written = [written_key(key) for key in request.wire["Keys"]]
    if len(set(written)) < len(written):
        raise ValidationException(KEYS_REPEATED)


def check_batch_get_total(request: Request) -> None:
    """Refuses more keys than a batch may have, over all tables."""
    parts = request.wire["RequestItems"].values()
    if sum(len(part["Keys"]) for part in parts) > BATCH_GET_KEYS_MAX:
        raise ValidationException("Too many items requested for the BatchGetItem call")


def check_batch_write_total(request: Request) -> None:
    """Refuses more writes than a batch may have, over all tables."""
    if sum(map(len, request.wire["RequestItems"].values())) > BATCH_WRITE_REQUESTS_MAX:
        raise ValidationException("Too many items requested for the BatchWriteItem call")


def check_one_kind(write: Mapping[str, Any]) -> None:
    """Refuses a write that is neither a put nor a delete, or both."""
    if len(write) != 1:
        raise ValidationException(SEVERAL_VALUES)
