"""The engine: one open database, and ``execute`` as its only way in.

Requests and answers are the records of ``schema.requests``. A read runs on one snapshot
and with the catalog of that snapshot: it is answered with the catalog at hand, and asked
again when another process turns out to have changed the catalog since. A write checks
the catalog inside its transaction.
"""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from ddblite.engine import catalog, operations
from ddblite.engine.actors import USER, Actor
from ddblite.engine.catalog import Catalog
from ddblite.engine.catalog_cache import CatalogCache
from ddblite.engine.clock import Clock, SystemClock
from ddblite.engine.control.table_delay import TableDelay
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
from ddblite.schema.tables import TableSpec
from ddblite.schema.wording import reworded

Operation = Callable[[Any, Any], Any]
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
        table_delay: TableDelay | None = None,
        lenient: bool = False,
    ) -> None:
        self.storage = storage
        self.wording = wording
        self.lenient = lenient
        self.clock = clock
        self.table_delay = table_delay
        self.upgraded: Upgraded | None = None
        """What became of the file when it was opened, if it was of an earlier format."""
        self.catalogs = CatalogCache(storage, picture)
        self.transaction: Transaction | None = None

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
        table_delay = TableDelay(table_delay_s) if table_delay_s else None
        made = clock or SystemClock()
        storage, picture, upgraded = open_newest(
            path,
            mode=mode,
            durability=durability,
            reading=catalog.load,
            files=encrypted_files(key),
        )
        opened = cls(
            storage, picture, wording=wording, clock=made, table_delay=table_delay, lenient=lenient
        )
        opened.upgraded = upgraded
        return opened

    # asking

    def execute(
        self,
        request: Any,  # noqa: ANN401 - records
        asked_as: str | None = None,
        actor: Actor = USER,
    ) -> Any:  # noqa: ANN401 - records
        """Carries out one request and returns its answer, or raises one of our errors.

        ``asked_as`` is the operation that words the errors, where that is not the request's own:
        a statement puts items without being a PutItem. ``actor`` is who asks.
        """
        operation = operations.OPERATIONS[type(request)]
        if self.table_delay is not None and (
            shown := self.table_delay.before(request, self.clock.now_s())
        ):
            return shown
        was_busy = self.storage.is_busy_here()
        try:
            if request.kind.reads:
                answer = self.read(operation, request)
            else:
                answer = operation(self if actor is USER else OnBehalf(self, actor), request)
        except ValidationException as error:
            raise reworded(error, asked_as or type(request).__name__, self.wording) from None
        except (DdbError, GivenUp):
            raise
        except BaseException:
            if not was_busy:
                self.unwind()
            raise
        return (
            answer
            if self.table_delay is None
            else self.table_delay.after(request, answer, self.clock.now_s())
        )

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
                if self.catalogs.has_newer(picture):
                    continue
                raise
            if self.storage.is_confirmed(picture.epoch) or not self.catalogs.has_newer(picture):
                return answer
        raise InternalServerError("tables are made and removed too quickly to read them")

    @property
    def catalog(self) -> Catalog:
        """The tables as this thread should see them; inside its own write, as they stand there."""
        transaction = self.transaction
        if transaction is not None and self.storage.is_writing_here():
            return transaction.catalog
        return self.catalogs.shared

    def table(self, name: str) -> TableSpec:
        """Returns the spec of a table, or raises ResourceNotFoundException."""
        return self.catalog.existing_table(name)

    # changing

    def write(self, actor: Actor = USER) -> "Writing":
        """Returns a block with a write transaction; inside another it is a savepoint of it."""
        effort = EFFORT.get()
        if effort is not None and not effort.may_write:
            raise WouldWrite
        return Writing(self, actor)

    def unwind(self) -> None:
        """Brings everything back to rest after an interruption; what it cut short is undone."""
        if self.storage.has_writer_here():
            self.transaction = None
            # The catalog may have been committed without being adopted: it is looked at again.
            self.catalogs.doubt()
        self.storage.unwind()
        if self.storage.in_memory and self.storage.is_open():
            with self.storage.alone():
                self.catalogs.load_anew()

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
        with self.storage.alone():
            self.catalogs.doubt()

    def compact(self) -> None:
        """Gives the room back that the file does not need any more."""
        self.guarded(lambda: rekeying.compact(self.storage, self.clock.new_id()))
        with self.storage.alone():
            self.catalogs.doubt()

    def copy(self, clock: Clock | None = None) -> Self:
        """Returns a new engine in memory with everything this one has, as of one moment."""
        table_delay = None if self.table_delay is None else TableDelay(self.table_delay.delay_s)
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
                table_delay=table_delay,
                lenient=self.lenient,
            )
        except BaseException:
            storage.close()
            raise

    def close(self) -> list[str]:
        """Closes the database and returns warnings; closing twice is no error."""
        return self.guarded(self.storage.close)


