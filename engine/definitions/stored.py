"""The definition of a table as a file keeps it: CreateTable's members and what changes leave.

A file may come from anybody, with checksums that are right. A definition is therefore looked at
once more when it is read: here is what each member may be. Members that are not here are passed
over, since a newer version may have written them.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct, convert, field

from ddblite.engine.definitions.create_table import check_attribute_names, check_key_schemas
from ddblite.engine.definitions.describe import Moment, table_description
from ddblite.schema.errors import RequestError
from ddblite.schema.limits import (
    EXPIRY_ATTRIBUTE_LENGTH_MAX,
    KEY_ATTRIBUTE_NAME_BYTES_MAX,
    NAME_LENGTH_MAX,
    NAME_LENGTH_MIN,
    PROJECTED_ATTRIBUTES_MAX,
    RECOVERY_DAYS_MAX,
)
from ddblite.schema.names import NAME_PATTERN
from ddblite.schema.tables import index_definitions, table_spec

LATEST_S: Final = 253_402_300_799
"""The last second of the year 9999, and of what calendars take."""

Name = Annotated[
    str, Meta(min_length=NAME_LENGTH_MIN, max_length=NAME_LENGTH_MAX, pattern=rf"^{NAME_PATTERN}\Z")
]
Attribute = Annotated[str, Meta(min_length=1, max_length=KEY_ATTRIBUTE_NAME_BYTES_MAX)]
Time = Annotated[float, Meta(ge=0, le=LATEST_S)]
Count = Annotated[int, Meta(ge=0)]


class Member(Struct, rename="pascal", omit_defaults=True):
    """A structure of the request, its members by their names there."""


class Throughput(Member):
    """Provisioned capacity units per second."""

    write_capacity_units: Annotated[int, Meta(ge=1)]
    read_capacity_units: Annotated[int, Meta(ge=1)]


class OnDemandThroughput(Member):
    """Bounds of what is used on demand."""

    max_read_request_units: int = -1
    max_write_request_units: int = -1


class WarmThroughput(Member):
    """What a table can take at once."""

    read_units_per_second: int = 0
    write_units_per_second: int = 0


class KeyElement(Member):
    """An attribute of a key."""

    attribute_name: Attribute
    key_type: Literal["HASH", "RANGE"]


class Definition(Member):
    """The type of an attribute of a key."""

    attribute_name: Attribute
    attribute_type: Literal["B", "N", "S"]


class Projection(Member):
    """What an index carries."""

    projection_type: Literal["ALL", "INCLUDE", "KEYS_ONLY"] = "ALL"
    non_key_attributes: Annotated[
        list[Attribute], Meta(min_length=1, max_length=PROJECTED_ATTRIBUTES_MAX)
    ] = field(default_factory=lambda: [""])


class LocalIndex(Member):
    """A local secondary index."""

    projection: Projection
    index_name: Name
    key_schema: Annotated[list[KeyElement], Meta(min_length=1, max_length=2)]


class Changed(Member):
    """What changes of capacity leave behind, in a table or a global index."""

    last_increase_date_time: Time = 0
    last_decrease_date_time: Time = 0
    number_of_decreases_today: Count = 0
    provisioned_throughput: Throughput | None = None
    on_demand_throughput: OnDemandThroughput | None = None
    warm_throughput: WarmThroughput | None = None


class GlobalIndex(Changed, kw_only=True):
    """A global secondary index."""

    projection: Projection
    index_name: Name
    key_schema: Annotated[list[KeyElement], Meta(min_length=1)]


class Stream(Member):
    """The setting of a table's stream."""

    stream_enabled: bool
    stream_view_type: (
        Literal["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"] | None
    ) = None


class Encryption(Member):
    """The setting of encryption at rest."""

    enabled: bool = False
    sse_type: Literal["AES256", "KMS"] = field(name="SSEType", default="KMS")
    master_key_id: str = field(name="KMSMasterKeyId", default="")


class Tag(Member):
    """A tag."""

    key: str
    value: str


class TimeToLive(Member):
    """The setting of time to live."""

    enabled: bool
    attribute_name: Annotated[str, Meta(min_length=1, max_length=EXPIRY_ATTRIBUTE_LENGTH_MAX)]


class Recovery(Member):
    """The setting of point-in-time recovery."""

    point_in_time_recovery_enabled: bool
    recovery_period_in_days: Annotated[int, Meta(ge=1, le=RECOVERY_DAYS_MAX)]
    enabled_at: Time = 0


class Table(Changed, kw_only=True):
    """A table."""

    attribute_definitions: list[Definition]
    table_name: Name
    key_schema: Annotated[list[KeyElement], Meta(min_length=1, max_length=2)]
    billing_mode: Literal["PROVISIONED", "PAY_PER_REQUEST"] = "PROVISIONED"
    global_secondary_indexes: list[GlobalIndex] = []
    local_secondary_indexes: list[LocalIndex] = []
    stream_specification: Stream | None = None
    sse_specification: Encryption | None = field(name="SSESpecification", default=None)
    tags: list[Tag] = []
    table_class: str = ""
    deletion_protection_enabled: bool = False
    resource_policy: str = ""
    latest_stream_label: str = ""
    last_update_to_pay_per_request_date_time: Time = 0
    time_to_live_specification: TimeToLive | None = None
    point_in_time_recovery_specification: Recovery | None = None


def check_kept(definition: Mapping[str, Any]) -> None:
    """Raises ValueError, or what reading it raises, for a definition that was never a table's."""
    convert(definition, Table)
    try:
        check_attribute_names(definition)
        check_key_schemas(definition)
    except RequestError as fault:
        raise ValueError(fault.message) from fault
    names = [index["IndexName"] for index in index_definitions(definition)]
    spec = table_spec(1, dict.fromkeys(names, 1), definition, table_id="", created_at_s=0)
    table_description(spec, Moment(now_s=0))
