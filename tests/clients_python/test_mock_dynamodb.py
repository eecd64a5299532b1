"""``mock_dynamodb``: programs that make their clients themselves, sent to a database."""

import asyncio
import sys
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import moto
import pytest
from botocore.config import Config
from botocore.endpoint import Endpoint
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from botocore.session import Session
from botocore.signers import RequestSigner

import ddblite
from ddblite import mock_dynamodb
from wire_requests import TABLE

Client = Any
REPLACED = ((Session, "create_client"), (RequestSigner, "sign"), (Endpoint, "_do_get_response"))
NOWHERE = {"endpoint_url": "http://127.0.0.1:1", "region_name": "us-east-1"}
ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})


@pytest.fixture(autouse=True)
def _nothing_is_configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Neither region nor credentials; and botocore's methods are its own at the end."""
    for name in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    before = [vars(owner)[name] for owner, name in REPLACED]
    yield
    assert before == [vars(owner)[name] for owner, name in REPLACED]


def shop() -> list[str]:
    """Makes a table and lists all, as a program under test does."""
    boto3.client("dynamodb").create_table(**TABLE)
    return [table.name for table in boto3.resource("dynamodb").tables.all()]


def test_context_manager() -> None:
    """It gives the database that is asked."""
    with mock_dynamodb() as database:
        assert shop() == ["books"]
        assert database.tables() == ["books"]


@mock_dynamodb
def test_decorator() -> None:
    assert shop() == ["books"]


@mock_dynamodb()
def test_decorator_with_parentheses() -> None:
    """Each call has its own database: the table is not there yet."""
    assert shop() == ["books"]


@mock_dynamodb
async def shop_later() -> list[str]:
    """The same in a coroutine."""
    await asyncio.sleep(0)
    return shop()


def test_decorated_coroutine() -> None:
    """It runs inside to its end, not only to its first await."""
    assert asyncio.run(shop_later()) == ["books"]


@pytest.fixture
@mock_dynamodb
def made_inside() -> Iterator[Client]:
    """A fixture that makes a client, and lasts."""
    yield boto3.client("dynamodb")  # noqa: PT022 - inside of the decorator


def test_decorated_fixture(made_inside: Client) -> None:
    made_inside.create_table(**TABLE)
    assert boto3.client("dynamodb").list_tables()["TableNames"] == ["books"]


def test_given_database_stays_open(opened: ddblite.Database) -> None:
    with mock_dynamodb(opened) as database:
        assert database is opened
        shop()
    assert opened.tables() == ["books"]


def test_class_is_refused() -> None:
    """A decorated class would be inside while it is made, and at no other time."""
    with pytest.raises(TypeError, match="setUp"):
        mock_dynamodb(type("Tests", (), {}))


def test_clients_made_before_are_sent_there_too() -> None:
    """Without credentials as well; afterwards they are as they were."""
    client = boto3.client("dynamodb", **NOWHERE)
    signed = boto3.client(
        "dynamodb",
        aws_access_key_id="a",
        aws_secret_access_key="b",  # noqa: S106 - nothing checks it
        config=ONE_ATTEMPT,
        **NOWHERE,
    )
    with mock_dynamodb():
        assert client.list_tables()["TableNames"] == []
        assert signed.list_tables()["TableNames"] == []
    with pytest.raises(NoCredentialsError):
        client.list_tables()
    with pytest.raises(EndpointConnectionError):
        signed.list_tables()


def test_streams_are_asked_for_in_the_same_database() -> None:
    with mock_dynamodb():
        streams = boto3.client("dynamodbstreams")
        assert "ListStreams" in streams.meta.service_model.operation_names
        with pytest.raises(streams.exceptions.ClientError) as caught:
            streams.get_records(ShardIterator="none")
        assert "RequestId" in caught.value.response["ResponseMetadata"]


def test_other_services_are_not_touched() -> None:
    with mock_dynamodb():
        queues = boto3.client("sqs", config=ONE_ATTEMPT, **NOWHERE)
        with pytest.raises(NoCredentialsError):
            queues.list_queues()


def test_a_databases_own_clients_stay_with_it(opened: ddblite.Database) -> None:
    client = opened.boto3_client()
    with mock_dynamodb():
        shop()
        assert client.list_tables()["TableNames"] == []
        assert opened.boto3_client().list_tables()["TableNames"] == []
        assert opened.boto3_session().client("dynamodb").list_tables()["TableNames"] == []


def test_inner_one_counts() -> None:
    """And the outer one is as it was, afterwards."""
    with mock_dynamodb() as outer:
        client = boto3.client("dynamodb")
        shop()
        with mock_dynamodb() as inner:
            assert client.list_tables()["TableNames"] == []
            assert inner.tables() == []
        assert client.list_tables()["TableNames"] == outer.tables() == ["books"]


def test_one_object_may_be_entered_twice() -> None:
    mock = mock_dynamodb()
    with mock as outer, mock as inner:
        assert outer is not inner
        shop()
        assert [[], ["books"]] == [outer.tables(), inner.tables()]


def test_ends_in_any_order() -> None:
    """As threads do: what was entered last of those that remain counts."""
    first, second = mock_dynamodb(), mock_dynamodb()
    one = first.__enter__()
    two = second.__enter__()
    first.__exit__(None, None, None)
    shop()
    assert two.tables() == ["books"]
    assert one is not two
    second.__exit__(None, None, None)


def test_all_threads_are_inside() -> None:
    """A program's workers ask the same database."""
    with mock_dynamodb() as database:
        shop()
        client = boto3.client("dynamodb")

        def work(number: int) -> None:
            client.put_item(TableName="books", Item={"id": {"S": str(number)}})

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(database.table("books").scan().all()) == 8


def test_region_and_options_are_the_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_dynamodb():
        assert boto3.client("dynamodb").meta.region_name == "eu-west-1"
        assert boto3.client("dynamodb", "eu-north-1").meta.region_name == "eu-north-1"


def test_errors_leave_nothing_behind() -> None:
    with pytest.raises(ZeroDivisionError), mock_dynamodb():
        raise ZeroDivisionError


def test_broken_aiobotocore_is_no_hindrance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever only uses boto3 need not have it, nor one that fits."""
    monkeypatch.setitem(sys.modules, "aiobotocore", None)
    with mock_dynamodb():
        assert shop() == ["books"]


def test_inside_moto() -> None:
    """Queues are answered by moto, tables by us, whoever came first."""

    def use_both() -> tuple[list[str], int]:
        queues = boto3.client("sqs", region_name="us-east-1")
        queues.create_queue(QueueName="shop")
        return shop(), len(queues.list_queues()["QueueUrls"])

    with moto.mock_aws(), mock_dynamodb() as database:
        assert (["books"], 1) == use_both()
        assert database.tables() == ["books"]
    with mock_dynamodb() as database, moto.mock_aws():
        assert (["books"], 1) == use_both()
        assert database.tables() == ["books"]
