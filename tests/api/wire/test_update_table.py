"""The checks of UpdateTable that need no table, one by one, in the service's words and order."""

from typing import Final

import pytest

from table_definitions import PROVISIONED, UNITS, attributes, index
from wire_requests import INVALID, ONE, Json, Wire, reason, refusal

STREAM: Final = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}}
NO_STREAM: Final = {"StreamSpecification": {"StreamEnabled": False}}
LIMITS: Final = {"OnDemandThroughput": {"MaxReadRequestUnits": 5}}
WARM: Final = {"WarmThroughput": {"ReadUnitsPerSecond": 15_000}}
ENCRYPTED: Final = {"SSESpecification": {"Enabled": True}}
CLASS: Final = {"TableClass": "STANDARD"}
PROTECTED: Final = {"DeletionProtectionEnabled": True}
REPLICA: Final = {"ReplicaUpdates": [{"Create": {"RegionName": "eu-west-1"}}]}
THROUGHPUT: Final = {"ProvisionedThroughput": UNITS}
ON_DEMAND: Final = {"BillingMode": "PAY_PER_REQUEST"}
DELETE: Final = {"Delete": {"IndexName": "old"}}
UPDATE: Final = {"Update": {"IndexName": "old", "ProvisionedThroughput": UNITS}}
WARM_UPDATE: Final = {"Update": {"IndexName": "old", **WARM}}


def update(*parts: Wire, **members: Json) -> Wire:
    """Returns an UpdateTable of a table, with the members of all parts."""
    merged: Wire = {"TableName": "books"}
    for part in (*parts, members):
        merged |= part
    return merged


def indexes(*updates: Json, names: tuple[str, ...] = ("b",)) -> Wire:
    """Returns the members of a change of indexes."""
    return {"GlobalSecondaryIndexUpdates": [*updates], "AttributeDefinitions": attributes(*names)}


def create(*keys: str, **members: Json) -> Json:
    """Returns the creation of an index."""
    return {"Create": index(*(keys or ("b:HASH",)), **members)}


CREATE: Final = create()
ALL_CONCERNS: Final = (
    "ProvisionedThroughput, BillingMode, UpdateStreamEnabled, {indexes}SSESpecification,"
    " ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency,"
    " DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required"
)


@pytest.mark.parametrize(
    "wire",
    [
        update(THROUGHPUT),
        update(PROVISIONED),
        update(ON_DEMAND),
        update(ON_DEMAND, STREAM),
        update(PROVISIONED, STREAM),
        update(ON_DEMAND, LIMITS),
        update(ON_DEMAND, indexes(CREATE)),
        update(PROVISIONED, indexes(DELETE)),
        update(THROUGHPUT, indexes(UPDATE)),
        update(STREAM),
        update(NO_STREAM),
        update(ENCRYPTED),
        update(CLASS),
        update(PROTECTED),
        update(LIMITS),
        update(WARM),
        update(WARM, indexes(WARM_UPDATE)),
        update(indexes(CREATE)),
        update(indexes(CREATE, UPDATE)),
        update(indexes(DELETE)),
        update(
            indexes(
                create("a:HASH", "b:HASH", "c:HASH", "d:HASH", "e:RANGE"), names=tuple("abcdef")
            )
        ),
        update(indexes({**CREATE, "Update": None})),
    ],
)
def test_good_changes_are_accepted(wire: Wire) -> None:
    assert "" == refusal("UpdateTable", wire)


def test_something_must_change() -> None:
    """Members that are there are left out of the list; definitions alone change nothing."""
    everything = ALL_CONCERNS.format(indexes="GlobalSecondaryIndexUpdates, ")
    assert "At least one of " + everything == reason("UpdateTable", update())
    alone = update(AttributeDefinitions=attributes("a"))
    assert "At least one of " + everything == reason("UpdateTable", alone)
    empty = update(GlobalSecondaryIndexUpdates=[])
    assert "At least one of " + ALL_CONCERNS.format(indexes="") == reason("UpdateTable", empty)


