"""Members that operations share which are about features that tables here do not have."""

from typing import Final

from ddblite.api.wire.model.control_members import (
    INDEX_NAME,
)
from ddblite.api.wire.model.shapes import (
    Shape,
    Structure,
    TableName,
    Text,
    Whole,
    structure,
)
from ddblite.schema.limits import FEATURE_ARN_LENGTH_MIN
from ddblite.schema.names import ARN_LENGTH_MAX

FEATURE_ARN: Final = Text(FEATURE_ARN_LENGTH_MIN, ARN_LENGTH_MAX)
TABLE_ARN: Final = Text(1, ARN_LENGTH_MAX)
PAGE: Final = Whole(1, 25)
HEX_TOKEN_PATTERN: Final = "([0-9a-f]{16})+"  # noqa: S105 - a pattern of cursors
SCALING: Final = structure("AutoScalingSettingsUpdate")
PRECISION: Final = Text(choices=("MICROSECOND", "MILLISECOND"))


def of_global_table(operation: str, required: str = "", **members: Shape) -> Structure:
    """Returns the members of an operation of the older kind of global tables."""
    return structure(
        f"{operation}Input", f"GlobalTableName {required}", GlobalTableName=INDEX_NAME, **members
    )


def of_kinesis(operation: str, **members: Shape) -> Structure:
    """Returns the members of an operation on one Kinesis destination of a table."""
    return structure(
        f"{operation}Input",
        "TableName StreamArn",
        TableName=TableName(control=True),
        StreamArn=FEATURE_ARN,
        **members,
    )
