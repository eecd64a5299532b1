"""The operations on items: one by one, page by page, in batches and in transactions."""

from typing import Final

from ddblite.api.wire import decode, decode_transactions, encode
from ddblite.api.wire.model import members
from ddblite.api.wire.operation import (
    CONDITIONAL,
    PROJECTED,
    UPDATED,
    Operation,
    Parameters,
)
from ddblite.api.wire.operations.checks import explaining
from ddblite.schema import requests

ITEM_OPERATIONS: Final = (
    Operation(
        name="BatchGetItem",
        record=requests.BatchGetItem,
        shape=members.BATCH_GET_ITEM,
        decode=decode.batch_get_item,
        encode=encode.batch_get,
        checks=lambda: explaining().BATCH_GET_ITEM,
        parameters=PROJECTED,
    ),
    Operation(
        name="BatchWriteItem",
        record=requests.BatchWriteItem,
        shape=members.BATCH_WRITE_ITEM,
        decode=decode.batch_write_item,
        encode=encode.batch_write,
        checks=lambda: explaining().BATCH_WRITE_ITEM,
    ),
    Operation(
        name="DeleteItem",
        record=requests.DeleteItem,
        shape=members.DELETE_ITEM,
        decode=decode.delete_item,
        encode=encode.write,
        checks=lambda: explaining().DELETE_ITEM,
        parameters=CONDITIONAL,
    ),
    Operation(
        name="GetItem",
        record=requests.GetItem,
        shape=members.GET_ITEM,
        decode=decode.get_item,
        encode=encode.get_item,
        checks=lambda: explaining().GET_ITEM,
        parameters=PROJECTED,
    ),
    Operation(
        name="PutItem",
        record=requests.PutItem,
        shape=members.PUT_ITEM,
        decode=decode.put_item,
        encode=encode.write,
        checks=lambda: explaining().PUT_ITEM,
        parameters=CONDITIONAL,
    ),
    Operation(
        name="Query",
        record=requests.Query,
        shape=members.QUERY,
        decode=decode.query,
        encode=encode.page,
        checks=lambda: explaining().QUERY,
        parameters=Parameters(
            ("AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"),
            ("ProjectionExpression", "FilterExpression", "KeyConditionExpression"),
        ),
    ),
    Operation(
        name="Scan",
        record=requests.Scan,
        shape=members.SCAN,
        decode=decode.scan,
        encode=encode.page,
        checks=lambda: explaining().SCAN,
        parameters=Parameters(
            ("AttributesToGet", "ScanFilter", "ConditionalOperator"),
            ("ProjectionExpression", "FilterExpression"),
        ),
    ),
    Operation(
        name="TransactGetItems",
        record=requests.TransactGetItems,
        shape=members.TRANSACT_GET_ITEMS,
        decode=decode_transactions.transact_get_items,
        encode=encode.transact_get,
        checks=lambda: explaining().TRANSACTION,
    ),
    Operation(
        name="TransactWriteItems",
        record=requests.TransactWriteItems,
        shape=members.TRANSACT_WRITE_ITEMS,
        decode=decode_transactions.transact_write_items,
        encode=encode.transact_write,
        checks=lambda: explaining().TRANSACTION,
    ),
    Operation(
        name="UpdateItem",
        record=requests.UpdateItem,
        shape=members.UPDATE_ITEM,
        decode=decode.update_item,
        encode=encode.write,
        checks=lambda: explaining().UPDATE_ITEM,
        parameters=UPDATED,
    ),
)
