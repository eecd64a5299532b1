"""One verb per function: validate, plan, touch storage, answer.

``OPERATIONS`` is the table of them all, by the request that asks for each.
"""

from collections.abc import Callable
from typing import Any, Final

from ddblite.engine.control import recorded_settings, tables, tags, unavailable
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

OPERATIONS: Final[dict[type[requests.Record], tuple[Operation, bool]]] = {
    requests.GetItem: (reads.get_item, True),
    requests.BatchGetItem: (batches.batch_get_item, True),
    requests.Query: (pages.query, True),
    requests.Scan: (pages.scan, True),
    requests.DescribeTable: (tables.describe_table, True),
    requests.ListTables: (tables.list_tables, True),
    requests.PutItem: (writes.write_item, False),
    requests.UpdateItem: (writes.write_item, False),
    requests.DeleteItem: (writes.write_item, False),
    requests.BatchWriteItem: (batches.batch_write_item, False),
    requests.TransactGetItems: (transaction_reads.transact_get_items, True),
    requests.TransactWriteItems: (transactions.transact_write_items, False),
    requests.LoadItems: (batches.load_items, False),
    requests.AcceptItems: (loading.accept_items, True),
    requests.LoadRows: (loading.load_rows, False),
    requests.CreateTable: (tables.create_table, False),
    requests.DeleteTable: (tables.delete_table, False),
    control_requests.UpdateTable: (tables.update_table, False),
    control_requests.TagResource: (tags.tag_resource, False),
    control_requests.UntagResource: (tags.untag_resource, False),
    control_requests.ListTagsOfResource: (tags.list_tags, True),
    control_requests.UpdateTimeToLive: (recorded_settings.update_time_to_live, False),
    control_requests.DescribeTimeToLive: (recorded_settings.describe_time_to_live, True),
    control_requests.UpdateContinuousBackups: (
        recorded_settings.update_continuous_backups,
        False,
    ),
    control_requests.DescribeContinuousBackups: (
        recorded_settings.describe_continuous_backups,
        True,
    ),
    control_requests.AbsentFeature: (unavailable.answer_absent, True),
}
"""The function of each request, and whether it only reads."""
