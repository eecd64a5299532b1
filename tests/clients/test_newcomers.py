"""The AWS CLI as the manual has it: ``ddblite env``, ``ddblite exec``, and a server with keys.

For someone who has never told it a region, credentials or an endpoint.
"""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from foreign_clients import RUN_SECONDS_MAX, ran
from serving import running
from sources import ROOT

pytestmark = pytest.mark.clients

AWS: Final = ROOT / ".venv-awscli" / "bin" / "aws"
DDBLITE: Final = (sys.executable, "-W", "error", "-m", "ddblite")

LIST: Final = "dynamodb list-tables --output text --query length(TableNames)"
CREATE: Final = (
    "dynamodb create-table --table-name books --billing-mode PAY_PER_REQUEST "
    "--attribute-definitions AttributeName=id,AttributeType=S "
    "--key-schema AttributeName=id,KeyType=HASH --output text --query TableDescription.TableName"
)

KEYS: Final = "[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = wJalr/+=\n"
REMARKS: Final = "ddblite: signatures are checked; access keys known: 1\n"


@pytest.fixture
def newcomer(tmp_path: Path) -> dict[str, str]:
    """The environment of someone who has the AWS CLI, and nothing else of AWS's."""
    if not AWS.exists():
        pytest.skip("`make clients` installs the AWS CLI")
    kept = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    home = tmp_path / "home"
    home.mkdir()
    return {**kept, "HOME": str(home), "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true"}


def output_of(words: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    """Returns what a command prints, which succeeds and has nothing to complain of."""
    done = ran(words, folder, environment, RUN_SECONDS_MAX)
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


def test_exec_needs_nothing(tmp_path: Path, newcomer: dict[str, str]) -> None:
    """No endpoint, no region, no credentials; what one command makes, the next one finds."""
    for words, expected in ((LIST, "0\n"), (CREATE, "books\n"), (LIST, "1\n")):
        command = [*DDBLITE, "exec", "shop.ddb", "--", str(AWS), *words.split()]
        assert expected == output_of(command, tmp_path, newcomer)
    assert {"home", "shop.ddb"} == {path.name for path in tmp_path.iterdir()}


def test_env_sends_a_shell_to_the_server(tmp_path: Path, newcomer: dict[str, str]) -> None:
    """As the manual has it."""
    with running(":memory:") as server:
        variables = f"{' '.join(DDBLITE)} env --port {urlsplit(server.url).port}"
        script = f'eval "$({variables})"; {AWS} {shlex.join(LIST.split())}'
        assert output_of(["sh", "-c", script], tmp_path, newcomer) == "0\n"


def test_server_and_client_share_a_file_of_keys(tmp_path: Path, newcomer: dict[str, str]) -> None:
    """It is let in with the key, and told what is wrong without it."""
    path = tmp_path / "keys"
    path.write_text(KEYS, "utf-8")
    with running(":memory:", "--credentials", str(path), remarks=REMARKS) as server:
        here = {"AWS_ENDPOINT_URL_DYNAMODB": server.url, "AWS_DEFAULT_REGION": "eu-west-1"}
        own = {**newcomer, **here, "AWS_SHARED_CREDENTIALS_FILE": str(path)}
        assert output_of([str(AWS), *LIST.split()], tmp_path, own) == "0\n"
        wrong = {**own, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "guess"}
        done = ran([str(AWS), *LIST.split()], tmp_path, wrong, RUN_SECONDS_MAX)
        assert done.returncode
        assert "(InvalidSignatureException) when calling the ListTables" in done.stderr
