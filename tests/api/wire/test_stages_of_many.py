"""Several faults of a batch or transaction: which are joined, in which order, which come alone."""

import pytest

from wire_requests import GET, ONE, PUT, Json, Wire, reason

FAILED = "failed to satisfy constraint: "
MISSING = "Member must not be null"
PATTERN = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
SHORT = "Member must have length greater than or equal to 3"
AT_LEAST_ONE = "Member must have length greater than or equal to 1"
TABLE_KEYS = (
    "Map keys must satisfy constraint: [Member must have length less than or equal to 255,"
    f" {SHORT}, {PATTERN}]"
)
MAP_VALUE = (
    "Map value must satisfy constraint: [Member must have length less than or equal to 25,"
    f" {AT_LEAST_ONE}]"
)
BAD: Wire = {"ReturnConsumedCapacity": "CAP", "ReturnItemCollectionMetrics": "MET"}
CAP: Wire = {"ReturnConsumedCapacity": "CAP"}


def words(word: str, member: str, printed: str) -> str:
    return f"Value '{word}' at '{member}' {FAILED}Member must satisfy enum value set: [{printed}]"


CAPACITY = words("CAP", "returnConsumedCapacity", "INDEXES, TOTAL, NONE")
METRICS = words("MET", "returnItemCollectionMetrics", "SIZE, NONE")
TOKEN = (
    f"Value '{'t' * 37}' at 'clientRequestToken' {FAILED}"
    "Member must have length less than or equal to 36"
)
NO_ACTION = "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request"
SEVERAL_ACTIONS = "TransactItems can only contain one of Check, Put, Update or Delete"


def joined(*texts: str) -> str:
    plural = "s" if len(texts) > 1 else ""
    return f"{len(texts)} validation error{plural} detected: {'; '.join(texts)}"


def of(*entries: Json, **members: Json) -> Wire:
    return {"TransactItems": list(entries), **members}


def put(name: str, **members: Json) -> Json:
    return {"Put": PUT | {"TableName": name} | members}


def update(name: str) -> Json:
    return {"Update": GET | {"TableName": name, "UpdateExpression": "SET a = b"}}


def get(name: str) -> Json:
    return {"Get": GET | {"TableName": name}}


def named(name: str, path: str, clause: str) -> str:
    return f"Value '{name}' at 'transactItems.{path}.tableName' {FAILED}{clause}"


def on_failure(path: str) -> str:
    return words(
        "CHK", f"transactItems.{path}.returnValuesOnConditionCheckFailure", "ALL_OLD, NONE"
    )


EMPTY_LIST = f"Value '[]' at 'transactItems' {FAILED}{AT_LEAST_ONE}"
CHK: Wire = {"ReturnValuesOnConditionCheckFailure": "CHK"}


