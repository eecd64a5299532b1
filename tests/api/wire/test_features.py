"""Tags, and what is asked about features that no table here has: texts and shapes."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

import ddblite
from ddblite.api.wire.operations import UNSUPPORTED
from ddblite.engine.control.unavailable import ANSWERS
from table_definitions import PROVISIONED, index, with_global
from wire_requests import ABOUT_FEATURES, ARN, INVALID, NEVER_FOUND, ONE, TABLE, Json, Wire
from wires import refusal

MISSING_ARN: Final = "arn:aws:dynamodb:us-east-1:000000000000:table/films"
TAGS: Final = [{"Key": "team", "Value": "a"}, {"Key": "stage", "Value": ""}]


@pytest.fixture
def database() -> Iterator[ddblite.Database]:
    """A database with the table of the shared requests."""
    with ddblite.connect(":memory:", clock=ddblite.FixedClock()) as opened:
        opened.call("CreateTable", TABLE)
        yield opened


def tags(database: ddblite.Database) -> Json:
    """Returns the tags of the books."""
    return database.call("ListTagsOfResource", {"ResourceArn": ARN})["Tags"]


def test_tags_come_change_and_go(database: ddblite.Database) -> None:
    assert [] == tags(database)
    assert {} == database.call("TagResource", {"ResourceArn": ARN, "Tags": TAGS})
    assert TAGS == tags(database)
    changed = [{"Key": "team", "Value": "b"}, {"Key": "new", "Value": "c"}]
    database.call("TagResource", {"ResourceArn": ARN, "Tags": changed})
    assert [changed[0], TAGS[1], changed[1]] == tags(database)
    gone = {"ResourceArn": ARN, "TagKeys": ["team", "never"]}
    assert {} == database.call("UntagResource", gone)
    assert [TAGS[1], changed[1]] == tags(database)


def test_tags_of_a_new_table(database: ddblite.Database) -> None:
    database.call("CreateTable", TABLE | {"TableName": "films", "Tags": TAGS})
    found = database.call("ListTagsOfResource", {"ResourceArn": MISSING_ARN, "NextToken": "any"})
    assert {"Tags": TAGS} == found


def many(count: int, first: int = 0) -> list[dict[str, str]]:
    """Returns as many tags."""
    return [{"Key": f"k{number}", "Value": "v"} for number in range(first, first + count)]


TOO_MANY: Final = "Number of Tags exceed the current limit for the provided ResourceArn"


def test_tags_max(database: ddblite.Database) -> None:
    """Of one request and of the table; what is refused changes nothing."""
    request = {"ResourceArn": ARN, "Tags": many(51)}
    assert f"ValidationException: {TOO_MANY}" == refusal(database, "TagResource", request)
    database.call("TagResource", {"ResourceArn": ARN, "Tags": many(50)})
    request = {"ResourceArn": ARN, "Tags": many(1, first=50)}
    assert f"ValidationException: {TOO_MANY}" == refusal(database, "TagResource", request)
    assert 50 == len(tags(database))
    database.call("TagResource", {"ResourceArn": ARN, "Tags": many(1)})
    request = {"ResourceArn": ARN, "TagKeys": [f"k{number}" for number in range(51)]}
    assert f"ValidationException: {TOO_MANY}" == refusal(database, "UntagResource", request)


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"Tags": []}, "Atleast one Tag needs to be provided as Input."),
        ({"Tags": [{"Key": "#", "Value": ""}]}, "The Tag Key provided is invalid, Key: #"),
        ({"Tags": [{"Key": "", "Value": ""}]}, "The Tag Key provided is invalid, Key: "),
        ({"Tags": [{"Value": ""}]}, "The Tag Key provided is invalid, Key: null"),
        (
            {"Tags": [{"Key": "k" * 129, "Value": ""}]},
            f"The Tag Key provided is invalid, Key: {'k' * 129}",
        ),
        ({"Tags": [{"Key": "k"}]}, "The Tag Value provided is invalid, Value: null"),
        ({"Tags": [{"Key": "k", "Value": "~"}]}, "The Tag Value provided is invalid, Value: ~"),
        (
            {"Tags": [{"Key": "aws:k", "Value": ""}]},
            "Tag Key cannot be prefixed with aws:, Key: aws:k",
        ),
        (
            {"Tags": [TAGS[0], TAGS[0]]},
            "Duplicate Tag Keys provided as input: Duplicate Tag Key found team",
        ),
        (
            {},
            f"{ONE}Value null at 'tags' failed to satisfy constraint: Member must not be null",
        ),
    ],
)
def test_bad_tags(database: ddblite.Database, members: Wire, text: str) -> None:
    request = {"ResourceArn": ARN, **members}
    assert f"ValidationException: {text}" == refusal(database, "TagResource", request)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ([], "Atleast one Tag Key needs to be provided as Input."),
        (["~"], "The Tag Key provided is invalid, Key: ~"),
        (
            None,
            f"{ONE}Value null at 'tagKeys' failed to satisfy constraint: Member must not be null",
        ),
    ],
)
def test_bad_keys(database: ddblite.Database, keys: Json, text: str) -> None:
    request = {"ResourceArn": ARN, "TagKeys": keys}
    assert f"ValidationException: {text}" == refusal(database, "UntagResource", request)


ARN_FAULTS: Final = [
    ("books", f"{INVALID}ARNs must start with 'arn:': books"),
    (
        "arn:aws:s3:::books",
        f"{INVALID}Provided Arn is not a DynamoDB resource arn: arn:aws:s3:::books",
    ),
    (
        f"{ARN}/index/by_year",
        (
            f"{INVALID}Invalid resource arn provided, only table or stream is accepted."
            f" Provided resource arn: {ARN}/index/by_year"
        ),
    ),
    (
        "",
        (
            f"{ONE}Value '' at 'resourceArn' failed to satisfy constraint:"
            " Member must have length greater than or equal to 1"
        ),
    ),
    (
        None,
        f"{ONE}Value null at 'resourceArn' failed to satisfy constraint: Member must not be null",
    ),
]


@pytest.mark.parametrize(("arn", "text"), ARN_FAULTS)
@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("TagResource", {"Tags": TAGS}),
        ("UntagResource", {"TagKeys": ["k"]}),
        ("ListTagsOfResource", {}),
        ("GetResourcePolicy", {}),
    ],
)
def test_bad_arns(
    database: ddblite.Database, operation: str, members: Wire, arn: Json, text: str
) -> None:
    request = {"ResourceArn": arn, **members}
    assert f"ValidationException: {text}" == refusal(database, operation, request)


@pytest.mark.parametrize("arn", [MISSING_ARN, f"{ARN}/stream/2026-01-01T00:00:00.000"])
@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("TagResource", {"Tags": TAGS}),
        ("UntagResource", {"TagKeys": ["k"]}),
        ("ListTagsOfResource", {}),
    ],
)
def test_nothing_under_the_arn(
    database: ddblite.Database, operation: str, members: Wire, arn: str
) -> None:
    text = f"Requested resource not found: ResourceArn: {arn} not found"
    request = {"ResourceArn": arn, **members}
    assert f"ResourceNotFoundException: {text}" == refusal(database, operation, request)


def test_every_feature_is_answered() -> None:
    """The table of members and the table of answers are about the same operations."""
    assert set(ANSWERS) == set(ABOUT_FEATURES)
    assert set() == ANSWERS.keys() & UNSUPPORTED.keys()


SHAPES: Final[dict[str, Any]] = {
    "DescribeContributorInsights": {
        "TableName": "books",
        "ContributorInsightsStatus": "DISABLED",
    },
    "DescribeEndpoints": {
        "Endpoints": [{"Address": "dynamodb.us-east-1.amazonaws.com", "CachePeriodInMinutes": 1440}]
    },
    "DescribeKinesisStreamingDestination": {
        "TableName": "books",
        "KinesisDataStreamDestinations": [],
    },
    "DescribeLimits": {
        "AccountMaxReadCapacityUnits": 80_000,
        "AccountMaxWriteCapacityUnits": 80_000,
        "TableMaxReadCapacityUnits": 40_000,
        "TableMaxWriteCapacityUnits": 40_000,
    },
    "ListBackups": {"BackupSummaries": []},
    "ListBulkOperations": {"BulkOperationsSummaryList": []},
    "ListContributorInsights": {"ContributorInsightsSummaries": []},
    "ListExports": {"ExportSummaries": []},
    "ListGlobalTables": {"GlobalTables": []},
    "ListImports": {"ImportSummaryList": []},
}


@pytest.mark.parametrize("operation", sorted(ABOUT_FEATURES.keys() - NEVER_FOUND))
def test_a_table_that_never_had_it(database: ddblite.Database, operation: str) -> None:
    """By its name, and by its ARN."""
    request = ABOUT_FEATURES[operation]
    assert SHAPES[operation] == database.call(operation, request)
    if "TableName" in request:
        assert SHAPES[operation] == database.call(operation, {**request, "TableName": ARN})


LEGACY: Final = (
    f"ValidationException: {INVALID}DynamoDB global tables version 2017.11.29 is not supported."
    " We recommend using DynamoDB global tables version 2019.11.21,"
    " instead of version 2017.11.29 (Legacy)."
)
NO_REPLICAS: Final = "Global table with name: 'books' does not exist."
KINESIS: Final = (
    "ValidationException: Table is not in a valid state to enable Kinesis Streaming Destination:"
    " KinesisStreamingDestination must be ACTIVE to perform {} operation."
)
NOT_FOUND: Final = {
    "CancelBulkOperation": (
        f"ResourceNotFoundException: Requested resource not found: BulkOperation: {ARN}/bulk/1"
        " not found"
    ),
    "CreateGlobalTable": LEGACY,
    "DescribeBulkOperation": (
        f"ResourceNotFoundException: Requested resource not found: BulkOperation: {ARN}/bulk/1"
        " not found"
    ),
    "DescribeExport": (
        f"ExportNotFoundException: Export not found: Export not found: {ARN}/export/1"
    ),
    "DescribeGlobalTable": f"GlobalTableNotFoundException: {NO_REPLICAS}",
    "DescribeGlobalTableSettings": f"GlobalTableNotFoundException: {NO_REPLICAS}",
    "DescribeImport": f"ImportNotFoundException: Import not found: {ARN}/import/1",
    "DescribeTableReplicaAutoScaling": f"ResourceNotFoundException: {NO_REPLICAS}",
    "DisableKinesisStreamingDestination": KINESIS.format("DISABLE"),
    "GetResourcePolicy": (
        "PolicyNotFoundException: Resource-based policy not found for the provided ResourceArn:"
        f" {ARN}"
    ),
    "UpdateGlobalTable": LEGACY,
    "UpdateGlobalTableSettings": f"GlobalTableNotFoundException: {NO_REPLICAS}",
    "UpdateKinesisStreamingDestination": KINESIS.format("UPDATE"),
    "UpdateTableReplicaAutoScaling": f"ResourceNotFoundException: {NO_REPLICAS}",
}


@pytest.mark.parametrize("operation", sorted(ABOUT_FEATURES.keys() & NEVER_FOUND))
def test_what_is_never_found(database: ddblite.Database, operation: str) -> None:
    assert NOT_FOUND[operation] == refusal(database, operation, ABOUT_FEATURES[operation])


@pytest.mark.parametrize(
    "operation",
    [
        "DescribeContributorInsights",
        "DescribeKinesisStreamingDestination",
        "ListContributorInsights",
        "DisableKinesisStreamingDestination",
        "UpdateTable",
    ],
)
def test_missing_tables(database: ddblite.Database, operation: str) -> None:
    request = {**ABOUT_FEATURES.get(operation, {"TableClass": "STANDARD"}), "TableName": "films"}
    text = "Requested resource not found: Table: films not found"
    assert f"ResourceNotFoundException: {text}" == refusal(database, operation, request)


def test_malformed_arns_of_backups_and_exports(database: ddblite.Database) -> None:
    request = {"BackupArn": f"{ARN}/export/1"}
    assert "ValidationException: Invalid Backup ARN" == refusal(database, "DescribeBackup", request)
    request = {"ExportArn": f"{ARN}/backup/1"}
    assert "ValidationException: Invalid Export ARN" == refusal(database, "DescribeExport", request)


def test_backups_of_a_range_that_ends_before_it_begins(database: ddblite.Database) -> None:
    request = {"TimeRangeLowerBound": 2.5, "TimeRangeUpperBound": 1}
    text = "Time range lower bound must be less than or equal to upper bound"
    assert f"ValidationException: {INVALID}{text}" == refusal(database, "ListBackups", request)


def test_insights_of_an_index(database: ddblite.Database) -> None:
    database.call("CreateTable", with_global("b:HASH") | {"TableName": "films"})
    answer = database.call(
        "DescribeContributorInsights", {"TableName": "films", "IndexName": "index"}
    )
    assert "index" == answer["IndexName"]
    text = "Requested resource not found: Index: other not found for table: films"
    request = {"TableName": "films", "IndexName": "other"}
    found = refusal(database, "DescribeContributorInsights", request)
    assert f"ResourceNotFoundException: {text}" == found


def test_policy_of_a_new_table(database: ddblite.Database) -> None:
    database.call("CreateTable", TABLE | {"TableName": "films", "ResourcePolicy": "{}"})
    answer = database.call("GetResourcePolicy", {"ResourceArn": MISSING_ARN})
    assert {"Policy": "{}", "RevisionId": "1700000000000"} == answer


def test_policy_of_a_stream(database: ddblite.Database) -> None:
    """Of one that is there, one that is not, and of a table that is not."""
    missing = {"ResourceArn": f"{ARN}/stream/2026-01-01"}
    text = "Requested resource not found: Stream: 2026-01-01 not found for Table: books"
    found = refusal(database, "GetResourcePolicy", missing)
    assert f"ResourceNotFoundException: {text}" == found
    missing = {"ResourceArn": f"{MISSING_ARN}/stream/2026-01-01"}
    text = "Requested resource not found: Table: films not found"
    found = refusal(database, "GetResourcePolicy", missing)
    assert f"ResourceNotFoundException: {text}" == found
    stream = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    changed = {"TableName": "books", "StreamSpecification": stream}
    arn = database.call("UpdateTable", changed)["TableDescription"]["LatestStreamArn"]
    found = refusal(database, "GetResourcePolicy", {"ResourceArn": arn})
    text = f"Resource-based policy not found for the provided ResourceArn: {arn}"
    assert f"PolicyNotFoundException: {text}" == found


def test_vector_indexes_are_refused(database: ddblite.Database) -> None:
    request = TABLE | {"TableName": "films", "VectorIndexes": [{"IndexName": "abc"}]}
    text = "VectorIndexes is not supported: there are no vector indexes yet"
    assert f"ValidationException: {INVALID}{text}" == refusal(database, "CreateTable", request)


def test_capacity_beyond_the_quota(database: ddblite.Database) -> None:
    """Of a table, and of an index."""
    text = (
        "LimitExceededException: The requested ReadCapacityUnits, 40001, is above the per table"
        " maximum for the account in us-east-1. Per table maximum: 40000. Refer to the Amazon"
        " DynamoDB Developer Guide for current limits and how to request higher limits."
    )
    units = {"ReadCapacityUnits": 40_001, "WriteCapacityUnits": 1}
    request = TABLE | PROVISIONED | {"TableName": "films", "ProvisionedThroughput": units}
    assert text == refusal(database, "CreateTable", request)
    key = TABLE["KeySchema"][0]["AttributeName"]
    request["ProvisionedThroughput"] = units | {"ReadCapacityUnits": 40_000}
    request["GlobalSecondaryIndexes"] = [index(f"{key}:HASH", ProvisionedThroughput=units)]
    assert text == refusal(database, "CreateTable", request)
