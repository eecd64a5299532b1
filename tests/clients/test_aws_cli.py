"""The AWS CLI against ``ddblite serve``: the commands that people type and write into scripts."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from ddblite.api.wire.operations import UNSUPPORTED
from foreign_clients import RUN_SECONDS_MAX, environment_for, ran
from serving import running
from sources import ROOT

pytestmark = pytest.mark.clients

AWS: Final = ROOT / ".venv-awscli" / "bin" / "aws"

REFUSED: Final = 255
"""The exit code of the CLI's first version for what the service refuses; the second's is 254."""

KEYS: Final = {"user": {"S": "u1"}, "day": {"S": "2024-01-01"}}
ORDER: Final = {**KEYS, "total": {"N": "3"}, "status": {"S": "new"}}


class Aws:
    """``aws dynamodb``, with an endpoint and credentials from the environment."""

    def __init__(self, url: str, folder: Path) -> None:
        self.environment = {**environment_for(url), "AWS_PAGER": ""}
        self.folder = folder

    def run(self, command: str, **options: object) -> tuple[int, str, str]:
        """Returns exit code, output and errors; structures go as JSON, True as a bare flag."""
        words = ["dynamodb", *command.split()]
        for name, value in options.items():
            words.append(f"--{name.replace('_', '-')}")
            if value is not True:
                words.append(value if isinstance(value, str) else json.dumps(value))
        done = ran([str(AWS), *words], self.folder, self.environment, RUN_SECONDS_MAX)
        return done.returncode, done.stdout, done.stderr

    def __call__(self, command: str, **options: object) -> dict[str, Any]:
        """Returns what a command that works prints; nothing counts as an empty answer."""
        code, output, errors = self.run(command, **options)
        assert (0, "") == (code, errors)
        loaded: dict[str, Any] = json.loads(output or "{}")
        return loaded


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """The command, with a table of orders that create-table and wait have made."""
    if not AWS.exists():
        pytest.skip("`make clients` installs the AWS CLI")
    with running(":memory:") as server:
        command = Aws(server.url, tmp_path_factory.mktemp("aws"))
        made = command(
            "create-table",
            table_name="orders",
            attribute_definitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("user", "day", "status")
            ],
            key_schema=[
                {"AttributeName": "user", "KeyType": "HASH"},
                {"AttributeName": "day", "KeyType": "RANGE"},
            ],
            global_secondary_indexes=[
                {
                    "IndexName": "by_status",
                    "KeySchema": [{"AttributeName": "status", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            billing_mode="PAY_PER_REQUEST",
        )
        assert made["TableDescription"]["TableName"] == "orders"
        assert command("wait table-exists", table_name="orders") == {}
        yield command


def put(aws: Aws, *days: str, **more: Mapping[str, str]) -> None:
    """Puts orders of a user, one per day, in one request."""
    items = [{"user": {"S": "u2"}, "day": {"S": day}, **more} for day in days]
    requests = [{"PutRequest": {"Item": item}} for item in items]
    assert aws("batch-write-item", request_items={"orders": requests})["UnprocessedItems"] == {}


def test_tables(aws: Aws) -> None:
    assert "orders" in aws("list-tables")["TableNames"]
    assert aws("describe-table", table_name="orders")["Table"]["TableStatus"] == "ACTIVE"


def test_put_get_update_delete(aws: Aws) -> None:
    """An item's life, with a condition that holds and the answers that were asked for."""
    one = {"table_name": "orders", "key": KEYS}
    spent = aws("put-item", table_name="orders", item=ORDER, return_consumed_capacity="TOTAL")
    assert spent["ConsumedCapacity"]["CapacityUnits"] == 2.0
    assert ORDER == aws("get-item", **one, consistent_read=True)["Item"]
    changed = aws(
        "update-item",
        **one,
        update_expression="SET #s = :paid ADD #t :n",
        condition_expression="#s = :new",
        expression_attribute_names={"#s": "status", "#t": "total"},
        expression_attribute_values={
            ":paid": {"S": "paid"},
            ":new": {"S": "new"},
            ":n": {"N": "4"},
        },
        return_values="ALL_NEW",
    )
    assert {**ORDER, "total": {"N": "7"}, "status": {"S": "paid"}} == changed["Attributes"]
    gone = aws("delete-item", **one, return_values="ALL_OLD")
    assert gone["Attributes"]["total"] == {"N": "7"}
    assert aws("get-item", **one) == {}


