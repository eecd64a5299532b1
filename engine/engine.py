"""The engine: one open database, and ``execute`` as its only way in.

Requests and answers are the records of ``schema.requests``. A read runs on one snapshot
and with the catalog of that snapshot: it is answered with the catalog at hand, and asked
again when another process turns out to have changed the catalog since. A write checks
the catalog inside its transaction.
"""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from ddblite.engine import catalog, operations
from ddblite.engine.catalog import Catalog
from ddblite.engine.clock import Clock, SystemClock
from ddblite.engine.control.table_delay import Pace
from ddblite.engine.effort import EFFORT, GivenUp, WouldWrite
from ddblite.engine.file.copies import take_over
from ddblite.engine.file.opening import encrypted_files, open_storage
from ddblite.engine.file.storage import Storage
from ddblite.engine.maintenance import backup, check, rekeying, scrub
from ddblite.engine.maintenance.check import Progress, unheard
from ddblite.engine.maintenance.rewriting import rewrite
from ddblite.engine.maintenance.scrub import SHARE, Wait
from ddblite.engine.maintenance.upgrading import Upgraded, open_newest
from ddblite.engine.transaction import Transaction
from ddblite.schema.errors import DdbError, InternalServerError, ValidationException
from ddblite.schema.request_kinds import Effect
from ddblite.schema.tables import TableSpec
from ddblite.schema.wording import reworded

Operation = Callable[["Engine", Any], Any]
Answer = TypeVar("Answer")

CATALOG_RETRIES_MAX: Final = 100


