"""Constraints of PartiQL's operations: their members in AWS's order, joined into one message."""

import re

import pytest

from wire_requests import Wire, reason


def places_of_faults(text: str) -> list[str]:
    """Returns the members that a joined message names, in its order."""
    return re.findall(r"' at '([A-Za-z0-9.]+)' failed to satisfy", text)


LONG: Wire = {"Statement": "x" * 8193, "Parameters": []}
ON_FAILURE: Wire = {"ReturnValuesOnConditionCheckFailure": "X"}


@pytest.mark.parametrize("wording", ["current", "older"])
def test_faults_of_a_statement_are_joined_in_this_order(wording: str) -> None:
    wire = LONG | ON_FAILURE | {"Limit": 0, "ReturnConsumedCapacity": "X"}
    assert [
        "returnValuesOnConditionCheckFailure",
        "limit",
        "statement",
        "returnConsumedCapacity",
        "parameters",
    ] == places_of_faults(reason("ExecuteStatement", wire, wording))


def test_faults_of_several_statements_are_joined_in_this_order() -> None:
    inner = ["returnValuesOnConditionCheckFailure", "statement", "parameters"]
    member = LONG | ON_FAILURE
    wire: Wire = {"Statements": [member], "ReturnConsumedCapacity": "X"}
    assert [
        "returnConsumedCapacity",
        *(f"statements.1.member.{name}" for name in inner),
    ] == places_of_faults(reason("BatchExecuteStatement", wire))
    wire = {
        "TransactStatements": [member],
        "ReturnConsumedCapacity": "X",
        "ClientRequestToken": "t" * 37,
    }
    assert [
        "clientRequestToken",
        *(f"transactStatements.1.member.{name}" for name in inner),
        "returnConsumedCapacity",
    ] == places_of_faults(reason("ExecuteTransaction", wire))
