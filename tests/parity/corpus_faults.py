"""What is done to a valid request to make it an invalid one: one fault each, of every kind."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from parity.corpus_parts import Parts
from parity.steps import Json

Wire = dict[str, Any]

BAD_VALUES: Final[tuple[Wire, ...]] = (
    {},
    {"X": "a"},
    {"S": "a", "N": "1"},
    {"NULL": False},
    {"SS": []},
    {"NS": []},
    {"BS": []},
    {"SS": ["b", "a", "b"]},
    {"NS": ["1", "2", "1.0"]},
    {"BS": ["AA==", "/w==", "AA=="]},
    {"N": ""},
    {"N": "abc"},
    {"N": "1" * 39},
    {"N": "1e126"},
    {"N": "1e-131"},
    {"N": "NaN"},
    {"N": " 1"},
    {"NS": ["1", "x"]},
    {"L": [{"N": "1"}, {"NS": []}]},
    {"M": {"x": {}}},
    {"M": {"x": {"NULL": False}}},
)

EXPRESSIONS: Final = (
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "UpdateExpression",
)
TOKENS: Final = (
    "AND",
    "OR",
    "(",
    ")",
    ",",
    "=",
    "SET",
    "NOT",
    "a",
    ":zzz",
    "#zzz",
    "status",
    "[",
    ".",
    "foo(a)",
)
BAD_EXPRESSIONS: Final = (
    "",
    " ",
    "a = a",
    "((a = n))",
    "a BETWEEN n",
    "size(a)",
    "a",
    "size(a) = size(a)",
    "attribute_exists(size(a))",
    "contains(a, a)",
    "Contains(a, b)",
    "nope(a)",
    "if_not_exists(a, b)",
    "a IN ()",
    "_a = b",
    "a == b",
    "SET a = b SET b = a",
    "SET a = b, a = c",
    "SET a = b REMOVE a.x",
    "SET a.x = b, a[0] = b",
    "SET id = a",
    "REMOVE id",
    "SET a = a + b + c",
    "SET a = foo(b)",
    "SET a = size(b)",
    "SET m.q.r = a",
    "SET l[99999999999] = a",
    "ADD l n",
    "REMOVE a, ",
    "a, a",
    "a, a.b",
    "a.b, a[0]",
    "l[0]l",
    "l[-1]",
    "id",
    "id.x = a",
    "id[0], a",
)

BAD_MEMBERS: Final[dict[str, tuple[Any, ...]]] = {
    "TableName": ("nowhere", "", "ab", "a b", "x" * 256, None),
    "ReturnValues": ("NOTHING", "ALL_NEW", "UPDATED_OLD", ""),
    "ReturnConsumedCapacity": ("SOME", ""),
    "ReturnItemCollectionMetrics": ("SOME",),
    "ReturnValuesOnConditionCheckFailure": ("ALL_NEW",),
    "Select": ("EVERYTHING", "SPECIFIC_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "ALL_ATTRIBUTES"),
    "Limit": (0, -1),
    "IndexName": ("nowhere", "", "ab"),
    "ConsistentRead": (True,),
    "Segment": (0, 5, -1),
    "TotalSegments": (0, 4, 1000001),
    "ConditionalOperator": ("AND", "XOR"),
    "ExpressionAttributeNames": ({}, {"a": "b"}, {"#q": "q"}, {"#": "q"}, {"#q": ""}),
    "ExpressionAttributeValues": ({}, {"a": {"S": "b"}}, {":q": {"S": "q"}}, {":q": {}}),
    "AttributesToGet": ([], ["a", "a"], ["a"], [""]),
    "Expected": ({"a": {}}, {"a": {"Exists": True}}, {"a": {"ComparisonOperator": "EQ"}}),
    "AttributeUpdates": (
        {"a": {"Action": "PUT"}},
        {"a": {"Action": "ADD", "Value": {"S": "a"}}},
        {"id": {"Value": {"S": "a"}}},
    ),
    "QueryFilter": ({"a": {"ComparisonOperator": "EQ"}}, {"id": {"ComparisonOperator": "NULL"}}),
    "ScanFilter": ({"a": {"ComparisonOperator": "LT", "AttributeValueList": [{"SS": ["a"]}]}},),
    "KeyConditions": ({"id": {"ComparisonOperator": "NE", "AttributeValueList": [{"S": "a"}]}},),
    "ExclusiveStartKey": (
        {},
        {"id": {"S": "zz"}},
        {"id": {"N": "1"}, "k": {"N": "1"}},
        {"x": {"S": "a"}},
    ),
    "RequestItems": ({}, {"nowhere": {"Keys": [{"id": {"S": "a"}}]}}),
    "TransactItems": ([], [{}]),
}

MEMBERS: Final[dict[str, tuple[str, ...]]] = {
    "PutItem": (
        "TableName",
        "ReturnValues",
        "ReturnConsumedCapacity",
        "ReturnItemCollectionMetrics",
        "ReturnValuesOnConditionCheckFailure",
        "ConditionalOperator",
        "ExpressionAttributeNames",
        "ExpressionAttributeValues",
        "Expected",
    ),
    "UpdateItem": (
        "TableName",
        "ReturnValues",
        "ReturnConsumedCapacity",
        "ConditionalOperator",
        "ExpressionAttributeNames",
        "ExpressionAttributeValues",
        "Expected",
        "AttributeUpdates",
    ),
    "DeleteItem": (
        "TableName",
        "ReturnValues",
        "ReturnConsumedCapacity",
        "ExpressionAttributeNames",
        "ExpressionAttributeValues",
        "Expected",
    ),
    "GetItem": (
        "TableName",
        "ReturnConsumedCapacity",
        "AttributesToGet",
        "ExpressionAttributeNames",
    ),
    "Query": (
        "TableName",
        "Select",
        "Limit",
        "IndexName",
        "ConsistentRead",
        "ConditionalOperator",
        "ExpressionAttributeNames",
        "ExpressionAttributeValues",
        "AttributesToGet",
        "QueryFilter",
        "KeyConditions",
        "ExclusiveStartKey",
        "ReturnConsumedCapacity",
    ),
    "Scan": (
        "TableName",
        "Select",
        "Limit",
        "IndexName",
        "ConsistentRead",
        "Segment",
        "TotalSegments",
        "ConditionalOperator",
        "ExpressionAttributeNames",
        "ExpressionAttributeValues",
        "AttributesToGet",
        "ScanFilter",
        "ExclusiveStartKey",
    ),
    "BatchGetItem": ("RequestItems", "ReturnConsumedCapacity"),
    "BatchWriteItem": ("RequestItems", "ReturnConsumedCapacity"),
    "TransactWriteItems": ("TransactItems", "ReturnConsumedCapacity"),
    "TransactGetItems": ("TransactItems", "ReturnConsumedCapacity"),
}
"""The members that may be spoilt, per operation."""

KEY_FAULTS: Final[tuple[Wire, ...]] = (
    {},
    {"id": {"S": ""}},
    {"id": {"BOOL": True}},
    {"id": {"N": "5"}},
    {"id": {"S": "p"}},
    {"id": {"S": "p"}, "k": {"N": "1"}, "x": {"S": "a"}},
    {"id": {"S": "p"}, "k": {"S": "1"}},
    {"id": {"SS": []}},
    {"id": {"S": "x" * 2049}},
    {"id": {"N": "1"}, "k": {"B": ""}},
)


def dicts(value: Json) -> Iterator[Wire]:
    """Yields every dict of a request, outer ones first."""
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from dicts(inner)


def holders(request: Wire, *members: str) -> list[Wire]:
    """Returns the dicts of a request that have one of the members."""
    return [each for each in dicts(request) if any(member in each for member in members)]


def bad_value(parts: Parts, _operation: str, request: Wire) -> None:
    """Puts a value that is none where a value was."""
    places = [
        (holder[member], name)
        for member in ("Item", "Key", "ExpressionAttributeValues")
        for holder in holders(request, member)
        for name in holder[member]
    ]
    if places:
        holder, name = parts.one(places)
        holder[name] = copy.deepcopy(parts.one(BAD_VALUES))


def bad_key(parts: Parts, _operation: str, request: Wire) -> None:
    """Puts a key that is none of the table's where a key was."""
    found = holders(request, "Key", "Keys", "Item")
    if not found:
        return
    holder = parts.one(found)
    fault = copy.deepcopy(parts.one(KEY_FAULTS))
    if "Keys" in holder:
        holder["Keys"][0] = fault
    elif "Key" in holder:
        holder["Key"] = fault
    elif parts.chance(0.5):
        holder["Item"] |= fault
    else:
        del holder["Item"][parts.one(list(holder["Item"]))]


