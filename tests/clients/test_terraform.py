"""Terraform and its AWS provider, where they are on the machine: apply, plan, change, destroy.

The provider is too large to be built here. Terraform installs it from its registry, or from where
its own settings say that providers are. What both ask is recorded in tests/api/http/terraform.txt.
Passed with Terraform 1.11.4 and 1.15.5, and the provider 6.47.1.
"""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import boto3
import pytest

from foreign_clients import FOLDER, INSTALL_SECONDS_MAX, UNREACHED, environment_for, ran, require

pytestmark = [pytest.mark.clients, pytest.mark.timeout(2 * INSTALL_SECONDS_MAX)]

CONFIGURATION: Final = FOLDER / "terraform" / "main.tf"

NO_PROVIDER: Final = re.compile(rf"Failed to query available provider packages|{UNREACHED.pattern}")

UNCHANGED: Final = 0
"""The exit code of a plan in which nothing is to be done; 2 says that something is."""

Terraform = Callable[..., int]


@pytest.fixture
def terraform(tmp_path: Path, url: str) -> Terraform:
    """Runs a command in a copy of the configuration, for our endpoint; returns its exit code."""
    require("terraform")
    shutil.copy(CONFIGURATION, tmp_path)
    environment = environment_for(url) | {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    started = ran(["terraform", "init", "-no-color"], tmp_path, os.environ, INSTALL_SECONDS_MAX)
    if started.returncode and NO_PROVIDER.search(started.stdout + started.stderr):
        pytest.skip("terraform cannot install its AWS provider")
    assert started.returncode == 0, started.stdout + started.stderr

    def run(*words: str, codes: tuple[int, ...] = (0,)) -> int:
        done = ran(["terraform", *words, "-no-color"], tmp_path, environment, INSTALL_SECONDS_MAX)
        assert done.returncode in codes, done.stdout + done.stderr
        return done.returncode

    return run


def test_a_table_is_made_changed_and_destroyed(terraform: Terraform, url: str) -> None:
    """And after each change nothing is left to be done."""
    client = boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="thing",  # noqa: S106 - nothing checks it
    )
    for changed, indexes, total in (("false", 1, "1"), ("true", 2, "2")):
        variable = f"-var=changed={changed}"
        terraform("apply", "-auto-approve", variable)
        assert UNCHANGED == terraform("plan", "-detailed-exitcode", variable, codes=(0, 2))
        table = client.describe_table(TableName="orders")["Table"]
        assert indexes == len(table["GlobalSecondaryIndexes"])
        (item,) = client.scan(TableName="orders")["Items"]
        assert {"N": total} == item["total"]
    terraform("destroy", "-auto-approve", "-var=changed=true")
    assert [] == client.list_tables()["TableNames"]
    client.close()
