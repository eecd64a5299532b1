"""``mock_dynamodb`` and programs that make their clients with aioboto3 or aiobotocore."""

import asyncio
from collections.abc import Iterator
from typing import Any

import aioboto3
import boto3
import pytest
from aiobotocore.endpoint import AioEndpoint
from aiobotocore.session import AioSession, get_session
from aiobotocore.signers import AioRequestSigner
from botocore.exceptions import NoCredentialsError

import ddblite
from ddblite import mock_dynamodb
from wire_requests import TABLE

REPLACED = (
    (AioSession, "_create_client"),
    (AioRequestSigner, "sign"),
    (AioEndpoint, "_do_get_response"),
)
NOWHERE = {"endpoint_url": "http://127.0.0.1:1", "region_name": "us-east-1"}


@pytest.fixture(autouse=True)
def _nothing_is_configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Neither region nor credentials; and aiobotocore's methods are its own at the end."""
    for name in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    before = [vars(owner)[name] for owner, name in REPLACED]
    yield
    assert before == [vars(owner)[name] for owner, name in REPLACED]


async def shop() -> list[str]:
    """Makes a table with one library and lists all with the other, as programs do."""
    async with get_session().create_client("dynamodb") as client:
        await client.create_table(**TABLE)
    async with aioboto3.Session().resource("dynamodb") as resource:
        return [table.name async for table in resource.tables.all()]


def test_context_manager() -> None:
    with mock_dynamodb() as database:
        assert asyncio.run(shop()) == ["books"]
        assert database.tables() == ["books"]


@mock_dynamodb
async def shop_inside() -> list[str]:
    """The same in a decorated coroutine."""
    return await shop()


def test_decorated_coroutine() -> None:
    """Each call has its own database."""
    assert asyncio.run(shop_inside()) == asyncio.run(shop_inside()) == ["books"]


def test_boto3_asks_the_same_database() -> None:
    """A program may use both."""
    with mock_dynamodb():
        asyncio.run(shop())
        found = boto3.client("dynamodb", region_name="us-east-1").list_tables()
        assert found["TableNames"] == ["books"]


def test_clients_made_before_are_sent_there_too() -> None:
    """Without credentials as well; afterwards they are as they were."""

    async def inside() -> None:
        async with get_session().create_client("dynamodb", **NOWHERE) as client:
            with mock_dynamodb():
                assert (await client.list_tables())["TableNames"] == []
            with pytest.raises(NoCredentialsError):
                await client.list_tables()

    asyncio.run(inside())


def test_other_services_are_not_touched() -> None:
    async def inside() -> None:
        async with get_session().create_client("sqs", **NOWHERE) as queues:
            with pytest.raises(NoCredentialsError):
                await queues.list_queues()

    with mock_dynamodb():
        asyncio.run(inside())


def test_a_databases_own_clients_stay_with_it(opened: ddblite.Database) -> None:
    async def inside() -> list[Any]:
        async with opened.aiobotocore_session().create_client("dynamodb") as client:
            return [await shop(), (await client.list_tables())["TableNames"]]

    with mock_dynamodb():
        assert [["books"], []] == asyncio.run(inside())


def test_events_go_their_way() -> None:
    """All but ``before-send``: programs that trace or change requests go on doing so."""
    seen: list[str] = []

    async def inside() -> None:
        async with get_session().create_client("dynamodb") as client:
            for event in ("before-send", "before-parse", "response-received"):
                client.meta.events.register(
                    f"{event}.dynamodb.*", lambda event_name, **_: seen.append(event_name)
                )
            await client.list_tables()

    with mock_dynamodb():
        asyncio.run(inside())
    assert seen == ["before-parse.dynamodb.ListTables", "response-received.dynamodb.ListTables"]
