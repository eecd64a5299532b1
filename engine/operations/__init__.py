"""One verb per function: validate, plan, touch storage, answer.

``OPERATIONS`` is the table of them all, by the request that asks for each.
"""

from collections.abc import Callable
from typing import Any, Final

from ddblite.engine.control import (
    backups,
    changes,
    streams,
    sweeping,
    tables,
    tags,
    time_settings,
    unavailable,
)
from ddblite.engine.operations import (
    batches,
    loading,
    pages,
    reads,
    transaction_reads,
    transactions,
    writes,
)
from ddblite.schema import control_requests, requests

Operation = Callable[[Any, Any], Any]

OPERATIONS: Final[dict[type[requests.Request], Operation]] = {
    requests.GetItem: reads.get_item,
    requests.BatchGetItem: batches.batch_get_item,
    requests.Query: pages.query,
    requests.Scan: pages.scan,
    control_requests.DescribeTable: tables.describe_table,
    control_requests.ListTables: tables.list_tables,
    requests.PutItem: writes.write_item,
    requests.UpdateItem: writes.write_item,
    requests.DeleteItem: writes.write_item,
    requests.BatchWriteItem: batches.batch_write_item,
    requests.TransactGetItems: transaction_reads.transact_get_items,
    requests.TransactWriteItems: transactions.transact_write_items,
    requests.LoadItems: batches.load_items,
    requests.AcceptItems: loading.accept_items,
    requests.LoadRows: loading.load_rows,
    control_requests.CreateTable: tables.create_table,
    control_requests.DeleteTable: tables.delete_table,
    control_requests.UpdateTable: tables.update_table,
    control_requests.TagResource: tags.tag_resource,
    control_requests.UntagResource: tags.untag_resource,
    control_requests.ListTagsOfResource: tags.list_tags,
    control_requests.UpdateTimeToLive: time_settings.update_time_to_live,
    control_requests.DescribeTimeToLive: time_settings.describe_time_to_live,
    control_requests.UpdateContinuousBackups: time_settings.update_continuous_backups,
    control_requests.DescribeContinuousBackups: time_settings.describe_continuous_backups,
    control_requests.CreateBackup: backups.create_backup,
    control_requests.DescribeBackup: backups.describe_backup,
    control_requests.DeleteBackup: backups.delete_backup,
    control_requests.ListBackups: backups.list_backups,
    control_requests.RestoreTableFromBackup: backups.restore_table_from_backup,
    control_requests.RestoreTableToPointInTime: backups.restore_to_point_in_time,
    control_requests.StartOfChanges: changes.start_of_changes,
    control_requests.ReadChanges: changes.read_changes,
    control_requests.SaveCheckpoint: changes.save_checkpoint,
    control_requests.Sweep: sweeping.sweep,
    control_requests.ListStreams: streams.list_streams,
    control_requests.DescribeStream: streams.describe_stream,
    control_requests.GetShardIterator: streams.get_shard_iterator,
    control_requests.GetRecords: streams.get_records,
    control_requests.AbsentFeature: unavailable.answer_absent,
}
"""The function of each request; whether it only reads is a fact of the request's kind."""
