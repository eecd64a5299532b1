"""The root is the package: what is installed, under which names, from which pins."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

import pytest

import ddblite
from sources import OUTSIDE, PACKAGES, PROJECT, ROOT

ROOMS: Final = sorted(package.removeprefix("ddblite.") for package in PACKAGES if "." in package)
ROOT_ROOMS: Final = [room for room in ROOMS if "." not in room]
REQUIREMENTS: Final = (
    *PROJECT["project"]["dependencies"],
    *(
        requirement
        for extra in PROJECT["project"]["optional-dependencies"].values()
        for requirement in extra
    ),
)


def distribution(requirement: str) -> str:
    """Returns the normal form of the name that a requirement or a pin begins with."""
    return re.split(r"[<>=\[ ;]", requirement)[0].lower().replace("_", "-")


def test_every_package_is_listed() -> None:
    """Sub-packages are not discovered when the root is the package."""
    folders = {
        path.parent.relative_to(ROOT)
        for path in ROOT.glob("*/**/*.py")
        if not path.relative_to(ROOT).parts[0].startswith(("build", "dist", *OUTSIDE, "."))
    }
    assert sorted(PACKAGES) == sorted(
        ["ddblite", *(".".join(("ddblite", *f.parts)) for f in folders)]
    )


def test_every_package_has_an_init() -> None:
    """A folder without one would be a namespace that other distributions may fill."""
    assert [] == [
        room for room in ROOMS if not (ROOT / room.replace(".", "/") / "__init__.py").exists()
    ]


def test_tools_know_every_room() -> None:
    """A room that is added to the packages is added to these lists too."""
    bans = PROJECT["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    rooms = re.search(r"^ROOMS = (.*)$", makefile, re.MULTILINE)
    watched = PROJECT["tool"]["uv"]["cache-keys"][-1]["file"]
    assert sorted([*ROOT_ROOMS, "cli"]) == sorted(bans)
    assert rooms is not None
    assert sorted(ROOT_ROOMS) == sorted(rooms[1].split())
    assert f"{{{','.join(ROOT_ROOMS)}}}/**/*.py" == watched


def test_every_dependency_is_pinned_for_make() -> None:
    """``make`` installs the same on every machine, in environments of their own too."""
    files = [ROOT / "constraints.txt", *(ROOT / "tests").glob("*/*requirements.txt")]
    pins = [pin for file in files for pin in file.read_text("utf-8").splitlines()]
    pinned = {distribution(pin) for pin in pins if "==" in pin}
    assert [] == [name for name in map(distribution, REQUIREMENTS) if name not in pinned]


def test_every_dependency_argues_for_itself() -> None:
    """A run-time dependency has a line of its own with a reason on it."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    for requirement in PROJECT["project"]["dependencies"]:
        assert re.search(rf'^ +"{re.escape(requirement)}", +# \w+', text, re.MULTILINE)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names in a wheel, built from a copy so that nothing stale is carried along."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ("pyproject.toml", "README.md", "LICENSE", "py.typed"):
        shutil.copy(ROOT / name, copy)
    for path in ROOT.glob("*.py"):
        shutil.copy(path, copy)
    for room in ROOT_ROOMS:
        shutil.copytree(ROOT / room, copy / room)
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    subprocess.run(
        [sys.executable, "-c", build, str(copy)], cwd=copy, check=True, capture_output=True
    )
    with zipfile.ZipFile(next(copy.glob("*.whl"))) as archive:
        return archive.namelist()


def test_wheel_has_one_top_level_name(wheel: list[str]) -> None:
    """``schema``, ``engine`` and ``cli`` are other people's names in site-packages."""
    information = f"ddblite-{ddblite.__version__}.dist-info"
    assert {"ddblite", information} == {Path(name).parts[0] for name in wheel}


def test_wheel_has_every_module(wheel: list[str]) -> None:
    """And the marker that tells type checkers to read them."""
    expected = {"ddblite/py.typed"} | {
        f"ddblite/{path.relative_to(ROOT).as_posix()}"
        for folder in ["", *(room.replace(".", "/") for room in ROOMS)]
        for path in (ROOT / folder).glob("*.py")
    }
    assert expected == {name for name in wheel if name.startswith("ddblite/")}


def test_make_needs_nothing_else() -> None:
    """The continuous run calls make and nothing that make does not have."""
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert ["make check", "make test"] == [line for line in lines if line.startswith("make ")]
