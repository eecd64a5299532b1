"""``Database``: one open file, in Python values."""

import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, Unpack, overload

from ddblite.api.python import past, transactions
from ddblite.api.python.new_tables import (
    GlobalIndex,
    KeyGiven,
    LocalIndex,
    TableOptions,
    create_table_request,
)
from ddblite.api.python.options import LongNumbers
from ddblite.api.python.past import Moment, TableBackup
from ddblite.api.python.plain_values import plain_text
from ddblite.api.python.result import Result
from ddblite.api.python.sweeping import Sweeper, sweep
from ddblite.api.python.table import Table
from ddblite.api.python.transactions import Action, Get
from ddblite.engine.clock import Clock
from ddblite.engine.engine import Engine
from ddblite.engine.maintenance.check import unheard
from ddblite.schema import control_requests
from ddblite.schema.names import table_named

if TYPE_CHECKING:
    from pydantic import BaseModel

    from ddblite.api.python.analysis import Analysis
    from ddblite.api.python.typed_table import TypedTable
    from ddblite.api.sql.result import SqlPlan, SqlResult
    from ddblite.partiql.explanations.explanation import Explanation

Model = TypeVar("Model", bound="BaseModel")

logger: Final = logging.getLogger("ddblite")

SQL_BYTES_MAX: Final = 1024 * 1024 * 1024
"""What ``Database.sql`` may copy, and answer with, unless its caller says otherwise."""


TABLE_NAME: Final = "A table's name"