def bad_index_key(parts: Parts, _operation: str, request: Wire) -> None:
    """Gives an index key a type that it must not have."""
    found = holders(request, "Item")
    if found:
        parts.one(found)["Item"][parts.one(("g", "h", "lk"))] = parts.one(
            ({"BOOL": True}, {"S": ""}, {"N": "1"}, {"S": "a"}, {"L": []}, {"S": "x" * 1025})
        )


def bad_member(parts: Parts, operation: str, request: Wire) -> None:
    """Gives a member a value that does not go with it."""
    member = parts.one(MEMBERS[operation])
    request[member] = copy.deepcopy(parts.one(BAD_MEMBERS[member]))


def lost_member(parts: Parts, _operation: str, request: Wire) -> None:
    """Takes a member away, somewhere."""
    found = [each for each in dicts(request) if each]
    if found:
        holder = parts.one(found)
        del holder[parts.one(list(holder))]


def bad_expression(parts: Parts, operation: str, request: Wire) -> None:
    """Gives an expression that is wrong, by itself or on this table."""
    found = holders(request, *EXPRESSIONS)
    holder = parts.one(found) if found else request
    members = [member for member in EXPRESSIONS if member in holder]
    fallback = "FilterExpression" if operation in {"Query", "Scan"} else "ConditionExpression"
    holder[parts.one(members) if members else fallback] = parts.one(BAD_EXPRESSIONS)


