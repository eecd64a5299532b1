"""The quick walk accepts exactly the requests in which the explaining walk finds nothing.

Good requests of every operation are changed at random: members dropped, replaced by scraps of
JSON, or joined by members of the other style. Expressions are checked by the engine after the
quick walk, so what it accepts is also asked there, as the engine does.
"""

import copy
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddblite.api.wire.explain import explain
from ddblite.api.wire.explain_parts import check_expressions
from ddblite.api.wire.operation import NO_PARAMETERS, Request
from ddblite.api.wire.operations import OPERATIONS
from ddblite.schema.errors import DdbError, RequestError
from ddblite.schema.wire import REFUSALS
from wire_requests import GOOD, Json, Wire

RICH: Final[dict[str, list[Wire]]] = {
    "PutItem": [
        {
            "Item": {"id": {"S": "1"}, "n": {"NS": ["1", "2"]}, "m": {"M": {"b": {"B": "AA=="}}}},
            "ConditionExpression": "#a = :a OR attribute_not_exists(id)",
            "ExpressionAttributeNames": {"#a": "a"},
            "ExpressionAttributeValues": {":a": {"N": "1"}},
            "ReturnValues": "ALL_OLD",
            "ReturnConsumedCapacity": "TOTAL",
            "ReturnItemCollectionMetrics": "SIZE",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        },
        {
            "Expected": {
                "a": {"Value": {"S": "1"}},
                "b": {"ComparisonOperator": "IN", "AttributeValueList": [{"N": "1"}, {"N": "2"}]},
                "c": {"Exists": False},
            },
            "ConditionalOperator": "OR",
        },
    ],
    "UpdateItem": [
        {
            "UpdateExpression": "SET a = :a REMOVE b",
            "ConditionExpression": "size(c) > :a",
            "ExpressionAttributeValues": {":a": {"N": "1"}},
            "ReturnValues": "UPDATED_NEW",
        },
        {
            "AttributeUpdates": {
                "a": {"Value": {"S": "1"}},
                "b": {"Action": "ADD", "Value": {"SS": ["a"]}},
                "c": {"Action": "DELETE"},
            },
            "Expected": {"a": {"ComparisonOperator": "NULL"}},
        },
    ],
    "DeleteItem": [{"ConditionExpression": "a > b", "ReturnValues": "NONE"}],
    "GetItem": [
        {"ProjectionExpression": "#a, b[1].c", "ExpressionAttributeNames": {"#a": "a"}},
        {"AttributesToGet": ["a", "b"], "ConsistentRead": True},
    ],
    "Query": [
        {
            "FilterExpression": "begins_with(a, :id)",
            "ProjectionExpression": "a",
            "Select": "SPECIFIC_ATTRIBUTES",
            "IndexName": "index",
            "Limit": 5,
            "ScanIndexForward": False,
            "ExclusiveStartKey": {"id": {"S": "1"}},
        },
        {
            "KeyConditionExpression": None,
            "ExpressionAttributeValues": None,
            "KeyConditions": {
                "id": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "1"}]}
            },
            "QueryFilter": {
                "a": {"ComparisonOperator": "GT", "AttributeValueList": [{"N": "1"}]},
                "b": {"ComparisonOperator": "NOT_NULL"},
            },
            "ConditionalOperator": "AND",
            "AttributesToGet": ["a"],
        },
        {
            "KeyConditionExpression": None,
            "KeyConditions": {
                "id": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "1"}]}
            },
            "FilterExpression": "a = :id",
            "ProjectionExpression": "a",
        },
    ],
    "Scan": [
        {"Select": "ALL_PROJECTED_ATTRIBUTES", "IndexName": "index"},
        {
            "FilterExpression": "a BETWEEN :a AND :b",
            "ExpressionAttributeValues": {":a": {"N": "1"}, ":b": {"N": "2"}},
            "Segment": 1,
            "TotalSegments": 4,
            "Select": "COUNT",
        },
        {"ScanFilter": {"a": {"ComparisonOperator": "NULL"}}, "AttributesToGet": ["a"]},
    ],
    "BatchGetItem": [
        {
            "RequestItems": {
                "books": {
                    "Keys": [{"id": {"S": "1"}}, {"id": {"S": "2"}}],
                    "ProjectionExpression": "#a",
                    "ExpressionAttributeNames": {"#a": "a"},
                },
                "films": {"Keys": [{"id": {"N": "1"}}], "ConsistentRead": True},
            }
        },
        {"RequestItems": {"books": {"Keys": [{"id": {"S": "1"}}], "AttributesToGet": ["a"]}}},
    ],
    "BatchWriteItem": [
        {
            "RequestItems": {
                "books": [{"DeleteRequest": {"Key": {"id": {"S": "1"}}}}],
                "films": [{"PutRequest": {"Item": {"id": {"S": "1"}}}}],
            }
        }
    ],
    "TransactWriteItems": [
        {
            "TransactItems": [
                {
                    "Update": {
                        "TableName": "books",
                        "Key": {"id": {"S": "1"}},
                        "UpdateExpression": "SET a = :a",
                        "ExpressionAttributeValues": {":a": {"N": "1"}},
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                },
                {
                    "ConditionCheck": {
                        "TableName": "books",
                        "Key": {"id": {"S": "2"}},
                        "ConditionExpression": "attribute_exists(#a)",
                        "ExpressionAttributeNames": {"#a": "a"},
                    }
                },
                {"Delete": {"TableName": "books", "Key": {"id": {"S": "3"}}}},
            ],
            "ClientRequestToken": "token",
        }
    ],
    "TransactGetItems": [
        {
            "TransactItems": [
                {
                    "Get": {
                        "TableName": "books",
                        "Key": {"id": {"S": "1"}},
                        "ProjectionExpression": "a",
                    }
                }
            ]
        }
    ],
    "CreateTable": [
        {
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "index",
                    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a"]},
                }
            ],
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
            "Tags": [{"Key": "k", "Value": "v"}],
            "DeletionProtectionEnabled": True,
        }
    ],
    "UpdateTable": [
        {
            "DeletionProtectionEnabled": None,
            "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
            "GlobalSecondaryIndexUpdates": [
                {
                    "Create": {
                        "IndexName": "index",
                        "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
                        "Projection": {"ProjectionType": "ALL"},
                    }
                },
                {"Update": {"IndexName": "other"}},
            ],
        },
        {
            "DeletionProtectionEnabled": None,
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        },
    ],
    "ListTables": [{"Limit": 5, "ExclusiveStartTableName": "books"}],
    "ExecuteStatement": [
        {
            "Statement": "SELECT * FROM books WHERE id = ? AND n > ?",
            "Parameters": [{"S": "1"}, {"N": "1.5"}],
            "ConsistentRead": True,
            "NextToken": "token",
            "Limit": 5,
            "ReturnConsumedCapacity": "INDEXES",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    ],
    "BatchExecuteStatement": [
        {
            "Statements": [
                {"Statement": "a", "Parameters": [{"SS": ["a"]}], "ConsistentRead": True},
                {"Statement": "b", "ReturnValuesOnConditionCheckFailure": "NONE"},
            ],
            "ReturnConsumedCapacity": "TOTAL",
        }
    ],
    "ExecuteTransaction": [
        {
            "TransactStatements": [{"Statement": "a", "Parameters": [{"M": {"b": {"N": "1"}}}]}],
            "ClientRequestToken": "token",
            "ReturnConsumedCapacity": "NONE",
        }
    ],
}

