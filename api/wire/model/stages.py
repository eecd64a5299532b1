"""Which constraint faults of a request are told: in which order, joined or alone, in which form.

A request is checked in stages. The first stage that finds something answers for all; what one
stage finds is joined into one message, in the order of the stage. The older layer had one
stage, in the order of the shapes; today's operations have several, captured on AWS in October
2026 from most regions. Those that have not left the older layer have them in both wordings.

Requests that are strange to the current layer are read by the older one: see
``api.wire.older_requests``. It then leaves the pattern of a table's name to a later stage.

Custom checks (combinations of members, attribute values, expressions) come later and elsewhere.
Facts: docs/facts/validation.md, "Two layers" and "Constraints".
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import attrgetter
from typing import Any, Final, TypeAlias

from ddblite.api.wire.model.constraints import (
    NAME_PATTERN_CLAUSE,
    TABLE_KEYS_CLAUSE,
    Fault,
    length_clauses,
    member_faults,
)
from ddblite.api.wire.model.shapes import MapOf, Structure, TableName
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import NAME_LENGTH_MAX, NAME_LENGTH_MIN
from ddblite.schema.names import is_arn
from ddblite.schema.wording import CURRENT, OLDER, layer_of

Wire: TypeAlias = Mapping[str, Any]

Part: TypeAlias = Callable[[Sequence[Fault], Wire], Iterator[str]]
"""Yields the texts of those faults of a request that a stage is about."""

FAULTS_LISTED_MAX: Final = 10

NAME_REQUIRED: Final = "The parameter 'TableName' is required but was not present in the request"
NAME_LENGTH: Final = "TableName must be at least 3 characters long and at most 255 characters long"
RETURNS_OLD: Final = "ReturnValues can only be ALL_OLD or NONE"
NO_REQUESTS: Final = "The requestItems parameter is required for BatchWriteItem"
NO_ACTION: Final = (
    "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request"
)
SEVERAL_ACTIONS: Final = "TransactItems can only contain one of Check, Put, Update or Delete"


@dataclass(frozen=True, slots=True)
class Stage:
    """What is looked at together; a ``bare`` one tells its first fault without a count."""

    parts: tuple[Part, ...]
    bare: bool = False

    def refusal(self, faults: Sequence[Fault], wire: Wire) -> str | None:
        """Returns the message for what this stage finds, or None when it finds nothing."""
        found = (text for part in self.parts for text in part(faults, wire))
        texts = list(islice(found, 1 if self.bare else FAULTS_LISTED_MAX))
        if not texts or self.bare:
            return texts[0] if texts else None
        plural = "s" if len(texts) > 1 else ""
        return f"{len(texts)} validation error{plural} detected: {'; '.join(texts)}"


def stage(*parts: Part) -> Stage:
    """Returns the stage that joins what some parts find."""
    return Stage(parts)


def about(
    *members: str,
    when: Callable[[Fault], bool] = lambda _fault: True,
    text: Callable[[Fault], str] = Fault.text,
) -> Part:
    """Returns the part for the faults of some members, one member after another."""

    def told(faults: Sequence[Fault], _wire: Wire) -> Iterator[str]:
        for member in members:
            for fault in faults:
                if fault.member == member and when(fault):
                    yield text(fault)

    return told


def others(*members: str, when: Callable[[Fault], bool] = lambda _fault: True) -> Part:
    """Returns the part for the faults of all members but some, in the order of the shape."""

    def told(faults: Sequence[Fault], _wire: Wire) -> Iterator[str]:
        for fault in faults:
            if fault.member not in members and when(fault):
                yield fault.text()

    return told


def nameless(choices: str) -> Callable[[Fault], str]:
    """Returns the form in which the current layer names neither member nor value."""
    text = f"Failed to satisfy constraint: Member must satisfy enum value set: [{choices}]"
    return lambda _fault: text


def is_empty(fault: Fault) -> bool:
    """Whether what is at fault is a text without characters."""
    return bool(fault.value == "")


def is_told(fault: Fault) -> bool:
    """Whether a fault of a name is told where its length is wrong: its pattern is not then."""
    if fault.clause != NAME_PATTERN_CLAUSE:
        return True
    return not any(length_clauses(fault.value))


def is_bad_name(fault: Fault) -> bool:
    """Whether a fault is one that the older layer's model of a table's name does not know."""
    return isinstance(fault.shape, TableName) and bool(fault.value)


def is_empty_batch(fault: Fault) -> bool:
    """Whether what is at fault is a RequestItems without a table."""
    return isinstance(fault.shape, MapOf) and fault.shape.table_keys and not fault.value


def is_of_keys(fault: Fault) -> bool:
    """Whether a fault is of how many keys there are for a table."""
    return fault.path[-1].text == "Keys" and fault.value is not None


def is_without_keys(fault: Fault) -> bool:
    """Whether a fault is that there are no keys for a table."""
    return is_of_keys(fault) and not fault.value


def is_whole(fault: Fault) -> bool:
    """Whether a fault is of a member as a whole, and not of something inside of it."""
    return len(fault.path) == 1


def is_of_batch_names(fault: Fault) -> bool:
    """Whether a fault is of the names of a batch's tables."""
    return fault.clause == TABLE_KEYS_CLAUSE


