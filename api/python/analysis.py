"""What a statement did: it is run to its end, and what it took is counted.

The items themselves are dropped page by page; a write is carried out. Everything that
``Explanation`` foretold is in ``explanation``, beside what then happened.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from ddblite.api.python import statements
from ddblite.engine.engine import Engine
from ddblite.partiql.explanations.explanation import Explanation, plain_number
from ddblite.schema.amounts import counted, money_text, number_text, time_text
from ddblite.schema.prices import Prices


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a statement read, returned and consumed, and how long it took.

    ``table_units`` are those of the table itself, ``index_units`` those of its indexes by name.
    """

    explanation: Explanation
    items_read: int
    items_returned: int
    pages: int
    table_units: float
    index_units: Mapping[str, float]
    seconds: float

    @property
    def units(self) -> float:
        """All capacity units together."""
        return self.table_units + sum(self.index_units.values())

    def cost(self, prices: Prices) -> Decimal:
        """Returns what the statement costs on demand, in US dollars."""
        of = prices.of_writes if self.explanation.is_write else prices.of_reads
        return of(self.units)

    def price(self, prices: Prices) -> str:
        """Returns what the statement costs, in words."""
        return f"{money_text(self.cost(prices))} on demand in {prices.region}"

    @property
    def text(self) -> str:
        """The analysis as text, in lines; the price is not in it, because it needs a region."""
        noun = self.explanation.estimate.noun
        shares = {self.explanation.table: self.table_units} | {
            f"{self.explanation.table}.{name}": units for name, units in self.index_units.items()
        }
        shown = [f"{number_text(one)} in {name}" for name, one in shares.items() if one]
        return "\n".join(
            [
                self.explanation.plan,
                f"  items   {self.items_read:,} read, {self.items_returned:,} returned",
                f"  pages   {self.pages:,}",
                f"  units   {counted(self.units, noun)} ({', '.join(shown)})",
                f"  time    {time_text(self.seconds)}",
            ]
        )

    def __str__(self) -> str:
        return self.text

    def as_json(self, prices: Prices | None = None) -> dict[str, Any]:
        """Returns the analysis as plain JSON; prices are text, so that they stay exact."""
        indexes = {name: plain_number(units) for name, units in self.index_units.items()}
        found: dict[str, Any] = {
            "explanation": self.explanation.as_json(),
            "items_read": self.items_read,
            "items_returned": self.items_returned,
            "pages": self.pages,
            "write_units" if self.explanation.is_write else "read_units": {
                "total": plain_number(self.units),
                "table": plain_number(self.table_units),
                "indexes": indexes,
            },
            "seconds": self.seconds,
        }
        if prices is not None:
            found["price"] = {"region": prices.region, "dollars": f"{self.cost(prices):f}"}
        return found


def analyze(
    engine: Engine,
    statement: str,
    parameters: Sequence[Any] = (),
    *,
    consistent: bool = False,
    now_s: Callable[[], float] = time.perf_counter,
) -> Analysis:
    """Runs a statement, writes too, and returns what it did; ``now_s`` is a stopwatch."""
    explanation = statements.explain(engine, statement, parameters, consistent=consistent)
    started = now_s()
    result = statements.execute(engine, statement, parameters, consistent=consistent, **ALL)
    # A write has run already, and its items wait as the rest of a page.
    returned = sum(1 for _ in result)
    seconds = now_s() - started
    consumed = result.consumed
    assert consumed is not None, "every page says what it consumed"
    return Analysis(
        explanation=explanation,
        items_read=result.scanned_count,
        items_returned=returned,
        pages=result.pages_read,
        table_units=consumed.table,
        index_units={**consumed.local_indexes, **consumed.global_indexes},
        seconds=seconds,
    )


ALL: Final[Mapping[str, Any]] = {"limit": None, "page_limit": None, "after": None}
"""The statement from its beginning to its end."""