SCRAPS: Final = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, 101, -1, 10**30, 1.5, float("nan"), float("inf")]),
    st.sampled_from(["", "a", "ab", "abc", "a b", "#a", ":a", "ALL_OLD", "COUNT", "OR", "x" * 300]),
    st.sampled_from(
        ["a = :a", "a =", "SET a = :a", "id = :id", "true", "1", "\ud800", "EQ", "ADD"]
    ),
    st.sampled_from(["arn:aws:dynamodb:eu-west-1:123456789012:table/books", "arn:aws"]),
    st.sampled_from(
        [[], {}, ["a", "a"], ["a"], {"a": None}, {"a": {}}, {"id": {"N": "1e3"}}, [None]]
    ),
    st.sampled_from([{":a": {"N": "1"}}, {"#a": "b"}, {"#a": ""}, {"a": {"S": "1"}}, [{"S": "1"}]]),
    st.sampled_from([{"S": "1"}, {"NULL": False}, {"SS": ["a", "a"]}, {"S": "a", "N": "1"}]),
)


def places(wire: Json) -> Iterator[tuple[Json, Json]]:
    """Yields every container of a request with each of its keys."""
    if isinstance(wire, dict | list):
        for key in list(wire) if isinstance(wire, dict) else range(len(wire)):
            yield wire, key
            yield from places(wire[key])