TOGETHER: Final = [
    (
        (ENCRYPTED, CLASS),
        "Server-Side Encryption modification must be the only operation in the request",
    ),
    ((CLASS, PROTECTED), "TableClass modification must be the only operation in the request"),
    (
        (PROTECTED, WARM),
        "DeletionProtection modification must be the only operation in the request",
    ),
    ((WARM, STREAM), "WarmThroughput must be the only operation in the request"),
    ((WARM, THROUGHPUT), "WarmThroughput must be the only operation in the request"),
    ((WARM, indexes(DELETE)), "WarmThroughput must be the only operation in the request"),
    ((WARM, indexes(UPDATE)), "WarmThroughput must be the only operation in the request"),
    (
        (WARM, indexes(CREATE)),
        "Create global secondary index cannot be specified when updating WarmThroughput",
    ),
    (
        (indexes(CREATE, WARM_UPDATE),),
        "Create global secondary index cannot be specified when updating WarmThroughput",
    ),
    ((REPLICA, STREAM), "Replica modification must be the only operation in the request"),
    (
        (LIMITS, STREAM),
        "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request",
    ),
    ((THROUGHPUT, STREAM), "You cannot modify stream status while updating table IOPS"),
    ((THROUGHPUT, indexes(CREATE)), "You cannot create or delete index while updating table IOPS"),
    ((THROUGHPUT, indexes(DELETE)), "You cannot create or delete index while updating table IOPS"),
    ((STREAM, indexes(CREATE)), "You cannot create or delete index while changing stream status"),
    (
        (NO_STREAM, indexes(DELETE)),
        "You cannot create or delete index while changing stream status",
    ),
]


@pytest.mark.parametrize(("parts", "text"), TOGETHER, ids=lambda one: str(one)[:50])
def test_one_concern_at_a_time(parts: tuple[Wire, ...], text: str) -> None:
    assert INVALID + text == reason("UpdateTable", update(*parts))


PREFIXED: Final = [
    (
        update(BillingMode="PROVISIONED"),
        "ProvisionedThroughput must be specified when BillingMode is PROVISIONED",
    ),
    (
        update(ON_DEMAND, THROUGHPUT),
        (
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified"
            " when BillingMode is PAY_PER_REQUEST"
        ),
    ),
    (
        update(ON_DEMAND, indexes(UPDATE)),
        (
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: old"
            " when BillingMode is PAY_PER_REQUEST"
        ),
    ),
    (
        update(indexes({})),
        (
            "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create,"
            " GlobalSecondaryIndexUpdate.Delete must not be null"
        ),
    ),
    (
        update(indexes({**DELETE, **CREATE})),
        "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object",
    ),
    (
        update(indexes(DELETE, DELETE)),
        "Only one global secondary index update per index is allowed simultaneously. Index: old",
    ),
    (
        update(indexes(DELETE, create("b:HASH", name="old"))),
        "Only one global secondary index update per index is allowed simultaneously. Index: old",
    ),
    (
        update(GlobalSecondaryIndexUpdates=[CREATE]),
        "AttributeDefinitions is not specified for index: index",
    ),
    (
        update(indexes(create(*(f"{name}:HASH" for name in "abcde")), names=tuple("abcde"))),
        "The KeySchema exceeds the maximum allowed number of HASH key attributes",
    ),
    (
        update(
            indexes(create("a:HASH", *(f"{name}:RANGE" for name in "bcdef")), names=tuple("abcdef"))
        ),
        "The KeySchema exceeds the maximum allowed number of RANGE key attributes",
    ),
    (
        update(indexes(create("a:HASH", "b:RANGE", "c:HASH"), names=("a", "b", "c"))),
        "All HASH key attributes must precede RANGE key attributes in the KeySchema",
    ),
    (
        update(indexes(create("h:HASH", "a:HASH", "zz:HASH"), names=("PK", "h", "a"))),
        (
            "Some index key attributes are not defined in AttributeDefinitions."
            " Keys: [h, zz, a], AttributeDefinitions: [h, a, PK]"
        ),
    ),
    (update(indexes(create("b:HASH", Projection={}))), "Unknown ProjectionType: null"),
    (
        update(indexes(create("b:HASH", Projection={"ProjectionType": "INCLUDE"}))),
        "ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
    ),
    (
        update(StreamSpecification={"StreamEnabled": True}),
        "If stream is being enabled then UpdateViewType is required",
    ),
    (
        update(StreamSpecification={"StreamEnabled": False, "StreamViewType": "NEW_IMAGE"}),
        "If stream is being disabled, then UpdateViewType must not be specified",
    ),
    (
        update(SSESpecification={"Enabled": False, "SSEType": "KMS"}),
        "SSEType can not be specified if Enabled is false",
    ),
    (
        update(SSESpecification={"Enabled": True, "SSEType": "AES256"}),
        "SSEType AES256 is not supported",
    ),
    (update(REPLICA), "ReplicaUpdates is not supported: a table in a file has no replicas"),
    (
        update(VectorIndexUpdates=[{"Delete": {"IndexName": "abc"}}]),
        "VectorIndexUpdates is not supported: there are no vector indexes yet",
    ),
]


