"""A SQLite database in memory that lives for one question.

It shares nothing with the file of a database: its tables are copies, put in row by row, and
it ends with its ``with`` block. A statement of anybody's may run on it, so

* only reading is authorized, only its own tables and JSON's can be read, and only the
  functions of ``FUNCTIONS`` can be called;
* its tables have no more bytes than ``bytes_max``, an answer has no more, and sorting and
  grouping use no more than as much again;
* Python gets a turn every few thousand steps, so that a statement that does not end by itself
  is ended by Ctrl-C, or when whoever asked in another thread says that it is given up.

Columns have no declared type: a value stays of the type it is put in with.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self

import apsw

from ddblite.engine.file.connections import CONFIGURATION
from ddblite.engine.file.faults import translated
from ddblite.schema.errors import ValidationException

PAGE_BYTES: Final = 8192
STEPS_BETWEEN: Final = 10_000
"""Steps of SQLite's machine between two looks at memory and signals: about a millisecond."""

COLUMNS_MAX: Final = 2000
VALUE_BYTES_MAX: Final = 64 * 1024 * 1024
ROW_BYTES: Final = 64
"""What a row of an answer counts for beside its texts and byte strings."""

ROW_NUMBERS: Final = frozenset({"_rowid_", "oid", "rowid"})
BEFORE: Final = "a table's former self"
"""A name that no table of a file can have."""

LIMITS: Final = (
    (apsw.SQLITE_LIMIT_ATTACHED, 0),
    (apsw.SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX),
    (apsw.SQLITE_LIMIT_SQL_LENGTH, 256 * 1024),  # also what makes a table of many columns
    (apsw.SQLITE_LIMIT_COLUMN, COLUMNS_MAX),
    (apsw.SQLITE_LIMIT_EXPR_DEPTH, 250),
    (apsw.SQLITE_LIMIT_COMPOUND_SELECT, 100),
    (apsw.SQLITE_LIMIT_VARIABLE_NUMBER, 1000),
    (apsw.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000),
    (apsw.SQLITE_LIMIT_TRIGGER_DEPTH, 1),
    (apsw.SQLITE_LIMIT_WORKER_THREADS, 0),
)

FUNCTIONS: Final = frozenset(
    [
        # aggregates and windows
        "avg", "count", "group_concat", "json_group_array", "json_group_object", "max", "median",
        "min", "percentile", "percentile_cont", "percentile_disc", "string_agg", "sum", "total",
        "cume_dist", "dense_rank", "first_value", "lag", "last_value", "lead", "nth_value",
        "ntile", "percent_rank", "rank", "row_number",
        # values, text and bytes
        "char", "coalesce", "concat", "concat_ws", "format", "glob", "hex", "if", "ifnull", "iif",
        "instr", "length", "like", "likelihood", "likely", "lower", "ltrim", "nullif",
        "octet_length", "printf", "quote", "replace", "rtrim", "substr", "substring", "trim",
        "typeof", "unhex", "unicode", "unistr", "unlikely", "upper",
        # numbers
        "abs", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceil", "ceiling",
        "cos", "cosh", "degrees", "exp", "floor", "ln", "log", "log10", "log2", "mod", "pi",
        "pow", "power", "radians", "random", "round", "sign", "sin", "sinh", "sqrt", "tan",
        "tanh", "trunc",
        # dates
        "current_date", "current_time", "current_timestamp", "date", "datetime", "julianday",
        "strftime", "time", "timediff", "unixepoch",
        # documents
        "->", "->>", "json", "json_array", "json_array_insert", "json_array_length",
        "json_error_position", "json_extract", "json_insert", "json_object", "json_patch",
        "json_pretty", "json_quote", "json_remove", "json_replace", "json_set", "json_type",
        "json_valid",
    ]
)  # fmt: skip
"""Functions of SQLite that compute, and nothing else."""

READABLE: Final = frozenset({"json_each", "json_tree"})
"""What is like a table and belongs to SQLite itself."""


