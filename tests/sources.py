"""The repository's own source files, parsed, for the tests that keep the house in order."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
PROJECT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES: Final[tuple[str, ...]] = tuple(PROJECT["tool"]["setuptools"]["packages"])
OUTSIDE: Final = ("tests", "examples", "benchmarks")
"""Folders with Python files that are not part of the product."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file. ``name`` is its import name, ``engine.keys`` for ``ddblite.engine.keys``.

    The public face, ``__init__.py`` at the root, has the empty name.
    """

    name: str
    path: Path

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))

    @cached_property
    def text(self) -> str:
        """The file as it is."""
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """The file as syntax."""
        return ast.parse(self.text, str(self.path))

    @property
    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    @property
    def strings(self) -> Iterator[ast.Constant]:
        """Every string that is not a docstring, pieces of f-strings included."""
        documents = {
            id(node.value)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(self.tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in documents
            ):
                yield node

    def imports(self, *, at_run_time: bool = False) -> Iterator[str]:
        """Yields what the file imports, most exact first known: ``ddblite.engine.keys``, ``apsw``.

        ``at_run_time`` leaves out what is imported for types only, or on first use.
        """
        nodes = ast.walk(self.tree)
        for node in iter(self.tree.body) if at_run_time else nodes:
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module is not None:
                for alias in node.names:
                    full = f"{node.module}.{alias.name}"
                    yield full if full.removeprefix("ddblite.") in PRODUCT_NAMES else node.module


def product_files() -> Iterator[Path]:
    """Yields the product's files: those of every package that is installed."""
    for package in PACKAGES:
        yield from sorted(ROOT.joinpath(*package.split(".")[1:]).glob("*.py"))


def import_name(path: Path) -> str:
    """Returns the name a file is imported by, below ``ddblite``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


PRODUCT: Final = tuple(Source(import_name(path), path) for path in product_files())
PRODUCT_NAMES: Final = frozenset(source.name for source in PRODUCT)
EVERYTHING: Final = PRODUCT + tuple(
    Source(import_name(path), path)
    for folder in OUTSIDE
    for path in sorted((ROOT / folder).rglob("*.py"))
)