@pytest.mark.parametrize(("wire", "text"), PREFIXED, ids=lambda one: str(one)[:50])
def test_what_cannot_be(wire: Wire, text: str) -> None:
    assert INVALID + text == reason("UpdateTable", wire)


BARE: Final = [
    (
        update(ProvisionedThroughput=UNITS | {"ReadCapacityUnits": 10**12 + 1}),
        "Given value 1000000000001 for ReadCapacityUnits is out of bounds",
    ),
    (
        update(
            indexes(
                {
                    "Update": {
                        "IndexName": "old",
                        "ProvisionedThroughput": {
                            "ReadCapacityUnits": 1,
                            "WriteCapacityUnits": 10**12 + 1,
                        },
                    }
                }
            )
        ),
        "Given value 1000000000001 for WriteCapacityUnits is out of bounds for index old",
    ),
    (
        update(indexes(create("b:RANGE"))),
        "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
    ),
    (
        update(indexes(create("b:HASH", "c:HASH", "b:RANGE"), names=("b", "c", "d"))),
        "The KeySchema contains multiple key attributes with the same name",
    ),
    (
        update(indexes(create("id:HASH", "b:RANGE"))),
        "Invalid KeySchema: Some index key attribute have no definition",
    ),
    (update(indexes(CREATE, names=("b", "b"))), "Attribute Name is duplicated: b"),
    (
        update(TableClass="GLACIER"),
        (
            "Invalid table-class parameter provided. Please try again with a valid table-class"
            " value: [STANDARD, STANDARD_INFREQUENT_ACCESS]."
        ),
    ),
    ({}, "The parameter 'TableName' is required but was not present in the request"),
    (
        update(BillingMode="FREE"),
        ONE + "Value 'FREE' at 'billingMode' failed to satisfy constraint: Member must satisfy"
        " enum value set: [PROVISIONED, PAY_PER_REQUEST]",
    ),
    (
        update(indexes({"Delete": {"IndexName": "ab"}})),
        ONE + "Value 'ab' at 'globalSecondaryIndexUpdates.1.member.delete.indexName' failed to"
        " satisfy constraint: Member must have length greater than or equal to 3",
    ),
    (
        update(indexes({"Create": {"IndexName": "index"}})),
        (
            "2 validation errors detected: Value null at"
            " 'globalSecondaryIndexUpdates.1.member.create.projection' failed to satisfy"
            " constraint: Member must not be null; Value null at"
            " 'globalSecondaryIndexUpdates.1.member.create.keySchema' failed to satisfy"
            " constraint: Member must not be null"
        ),
    ),
    (
        update(ReplicaUpdates=[]),
        ONE + "Value '[]' at 'replicaUpdates' failed to satisfy constraint:"
        " Member must have length greater than or equal to 1",
    ),
]


@pytest.mark.parametrize(("wire", "text"), BARE, ids=lambda one: str(one)[:50])
def test_what_cannot_be_in_bare_words(wire: Wire, text: str) -> None:
    assert text == reason("UpdateTable", wire)


def test_capacity_of_nothing_is_reported_writes_first() -> None:
    at = "Value '0' at 'provisionedThroughput"
    clause = "failed to satisfy constraint: Member must have value greater than or equal to 1"
    zero = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
    assert (
        f"2 validation errors detected: {at}.writeCapacityUnits' {clause};"
        f" {at}.readCapacityUnits' {clause}"
    ) == reason("UpdateTable", update(ProvisionedThroughput=zero))
