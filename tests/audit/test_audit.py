"""What ``make audit`` makes of a report: a weakness is a failure, an unknown package is not."""

import tomllib
from typing import Any

import pytest

from audit import run
from audit.requirements import PROJECT, requirements
from audit.run import Findings

SOUND: dict[str, Any] = {"name": "apsw", "version": "3.54.1.0", "vulns": []}
WEAK: dict[str, Any] = {
    "name": "boto3",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["1.1", "2.0"], "aliases": []}],
}
UNMENDED = WEAK | {"vulns": [{"id": "PYSEC-2026-2", "fix_versions": [], "aliases": []}]}
UNKNOWN: dict[str, Any] = {"name": "rich", "skip_reason": "Dependency not found on PyPI"}
NOT_LOOKED_UP = "could not be looked up (no network, or a mirror without advisories)"


@pytest.mark.parametrize(
    ("packages", "status", "said"),
    [
        ([SOUND], 0, ["1 packages were looked up: no known weakness(es)."]),
        ([SOUND, WEAK], 1, ["boto3 1.0: PYSEC-2026-1, mended in 1.1, 2.0"]),
        ([UNMENDED], 1, ["boto3 1.0: PYSEC-2026-2, mended in no version yet"]),
        ([SOUND, UNKNOWN], 0, ["looked up: no known weakness(es)", f"1 packages {NOT_LOOKED_UP}"]),
        ([UNKNOWN, UNKNOWN], 0, [f"2 packages {NOT_LOOKED_UP}"]),
    ],
)
def test_a_weakness_is_a_failure_and_what_is_unknown_is_named(
    packages: list[dict[str, Any]],
    status: int,
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(run, "audited", lambda: Findings.of({"dependencies": packages}))
    monkeypatch.setattr(run, "listed", lambda: "")
    assert status == run.main()
    printed = capsys.readouterr().out
    assert [] == [part for part in said if part not in printed]
    assert ("no known" in printed) == ("no known" in said[0])


def test_without_a_network_nothing_is_said_to_be_sound() -> None:
    assert [f"Packages {NOT_LOOKED_UP}; nothing is known of them."] == Findings().lines()


def test_the_bill_of_materials_has_what_an_installation_asks_for() -> None:
    """The server and boto3 with it."""
    project = tomllib.loads(PROJECT.read_text())["project"]
    assert set(project["dependencies"]) < set(requirements())
    assert "boto3" in requirements()
    assert "uvicorn" in requirements()
