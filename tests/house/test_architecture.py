"""The house as docs/architecture.md draws it: who may know whom, and how big a thing gets."""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Final

import pytest

from sources import EVERYTHING, PACKAGES, PRODUCT, ROOT, Source

LAYERS: Final = (
    ("schema",),
    ("engine.file",),
    ("engine.definitions", "engine.expressions"),
    ("engine", "engine.history"),
    ("engine.maintenance",),
    ("engine.control", "engine.operations"),
    ("engine.bulk", "engine.engine", "engine.snapshot_reads"),
    ("partiql.syntax",),
    ("partiql.diagnosis",),
    ("partiql.plans",),
    ("partiql.access_paths",),
    ("partiql.run",),
    ("partiql.explanations",),
    ("partiql",),
    ("api.wire.model",),
    ("api.wire",),
    ("api",),
    ("", "errors"),
    ("workbench",),
    ("shell",),
    ("cli", "__main__"),
)
"""From the ground up. The longest prefix decides; ``""`` is the public face, `import ddblite`."""

FILE_LINES_MAX: Final = 400
FOLDER_MODULES_MAX: Final = 20
FACES: Final = {"api": 8, "api.http": 30, "partiql": 8, "shell": 8}
"""The rooms whose wings hold everything but a few modules."""

FUNCTION_LINES_MAX: Final = 70
VAGUE: Final = re.compile(r"(^|_)(utils?|helpers?|common|misc)(_|$)")

ATTRIBUTE_VALUES: Final = frozenset(
    {"after", "before", "item", "items", "left", "operand", "right", "value", "values"}
)
"""What attribute values and items are called: comparing one with ``==`` makes True equal 1."""

STORED: Final = re.compile(
    r"\b(ddb|sqlite)_\w+|\b(items|index)_[{%]|\bPRAGMA\b|\bBEGIN IMMEDIATE\b"
)
"""What only SQL for our own file contains; PartiQL has SELECT and INSERT of its own."""

SETTINGS: Final = (
    "engine.file.connections",
    "engine.file.opening",
    "engine.file.replacing",
    "engine.file.scratch",
    "engine.file.storage",
)
"""Where pragmas and savepoints are put together from constants: they take no parameters."""


def each(sources: Sequence[Source]) -> Callable[[Callable[[Source], None]], Callable[[], None]]:
    """Makes one test of a rule about each of many files, which names those that break it."""

    def of_all(rule: Callable[[Source], None]) -> Callable[[], None]:
        @wraps(rule)
        def test() -> None:
            broken = []
            for source in sources:
                try:
                    rule(source)
                except AssertionError as fault:
                    broken.append(f"{source}: {fault}")
            assert [] == broken

        # What pytest reads instead of this would be the rule's own parameter.
        del test.__wrapped__
        return test

    return of_all


each_product_file = each(PRODUCT)
each_file = each(EVERYTHING)


def test_the_drawing_has_every_folder() -> None:
    """docs/architecture.md names each, and how many modules one may hold is bounded."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    drawing = text.partition("\n## The rooms\n")[2].partition("\n## ")[0]
    drawn = re.findall(r"^ *(?:[a-z]+/)?([a-z_]+)/ ", drawing, re.MULTILINE)
    assert sorted(package.rpartition(".")[2] for package in PACKAGES[1:]) == sorted(drawn)


@pytest.mark.parametrize("package", PACKAGES[1:])
def test_a_folder_is_seen_at_a_glance(package: str) -> None:
    """What does not fit is parted by what a reader looks for."""
    room = package.removeprefix("ddblite.")
    folder = ROOT / room.replace(".", "/")
    assert len(list(folder.glob("[!_]*.py"))) <= FACES.get(room, FOLDER_MODULES_MAX)


def layer_of(name: str) -> int:
    """Returns the layer of a module of the product, counted from the ground."""
    prefixes = {prefix: layer for layer, group in enumerate(LAYERS) for prefix in group}
    longest = name
    while longest not in prefixes:
        longest = longest.rpartition(".")[0]
    return prefixes[longest]


def known_rooms(source: Source, *, at_run_time: bool = False) -> Iterator[str]:
    """Yields the product's modules that a file imports, by their names below ``ddblite``."""
    for name in source.imports(at_run_time=at_run_time):
        if name == "ddblite" or name.startswith("ddblite."):
            yield name.removeprefix("ddblite").removeprefix(".")


def libraries(source: Source) -> set[str]:
    """Returns the top-level names that a file imports from elsewhere."""
    return {name.partition(".")[0] for name in source.imports()}


