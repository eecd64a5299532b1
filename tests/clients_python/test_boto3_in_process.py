"""boto3's own objects on an open database: what stays boto3's, and what is not touched."""

import gzip
import socket
import subprocess
import sys
import threading
from decimal import Rounded
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

import ddblite
from ddblite.api.clients.botocore import Transport
from ddblite.api.http.messages import Answer
from wire_requests import TABLE

Client = Any
ITEM = {
    "id": {"S": "1"},
    "number": {"N": "1.5"},
    "bytes": {"B": b"\x00\xff"},
    "list": {"L": [{"BOOL": True}, {"NULL": True}, {"M": {"ü": {"S": "\U0001f600"}}}]},
    "set": {"NS": ["1", "2"]},
}
KEY = {"id": {"S": "1"}}


@pytest.fixture
def books(client: Client) -> Client:
    """A client of a database with a table."""
    client.create_table(**TABLE)
    return client


def test_what_is_put_is_got(books: Client) -> None:
    """Every type, through the SDK's own encoder and decoder."""
    books.put_item(TableName="books", Item=ITEM)
    assert ITEM == books.get_item(TableName="books", Key=KEY)["Item"]


def test_client_and_database_are_one(opened: ddblite.Database, books: Client) -> None:
    """What one writes the other reads, at once."""
    opened.table("books").put({"id": "1", "pages": 3})
    assert {**KEY, "pages": {"N": "3"}} == books.get_item(TableName="books", Key=KEY)["Item"]


def test_answers_have_the_metadata_of_the_wire(books: Client) -> None:
    metadata = books.list_tables()["ResponseMetadata"]
    headers = metadata["HTTPHeaders"]
    assert metadata["HTTPStatusCode"] == 200
    assert metadata["RetryAttempts"] == 0
    assert metadata["RequestId"] == headers["x-amzn-requestid"]
    assert len(metadata["RequestId"]) == 52
    assert {"content-type", "content-length", "x-amz-crc32"} < set(headers)


def test_headers_are_those_of_the_wire() -> None:
    """The same in text, without the way through bytes."""
    answer = Answer(200, b"{}")
    wire = {name.decode(): value.decode() for name, value in answer.headers("A" * 52)}
    assert wire == answer.header_texts("A" * 52)


@pytest.mark.parametrize("encoding", ["gzip", b"gzip"])
def test_compressed_request(opened: ddblite.Database, encoding: str | bytes) -> None:
    """As some programs send large ones; botocore has headers as text or bytes."""
    headers = {"Content-Encoding": encoding}
    request = AWSRequest("POST", "http://localhost/", headers, gzip.compress(b"{}")).prepare()
    answer = Transport(opened.engine)(request, "before-send.dynamodb.ListTables")
    assert answer.content == b'{"TableNames":[]}'


@pytest.mark.parametrize("body", [b"", b"[]", b"\x1f\x8b", b" nothing"])
def test_request_that_is_no_json(opened: ddblite.Database, body: bytes) -> None:
    """Which only a program that meddles with requests can send."""
    request = AWSRequest("POST", "http://localhost/", {}, body).prepare()
    answer = Transport(opened.engine)(request, "before-send.dynamodb.ListTables")
    assert answer.status_code == 400
    assert b"SerializationException" in answer.content


def test_no_socket_and_no_thread(opened: ddblite.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does making a client look for credentials on the machine or in the network."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was asked for")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    before = threading.active_count()
    client = opened.boto3_client()
    client.create_table(**TABLE)
    client.put_item(TableName="books", Item=ITEM)
    assert before == threading.active_count()


def test_the_machines_settings_do_not_matter(
    opened: ddblite.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile that is not there, an address that nobody listens at."""
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")
    assert opened.boto3_client().list_tables()["TableNames"] == []
    assert list(opened.boto3_resource().tables.all()) == []


def test_options_are_boto3s(opened: ddblite.Database) -> None:
    """Given ones win over the placeholders."""
    client = opened.boto3_client(region_name="eu-west-1", config=Config(user_agent_extra="shop"))
    assert client.meta.region_name == "eu-west-1"
    assert "shop" in client.meta.config.user_agent_extra
    assert client.list_tables()["TableNames"] == []


def test_large_numbers_are_the_clients(opened: ddblite.Database, books: Client) -> None:
    """The resource's decimals have 38 digits, for the zeros that DynamoDB writes out as well."""
    large = "1" + "0" * 40
    books.put_item(TableName="books", Item={**KEY, "large": {"N": "1E+40"}})
    assert books.get_item(TableName="books", Key=KEY)["Item"]["large"] == {"N": large}
    with pytest.raises(Rounded):
        opened.boto3_resource().Table("books").get_item(Key={"id": "1"})


def test_parameters_are_checked_by_botocore(books: Client) -> None:
    """Before anything is sent, as with the service."""
    with pytest.raises(ParamValidationError):
        books.get_item(TableName="books")


def test_errors_are_modelled_exceptions(books: Client) -> None:
    """With the members that the model gives them."""
    books.put_item(TableName="books", Item=KEY)
    with pytest.raises(books.exceptions.ConditionalCheckFailedException) as caught:
        books.put_item(
            TableName="books",
            Item=KEY,
            ConditionExpression="attribute_not_exists(id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert caught.value.response["Item"] == KEY


def test_unmodelled_errors_are_client_errors(books: Client) -> None:
    with pytest.raises(ClientError) as caught:
        books.get_item(TableName="books", Key={"other": {"S": "1"}})
    assert caught.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": "The provided key element does not match the schema",
    }
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_cancelled_transaction_has_its_reasons(books: Client) -> None:
    check = {
        "TableName": "books",
        "Key": KEY,
        "ConditionExpression": "attribute_exists(id)",
    }
    with pytest.raises(books.exceptions.TransactionCanceledException) as caught:
        books.transact_write_items(TransactItems=[{"ConditionCheck": check}])
    reason = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
    assert caught.value.response["CancellationReasons"] == [reason]


def test_closed_database_says_so_at_once(opened: ddblite.Database) -> None:
    """Not as status 500, which boto3 would try again ten times."""
    client = opened.boto3_client()
    opened.close()
    with pytest.raises(ddblite.errors.Closed):
        client.list_tables()


def test_operations_without_a_body(books: Client) -> None:
    arn = books.describe_table(TableName="books")["Table"]["TableArn"]
    books.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "a"}])
    assert books.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "a"}]


