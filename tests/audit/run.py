"""``make audit``: known weaknesses of the packages that ddblite is built on, and a list of them.

* Every package of ``constraints.txt``, those of the tests too, is looked up by pip-audit. A known
  weakness is told with the version that mends it, and the status is 1. What cannot be looked up
  (without a network, or at a mirror that has packages and no advisories) is named as that.
* ``build/sbom.json`` is the bill of materials, as CycloneDX: what an installation brings along,
  with everything that ``.venv-audited`` got for it.
"""

# ruff: noqa: T201 - a command that prints

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

ROOT: Final = Path(__file__).parents[2]
TOOLS: Final = ROOT / ".venv-audit" / "bin"
SBOM: Final = ROOT / "build" / "sbom.json"

AUDIT: Final = (
    *(TOOLS / "pip-audit", "--requirement", ROOT / "constraints.txt"),
    *("--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"),
)
LIST: Final = (
    *(TOOLS / "cyclonedx-py", "environment", "--output-format", "JSON", "--output-file", SBOM),
    *("--output-reproducible", "--pyproject", ROOT / "pyproject.toml"),
    ROOT / ".venv-audited" / "bin" / "python",
)
SECONDS_MAX: Final = 600


@dataclass(frozen=True, slots=True)
class Findings:
    """What an audit found: weaknesses, a line each, and how many packages it knows."""

    weaknesses: Sequence[str] = ()
    looked_up: int = 0
    unknown: int = 0

    @classmethod
    def of(cls, report: dict[str, Any]) -> Self:
        """Reads the report of pip-audit."""
        packages = report["dependencies"]
        known = [package for package in packages if "skip_reason" not in package]
        return cls(
            weaknesses=[
                f"{package['name']} {package['version']}: {weakness['id']}, mended in "
                f"{', '.join(weakness['fix_versions']) or 'no version yet'}"
                for package in known
                for weakness in package["vulns"]
            ],
            looked_up=len(known),
            unknown=len(packages) - len(known),
        )

    def lines(self) -> list[str]:
        """Returns what is said of it."""
        said = [*self.weaknesses]
        if self.looked_up:
            known = f"{len(self.weaknesses) or 'no'} known weakness(es)"
            said.append(f"{self.looked_up} packages were looked up: {known}.")
        if self.unknown or not self.looked_up:
            count = f"{self.unknown} packages" if self.unknown else "Packages"
            said.append(
                f"{count} could not be looked up (no network, or a mirror without advisories);"
                " nothing is known of them."
            )
        return said


def audited() -> Findings:
    """Asks for known weaknesses; where nobody can be asked, nothing was looked up."""
    ended = subprocess.run(AUDIT, capture_output=True, text=True, check=False, timeout=SECONDS_MAX)
    try:
        return Findings.of(json.loads(ended.stdout))
    except ValueError:  # what it says of a network that is not there is a traceback
        print(ended.stderr.strip().rpartition("\n")[2], file=sys.stderr)
        return Findings()


def listed() -> str:
    """Writes the bill of materials, and returns what is said of it."""
    SBOM.parent.mkdir(exist_ok=True)
    subprocess.run(LIST, check=True, timeout=SECONDS_MAX)
    count = len(json.loads(SBOM.read_text())["components"])
    return f"{SBOM.relative_to(ROOT)}: {count} packages, as CycloneDX."


def main() -> int:
    """Prints what was found, and returns the status."""
    findings = audited()
    print(*findings.lines(), listed(), sep="\n")
    return 1 if findings.weaknesses else 0


if __name__ == "__main__":
    sys.exit(main())
