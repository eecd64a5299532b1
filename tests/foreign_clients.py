"""Clients in other languages: how they are installed, started and compared.

Each SDK's script tells the same story, ``clients/transcript.txt``, and each mapper's another,
``clients/mapped.txt``: a model's table, and queries that filter. It is given the endpoint, a
region and credentials in its environment and nothing else, as its users do it. What it needs is
installed below its own folder, once, by the package client of its language.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from sources import ROOT

FOLDER: Final = ROOT / "tests" / "clients"
TRANSCRIPT: Final = (FOLDER / "transcript.txt").read_text("utf-8")
MAPPED: Final = (FOLDER / "mapped.txt").read_text("utf-8")

GO: Final = FOLDER / "go"
GO_PROGRAMS: Final = GO / "bin"
JAVASCRIPT: Final = FOLDER / "javascript"

NODE_MAJOR_MIN: Final = 20
"""What JavaScript's SDK asks for."""

INSTALL_SECONDS_MAX: Final = 400
RUN_SECONDS_MAX: Final = 120

UNREACHED: Final = re.compile(
    r"\b(EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b"
    r"|no such host|connection (refused|timed out)|Unknown host|NewConnectionError"
)
"""How npm, Go, Maven and pip say that there is no network."""


def environment_for(url: str) -> dict[str, str]:
    """Returns the environment in which every AWS client asks a server and nobody else."""
    theirs = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return theirs | {
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_DYNAMODB": url,
        "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": url,
        "AWS_REGION": "eu-central-1",
        "AWS_SECRET_ACCESS_KEY": "thing",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def require(*tools: str) -> None:
    """Skips the test when the machine lacks a tool."""
    absent = [tool for tool in tools if shutil.which(tool) is None]
    if absent:
        pytest.skip(f"not on this machine: {', '.join(absent)}")


def install(command: Sequence[str], folder: Path, wanted: Sequence[Path], made: Path) -> None:
    """Installs what a script needs, unless ``made`` is newer than all that is ``wanted``.

    Skips the test when there is no network to install from; fails for any other reason.
    """
    if made.exists() and all(made.stat().st_mtime >= file.stat().st_mtime for file in wanted):
        return
    run = ran(command, folder, os.environ, INSTALL_SECONDS_MAX)
    said = run.stdout + run.stderr
    if run.returncode and UNREACHED.search(said):
        pytest.skip(f"{command[0]} cannot install without a network")
    assert run.returncode == 0, said
    made.touch()


def install_go(program: str) -> None:
    """Builds all programs of Go's folder, unless this one is newer than what they are made of."""
    require("go")
    install(
        ["go", "build", "-o", f"{GO_PROGRAMS.name}/", "./..."],
        GO,
        wanted=[*GO.rglob("*.go"), GO / "go.mod", GO / "go.sum"],
        made=GO_PROGRAMS / program,
    )


def install_javascript() -> None:
    """Installs what JavaScript's folder needs, in the versions of package-lock.json."""
    require("node", "npm")
    version = told(["node", "--version"], JAVASCRIPT)
    major = re.match(r"v(\d+)", version)
    if major is None or int(major[1]) < NODE_MAJOR_MIN:
        pytest.skip(f"node {version.strip()} is older than the SDK supports")
    install(
        ["npm", "ci", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=60000"],
        JAVASCRIPT,
        wanted=[JAVASCRIPT / "package-lock.json"],
        made=JAVASCRIPT / "node_modules" / ".package-lock.json",
    )


def told(command: Sequence[str], folder: Path, url: str = "") -> str:
    """Returns what a script prints; it must end well."""
    run = ran(command, folder, environment_for(url), RUN_SECONDS_MAX)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def ran(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], seconds_max: int
) -> subprocess.CompletedProcess[str]:
    """Returns what became of a command, which may be a script that only a shell would find."""
    program = shutil.which(command[0]) or command[0]
    return subprocess.run(
        [program, *command[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds_max,
    )
