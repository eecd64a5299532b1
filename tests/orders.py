"""What the tests of the Python API ask of the contract's table."""

from collections.abc import Iterable
from typing import Any


def dates(result: Iterable[dict[str, Any] | None]) -> list[int]:
    """Returns the days of some orders."""
    return [int(item["order_date"][-2:]) for item in result if item is not None]
