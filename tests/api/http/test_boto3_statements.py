"""PartiQL through boto3 and a real server: shapes and errors as the SDK's model has them."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from serving import Server
from wire_requests import TABLE

Client = Any
"""A client's class is made at run time, from the service model."""

INSERT = "INSERT INTO books VALUE {'id': ?, 'n': ?}"
SELECT = "SELECT n FROM books WHERE id = '1'"


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[Client]:
    made = boto3.client(
        "dynamodb",
        endpoint_url=server.url,
        region_name="eu-west-1",
        aws_access_key_id="any",
        aws_secret_access_key="thing",  # noqa: S106 - nothing checks it
        config=Config(retries={"total_max_attempts": 1}),
    )
    made.create_table(**TABLE)
    for number in ("1", "2", "3"):
        parameters = [{"S": number}, {"N": number}]
        made.execute_statement(Statement=INSERT, Parameters=parameters)
    yield made
    made.close()


def test_a_statement_page_by_page(client: Client) -> None:
    request = {"Statement": "SELECT n FROM books", "Limit": 2}
    first = client.execute_statement(**request, ReturnConsumedCapacity="TOTAL")
    assert {"TableName": "books", "CapacityUnits": 0.5} == first["ConsumedCapacity"]
    assert {"id"} == set(first["LastEvaluatedKey"])
    rest = client.execute_statement(**request, NextToken=first["NextToken"])
    found = sorted(item["n"]["N"] for item in first["Items"] + rest["Items"])
    assert ["1", "2", "3"] == found
    assert "NextToken" not in rest


def test_an_insert_of_a_key_that_is_taken(client: Client) -> None:
    with pytest.raises(client.exceptions.DuplicateItemException) as caught:
        client.execute_statement(Statement=INSERT, Parameters=[{"S": "1"}, {"N": "9"}])
    assert "Duplicate primary key exists in table" == caught.value.response["Error"]["Message"]


def test_a_batch_answers_for_each_statement(client: Client) -> None:
    answer = client.batch_execute_statement(Statements=[{"Statement": SELECT}, {"Statement": "?"}])
    good, bad = answer["Responses"]
    assert {"TableName": "books", "Item": {"n": {"N": "1"}}} == good
    assert "ValidationError" == bad["Error"]["Code"]


def test_a_transaction_is_all_or_nothing(client: Client) -> None:
    new = {"Statement": INSERT, "Parameters": [{"S": "new"}, {"N": "4"}]}
    taken = {"Statement": INSERT, "Parameters": [{"S": "1"}, {"N": "9"}]}
    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        client.execute_transaction(TransactStatements=[new, taken])
    codes = [reason["Code"] for reason in caught.value.response["CancellationReasons"]]
    assert ["None", "DuplicateItem"] == codes
    missing = SELECT.replace("'1'", "'new'")
    answer = client.execute_transaction(
        TransactStatements=[{"Statement": SELECT}, {"Statement": missing}]
    )
    assert [{"Item": {"n": {"N": "1"}}}, {}] == answer["Responses"]