class ScratchFault(ValidationException):
    """SQLite cannot carry out a statement. ``offset`` is the byte of the text it is about."""

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.offset = offset


ScratchFault.code = "ValidationException"


def quoted(name: str) -> str:
    """Returns a name as an identifier, whatever is in it, or raises for what SQL cannot name."""
    if "\0" in name:
        raise ScratchFault(f"SQL cannot name {name!r}, which has a zero character in it")
    return '"' + name.replace('"', '""') + '"'


def never() -> bool:
    """Returns False: nobody gives up."""
    return False


class Scratch:
    """The database, for a ``with``. Used by one thread; ``is_given_up`` may look at another."""

    def __init__(self, bytes_max: int, is_given_up: Callable[[], bool] = never) -> None:
        self.bytes_max = bytes_max
        self.is_given_up = is_given_up
        self.denied = ""
        self.is_full = False
        self.bytes_before = apsw.memory_used()
        self.connection = apsw.Connection(":memory:")

    def __enter__(self) -> Self:
        connection = self.connection
        for option, setting in CONFIGURATION:
            connection.config(option, setting)
        for limit, most in LIMITS:
            connection.limit(limit, most)
        pages = max(2, self.bytes_max // PAGE_BYTES)
        connection.execute(
            f"PRAGMA page_size = {PAGE_BYTES}; PRAGMA max_page_count = {pages};"
            "PRAGMA temp_store = MEMORY; PRAGMA journal_mode = OFF; BEGIN"
        ).fetchall()
        connection.set_progress_handler(self.must_end, STEPS_BETWEEN)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.connection.close(force=True)

    def must_end(self) -> bool:
        """Whether a statement is not to go on."""
        return self.has_grown() or self.is_given_up()

    def has_grown(self) -> bool:
        """Whether sorting or grouping takes too much; being asked also lets a signal through."""
        self.is_full = apsw.memory_used() - self.bytes_before > 2 * self.bytes_max
        return self.is_full

    # tables

    def create(self, table: str, columns: Sequence[str]) -> None:
        """Makes a table of at least one column."""
        self.run(f"CREATE TABLE {quoted(table)} ({', '.join(map(quoted, columns))})")

    def add_column(self, table: str, before: Sequence[str], column: str) -> None:
        """Adds a column to those before, which is NULL in the rows that are there."""
        if column.lower() not in ROW_NUMBERS:
            self.run(f"ALTER TABLE {quoted(table)} ADD COLUMN {quoted(column)}")
            return
        # SQLite's own names of the row's number can be a table's from the start only.
        names = ", ".join(map(quoted, before))
        self.run(f"ALTER TABLE {quoted(table)} RENAME TO {quoted(BEFORE)}")
        self.create(table, [*before, column])
        self.run(f"INSERT INTO {quoted(table)} SELECT {names}, NULL FROM {quoted(BEFORE)}")  # noqa: S608
        self.run(f"DROP TABLE {quoted(BEFORE)}")

    def insert(self, table: str, width: int, rows: Iterable[Sequence[Any]]) -> None:
        """Puts rows into a table, each with as many values as the table has columns."""
        statement = f"INSERT INTO {quoted(table)} VALUES ({', '.join('?' * width)})"  # noqa: S608
        try:
            self.connection.executemany(statement, rows)
        except apsw.Error as fault:
            raise self.refusal(fault) from fault

    def run(self, statement: str) -> None:
        """Carries out one statement of our own."""
        try:
            self.connection.execute(statement)
        except apsw.Error as fault:
            raise self.refusal(fault) from fault

    def bytes_used(self) -> int:
        """Returns how large the tables are."""
        pages: int = self.connection.pragma("page_count")
        return pages * PAGE_BYTES

    # asking

    def seal(self) -> None:
        """Ends the making of tables; from here on nothing but reading is possible."""
        self.connection.authorizer = self.allows

    def allows(
        self,
        action: int,
        first: str | None,
        second: str | None,
        _database: str | None,
        _by: str | None,
    ) -> int:
        """Tells SQLite what a statement may do, as it is prepared."""
        if action in {apsw.SQLITE_SELECT, apsw.SQLITE_RECURSIVE}:
            return apsw.SQLITE_OK
        if action == apsw.SQLITE_READ and not str(first).lower().startswith("sqlite_"):
            return apsw.SQLITE_OK
        if action == apsw.SQLITE_FUNCTION and str(second).lower() in FUNCTIONS:
            return apsw.SQLITE_OK
        self.denied = str(second if action == apsw.SQLITE_FUNCTION else first)
        return apsw.SQLITE_DENY

    def check_grammar(self, statement: str) -> None:
        """Raises when SQLite's grammar does not have a statement, whatever its names mean."""
        try:
            self.connection.execute(statement, explain=1)
        except apsw.SQLError as fault:
            if any(one in str(fault) for one in GRAMMAR_FAULTS):
                raise self.refusal(fault) from fault
        except apsw.Error as fault:
            if not isinstance(fault, apsw.BindingsError):
                raise self.refusal(fault) from fault

    def steps(self, statement: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[str]:
        """Returns how SQLite would go about a statement, a line per step, deeper ones indented."""
        depths = {0: 0}
        lines = []
        try:
            cursor = self.connection.cursor()
            for number, parent, _, text in cursor.execute(statement, parameters, explain=2):
                depths[number] = depths.get(parent, 0) + 1
                lines.append("  " * (depths[number] - 1) + str(text))
        except (apsw.Error, KeyError) as fault:
            raise self.refusal(fault) from fault
        return lines

    def ask(
        self, statement: str, parameters: Sequence[Any] | Mapping[str, Any]
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Returns a statement's columns and all its rows."""
        columns: list[str] = []

        def note_columns(cursor: apsw.Cursor, _statement: str, _bindings: object) -> bool:
            # Before the first step: behind the last row SQLite does not say them any more.
            columns.extend(name for name, *_ in cursor.get_description())
            return True

        cursor = self.connection.cursor()
        cursor.exec_trace = note_columns
        try:
            rows = list(self.bounded(cursor.execute(statement, parameters)))
        except (apsw.Error, KeyError) as fault:
            raise self.refusal(fault) from fault
        finally:
            cursor.close(force=True)
        return columns, rows

    def bounded(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """Gives rows as long as they are no larger than the limit, together."""
        left = self.bytes_max
        for row in rows:
            left -= ROW_BYTES + sum(len(one) for one in row if isinstance(one, str | bytes))
            if left < 0:
                raise ScratchFault(f"The answer has more than {self.bytes_max:,} bytes; {ADVICE}")
            yield row

    def refusal(self, fault: apsw.Error | KeyError) -> Exception:
        """Returns our error for a fault of SQLite's, or for a parameter that was not given."""
        if isinstance(fault, KeyError):
            return ScratchFault(f"No value was given for :{fault.args[0]}")
        if self.denied:
            denied, self.denied = self.denied, ""
            return ScratchFault(f"{denied} cannot be used here", offset_of(fault))
        if isinstance(fault, apsw.FullError | apsw.NoMemError) or self.is_full:
            return ScratchFault(f"This takes more than {self.bytes_max:,} bytes; {ADVICE}")
        if isinstance(fault, REFUSALS):
            return ScratchFault(f"SQLite: {fault}", offset_of(fault))
        return translated(fault)


ADVICE: Final = (
    "name fewer columns, ask for fewer items by their keys, or let it have more with max_bytes"
)

GRAMMAR_FAULTS: Final = ("syntax error", "unrecognized token", "incomplete input", "too large")

REFUSALS: Final = (
    apsw.SQLError,
    apsw.BindingsError,
    apsw.MismatchError,
    apsw.RangeError,
    apsw.TooBigError,
    apsw.AuthError,
    apsw.ConstraintError,
)
"""What is the statement's doing, and not the machine's."""


def offset_of(fault: apsw.Error) -> int | None:
    """Returns the byte that a fault is about, or None when it is about no place."""
    offset = getattr(fault, "error_offset", -1)
    return None if offset < 0 else offset
