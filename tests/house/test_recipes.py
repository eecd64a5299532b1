"""CONTRIBUTING.md's three recipes: as few files as it says, and those alone.

A function is really added, in a process of its own; of operations and formats, some that are
there are looked for in all files of the product.
"""

import re
import subprocess
import sys
from typing import Final

import pytest

from sources import ROOT

ROOMS: Final = ("schema", "engine", "partiql", "api", "workbench", "shell")

ROW: Final = """
        Function(
            name="ends_with",
            place=Place.CONDITION,
            operands=2,
            needs_path=False,
            types=frozenset({"S"}),
            test=lambda value, end: isinstance(value, str) and value.endswith(end),
        ),
"""

WITH_ROW: Final = """
import sys
from importlib.machinery import SourceFileLoader

plain = SourceFileLoader.get_code


def with_row(self, name):
    if name != "ddblite.engine.expressions.functions":
        return plain(self, name)
    text = self.get_data(self.path).decode()
    before, rows, behind = text.partition("    for function in (")
    return compile(before + rows + sys.argv[1] + behind, self.path, "exec")


SourceFileLoader.get_code = with_row

import ddblite

with ddblite.connect(":memory:") as db:
    films = db.create_table("films", partition_key="title")
    for title in ("Heat", "Her"):
        films.put({"title": title})
    print(films.scan(filter="ends_with(title, :t)", values={":t": "t"}).all())
    print(db.execute("SELECT * FROM films WHERE NOT ENDS_WITH(title, ?)", ["t"]).all())
    for ask in (
        lambda: films.scan(filter="ends_with(title, :t)", values={":t": 1}).all(),
        lambda: films.scan(filter="ends_with(title)").all(),
        lambda: db.execute("SELECT * FROM films WHERE ends_with(title)").all(),
    ):
        try:
            print(ask())
        except ddblite.errors.ValidationException as error:
            print(error.message)
"""


def test_a_function_is_a_row() -> None:
    """Expressions and statements know one that was added, its operands and their types."""
    done = subprocess.run(
        [sys.executable, "-c", WITH_ROW, ROW], capture_output=True, text=True, check=False
    )
    of_it = "operator or function: ends_with"
    wrong_type = f"Incorrect operand type for operator or function; {of_it}, operand type: N"
    too_few = f"Incorrect number of operands for operator or function; {of_it}, number of operands:"
    assert [
        "[{'title': 'Heat'}]",
        "[{'title': 'Her'}]",
        f"Invalid FilterExpression: {wrong_type}",
        f"Invalid FilterExpression: {too_few} 1",
        f"{too_few} 1",
    ] == (done.stdout + done.stderr).splitlines()


def files_with(word: str) -> list[str]:
    """The files of the product in which a word stands, by their paths."""
    pattern = re.compile(rf"\b{word}\b")
    paths = (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))
    return [
        path.relative_to(ROOT).as_posix()
        for path in (*paths, ROOT / "cli.py")
        if pattern.search(path.read_text("utf-8"))
    ]


@pytest.mark.parametrize(
    ("operation", "carried_out"),
    [
        ("ListTagsOfResource", "engine/control/tags.py"),
        ("DescribeContinuousBackups", "engine/control/time_settings.py"),
        ("DescribeTimeToLive", "engine/control/time_settings.py"),
    ],
)
def test_an_operation_is_four_files(operation: str, carried_out: str) -> None:
    """And what it answers about a table that is being made, if that is its own."""
    wanted = {
        "schema/control_requests.py",
        carried_out,
        "engine/operations/__init__.py",
        "api/wire/operations/tables.py",
    }
    assert wanted == set(files_with(operation)) - {"engine/control/table_delay.py"}


def test_a_refused_operation_is_a_row() -> None:
    assert ["api/wire/operations/features.py"] == files_with("ExportTableToPointInTime")


def test_a_format_is_two_files() -> None:
    """The renderer's own name aside, which is where it is made and in its row."""
    assert ["shell/formats/markdown.py", "shell/formats/render.py"] == files_with("render_markdown")
    assert ["shell/formats/render.py"] == files_with("markdown")


def test_the_recipes_name_files_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    recipes = text.partition("## Three recipes")[2].partition("\n## ")[0]
    named = re.findall(r"`((?:schema|engine|api|shell|tests)/[a-z_/.]+)`", recipes)
    assert len(named) > 8
    assert [] == [name for name in named if not (ROOT / name).exists()]