def is_inside(fault: Fault) -> bool:
    """Whether a fault is inside of an action, other than of the name of its table."""
    return not is_whole(fault) and not is_name_inside(fault)


def is_name_inside(fault: Fault) -> bool:
    """Whether a fault is of the name of an action's table, which is there."""
    return isinstance(fault.shape, TableName) and fault.value is not None


def names_inside(faults: Sequence[Fault], _wire: Wire) -> Iterator[str]:
    """Yields what is wrong with the names of actions' tables, of each its length first."""
    for _, found in groupby(filter(is_name_inside, faults), key=attrgetter("path")):
        for fault in sorted(found, key=lambda fault: fault.clause == NAME_PATTERN_CLAUSE):
            yield fault.text()


def without_requests(_faults: Sequence[Fault], wire: Wire) -> Iterator[str]:
    """Yields that a BatchWriteItem is of no table."""
    if wire.get("RequestItems") == {}:
        yield NO_REQUESTS


def not_one_action(_faults: Sequence[Fault], wire: Wire) -> Iterator[str]:
    """Yields that an entry of a transaction has no action, or several."""
    for entry in wire["TransactItems"]:
        if len(entry) != 1:
            yield SEVERAL_ACTIONS if entry else NO_ACTION


def returns_new(faults: Sequence[Fault], wire: Wire) -> Iterator[str]:
    """Yields that a delete returns nothing new, unless its key is missing."""
    about_it = {"ReturnValues", "Key"}
    if not any(fault.member in about_it for fault in faults) and wire.get(
        "ReturnValues", "NONE"
    ) not in ("NONE", "ALL_OLD"):
        yield RETURNS_OLD


EMPTY_NAME: Final = about("TableName", when=is_empty, text=Fault.short_text)
NAME: Final = about("TableName", when=is_told)
CAPACITY: Final = about("ReturnConsumedCapacity")
RETURN_VALUES: Final = about(
    "ReturnValues", text=nameless("ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE")
)
METRICS: Final = about("ReturnItemCollectionMetrics")
ON_FAILURE: Final = about("ReturnValuesOnConditionCheckFailure")


def without_a_name(faults: Sequence[Fault], wire: Wire) -> Iterator[str]:
    """Yields that there is no name, and what is wrong with ReturnValues beside that."""
    if wire.get("TableName") is None:
        yield from NAME(faults, wire)
        yield from RETURN_VALUES(faults, wire)


WRITE: Final = (NAME, CAPACITY, RETURN_VALUES, METRICS, ON_FAILURE)
OTHERS: Final = others(
    *("TableName", "ReturnConsumedCapacity", "ReturnValues", "ReturnItemCollectionMetrics"),
    *("ReturnValuesOnConditionCheckFailure", "ConditionalOperator"),
    *("Select", "Limit", "Segment", "TotalSegments"),
    when=lambda fault: not fault.is_of_legacy_word,
)
"""What has no place of its own; Select and legacy words are looked at later, by ``api``."""

ALL: Final = (stage(others(when=lambda fault: not is_empty_batch(fault))),)
"""The older layer; an empty batch has words of its own there, after the constraints."""

