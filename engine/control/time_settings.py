"""What sets and describes time to live and point-in-time recovery."""

from collections.abc import Callable, Mapping
from typing import Any

from ddblite.engine.catalog import Catalog
from ddblite.engine.context import Context
from ddblite.engine.control.tables import described_table
from ddblite.engine.definitions.time_settings import (
    EXPIRY,
    expiry_description,
    recovery_description,
    with_expiry,
    with_recovery,
)
from ddblite.schema.control_requests import (
    DescribeContinuousBackups,
    DescribeTimeToLive,
    ResponseAnswer,
    UpdateContinuousBackups,
    UpdateTimeToLive,
)
from ddblite.schema.errors import TableNotFoundException
from ddblite.schema.tables import TableSpec

Find = Callable[[Catalog, str], TableSpec]
Change = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]


def update_time_to_live(context: Context, request: UpdateTimeToLive) -> ResponseAnswer:
    """Says by which attribute items expire, or that they do not any more."""
    change_setting(context, request, table_of, with_expiry)
    return ResponseAnswer(response={EXPIRY: request.setting})


def describe_time_to_live(context: Context, request: DescribeTimeToLive) -> ResponseAnswer:
    """Tells by which attribute items expire."""
    spec = table_of(context.catalog, request.table_name)
    description = expiry_description(spec.definition)
    return ResponseAnswer(response={"TimeToLiveDescription": description})


def update_continuous_backups(context: Context, request: UpdateContinuousBackups) -> ResponseAnswer:
    """Says whether there are times to restore a table to."""
    now_s = context.clock.now_s()

    def change(before: Mapping[str, Any], setting: Mapping[str, Any]) -> dict[str, Any]:
        return with_recovery(before, setting, now_s)

    return backups(change_setting(context, request, backed_up_table, change), now_s)


def describe_continuous_backups(
    context: Context, request: DescribeContinuousBackups
) -> ResponseAnswer:
    """Tells which times there are to restore a table to."""
    definition = backed_up_table(context.catalog, request.table_name).definition
    return backups(definition, context.clock.now_s())


def change_setting(
    context: Context,
    request: UpdateTimeToLive | UpdateContinuousBackups,
    find: Find,
    change: Change,
) -> Mapping[str, Any]:
    """Changes a setting of the table that a request names; returns the table's definition."""
    with context.write() as transaction:
        spec = find(transaction.catalog, request.table_name)
        after = change(spec.definition, request.setting)
        transaction.change_table(spec, after)
    return after


def backups(definition: Mapping[str, Any], now_s: float) -> ResponseAnswer:
    """Returns the answer of both operations on continuous backups."""
    description = recovery_description(definition, now_s)
    return ResponseAnswer(response={"ContinuousBackupsDescription": description})


def table_of(picture: Catalog, name: str) -> TableSpec:
    """Returns a table, or raises as the control plane does when there is none."""
    return described_table(picture.table(name), name)


def backed_up_table(picture: Catalog, name: str) -> TableSpec:
    """Returns a table, or raises as operations on backups do when there is none."""
    spec = picture.table(name)
    if spec is None:
        raise TableNotFoundException(f"Table not found: {name}")
    return spec