@st.composite
def requests_of(draw: st.DrawFn, operation: str) -> Wire:
    """A request of an operation, good or somewhat spoilt."""
    added = draw(st.sampled_from([{}, *RICH.get(operation, [])]))
    wire: Wire = copy.deepcopy({**GOOD[operation], **added})
    for _ in range(draw(st.integers(0, 3))):
        known = sorted(place for place in {*GOOD[operation], *MEMBERS[operation]})
        spots = list(places(wire))
        inside, removes = draw(st.tuples(st.booleans(), st.booleans()))
        if spots and inside:
            holder, key = draw(st.sampled_from(spots))
            if isinstance(holder, dict) and removes:
                del holder[key]
            else:
                holder[key] = copy.deepcopy(draw(SCRAPS))
        elif known:
            wire[draw(st.sampled_from(known))] = copy.deepcopy(draw(SCRAPS))
    return wire


MEMBERS: Final = {
    operation: sorted({name for added in RICH.get(operation, []) for name in added})
    for operation in GOOD
}


def accepts(operation: str, wire: Wire) -> bool:
    """Whether the quick walk takes a request, and its expressions hold."""
    try:
        OPERATIONS[operation].decode(wire)
    except REFUSALS:
        return False
    parts = list(wire["RequestItems"].values()) if operation == "BatchGetItem" else [wire]
    if operation.startswith("Transact"):
        parts = [part for entry in wire["TransactItems"] for part in entry.values() if part]
    if operation in {"BatchWriteItem", "CreateTable", "ListTables"}:
        return True
    level = 0 if operation == "TransactWriteItems" else 1
    with suppress(RequestError):
        for part in parts:
            given = {name: value for name, value in part.items() if value is not None}
            if level == 0 and "Item" in part and "ConditionExpression" not in given:
                given.pop("ExpressionAttributeValues", None)
            check_expressions(
                Request(operation, given, older=False, parameters=NO_PARAMETERS, values_level=level)
            )
        return True
    return False


def is_silent(operation: str, wire: Wire, wording: str) -> bool:
    """Whether the explaining walk finds nothing wrong with a request."""
    try:
        explain(OPERATIONS[operation], wire, wording)
    except RequestError:
        return False
    return True


@pytest.mark.parametrize("operation", sorted(GOOD))
def test_good_requests_are_accepted(operation: str) -> None:
    for added in ({}, *RICH.get(operation, [])):
        wire = {**GOOD[operation], **added}
        assert is_silent(operation, wire, "current")
        assert accepts(operation, wire)


@pytest.mark.parametrize("operation", sorted(GOOD))
def test_accepts_exactly_what_explains_as_good(operation: str) -> None:
    @settings(max_examples=150)
    @given(requests_of(operation))
    def run(wire: Wire) -> None:
        for wording in ("current", "older"):
            assert is_silent(operation, wire, wording) == accepts(operation, wire)

    run()


class Nothing:
    """An engine in which no request fails, and whose answers nobody reads."""

    wording = "current"

    def __init__(self, *, lenient: bool) -> None:
        self.lenient = lenient

    def execute(self, request: object) -> object:
        """Tells that a request came through."""
        raise Reached(type(request).__name__)


class Reached(DdbError):  # noqa: N818 - nothing went wrong
    """The request came through."""


ANYTHING: Final = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.binary()
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@given(
    st.sampled_from(sorted({*OPERATIONS, "Bogus"})),
    st.one_of(
        ANYTHING,
        st.dictionaries(
            st.sampled_from(sorted({name for wire in GOOD.values() for name in wire})), ANYTHING
        ),
    ),
    st.booleans(),
)
def test_whatever_comes_in_is_answered_by_an_error_of_the_model(
    name: str,
    wire: Json,
    lenient: bool,  # noqa: FBT001 - drawn
) -> None:
    from ddblite.api.wire.dispatch import dispatch

    with pytest.raises(DdbError) as caught:
        dispatch(Nothing(lenient=lenient), name, wire)
    assert "InternalServerError" != caught.value.code