@each_product_file
def test_imports_go_down_only(source: Source) -> None:
    """A layer knows the layers before it and nothing above, not even for types."""
    own = layer_of(source.name)
    assert [] == [name for name in known_rooms(source) if layer_of(name) > own]


def test_no_module_needs_itself() -> None:
    """Within a layer too, imports have an order: those for types and in functions as well."""
    needs = {source.name: set(known_rooms(source)) for source in PRODUCT}
    while ready := {name for name, others in needs.items() if not others & needs.keys() - {name}}:
        needs = {name: others for name, others in needs.items() if name not in ready}
    assert [] == sorted(needs)


@each_product_file
def test_only_one_folder_knows_sqlite(source: Source) -> None:
    """Everything else sees connections, transactions and faults of our own."""
    knows = source.name.startswith("engine.file.")
    assert knows or {"apsw", "sqlite3"}.isdisjoint(libraries(source))


@each_product_file
def test_only_the_two_languages_know_sqlglot(source: Source) -> None:
    """PartiQL and the SQL beside it; another parser would be a change to these rooms."""
    knows = source.name.startswith(("partiql", "api.sql"))
    assert knows or "sqlglot" not in libraries(source)


@each_product_file
def test_only_the_doors_know_boto3_and_the_terminal(source: Source) -> None:
    """What schema, engine and partiql do can be called from anywhere."""
    doors = {"boto3", "botocore", "prompt_toolkit", "rich", "typer", "uvicorn", "httptools"}
    below = layer_of(source.name) < layer_of("api")
    assert not below or doors.isdisjoint(libraries(source))


@each_product_file
def test_the_workbench_knows_no_terminal(source: Source) -> None:
    """A front that is none, such as a web page, needs what it does as well."""
    terminals = {"curses", "prompt_toolkit", "rich", "typer"}
    assert not source.name.startswith("workbench") or terminals.isdisjoint(libraries(source))


@each_product_file
def test_sql_stays_in_the_engine(source: Source) -> None:
    """Only the storage layer and the parts right above it write SQL."""
    if layer_of(source.name) in map(layer_of, ("engine.file", "engine", "engine.maintenance")):
        return
    found = [text.value for text in source.strings if STORED.search(str(text.value))]
    assert [] == found


@each_product_file
def test_sql_is_never_put_together_where_it_runs(source: Source) -> None:
    """A statement is a constant or made from a catalog number by one function, beforehand."""
    runs = [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"execute", "executemany", "rows", "row"}
    ]
    mixed = [
        run.lineno
        for run in runs
        if run.args and isinstance(run.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert source.name in SETTINGS or [] == mixed


def holds_attribute_value(node: ast.expr) -> bool:
    """Whether an expression is, by its name, an attribute value or a member of an item."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name) and node.id in ATTRIBUTE_VALUES


def is_plain(node: ast.expr) -> bool:
    """Whether an expression is a literal text: no other type is equal to one."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)


@each_product_file
def test_attribute_values_are_compared_by_name(source: Source) -> None:
    """``values.equal`` knows that True is not 1; ``==``, ``!=`` and ``in`` do not.

    The layers below see values of one known type, and are where equality itself is made; what
    ``api.wire.decode`` calls a value is a request's parameter.
    """
    below = {"engine.codec", "engine.keys", "api.wire.decode"}
    rooms = {"schema", "engine.file", "api.wire.model"}
    if source.name.rpartition(".")[0] in rooms or source.name in below:
        return
    bare = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Compare) and not any(map(is_plain, [node.left, *node.comparators])):
            for operator, right in zip(node.ops, node.comparators, strict=True):
                equates = isinstance(operator, ast.Eq | ast.NotEq) and holds_attribute_value(right)
                seeks = isinstance(operator, ast.Eq | ast.NotEq | ast.In | ast.NotIn)
                if equates or (seeks and holds_attribute_value(node.left)):
                    bare.append(node.lineno)
    assert [] == bare


@each_file
def test_files_are_short(source: Source) -> None:
    """A file is one subject, read in one sitting."""
    assert source.text.count("\n") <= FILE_LINES_MAX


@each_file
def test_functions_fit_on_a_screen(source: Source) -> None:
    """A longer one has two ideas."""
    lengths = {
        function.name: (function.end_lineno or function.lineno) - function.lineno + 1
        for function in source.functions
    }
    assert {} == {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES_MAX}


@each_file
def test_names_say_what_is_inside(source: Source) -> None:
    """Nothing is called utils, helpers or common: a name there is a place to look."""
    names = [source.name.rpartition(".")[2], *(function.name for function in source.functions)]
    assert [] == [name for name in names if VAGUE.search(name)]
