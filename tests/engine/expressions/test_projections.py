"""Projections: what is chosen, and which paths do not go together."""

from typing import Final

import pytest

from ddblite.engine.expressions import compile_projection, parse_projection
from ddblite.engine.expressions.tree import Path
from ddblite.schema.errors import ValidationException
from ddblite.schema.values import Item

ITEM: Final[Item] = {
    "a": "x",
    "list": [10, 11, {"z": 1, "y": 2}, [20, 21]],
    "map": {"x": 1, "y": {"z": 2, "w": 3}, "l": [1, 2]},
}
NAMES: Final = {"#list": "list", "#map": "map", "#dotted": "map.x"}


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ({"a": "x"}, "a"),
        ({"a": "x"}, " a , nope"),
        ({}, "nope"),
        ({}, "nope.x, nope2[0], a.x"),
        ({}, "#map[0], #list.x"),
        ({}, "#dotted"),
        ({"map": {"x": 1, "y": {"z": 2}}}, "#map.y.z, #map.x"),
        ({"map": {"x": 1}}, "#map.x, #map.nope"),
        ({"list": [10, {"z": 1, "y": 2}]}, "#list[2], #list[0]"),
        ({"list": [{"y": 2}, [21]]}, "#list[3][1], #list[2].y, #list[9], #list[0].q"),
        ({"map": {"l": [2]}, "a": "x"}, "#map.l[1], a"),
    ],
)
def test_projection(expected: Item, text: str) -> None:
    """Paths into one place are merged, list elements keep their order and close up."""
    assert expected == parse_projection(text, NAMES).apply(ITEM)


@pytest.mark.parametrize(
    ("verb", "one", "two", "text"),
    [
        ("overlap", "[a]", "[a]", "a, a"),
        ("overlap", "[map]", "[map, x]", "#map, #map.x"),
        ("overlap", "[map, x]", "[map]", "a, #map.x, #map"),
        ("overlap", "[a]", "[a, b]", "a, c, a.b, a"),
        ("overlap", "[list, [0]]", "[list, [0], x]", "#list[0], #list[0].x"),
        ("conflict", "[map, x]", "[map, [0]]", "#map.x, #map[0]"),
        ("conflict", "[map, [0]]", "[map, x, y]", "#map[0], #map.x.y"),
        ("overlap", "[a]", "[a]", "#map.x, #map[0], a, a"),
    ],
)
def test_paths_that_do_not_go_together(verb: str, one: str, two: str, text: str) -> None:
    """An overlap anywhere is told before any conflict; the earlier path comes first."""
    with pytest.raises(ValidationException) as caught:
        parse_projection(text, NAMES)
    assert caught.value.message == (
        f"Invalid ProjectionExpression: Two document paths {verb} with each other; must remove "
        f"or rewrite one of these paths; path one: {one}, path two: {two}"
    )


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("Attribute name is a reserved", "#x, a, a, status"),
        ("An expression attribute name used in the document path is not defined", "a, a, #x"),
        ("Two document paths overlap", "a[0], a.b, c, c"),
        ("List index", "#x, a[99999999999]"),
    ],
)
def test_most_important_fault_is_reported(expected: str, text: str) -> None:
    with pytest.raises(ValidationException) as caught:
        parse_projection(text, {})
    assert caught.value.message.startswith(f"Invalid ProjectionExpression: {expected}")


def test_what_a_projection_reads_is_known() -> None:
    projection = parse_projection("#map.x, a, #map.y", NAMES)
    assert frozenset({"#map"}) == projection.names_used
    assert frozenset({"map", "a"}) == projection.attributes
    assert (Path(("map", "x")), Path(("a",)), Path(("map", "y"))) == projection.paths


def test_projection_without_a_text() -> None:
    projection = compile_projection([Path(("map", "y", "z")), Path(("list", 0))])
    assert {"map": {"y": {"z": 2}}, "list": [10]} == projection.apply(ITEM)
    with pytest.raises(ValidationException, match="overlap"):
        compile_projection([Path(("a",)), Path(("a",))])


def test_very_long_names_are_not_cached() -> None:
    names = {"#long": "n" * 5000}
    assert parse_projection("#long", names).apply({"n" * 5000: 1}) == {"n" * 5000: 1}
    assert parse_projection("#long", names) is not parse_projection("#long", names)