class Engine:
    """One open database."""

    def __init__(
        self,
        storage: Storage,
        picture: Catalog,
        *,
        wording: str,
        clock: Clock,
        pace: Pace | None = None,
        lenient: bool = False,
    ) -> None:
        self.storage = storage
        self.wording = wording
        self.lenient = lenient
        self.clock = clock
        self.pace = pace
        self.upgraded: Upgraded | None = None
        """What became of the file when it was opened, if it was of an earlier format."""
        self.shared_catalog = picture
        self.transaction: Transaction | None = None
        # The writer's own picture and the commit it was checked at: only touched under its lock.
        self.writer_catalog = self.shared_catalog
        self.writer_version = -1

    @classmethod
    def open(
        cls,
        path: str,
        *,
        mode: str = "create",
        wording: str = "current",
        durability: str = "power",
        clock: Clock | None = None,
        table_delay_s: float = 0,
        lenient: bool = False,
        key: str | bytes | None = None,
    ) -> Self:
        """Opens a database file, or a new one in memory for ``:memory:``."""
        pace = Pace(table_delay_s) if table_delay_s else None
        made = clock or SystemClock()
        storage, picture, upgraded = open_newest(
            path,
            mode=mode,
            durability=durability,
            reading=catalog.load,
            files=encrypted_files(key),
        )
        opened = cls(storage, picture, wording=wording, clock=made, pace=pace, lenient=lenient)
        opened.upgraded = upgraded
        return opened

    # asking

    def execute(self, request: Any, asked_as: str | None = None) -> Any:  # noqa: ANN401 - records
        """Carries out one request and returns its answer, or raises one of our errors.

        ``asked_as`` is the operation that words the errors, where that is not the request's own:
        a statement puts items without being a PutItem.
        """
        operation = operations.OPERATIONS[type(request)]
        is_read = request.kind.effect is Effect.READS
        if self.pace is not None and (shown := self.pace.before(request, self.clock.now_s())):
            return shown
        was_busy = self.storage.is_busy_here()
        try:
            answer = self.read(operation, request) if is_read else operation(self, request)
        except ValidationException as error:
            raise reworded(error, asked_as or type(request).__name__, self.wording) from None
        except (DdbError, GivenUp):
            raise
        except BaseException:
            if not was_busy:
                self.unwind()
            raise
        return answer if self.pace is None else self.pace.after(request, answer, self.clock.now_s())

    def guarded(self, work: Callable[[], Answer]) -> Answer:
        """Runs work of many requests; what an interruption leaves open of it is undone.

        The blocks in it cannot promise that by themselves: Ctrl-C may strike between the end of
        a block and its ``__exit__``. The work of one request is guarded by ``execute``.
        """
        was_busy = self.storage.is_busy_here()
        try:
            return work()
        except (DdbError, GivenUp):
            raise
        except BaseException:
            if not was_busy:
                self.unwind()
            raise

    def read(self, operation: Operation, request: Any) -> Any:  # noqa: ANN401
        """Runs a reading operation with a catalog that was true in its snapshot."""
        for _ in range(CATALOG_RETRIES_MAX):
            picture = self.catalog
            try:
                answer = operation(self, request)
            except DdbError:
                if self.has_newer_catalog(picture):
                    continue
                raise
            if self.is_confirmed(picture) or not self.has_newer_catalog(picture):
                return answer
        raise InternalServerError("tables are made and removed too quickly to read them")

    @property
    def catalog(self) -> Catalog:
        """The tables as this thread should see them; inside its own write, as they stand there."""
        transaction = self.transaction
        if transaction is not None and self.storage.writing_thread == threading.get_ident():
            return transaction.catalog
        return self.shared_catalog

    def table(self, name: str) -> TableSpec:
        """Returns the spec of a table, or raises ResourceNotFoundException."""
        return self.catalog.existing_table(name)

    def is_confirmed(self, picture: Catalog) -> bool:
        """Whether nobody has committed since this thread last found the picture to be true."""
        if self.storage.in_memory or self.storage.writing_thread == threading.get_ident():
            self.storage.reader()  # which refuses when the database is closed
            return True
        seen = getattr(self.storage.local, "seen", None)
        return seen == (self.storage.others_wrote(), picture.epoch)

    def has_newer_catalog(self, picture: Catalog) -> bool:
        """Whether the catalog has changed; if so it is loaded, and if not that is remembered."""
        if self.storage.writing_thread == threading.get_ident():
            return False
        if catalog.current_epoch(self.storage) == picture.epoch:
            self.storage.local.seen = (self.storage.others_wrote(), picture.epoch)
            return False
        self.share(catalog.load(self.storage))
        return True

    def share(self, picture: Catalog) -> None:
        """Shows a picture to all threads, unless one of them has loaded a newer one meanwhile."""
        if picture.epoch > self.shared_catalog.epoch:
            self.shared_catalog = picture

    # changing

    def write(self) -> "Writing":
        """Returns a block with a write transaction; inside another it is a savepoint of it."""
        effort = EFFORT.get()
        if effort is not None and not effort.may_write:
            raise WouldWrite
        return Writing(self)

    def checked_catalog(self) -> Catalog:
        """Returns the catalog as it stands in the write transaction that has just begun."""
        if self.storage.in_memory:
            return self.writer_catalog
        version = self.storage.others_wrote()
        if version != self.writer_version:
            if catalog.current_epoch(self.storage) != self.writer_catalog.epoch:
                self.writer_catalog = catalog.load(self.storage)
            self.writer_version = version
        return self.writer_catalog

    def adopt(self, outer: Transaction | None, changed: Catalog) -> None:
        """Takes over the catalog of a level that was committed."""
        if outer is not None:
            outer.catalog = changed
        else:
            self.writer_catalog = changed
            self.share(changed)

    def unwind(self) -> None:
        """Brings everything back to rest after an interruption; what it cut short is undone."""
        if self.storage.lock.is_owned():
            self.transaction = None
            # The catalog may have been committed without being adopted: it is looked at again.
            self.writer_version = -1
        self.storage.unwind()
        if self.storage.in_memory and self.storage.failure is None:
            with self.storage.lock:
                self.writer_catalog = self.shared_catalog = catalog.load(self.storage)

    # the file as a whole

    def check(self, progress: Progress = unheard) -> list[str]:
        """Returns everything that is wrong with the file; nothing when all is well."""
        return self.guarded(lambda: check.problems(self.storage, progress))

    def scrub(
        self,
        progress: Progress = unheard,
        *,
        share: float = SHARE,
        wait: Wait = time.sleep,
    ) -> list[str]:
        """Does check's work in small steps beside others; returns what is wrong."""
        return self.guarded(lambda: scrub.scrub(self.storage, progress, share=share, wait=wait))

    def rows_counted(self) -> int:
        """Returns how many rows of items and indexes there are, as they were counted."""
        return self.guarded(lambda: catalog.rows_counted(self.storage))

    def backup(self, path: str) -> None:
        """Writes a checked copy of the database, as of one moment, to a new file."""
        self.guarded(lambda: backup.back_up(self.storage, path, self.clock.new_id()))

    def rekey(self, key: str | bytes | None) -> None:
        """Gives the file another key, its first, or none."""
        files = encrypted_files(key)
        self.guarded(lambda: rekeying.rekey(self.storage, files, self.clock.new_id()))
        with self.storage.lock:
            self.writer_version = -1

    def copy(self, clock: Clock | None = None) -> Self:
        """Returns a new engine in memory with everything this one has, as of one moment."""
        pace = None if self.pace is None else Pace(self.pace.delay_s)
        storage, _ = open_storage(
            ":memory:", mode="create", durability="none", reading=catalog.load
        )
        try:
            is_old = self.storage.format_number != storage.format_number
            self.guarded(lambda: (rewrite if is_old else take_over)(self.storage, storage))
            return type(self)(
                storage,
                catalog.load(storage),
                wording=self.wording,
                clock=clock or self.clock,
                pace=pace,
                lenient=self.lenient,
            )
        except BaseException:
            storage.close()
            raise

    def close(self) -> list[str]:
        """Closes the database and returns warnings; closing twice is no error."""
        return self.guarded(self.storage.close)


