"""Every exception of botocore's models, raised at both doors.

Those that a request can bring about are brought about; those of what a file does not have yet
come from the serializer of errors, which is the same for all.
"""

from collections.abc import Callable
from typing import Any, Final, NoReturn

import pytest
from botocore.session import get_session

import ddblite
from boto3_doors import Session
from ddblite.schema import errors
from ddblite.schema.requests import CancellationReason
from wire_requests import ARN, PUT, TABLE

Client = Any

ASKED: Final = {"dynamodb": "list_tables", "dynamodbstreams": "list_streams"}
"""An operation of each service that needs no parameters."""


def modelled(service: str) -> list[str]:
    """Returns the names of the exceptions of a service."""
    shapes = get_session().get_service_model(service).error_shapes
    return sorted(shape.name for shape in shapes)


EXCEPTIONS: Final = [(service, name) for service in ASKED for name in modelled(service)]


def fault_of(name: str) -> errors.DdbError:
    """Returns our exception of that name, with data where it has some."""
    if name == "ConditionalCheckFailedException":
        return errors.ConditionalCheckFailedException("some text", item={"id": "1"})
    if name == "TransactionCanceledException":
        reason = CancellationReason(code="ConditionalCheckFailed", message="m", item={"id": "1"})
        return errors.TransactionCanceledException("some text", reasons=[reason])
    kind: type[errors.DdbError] = getattr(errors, name)
    return kind("some text")


def create(client: Client, **members: object) -> None:
    """Makes the table of books, some members changed."""
    client.create_table(**{**TABLE, **members})


def insert(client: Client) -> None:
    """Inserts what is there already."""
    client.execute_statement(Statement="INSERT INTO books VALUE {'id': '1'}")


def transact_twice(client: Client) -> None:
    """Uses a token again for something else."""
    for number in ("2", "3"):
        put = {"Put": {"TableName": "books", "Item": {"id": {"S": number}}}}
        client.transact_write_items(TransactItems=[put], ClientRequestToken="once")


def unmet(client: Client) -> None:
    """Puts an item under a condition that does not hold."""
    client.put_item(**PUT, ConditionExpression="attribute_not_exists(id)")


def cancelled(client: Client) -> None:
    """The same in a transaction."""
    put = {"Put": PUT | {"ConditionExpression": "attribute_not_exists(id)"}}
    client.transact_write_items(TransactItems=[put])


OF_TABLE: Final = ARN + "/{}/01234567890123-01234567"
TOO_MUCH: Final = {"ReadCapacityUnits": 10**6, "WriteCapacityUnits": 1}

BROUGHT_ABOUT: Final[dict[str, Callable[[Client], object]]] = {
    "BackupNotFoundException": lambda c: c.describe_backup(BackupArn=OF_TABLE.format("backup")),
    "ConditionalCheckFailedException": unmet,
    "DuplicateItemException": insert,
    "ExportNotFoundException": lambda c: c.describe_export(ExportArn=OF_TABLE.format("export")),
    "GlobalTableNotFoundException": lambda c: c.describe_global_table(GlobalTableName="books"),
    "IdempotentParameterMismatchException": transact_twice,
    "ImportNotFoundException": lambda c: c.describe_import(ImportArn=OF_TABLE.format("import")),
    "LimitExceededException": lambda c: create(
        c, TableName="large", BillingMode="PROVISIONED", ProvisionedThroughput=TOO_MUCH
    ),
    "PolicyNotFoundException": lambda c: c.get_resource_policy(ResourceArn=ARN),
    "ResourceInUseException": create,
    "ResourceNotFoundException": lambda c: c.scan(TableName="nothing"),
    "TableNotFoundException": lambda c: c.describe_continuous_backups(TableName="nothing"),
    "TransactionCanceledException": cancelled,
}
"""How to be refused, with a table of one book."""


@pytest.mark.parametrize("name", sorted(BROUGHT_ABOUT))
def test_exception_is_brought_about(session: Session, name: str) -> None:
    client = session.client()
    create(client)
    client.put_item(**PUT)
    with pytest.raises(getattr(client.exceptions, name)) as caught:
        BROUGHT_ABOUT[name](client)
    response = caught.value.response
    assert name == response["Error"]["Code"]
    assert response["Error"]["Message"]
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(("service", "name"), EXCEPTIONS)
def test_exception_is_serialized(
    session: Session, monkeypatch: pytest.MonkeyPatch, service: str, name: str
) -> None:
    """By name from ``client.exceptions``, with its text, status and code."""
    fault = fault_of(name)

    def fail(*_: object) -> NoReturn:
        raise fault

    monkeypatch.setattr("ddblite.api.clients.botocore.dispatch", fail)
    monkeypatch.setattr("ddblite.api.http.application.dispatch", fail)
    client = session.client(service)
    with pytest.raises(getattr(client.exceptions, name)) as caught:
        getattr(client, ASKED[service])()
    is_hidden = name == "InternalServerError"
    response = caught.value.response
    assert name == response["Error"]["Code"]
    assert ("Internal server error" if is_hidden else "some text") == response["Error"]["Message"]
    assert (500 if is_hidden else 400) == response["ResponseMetadata"]["HTTPStatusCode"]


def test_members_of_exceptions(opened: ddblite.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two that carry data."""
    client = opened.boto3_client()
    for name, member, value in (
        ("ConditionalCheckFailedException", "Item", {"id": {"S": "1"}}),
        (
            "TransactionCanceledException",
            "CancellationReasons",
            [{"Code": "ConditionalCheckFailed", "Message": "m", "Item": {"id": {"S": "1"}}}],
        ),
    ):

        def fail(*_: object, name: str = name) -> None:
            raise fault_of(name)

        monkeypatch.setattr("ddblite.api.clients.botocore.dispatch", fail)
        with pytest.raises(getattr(client.exceptions, name)) as caught:
            client.list_tables()
        assert value == caught.value.response[member]


def test_busy_is_tried_again(opened: ddblite.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """By boto3's own retries, as it does with a fault of the service."""
    answers: list[errors.DdbError] = [errors.Busy("another writer")]

    def hesitate(*_: object) -> dict[str, Any]:
        if answers:
            raise answers.pop()
        return {"TableNames": []}

    monkeypatch.setattr("ddblite.api.clients.botocore.dispatch", hesitate)
    metadata = opened.boto3_client().list_tables()["ResponseMetadata"]
    assert metadata["RetryAttempts"] == 1
