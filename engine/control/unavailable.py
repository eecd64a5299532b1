"""What is asked about features that no table here has, and what the service answers then.

Tools ask all of this after every CreateTable: a table that never had backups, a Kinesis destination
or insights says so in the words of the service, and what does not exist is not found under the
service's own error. A feature that comes leaves this table for a module of its own. Facts:
docs/facts/tables-and-features.md, "What is asked about absent features".
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

from ddblite.engine.context import Context
from ddblite.engine.control.tables import described_table
from ddblite.schema.control_requests import AbsentFeature, ResponseAnswer
from ddblite.schema.errors import (
    DdbError,
    ExportNotFoundException,
    GlobalTableNotFoundException,
    ImportNotFoundException,
    PolicyNotFoundException,
    ResourceNotFoundException,
    ValidationException,
)
from ddblite.schema.limits import ACCOUNT_CAPACITY_UNITS_MAX, TABLE_CAPACITY_UNITS_MAX
from ddblite.schema.names import REGION, parse_stream_arn, table_named
from ddblite.schema.wording import invalid

Answer = Callable[[Context, AbsentFeature], dict[str, Any]]

ENDPOINT: Final = {"Address": f"dynamodb.{REGION}.amazonaws.com", "CachePeriodInMinutes": 1440}
LIMITS: Final = {
    "AccountMaxReadCapacityUnits": ACCOUNT_CAPACITY_UNITS_MAX,
    "AccountMaxWriteCapacityUnits": ACCOUNT_CAPACITY_UNITS_MAX,
    "TableMaxReadCapacityUnits": TABLE_CAPACITY_UNITS_MAX,
    "TableMaxWriteCapacityUnits": TABLE_CAPACITY_UNITS_MAX,
}
LEGACY_GLOBAL_TABLES: Final = (
    "DynamoDB global tables version 2017.11.29 is not supported. We recommend using DynamoDB"
    " global tables version 2019.11.21, instead of version 2017.11.29 (Legacy)."
)
NO_KINESIS: Final = (
    "Table is not in a valid state to enable Kinesis Streaming Destination:"
    " KinesisStreamingDestination must be ACTIVE to perform {verb} operation."
)


def answer_absent(context: Context, request: AbsentFeature) -> ResponseAnswer:
    """Answers for a feature that is not there, or raises what the service raises then."""
    return ResponseAnswer(response=ANSWERS[request.operation](context, request))


def always(response: Mapping[str, Any]) -> Answer:
    """Returns an answer that asks about nothing in particular."""
    return lambda _machine, _request: dict(response)


def of_table(response: Mapping[str, Any]) -> Answer:
    """Returns an answer about a table that must exist, and is named in it."""

    def answer(context: Context, request: AbsentFeature) -> dict[str, Any]:
        described_table(context.catalog.table(request.resource), request.resource)
        return {"TableName": request.resource, **response}

    return answer


def not_found(kind: type[DdbError], text: str) -> Answer:
    """Returns an answer that always raises; ``text`` has the resource's place as ``{}``."""

    def answer(_context: Context, request: AbsentFeature) -> NoReturn:
        raise kind(text.format(request.resource))

    return answer


def found_by_arn(kind: type[DdbError], text: str, word: str, malformed: str) -> Answer:
    """Returns an answer that always raises, with a text of its own for another kind of ARN."""

    def answer(_context: Context, request: AbsentFeature) -> NoReturn:
        if f"/{word}/" not in request.resource or not request.resource.startswith("arn:"):
            raise ValidationException(malformed)
        raise kind(text.format(request.resource))

    return answer


def contributor_insights(context: Context, request: AbsentFeature) -> dict[str, Any]:
    """Answers that insights are off, for a table or one of its global indexes."""
    name, index_name = request.resource, request.index_name
    spec = described_table(context.catalog.table(name), name)
    described = {"TableName": name}
    if index_name is not None:
        if index_name not in spec.indexes or not spec.indexes[index_name].is_global:
            raise ResourceNotFoundException(
                f"Requested resource not found: Index: {index_name} not found for table: {name}"
            )
        described["IndexName"] = index_name
    return {**described, "ContributorInsightsStatus": "DISABLED"}


