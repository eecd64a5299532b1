"""Every paginator and every waiter of botocore's models: in process, and again through HTTP."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError, WaiterError
from botocore.session import get_session

import ddblite
from boto3_doors import DOORS, Session, at_door
from wire_requests import TABLE

Client = Any
AT_ONCE: Final = {"Delay": 0, "MaxAttempts": 2}
NOTHING: Final = "arn:aws:dynamodb:us-east-1:000000000000:table/books/{}/01234567890123-01234567"


@pytest.fixture
def books(session: Session) -> Client:
    """A client of a database with a table of five books of one author, in a row."""
    client = session.client()
    client.create_table(**TABLE)
    client.create_table(
        **{
            **TABLE,
            "TableName": "authors",
            "AttributeDefinitions": [
                {"AttributeName": "id", "AttributeType": "S"},
                {"AttributeName": "year", "AttributeType": "N"},
            ],
            "KeySchema": [
                {"AttributeName": "id", "KeyType": "HASH"},
                {"AttributeName": "year", "KeyType": "RANGE"},
            ],
        }
    )
    for year in range(5):
        item = {"id": {"S": "Nina"}, "year": {"N": str(year)}}
        client.put_item(TableName="authors", Item=item)
    return client


def model(kind: str, service: str = "dynamodb") -> dict[str, Any]:
    """Returns one of the files of botocore's model of a service."""
    loaded: dict[str, Any] = (
        get_session().get_component("data_loader").load_service_model(service, kind)
    )
    return loaded


PAGED: Final[dict[str, tuple[dict[str, Any], str, int]]] = {
    "ListBackups": ({}, "BackupSummaries", 0),
    "ListBulkOperations": ({}, "BulkOperationsSummaryList", 0),
    "ListTables": ({}, "TableNames", 2),
    "Query": (
        {
            "TableName": "authors",
            "KeyConditionExpression": "id = :id",
            "ExpressionAttributeValues": {":id": {"S": "Nina"}},
        },
        "Items",
        5,
    ),
    "Scan": ({"TableName": "authors"}, "Items", 5),
}
"""Parameters, the member of the result, and how many there are; pages have one each."""


def snake(name: str) -> str:
    """Returns how boto3 calls an operation, paginator or waiter."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]


@pytest.mark.parametrize("name", sorted(PAGED))
def test_paginator(books: Client, name: str) -> None:
    """Pages of one give what one page gives."""
    parameters, member, count = PAGED[name]
    paginator = books.get_paginator(snake(name))
    pages = list(paginator.paginate(**parameters, PaginationConfig={"PageSize": 1}))
    whole = getattr(books, snake(name))(**parameters)[member]
    assert whole == [entry for page in pages for entry in page.get(member, [])]
    assert count == len(whole)
    assert max(1, count) <= len(pages) <= count + 1


def test_paginator_of_tags(books: Client) -> None:
    """The one without a page size; all tags come in one page."""
    arn = books.describe_table(TableName="books")["Table"]["TableArn"]
    tags = [{"Key": f"key {number}", "Value": "v"} for number in range(12)]
    books.tag_resource(ResourceArn=arn, Tags=tags)
    pages = books.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
    assert tags == pages.build_full_result()["Tags"]


def test_resuming_a_paginator(books: Client) -> None:
    """Its own token, made of our key, leads to the rest."""
    paginator = books.get_paginator("scan")
    first = paginator.paginate(TableName="authors", PaginationConfig={"MaxItems": 2})
    head = first.build_full_result()
    token = head["NextToken"]
    rest = paginator.paginate(TableName="authors", PaginationConfig={"StartingToken": token})
    years = [item["year"]["N"] for item in head["Items"] + rest.build_full_result()["Items"]]
    assert years == ["0", "1", "2", "3", "4"]


def test_every_paginator_is_tried() -> None:
    """A new one in the model has to be added here; Streams have none."""
    assert {*PAGED, "ListTagsOfResource"} == set(model("paginators-1")["pagination"])
    assert model("paginators-1", "dynamodbstreams")["pagination"] == {}


def refused_waiters() -> dict[str, tuple[dict[str, Any], str]]:
    """Returns the waiters for what a file does not have, with what they are told."""
    return {
        "BulkOperationCompleted": (
            {"BulkOperationArn": NOTHING.format("bulk")},
            "ResourceNotFoundException",
        ),
        "ExportCompleted": ({"ExportArn": NOTHING.format("export")}, "ExportNotFoundException"),
        "ImportCompleted": ({"ImportArn": NOTHING.format("import")}, "ImportNotFoundException"),
    }


IDLE_WAITERS: Final = ("ContributorInsightsEnabled", "KinesisStreamingDestinationActive")
"""Waiters for what a table here never becomes: they ask, see that it is not, and give up."""


@pytest.mark.parametrize("name", sorted(refused_waiters()))
def test_waiter_for_what_is_not_there(books: Client, name: str) -> None:
    """The waiter ends with the service's own error, and does not go on asking."""
    parameters, code = refused_waiters()[name]
    with pytest.raises(WaiterError) as caught:
        books.get_waiter(snake(name)).wait(**parameters, WaiterConfig=AT_ONCE)
    error = caught.value.last_response.get("Error", {})
    assert error["Code"] in {code, "ValidationException"}


