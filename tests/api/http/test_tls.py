"""The endpoint over TLS: boto3, workers, the guards, and clients that do not come to terms."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copyfile
from typing import Any, Final

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import SSLError
from typer.testing import CliRunner

from ddblite import cli
from ddblite.api.http import accepting
from ddblite.api.http.body import BODY_BYTES_MAX
from ddblite.api.http.policy import Policy, TlsFiles
from door_in_loop import Client, Run, Served, in_loop, until
from serving import TIMEOUT_S, Reply, Server, headers_for, read_reply, request, running
from wire_requests import GET, PUT, TABLE

__all__ = ["in_loop"]

FOLDER: Final = Path(__file__).parent / "certificates"
"""A certificate for loopback, good for a hundred years; its key, also with a password; another."""

CERTIFICATE: Final = FOLDER / "server.pem"
KEY: Final = FOLDER / "server.key"
OPTIONS: Final = ("--tls-cert", str(CERTIFICATE), "--tls-key", str(KEY))
ENCRYPTED: Final = Policy(tls=TlsFiles(CERTIFICATE, KEY))


@pytest.fixture(scope="module", params=[1, 2], ids=["one process", "two workers"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server that speaks TLS."""
    path = tmp_path_factory.mktemp("tls") / "books.ddb"
    options = (*OPTIONS, "--workers", str(request.param), "--cors-origin", "http://localhost:3000")
    remark = "ddblite: web pages of http://localhost:3000 may send requests\n"
    with running(str(path), *options, remarks=remark) as started:
        yield started


def boto3_client(server: Server, verify: object) -> Any:  # noqa: ANN401 - boto3 carries no types
    """Returns a client that trusts so much."""
    return boto3.client(
        "dynamodb",
        endpoint_url=server.url,
        verify=verify,
        region_name="eu-west-1",
        aws_access_key_id="any",
        aws_secret_access_key="thing",  # noqa: S106 - nothing checks it
        config=Config(retries={"total_max_attempts": 1}),
    )


def ask(server: Server, operation: str, body: bytes = b"{}", **changed: str) -> Reply:
    """Asks over a connection of its own; the headers may be anything."""
    context = ssl.create_default_context(cafile=CERTIFICATE)
    headers = {"host": server.host, "content-length": str(len(body))} | headers_for(operation)
    with (
        server.connection() as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as opened,
    ):
        opened.sendall(request("POST /", headers | changed, body))
        return read_reply(opened)


def test_boto3_comes_in_with_the_certificate(server: Server) -> None:
    """Which it is told to trust; with items of every size."""
    assert server.url.startswith("https://127.0.0.1:")
    with closing(boto3_client(server, str(CERTIFICATE))) as client:
        client.create_table(**TABLE)
        item = {"id": {"S": "1"}, "text": {"S": "x" * 390_000}}
        client.put_item(TableName="books", Item=item)
        assert item == client.get_item(**GET)["Item"]
        assert [item] == client.scan(TableName="books")["Items"]


def test_boto3_does_not_come_in_without(server: Server) -> None:
    """It does not trust a certificate that nobody vouches for."""
    with closing(boto3_client(server, verify=True)) as client, pytest.raises(SSLError):
        client.list_tables()


def test_who_speaks_no_tls_is_not_heard(server: Server) -> None:
    """And disturbs nobody."""
    with server.connection() as opened:
        opened.sendall(request("GET /healthz", {"host": server.host}))
        assert b"HTTP" not in opened.recv(1000)
    assert ask(server, "ListTables").status == 200


def test_the_guards_stand(server: Server) -> None:
    assert ask(server, "ListTables", host="evil.test:8000").status == 403
    assert ask(server, "ListTables", origin="https://evil.test").status == 403
    allowed = ask(server, "ListTables", origin="http://localhost:3000")
    assert (200, "http://localhost:3000") == (
        allowed.status,
        allowed.headers["access-control-allow-origin"],
    )


def test_the_usual_port_may_be_left_out_of_host() -> None:
    """443 with TLS, 80 without."""
    assert "localhost" in ENCRYPTED.at("127.0.0.1", 443).hosts
    assert "localhost" not in ENCRYPTED.at("127.0.0.1", 80).hosts
    assert "localhost" not in Policy().at("127.0.0.1", 443).hosts


# Connections.


