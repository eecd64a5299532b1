"""Warnings that a test expects, and which are errors everywhere else."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import ddblite


@contextmanager
def expecting_upgrades() -> Iterator[None]:
    """Lets files be upgraded without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ddblite.FormatUpgraded)
        yield
