"""A real server that is told whom to answer: boto3 with a key, foreign hosts, web pages."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from ddblite import cli
from ddblite.api.http import server
from ddblite.api.http.local_flags import SHARED_FILE
from ddblite.api.http.policy import CannotServe, Policy
from serving import SIGNED, Server, headers_for, request, running
from wire_requests import TABLE

KEY: Final = "AKIDEXAMPLE"
PHRASE: Final = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
PAGE: Final = "http://localhost:3000"
REMARKS: Final = (
    "ddblite: signatures are checked; access keys known: 1\n"
    f"ddblite: web pages of {PAGE} may send requests\n"
)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that knows one key, one further host and one origin."""
    path = tmp_path_factory.mktemp("keys") / "credentials"
    path.write_text(f"[x]\naws_access_key_id={KEY}\naws_secret_access_key={PHRASE}\n", "utf-8")
    options = ("--credentials", str(path), "--allowed-host", "db.test", "--cors-origin", PAGE)
    with running(":memory:", *options, remarks=REMARKS) as started:
        yield started


def client_of(
    url: str,
    key: str = KEY,
    phrase: str = PHRASE,
    *,
    region: str = "us-east-1",
    service: str = "dynamodb",
) -> Any:  # noqa: ANN401 - a client's class is made at run time
    """Returns a client with these credentials, to be closed."""
    made = boto3.client(
        service,
        endpoint_url=url,
        region_name=region,
        aws_access_key_id=key,
        aws_secret_access_key=phrase,
        config=Config(retries={"total_max_attempts": 1}),
    )
    return closing(made)


def test_boto3_signs_well(guarded: Server) -> None:
    """Writes, reads and Streams, for any region."""
    with client_of(guarded.url) as client:
        client.create_table(**TABLE)
        client.put_item(TableName="books", Item={"id": {"S": "1"}, "text": {"S": "ü" * 100_000}})
    with client_of(guarded.url, region="eu-west-1") as client:
        got = client.get_item(TableName="books", Key={"id": {"S": "1"}})["Item"]
        assert got["text"] == {"S": "ü" * 100_000}
    with client_of(guarded.url, service="dynamodbstreams") as client:
        assert client.list_streams()["Streams"] == []


@pytest.mark.parametrize(
    ("key", "phrase", "code"),
    [
        ("AKIDNOBODY", PHRASE, "UnrecognizedClientException"),
        (KEY, "guess", "InvalidSignatureException"),
    ],
)
def test_boto3_learns_what_is_wrong(guarded: Server, key: str, phrase: str, code: str) -> None:
    """With a code that it does not retry."""
    with client_of(guarded.url, key, phrase) as client:
        with pytest.raises(ClientError) as caught:
            client.delete_table(TableName="books")
        assert code == caught.value.response["Error"]["Code"]
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_signature_of_form_only_is_none(guarded: Server) -> None:
    """What a server without keys takes; health is told to anyone."""
    assert guarded.ask("ListTables", {}, authorization=SIGNED).status == 400
    for path in ("/", "/healthz"):
        reply, _ = guarded.send(request(f"GET {path}", {"host": guarded.host}))
        assert reply.status == 200


@pytest.mark.parametrize("host", ["db.test", "DB.test", "localhost:{port}", "db.test:{port}"])
def test_hosts_that_are_allowed(guarded: Server, host: str) -> None:
    """They are let in, and then asked for a signature."""
    named = host.format(port=guarded.url.rpartition(":")[2])
    assert guarded.ask("ListTables", {}, host=named).status == 400


