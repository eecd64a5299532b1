"""Engine answers to wire responses.

One function per operation, each given the wire request (which says what was asked for) and
the engine's record. Members without content are left out, as the service does: ``Attributes``
of nothing, ``Item`` of a missing item, ``ConsumedCapacity`` that nobody asked for. A table that
was asked for by its ARN is answered under its ARN.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ddblite.api.wire.decode_transactions import ARMS
from ddblite.schema import control_requests, requests
from ddblite.schema.errors import ValidationException
from ddblite.schema.names import REGION, table_named
from ddblite.schema.statement_requests import BatchStatementAnswer, StatementOutcome
from ddblite.schema.wire import encode_item

if TYPE_CHECKING:
    from ddblite.partiql.run.execute import Page

Wire = Mapping[str, Any]


def names_asked(written: Iterable[str]) -> dict[str, str]:
    """Returns tables with how a request writes each of them: as a name or as an ARN.

    Of a table that is written in two ways the first counts.
    """
    names: dict[str, str] = {}
    for name in written:
        names.setdefault(table_named(name) or name, name)
    return names


def names_in_transaction(wire: Wire, arms: Iterable[str]) -> Iterator[str]:
    """Yields the tables of a transaction as they are written; each entry has one of the arms."""
    for entry in wire["TransactItems"]:
        actions = map(entry.get, arms)
        yield from (action["TableName"] for action in actions if action is not None)


def with_capacity(
    wire: Wire,
    response: dict[str, Any],
    consumed: requests.Consumed | Sequence[requests.Consumed],
    written: Iterable[str] = (),
) -> dict[str, Any]:
    """Returns the response with ConsumedCapacity, if it was asked for: an object or a list.

    ``written`` are the tables as the request writes them.
    """
    level = wire.get("ReturnConsumedCapacity")
    if level is None or level == "NONE":
        return response
    detailed = level == "INDEXES"
    names = names_asked(written)
    response["ConsumedCapacity"] = (
        capacity(consumed, names, detailed=detailed)
        if isinstance(consumed, requests.Consumed)
        else [capacity(each, names, detailed=detailed) for each in consumed]
    )
    return response


def capacity(
    consumed: requests.Consumed, names: Mapping[str, str], *, detailed: bool
) -> dict[str, Any]:
    """Returns the units of one table; ``detailed`` adds the table's own and each index's."""
    total = float(consumed.total)
    name = names.get(consumed.table_name, consumed.table_name)
    response: dict[str, Any] = {"TableName": name, "CapacityUnits": total}
    kind = None
    if consumed.transaction:
        kind = "WriteCapacityUnits" if consumed.write else "ReadCapacityUnits"
        response[kind] = total
    if not detailed:
        return response
    response["Table"] = arm(consumed.table, kind)
    for member, arms in (
        ("LocalSecondaryIndexes", consumed.local_indexes),
        ("GlobalSecondaryIndexes", consumed.global_indexes),
    ):
        if arms:
            response[member] = {index: arm(units, kind) for index, units in arms.items()}
    return response


def arm(units: float, kind: str | None) -> dict[str, float]:
    """Returns one Capacity structure; transactions name the kind of unit as well."""
    amount = float(units)
    return {"CapacityUnits": amount} if kind is None else {"CapacityUnits": amount, kind: amount}


def collection(metrics: requests.ItemCollection) -> dict[str, Any]:
    """Returns ItemCollectionMetrics of one partition."""
    return {
        "ItemCollectionKey": encode_item(metrics.key),
        "SizeEstimateRangeGB": list(metrics.size_range_gb),
    }


def get_item(wire: Wire, answer: requests.GetItemAnswer) -> dict[str, Any]:
    """Encodes GetItem: no Item when there is none, an empty one when nothing was chosen."""
    response = {} if answer.item is None else {"Item": encode_item(answer.item)}
    return with_capacity(wire, response, answer.consumed, (wire["TableName"],))


def write(wire: Wire, answer: requests.WriteAnswer) -> dict[str, Any]:
    """Encodes PutItem, UpdateItem and DeleteItem."""
    response: dict[str, Any] = {}
    if answer.attributes:
        response["Attributes"] = encode_item(answer.attributes)
    if answer.collection is not None and wire.get("ReturnItemCollectionMetrics") == "SIZE":
        response["ItemCollectionMetrics"] = collection(answer.collection)
    return with_capacity(wire, response, answer.consumed, (wire["TableName"],))


def page(wire: Wire, answer: requests.PageAnswer) -> dict[str, Any]:
    """Encodes Query and Scan; a count has no Items."""
    response: dict[str, Any] = {}
    if wire.get("Select") != "COUNT":
        response["Items"] = [encode_item(item) for item in answer.items]
    response["Count"] = answer.count
    response["ScannedCount"] = answer.scanned_count
    if answer.last_key is not None:
        response["LastEvaluatedKey"] = encode_item(answer.last_key)
    return with_capacity(wire, response, answer.consumed, (wire["TableName"],))


def batch_get(wire: Wire, answer: requests.BatchGetAnswer) -> dict[str, Any]:
    """Encodes BatchGetItem; what is left over carries its table's settings along."""
    names = names_asked(wire["RequestItems"])
    unprocessed: dict[str, Any] = {}
    for table, keys in answer.unprocessed.items():
        if keys:
            settings = wire["RequestItems"][names[table]]
            unprocessed[names[table]] = {**settings, "Keys": list(map(encode_item, keys))}
    response = {
        "Responses": {
            names[table]: list(map(encode_item, items)) for table, items in answer.items.items()
        },
        "UnprocessedKeys": unprocessed,
    }
    return with_capacity(wire, response, answer.consumed, names.values())


