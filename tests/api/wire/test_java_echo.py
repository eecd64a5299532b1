"""A refused list of requests as Java prints it: every member of its classes, maps in Java's order.

Some of the service's hosts print the addresses of objects instead, so nobody relies on this.
"""

import pytest

from ddblite.api.wire.model.java_echo import LENGTH_MAX, echo
from ddblite.api.wire.model.shapes import ATTRIBUTE_VALUE, Shape
from ddblite.api.wire.operations import OPERATIONS
from ddblite.schema.java_hash_order import map_order
from wire_requests import Json

VALUE_MEMBERS = (
    *("s", "n", "b", "iNT", "dECIMAL", "dOUBLE", "sS", "nS", "bS"),
    *("iNTSET", "dECIMALSET", "dOUBLESET", "m", "l", "nULL", "bOOL"),
)


def value(**there: str) -> str:
    printed = ", ".join(f"{name}={there.get(name, 'null')}" for name in VALUE_MEMBERS)
    return f"AttributeValue({printed})"


def member(operation: str, name: str) -> Shape:
    return OPERATIONS[operation].shape.members[name]


KEY = {"id": {"S": "1"}}
ID = f"{{id={value(s='1')}}}"
REST = "returnValuesOnConditionCheckFailure=null, workloadProfileName=null"
PLACEHOLDERS = f"expressionAttributeNames=null, expressionAttributeValues=null, {REST}"
PARAMETER = f"[{value(n='1')}]"


@pytest.mark.parametrize(
    ("wire", "printed"),
    [
        ({"N": "1"}, value(n="1")),
        ({"BOOL": False}, value(bOOL="false")),
        ({"NULL": "yes"}, value(nULL="true")),
        ({"B": "AP8="}, value(b="java.nio.HeapByteBuffer[pos=0 lim=2 cap=2]")),
        ({"SS": ["b", "a"]}, value(sS="[b, a]")),
        ({"L": [{"S": "1"}]}, value(l=f"[{value(s='1')}]")),
        ({"M": KEY}, value(m=ID)),
        ({}, value()),
        (None, "null"),
    ],
)
def test_values(wire: Json, printed: str) -> None:
    assert printed == echo(ATTRIBUTE_VALUE, wire)


@pytest.mark.parametrize(
    ("operation", "name", "entry", "printed"),
    [
        (
            "BatchWriteItem",
            "RequestItems",
            {"t": [{"PutRequest": {"Item": KEY}}, {"DeleteRequest": {"Key": KEY}}]},
            (
                f"{{t=[WriteRequest(putRequest=PutRequest(item={ID}, workloadProfileName=null),"
                " deleteRequest=null), WriteRequest(putRequest=null,"
                f" deleteRequest=DeleteRequest(key={ID}, workloadProfileName=null))]}}"
            ),
        ),
        (
            "TransactWriteItems",
            "TransactItems",
            [{"Put": {"TableName": "t", "Item": KEY}}],
            (
                f"[TransactWriteItem(conditionCheck=null, put=Put(item={ID}, tableName=t,"
                f" conditionExpression=null, {PLACEHOLDERS}), delete=null, update=null)]"
            ),
        ),
        (
            "TransactWriteItems",
            "TransactItems",
            [{"Update": {"TableName": "t", "Key": KEY, "UpdateExpression": "SET a=b"}}],
            (
                "[TransactWriteItem(conditionCheck=null, put=null, delete=null,"
                f" update=Update(key={ID}, updateExpression=SET a=b, tableName=t,"
                f" conditionExpression=null, {PLACEHOLDERS}))]"
            ),
        ),
        (
            "TransactGetItems",
            "TransactItems",
            [{"Get": {"TableName": "t", "Key": KEY, "ExpressionAttributeNames": {"#a": "a"}}}],
            (
                f"[TransactGetItem(get=Get(key={ID}, tableName=t, projectionExpression=null,"
                " expressionAttributeNames={#a=a}, workloadProfileName=null))]"
            ),
        ),
        (
            "BatchExecuteStatement",
            "Statements",
            [{"Statement": "a", "Parameters": [{"N": "1"}]}],
            (
                f"[BatchStatementRequest(statement=a, parameters={PARAMETER}, consistentRead=null,"
                " returnValuesOnConditionCheckFailure=null)]"
            ),
        ),
        (
            "ExecuteTransaction",
            "TransactStatements",
            [{"Statement": "a"}],
            (
                "[ParameterizedStatement(statement=a, parameters=null,"
                " returnValuesOnConditionCheckFailure=null)]"
            ),
        ),
        (
            "BatchGetItem",
            "RequestItems",
            {"t": {"Keys": [KEY], "ConsistentRead": True}},
            f"{{t=KeysAndAttributes(keys=[{ID}], consistentRead=true)}}",
        ),
    ],
)
def test_lists_of_requests(operation: str, name: str, entry: Json, printed: str) -> None:
    assert printed == echo(member(operation, name), entry)


@pytest.mark.parametrize(
    ("keys", "order"),
    [
        (["pk"], ["pk"]),
        (["pk", "sk"], ["sk", "pk"]),
        (["c", "b", "a"], ["a", "b", "c"]),
        (["a", "b", "d"], ["d", "a", "b"]),
        (["d", "c", "b", "a"], ["a", "b", "c", "d"]),
        (["Aa", "BB"], ["Aa", "BB"]),
        (["BB", "Aa"], ["BB", "Aa"]),
    ],
)
def test_map_has_the_order_of_its_buckets(keys: list[str], order: list[str]) -> None:
    """As many buckets as it needs; of two in one bucket, the first that was sent comes first."""
    assert order == map_order(keys)
    printed = echo(ATTRIBUTE_VALUE, {"M": dict.fromkeys(keys)})
    assert printed == value(m="{" + ", ".join(f"{key}=null" for key in order) + "}")


def test_endless_echo_is_cut_off() -> None:
    """A value of three characters is printed as two hundred."""
    printed = echo(ATTRIBUTE_VALUE, {"L": [{"S": ""}] * 1_000_000})
    assert LENGTH_MAX < len(printed) < LENGTH_MAX + 1000
    assert printed.endswith("...")
    long = "x" * 2 * LENGTH_MAX
    assert long == echo(OPERATIONS["GetItem"].shape.members["TableName"], long)


def test_deep_echo_is_cut_off() -> None:
    wire: Json = {"S": "leaf"}
    for _ in range(3_000):
        wire = {"L": [wire]}
    printed = echo(ATTRIBUTE_VALUE, wire)
    assert "..." in printed
    assert "leaf" not in printed
