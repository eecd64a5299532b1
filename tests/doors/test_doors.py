"""One script through four doors: Python values, PartiQL, boto3 in process, and HTTP.

Each step is written once per language, and the two that speak boto3's run the same lines. The
answers are brought into one form: the item, the items, None, or the name and text of the error.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import boto3
import pytest
from boto3.dynamodb.conditions import Key as Boto3Key
from botocore.config import Config
from botocore.exceptions import ClientError

import ddblite
from ddblite import Key
from serving import running

ONE_ATTEMPT: Final = Config(retries={"total_max_attempts": 1})
Step = Callable[[Any], Any]

PYTHON: Final[dict[str, Step]] = {
    "put": lambda t: t.put({"user": "u1", "date": "2024-01-15", "euro": 3, "tags": ["a"]}),
    "put another": lambda t: t.put({"user": "u1", "date": "2024-02-01", "euro": 5}),
    "get": lambda t: t.get("u1", "2024-01-15"),
    "get nothing": lambda t: t.get("u1", "1999-01-01"),
    "update": lambda t: t.update(
        ("u1", "2024-01-15"),
        "SET euro = euro + :n",
        values={":n": 4},
        condition="attribute_exists(#u)",
        names={"#u": "user"},
        returning="ALL_NEW",
    ),
    "query": lambda t: t.query(Key("user").eq("u1") & Key("date").begins_with("2024")).all(),
    "scan": lambda t: t.scan(filter="euro > :n", values={":n": 6}).all(),
    "insert twice": lambda t: t.put(
        {"user": "u1", "date": "2024-01-15"},
        condition="attribute_not_exists(#u)",
        names={"#u": "user"},
    ),
    "text plus number": lambda t: t.update(
        ("u1", "2024-01-15"), "SET euro = euro + :n", values={":n": "x"}
    ),
    "missing path": lambda t: t.update(
        ("u1", "2024-01-15"), "SET info.released = :n", values={":n": 1}
    ),
    "wrong key type": lambda t: t.put({"user": 1, "date": "2024-01-15"}),
    "no sort key": lambda t: t.put({"user": "u1"}),
    "delete": lambda t: t.delete("u1", "2024-02-01", returning="ALL_OLD"),
    "what is left": lambda t: t.scan().all(),
}

FIRST: Final = {"user": "u1", "date": "2024-01-15"}

BOTO3: Final[dict[str, Step]] = {
    "put": lambda t: t.put_item(Item={**FIRST, "euro": 3, "tags": ["a"]}).get("Attributes"),
    "put another": lambda t: t.put_item(Item={"user": "u1", "date": "2024-02-01", "euro": 5}).get(
        "Attributes"
    ),
    "get": lambda t: t.get_item(Key=FIRST).get("Item"),
    "get nothing": lambda t: t.get_item(Key={**FIRST, "date": "1999-01-01"}).get("Item"),
    "update": lambda t: t.update_item(
        Key=FIRST,
        UpdateExpression="SET euro = euro + :n",
        ExpressionAttributeValues={":n": 4},
        ConditionExpression="attribute_exists(#u)",
        ExpressionAttributeNames={"#u": "user"},
        ReturnValues="ALL_NEW",
    )["Attributes"],
    "query": lambda t: t.query(
        KeyConditionExpression=Boto3Key("user").eq("u1") & Boto3Key("date").begins_with("2024")
    )["Items"],
    "scan": lambda t: t.scan(FilterExpression="euro > :n", ExpressionAttributeValues={":n": 6})[
        "Items"
    ],
    "insert twice": lambda t: t.put_item(
        Item=FIRST,
        ConditionExpression="attribute_not_exists(#u)",
        ExpressionAttributeNames={"#u": "user"},
    ),
    "text plus number": lambda t: t.update_item(
        Key=FIRST,
        UpdateExpression="SET euro = euro + :n",
        ExpressionAttributeValues={":n": "x"},
    ),
    "missing path": lambda t: t.update_item(
        Key=FIRST,
        UpdateExpression="SET info.released = :n",
        ExpressionAttributeValues={":n": 1},
    ),
    "wrong key type": lambda t: t.put_item(Item={**FIRST, "user": 1}),
    "no sort key": lambda t: t.put_item(Item={"user": "u1"}),
    "delete": lambda t: t.delete_item(
        Key={"user": "u1", "date": "2024-02-01"}, ReturnValues="ALL_OLD"
    )["Attributes"],
    "what is left": lambda t: t.scan()["Items"],
}

PARTIQL: Final[dict[str, str]] = {
    "put": "INSERT INTO orders VALUE"
    " {'user': 'u1', 'date': '2024-01-15', 'euro': 3, 'tags': ['a']}",
    "put another": "INSERT INTO orders VALUE {'user': 'u1', 'date': '2024-02-01', 'euro': 5}",
    "get": "SELECT * FROM orders WHERE \"user\" = 'u1' AND \"date\" = '2024-01-15'",
    "get nothing": "SELECT * FROM orders WHERE \"user\" = 'u1' AND \"date\" = '1999-01-01'",
    "update": "UPDATE orders SET euro = euro + 4"
    " WHERE \"user\" = 'u1' AND \"date\" = '2024-01-15' RETURNING ALL NEW *",
    "query": "SELECT * FROM orders WHERE \"user\" = 'u1' AND begins_with(\"date\", '2024')",
    "scan": "SELECT * FROM orders WHERE euro > 6",
    "insert twice": "INSERT INTO orders VALUE {'user': 'u1', 'date': '2024-01-15'}",
    "text plus number": "UPDATE orders SET euro = euro + 'x'"
    " WHERE \"user\" = 'u1' AND \"date\" = '2024-01-15'",
    "missing path": "UPDATE orders SET info.released = 1"
    " WHERE \"user\" = 'u1' AND \"date\" = '2024-01-15'",
    "wrong key type": "INSERT INTO orders VALUE {'user': 1, 'date': '2024-01-15'}",
    "no sort key": "INSERT INTO orders VALUE {'user': 'u1'}",
    "delete": "DELETE FROM orders WHERE \"user\" = 'u1' AND \"date\" = '2024-02-01'"
    " RETURNING ALL OLD *",
    "what is left": "SELECT * FROM orders",
}

ONE_ITEM: Final = {"put", "put another", "get", "get nothing", "update", "delete"}
"""Steps with an item or None for an answer, where PartiQL has a list."""

WORDED_BY_PARTIQL: Final = {
    "insert twice": ("DuplicateItemException", "Duplicate primary key exists in table"),
    "text plus number": (
        "ValidationException",
        "Incorrect operand type for operator or function; operator or function: +, operand type: S",
    ),
}
"""Steps that the service itself answers differently when they are statements."""


@pytest.fixture
def opened() -> Iterator[ddblite.Database]:
    """A database with the table of the script."""
    with ddblite.connect(":memory:") as database:
        database.create_table("orders", partition_key="user", sort_key="date")
        yield database


def outcome(run: Callable[[], Any]) -> Any:  # noqa: ANN401 - an item, items, None or an error
    """Returns what a step gave, or the name and text of its error."""
    try:
        return run()
    except ddblite.DdbError as error:
        return (error.code, error.message)
    except ClientError as error:
        told = error.response["Error"]
        return (told["Code"], told["Message"])


def outcomes(steps: dict[str, Step], table: Any) -> dict[str, Any]:  # noqa: ANN401 - any door's
    """Returns the outcome of every step, in the order of the script."""
    return {name: outcome(partial(step, table)) for name, step in steps.items()}


def statement(database: ddblite.Database, name: str, text: str) -> Any:  # noqa: ANN401
    """Runs the statement of a step."""
    items = database.execute(text).all()
    return next(iter(items), None) if name in ONE_ITEM else items


def stated(database: ddblite.Database) -> dict[str, Any]:
    """Returns the outcomes of the statements."""
    return {
        name: outcome(partial(statement, database, name, text)) for name, text in PARTIQL.items()
    }


@pytest.fixture
def expected(opened: ddblite.Database) -> dict[str, Any]:
    """What Python values give."""
    found = outcomes(PYTHON, opened.table("orders"))
    opened.delete_table("orders")
    opened.create_table("orders", partition_key="user", sort_key="date")
    return found


def test_the_script_says_something(expected: dict[str, Any]) -> None:
    """Items where there are any, and five errors with a text."""
    assert expected["get"] == {**FIRST, "euro": 3, "tags": ["a"]}
    assert expected["get nothing"] is None
    assert expected["update"]["euro"] == 7
    assert len(expected["query"]) == 2
    errors = [name for name, found in expected.items() if isinstance(found, tuple)]
    assert errors == [
        "insert twice",
        "text plus number",
        "missing path",
        "wrong key type",
        "no sort key",
    ]


def test_partiql(opened: ddblite.Database, expected: dict[str, Any]) -> None:
    """Equal, but for the two errors that name what a statement does not have."""
    assert {**expected, **WORDED_BY_PARTIQL} == stated(opened)


def test_boto3_in_process(opened: ddblite.Database, expected: dict[str, Any]) -> None:
    resource = opened.boto3_resource(config=ONE_ATTEMPT)
    assert expected == outcomes(BOTO3, resource.Table("orders"))


def test_http(expected: dict[str, Any]) -> None:
    with running(":memory:") as server:
        resource = boto3.resource(
            "dynamodb",
            endpoint_url=server.url,
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="thing",  # noqa: S106 - nothing checks it
            config=ONE_ATTEMPT,
        )
        resource.create_table(
            TableName="orders",
            KeySchema=[
                {"AttributeName": "user", "KeyType": "HASH"},
                {"AttributeName": "date", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "user", "AttributeType": "S"},
                {"AttributeName": "date", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        assert expected == outcomes(BOTO3, resource.Table("orders"))
        resource.meta.client.close()


def test_all_doors_have_all_steps() -> None:
    assert list(PYTHON) == list(BOTO3) == list(PARTIQL)