class Writing:
    """One level of a write: committed at the end of the block, undone by an error.

    Outside of ``execute`` one is opened within ``guarded``, which undoes what Ctrl-C interrupts. A
    class and not a generator, for the reason that ``engine.file.units_of_work`` gives. The lock is
    held beyond the commit, until the next writer can see the new catalog.
    """

    __slots__ = ("engine", "outer", "picture", "transaction")
    outer: Transaction | None
    picture: Catalog
    transaction: Transaction

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __enter__(self) -> Transaction:
        engine = self.engine
        engine.storage.take()
        try:
            self.outer = engine.transaction
            if self.outer is not None:
                self.outer.flush_counts()  # before the savepoint, whose failure must not undo them
            engine.storage.begin()
        except BaseException:
            engine.storage.lock.release()
            raise
        try:
            self.picture = engine.checked_catalog() if self.outer is None else self.outer.catalog
            self.transaction = Transaction(engine.storage, self.picture, engine.clock)
            engine.transaction = self.transaction
        except BaseException:
            self.undo()
            raise
        return self.transaction

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            # Ctrl-C may have struck while a level within this one began or ended. How many there
            # are is known to nobody then: whoever guards the whole undoes the whole.
            if issubclass(kind, Exception):
                self.undo()
            return
        try:
            self.transaction.flush_counts()
        except BaseException:
            self.undo()
            raise
        engine = self.engine
        engine.transaction = self.outer
        try:
            engine.storage.commit()
            if self.transaction.catalog is not self.picture:
                engine.adopt(self.outer, self.transaction.catalog)
        finally:
            engine.storage.lock.release()

    def undo(self) -> None:
        """Rolls the level back and gives the writer back."""
        self.engine.transaction = self.outer
        try:
            self.engine.storage.rollback()
        finally:
            self.engine.storage.lock.release()
