"""The operations on tables: their making, changing, describing, their tags and settings."""

from collections.abc import Callable
from typing import Any, Final

from ddblite.api.wire import decode, encode
from ddblite.api.wire.decode_control import (
    check_asking,
    check_backups,
    check_tagging,
    check_untagging,
    checked,
    nothing_more,
)
from ddblite.api.wire.members import table_of
from ddblite.api.wire.model.control_members import (
    CREATE_TABLE,
    LIST_TABLES,
    RECOVERY,
    TAGS,
    TIME_TO_LIVE,
    UPDATE_TABLE,
    of_resource,
    of_table,
)
from ddblite.api.wire.model.shapes import STRING, ListOf, Structure
from ddblite.api.wire.operation import Operation, Wire, alike
from ddblite.api.wire.operations.checks import explaining
from ddblite.engine.definitions.update_request import check_update
from ddblite.schema import control_requests, requests


def control(
    record: type[requests.Request],
    shape: Structure,
    make: Callable[[Wire], Any],
    *,
    check: Callable[[Wire], None] = nothing_more,
    encode: Callable[[Any, Any], dict[str, Any]] = encode.response,
    has_body: bool = True,
    remark: str = "",
) -> Operation:
    """Returns the row of an operation whose record is made of members that were checked."""
    return Operation(
        name=record.__name__,
        record=record,
        shape=shape,
        decode=lambda wire: make(checked(shape, check, wire)),
        encode=encode,
        checks=lambda: alike(lambda request: check(request.wire)),
        has_body=has_body,
        remark=remark,
    )


TABLE_OPERATIONS: Final = (
    Operation(
        name="CreateTable",
        record=control_requests.CreateTable,
        shape=CREATE_TABLE,
        decode=decode.create_table,
        encode=encode.changed_table,
        checks=lambda: explaining().CREATE_TABLE,
        remark="vector indexes are refused",
    ),
    Operation(
        name="DeleteTable",
        record=control_requests.DeleteTable,
        shape=of_table("DeleteTable"),
        decode=decode.delete_table,
        encode=encode.changed_table,
    ),
    Operation(
        name="DescribeTable",
        record=control_requests.DescribeTable,
        shape=of_table("DescribeTable"),
        decode=decode.describe_table,
        encode=encode.described_table,
    ),
    Operation(
        name="ListTables",
        record=control_requests.ListTables,
        shape=LIST_TABLES,
        decode=decode.list_tables,
        encode=encode.table_names,
    ),
    control(
        control_requests.DescribeContinuousBackups,
        of_table("DescribeContinuousBackups"),
        lambda given: control_requests.DescribeContinuousBackups(table_name=table_of(given)),
    ),
    control(
        control_requests.DescribeTimeToLive,
        of_table("DescribeTimeToLive"),
        lambda given: control_requests.DescribeTimeToLive(table_name=table_of(given)),
    ),
    # A token is not looked at, because all tags fit in one page.
    control(
        control_requests.ListTagsOfResource,
        of_resource("ListTagsOfResource", NextToken=STRING),
        lambda given: control_requests.ListTagsOfResource(resource_arn=given["ResourceArn"]),
        check=check_asking,
        remark="tags of tables; all in one page",
    ),
    control(
        control_requests.TagResource,
        of_resource("TagResource", "Tags", Tags=TAGS),
        lambda given: control_requests.TagResource(
            resource_arn=given["ResourceArn"], tags=given["Tags"]
        ),
        check=check_tagging,
        has_body=False,
        remark="tags of tables, not of streams",
    ),
    control(
        control_requests.UntagResource,
        of_resource("UntagResource", "TagKeys", TagKeys=ListOf(STRING)),
        lambda given: control_requests.UntagResource(
            resource_arn=given["ResourceArn"], keys=given["TagKeys"]
        ),
        check=check_untagging,
        has_body=False,
        remark="tags of tables, not of streams",
    ),
    control(
        control_requests.UpdateContinuousBackups,
        of_table(
            "UpdateContinuousBackups",
            "PointInTimeRecoverySpecification",
            PointInTimeRecoverySpecification=RECOVERY,
        ),
        lambda given: control_requests.UpdateContinuousBackups(
            table_name=table_of(given), setting=given["PointInTimeRecoverySpecification"]
        ),
        check=check_backups,
    ),
    control(
        control_requests.UpdateTable,
        UPDATE_TABLE,
        lambda given: control_requests.UpdateTable(table_name=table_of(given), changes=dict(given)),
        check=check_update,
        encode=encode.changed_table,
        remark="replicas and vector indexes are refused",
    ),
    control(
        control_requests.UpdateTimeToLive,
        of_table(
            "UpdateTimeToLive", "TimeToLiveSpecification", TimeToLiveSpecification=TIME_TO_LIVE
        ),
        lambda given: control_requests.UpdateTimeToLive(
            table_name=table_of(given), setting=given["TimeToLiveSpecification"]
        ),
        remark="may be changed as often as one likes",
    ),
)
