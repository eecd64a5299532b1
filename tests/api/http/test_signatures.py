"""Signatures: botocore's are right, and whatever was changed behind one is noticed."""

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from msgspec.structs import replace

import ddblite
from ddblite.api.http import application, signatures
from ddblite.api.http.messages import Request
from ddblite.api.http.policy import Policy
from ddblite.engine.clock import FixedClock
from ddblite.engine.engine import Engine
from wire_requests import TABLE

KEY: Final = "AKIDEXAMPLE"
SECRET: Final = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"  # noqa: S105 - of AWS's own examples
POLICY: Final = Policy(secrets={KEY: SECRET, "OTHER": "another"})
HOST: Final = "127.0.0.1:8000"
BODY: Final = json.dumps({"TableName": "books"}).encode()
MINUTE: Final = 60

UNKNOWN: Final = "UnrecognizedClientException"
WRONG: Final = "InvalidSignatureException"
INCOMPLETE: Final = "IncompleteSignatureException"

Change = Callable[[Request], Request]


@pytest.fixture
def clock() -> FixedClock:
    """The server's clock: 2023-11-14T22:13:20Z."""
    return FixedClock()


@pytest.fixture
def engine(clock: FixedClock) -> Iterator[Engine]:
    """An engine with one table."""
    with ddblite.connect(":memory:", clock=clock) as database:
        database.call("CreateTable", TABLE)
        yield database.engine


