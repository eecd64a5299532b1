"""The public CI: it runs what a contributor runs, wherever we say that the product runs."""

import re
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

ROOT: Final = Path(__file__).parents[2]
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WORKFLOW: Final = yaml.safe_load((ROOT / ".github" / "workflows" / "tests.yml").read_text())
JOB: Final[dict[str, Any]] = WORKFLOW["jobs"]["tests"]
MATRIX: Final[dict[str, list[str]]] = JOB["strategy"]["matrix"]

SYSTEMS: Final = {
    "ubuntu": "Operating System :: POSIX :: Linux",
    "macos": "Operating System :: MacOS",
    "windows": "Operating System :: Microsoft :: Windows",
}


def classified(prefix: str) -> list[str]:
    """Returns the classifiers of a kind."""
    return [one for one in PROJECT["classifiers"] if one.startswith(prefix)]


def test_every_python_that_is_named_is_tried() -> None:
    assert classified("Programming Language :: Python :: 3.") == [
        f"Programming Language :: Python :: {version}" for version in MATRIX["python"]
    ]


def test_the_oldest_python_that_is_tried_is_the_oldest_that_is_allowed() -> None:
    assert f">={MATRIX['python'][0]}" == PROJECT["requires-python"]
    minors = [int(version.removeprefix("3.")) for version in MATRIX["python"]]
    assert list(range(minors[0], minors[0] + len(minors))) == minors


def test_every_system_that_is_named_is_tried() -> None:
    """Each in one version, so that a run can be repeated."""
    tried = [system.partition("-") for system in MATRIX["system"]]
    assert sorted(SYSTEMS[name] for name, _, _ in tried) == sorted(classified("Operating System"))
    assert [] == [name for name, _, version in tried if not re.fullmatch(r"[\d.]+", version)]


@pytest.mark.parametrize("step", [step for step in JOB["steps"] if "uses" in step], ids=str)
def test_actions_are_pinned(step: dict[str, str]) -> None:
    assert re.fullmatch(r"actions/[a-z-]+@v\d+\.\d+\.\d+", step["uses"])


def runs(system: str) -> str:
    """Returns what is run on Windows, or everywhere else."""
    is_there = "==" if system == "windows" else "!="
    return "\n".join(
        step["run"]
        for step in JOB["steps"]
        if "run" in step and step["if"] == f"runner.os {is_there} 'Windows'"
    )


def recipe(target: str) -> str:
    """Returns the commands of a target of the Makefile."""
    found = re.search(
        rf"^{target}:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE
    )
    assert found, target
    return found[1]


def test_make_runs_where_it_can() -> None:
    assert ["check", "test"] == re.findall(
        r"^make PYTHON=python (\S+)$", runs("unix"), re.MULTILINE
    )
    assert recipe("check")
    assert recipe("test")


def test_windows_has_the_same_checks() -> None:
    """Written out, because the Makefile looks for programs in ``bin``."""
    for target in ("check", "test"):
        asked = re.findall(r"\$\(PYTHON_HERE\) -m ([^\n>;|]+)", recipe(target))
        assert asked
        for command in asked:
            expected = command.strip().replace("$(PARALLEL)", "-n auto --dist loadgroup")
            assert f".venv/Scripts/python -m {expected}" in runs("windows")
