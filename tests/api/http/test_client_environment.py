"""What a client finds in its environment."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ddblite import cli
from ddblite.api.http.access_keys import KEY_VARIABLE, SECRET_VARIABLE
from ddblite.api.http.client_environment import ASSIGNMENTS, client_environment
from ddblite.shell.subcommands.serving import SHELLS

URL = "http://127.0.0.1:8000"
KEYS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
REGIONS = {"AWS_REGION", "AWS_DEFAULT_REGION"}


def added(home: Path, **environ: str) -> dict[str, str]:
    """Returns what is added to an environment."""
    return client_environment(URL, "127.0.0.1", environ, home)


def write(home: Path, name: str, text: str) -> None:
    """Writes one of the user's AWS files."""
    (home / ".aws").mkdir(exist_ok=True)
    (home / ".aws" / name).write_text(text, "utf-8")


def test_newcomers_get_everything(tmp_path: Path) -> None:
    """Clients begin only with a region and credentials."""
    assert {
        "AWS_ENDPOINT_URL_DYNAMODB": URL,
        "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": URL,
        "AWS_ACCESS_KEY_ID": "ddblite",
        "AWS_SECRET_ACCESS_KEY": "ddblite",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    } == added(tmp_path)


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({"AWS_ACCESS_KEY_ID": "mine", "AWS_SECRET_ACCESS_KEY": "own"}, KEYS),
        ({"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"}, KEYS),
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}, REGIONS),
        ({"AWS_REGION": "eu-west-1"}, {"AWS_REGION"}),
        ({"AWS_DEFAULT_REGION": "eu-west-1"}, {"AWS_DEFAULT_REGION"}),
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_REGION": ""}, set()),
        ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "", "AWS_WEB_IDENTITY_TOKEN_FILE": ""}, set()),
    ],
)
def test_what_is_there_stays(tmp_path: Path, environ: dict[str, str], missing: set[str]) -> None:
    """The endpoint is DynamoDB's alone; everything else is for other services too."""
    assert missing == added(tmp_path).keys() - added(tmp_path, **environ).keys()


@pytest.mark.parametrize(
    ("known", "other"), [("AWS_REGION", "AWS_DEFAULT_REGION"), ("AWS_DEFAULT_REGION", "AWS_REGION")]
)
def test_a_region_that_some_clients_see_is_that_of_all(
    tmp_path: Path, known: str, other: str
) -> None:
    """boto3 looks at the one alone, the SDKs for JavaScript and Go at the other."""
    write(tmp_path, "config", "[default]\nregion=us-west-2\n")
    assert "eu-west-1" == added(tmp_path, **{known: "eu-west-1"})[other]


@pytest.mark.parametrize(
    ("name", "text", "missing"),
    [
        ("credentials", "[default]\naws_access_key_id=a\naws_secret_access_key=b\n", KEYS),
        ("credentials", "[other]\naws_access_key_id=a\naws_secret_access_key=b\n", set()),
        ("config", "[default]\nregion=eu-west-1\n", REGIONS),
        ("config", "[default]\nregion=eu-west-1\nsso_session=x\n", KEYS | REGIONS),
        ("config", "[default]\ncredential_process=x\n", KEYS),
        ("config", "[profile default2]\nregion=eu-west-1\n", set()),
        ("config", "no section at all", set()),
        ("config", "", set()),
    ],
)
def test_users_files_count(tmp_path: Path, name: str, text: str, missing: set[str]) -> None:
    """Of the profile in use, and only if they can be read."""
    everything = added(tmp_path).keys()
    write(tmp_path, name, text)
    assert missing == everything - added(tmp_path).keys()


def test_profile_in_use_counts(tmp_path: Path) -> None:
    """By its own name in the one file, and as ``profile ...`` in the other."""
    write(tmp_path, "config", "[profile work]\nregion=eu-west-1\n")
    write(tmp_path, "credentials", "[work]\naws_access_key_id=a\naws_secret_access_key=b\n")
    assert KEYS | REGIONS <= added(tmp_path).keys()
    assert (KEYS | REGIONS).isdisjoint(added(tmp_path, AWS_PROFILE="work"))