@pytest.mark.parametrize(
    "changed",
    [
        {"host": "evil.example"},
        {"host": "db.test.evil.example"},
        {"host": "db.test:1"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": PAGE + "0"},
    ],
)
def test_strangers_stay_outside(guarded: Server, changed: dict[str, str]) -> None:
    """With 403 and no word that a browser would take for leave."""
    reply = guarded.ask("ListTables", {}, **changed)
    assert reply.status == 403
    assert not [name for name in reply.headers if name.startswith("access-control")]


def test_preflight_and_request_of_a_page(guarded: Server) -> None:
    """The page that was named gets leave, and answers it may read; it needs the key too."""
    asked = {
        "host": guarded.host,
        "origin": PAGE,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,x-amz-target",
    }
    reply, is_closed = guarded.send(request("OPTIONS /", asked))
    assert (200, False, PAGE) == (
        reply.status,
        is_closed,
        reply.headers["access-control-allow-origin"],
    )
    assert "x-amz-target" in reply.headers["access-control-allow-headers"]
    reply = guarded.ask("ListTables", {}, origin=PAGE)
    assert (400, PAGE) == (reply.status, reply.headers["access-control-allow-origin"])


@pytest.mark.parametrize(
    ("line", "headers", "body"),
    [
        ("GET /?Action=DeleteTable", {}, b""),
        ("OPTIONS /", {"origin": "http://evil.example"}, b""),
        ("POST /", {"content-type": "text/plain"}, b'{"TableName":"books"}'),
        ("POST /", {"content-type": "application/x-www-form-urlencoded"}, b"TableName=books"),
        ("POST /", {"origin": "http://evil.example"}, b'{"TableName":"books"}'),
        ("POST /", {"host": "evil.example"}, b'{"TableName":"books"}'),
    ],
)
def test_a_browser_is_of_no_use_to_a_stranger(
    server: Server, line: str, headers: dict[str, str], body: bytes
) -> None:
    """Rebinding, other pages, preflights, forms and links: nothing is executed, nothing allowed.

    On a server that takes every key, as most are.
    """
    server.ask("CreateTable", TABLE)
    sent = headers_for("DeleteTable") | {"host": server.host, "content-length": str(len(body))}
    reply, _ = server.send(request(line, sent | headers, body))
    assert reply.status in {403, 404} or reply.body.startswith(b"healthy")
    assert not [name for name in reply.headers if name.startswith("access-control")]
    assert "books" in server.ask("ListTables", {}).json["TableNames"]


def test_any_key_and_any_region_see_the_same_tables(server: Server) -> None:
    """Tables are never gone because a shell, a tool or a profile has another one."""
    server.ask("CreateTable", {**TABLE, "TableName": "seen"})
    for key, region in (("one", "us-east-1"), ("two", "eu-west-1"), ("three", "moon-1")):
        with client_of(server.url, key, key, region=region) as client:
            assert "seen" in client.list_tables()["TableNames"]


def test_other_machines_with_credentials_from_the_environment() -> None:
    """The facts are said on standard error; the ready line stays alone."""
    environment = {"DDBLITE_ACCESS_KEY_ID": KEY, "DDBLITE_SECRET_ACCESS_KEY": PHRASE}
    remarks = (
        "ddblite: signatures are checked; access keys known: 1\n"
        "ddblite: other machines reach this address; what they send and get is not encrypted\n"
        r"ddblite: a request's Host must be one of 0\.0\.0\.0:\d+, 127\.0\.0\.1:\d+, .*\n"
    )
    everywhere = "0.0.0.0"  # noqa: S104 - that is the test
    with (
        running(
            ":memory:", "--host", everywhere, environment=environment, remarks=remarks
        ) as server,
        client_of(server.url.replace(everywhere, "127.0.0.1")) as client,
    ):
        assert client.list_tables()["TableNames"] == []


def test_every_worker_checks(tmp_path: Path) -> None:
    """Connections go to one worker after the other, and none lets a stranger in."""
    environment = {"DDBLITE_ACCESS_KEY_ID": KEY, "DDBLITE_SECRET_ACCESS_KEY": PHRASE}
    remarks = "ddblite: signatures are checked; access keys known: 1\n"
    path = str(tmp_path / "shop.ddb")
    with running(path, "--workers", "2", environment=environment, remarks=remarks) as server:
        assert [400] * 4 == [server.ask("ListTables", {}).status for _ in range(4)]
        for _ in range(2):
            with client_of(server.url) as client:
                assert client.list_tables()["TableNames"] == []


@pytest.mark.parametrize(
    "options",
    [
        ["--host", "0.0.0.0"],  # noqa: S104 - that is the test
        ["--host", "::"],
        ["--credentials", "nothing"],
        ["--cors-origin", "*"],
        ["--allowed-host", "http://a"],
    ],
)
def test_what_would_let_strangers_in_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    """It says why, and makes no file."""
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(cli.app, ["serve", "shop.ddb", *options])
    assert (1, "", 1) == (run.exit_code, run.stdout, run.stderr.count("\n"))
    assert [] == list(tmp_path.iterdir())


def test_missing_extra_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a server with keys needs botocore."""
    present = ("uvicorn", "httptools")
    monkeypatch.setattr(server, "find_spec", lambda name: name if name in present else None)
    server.require_libraries(Policy())
    with pytest.raises(CannotServe, match=re.escape("pip install 'ddblite[boto3]'")):
        server.require_libraries(Policy(secrets={KEY: PHRASE}))


@pytest.mark.parametrize("folder", [["-dbPath", "."], []])
def test_flags_of_the_local_version(tmp_path: Path, folder: list[str]) -> None:
    """``GET /`` says what tools wait for there; the file is where the shared one is there."""
    command = [sys.executable, "-m", "ddblite", "serve", "-sharedDb", *folder]
    with subprocess.Popen(
        [*command, "-port", "0", "-disableTelemetry"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        server = Server(process, process.stdout.readline().removeprefix("listening on ").strip())
        reply, _ = server.send(request("GET /", {"host": server.host}))
        healthy, _ = server.send(request("GET /healthz", {"host": server.host}))
        assert (400, 200) == (reply.status, healthy.status)
        assert reply.json["__type"].endswith("#MissingAuthenticationTokenException")
        assert server.ask("CreateTable", TABLE).status == 200
        assert server.stop() == 0
        assert process.stderr is not None
        remarks = process.stderr.read().splitlines()
        assert ["ddblite: -disableTelemetry: there is no telemetry"] == remarks
    assert [tmp_path / SHARED_FILE] == list(tmp_path.iterdir())


def test_flags_of_the_local_version_on_the_command_line() -> None:
    """Help, version, and a word for what contradicts itself."""
    runs = {
        words: CliRunner().invoke(cli.app, ["serve", *words.split()])
        for words in ("-help", "-version", "-inMemory -dbPath x", "-inMemory x.ddb", "")
    }
    assert [0, 0, 2, 2, 2] == [run.exit_code for run in runs.values()]
    assert "Usage: " in runs["-help"].stdout
    assert runs["-version"].stdout.startswith("ddblite ")
    assert "exclude each other" in runs["-inMemory -dbPath x"].stderr