@pytest.mark.parametrize("name", IDLE_WAITERS)
def test_waiter_for_what_never_comes(books: Client, name: str) -> None:
    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        books.get_waiter(snake(name)).wait(TableName="books", WaiterConfig=AT_ONCE)


def test_table_waiters(books: Client) -> None:
    books.get_waiter("table_exists").wait(TableName="books", WaiterConfig=AT_ONCE)
    books.delete_table(TableName="books")
    books.get_waiter("table_not_exists").wait(TableName="books", WaiterConfig=AT_ONCE)
    with pytest.raises(WaiterError):
        books.get_waiter("table_exists").wait(TableName="books", WaiterConfig=AT_ONCE)


@pytest.mark.parametrize("door", DOORS)
def test_table_waiters_of_a_slow_service(door: str, clock: ddblite.FixedClock) -> None:
    """With a delay a table is CREATING first; the waiter asks until it is ACTIVE."""
    with (
        ddblite.connect(":memory:", clock=clock, table_delay_s=5) as database,
        at_door(door, database) as session,
    ):
        client = session.client()
        seen: list[str] = []

        def move(parsed: dict[str, Any], **_: object) -> None:
            seen.append(parsed["Table"]["TableStatus"])
            clock.advance(3)

        client.create_table(**TABLE)
        client.meta.events.register("after-call.dynamodb.DescribeTable", move)
        waiter = client.get_waiter("table_exists")
        waiter.wait(TableName="books", WaiterConfig={"Delay": 0, "MaxAttempts": 5})
        assert seen == ["CREATING", "CREATING", "ACTIVE"]


def test_every_waiter_is_tried() -> None:
    """A new one in the model has to be added here; Streams have no file of waiters."""
    tried = {*refused_waiters(), *IDLE_WAITERS, "TableExists", "TableNotExists"}
    assert tried == set(model("waiters-2")["waiters"])


def test_waiters_of_a_resource(session: Session) -> None:
    """A table's own methods, which are the same two waiters."""
    table = session.resource().create_table(**TABLE)
    table.wait_until_exists(WaiterConfig=AT_ONCE)
    table.load()
    assert table.table_status == "ACTIVE"
    table.delete()
    table.wait_until_not_exists(WaiterConfig=AT_ONCE)


ACTIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "put_item": lambda table: table.put_item(Item={"id": "1"}),
    "load": lambda table: table.load(),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_resource_of_a_missing_table(session: Session, action: str) -> None:
    """A resource knows nothing until it is asked."""
    table = session.resource().Table("nothing")
    with pytest.raises(ClientError) as caught:
        ACTIONS[action](table)
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"