def test_other_places_of_the_files(tmp_path: Path) -> None:
    """As AWS's own variables name them."""
    other = tmp_path / "elsewhere"
    other.write_text("[default]\nregion=eu-west-1\naws_access_key_id=a\n", "utf-8")
    assert REGIONS.isdisjoint(added(tmp_path, AWS_CONFIG_FILE=str(other)))
    assert KEYS.isdisjoint(added(tmp_path, AWS_SHARED_CREDENTIALS_FILE=str(other)))


def test_key_of_the_server_is_the_clients(tmp_path: Path) -> None:
    """Where the server has one in the same environment, a made-up one would be refused."""
    settings = added(tmp_path, **{KEY_VARIABLE: "AKID", SECRET_VARIABLE: "own"})
    assert ("AKID", "own") == (settings["AWS_ACCESS_KEY_ID"], settings["AWS_SECRET_ACCESS_KEY"])


def test_endpoints_are_not_ignored(tmp_path: Path) -> None:
    """Some users have told their clients to."""
    name = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
    assert added(tmp_path, **{name: "True"})[name] == "false"
    assert name not in added(tmp_path)


def test_proxies_are_not_asked_for_this_machine(tmp_path: Path) -> None:
    """They would look for it at their own place."""
    assert added(tmp_path, HTTP_PROXY="http://proxy:3128")["NO_PROXY"] == "127.0.0.1"
    settings = added(tmp_path, http_proxy="http://proxy:3128", no_proxy="a.test")
    assert ["a.test,127.0.0.1"] * 2 == [settings["no_proxy"], settings["NO_PROXY"]]
    settings = added(tmp_path, http_proxy="http://proxy:3128", NO_PROXY="a.test")
    assert settings["no_proxy"] == "a.test,127.0.0.1"


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("sh", "export NAME='it'\"'\"'s \\'"),
        ("fish", "set -gx NAME 'it\\'s \\\\'"),
        ("powershell", "$Env:NAME = 'it''s \\'"),
    ],
)
def test_shells_take_values_literally(shell: str, line: str) -> None:
    """Each has its own way to write a quote."""
    assert line == ASSIGNMENTS[shell]("NAME", "it's \\")


def test_shells_are_those_of_the_command() -> None:
    """Its help names them without loading what it needs."""
    assert tuple(ASSIGNMENTS) == SHELLS


def test_command_prints_what_a_shell_evaluates(tmp_path: Path) -> None:
    """As the help says: ``eval "$(ddblite env)"``."""
    script = (
        f'eval "$({sys.executable} -m ddblite env --port 8123)"; echo "$AWS_ENDPOINT_URL_DYNAMODB"'
    )
    run = subprocess.run(
        ["/bin/sh", "-c", script],
        check=True,
        capture_output=True,
        text=True,
        env={"HOME": str(tmp_path)},
    )
    assert ("http://127.0.0.1:8123\n", "") == (run.stdout, run.stderr)


def test_command_takes_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a server that is elsewhere, in the words of another shell."""
    monkeypatch.setenv("HOME", str(tmp_path))
    options = ["--host", "::1", "--port", "8123", "--shell", "fish"]
    run = CliRunner().invoke(cli.app, ["env", *options])
    assert run.stdout.startswith("set -gx AWS_ENDPOINT_URL_DYNAMODB 'http://[::1]:8123'\n")


@pytest.mark.parametrize("options", [["--port", "0"], ["--port", "x"], ["--shell", "csh"]])
def test_wrong_usage(options: list[str]) -> None:
    """Nothing is printed that a shell could evaluate."""
    run = CliRunner().invoke(cli.app, ["env", *options])
    assert (2, "") == (run.exit_code, run.stdout)