def test_streams_client_asks_the_same_file(
    opened: ddblite.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streams have a service of their own, and one file."""
    asked = []

    def record(engine: object, name: str, _: object) -> dict[str, Any]:
        asked.append((engine, name))
        return {"Streams": []}

    monkeypatch.setattr("ddblite.api.clients.botocore.dispatch", record)
    assert opened.boto3_client("dynamodbstreams").list_streams()["Streams"] == []
    assert asked == [(opened.engine, "ListStreams")]


def test_client_of_another_service_is_refused(opened: ddblite.Database) -> None:
    """Its requests would go to AWS with placeholders for credentials."""
    with pytest.raises(ValueError, match="boto3_session"):
        opened.boto3_client("s3")


def test_session_makes_clients_of_the_database(opened: ddblite.Database) -> None:
    session = opened.boto3_session(region_name="eu-west-1")
    session.client("dynamodb").create_table(**TABLE)
    assert [table.name for table in session.resource("dynamodb").tables.all()] == ["books"]
    assert session.client("dynamodb", "eu-north-1").meta.region_name == "eu-north-1"
    assert session.client("dynamodb").meta.region_name == "eu-west-1"


def test_session_leaves_other_services_alone(opened: ddblite.Database) -> None:
    """Their credentials are the user's own, and their requests go where they went."""
    session = opened.boto3_session(
        aws_access_key_id="mine",
        aws_secret_access_key="own",  # noqa: S106 - nothing checks it
        region_name="eu-west-1",
    )
    queues = session.client("sqs", endpoint_url="http://127.0.0.1:1", config=Config(retries={}))
    sent = []

    def record(request: Any, **_: object) -> None:  # noqa: ANN401 - botocore's
        sent.append(request.headers["Authorization"])
        raise TimeoutError

    queues.meta.events.register("before-send.sqs", record)
    with pytest.raises(TimeoutError):
        queues.list_queues()
    assert b"Credential=mine/" in sent[0]


def test_two_databases_do_not_meet(opened: ddblite.Database) -> None:
    """Although their clients come from one session."""
    with ddblite.connect(":memory:") as other:
        opened.boto3_client().create_table(**TABLE)
        assert other.boto3_client().list_tables()["TableNames"] == []
        assert other.boto3_resource().meta.client.list_tables()["TableNames"] == []


def test_events_are_the_users_too(books: Client) -> None:
    """Programs that trace or change requests go on doing so."""
    seen: list[str] = []
    books.meta.events.register(
        "before-send.dynamodb.*", lambda event_name, **_: seen.append(event_name)
    )
    books.list_tables()
    assert seen == ["before-send.dynamodb.ListTables"]


@pytest.mark.parametrize(
    ("make", "absent", "sentence"),
    [
        ("boto3_client", "boto3", "boto3's clients need boto3: pip install 'ddblite[boto3]'"),
        ("boto3_resource", "boto3", "boto3's clients need boto3: pip install 'ddblite[boto3]'"),
        ("boto3_session", "boto3", "boto3's clients need boto3: pip install 'ddblite[boto3]'"),
        (
            "aiobotocore_session",
            "aiobotocore",
            "asynchronous clients need aiobotocore: pip install 'ddblite[aioboto3]'",
        ),
        (
            "aioboto3_session",
            "aiobotocore",
            "asynchronous clients need aiobotocore: pip install 'ddblite[aioboto3]'",
        ),
    ],
)
def test_without_a_library_a_sentence_says_what_to_install(
    make: str, absent: str, sentence: str, tmp_path: Path
) -> None:
    """The package itself needs none of them."""
    program = f"""
import sys
sys.modules["{absent}"] = None
import ddblite
with ddblite.connect(":memory:") as db:
    try:
        db.{make}()
    except ImportError as error:
        print(error)
"""
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert f"{sentence}\n" == run.stdout


def test_threads_share_a_client(books: Client) -> None:
    """As boto3 promises of its clients."""
    update = {
        "TableName": "books",
        "Key": {"id": {"S": "counter"}},
        "UpdateExpression": "ADD amount :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }

    def count() -> None:
        for _ in range(10):
            books.update_item(**update)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = books.get_item(TableName="books", Key={"id": {"S": "counter"}})["Item"]
    assert found["amount"] == {"N": "40"}


def test_making_clients_at_once(opened: ddblite.Database) -> None:
    """A session of botocore is not safe for threads; the shared one is guarded."""
    made: list[Client] = []
    threads = [
        threading.Thread(target=lambda: made.append(opened.boto3_client())) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [client.list_tables()["TableNames"] for client in made] == [[]] * 4


def test_plain_boto3_is_not_touched(opened: ddblite.Database) -> None:
    """A client that boto3 makes by itself still goes to the network: nobody answers before."""
    opened.boto3_client()
    events = boto3.client("dynamodb", region_name="us-east-1").meta.events
    # moto, once imported, looks at every client's requests, and answers inside of its mocks.
    asked = events.emit("before-send.dynamodb.ListTables", request=None)
    assert [] == [answer for _, answer in asked if answer is not None]