STAGES: Final[Mapping[str, tuple[Stage, ...]]] = {
    "PutItem": (stage(EMPTY_NAME), stage(*WRITE, OTHERS)),
    "DeleteItem": (stage(EMPTY_NAME), stage(*WRITE, OTHERS, returns_new)),
    "UpdateItem": (
        stage(EMPTY_NAME),
        stage(without_a_name),
        stage(about("TableName")),
        stage(RETURN_VALUES),
        Stage((ON_FAILURE,), bare=True),
        stage(METRICS),
        Stage((CAPACITY,), bare=True),
        stage(OTHERS),
    ),
    "GetItem": (stage(EMPTY_NAME), stage(NAME, CAPACITY, OTHERS)),
    "Query": (
        stage(about("Limit", text=Fault.short_text), EMPTY_NAME),
        stage(NAME, CAPACITY, OTHERS),
    ),
    "Scan": (
        stage(about("Limit", "Segment", "TotalSegments", text=Fault.short_text), EMPTY_NAME),
        stage(NAME, CAPACITY, OTHERS),
    ),
    "BatchGetItem": (
        stage(about("RequestItems", when=is_empty_batch, text=Fault.short_text)),
        stage(about("RequestItems", when=is_without_keys, text=Fault.short_text)),
        stage(
            about("RequestItems", when=is_whole, text=Fault.json_text),
            CAPACITY,
            about("RequestItems", when=lambda fault: not is_whole(fault) and not is_of_keys(fault)),
        ),
        stage(about("RequestItems", when=is_of_keys, text=Fault.short_text)),
    ),
    "BatchWriteItem": (
        Stage((without_requests,), bare=True),
        stage(
            about("RequestItems", when=lambda fault: not is_of_batch_names(fault)),
            CAPACITY,
            METRICS,
        ),
        stage(about("RequestItems")),
    ),
    "TransactWriteItems": (
        stage(about("TransactItems", when=is_whole)),
        stage(
            about("TransactItems", when=is_inside), about("ClientRequestToken"), CAPACITY, METRICS
        ),
        Stage((not_one_action,), bare=True),
        stage(names_inside),
    ),
    "TransactGetItems": (
        stage(about("TransactItems", when=is_whole)),
        stage(about("TransactItems", when=is_inside), CAPACITY),
        stage(names_inside),
    ),
}
"""The stages of the operations that have more than one."""

STRANGE: Final = (
    stage(others(when=lambda fault: not is_bad_name(fault))),
    stage(about("TableName", when=is_told)),
)
STRANGE_STAGES: Final[Mapping[str, tuple[Stage, ...]]] = {
    "UpdateItem": (
        stage(
            CAPACITY,
            about("TableName", when=lambda fault: not is_bad_name(fault)),
            about("ReturnValues"),
            ON_FAILURE,
            METRICS,
            OTHERS,
        ),
        *STRANGE,
    ),
}
"""The stages of requests that only the older layer reads, where they are not ``STRANGE``."""


def check_constraints(
    operation: str, shape: Structure, wire: Wire, wording: str, *, strange: bool = False
) -> None:
    """Raises ValidationException when members are missing or out of bounds.

    The members must be of the right JSON types: ``api.wire.model.json_types`` comes first.
    """
    check_controlled_name(shape, wire, wording)
    faults = tuple(member_faults(shape, wire, ()))
    for each in stages_of(operation, wording, strange=strange):
        message = each.refusal(faults, wire)
        if message is not None:
            raise ValidationException(message)


def stages_of(operation: str, wording: str, *, strange: bool) -> tuple[Stage, ...]:
    """Returns the stages in which a request is checked."""
    if strange:
        return STRANGE_STAGES.get(operation, STRANGE)
    has_left = wording == OLDER and not layer_of(operation, CURRENT).older
    return ALL if has_left else STAGES.get(operation, ALL)


def check_controlled_name(shape: Structure, wire: Wire, wording: str) -> None:
    """Checks the name of a table in the control plane, which comes before all constraints."""
    wanted = shape.members.get("TableName")
    if not isinstance(wanted, TableName) or not wanted.control:
        return
    name = wire.get("TableName")
    if name is None:
        raise ValidationException(NAME_REQUIRED)
    fits = NAME_LENGTH_MIN <= len(name) <= NAME_LENGTH_MAX
    if wording == OLDER and not fits and not is_arn(name):
        raise ValidationException(NAME_LENGTH)
