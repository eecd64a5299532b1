"""Every exception of botocore's models, raised once: from the engine, through the wire's form."""

from typing import Any, Final, NoReturn

import pytest
from botocore.config import Config
from botocore.session import get_session

import ddblite
from ddblite.schema import errors
from ddblite.schema.requests import CancellationReason

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


@pytest.mark.parametrize(("service", "name"), EXCEPTIONS)
def test_exception_is_raised(
    opened: ddblite.Database, monkeypatch: pytest.MonkeyPatch, service: str, name: str
) -> None:
    """By name from ``client.exceptions``, with its text, status and code."""
    fault = fault_of(name)

    def fail(*_: object) -> NoReturn:
        raise fault

    monkeypatch.setattr("ddblite.api.botocore.dispatch", fail)
    client = opened.boto3_client(service, config=Config(retries={"total_max_attempts": 1}))
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

        monkeypatch.setattr("ddblite.api.botocore.dispatch", fail)
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

    monkeypatch.setattr("ddblite.api.botocore.dispatch", hesitate)
    metadata = opened.boto3_client().list_tables()["ResponseMetadata"]
    assert metadata["RetryAttempts"] == 1
