"""aiobotocore's and aioboto3's own objects on an open database."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from aiobotocore.config import AioConfig
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError, ParamValidationError, WaiterError

import ddblite
from wire_requests import TABLE

Client = Any
Test = Callable[[Client], Awaitable[None]]

ITEM: Final = {
    "id": {"S": "1"},
    "number": {"N": "1.5"},
    "bytes": {"B": b"\x00\xff"},
    "list": {"L": [{"BOOL": True}, {"NULL": True}, {"M": {"ü": {"S": "\U0001f600"}}}]},
    "set": {"NS": ["1", "2"]},
}
KEY: Final = {"id": {"S": "1"}}
BOOK: Final = {"TableName": "books", "Key": KEY}


def run(database: ddblite.Database, test: Test) -> None:
    """Runs a test with aiobotocore's client of a database that has a table."""

    async def inside() -> None:
        async with database.aiobotocore_session().create_client("dynamodb") as client:
            await client.create_table(**TABLE)
            await test(client)

    asyncio.run(inside())


def test_items(opened: ddblite.Database) -> None:
    """Every type, through the SDK's own encoder and decoder; the database sees it at once."""

    async def test(client: Client) -> None:
        await client.put_item(TableName="books", Item=ITEM)
        assert (await client.get_item(**BOOK))["Item"] == ITEM
        assert (opened.table("books").get("1") or {})["number"] == Decimal("1.5")
        changed = await client.update_item(
            **BOOK,
            UpdateExpression="SET #n = #n + :n",
            ExpressionAttributeNames={"#n": "number"},
            ExpressionAttributeValues={":n": {"N": "1"}},
            ReturnValues="UPDATED_NEW",
        )
        assert changed["Attributes"] == {"number": {"N": "2.5"}}
        gone = await client.delete_item(**BOOK, ReturnValues="ALL_OLD")
        assert gone["Attributes"]["bytes"] == {"B": b"\x00\xff"}
        assert "Item" not in await client.get_item(**BOOK)

    run(opened, test)


def test_metadata_of_the_wire(opened: ddblite.Database) -> None:
    async def test(client: Client) -> None:
        metadata = (await client.list_tables())["ResponseMetadata"]
        assert metadata["HTTPStatusCode"] == 200
        assert len(metadata["RequestId"]) == 52
        assert {"content-type", "content-length", "x-amz-crc32"} < set(metadata["HTTPHeaders"])

    run(opened, test)


def test_operations_without_a_body(opened: ddblite.Database) -> None:
    async def test(client: Client) -> None:
        arn = (await client.describe_table(TableName="books"))["Table"]["TableArn"]
        await client.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "a"}])
        tags = await client.list_tags_of_resource(ResourceArn=arn)
        assert tags["Tags"] == [{"Key": "team", "Value": "a"}]

    run(opened, test)


def test_paginators_and_waiters(opened: ddblite.Database) -> None:
    async def test(client: Client) -> None:
        for number in range(5):
            await client.put_item(TableName="books", Item={"id": {"S": str(number)}})
        paginator = client.get_paginator("scan")
        pages = paginator.paginate(TableName="books", PaginationConfig={"PageSize": 2})
        assert [page["Count"] async for page in pages] == [2, 2, 1]
        at_once = {"Delay": 0, "MaxAttempts": 2}
        await client.get_waiter("table_exists").wait(TableName="books", WaiterConfig=at_once)
        await client.delete_table(TableName="books")
        await client.get_waiter("table_not_exists").wait(TableName="books", WaiterConfig=at_once)
        with pytest.raises(WaiterError):
            await client.get_waiter("table_exists").wait(TableName="books", WaiterConfig=at_once)

    run(opened, test)


