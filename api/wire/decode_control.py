"""Wire requests of the control plane to engine requests: tables, tags, features.

They are rare, so one function checks them all as the explaining walk does: types, constraints,
then what the operation itself has to say. Only CreateTable and its plain relatives are still in
``api.wire.decode``.
"""

from collections.abc import Callable
from typing import Any, Final

from ddblite.api.wire.members import Wire, require, table_of
from ddblite.api.wire.model import feature_members
from ddblite.api.wire.model.constraints import member_faults
from ddblite.api.wire.model.json_types import check_types, present
from ddblite.api.wire.model.members import OPERATIONS
from ddblite.engine.definitions.recorded_settings import check_recovery
from ddblite.engine.definitions.tag_rules import check_new_tags, check_old_keys, check_resource
from ddblite.engine.definitions.update_request import check_update
from ddblite.schema import control_requests
from ddblite.schema.names import is_arn, table_named
from ddblite.schema.wording import invalid

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


CHECKS: Final[dict[str, Callable[[Wire], None]]] = {
    "UpdateTable": check_update,
    "TagResource": check_tagging,
    "UntagResource": check_untagging,
    "ListTagsOfResource": check_asking,
    "GetResourcePolicy": check_asking,
    "ListBackups": check_times,
    "UpdateContinuousBackups": check_backups,
}
"""What comes after types and constraints, for operations that have more to check."""


def checked(operation: str, wire: Wire) -> dict[str, Any]:
    """Returns the members that are there, with nothing wrong about them."""
    shape = OPERATIONS[operation]
    check_types(shape, wire)
    given: dict[str, Any] = present(shape, wire)
    require(next(member_faults(shape, given, ()), None) is None)
    if operation in CHECKS:
        CHECKS[operation](given)
    return given


def update_table(wire: Wire) -> control_requests.UpdateTable:
    """Decodes UpdateTable: its members with nulls and unknown ones left out."""
    changes = checked("UpdateTable", wire)
    name = table_of(changes)
    return control_requests.UpdateTable(table_name=name, changes=changes)


def tag_resource(wire: Wire) -> control_requests.TagResource:
    """Decodes TagResource."""
    given = checked("TagResource", wire)
    return control_requests.TagResource(resource_arn=given["ResourceArn"], tags=given["Tags"])


def untag_resource(wire: Wire) -> control_requests.UntagResource:
    """Decodes UntagResource."""
    given = checked("UntagResource", wire)
    return control_requests.UntagResource(resource_arn=given["ResourceArn"], keys=given["TagKeys"])


def list_tags(wire: Wire) -> control_requests.ListTagsOfResource:
    """Decodes ListTagsOfResource; a token is not looked at, because all tags fit in one page."""
    given = checked("ListTagsOfResource", wire)
    return control_requests.ListTagsOfResource(resource_arn=given["ResourceArn"])


def update_time_to_live(wire: Wire) -> control_requests.UpdateTimeToLive:
    """Decodes UpdateTimeToLive."""
    given = checked("UpdateTimeToLive", wire)
    return control_requests.UpdateTimeToLive(
        table_name=table_of(given), setting=given["TimeToLiveSpecification"]
    )


def describe_time_to_live(wire: Wire) -> control_requests.DescribeTimeToLive:
    """Decodes DescribeTimeToLive."""
    given = checked("DescribeTimeToLive", wire)
    return control_requests.DescribeTimeToLive(table_name=table_of(given))


def update_continuous_backups(wire: Wire) -> control_requests.UpdateContinuousBackups:
    """Decodes UpdateContinuousBackups."""
    given = checked("UpdateContinuousBackups", wire)
    return control_requests.UpdateContinuousBackups(
        table_name=table_of(given),
        setting=given["PointInTimeRecoverySpecification"],
    )


def describe_continuous_backups(wire: Wire) -> control_requests.DescribeContinuousBackups:
    """Decodes DescribeContinuousBackups."""
    given = checked("DescribeContinuousBackups", wire)
    return control_requests.DescribeContinuousBackups(table_name=table_of(given))


SUBJECTS: Final = ("TableName", "ResourceArn", "GlobalTableName", "TableArn")
"""Members that say what a question is about."""


def absent_feature(operation: str) -> Callable[[Wire], control_requests.AbsentFeature]:
    """Returns the decoder of an operation about a feature that no table here has."""
    subjects = (*SUBJECTS, feature_members.NAMED_BY_ARN.get(operation, ""))

    def decode(wire: Wire) -> control_requests.AbsentFeature:
        given = checked(operation, wire)
        subject = next((given[name] for name in subjects if name in given), "")
        return control_requests.AbsentFeature(
            operation=operation,
            resource=subject_of(subject) if "TableName" in given else subject,
            index_name=given.get("IndexName"),
        )

    return decode


def subject_of(name: str) -> str:
    """Returns the table of a name or ARN."""
    return (table_named(name) or name) if is_arn(name) else name