@pytest.fixture(autouse=True)
def client_clock(clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> FixedClock:
    """The clock by which botocore signs; it begins as the server's."""
    other = FixedClock(clock.now_s())
    monkeypatch.setattr(
        auth, "get_current_datetime", lambda: datetime.fromtimestamp(other.now_s(), UTC)
    )
    return other


def signed(
    operation: str = "DescribeTable",
    body: bytes = BODY,
    *,
    key: str = KEY,
    phrase: str = SECRET,
    region: str = "us-east-1",
    service: str = "dynamodb",
    **more_headers: str,
) -> Request:
    """Returns a request with botocore's signature."""
    headers = {
        "Host": HOST,
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": f"DynamoDB_20120810.{operation}",
        **{name.replace("_", "-"): value for name, value in more_headers.items()},
    }
    made = AWSRequest("POST", f"http://{HOST}/", headers=headers, data=body)
    auth.SigV4Auth(Credentials(key, phrase), service, region).add_auth(made)
    lines = {name.lower(): value for name, value in made.headers.items()}
    return Request("POST", "/", lines, "", body)


def presigned(seconds: int = 3600) -> Request:
    """Returns a request whose signature is in its query."""
    headers = {"Host": HOST, "X-Amz-Target": "DynamoDB_20120810.DescribeTable"}
    made = AWSRequest("POST", f"http://{HOST}/", headers=headers)
    signer = auth.SigV4QueryAuth(Credentials(KEY, SECRET), "dynamodb", "us-east-1", seconds)
    # botocore would put what is in the body into the query.
    signer.payload = lambda _request: sha256(BODY).hexdigest()
    signer.add_auth(made)
    lines = {name.lower(): value for name, value in made.headers.items()}
    lines["content-type"] = "application/x-amz-json-1.0"
    return Request("POST", "/", lines, urlsplit(made.url).query, BODY)


def asked(engine: Engine, request: Request) -> tuple[int, str, str]:
    """Returns status, code and message of the answer; a good one has neither."""
    answer = application.answer(engine, request, POLICY)
    body: dict[str, Any] = json.loads(answer.body)
    return answer.status, body.get("__type", "").rpartition("#")[2], body.get("message", "")


def header(name: str, value: str) -> Change:
    """Returns the change of one header."""
    return lambda request: replace(request, headers={**request.headers, name: value})


def in_authorization(old: str, new: str) -> Change:
    """Returns the change of some text in the Authorization header."""

    def changed(request: Request) -> Request:
        before = request.headers["authorization"]
        assert old in before
        return header("authorization", before.replace(old, new))(request)

    return changed


def without_end(request: Request) -> Request:
    """Cuts the last character off."""
    return header("authorization", request.headers["authorization"][:-1])(request)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"region": "eu-west-1"},
        {"region": "moon-1"},
        {"key": "OTHER", "phrase": "another"},
        {"operation": "ListTables", "body": b"{}"},
        {"x_amz_content_sha256": sha256(BODY).hexdigest()},
        {"x_amz_user_agent": "  aws-sdk   js/3 "},
        {"body": gzip.compress(BODY), "content_encoding": "gzip"},
        {"amz_sdk_invocation_id": "1", "amz_sdk_request": "attempt=1"},
    ],
    ids=" ".join,
)
def test_good_signatures_are_good(engine: Engine, options: dict[str, Any]) -> None:
    """For any region: there is one file."""
    assert (200, "", "") == asked(engine, signed(**options))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (in_authorization(f"={KEY}/", "=AKIDNOBODY/"), UNKNOWN),
        (in_authorization(f"={KEY}/", "=OTHER/"), WRONG),
        (in_authorization(f"={KEY}/", "=/"), UNKNOWN),
        (lambda request: replace(request, body=BODY + b" "), WRONG),
        (lambda request: replace(request, body=b""), WRONG),
        (lambda request: replace(request, query="a=b"), WRONG),
        (header("x-amz-target", "DynamoDB_20120810.DeleteTable"), WRONG),
        (header("host", "127.0.0.1:8001"), WRONG),
        (header("content-type", "application/json"), WRONG),
        (header("x-amz-date", "20231114T221321Z"), WRONG),
        (header("x-amz-date", "20231115T221320Z"), WRONG),
        (header("x-amz-date", ""), INCOMPLETE),
        (header("x-amz-date", "Tue, 14 Nov 2023 22:13:20 GMT"), INCOMPLETE),
        (header("x-amz-date", "20231399T221320Z"), INCOMPLETE),
        (header("x-amz-date", "20231114T2213Z"), INCOMPLETE),
        (in_authorization("x-amz-date;", ""), WRONG),
        (in_authorization(";x-amz-target", ""), WRONG),
        (in_authorization("host;", ""), WRONG),
        (in_authorization("content-type;", ""), WRONG),
        (in_authorization("content-type;", "content-type;extra;"), WRONG),
        (in_authorization("/us-east-1/", "/eu-west-1/"), WRONG),
        (in_authorization("/us-east-1/", "//"), WRONG),
        (in_authorization("/dynamodb/", "/s3/"), WRONG),
        (in_authorization("/aws4_request", "/aws5_request"), WRONG),
        (in_authorization("/aws4_request", ""), INCOMPLETE),
        (in_authorization("/20231114/", "/20231113/"), WRONG),
        (in_authorization("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"), INCOMPLETE),
        (in_authorization("AWS4-HMAC-SHA256", "Basic"), "MissingAuthenticationTokenException"),
        (in_authorization("Signature=", "Signature=0"), WRONG),
        (in_authorization("Signature=", "Sig="), INCOMPLETE),
        (header("authorization", ""), "MissingAuthenticationTokenException"),
        (without_end, WRONG),
    ],
)
def test_changes_are_noticed(engine: Engine, change: Change, code: str) -> None:
    """With the service's code, and nothing is executed or told."""
    status, found, message = asked(engine, change(signed()))
    assert (400, code) == (status, found)
    assert "books" not in message
    assert "books" in engine.catalog.tables


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"key": "AKIDNOBODY"}, UNKNOWN),
        ({"phrase": "guess"}, WRONG),
        ({"phrase": ""}, WRONG),
        ({"service": "s3"}, WRONG),
        ({"service": "dynamodbstreams"}, WRONG),
        ({"x_amz_content_sha256": "UNSIGNED-PAYLOAD"}, WRONG),
        ({"x_amz_content_sha256": sha256(b"other").hexdigest()}, WRONG),
        ({"key": "AKIDNOBODY", "phrase": signatures.NOBODY}, UNKNOWN),
    ],
    ids=str,
)
def test_wrong_signatures_are_wrong(engine: Engine, options: dict[str, Any], code: str) -> None:
    """Signed by botocore, with or for something else than here."""
    assert (400, code) == asked(engine, signed(**options))[:2]


def test_refusals_are_in_the_services_words(engine: Engine) -> None:
    """Clients show them to people."""
    assert (
        "The security token included in the request is invalid."
        == asked(engine, signed(key="AKIDNOBODY"))[2]
    )
    assert signatures.MISMATCH == asked(engine, signed(phrase="guess"))[2]
    assert (
        "Credential should be scoped to correct service: 'dynamodb'."
        == asked(engine, signed(service="s3"))[2]
    )


