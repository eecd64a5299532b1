"""Wire requests of the control plane, checked: tables, tags, settings, features.

They are rare, so one function checks them all as the explaining walk does: types, constraints,
then what the operation itself has to say. The rows of ``api.wire.operations`` make their records.
"""

from collections.abc import Callable
from typing import Any, Final

from ddblite.api.wire.members import Wire, require
from ddblite.api.wire.model.constraints import member_faults
from ddblite.api.wire.model.json_types import check_types, present
from ddblite.api.wire.model.shapes import Structure
from ddblite.engine.definitions.tag_rules import check_new_tags, check_old_keys, check_resource
from ddblite.engine.definitions.time_settings import check_recovery
from ddblite.schema import control_requests
from ddblite.schema.names import is_arn, table_named
from ddblite.schema.wording import invalid

Check = Callable[[Wire], None]

UNORDERED_TIMES: Final = "Time range lower bound must be less than or equal to upper bound"


def check_tagging(given: Wire) -> None:
    """Checks the ARN and the tags of TagResource."""
    check_resource(given["ResourceArn"])
    check_new_tags(given["Tags"])


def check_untagging(given: Wire) -> None:
    """Checks the ARN and the keys of UntagResource."""
    check_resource(given["ResourceArn"])
    check_old_keys(given["TagKeys"])


def check_asking(given: Wire) -> None:
    """Checks the ARN of an operation that only asks."""
    check_resource(given["ResourceArn"])


def check_times(given: Wire) -> None:
    """Refuses a range of times that ends before it begins."""
    lower, upper = given.get("TimeRangeLowerBound"), given.get("TimeRangeUpperBound")
    if lower is not None and upper is not None and lower > upper:
        raise invalid(UNORDERED_TIMES)


def check_backups(given: Wire) -> None:
    """Checks the setting of UpdateContinuousBackups."""
    check_recovery(given["PointInTimeRecoverySpecification"])


def checked(shape: Structure, check: Check, wire: Wire) -> dict[str, Any]:
    """Returns the members that are there, with nothing wrong about them."""
    check_types(shape, wire)
    given: dict[str, Any] = present(shape, wire)
    require(next(member_faults(shape, given, ()), None) is None)
    check(given)
    return given


def nothing_more(_given: Wire) -> None:
    """Checks nothing beside types and constraints."""


SUBJECTS: Final = ("TableName", "ResourceArn", "GlobalTableName", "TableArn")
"""Members that say what a question is about."""


def absent_feature(operation: str, subject: str, given: Wire) -> control_requests.AbsentFeature:
    """Returns the request of an operation about a feature that no table here has.

    ``subject`` is the member that says what it is about, unless that is one of the usual ones.
    """
    about = next((given[name] for name in (*SUBJECTS, subject) if name in given), "")
    return control_requests.AbsentFeature(
        operation=operation,
        resource=subject_of(about) if "TableName" in given else about,
        index_name=given.get("IndexName"),
    )


def subject_of(name: str) -> str:
    """Returns the table of a name or ARN."""
    return (table_named(name) or name) if is_arn(name) else name