def test_a_refusal_arrives(in_loop: Run) -> None:
    """What is still being sent is thrown away, as TLS has no end of one direction."""

    async def test(server: Served) -> None:
        client = await server.connect()
        length = str(BODY_BYTES_MAX + 1)
        client.send(server.request("PutItem", b"{", content_length=length))
        for _ in range(BODY_BYTES_MAX // 100_000 + 1):
            client.send(b" " * 100_000)
        assert await client.status() == 413
        assert [] == list(server.handler.served)
        assert [client.served_by] == list(server.handler.leaving)

    in_loop(test, policy=ENCRYPTED)


def test_who_does_not_read_gets_all_in_the_end(in_loop: Run) -> None:
    async def test(server: Served) -> None:
        server.database.create_table("books", partition_key="id")
        server.database.table("books").put({"id": "1", "text": "x" * 300_000})
        client = await server.connect()
        client.send(server.request("GetItem", GET) * 60)
        await until(lambda: client.served_by.is_unread)
        assert [200] * 60 == [await client.status() for _ in range(60)]

    in_loop(test, policy=ENCRYPTED)


def test_a_client_that_says_farewell_gets_its_answer_first(in_loop: Run) -> None:
    async def test(server: Served) -> None:
        server.database.call("CreateTable", TABLE)
        client = await server.connect()
        client.send(server.request("PutItem", PUT, connection="close"))
        assert await client.status() == 200
        assert await client.rest() == b""
        await until(lambda: not server.handler.served)

    in_loop(test, policy=ENCRYPTED)


def test_who_leaves_before_the_answer_is_forgotten(
    in_loop: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a word: of TLS, half a connection cannot be left open."""

    async def test(server: Served) -> None:
        server.database.call("CreateTable", TABLE)
        is_open = threading.Event()
        assert server.handler.lanes.writer is not None
        server.handler.lanes.writer.submit(lambda: is_open.wait(TIMEOUT_S), is_alone=True)
        client = await server.connect()
        client.send(server.request("PutItem", PUT))
        await until(lambda: client.served_by.is_working)
        client.writer.close()
        await until(lambda: not server.handler.served)
        is_open.set()
        await until(lambda: not client.served_by.is_working)

    in_loop(test, tmp_path / "books.ddb", policy=ENCRYPTED)
    assert [] == caplog.records


@pytest.mark.parametrize("sent", [b"", b"\x16\x03\x01"], ids=["nothing", "a beginning"])
def test_a_slow_handshake_has_an_end(
    in_loop: Run, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    """And the only place is free for the next."""
    monkeypatch.setattr(accepting, "HANDSHAKE_SECONDS_MAX", 0.05)

    async def test(server: Served) -> None:
        port = int(server.host.rpartition(":")[2])
        slow = Client(*await asyncio.open_connection("127.0.0.1", port))
        slow.send(sent)
        assert await slow.rest() == b""
        await until(lambda: not server.handler.served)
        slow.writer.close()
        monkeypatch.setattr(accepting, "HANDSHAKE_SECONDS_MAX", TIMEOUT_S)
        client = await server.queue_up()
        client.send(server.request("ListTables"))
        assert await client.status() == 200

    in_loop(test, policy=ENCRYPTED, places_max=1)


# Files that do not do.


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with the files, and some that do not do."""
    for source in FOLDER.iterdir():
        copyfile(source, tmp_path / source.name)
    (tmp_path / "empty.pem").touch()
    (tmp_path / "cut.pem").write_text("-----BEGIN CERTIFICATE-----\nMII\n", "ascii")
    return tmp_path


@pytest.mark.parametrize(
    ("certificate", "key", "sentence"),
    [
        ("server.pem", "", "--tls-cert and --tls-key go together: a certificate, and its key"),
        ("", "server.key", "--tls-cert and --tls-key go together: a certificate, and its key"),
        ("none.pem", "server.key", "Cannot read the certificate none.pem: No such file"),
        ("server.pem", "none.key", "Cannot read the key none.key: No such file or directory"),
        ("server.pem", "other.key", "other.key is not the key of the certificate server.pem"),
        ("server.pem", "locked.key", "The key locked.key needs a password; write it to a file"),
        ("empty.pem", "server.key", "empty.pem has no certificate in PEM"),
        ("server.key", "server.pem", "server.key has no certificate in PEM"),
        ("server.pem", "server.pem", "server.pem has no key in PEM"),
        ("cut.pem", "server.key", "The certificate cut.pem and the key server.key cannot be used"),
    ],
)
def test_what_does_not_do_is_said_in_one_sentence(
    files: Path, monkeypatch: pytest.MonkeyPatch, certificate: str, key: str, sentence: str
) -> None:
    """Before anything is made or anybody listens."""
    monkeypatch.chdir(files)
    options = [f"--tls-cert={certificate}"] * bool(certificate) + [f"--tls-key={key}"] * bool(key)
    outcome = CliRunner().invoke(cli.app, ["serve", "books.ddb", "--port", "0", *options])
    assert outcome.exit_code == 1
    assert outcome.stderr.startswith(sentence)
    assert (1, False) == (outcome.stderr.count("\n"), Path("books.ddb").exists())