class OnBehalf:
    """The engine for one who asks and is no user: what it writes is written in that name."""

    def __init__(self, engine: Engine, actor: Actor) -> None:
        self.engine = engine
        self.actor = actor
        self.storage = engine.storage
        self.clock = engine.clock

    @property
    def catalog(self) -> Catalog:
        """The tables as this thread should see them."""
        return self.engine.catalog

    def write(self) -> "Writing":
        """Returns a block with a write transaction of the one who asks."""
        return self.engine.write(self.actor)


class Writing:
    """One level of a write: committed at the end of the block, undone by an error.

    What is held when, from the top to the bottom, for a write and a second level inside of it::

        object             has                           from ... to
        ----------------   ---------------------------   ----------------------------------------
        Storage.lock       the one writer of a file;     take ............................ give_back
                           in memory, readers too            (beyond the commit, until the next
                                                              writer can see the new catalog)
          the file's lock  other processes               begin (BEGIN IMMEDIATE) .. commit
            Transaction    the level's catalog, its      __enter__ ................ __exit__
                           counters, and who asks
              savepoint    what an error undoes alone    begin (SAVEPOINT) ... commit (RELEASE)
              Transaction  the inner level's catalog;    __enter__ ........... __exit__, where the
                           the outer one's counters                            catalog moves out
                           are flushed before it

    ``Engine.transaction`` is the innermost one, and ``Storage.writing_thread`` the thread whose it
    is: that thread reads through the writer, all others see the file as it was. At the end of the
    outermost level ``CatalogCache`` takes over a catalog that was changed. Readers take no lock of
    ours; a snapshot is SQLite's.

    Outside of ``execute`` a level is opened within ``guarded``, which undoes what Ctrl-C
    interrupts. A class and not a generator, for the reason that ``engine.file.units_of_work``
    gives.
    """

    __slots__ = ("actor", "engine", "outer", "picture", "transaction")
    outer: Transaction | None
    picture: Catalog
    transaction: Transaction

    def __init__(self, engine: Engine, actor: Actor = USER) -> None:
        self.engine = engine
        self.actor = actor

    def __enter__(self) -> Transaction:
        engine = self.engine
        engine.storage.take()
        try:
            self.outer = engine.transaction
            if self.outer is not None:
                self.outer.flush_counts()  # before the savepoint, whose failure must not undo them
            engine.storage.begin()
        except BaseException:
            engine.storage.give_back()
            raise
        try:
            self.picture = engine.catalogs.of_writer() if self.outer is None else self.outer.catalog
            self.transaction = Transaction(engine.storage, self.picture, engine.clock, self.actor)
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
            changed = self.transaction.catalog
            if changed is not self.picture:
                if self.outer is None:
                    engine.catalogs.adopt(changed)
                else:
                    self.outer.catalog = changed
        finally:
            engine.storage.give_back()

    def undo(self) -> None:
        """Rolls the level back and gives the writer back."""
        self.engine.transaction = self.outer
        try:
            self.engine.storage.rollback()
        finally:
            self.engine.storage.give_back()
