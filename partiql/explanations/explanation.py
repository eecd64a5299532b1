"""What a statement would do, as data that can be read, compared and printed.

Everything here was found out without reading an item: how the statement gets at its items,
the same question in the API's own operations, and bounds of what that costs. The bounds come
from the catalog's counters of the table or index, so they are estimates: they say what is
possible, not what will be.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from ddblite.schema.amounts import counted, money_text, number_text
from ddblite.schema.prices import Prices
from ddblite.schema.values import Item
from ddblite.schema.wire import encode_item

REQUESTS_SHOWN_MAX: Final = 3
"""A statement may come down to hundreds; text shows the first, ``as_json`` has them all."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A number that is not known: at least, and at most."""

    least: float
    most: float

    def text(self, noun: str) -> str:
        """Returns the bounds in words: ``1 page``, ``0 to 12 items``."""
        if self.least == self.most:
            return counted(self.most, noun)
        return f"{number_text(self.least)} to {counted(self.most, noun)}"

    def as_json(self) -> dict[str, float]:
        """Returns the bounds as JSON."""
        return {"least": plain_number(self.least), "most": plain_number(self.most)}


@dataclass(frozen=True, slots=True)
class ExplainedKeyRead:
    """One keyed read, or the one write.

    ``key`` are the key attributes that are known, ``range`` is the condition on the sort key,
    ``rest`` what filters the items read, or what a write asks of the item. None is nothing.
    """

    key: Item
    range: str | None
    rest: str | None

    def as_json(self) -> dict[str, Any]:
        """Returns the read as JSON; the key is in the wire's form."""
        return {"key": encode_item(self.key), "range": self.range, "rest": self.rest}


@dataclass(frozen=True, slots=True)
class Equivalent:
    """The same question as a request of the API.

    ``request`` is the wire's JSON and ``boto3`` the same as Python, for a ``client``. What the
    operation cannot do, the caller has to do with its answer: ``left_over`` says what.
    """

    operation: str
    request: Mapping[str, Any]
    boto3: str
    left_over: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Returns the request and its operation as JSON."""
        return {
            "operation": self.operation,
            "request": dict(self.request),
            "boto3": self.boto3,
            "left_over": list(self.left_over),
        }


@dataclass(frozen=True, slots=True)
class Estimate:
    """What carrying out a statement takes, as far as the counters tell.

    ``typical_units`` goes by the average item, None where the number of items is not known.
    ``counted_items`` and ``counted_bytes`` are what the table or index holds.
    """

    items: Bounds
    units: Bounds
    pages: Bounds
    typical_units: float | None
    counted_items: int
    counted_bytes: int
    writes: bool = False

    @property
    def noun(self) -> str:
        """What the units are called."""
        return "write unit" if self.writes else "read unit"

    def cost(self, prices: Prices) -> tuple[Decimal, Decimal]:
        """Returns the least and the most that this costs on demand, in US dollars."""
        price = prices.of_writes if self.writes else prices.of_reads
        return price(self.units.least), price(self.units.most)

    def lines(self) -> list[str]:
        """Returns the estimate as lines of text."""
        shown = [self.items.text("item"), self.units.text(self.noun), self.pages.text("page")]
        found = [", ".join(shown)]
        if self.typical_units is not None and self.units.least != self.units.most:
            found.append(f"about {counted(self.typical_units, self.noun)} for average items")
        return found

    def as_json(self) -> dict[str, Any]:
        """Returns the estimate as JSON."""
        typical = self.typical_units
        return {
            "items": self.items.as_json(),
            "write_units" if self.writes else "read_units": self.units.as_json(),
            "pages": self.pages.as_json(),
            "typical_units": None if typical is None else plain_number(typical),
            "counted": {"items": self.counted_items, "bytes": self.counted_bytes},
            "is_estimate": True,
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a statement gets at its items, and what that may cost.

    ``kind`` is Get, Query, Scan, Put, Update or Delete. ``legs`` are the keyed reads, or the
    one write; a Scan has none, and its ``filter`` stands alone. ``columns`` is None for ``*``.
    ``scan_reasons`` say which term kept a Scan from being a Query, ``hints`` what would help.
    """

    statement: str
    kind: str
    table: str
    index: str | None
    legs: tuple[ExplainedKeyRead, ...]
    filter: str | None
    columns: tuple[str, ...] | None
    order: tuple[str, ...]
    requests: tuple[Equivalent, ...]
    estimate: Estimate
    plan: str
    scan_reasons: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def is_write(self) -> bool:
        """Whether the statement would change something."""
        return self.estimate.writes

    def price(self, prices: Prices) -> str:
        """Returns what the statement may cost, in words."""
        least, most = (money_text(one) for one in self.estimate.cost(prices))
        shown = least if least == most else f"{least} to {most}"
        return f"{shown} on demand in {prices.region}"

    @property
    def text(self) -> str:
        """The explanation as text, in lines."""
        estimate = self.estimate
        counters = f"{counted(estimate.counted_items, 'item')}, "
        counters += counted(estimate.counted_bytes, "byte")
        of_what = "table" if self.index is None else "index"
        found = [self.plan]
        found += section("columns", () if self.columns is None else [", ".join(self.columns)])
        found += section("order", [", ".join(self.order)] if self.order else ())
        found += section("why it is no Query", self.scan_reasons)
        found += section("what would help", self.hints)
        title = f"estimate, by the counters of the {of_what} ({counters})"
        found += section(title, estimate.lines())
        for place, one in enumerate(self.requests[:REQUESTS_SHOWN_MAX], start=1):
            title = "request" if len(self.requests) == 1 else f"request {place}"
            found += section(f"{title}: {one.operation}", json_lines(one.request))
            found += section("boto3", one.boto3.split("\n"))
            found += section("left to do", one.left_over)
        hidden = len(self.requests) - REQUESTS_SHOWN_MAX
        if hidden > 0:
            found.append(f"  and {counted(hidden, 'request')} more, one per line of the plan")
        return "\n".join(found)

    def __str__(self) -> str:
        return self.text

    def as_json(self) -> dict[str, Any]:
        """Returns the explanation as plain JSON; values are in the wire's form."""
        return {
            "statement": self.statement,
            "kind": self.kind,
            "table": self.table,
            "index": self.index,
            "legs": [one.as_json() for one in self.legs],
            "filter": self.filter,
            "columns": None if self.columns is None else list(self.columns),
            "order": list(self.order),
            "plan": self.plan,
            "scan_reasons": list(self.scan_reasons),
            "hints": list(self.hints),
            "estimate": self.estimate.as_json(),
            "requests": [one.as_json() for one in self.requests],
        }


def section(title: str, lines: Sequence[str]) -> list[str]:
    """Returns lines below their title, or nothing when there are none."""
    return [f"  {title}", *(f"    {line}" for line in lines)] if lines else []


def json_lines(request: Mapping[str, Any]) -> list[str]:
    """Returns a request as lines of JSON: one per member, and one per part of a map."""
    members = []
    for name, value in request.items():
        shown = json_text(value)
        if isinstance(value, Mapping):
            parts = ",\n    ".join(
                f"{json_text(key)}: {json_text(one)}" for key, one in value.items()
            )
            shown = f"{{\n    {parts}\n  }}"
        members.append(f"  {json_text(name)}: {shown}")
    return ["{", *",\n".join(members).split("\n"), "}"]


def json_text(value: object) -> str:
    """Returns JSON on one line, with all characters as they are."""
    return json.dumps(value, ensure_ascii=False)


def plain_number(count: float) -> float:
    """Returns a count as the int that it is, or with its half."""
    return int(count) if count == int(count) else count