@pytest.mark.parametrize(
    ("minutes", "start"),
    [
        (-16, "Signature expired: 20231114T215720Z is now earlier than 20231114T215820Z "),
        (-15, None),
        (15, None),
        (16, "Signature not yet current: 20231114T222920Z is still later than 20231114T222820Z "),
    ],
)
def test_clocks_may_differ_by_a_quarter_of_an_hour(
    engine: Engine, client_clock: FixedClock, minutes: int, start: str | None
) -> None:
    """Both ways; the text has both times."""
    client_clock.advance(minutes * MINUTE)
    status, code, message = asked(engine, signed())
    assert (200 if start is None else 400, WRONG if start else "") == (status, code)
    assert message.startswith(start or "")


def test_unknown_keys_cost_what_known_ones_do(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger cannot tell by the time which keys there are."""
    computed = []
    original = signatures.signature_of

    def counted(request: Request, claim: signatures.Claim, secret: str) -> str:
        computed.append(claim.scope.key)
        return original(request, claim, secret)

    monkeypatch.setattr(signatures, "signature_of", counted)
    asked(engine, signed(key="AKIDNOBODY"))
    asked(engine, signed(phrase="guess"))
    assert ["AKIDNOBODY", KEY] == computed


def test_signature_comes_before_the_json(engine: Engine) -> None:
    """What a stranger sends is not even parsed."""
    request = signed("NoSuchThing", b"{")
    assert asked(engine, request)[1] == "SerializationException"
    assert asked(engine, replace(request, headers={**request.headers, "authorization": ""}))[1] == (
        "MissingAuthenticationTokenException"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [(", ", ","), (", ", ",   "), (", ", " "), ("AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256   ")],
)
def test_spacing_is_of_no_matter(engine: Engine, old: str, new: str) -> None:
    """SDKs differ."""
    assert (200, "", "") == asked(engine, in_authorization(old, new)(signed()))


def test_order_of_the_parts_is_of_no_matter(engine: Engine) -> None:
    """Only names are."""
    algorithm, _, parts = signed().headers["authorization"].partition(" ")
    turned = f"{algorithm} {', '.join(reversed(parts.split(', ')))}"
    assert (200, "", "") == asked(engine, header("authorization", turned)(signed()))


def test_presigned_requests(engine: Engine, clock: FixedClock) -> None:
    """They last as long as whoever signed them has said."""
    request = presigned(seconds=3600)
    assert (200, "", "") == asked(engine, request)
    clock.advance(3600)
    assert (200, "", "") == asked(engine, request)
    clock.advance(1)
    status, code, message = asked(engine, request)
    assert (400, WRONG) == (status, code)
    assert message.startswith("Signature expired: 20231114T221320Z is now earlier than ")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (f"={KEY}%2F", "=AKIDNOBODY%2F", UNKNOWN),
        ("X-Amz-Signature=", "X-Amz-Signature=0", WRONG),
        ("X-Amz-Expires=3600", "X-Amz-Expires=7200", WRONG),
        ("X-Amz-Expires=3600", "X-Amz-Expires=604801", WRONG),
        ("X-Amz-Expires=3600", "X-Amz-Expires=", WRONG),
        ("X-Amz-Date=20231114T221320Z", "X-Amz-Date=20231114T221321Z", WRONG),
        ("host%3B", "", WRONG),
        ("%3Bx-amz-target", "", WRONG),
        ("us-east-1", "eu-west-1", WRONG),
        ("X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Algorithm=AWS4-HMAC-SHA1", INCOMPLETE),
        ("X-Amz-Credential=", "X-Amz-Cred=", INCOMPLETE),
    ],
)
def test_changed_presigned_requests(engine: Engine, old: str, new: str, code: str) -> None:
    """As with headers."""
    request = presigned()
    assert old in request.query
    changed = replace(request, query=request.query.replace(old, new))
    assert (400, code) == asked(engine, changed)[:2]


def test_presigned_body_and_target_are_signed(engine: Engine) -> None:
    """A link for one request is not a link for another."""
    request = presigned()
    other = header("x-amz-target", "DynamoDB_20120810.DeleteTable")(request)
    for changed in (other, replace(request, body=b'{"TableName":"other"}')):
        assert (400, WRONG) == asked(engine, changed)[:2]
