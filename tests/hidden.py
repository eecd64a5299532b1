"""Encrypted databases full of words that must not stand in any file."""

from pathlib import Path
from typing import Final

import ddblite

KEY: Final = bytes(range(32))
OTHER_KEY: Final = bytes(range(1, 33))

WORDS: Final = (
    *("HiddenTable", "HiddenIndex", "HiddenKey", "HiddenAttribute", "HiddenValue"),
    *("ddb_tables", "items_1"),
)


def assert_hidden(folder: Path) -> None:
    """Fails when one of the words stands in any file of a folder."""
    for file in folder.iterdir():
        found = file.read_bytes()
        assert [] == [word for word in WORDS if word.encode() in found], file.name


def filled(database: ddblite.Database, items: int = 40) -> ddblite.Table:
    """Makes a table with an index, and items that hold every word there is."""
    table = database.create_table(
        "HiddenTable",
        partition_key="HiddenKey",
        indexes=[ddblite.GlobalIndex("HiddenIndex", "HiddenAttribute")],
    )
    for number in range(items):
        text = f"HiddenValue {number} " * (number % 7 * 90)
        table.put({"HiddenKey": f"HiddenKey {number}", "HiddenAttribute": "a", "text": text})
    return table


def items_of(database: ddblite.Database) -> list[object]:
    """Returns every item there is."""
    return [*database.table("HiddenTable").scan().all()]
