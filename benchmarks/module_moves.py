"""How many calls a query takes, and how often they go from one module to another.

A call counts if it is of a function of the product, a move if what ran before is in another module:
whoever reads along turns a page. Counted is a warm query of one item, by ``Table.query`` and as a
PartiQL statement with a filter. What is counted is the same on every machine. It prints Markdown;
``--calls`` prints every call too. Run it with ``python benchmarks/module_moves.py``.
"""

import argparse
import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, Final

import ddblite

PRODUCT: Final = str(Path(ddblite.__file__).parent)
STATEMENT: Final = "SELECT * FROM music WHERE artist = ? AND genre = 'jazz'"


def calls_of(work: Callable[[], Any]) -> list[tuple[str, str]]:
    """Returns the module and the name of each function that is called, in their order."""
    calls: list[tuple[str, str]] = []

    def note(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(PRODUCT):
            calls.append((code.co_filename[len(PRODUCT) + 1 :], code.co_name))

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


def moves_of(calls: list[tuple[str, str]]) -> int:
    """Returns how often a call is of another module than the one before."""
    return sum(before[0] != after[0] for before, after in itertools.pairwise(calls))


def main() -> None:
    """Counts both, and prints them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--calls", action="store_true")
    options = parser.parse_args()
    with ddblite.connect(":memory:") as db:
        table = db.create_table("music", partition_key="artist", sort_key="track")
        table.put({"artist": "Nina", "track": "one", "genre": "jazz"})
        queries: dict[str, Callable[[], Any]] = {
            "`Table.query`": lambda: table.query(
                "artist = :a AND begins_with(track, :t)", values={":a": "Nina", ":t": "o"}
            ).all(),
            "PartiQL, with a filter": lambda: db.execute(STATEMENT, ["Nina"]).all(),
        }
        print("| a query of one item | calls | moves |")
        print("|---|--:|--:|")
        for name, query in queries.items():
            for _ in range(3):
                query()
            calls = calls_of(query)
            print(f"| {name} | {len(calls)} | {moves_of(calls)} |")
            if options.calls:
                print("\n".join(f"    {module} {function}" for module, function in calls))


if __name__ == "__main__":
    main()
