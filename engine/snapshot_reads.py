"""Many reads of one moment: a snapshot, and the catalog as it was then.

``Engine.execute`` answers each request by itself, with the newest catalog. Here requests are
answered one after another from one snapshot, whatever others write meanwhile; so the catalog
is the snapshot's, too. In memory, where there is one connection, others wait.
"""

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

from ddblite.engine import catalog, operations
from ddblite.engine.catalog import Catalog
from ddblite.engine.engine import Engine
from ddblite.engine.transaction import Transaction
from ddblite.schema.errors import InternalServerError


class SnapshotReads:
    """One moment of a database, for a ``with``. Inside a write of this thread, it is that one's.

    It is the context that operations run in. Whoever opens one does so in ``Engine.guarded``.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.storage = engine.storage
        self.clock = engine.clock
        self.catalog = Catalog(0, 0, {})
        self.snapshot = engine.storage.snapshot()

    def __enter__(self) -> Self:
        self.snapshot.__enter__()
        try:
            self.catalog = self.catalog_then()
        except BaseException:
            self.snapshot.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.snapshot.__exit__(kind, error, traceback)

    def catalog_then(self) -> Catalog:
        """Returns the catalog of the snapshot."""
        picture = self.engine.catalog
        is_own = self.storage.is_writing_here()
        if is_own or catalog.current_epoch(self.storage) == picture.epoch:
            return picture
        return catalog.load(self.storage)

    def execute(self, request: Any) -> Any:  # noqa: ANN401 - records
        """Answers one request that only reads."""
        operation = operations.OPERATIONS[type(request)]
        assert request.kind.reads, "nothing is written at a moment that is past"
        return operation(self, request)

    def write(self) -> AbstractContextManager[Transaction]:
        """Raises: a moment that is past cannot be changed."""
        raise InternalServerError("a read was about to write")
