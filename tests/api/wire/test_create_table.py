"""The checks of CreateTable, one by one, in the service's words and order."""

import pytest

from ddblite.schema.java_hash_order import set_order, sized_set_order, string_hash
from table_definitions import (
    PROVISIONED,
    UNITS,
    attributes,
    index,
    schema,
    table,
    with_global,
    with_local,
)
from wire_requests import INVALID, TABLE, Json, reason, refusal

WARM_GUIDE = (
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
    "on-demand-capacity-mode.html#on-demand-capacity-mode-initial"
)


def test_good_definitions_are_accepted() -> None:
    for wire in (
        TABLE,
        table("a", "b", keys=("a:HASH", "b:RANGE")),
        table("a", **PROVISIONED),
        with_global("b:HASH"),
        with_global("a:HASH", names=("a",)),
        with_global("b:HASH", "a:HASH", "c:RANGE", names=("a", "b", "c")),
        with_local("a:HASH", "c:RANGE"),
        with_local("a:HASH", "b:RANGE", names=("a", "b")),
        table("a", Tags=[]),
        table("a", StreamSpecification={"StreamEnabled": False}),
        table("a", TableClass="STANDARD_INFREQUENT_ACCESS"),
        table("a", OnDemandThroughput={"MaxWriteRequestUnits": 1}),
        table("a", WarmThroughput={"WriteUnitsPerSecond": 4_000}),
        table("a", WarmThroughput={"ReadUnitsPerSecond": 1}, **PROVISIONED),
    ):
        assert "" == refusal("CreateTable", wire), wire