def batch_write(wire: Wire, answer: requests.BatchWriteAnswer) -> dict[str, Any]:
    """Encodes BatchWriteItem; nothing is ever left over."""
    return {"UnprocessedItems": {}, **written_by(wire, answer, wire["RequestItems"])}


def transact_write(wire: Wire, answer: requests.BatchWriteAnswer) -> dict[str, Any]:
    """Encodes TransactWriteItems: nothing, unless metrics or capacity were asked for."""
    return written_by(wire, answer, names_in_transaction(wire, ARMS))


def written_by(
    wire: Wire, answer: requests.BatchWriteAnswer, written: Iterable[str]
) -> dict[str, Any]:
    """Returns what was asked for of writes to several tables: metrics, capacity."""
    response: dict[str, Any] = {}
    if answer.collections and wire.get("ReturnItemCollectionMetrics") == "SIZE":
        names = names_asked(written)
        response["ItemCollectionMetrics"] = {
            names[table]: list(map(collection, partitions))
            for table, partitions in answer.collections.items()
        }
        written = names.values()
    return with_capacity(wire, response, answer.consumed, written)


def transact_get(wire: Wire, answer: requests.TransactGetAnswer) -> dict[str, Any]:
    """Encodes TransactGetItems; a get that found or chose nothing has an empty entry."""
    names = names_in_transaction(wire, ["Get"])
    return with_capacity(wire, entries(answer), answer.consumed, names)


def entries(answer: requests.TransactGetAnswer) -> dict[str, Any]:
    """Returns the Responses of a transaction, an entry per action."""
    return {
        "Responses": [{} if item is None else {"Item": encode_item(item)} for item in answer.items]
    }


def changed_table(_wire: Wire, answer: control_requests.TableAnswer) -> dict[str, Any]:
    """Encodes CreateTable, UpdateTable and DeleteTable."""
    return {"TableDescription": answer.description}


def described_table(_wire: Wire, answer: control_requests.TableAnswer) -> dict[str, Any]:
    """Encodes DescribeTable."""
    return {"Table": answer.description}


def table_names(_wire: Wire, answer: control_requests.ListTablesAnswer) -> dict[str, Any]:
    """Encodes ListTables; LastEvaluatedTableName is there only when there is more."""
    response: dict[str, Any] = {"TableNames": list(answer.names)}
    if answer.last_name is not None:
        response["LastEvaluatedTableName"] = answer.last_name
    return response


def response(_wire: Wire, answer: control_requests.ResponseAnswer) -> dict[str, Any]:
    """Encodes what the engine answers in the wire's own shape."""
    return answer.response


def records(_wire: Wire, answer: control_requests.RecordsAnswer) -> dict[str, Any]:
    """Encodes GetRecords; a shard that is closed and read to its end has no next iterator."""
    found: dict[str, Any] = {"Records": list(map(stream_record, answer.records))}
    if answer.next_iterator is not None:
        found["NextShardIterator"] = answer.next_iterator
    return found


def stream_record(record: control_requests.StreamRecord) -> dict[str, Any]:
    """Returns one record of a stream."""
    change: dict[str, Any] = {
        "ApproximateCreationDateTime": int(record.written_at_s),
        "Keys": encode_item(record.keys),
    }
    if record.new_image is not None:
        change["NewImage"] = encode_item(record.new_image)
    if record.old_image is not None:
        change["OldImage"] = encode_item(record.old_image)
    change["SequenceNumber"] = record.sequence_number
    change["SizeBytes"] = record.size
    change["StreamViewType"] = record.view
    event: dict[str, Any] = {
        "eventID": record.event_id,
        "eventName": record.event_name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": change,
    }
    if record.actor is not None:
        kind, _, principal = record.actor.partition(" ")
        event["userIdentity"] = {"Type": kind, "PrincipalId": principal}
    return event


# PartiQL


def statement(wire: Wire, page: "Page") -> dict[str, Any]:
    """Encodes ExecuteStatement: there are always Items, if only an empty list of them."""
    response: dict[str, Any] = {"Items": [encode_item(item) for item in page.items]}
    if page.token is not None:
        response["NextToken"] = page.token
        if page.last_key is not None:
            response["LastEvaluatedKey"] = encode_item(page.last_key)
    return with_capacity(wire, response, page.consumed, tables_written([wire]))


def batch_statement(wire: Wire, answer: BatchStatementAnswer) -> dict[str, Any]:
    """Encodes BatchExecuteStatement: an entry per statement; no capacity when none succeeded."""
    response = {"Responses": list(map(outcome, answer.outcomes))}
    if not answer.consumed:
        return response
    return with_capacity(wire, response, answer.consumed, tables_written(wire["Statements"]))


def transaction(wire: Wire, answer: requests.TransactGetAnswer) -> dict[str, Any]:
    """Encodes ExecuteTransaction as TransactGetItems is; its writes have no entries."""
    written = tables_written(wire["TransactStatements"])
    return with_capacity(wire, entries(answer), answer.consumed, written)


def tables_written(statements: Iterable[Wire]) -> Iterator[str]:
    """Yields the tables of those statements that can be read, as they are written."""
    from ddblite.partiql import prepare

    for asked in statements:
        with suppress(ValidationException):
            yield prepare(asked["Statement"]).statement.table_written


def outcome(of: StatementOutcome) -> dict[str, Any]:
    """Returns what became of one statement of a batch."""
    entry: dict[str, Any] = {}
    if of.code is not None:
        entry["Error"] = {"Code": of.code, "Message": of.message}
    if of.item is not None:
        owner: dict[str, Any] = entry if of.code is None else entry["Error"]
        owner["Item"] = encode_item(of.item)
    if of.table_name is not None:
        entry["TableName"] = of.table_name
    return entry
