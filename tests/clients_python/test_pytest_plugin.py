"""The fixtures that come with ddblite, in a pytest of their own, as users have them."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from sources import PROJECT

PLUGIN: Final = "ddblite.api.clients.pytest_plugin"

FIXTURES: Final = (
    "ddb",
    "ddb_client",
    "ddb_clock",
    "ddb_resource",
    "ddb_server",
    "ddb_table",
    "ddb_template",
    "mock_dynamodb",
)

USERS_TESTS: Final = """
import boto3
import pytest
import ddblite
from boto3.dynamodb.conditions import Key

@pytest.mark.parametrize("run", range(3))
def test_every_test_has_its_own_database(ddb, run):
    assert ddb.tables() == []
    ddb.create_table("orders", partition_key="id").put({"id": str(run)})

def test_all_fixtures_ask_one_database(ddb, ddb_client, ddb_resource, ddb_table):
    table = ddb_table("orders", items=[{"id": "1", "euro": 3}])
    assert table.get("1") == ddb.table("orders").get("1") == {"id": "1", "euro": 3}
    assert ddb_client.list_tables()["TableNames"] == ["orders"]
    assert ddb_resource.Table("orders").get_item(Key={"id": "1"})["Item"]["euro"] == 3

def test_tables_with_keys_and_indexes(ddb_table):
    table = ddb_table(
        partition_key="user",
        sort_key=("year", "N"),
        indexes=[ddblite.GlobalIndex("by_city", "city")],
        items=[{"user": "u1", "year": year, "city": "Bonn"} for year in (2023, 2024)],
    )
    other = ddb_table()
    assert (table.name, other.name) == ("table_1", "table_2")
    assert len(table.query(ddblite.Key("city").eq("Bonn"), index="by_city").all()) == 2

def test_clock_is_the_tests_own(ddb, ddb_client, ddb_clock, ddb_table):
    ddb_table("one")
    ddb_clock.advance(3600)
    ddb_table("two")
    made = [ddb_client.describe_table(TableName=name)["Table"]["CreationDateTime"]
            for name in ("one", "two")]
    assert (made[1] - made[0]).total_seconds() == 3600

def test_clock_may_be_set(ddb_clock, ddb_table):
    ddb_clock.time_s = 1_000_000_000
    described = ddb_table("orders").engine
    assert described.clock.now_s() == 1_000_000_000

def test_server(ddb, ddb_server, ddb_table):
    ddb_table("orders", items=[{"id": "1"}])
    client = boto3.client("dynamodb", endpoint_url=ddb_server, region_name="us-east-1",
                          aws_access_key_id="any", aws_secret_access_key="thing")
    client.put_item(TableName="orders", Item={"id": {"S": "2"}})
    assert len(ddb.table("orders").scan().all()) == 2
    client.close()

def test_program_that_makes_its_own_client(mock_dynamodb, ddb_table):
    ddb_table("orders", items=[{"id": "1"}])
    assert boto3.client("dynamodb").scan(TableName="orders")["Count"] == 1
    assert mock_dynamodb.tables() == ["orders"]
"""

TEMPLATE: Final = """
import boto3
import pytest
import ddblite

made = []

@pytest.fixture(scope="session")
def ddb_template():
    with ddblite.connect(":memory:") as database:
        made.append(database)
        orders = database.create_table("orders", partition_key="id")
        with orders.batch() as batch:
            for number in range(100):
                batch.put({"id": str(number)})
        yield database

@pytest.mark.parametrize("run", range(20))
def test_changes_are_rolled_back(ddb, ddb_client, run):
    assert len(made) == 1
    assert len(ddb.table("orders").scan().all()) == 100
    ddb.table("orders").delete(str(run))
    ddb.create_table("more", partition_key="id")
    assert ddb_client.list_tables()["TableNames"] == ["more", "orders"]

def test_server_has_a_copy_too(ddb, ddb_server):
    client = boto3.client("dynamodb", endpoint_url=ddb_server, region_name="us-east-1",
                          aws_access_key_id="any", aws_secret_access_key="thing")
    client.delete_table(TableName="orders")
    assert ddb.tables() == []
    client.close()

def test_mock_has_a_copy_too(mock_dynamodb):
    assert boto3.client("dynamodb").scan(TableName="orders")["Count"] == 100
"""
"""A user's tests on a database that is filled once for all of them."""

HEAVY: Final = ("asyncio", "boto3", "botocore", "sqlglot", "typer", "uvicorn")


def run_pytest(folder: Path, *arguments: str) -> str:
    """Returns what a pytest with only our plugin prints; it must pass."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", PLUGIN, "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_fixtures(tmp_path: Path) -> None:
    """Each is used as its docstring says, with warnings as errors."""
    tmp_path.joinpath("test_shop.py").write_text(USERS_TESTS, "utf-8")
    assert "9 passed" in run_pytest(tmp_path, "-W", "error")


def test_template(tmp_path: Path) -> None:
    """Filled once, copied for each test: what a test does to its copy is gone after it."""
    tmp_path.joinpath("test_shop.py").write_text(TEMPLATE, "utf-8")
    assert "22 passed" in run_pytest(tmp_path, "-W", "error")


@pytest.mark.parametrize(("tests", "count"), [(USERS_TESTS, 9), (TEMPLATE, 22)])
def test_workers_of_xdist_do_not_meet(tmp_path: Path, tests: str, count: int) -> None:
    """Two processes, test by test in any order; servers take ports of their own."""
    tmp_path.joinpath("test_shop.py").write_text(tests, "utf-8")
    told = run_pytest(tmp_path, "-W", "error", "-p", "xdist", "-n", "2")
    assert f"{count} passed" in told
    assert "2 workers" in told


def test_fixtures_are_described(tmp_path: Path) -> None:
    """``pytest --fixtures`` shows the first sentence of each."""
    listed = run_pytest(tmp_path, "--fixtures")
    described = {line.split()[0] for line in listed.splitlines() if " -- " in line}
    assert set(FIXTURES) <= described
    assert "no docstring available" not in listed.partition("fixtures defined from ddblite")[2]


def test_plugin_is_found_by_pytest() -> None:
    assert {"ddblite": PLUGIN} == PROJECT["project"]["entry-points"]["pytest11"]


def test_plugin_is_light() -> None:
    """Every pytest on a machine with ddblite loads it, also those that never use it."""
    program = f"import sys, pytest, {PLUGIN}; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert [] == sorted(set(run.stdout.split()).intersection(HEAVY))
