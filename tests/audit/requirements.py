"""What an installation of ddblite with its server and boto3 asks for, for ``pip install -r``."""

# ruff: noqa: T201 - a command that prints

import tomllib
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parents[2] / "pyproject.toml"
EXTRAS: Final = ("boto3", "server")


def requirements() -> list[str]:
    """Returns the requirements, as pyproject.toml has them."""
    project = tomllib.loads(PROJECT.read_text())["project"]
    extras = [wish for extra in EXTRAS for wish in project["optional-dependencies"][extra]]
    return [*project["dependencies"], *extras]


if __name__ == "__main__":
    print(*requirements(), sep="\n")