def listed_insights(context: Context, request: AbsentFeature) -> dict[str, Any]:
    """Answers that no insights are on; a table that is named must exist."""
    if request.resource:
        described_table(context.catalog.table(request.resource), request.resource)
    return {"ContributorInsightsSummaries": []}


def resource_policy(context: Context, request: AbsentFeature) -> dict[str, Any]:
    """Answers that a table or stream has no policy, unless the table was created with one."""
    arn = request.resource
    name, label = parse_stream_arn(arn) or (table_named(arn) or "", None)
    spec = described_table(context.catalog.table(name), name)
    if label not in {None, spec.definition.get("LatestStreamLabel")}:
        raise ResourceNotFoundException(
            f"Requested resource not found: Stream: {label} not found for Table: {name}"
        )
    policy = spec.definition.get("ResourcePolicy") if label is None else None
    if policy is None:
        raise PolicyNotFoundException(
            f"Resource-based policy not found for the provided ResourceArn: {arn}"
        )
    return {"Policy": policy, "RevisionId": str(int(spec.created_at_s * 1000))}


def no_kinesis(verb: str) -> Answer:
    """Returns an answer about a Kinesis destination of a table: it is not active."""

    def answer(context: Context, request: AbsentFeature) -> NoReturn:
        described_table(context.catalog.table(request.resource), request.resource)
        raise ValidationException(NO_KINESIS.format(verb=verb))

    return answer


def legacy_global_tables(_context: Context, _request: AbsentFeature) -> NoReturn:
    """Refuses the older kind of global tables, as the service does."""
    raise invalid(LEGACY_GLOBAL_TABLES)


NO_GLOBAL_TABLE: Final = not_found(
    GlobalTableNotFoundException, "Global table with name: '{}' does not exist."
)
NO_REPLICAS: Final = not_found(
    ResourceNotFoundException, "Global table with name: '{}' does not exist."
)
NO_BULK_OPERATION: Final = not_found(
    ResourceNotFoundException, "Requested resource not found: BulkOperation: {} not found"
)

ANSWERS: Final[dict[str, Answer]] = {
    "CancelBulkOperation": NO_BULK_OPERATION,
    "CreateGlobalTable": legacy_global_tables,
    "DescribeBulkOperation": NO_BULK_OPERATION,
    "DescribeContributorInsights": contributor_insights,
    "DescribeEndpoints": always({"Endpoints": [ENDPOINT]}),
    "DescribeExport": found_by_arn(
        ExportNotFoundException,
        "Export not found: Export not found: {}",
        "export",
        "Invalid Export ARN",
    ),
    "DescribeGlobalTable": NO_GLOBAL_TABLE,
    "DescribeGlobalTableSettings": NO_GLOBAL_TABLE,
    "DescribeImport": not_found(ImportNotFoundException, "Import not found: {}"),
    "DescribeKinesisStreamingDestination": of_table({"KinesisDataStreamDestinations": []}),
    "DescribeLimits": always(LIMITS),
    "DescribeTableReplicaAutoScaling": NO_REPLICAS,
    "DisableKinesisStreamingDestination": no_kinesis("DISABLE"),
    "GetResourcePolicy": resource_policy,
    "ListBulkOperations": always({"BulkOperationsSummaryList": []}),
    "ListContributorInsights": listed_insights,
    "ListExports": always({"ExportSummaries": []}),
    "ListGlobalTables": always({"GlobalTables": []}),
    "ListImports": always({"ImportSummaryList": []}),
    "UpdateGlobalTable": legacy_global_tables,
    "UpdateGlobalTableSettings": NO_GLOBAL_TABLE,
    "UpdateKinesisStreamingDestination": no_kinesis("UPDATE"),
    "UpdateTableReplicaAutoScaling": NO_REPLICAS,
}
"""Every operation that is answered without the feature it is about."""
