"""The floor that README measures against stores what ddblite stores, and can be run."""

import sys
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

import ddblite
from ddblite.schema.values import Item
from sources import ROOT

ITEMS: Final[list[Item]] = [{"shelf": "a", "place": place, "title": "x"} for place in range(3)]


def test_the_floor_gives_what_ddblite_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT / "benchmarks"), *sys.path])
    import floor  # a script's own module

    with (
        closing(floor.Floor(tmp_path / "floor.ddb", durability="process")) as lower,
        ddblite.connect(tmp_path / "upper.ddb") as database,
    ):
        upper: Any = database.create_table("films", partition_key="shelf", sort_key=("place", "N"))
        lower.load(ITEMS)
        lower.put({**ITEMS[0], "title": "y"})
        for item in (*ITEMS, {**ITEMS[0], "title": "y"}):
            upper.put(item)
        assert upper.get("a", 0) == lower.get("a", 0)
        assert upper.scan().all() == lower.scan() == lower.query("a")