INCLUDE_B = {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x", "x"]}
ENCRYPTED = {"Enabled": True}
PREFIXED: list[tuple[dict[str, Json], str]] = [
    (
        table("a", BillingMode=None),
        (
            "ReadCapacityUnits and WriteCapacityUnits must both be specified"
            " when BillingMode is PROVISIONED"
        ),
    ),
    (
        table("a", ProvisionedThroughput=UNITS),
        (
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified"
            " when BillingMode is PAY_PER_REQUEST"
        ),
    ),
    (
        table("b"),
        (
            "Some index key attributes are not defined in AttributeDefinitions."
            " Keys: [a], AttributeDefinitions: [b]"
        ),
    ),
    (
        with_global("c:HASH"),
        (
            "Some index key attributes are not defined in AttributeDefinitions."
            " Keys: [c], AttributeDefinitions: [a, b]"
        ),
    ),
    (
        with_global("h:HASH", "a:HASH", "zz:HASH", names=("PK", "h", "a"))
        | {"KeySchema": schema("PK:HASH")},
        (
            "Some index key attributes are not defined in AttributeDefinitions."
            " Keys: [h, zz, a], AttributeDefinitions: [h, a, PK]"
        ),
    ),
    (
        table("a", "b"),
        (
            "Number of attributes in KeySchema does not exactly match"
            " number of attributes defined in AttributeDefinitions"
        ),
    ),
    (
        table(
            *("pk", "sk", "a", "b", "c"),
            keys=("pk:HASH", "sk:RANGE"),
            LocalSecondaryIndexes=[index("pk:HASH", "a:RANGE")],
        ),
        (
            "Some AttributeDefinitions are not used."
            " AttributeDefinitions: [sk, a, b, pk, c], keys used: [a, sk, pk]"
        ),
    ),
    (
        table("a", "b", keys=("a:HASH", "b:RANGE"), LocalSecondaryIndexes=[]),
        "List of LocalSecondaryIndexes is empty",
    ),
    (
        table("a", LocalSecondaryIndexes=[index("a:HASH")]),
        (
            "Table KeySchema does not have a range key,"
            " which is required when specifying a LocalSecondaryIndex"
        ),
    ),
    (
        with_local("a:HASH", names=("a", "b")),
        "Index KeySchema does not have a range key for index: index",
    ),
    (
        with_local("b:HASH", "a:RANGE", names=("a", "b")),
        (
            "Index KeySchema does not have the same leading hash key as table KeySchema"
            " for index: index. index hash key: b, table hash key: a"
        ),
    ),
    (table("a", GlobalSecondaryIndexes=[]), "List of GlobalSecondaryIndexes is empty"),
    (
        with_global(*(f"{name}:HASH" for name in "abcde"), names=tuple("abcde")),
        "The KeySchema exceeds the maximum allowed number of HASH key attributes",
    ),
    (
        with_global("a:HASH", *(f"{name}:RANGE" for name in "bcdef"), names=tuple("abcdef")),
        "The KeySchema exceeds the maximum allowed number of RANGE key attributes",
    ),
    (
        with_global("a:HASH", "b:RANGE", "c:HASH", names=("a", "b", "c")),
        "All HASH key attributes must precede RANGE key attributes in the KeySchema",
    ),
    (
        with_global("b:HASH") | PROVISIONED,
        "ProvisionedThroughput is not specified for index: index",
    ),
    (
        with_global("b:HASH", ProvisionedThroughput=UNITS),
        (
            "ProvisionedThroughput should not be specified for index: index"
            " when BillingMode is PAY_PER_REQUEST"
        ),
    ),
    (with_global("b:HASH", Projection={}), "Unknown ProjectionType: null"),
    (
        with_global("b:HASH", Projection={"ProjectionType": "ALL", "NonKeyAttributes": ["x"]}),
        "ProjectionType is ALL, but NonKeyAttributes is specified",
    ),
    (
        with_local(
            *("a:HASH", "c:RANGE"),
            Projection={"ProjectionType": "KEYS_ONLY", "NonKeyAttributes": ["x"]},
        ),
        "ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified",
    ),
    (
        with_global("b:HASH", Projection={"ProjectionType": "INCLUDE"}),
        "ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
    ),
    (
        with_global("b:HASH", Projection=INCLUDE_B),
        "Duplicate element in NonKeyAttributes: x",
    ),
    (
        table(
            *("a", "b"),
            keys=("a:HASH", "b:RANGE"),
            LocalSecondaryIndexes=[index("a:HASH", "b:RANGE")],
            GlobalSecondaryIndexes=[index("b:HASH")],
        ),
        "Duplicate index name: index",
    ),
    (
        table("a", StreamSpecification={"StreamEnabled": True}),
        "Table is being created with a stream enabled, UpdateViewType is required",
    ),
    (
        table("a", StreamSpecification={"StreamEnabled": False, "StreamViewType": "KEYS_ONLY"}),
        "Table is being created with a stream disabled, UpdateViewType should not be specified",
    ),
    (
        table("a", OnDemandThroughput={"MaxReadRequestUnits": 5}, **PROVISIONED),
        (
            "MaxReadRequestUnits for OnDemandThroughput cannot be specified"
            " when table BillingMode is PROVISIONED."
        ),
    ),
    *(
        (
            table("a", OnDemandThroughput={"MaxReadRequestUnits": limit}),
            (
                "Requested MaxReadRequestUnits for OnDemandThroughput for table"
                " is outside of valid range"
            ),
        )
        for limit in (0, -1, -2)
    ),
    (
        table("a", WarmThroughput={"ReadUnitsPerSecond": 11_999}),
        (
            "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than"
            f" initial throughput for OnDemand. See: {WARM_GUIDE}"
        ),
    ),
    (
        table("a", WarmThroughput={"WriteUnitsPerSecond": 3_999}),
        (
            "Requested WriteUnitsPerSecond for WarmThroughput for table is lower than"
            f" initial throughput for OnDemand. See: {WARM_GUIDE}"
        ),
    ),
    (
        table("a", WarmThroughput={"ReadUnitsPerSecond": 0}, **PROVISIONED),
        (
            "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than"
            " ReadCapacityUnits of ProvisionedThroughput"
        ),
    ),
    (
        table("a", SSESpecification={"Enabled": False, "SSEType": "KMS"}),
        "SSEType can not be specified if Enabled is false",
    ),
    (
        table("a", SSESpecification={"Enabled": False, "KMSMasterKeyId": "k"}),
        "KMSMasterKeyId can not be specified if Enabled is false",
    ),
    (
        table("a", SSESpecification=ENCRYPTED | {"KMSMasterKeyId": "k"}),
        "SSEType KMS is required if KMSMasterKeyId is specified",
    ),
    (
        table("a", SSESpecification=ENCRYPTED | {"SSEType": "AES256"}),
        "SSEType AES256 is not supported",
    ),
]


@pytest.mark.parametrize(("wire", "text"), PREFIXED)
@pytest.mark.parametrize("wording", ["current", "older"])
def test_parameter_values_that_do_not_fit(wire: dict[str, Json], text: str, wording: str) -> None:
    assert INVALID + text == reason("CreateTable", wire, wording)


def tagged(*tags: tuple[str | None, str | None]) -> dict[str, Json]:
    made = [
        {
            member: text
            for member, text in zip(("Key", "Value"), tag, strict=True)
            if text is not None
        }
        for tag in tags
    ]
    return table("a", Tags=made)


BARE: list[tuple[dict[str, Json], str]] = [
    (
        table("a", **PROVISIONED)
        | {"ProvisionedThroughput": UNITS | {"ReadCapacityUnits": 10**12 + 1}},
        "Given value 1000000000001 for ReadCapacityUnits is out of bounds",
    ),
    (
        with_global("b:HASH", ProvisionedThroughput=UNITS | {"WriteCapacityUnits": 10**13})
        | PROVISIONED,
        "Given value 10000000000000 for WriteCapacityUnits is out of bounds for index index",
    ),
    (table("a", "a"), "Attribute Name is duplicated: a"),
    (table(), "Invalid KeySchema: Some index key attribute have no definition"),
    (
        table("a", keys=("a:HASH", "b:RANGE")),
        "Invalid KeySchema: Some index key attribute have no definition",
    ),
    (
        with_global("a:HASH", "m:HASH", "n:HASH"),
        "Invalid KeySchema: Some index key attribute have no definition",
    ),
    (
        table("a", "b", keys=("a:HASH", "a:RANGE")),
        "Both the Hash Key and the Range Key element in the KeySchema have the same name",
    ),
    (
        with_global("a:HASH", "a:HASH"),
        "The KeySchema contains multiple key attributes with the same name",
    ),
    (
        table("a", keys=("a:RANGE",)),
        "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
    ),
    (
        table("a", "b", keys=("a:HASH", "b:HASH")),
        "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
    ),
    (
        table("a", TableClass="COLD"),
        (
            "Invalid table-class parameter provided."
            " Please try again with a valid table-class value:"
            " [STANDARD, STANDARD_INFREQUENT_ACCESS]."
        ),
    ),
    (tagged(("a;", "v")), "The Tag Key provided is invalid, Key: a;"),
    (tagged(("k" * 129, "v")), f"The Tag Key provided is invalid, Key: {'k' * 129}"),
    (tagged(("k", "v" * 257)), f"The Tag Value provided is invalid, Value: {'v' * 257}"),
    (tagged(("k", None)), "The Tag Value provided is invalid, Value: null"),
    (tagged(("aws:k", "v")), "Tag Key cannot be prefixed with aws:, Key: aws:k"),
    (
        tagged(("k", "v"), ("k", "w")),
        "Duplicate Tag Keys provided as input: Duplicate Tag Key found k",
    ),
    (
        tagged(*((f"k{number}", "") for number in range(51))),
        "Number of Tags exceed the current limit for the provided ResourceArn",
    ),
]


@pytest.mark.parametrize(("wire", "text"), BARE)
def test_texts_without_the_usual_phrase(wire: dict[str, Json], text: str) -> None:
    assert text == reason("CreateTable", wire)


def test_tags_max() -> None:
    assert "" == refusal(
        "CreateTable", tagged(*((f"k{number}", "é +-=._:/@") for number in range(50)))
    )
    assert "" == refusal("CreateTable", tagged(("k" * 128, "v" * 256)))


@pytest.mark.parametrize(("count", "good"), [(4, True), (5, True), (6, False)])
def test_local_indexes_max(count: int, good: bool) -> None:  # noqa: FBT001
    indexes = [index("a:HASH", "b:RANGE", name=f"index{number}") for number in range(count)]
    wire = table("a", "b", keys=("a:HASH", "b:RANGE"), LocalSecondaryIndexes=indexes)
    text = "Number of LocalSecondaryIndexes exceeds per-table limit of 5"
    assert ("" if good else f"ValidationException: {INVALID}{text}") == refusal("CreateTable", wire)


@pytest.mark.parametrize(("count", "good"), [(19, True), (20, True), (21, False)])
def test_global_indexes_max(count: int, good: bool) -> None:  # noqa: FBT001
    indexes = [index("a:HASH", name=f"index{number}") for number in range(count)]
    wire = table("a", GlobalSecondaryIndexes=indexes)
    text = "GlobalSecondaryIndex count exceeds the per-table limit of 20"
    assert ("" if good else f"ValidationException: {INVALID}{text}") == refusal("CreateTable", wire)


def test_checks_come_in_this_order() -> None:
    """Each later fault is masked by every earlier one."""
    wire = table(
        *("a", "a", "z"),
        BillingMode=None,
        keys=("a:RANGE",),
        GlobalSecondaryIndexes=[],
        LocalSecondaryIndexes=[],
        StreamSpecification={"StreamEnabled": True},
        TableClass="COLD",
        Tags=[{"Key": ""}],
    )
    steps: list[tuple[dict[str, Json], str]] = [
        ({"BillingMode": "PAY_PER_REQUEST"}, "must both be specified"),
        ({"AttributeDefinitions": attributes("a", "z")}, "Attribute Name is duplicated"),
        ({"KeySchema": schema("a:HASH")}, "The first KeySchemaElement"),
        ({"AttributeDefinitions": attributes("a")}, "does not exactly match"),
        ({"LocalSecondaryIndexes": None}, "List of LocalSecondaryIndexes"),
        ({"GlobalSecondaryIndexes": None}, "List of GlobalSecondaryIndexes"),
        ({"StreamSpecification": None}, "stream enabled"),
        ({"TableClass": None}, "table-class"),
        ({"Tags": None}, "Tag Key"),
    ]
    for remedy, text in steps:
        assert text in reason("CreateTable", wire)
        wire |= remedy
    assert "" == refusal("CreateTable", wire)


def test_java_order() -> None:
    """Hashes are Java's: "pk".hashCode() is 3579."""
    assert [97, 3579, 3672] == [string_hash(text) for text in ("a", "pk", "sk")]
    assert 2**31 == string_hash("polygenelubricants"), "Integer.MIN_VALUE in Java"
    assert ["a", "sk", "pk"] == set_order(["pk", "sk", "a", "pk"])
    assert ["OR", "AND"] == set_order(["AND", "OR"])
    letters = list("abcdefghijklmnopqrstuvwxyz")
    assert letters == set_order(letters[::-1]), "64 buckets, and the hash of a letter is its code"
    assert ["sk", "a", "b", "pk", "c"] == sized_set_order(["pk", "sk", "a", "b", "c"])
    six = ["PK", "a", "b", "c", "d", "u1"]
    assert ["a", "b", "PK", "c", "d", "u1"] == sized_set_order(six), "as many as fit in 8 buckets"
