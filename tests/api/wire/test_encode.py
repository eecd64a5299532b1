"""Answers on the wire: what is there, what is left out, and the shapes of capacity."""

import pytest

from ddblite.api.wire import encode
from ddblite.schema import control_requests, requests
from ddblite.schema.requests import Consumed, ItemCollection
from wire_requests import BATCH_WRITE, GET, PUT, SCAN, TRANSACT_GET, TRANSACT_WRITE, Json

USED = Consumed(
    table_name="books",
    table=2.0,
    write=True,
    local_indexes={"by_year": 1.0},
    global_indexes={"by_name": 3.0},
)
READ = Consumed(table_name="books", table=0.5, write=False)


@pytest.mark.parametrize("asked", [{}, {"ReturnConsumedCapacity": "NONE"}])
def test_capacity_nobody_asked_for(asked: dict[str, str]) -> None:
    assert {} == encode.with_capacity(asked, {}, USED)


def test_total_capacity() -> None:
    answer = encode.with_capacity({"ReturnConsumedCapacity": "TOTAL"}, {}, USED)
    assert {"ConsumedCapacity": {"TableName": "books", "CapacityUnits": 6.0}} == answer


def test_capacity_per_index() -> None:
    wire = {"ReturnConsumedCapacity": "INDEXES"}
    assert {
        "TableName": "books",
        "CapacityUnits": 6.0,
        "Table": {"CapacityUnits": 2.0},
        "LocalSecondaryIndexes": {"by_year": {"CapacityUnits": 1.0}},
        "GlobalSecondaryIndexes": {"by_name": {"CapacityUnits": 3.0}},
    } == encode.with_capacity(wire, {}, USED)["ConsumedCapacity"]
    assert [
        {"TableName": "books", "CapacityUnits": 0.5, "Table": {"CapacityUnits": 0.5}}
    ] == encode.with_capacity(wire, {}, [READ])["ConsumedCapacity"]


@pytest.mark.parametrize(
    ("write", "member"), [(True, "WriteCapacityUnits"), (False, "ReadCapacityUnits")]
)
def test_capacity_of_transactions_names_the_unit(write: bool, member: str) -> None:  # noqa: FBT001
    used = Consumed(table_name="books", table=4.0, write=write, transaction=True)
    units = {"CapacityUnits": 4.0, member: 4.0}
    assert {"TableName": "books", **units} == encode.capacity(used, {}, detailed=False)
    assert units == encode.capacity(used, {}, detailed=True)["Table"]


@pytest.mark.parametrize(
    ("item", "answer"), [(None, {}), ({}, {"Item": {}}), ({"a": 1}, {"Item": {"a": {"N": "1"}}})]
)
def test_get_item(item: Json, answer: dict[str, Json]) -> None:
    """A missing item has no Item; one of which nothing was chosen has an empty one."""
    assert answer == encode.get_item(GET, requests.GetItemAnswer(item=item, consumed=READ))


@pytest.mark.parametrize("attributes", [None, {}])
def test_attributes_of_nothing_are_left_out(attributes: Json) -> None:
    assert {} == encode.write(PUT, requests.WriteAnswer(attributes=attributes, consumed=USED))


def test_item_collection_metrics_are_asked_for() -> None:
    answer = requests.WriteAnswer(
        attributes={"a": "1"}, consumed=USED, collection=ItemCollection(key={"id": "1"})
    )
    assert {"Attributes": {"a": {"S": "1"}}} == encode.write(PUT, answer)
    metrics = {"ItemCollectionKey": {"id": {"S": "1"}}, "SizeEstimateRangeGB": [0.0, 1.0]}
    wire = {"ReturnItemCollectionMetrics": "SIZE"}
    assert metrics == encode.write(PUT | wire, answer)["ItemCollectionMetrics"]
    batch = requests.BatchWriteAnswer(
        consumed=[USED], collections={"books": [ItemCollection(key={"id": "1"})]}
    )
    assert {"books": [metrics]} == encode.batch_write(BATCH_WRITE | wire, batch)[
        "ItemCollectionMetrics"
    ]
    assert {"UnprocessedItems": {}} == encode.batch_write(BATCH_WRITE, batch)


def test_page() -> None:
    answer = requests.PageAnswer(
        items=[{"a": 1}], count=1, scanned_count=2, last_key={"id": "1"}, consumed=READ
    )
    counts = {"Count": 1, "ScannedCount": 2, "LastEvaluatedKey": {"id": {"S": "1"}}}
    assert {"Items": [{"a": {"N": "1"}}], **counts} == encode.page(SCAN, answer)
    assert counts == encode.page(SCAN | {"Select": "COUNT"}, answer)


def test_last_page_has_no_key() -> None:
    answer = requests.PageAnswer(items=[], count=0, scanned_count=0, last_key=None, consumed=READ)
    assert {"Items": [], "Count": 0, "ScannedCount": 0} == encode.page(SCAN, answer)


def test_unprocessed_keys_carry_their_settings() -> None:
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/books"
    asked = {
        "Keys": [{"id": {"S": "1"}}, {"id": {"S": "2"}}],
        "ProjectionExpression": "#a",
        "ExpressionAttributeNames": {"#a": "a"},
    }
    answer = requests.BatchGetAnswer(
        items={"books": [{"a": 1}]},
        unprocessed={"books": [{"id": "2"}], "films": []},
        consumed=[READ],
    )
    assert {
        "Responses": {arn: [{"a": {"N": "1"}}]},
        "UnprocessedKeys": {arn: {**asked, "Keys": [{"id": {"S": "2"}}]}},
    } == encode.batch_get({"RequestItems": {arn: asked}}, answer)


def test_table_names() -> None:
    answer = control_requests.ListTablesAnswer(names=["a"], last_name=None)
    assert {"TableNames": ["a"]} == encode.table_names({}, answer)
    answer = control_requests.ListTablesAnswer(names=["a"], last_name="a")
    assert {"TableNames": ["a"], "LastEvaluatedTableName": "a"} == encode.table_names({}, answer)


def test_transactions() -> None:
    got = requests.TransactGetAnswer(items=[{"a": 1}, None], consumed=[READ])
    assert {"Responses": [{"Item": {"a": {"N": "1"}}}, {}]} == encode.transact_get(
        TRANSACT_GET, got
    )
    written = requests.BatchWriteAnswer(
        consumed=[USED], collections={"books": [ItemCollection(key={"id": "1"})]}
    )
    assert {} == encode.transact_write(TRANSACT_WRITE, written)
    asked = {"ReturnItemCollectionMetrics": "SIZE", "ReturnConsumedCapacity": "TOTAL"}
    answer = encode.transact_write(TRANSACT_WRITE | asked, written)
    assert ["ItemCollectionMetrics", "ConsumedCapacity"] == list(answer)
