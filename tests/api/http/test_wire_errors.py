"""How errors look on the wire."""

import pytest

from ddblite.api.http.credentials import MissingAuthenticationTokenException
from ddblite.api.http.wire_errors import (
    RequestEntityTooLarge,
    TryAgain,
    error_body,
    error_status,
)
from ddblite.schema import errors
from ddblite.schema.requests import CancellationReason

VALIDATE = "com.amazon.coral.validate#"
SERVICE = "com.amazon.coral.service#"
MODEL = "com.amazonaws.dynamodb.v20120810#"


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (
            errors.ValidationException("text"),
            400,
            {"__type": VALIDATE + "ValidationException", "message": "text"},
        ),
        (
            errors.FloatRefused("text"),
            400,
            {"__type": VALIDATE + "ValidationException", "message": "text"},
        ),
        (
            errors.SerializationException("text"),
            400,
            {"__type": SERVICE + "SerializationException", "Message": "text"},
        ),
        (
            errors.SerializationException(),
            400,
            {"__type": SERVICE + "SerializationException"},
        ),
        (
            errors.UnknownOperationException("text"),
            400,
            {
                "__type": SERVICE + "UnknownOperationException",
                "message": "text",
                "Message": "text",
            },
        ),
        (
            errors.UnknownOperationException(),
            400,
            {"__type": SERVICE + "UnknownOperationException"},
        ),
        (
            TryAgain("text"),
            500,
            {"__type": MODEL + "InternalServerError", "message": "text"},
        ),
        (
            errors.AccessDeniedException("text"),
            400,
            {"__type": SERVICE + "AccessDeniedException", "Message": "text"},
        ),
        (
            MissingAuthenticationTokenException("text"),
            400,
            {"__type": SERVICE + "MissingAuthenticationTokenException", "message": "text"},
        ),
        (
            errors.ResourceNotFoundException("text"),
            400,
            {"__type": MODEL + "ResourceNotFoundException", "message": "text"},
        ),
        (
            errors.ThrottlingException("text"),
            400,
            {"__type": MODEL + "ThrottlingException", "message": "text"},
        ),
        (RequestEntityTooLarge(), 413, {"__type": SERVICE + "RequestEntityTooLarge"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_error_has_prefix_and_message(
    fault: errors.DdbError, status: int, body: dict[str, str]
) -> None:
    """Three prefixes, two spellings of the message, and errors without one."""
    assert (status, body) == (error_status(fault), error_body(fault))


@pytest.mark.parametrize(
    "fault",
    [
        errors.InternalServerError("SELECT 1"),
        errors.Busy("/home/ann/shop.ddb"),
        errors.Corrupt("/home/ann/shop.ddb"),
        errors.DiskFull("/home/ann/shop.ddb"),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_faults_of_the_file_say_nothing(fault: errors.DdbError) -> None:
    """Every client retries a 500; which file and why is for the server's log."""
    body = {"__type": MODEL + "InternalServerError", "message": "Internal server error"}
    assert (500, body) == (error_status(fault), error_body(fault))


def test_failed_condition_carries_the_item() -> None:
    """When that was asked for."""
    plain = errors.ConditionalCheckFailedException()
    with_item = errors.ConditionalCheckFailedException(item={"id": "a", "n": 1})
    assert "Item" not in error_body(plain)
    assert {"id": {"S": "a"}, "n": {"N": "1"}} == error_body(with_item)["Item"]


def test_cancelled_transaction_carries_its_reasons() -> None:
    """One per action; one that was not at fault has a code and nothing else."""
    reasons = [
        CancellationReason(),
        CancellationReason(
            code="ConditionalCheckFailed",
            message="The conditional request failed",
            item={"id": "a"},
        ),
        CancellationReason(code="ValidationError", message="text"),
    ]
    assert {
        "__type": MODEL + "TransactionCanceledException",
        "Message": "cancelled",
        "CancellationReasons": [
            {"Code": "None"},
            {
                "Code": "ConditionalCheckFailed",
                "Message": "The conditional request failed",
                "Item": {"id": {"S": "a"}},
            },
            {"Code": "ValidationError", "Message": "text"},
        ],
    } == error_body(errors.TransactionCanceledException("cancelled", reasons=reasons))