def test_errors_are_modelled_exceptions(opened: ddblite.Database) -> None:
    """With their members; parameters are checked before anything is asked."""

    async def test(client: Client) -> None:
        await client.put_item(TableName="books", Item=KEY)
        with pytest.raises(client.exceptions.ConditionalCheckFailedException) as unmet:
            await client.put_item(
                TableName="books",
                Item=KEY,
                ConditionExpression="attribute_not_exists(id)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        assert unmet.value.response["Item"] == KEY
        check = {**BOOK, "ConditionExpression": "attribute_exists(title)"}
        with pytest.raises(client.exceptions.TransactionCanceledException) as cancelled:
            await client.transact_write_items(TransactItems=[{"ConditionCheck": check}])
        reasons = cancelled.value.response["CancellationReasons"]
        assert [reason["Code"] for reason in reasons] == ["ConditionalCheckFailed"]
        with pytest.raises(ClientError) as invalid:
            await client.get_item(TableName="books", Key={"other": {"S": "1"}})
        assert invalid.value.response["Error"]["Code"] == "ValidationException"
        with pytest.raises(ParamValidationError):
            await client.get_item(TableName="books")

    run(opened, test)


def test_resource_of_aioboto3(opened: ddblite.Database) -> None:
    """Tables, conditions and the batch writer are aioboto3's."""

    async def inside() -> None:
        async with opened.aioboto3_session().resource("dynamodb") as resource:
            table = await resource.create_table(**TABLE)
            await table.wait_until_exists()
            async with table.batch_writer() as batch:
                for number in range(30):
                    await batch.put_item(Item={"id": str(number), "price": Decimal(number)})
            found = await table.query(
                KeyConditionExpression=Key("id").eq("7"), FilterExpression=Attr("price").gt(6)
            )
            assert found["Items"] == [{"id": "7", "price": Decimal(7)}]
            assert (await table.scan(Select="COUNT"))["Count"] == 30
            with pytest.raises(ClientError):
                await (await resource.Table("nothing")).load()

    asyncio.run(inside())


def test_streams_and_options(opened: ddblite.Database) -> None:
    """The options are the SDK's; both services are of one file."""

    async def inside() -> None:
        session = opened.aioboto3_session(region_name="eu-west-1")
        async with session.client("dynamodbstreams") as streams:
            assert streams.meta.region_name == "eu-west-1"
            assert (await streams.list_streams())["Streams"] == []
        config = AioConfig(user_agent_extra="shop", connector_args={"keepalive_timeout": 5})
        plain = opened.aiobotocore_session()
        async with plain.create_client("dynamodb", "eu-north-1", config=config) as client:
            assert client.meta.region_name == "eu-north-1"
            assert "shop" in client.meta.config.user_agent_extra
            assert (await client.list_tables())["TableNames"] == []

    asyncio.run(inside())


def test_other_services_are_left_alone(opened: ddblite.Database) -> None:
    """Their credentials are the user's own, and their requests go where they went."""
    sent = []

    def record(request: Any, **_: object) -> None:  # noqa: ANN401 - botocore's
        sent.append(request.headers["Authorization"])
        raise TimeoutError

    async def inside() -> None:
        session = opened.aioboto3_session(
            aws_access_key_id="mine",
            aws_secret_access_key="own",  # noqa: S106 - nothing checks it
            region_name="eu-west-1",
        )
        async with session.client("sqs", endpoint_url="http://127.0.0.1:1") as queues:
            queues.meta.events.register("before-send.sqs", record)
            with pytest.raises(TimeoutError):
                await queues.list_queues()

    asyncio.run(inside())
    assert b"Credential=mine/" in sent[0]


def test_no_socket(opened: ddblite.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor are credentials looked for on the machine or in the network."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was asked for")

    async def test(client: Client) -> None:
        await client.put_item(TableName="books", Item=ITEM)
        assert (await client.get_item(**BOOK))["Item"] == ITEM

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    run(opened, test)


def test_closed_database_says_so_at_once(opened: ddblite.Database) -> None:
    """Not as status 500, which would be tried again ten times."""

    async def test(client: Client) -> None:
        opened.close()
        with pytest.raises(ddblite.errors.Closed):
            await client.list_tables()

    run(opened, test)


def test_loop_goes_on_while_a_write_waits(tmp_path: Path) -> None:
    """For the lock of another writer, as it would for the disk."""
    with ddblite.connect(tmp_path / "shop.ddb") as database:

        async def test(client: Client) -> None:
            with database.engine.storage.write():
                task = asyncio.ensure_future(client.put_item(TableName="books", Item=ITEM))
                for _ in range(100):
                    await asyncio.sleep(0)
                assert "Item" not in await client.get_item(**BOOK)
                assert not task.done()
            await task
            assert (await client.get_item(**BOOK))["Item"] == ITEM

        run(database, test)


def test_asynchronous_database_has_sessions_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """They use its threads: one that writes, others that read."""
    threads: dict[str, str] = {}

    async def inside() -> None:
        async with ddblite.connect_async(":memory:") as database:
            await database.create_table("books", partition_key="id")
            real = database.database.engine.execute

            def record(request: Any) -> Any:  # noqa: ANN401 - the engine's
                threads[type(request).__name__] = threading.current_thread().name
                return real(request)

            monkeypatch.setattr(database.database.engine, "execute", record)
            async with database.aioboto3_session().client("dynamodb") as client:
                await client.put_item(TableName="books", Item=ITEM)
                assert (await client.get_item(**BOOK))["Item"] == ITEM
            async with database.aiobotocore_session().create_client("dynamodb") as client:
                await client.list_tables()

    asyncio.run(inside())
    main = threading.main_thread().name
    assert {"GetItem", "ListTables", "PutItem"} == threads.keys()
    assert "reader" in threads["GetItem"]
    assert "reader" in threads["ListTables"]
    assert threads["PutItem"] not in {main, threads["GetItem"]}


def test_many_at_once(opened: ddblite.Database) -> None:
    """Tasks share a client, and no addition is lost."""

    async def test(client: Client) -> None:
        add = {
            **BOOK,
            "UpdateExpression": "ADD amount :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
        await asyncio.gather(*(client.update_item(**add) for _ in range(40)))
        assert (await client.get_item(**BOOK))["Item"]["amount"] == {"N": "40"}

    run(opened, test)