class Database:
    """An open database. Usable from many threads at once; close it, or use ``with``."""

    def __init__(self, engine: Engine, *, sweeps: bool = False) -> None:
        self.engine = engine
        self._sweeper = Sweeper(engine) if sweeps and engine.storage.mode != "read" else None
        if self._sweeper is not None:
            self._sweeper.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Database {self.engine.storage.path}>"

    @overload
    def create_table(
        self, name: str, *, model: None = None, **options: Unpack[TableOptions]
    ) -> Table: ...

    @overload
    def create_table(
        self, name: type[Model], *, model: None = None, **options: Unpack[TableOptions]
    ) -> "TypedTable[Model]": ...

    @overload
    def create_table(
        self, name: str, *, model: type[Model], **options: Unpack[TableOptions]
    ) -> "TypedTable[Model]": ...

    def create_table(
        self,
        name: str | type[Model],
        *,
        partition_key: KeyGiven,
        sort_key: KeyGiven | None = None,
        indexes: Sequence[GlobalIndex | LocalIndex] = (),
        model: type[Model] | None = None,
    ) -> "Table | TypedTable[Model]":
        """Makes a table, billed per request, and returns it.

        Keys are strings by default, ``("year", "N")`` for other types. With a ``model``, a class
        of pydantic's, the table takes and gives its objects, and keys are of the types that it has
        for them; given in the place of the name, it names the table too. Everything else that
        CreateTable can do is there through ``call``.
        """
        if isinstance(name, type):
            model, name = name, name.__name__
        name = plain_text(TABLE_NAME, name)
        if model is not None:
            from ddblite.api.python.typed_table import typed_index, typed_key

            partition_key = typed_key(model, partition_key)
            sort_key = None if sort_key is None else typed_key(model, sort_key)
            indexes = [typed_index(model, index) for index in indexes]
        self.call("CreateTable", create_table_request(name, partition_key, sort_key, indexes))
        return self._table(name, model)

    @overload
    def table(self, name: str, *, model: None = None) -> Table: ...

    @overload
    def table(self, name: str, *, model: type[Model]) -> "TypedTable[Model]": ...

    def table(self, name: str, *, model: type[Model] | None = None) -> "Table | TypedTable[Model]":
        """Returns a table by its name or ARN, or raises ResourceNotFoundException.

        With a ``model``, a class of pydantic's, it takes and gives objects of that.
        """
        name = plain_text(TABLE_NAME, name)
        named = table_named(name) or name
        self.engine.execute(control_requests.DescribeTable(table_name=named))
        return self._table(named, model)

    def _table(self, name: str, model: type[Model] | None) -> "Table | TypedTable[Model]":
        """Returns a table that is there."""
        table = Table(self.engine, name)
        if model is None:
            return table
        from ddblite.api.python.typed_table import TypedTable

        return TypedTable(table, model)

    def tables(self) -> list[str]:
        """Returns the names of all tables, in byte order."""
        answer: control_requests.ListTablesAnswer = self.engine.execute(
            control_requests.ListTables(limit=sys.maxsize)
        )
        return answer.names

    def delete_table(self, name: str) -> None:
        """Removes a table with all its items, or raises ResourceNotFoundException."""
        name = plain_text(TABLE_NAME, name)
        self.engine.execute(control_requests.DeleteTable(table_name=table_named(name) or name))

    def transact_write(self, actions: Sequence[Action], *, token: str | None = None) -> None:
        """Carries out up to 100 actions on as many items, all of them or none.

        An action is a ``Put``, ``Update``, ``Delete`` or ``Check``, of any tables. Raises
        TransactionCanceledException when one cannot be carried out: its ``reasons`` have an
        entry per action, with the item as it was where a condition did not hold. The same
        ``token`` with the same actions within ten minutes is carried out once.

            db.transact_write([
                Update("accounts", "a", "SET euro = euro - :n", values={":n": 5},
                       condition="euro >= :n"),
                Update("accounts", "b", "SET euro = euro + :n", values={":n": 5}),
            ])
        """
        transactions.transact_write(self.engine, actions, token)

    def transact_get(self, gets: Sequence[Get]) -> list[dict[str, Any] | None]:
        """Returns up to 100 items as of one moment, None where there is none.

        A ``Get`` names a table and a key: ``db.transact_get([Get("accounts", "a")])``.
        """
        return transactions.transact_get(self.engine, gets)

    def execute(
        self,
        statement: str,
        parameters: Sequence[Any] = (),
        *,
        limit: int | None = None,
        page_limit: int | None = None,
        after: Any = None,  # noqa: ANN401 - the cursor of an earlier result
        consistent: bool = False,
    ) -> Result:
        """Runs one PartiQL statement; a write runs at once, a SELECT as its result is read."""
        return self.run_statement(
            self.engine,
            statement,
            parameters,
            limit=limit,
            page_limit=page_limit,
            after=after,
            consistent=consistent,
        )

    def explain(
        self,
        statement: str,
        parameters: Sequence[Any] = (),
        *,
        consistent: bool = False,
    ) -> "Explanation":
        """Returns what a PartiQL statement would do, without doing it or reading an item.

        Its ``text`` is for people, ``as_json()`` for programs: the reads or the write that the
        statement comes down to, the same as requests of the API, bounds of what it costs, and
        for a Scan what kept it from being a Query.
        """
        from ddblite.api.python import statements

        return statements.explain(self.engine, statement, parameters, consistent=consistent)

    def analyze(
        self,
        statement: str,
        parameters: Sequence[Any] = (),
        *,
        consistent: bool = False,
    ) -> "Analysis":
        """Runs a PartiQL statement to its end, writes too, and returns what it took.

        Items read and returned, units per table and index, pages, and time; the items are
        dropped. ``price(prices)`` is what it costs on demand.
        """
        from ddblite.api.python import analysis

        return analysis.analyze(self.engine, statement, parameters, consistent=consistent)

    def sql(
        self,
        statement: str,
        parameters: Sequence[Any] | Mapping[str, Any] = (),
        *,
        long_numbers: LongNumbers = "refuse",
        max_bytes: int = SQL_BYTES_MAX,
    ) -> "SqlResult":
        """Answers one SELECT of SQLite's SQL over the tables of the file, all as of one moment.

        Missing attributes and NULL are both NULL, BOOL is 1 or 0, lists, maps and sets are JSON
        text. A number of more than 15 digits is refused, or with ``long_numbers="text"`` taken as
        text. What is read is copied into memory, ``max_bytes`` at most. docs/sql.md has the rest.
        """
        from ddblite.api.sql import bridge

        return bridge.sql(
            self.engine, statement, parameters, long_numbers=long_numbers, max_bytes=max_bytes
        )

    def explain_sql(
        self,
        statement: str,
        parameters: Sequence[Any] | Mapping[str, Any] = (),
        *,
        long_numbers: LongNumbers = "refuse",
    ) -> "SqlPlan":
        """Returns what ``sql`` would read and what SQLite would do then; reads no item."""
        from ddblite.api.sql import bridge

        return bridge.explain_sql(self.engine, statement, parameters, long_numbers=long_numbers)

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Carries out any operation in the wire's shapes: ``call("PutItem", {...})``.

        Takes and gives exactly the wire's JSON as Python dicts; B as base64 text (bytes are
        accepted too), timestamps as numbers.
        """
        from ddblite.api.wire.dispatch import dispatch

        return dispatch(self.engine, operation, dict(request))

    @cached_property
    def run_statement(self) -> Callable[..., Result]:
        """What ``execute`` calls: imported once, when the first statement is run."""
        from ddblite.api.python import statements

        return statements.execute

    def boto3_client(self, service_name: str = "dynamodb", **options: Any) -> Any:  # noqa: ANN401
        """Returns boto3's client of this database; it needs no socket, region or credentials.

        ``service_name`` may also be ``"dynamodbstreams"``; options are those of boto3. Close
        the database, not the client. Raises ImportError when boto3 is not installed.
        """
        from ddblite.api.clients import botocore

        return botocore.client(self.engine, service_name, options)

    def boto3_resource(self, **options: Any) -> Any:  # noqa: ANN401 - boto3 makes it at run time
        """Returns boto3's service resource of this database: ``.Table("orders")`` and so on."""
        from ddblite.api.clients import botocore

        return botocore.resource(self.engine, options)

    def boto3_session(self, **options: Any) -> Any:  # noqa: ANN401 - boto3 carries no types
        """Returns a boto3 session whose DynamoDB is this database.

        It makes clients and resources of all other services as always, from the machine's
        own settings or the ``options``.
        """
        from ddblite.api.clients import botocore

        return botocore.Session(self.engine, **options)

    def aioboto3_session(self, **options: Any) -> Any:  # noqa: ANN401 - aioboto3 carries no types
        """Returns an aioboto3 session whose DynamoDB is this database, for an event loop.

        Reads are carried out on the loop, writes in a thread of its. Raises ImportError when
        aioboto3 is not installed.
        """
        from ddblite.api.clients import aiobotocore

        return aiobotocore.aioboto3_session(self.aiobotocore_session(), options)

    def aiobotocore_session(self) -> Any:  # noqa: ANN401 - aiobotocore carries no types
        """Returns an aiobotocore session whose DynamoDB is this database, as above."""
        from ddblite.api.clients import aiobotocore

        return aiobotocore.Session(aiobotocore.AsyncTransport(self.engine))

    def check(self, progress: Callable[[int], None] | None = None) -> list[str]:
        """Returns a sentence for each thing wrong with the file; nothing when it is whole.

        ``progress`` is told, now and then, how many rows were proven since: an item is one, and
        so is its entry in each index.
        """
        return self.engine.check(progress or unheard)

    def scrub(
        self, progress: Callable[[int], None] | None = None, *, share: float = 0.25
    ) -> list[str]:
        """Does check's work in small steps, beside whoever uses the file; returns what is wrong.

        It works for a ``share`` of the time, and holds nothing while it waits. Counters are proven
        where nobody writes meanwhile. ``progress`` is told as ``check``'s is.
        """
        return self.engine.scrub(progress or unheard, share=share)

    def backup(self, path: str | os.PathLike[str]) -> None:
        """Writes a checked copy, as of one moment, to a file that must not exist yet."""
        self.engine.backup(os.fspath(path))

    def rekey(self, key: str | bytes | None) -> None:
        """Gives the file another key, its first, or none; nobody else may have it open.

        The file is built anew beside the old one, which is whole until the new one is, and needs
        as much room again. Raises Busy where another process has it open.
        """
        self.engine.rekey(key)

    def compact(self) -> None:
        """Gives the room back that the file does not need; as ``rekey``, without another key."""
        self.engine.compact()

    def copy(self, *, clock: Clock | None = None) -> "Database":
        """Returns a new database in memory with everything this one has, as of one moment.

        Neither sees what happens in the other afterwards. It takes well under a millisecond
        where there are some hundred items, so that every test can have one.
        """
        return Database(self.engine.copy(clock))

    def backups(self, table: str | None = None) -> list[TableBackup]:
        """Returns the backups of one table or of all, the oldest first."""
        return past.backups(self.engine, table)

    def restore_table(
        self, name: str, source: str | TableBackup | None = None, *, at: Moment | None = None
    ) -> Table:
        """Makes a table of a backup, or of what a table with recovery had at a moment, or has now.

        ``source`` is a backup or its ARN, or that table's name; ``at`` has a time zone.
        """
        past.restore(self.engine, name, source, at)
        return Table(self.engine, name)

    def at(self, moment: Moment) -> "Database":
        """Returns a new database in memory: the tables with recovery, as they were at a moment."""
        return Database(past.as_of(self.engine, moment))

    def sweep(self) -> int:
        """Removes the items that have expired by time to live, and returns how many those were.

        What the change log need not remember any more goes as well. The removals are told by
        streams as those of the service.
        """
        return sweep(self.engine)

    def close(self) -> None:
        """Closes the database and leaves one file; closing twice is no error.

        Where a fault below keeps it from doing so, nothing is lost, and the log "ddblite" of
        Python's ``logging`` says what was left.
        """
        if self._sweeper is not None:
            self._sweeper.end()
        for warning in self.engine.close():
            logger.warning("%s", warning)
