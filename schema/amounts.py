"""Numbers as people read them: counts with their noun, durations, money."""

from decimal import Decimal


def counted(count: float, noun: str) -> str:
    """Returns a number with its noun: ``1 page``, ``0.5 read units``."""
    return f"{number_text(count)} {noun}{'' if count == 1 else 's'}"


def number_text(count: float) -> str:
    """Returns a count, which may have halves."""
    return f"{count:,.1f}".removesuffix(".0")


def time_text(seconds: float) -> str:
    """Returns a duration: ``0.3 ms``, ``1.25 s``."""
    return f"{seconds * 1000:,.1f} ms" if seconds < 1 else f"{seconds:,.2f} s"


def money_text(dollars: Decimal) -> str:
    """Returns an amount with all its digits and no exponent: ``$0.0000000625``."""
    whole, _, cents = f"{dollars:,f}".partition(".")
    return f"${whole}.{cents.rstrip('0').ljust(2, '0')}"