def test_shorthand_syntax(aws: Aws, tmp_path: Path) -> None:
    """As well as JSON from a file."""
    file = tmp_path / "item.json"
    file.write_text(json.dumps({**KEYS, "note": {"S": "für Ann"}}), "utf-8")
    aws("put-item", table_name="orders", item=f"file://{file}")
    found = aws("get-item", table_name="orders", key="user={S=u1},day={S=2024-01-01}")
    assert {**KEYS, "note": {"S": "für Ann"}} == found["Item"]


def test_query_with_key_condition_and_projection(aws: Aws) -> None:
    put(aws, "2024-01-01", "2024-01-02", "2024-02-01", total={"N": "1"})
    asked = {
        "table_name": "orders",
        "key_condition_expression": "#u = :u AND begins_with(#d, :month)",
        "expression_attribute_names": {"#u": "user", "#d": "day"},
        "expression_attribute_values": {":u": {"S": "u2"}, ":month": {"S": "2024-01"}},
    }
    found = aws("query", **asked, projection_expression="#d")
    assert [{"day": {"S": "2024-01-01"}}, {"day": {"S": "2024-01-02"}}] == found["Items"]
    newest = aws("query", **asked, no_scan_index_forward=True, max_items="1")
    assert [item["day"]["S"] for item in newest["Items"]] == ["2024-01-02"]
    rest = aws("query", **asked, no_scan_index_forward=True, starting_token=newest["NextToken"])
    assert [item["day"]["S"] for item in rest["Items"]] == ["2024-01-01"]


def test_scan(aws: Aws) -> None:
    """In pages that the CLI puts together, and of an index."""
    put(aws, *(f"2025-01-0{day}" for day in range(1, 8)), status={"S": "scanned"})
    found = aws(
        "scan",
        table_name="orders",
        filter_expression="#s = :s",
        expression_attribute_names={"#s": "status"},
        expression_attribute_values={":s": {"S": "scanned"}},
        page_size=2,
    )
    assert found["Count"] == len(found["Items"]) == 7
    assert aws("scan", table_name="orders", index_name="by_status", select="COUNT")["Count"] >= 7


def test_batch_write_and_get(aws: Aws) -> None:
    put(aws, "2026-01-01", "2026-01-02")
    keys = [{"user": {"S": "u2"}, "day": {"S": f"2026-01-0{day}"}} for day in (1, 2, 3)]
    found = aws("batch-get-item", request_items={"orders": {"Keys": keys}})
    assert len(found["Responses"]["orders"]) == 2


def test_transactions(aws: Aws) -> None:
    """All or nothing; the CLI prints the reasons."""
    write = {"Put": {"TableName": "orders", "Item": {**ORDER, "user": {"S": "u3"}}}}
    assert aws("transact-write-items", transact_items=[write]) == {}
    get = {"Get": {"TableName": "orders", "Key": {**KEYS, "user": {"S": "u3"}}}}
    found = aws("transact-get-items", transact_items=[get])
    assert found["Responses"][0]["Item"]["total"] == {"N": "3"}
    write["Put"]["ConditionExpression"] = "attribute_exists(tags)"
    code, output, errors = aws.run("transact-write-items", transact_items=[write])
    assert (REFUSED, "") == (code, output)
    assert "(TransactionCanceledException)" in errors
    assert "[ConditionalCheckFailed]" in errors


def test_statements(aws: Aws) -> None:
    insert = "INSERT INTO orders VALUE {'user': 'u4', 'day': ?, 'total': 1.50}"
    aws("execute-statement", statement=insert, parameters=[{"S": "2024-01-01"}])
    found = aws("execute-statement", statement="SELECT total FROM orders WHERE \"user\" = 'u4'")
    assert found["Items"] == [{"total": {"N": "1.5"}}]


def test_errors_are_sentences(aws: Aws) -> None:
    code, output, errors = aws.run("get-item", table_name="nothing", key=KEYS)
    assert (REFUSED, "") == (code, output)
    assert (
        "An error occurred (ResourceNotFoundException) when calling the GetItem operation: "
        "Requested resource not found"
    ) in errors


def test_operation_that_is_not_carried_out_says_why(aws: Aws) -> None:
    """The service sends no text there; the CLI would end with "Unknown"."""
    code, output, errors = aws.run("create-backup", table_name="orders", backup_name="first")
    assert (REFUSED, "") == (code, output)
    assert UNSUPPORTED["CreateBackup"] in errors


def test_delete_table_and_wait(aws: Aws) -> None:
    aws(
        "create-table",
        table_name="short",
        attribute_definitions="AttributeName=id,AttributeType=N",
        key_schema="AttributeName=id,KeyType=HASH",
        provisioned_throughput="ReadCapacityUnits=1,WriteCapacityUnits=1",
    )
    aws("delete-table", table_name="short")
    assert aws("wait table-not-exists", table_name="short") == {}
