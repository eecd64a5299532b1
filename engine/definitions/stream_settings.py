"""The stream of a table, as far as its definition tells: its settings, its label, its ARN.

A label is the moment at which the stream was enabled. It stays when the stream is disabled, and
enabling it again makes a new one. Facts: docs/facts/tables-and-features.md, "Streams".
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from ddblite.schema.names import table_arn

Definition = Mapping[str, Any]

MILLISECOND_S: Final = 0.001


def with_stream(definition: Definition, stream: Definition, now_s: float) -> dict[str, Any]:
    """Returns a definition with its stream enabled, under a new label, or disabled."""
    after = {name: member for name, member in definition.items() if name != "StreamSpecification"}
    if stream["StreamEnabled"]:
        after["StreamSpecification"] = stream
        after["LatestStreamLabel"] = new_label(definition.get("LatestStreamLabel"), now_s)
    return after


def new_label(earlier: str | None, now_s: float) -> str:
    """Returns the label of a stream enabled now; it is never that of the earlier one."""
    label = label_of(now_s)
    return label_of(now_s + MILLISECOND_S) if label == earlier else label


def label_of(moment_s: float) -> str:
    """Returns a moment as ``2026-10-08T23:07:31.275``, in UTC."""
    moment = datetime.fromtimestamp(moment_s, UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds")


def stream_arn(table_name: str, label: str) -> str:
    """Returns the ARN of a stream."""
    return f"{table_arn(table_name)}/stream/{label}"


def stream_description(definition: Definition) -> dict[str, Any]:
    """Returns what a table's description says of its stream; nothing when it never had one."""
    described: dict[str, Any] = {}
    if "StreamSpecification" in definition:
        described["StreamSpecification"] = definition["StreamSpecification"]
    label = definition.get("LatestStreamLabel")
    if label is not None:
        described["LatestStreamLabel"] = label
        described["LatestStreamArn"] = stream_arn(definition["TableName"], label)
    return described
