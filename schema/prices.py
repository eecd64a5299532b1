"""What capacity units cost when they are paid by use.

List prices of on-demand tables of the Standard class, as they have been since November 2024.
Few regions are here; for any other, and for one whose list has changed, the user says them.
Prices are decimals: a read unit costs about a ten-millionth of a dollar.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ddblite.schema.errors import UnknownRegion, UnsupportedType
from ddblite.schema.numbers import EXACT

PRICES_DATE: Final = "November 2024"
"""Since when the prices below have been these."""

UNITS_PRICED: Final = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars for a million read request units, and for a million write request units."""

    region: str
    read_per_million: Decimal
    write_per_million: Decimal

    def __post_init__(self) -> None:
        """Raises for a float, which is no exact price."""
        for price in (self.read_per_million, self.write_per_million):
            if not isinstance(price, Decimal | int):
                raise UnsupportedType(f"A price is a Decimal or an int, not {price!r}")

    def of_reads(self, units: float) -> Decimal:
        """Returns the price of read units, which are halves."""
        return price_of(units, self.read_per_million)

    def of_writes(self, units: float) -> Decimal:
        """Returns the price of write units."""
        return price_of(units, self.write_per_million)


def price_of(units: float, per_million: Decimal) -> Decimal:
    """Returns the price of units, which are halves and so exact as a decimal."""
    return EXACT.divide(
        EXACT.multiply(EXACT.create_decimal_from_float(units), per_million), UNITS_PRICED
    )


LIST_PRICES: Final = {
    region: Prices(region, Decimal("0.125"), Decimal("0.625"))
    for region in ("us-east-1", "us-east-2", "us-west-2")
}
"""On demand, Standard table class, per million request units."""


def prices_of(region: str) -> Prices:
    """Returns the list prices of a region, or raises UnknownRegion with the way to give them."""
    known = LIST_PRICES.get(region)
    if known is None:
        raise UnknownRegion(
            f"The prices of {region} are not known here, only those of {', '.join(LIST_PRICES)}:"
            f" give them as Prices({region!r}, read_per_million, write_per_million), or in the"
            f" shell's configuration under [prices.{region}]"
        )
    return known