def changed_expression(parts: Parts, operation: str, request: Wire) -> None:
    """Takes a word of an expression away, adds one, or exchanges it."""
    found = holders(request, *EXPRESSIONS)
    if not found:
        bad_expression(parts, operation, request)
        return
    holder = parts.one(found)
    member = parts.one([member for member in EXPRESSIONS if member in holder])
    words = re.findall(r"[#:]?\w+|<>|<=|>=|\S", holder[member])
    place = parts.random.randrange(len(words) + 1)
    kind = parts.random.random()
    if kind < 0.35 and place < len(words):
        del words[place]
    elif kind < 0.7:
        words.insert(place, parts.one(TOKENS))
    else:
        words[place : place + 1] = [parts.one(TOKENS)]
    holder[member] = " ".join(words)


def lost_placeholder(parts: Parts, operation: str, request: Wire) -> None:
    """Takes a placeholder away that is used, or adds one that is not."""
    found = holders(request, "ExpressionAttributeNames", "ExpressionAttributeValues")
    if not found:
        bad_member(parts, operation, request)
        return
    holder = parts.one(found)
    names = holder.get("ExpressionAttributeNames")
    values = holder.get("ExpressionAttributeValues")
    if names and (not values or parts.chance(0.5)):
        if parts.chance(0.5):
            del names[parts.one(list(names))]
        else:
            names["#unused"] = "unused"
    elif values and parts.chance(0.5):
        del values[parts.one(list(values))]
    elif values:
        values[":unused"] = {"S": "unused"}


def exchanged_value(parts: Parts, operation: str, request: Wire) -> None:
    """Gives a placeholder a good value of another type."""
    found = [
        each
        for each in holders(request, "ExpressionAttributeValues")
        if each["ExpressionAttributeValues"]
    ]
    if not found:
        bad_value(parts, operation, request)
        return
    values = parts.one(found)["ExpressionAttributeValues"]
    values[parts.one(list(values))] = parts.value()


FAULTS: Final[tuple[Callable[[Parts, str, Wire], None], ...]] = (
    bad_value,
    bad_key,
    bad_index_key,
    bad_member,
    bad_member,
    lost_member,
    bad_expression,
    changed_expression,
    changed_expression,
    lost_placeholder,
    exchanged_value,
)


def spoiled(parts: Parts, operation: str, request: Wire) -> Wire:
    """Returns a copy of a request with one fault, seldom two."""
    made: Wire = json.loads(json.dumps(request))
    for _ in range(1 if parts.chance(0.9) else 2):
        parts.one(FAULTS)(parts, operation, made)
    return made
