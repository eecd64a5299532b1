"""What an operation may ask of the engine it runs on."""

from contextlib import AbstractContextManager
from typing import Protocol

from ddblite.engine.catalog import Catalog
from ddblite.engine.clock import Clock
from ddblite.engine.file.storage import Storage
from ddblite.engine.transaction import Transaction


class Context(Protocol):
    """The engine, as operations see it: the tables, the rows, the clock, and writing."""

    storage: Storage
    clock: Clock

    @property
    def catalog(self) -> Catalog:
        """The tables as this thread should see them."""
        ...

    def write(self) -> AbstractContextManager[Transaction]:
        """Gives a write transaction; inside another it is a savepoint of it."""
        ...
