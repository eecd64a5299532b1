"""What is not as the service has it: operations that are missing, and those with remarks.

The operations in ``MISSING`` are answered with UnknownOperationException on purpose. The sentence
is the error's text, in Python and on the wire, so that every client shows why. There it departs
from the service, whose error has no text; a name that its model does not have gets none here too.
An operation that would only pretend stands here until it is whole. Two settings are recorded
and described without being carried out, because whoever provisions a table insists on them.
"""

from typing import Final

from ddblite.engine.definitions.recorded_settings import RECORDED_ONLY

STREAMS: Final = "streams come with the change log, in a later release"
BACKUPS: Final = "backups and restoring come with the change log, in a later release"
TRANSFER: Final = (
    "export, import and bulk loading in the service's formats come in a later release;"
    " the commands `ddblite export` and `ddblite import` are there"
)
POLICIES: Final = "resource policies come in a later release; nothing enforces them in a file"
INSIGHTS: Final = "there are no contributor insights: nothing is counted per key"

MISSING: Final[dict[str, str]] = {
    "CreateBackup": BACKUPS,
    "DeleteResourcePolicy": POLICIES,
    "DescribeStream": STREAMS,
    "EnableKinesisStreamingDestination": "there is no Kinesis beside a file",
    "ExportTableToPointInTime": TRANSFER,
    "GetRecords": STREAMS,
    "GetShardIterator": STREAMS,
    "ImportTable": TRANSFER,
    "PutResourcePolicy": POLICIES,
    "RestoreTableFromBackup": BACKUPS,
    "RestoreTableToPointInTime": BACKUPS,
    "SearchVectors": "vector indexes come in a later release",
    "StartBulkPutItems": TRANSFER,
    "UpdateContributorInsights": INSIGHTS,
}
"""The reason why an operation is not carried out, by its name."""

NO_EXPIRY: Final = f"{RECORDED_ONLY}: no item expires"
NO_RECOVERY: Final = f"{RECORDED_ONLY}: there never is a time to restore to"

REMARKS: Final[dict[str, str]] = {
    "CreateTable": "vector indexes are refused; streams are described but record nothing yet",
    "DeleteBackup": "there are no backups yet: never found",
    "DescribeBackup": "there are no backups yet: never found",
    "DescribeExport": "there are no exports: never found",
    "DescribeImport": "there are no imports: never found",
    "CancelBulkOperation": "there are no bulk operations: never found",
    "DescribeBulkOperation": "there are no bulk operations: never found",
    "CreateGlobalTable": "refused as the service refuses the version of 2017",
    "DescribeGlobalTable": "never found",
    "DescribeGlobalTableSettings": "never found",
    "UpdateGlobalTable": "refused as the service refuses the version of 2017",
    "UpdateGlobalTableSettings": "never found",
    "DescribeTableReplicaAutoScaling": "never found: a table in a file has no replicas",
    "UpdateTableReplicaAutoScaling": "never found: a table in a file has no replicas",
    "DisableKinesisStreamingDestination": "refused: there never is an active destination",
    "UpdateKinesisStreamingDestination": "refused: there never is an active destination",
    "DescribeContinuousBackups": NO_RECOVERY,
    "DescribeTimeToLive": NO_EXPIRY,
    "UpdateContinuousBackups": NO_RECOVERY,
    "UpdateTimeToLive": NO_EXPIRY,
    "DescribeEndpoints": "the host that was asked; in Python a constant, the service's own address",
    "DescribeLimits": "a constant: an account's default quotas",
    "GetResourcePolicy": "the policy that the table was created with, if any; never enforced",
    "ListTagsOfResource": "tags of tables; all in one page",
    "TagResource": "tags of tables, not of streams",
    "UntagResource": "tags of tables, not of streams",
    "UpdateTable": "replicas and vector indexes are refused; streams record nothing yet",
}
"""What is worth knowing about an operation that is carried out."""