@pytest.mark.parametrize("wording", ["current", "older"])
@pytest.mark.parametrize(
    ("operation", "wire", "expected"),
    [
        # TransactWriteItems: how many, what is in them, what kind each is, the names of tables
        ("TransactWriteItems", of(**BAD), joined(EMPTY_LIST)),
        (
            "TransactWriteItems",
            of(put("books", **CHK), {}, put("bad!name"), **BAD, ClientRequestToken="t" * 37),
            joined(on_failure("1.member.put"), TOKEN, CAPACITY, METRICS),
        ),
        ("TransactWriteItems", of(put("bad!name"), **CAP), joined(CAPACITY)),
        ("TransactWriteItems", of(put("bad!name"), ClientRequestToken="t" * 37), joined(TOKEN)),
        (
            "TransactWriteItems",
            of(update("books"), put("a", **CHK), put("books", **CHK)),
            joined(on_failure("2.member.put"), on_failure("3.member.put")),
        ),
        (
            "TransactWriteItems",
            of({"Put": {"TableName": "bad!name"}}, ReturnItemCollectionMetrics="MET"),
            joined(f"Value null at 'transactItems.1.member.put.item' {FAILED}{MISSING}", METRICS),
        ),
        ("TransactWriteItems", of({}, put("bad!name")), NO_ACTION),
        (
            "TransactWriteItems",
            of(put("bad!name"), {**update("books"), **put("books")}),
            SEVERAL_ACTIONS,
        ),
        ("TransactWriteItems", of(put("ab")), joined(named("ab", "1.member.put", SHORT))),
        (
            "TransactWriteItems",
            of(put("books"), update("a!"), put("bad!name")),
            joined(
                named("a!", "2.member.update", SHORT),
                named("a!", "2.member.update", PATTERN),
                named("bad!name", "3.member.put", PATTERN),
            ),
        ),
        (
            "TransactWriteItems",
            of(put("ab", ConditionExpression="a = = b")),
            joined(named("ab", "1.member.put", SHORT)),
        ),
        # TransactGetItems
        ("TransactGetItems", of(**CAP), joined(EMPTY_LIST)),
        (
            "TransactGetItems",
            of({}, get("ab"), **CAP),
            joined(f"Value null at 'transactItems.1.member.get' {FAILED}{MISSING}", CAPACITY),
        ),
        ("TransactGetItems", of(get("bad!name"), **CAP), joined(CAPACITY)),
        (
            "TransactGetItems",
            of(get("ab"), get("a!")),
            joined(
                named("ab", "1.member.get", SHORT),
                named("a!", "2.member.get", SHORT),
                named("a!", "2.member.get", PATTERN),
            ),
        ),
        # BatchWriteItem: that there is something, how much for a table, the names of tables
        (
            "BatchWriteItem",
            {"RequestItems": {}, **BAD},
            "The requestItems parameter is required for BatchWriteItem",
        ),
        (
            "BatchWriteItem",
            {"RequestItems": {"hash": []}, **BAD},
            joined(f"Value '{{hash=[]}}' at 'requestItems' {FAILED}{MAP_VALUE}", CAPACITY, METRICS),
        ),
        (
            "BatchWriteItem",
            {"RequestItems": {"bad!name": []}},
            joined(f"Value '{{bad!name=[]}}' at 'requestItems' {FAILED}{MAP_VALUE}"),
        ),
        (
            "BatchWriteItem",
            {"RequestItems": {"bad!name": [{"DeleteRequest": {"Key": {}}}]}, **BAD},
            joined(CAPACITY, METRICS),
        ),
    ],
)
def test_stages_that_both_wordings_have(
    operation: str, wire: Wire, expected: str, wording: str
) -> None:
    """These operations have not left the older layer."""
    assert expected == reason(operation, wire, wording)


KEY = {"pk": {"S": "a"}}
SORTED = '{"bad!name":{"ConsistentRead":true,"Keys":[{"a":{"S":"é"},"pk":{"B":"AP8="}}]}}'


def batch_get(entries: Json, **members: Json) -> Wire:
    return {"RequestItems": entries, **members}


def bad_names(shown: str) -> str:
    return f"Value '{shown}' at 'requestItems' {FAILED}{TABLE_KEYS}"


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        (
            batch_get({"bad!name": {"Keys": [KEY]}}),
            joined(bad_names('{"bad!name":{"Keys":[{"pk":{"S":"a"}}]}}')),
        ),
        (
            batch_get({"bad!name": {"Keys": [KEY]}}, **CAP),
            joined(bad_names('{"bad!name":{"Keys":[{"pk":{"S":"a"}}]}}'), CAPACITY),
        ),
        (
            batch_get(
                {
                    "bad!name": {
                        "Keys": [{"pk": {"B": b"\x00\xff"}, "a": {"S": "é"}}],
                        "ConsistentRead": True,
                    }
                }
            ),
            joined(bad_names(SORTED)),
        ),
        (
            batch_get({"bad!name": {"Keys": []}}, **CAP),
            f"{ONE}Value at 'RequestItems.bad!name.member.Keys' {FAILED}{AT_LEAST_ONE}",
        ),
        (batch_get({"books": {"Keys": [KEY]}}, **CAP), joined(CAPACITY)),
        (batch_get({}, **CAP), f"{ONE}Value at 'RequestItems' {FAILED}{AT_LEAST_ONE}"),
        # More keys than there may be come last.
        (batch_get({"books": {"Keys": [KEY] * 101}}, **CAP), joined(CAPACITY)),
        (
            batch_get({"books": {"Keys": [KEY] * 101}}),
            (
                f"{ONE}Value at 'RequestItems.books.member.Keys' {FAILED}"
                "Member must have length less than or equal to 100"
            ),
        ),
    ],
)
def test_stages_of_batch_get_item(wire: Wire, expected: str) -> None:
    assert expected == reason("BatchGetItem", wire)
