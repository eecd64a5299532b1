"""Tables described by their types: the definition that CreateTable takes.

pydantic models with our names inside and the wire's names outside. They are built on first use
(``defer_build``), so importing them is cheap and nobody who only reads items pays for them.
Shape and types are checked here; what the service says to a wrong request, in its order and
words, is ``engine.definitions.create_table``'s.

    TableDefinition.read(wire).write() == wire     for every accepted definition without nulls
"""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_pascal

from ddblite.schema.limits import KEY_ATTRIBUTE_NAME_BYTES_MAX, NAME_LENGTH_MAX, NAME_LENGTH_MIN
from ddblite.schema.names import NAME_PATTERN

AttributeType = Literal["S", "N", "B"]
KeyType = Literal["HASH", "RANGE"]
ProjectionType = Literal["ALL", "INCLUDE", "KEYS_ONLY"]
BillingMode = Literal["PROVISIONED", "PAY_PER_REQUEST"]
StreamViewType = Literal["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"]


class Description(BaseModel):
    """The base of all descriptions: immutable, with the wire's names as aliases."""

    model_config = ConfigDict(
        frozen=True,
        defer_build=True,
        extra="ignore",
        alias_generator=to_pascal,
        validate_by_name=True,
        validate_by_alias=True,
    )

    @classmethod
    def read(cls, wire: Mapping[str, Any]) -> Self:
        """Returns the description of a wire structure; raises pydantic's error on another shape."""
        return cls.model_validate(wire)

    def write(self) -> dict[str, Any]:
        """Returns the wire structure, without what is not there."""
        return self.model_dump(by_alias=True, exclude_none=True)


class AttributeDefinition(Description):
    """A key attribute and its type."""

    attribute_name: str = Field(min_length=1, max_length=KEY_ATTRIBUTE_NAME_BYTES_MAX)
    attribute_type: AttributeType


class KeySchemaElement(Description):
    """One attribute of a key and its role."""

    attribute_name: str = Field(min_length=1, max_length=KEY_ATTRIBUTE_NAME_BYTES_MAX)
    key_type: KeyType


class Projection(Description):
    """What an index carries besides keys."""

    projection_type: ProjectionType
    non_key_attributes: list[str] | None = None


class ProvisionedThroughput(Description):
    """Capacity that is reserved, in units per second."""

    read_capacity_units: int = Field(ge=1)
    write_capacity_units: int = Field(ge=1)


class OnDemandThroughput(Description):
    """Limits of a table that is billed per request."""

    max_read_request_units: int | None = None
    max_write_request_units: int | None = None


class WarmThroughput(Description):
    """What a table must be able to serve at once."""

    read_units_per_second: int | None = None
    write_units_per_second: int | None = None


class LocalIndex(Description):
    """An index with the table's partition key and a sort key of its own."""

    index_name: str = Field(
        min_length=NAME_LENGTH_MIN, max_length=NAME_LENGTH_MAX, pattern=f"^{NAME_PATTERN}$"
    )
    key_schema: list[KeySchemaElement] = Field(min_length=1)
    projection: Projection


class GlobalIndex(LocalIndex):
    """An index with keys of its own, up to four of each role."""

    provisioned_throughput: ProvisionedThroughput | None = None
    on_demand_throughput: OnDemandThroughput | None = None
    warm_throughput: WarmThroughput | None = None


class StreamSpecification(Description):
    """Whether changes are recorded, and what of them."""

    stream_enabled: bool
    stream_view_type: StreamViewType | None = None


class Encryption(Description):
    """Encryption at rest, as asked for; the file itself is not encrypted."""

    enabled: bool | None = None
    sse_type: Literal["AES256", "KMS"] | None = Field(default=None, alias="SSEType")
    kms_key: str | None = Field(default=None, alias="KMSMasterKeyId")


class Tag(Description):
    """A label of a table."""

    key: str
    value: str


class TableDefinition(Description):
    """A whole table as CreateTable is given it."""

    table_name: str = Field(
        min_length=NAME_LENGTH_MIN, max_length=NAME_LENGTH_MAX, pattern=f"^{NAME_PATTERN}$"
    )
    attribute_definitions: list[AttributeDefinition]
    key_schema: list[KeySchemaElement] = Field(min_length=1, max_length=2)
    local_secondary_indexes: list[LocalIndex] | None = None
    global_secondary_indexes: list[GlobalIndex] | None = None
    billing_mode: BillingMode | None = None
    provisioned_throughput: ProvisionedThroughput | None = None
    stream_specification: StreamSpecification | None = None
    encryption: Encryption | None = Field(default=None, alias="SSESpecification")
    tags: list[Tag] | None = None
    table_class: str | None = None
    deletion_protection_enabled: bool | None = None
    warm_throughput: WarmThroughput | None = None
    on_demand_throughput: OnDemandThroughput | None = None
    resource_policy: str | None = None
