"""A reader that knows nothing but docs/fileformat.md gives the same items as the engine."""

import subprocess
import sys
import tempfile
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ddblite
import independent_reader
import kept_files
from ddblite.engine.file.fileformat import PAGE_BYTES
from ddblite.schema.values import BinarySet, Item, NumberSet, StringSet
from kept_contents import require_same

SETS = {"SS": StringSet, "NS": NumberSet, "BS": BinarySet}


def as_ours(value: Any) -> Any:  # noqa: ANN401
    """Returns a value of the reader's as the engine has it."""
    if isinstance(value, tuple):
        return SETS[value[0]](value[1])
    if isinstance(value, list):
        return [as_ours(one) for one in value]
    if isinstance(value, dict):
        return {name: as_ours(one) for name, one in value.items()}
    return value


def require_agreement(path: Path) -> None:
    """Fails unless engine and reader give the same of a file: of its tables and all indexes."""
    found = independent_reader.read(path)
    with ddblite.connect(path, mode="read") as database:
        assert sorted(found) == database.tables()
        for name, table in found.items():
            opened = database.table(name)
            require_same(opened.scan().all(), map(as_ours, table.items))
            assert set(opened.spec.indexes) == set(table.indexes)
            for index, entries in table.indexes.items():
                require_same(opened.scan(index=index).all(), map(as_ours, entries))


def test_the_kept_file_is_read_as_the_document_says() -> None:
    found = independent_reader.read(kept_files.PATHS[2])
    for name, items in kept_files.ITEMS.items():
        require_same(items, map(as_ours, found[name].items))
    for name, entries in kept_files.INDEXED.items():
        require_same(entries, map(as_ours, found["singers"].indexes[name]))


def test_an_upgraded_file_is_read_as_the_document_says(tmp_path: Path) -> None:
    path = tmp_path / "test.ddb"
    path.write_bytes(kept_files.PATHS[1].read_bytes())
    ddblite.upgrade(path)
    require_agreement(path)


NUMBERS = st.one_of(
    st.integers(-(10**37), 10**37),
    st.decimals(-1000, 1000, places=3),
    st.sampled_from([Decimal("1E+125"), Decimal("-1E-130"), Decimal("9.87E+40")]),
)
LEAVES: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), NUMBERS, st.text(max_size=20), st.binary(max_size=300),
    st.sets(st.text(max_size=5), min_size=1).map(StringSet),
    st.sets(NUMBERS, min_size=1).map(NumberSet),
    st.sets(st.binary(max_size=5), min_size=1).map(BinarySet),
    st.sampled_from([200, 990, 1000, 70_000]).map(lambda length: "x" * length),
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.text("ab é", min_size=1, max_size=3), inner)
    ),
    max_leaves=6,
)
ITEMS = st.fixed_dictionaries(
    {"p": st.text(min_size=1, max_size=10), "s": NUMBERS},
    optional={"b": st.binary(min_size=1, max_size=9), "x": VALUES, "y": VALUES},
)


@settings(max_examples=20)
@given(st.lists(ITEMS, max_size=4))
def test_random_files_are_read_alike(items: Iterable[Item]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "test.ddb"
        with ddblite.connect(path, durability="none") as database:
            table = database.create_table(
                "things",
                partition_key="p",
                sort_key=("s", "N"),
                indexes=[ddblite.GlobalIndex("by_b", ("b", "B"), ("s", "N"))],
            )
            for item in items:
                table.put(item)
        require_agreement(path)


def test_a_damaged_page_is_named() -> None:
    content = bytearray(kept_files.PATHS[2].read_bytes())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "test.ddb"
        for number in range(1, len(content) // PAGE_BYTES + 1, 5):
            content[number * PAGE_BYTES - 50] ^= 4
            path.write_bytes(content)
            with pytest.raises(independent_reader.Damaged, match=f"page {number} does not"):
                independent_reader.read(path)
            content[number * PAGE_BYTES - 50] ^= 4


def test_it_needs_nothing_but_the_standard_library() -> None:
    """Run without what is installed."""
    command = [sys.executable, "-I", "-S", independent_reader.__file__, str(kept_files.PATHS[2])]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed == "singers: 24 items\nnotes: 6 items\nvacant: 0 items\n"
