"""Answering a statement: parse it, copy what it is about, let SQLite answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, Final

from ddblite.api.python.plain_values import elements_of, entries_of, plain, plain_name, plain_text
from ddblite.api.sql.loading import Copy, load
from ddblite.api.sql.pushdown import Access, access_to
from ddblite.api.sql.result import Loaded, SqlPlan, SqlResult, TablePlan
from ddblite.api.sql.sources import Wanted, folded, wanted_of
from ddblite.api.sql.statement import Parsed, parse
from ddblite.api.sql.values import Converter, LongNumberError, SqlValue, given
from ddblite.engine import catalog
from ddblite.engine.capacity import read_units
from ddblite.engine.engine import Engine
from ddblite.engine.file.scratch import Scratch, ScratchFault, never
from ddblite.engine.snapshot_reads import SnapshotReads
from ddblite.partiql.syntax.faults import Span, StatementError
from ddblite.schema.errors import (
    ResourceNotFoundException,
    UnsupportedType,
    ValidationException,
)
from ddblite.schema.tables import TableSpec
from ddblite.schema.values import Value

BYTES_MIN: Final = 64 * 1024
PLAN_BYTES: Final = 64 * 1024 * 1024
"""More than the empty tables of any plan take."""

NAMES_TOLD_MAX: Final = 5

Parameters = Sequence[Any] | Mapping[str, Any]


class Question:
    """A statement with its values, ready to be answered."""

    def __init__(
        self, text: object, parameters: object, *, long_numbers: str, max_bytes: int
    ) -> None:
        if type(max_bytes) is not int or max_bytes < 1:
            raise ValueError("max_bytes is a number of bytes, at least 1")
        self.text = plain_text("statement", text)
        self.converter = Converter(long_numbers)
        self.bytes_max = max(max_bytes, BYTES_MIN)
        self.parsed = parse(self.text)
        self.values = values_of(self.parsed, parameters)
        self.wanted = wanted_of(self.parsed)

    def bound(self) -> list[SqlValue] | dict[str, SqlValue]:
        """Returns the parameters as SQLite takes them."""
        try:
            bound = {name: self.converter.value(one) for name, one in self.values.items()}
        except LongNumberError as fault:
            raise ValidationException(
                f"The parameter {fault} has more than 15 digits; long_numbers='text' compares"
                " longer numbers as text"
            ) from fault
        return list(bound.values()) if self.parsed.marks else bound

    def tables(self, snapshot: SnapshotReads) -> list[tuple[Wanted, TableSpec, Access]]:
        """Returns each table with what is wanted of it and how that is read."""
        found = []
        by_folded: dict[str, str] = {}
        for name, wanted in self.wanted.items():
            other = by_folded.setdefault(folded(name), name)
            if other != name:
                raise ValidationException(f"SQL does not tell the tables {other} and {name} apart")
            table = snapshot.catalog.table(name)
            if table is None:
                raise ResourceNotFoundException(unknown(name, list(snapshot.catalog.tables)))
            takes_text = self.converter.takes_text
            counts = catalog.counts(snapshot.storage, table)
            access = access_to(table, wanted, self.values, counts, takes_text=takes_text)
            found.append((wanted, table, access))
        return found

    def fault(self, fault: ScratchFault) -> StatementError:
        """Returns SQLite's complaint with its place in the statement."""
        position = None
        if fault.offset is not None:
            before = self.text.encode()[: fault.offset].decode(errors="replace")
            start = len(before)
            position = Span(start, start + 1).position(self.text)
        return StatementError(fault.message, position=position, hint=hint_of(fault.message))


def sql(
    engine: Engine,
    text: object,
    parameters: object = (),
    *,
    long_numbers: str,
    max_bytes: int,
    is_given_up: Callable[[], bool] = never,
) -> SqlResult:
    """Answers one statement; all its tables are read as of one moment."""
    asked = Question(text, parameters, long_numbers=long_numbers, max_bytes=max_bytes)
    bound = asked.bound()
    try:
        with Scratch(asked.bytes_max, is_given_up) as scratch:
            scratch.check_grammar(asked.text)
            copies, loaded = engine.guarded(lambda: load_all(engine, asked, scratch))
            for place, more in enumerate(fill(asked, copies)):
                one = loaded[place]
                loaded[place] = replace(one, columns=one.columns + more, absent=one.absent + more)
            scratch.seal()
            columns, rows = scratch.ask(asked.text, bound)
    except ScratchFault as fault:
        raise asked.fault(fault) from fault
    names = distinct(columns)
    return SqlResult(names, [answer(names, row) for row in rows], loaded, notes(loaded))


def load_all(engine: Engine, asked: Question, scratch: Scratch) -> tuple[list[Copy], list[Loaded]]:
    """Copies every table that is read, as of one moment."""
    copies: list[Copy] = []
    loaded: list[Loaded] = []
    with SnapshotReads(engine) as snapshot:
        for wanted, _, access in asked.tables(snapshot):
            copy, one = load(snapshot, scratch, wanted, access, asked.converter)
            copies.append(copy)
            loaded.append(one)
    return copies, loaded


def explain_sql(
    engine: Engine, text: object, parameters: object = (), *, long_numbers: str
) -> SqlPlan:
    """Returns what ``sql`` would do; no item is read."""
    asked = Question(text, parameters, long_numbers=long_numbers, max_bytes=PLAN_BYTES)
    bound = asked.bound()
    try:
        with Scratch(PLAN_BYTES) as scratch:
            scratch.check_grammar(asked.text)
            copies, tables = engine.guarded(lambda: plan_all(engine, asked, scratch))
            fill(asked, copies)
            scratch.seal()
            steps = scratch.steps(asked.text, bound)
    except ScratchFault as fault:
        raise asked.fault(fault) from fault
    return SqlPlan(tuple(tables), tuple(steps))


def plan_all(
    engine: Engine, asked: Question, scratch: Scratch
) -> tuple[list[Copy], list[TablePlan]]:
    """Makes every table empty, and says how each would be read."""
    copies: list[Copy] = []
    tables: list[TablePlan] = []
    with SnapshotReads(engine) as snapshot:
        for wanted, table, access in asked.tables(snapshot):
            tables.append(planned(snapshot, wanted, table, access))
            copy = Copy(scratch, wanted, table.key_names)
            copy.fill(wanted.own)
            copies.append(copy)
    return copies, tables


def planned(snapshot: SnapshotReads, wanted: Wanted, table: TableSpec, access: Access) -> TablePlan:
    """Returns how one table would be read, with the size that its counters say it has."""
    index = access.source.index
    count = catalog.counts(snapshot.storage, table)[table.number if index is None else index.number]
    return TablePlan(
        table=table.name,
        access="Scan" if access.key_reads is None else "Query",
        index=None if index is None else index.name,
        keys=access.keys,
        columns=None if wanted.everything else wanted.names,
        items=count.items,
        bytes=count.bytes,
        read_units=read_units(count.bytes, consistent=False),
    )


def values_of(parsed: Parsed, parameters: object) -> dict[str, Value]:
    """Returns the parameters by the names of their placeholders, or raises what does not fit."""
    if isinstance(parameters, Mapping):
        if parsed.marks:
            raise StatementError("The values of ? are a list, those of :name a mapping")
        return {plain_name(name): plain(one) for name, one in entries_of(parameters)}
    if isinstance(parameters, str) or not isinstance(parameters, Sequence):
        raise UnsupportedType("A statement's parameters are a list of values, or a mapping")
    given = list(elements_of(parameters))
    if len(given) != parsed.marks:
        raise StatementError(
            f"The statement has {parsed.marks} parameters, and {len(given)} values were given"
        )
    return {f"p{number}": plain(one) for number, one in enumerate(given)}


def unknown(name: str, tables: list[str]) -> str:
    """Returns the sentence about a table that is not there."""
    by_folded = {folded(one): one for one in tables}
    near = get_close_matches(folded(name), by_folded, n=1)
    if near:
        return f"There is no table {name}: did you mean {by_folded[near[0]]}?"
    if not tables:
        return f"There is no table {name}: there are no tables yet"
    more = ", ..." if len(tables) > NAMES_TOLD_MAX else ""
    return f"There is no table {name}; there are {', '.join(tables[:NAMES_TOLD_MAX])}{more}"


def hint_of(message: str) -> str:
    """Returns what helps with one of SQLite's complaints, or ""."""
    for part, hint in HINTS.items():
        if part in message:
            return hint
    return ""


HINTS: Final = {
    "no such column": (
        "A string stands in single quotes; the inside of a map is read by info ->> '$.rating'."
    ),
    "ambiguous column": "Write the table before the name: orders.id.",
}


def fill(asked: Question, copies: list[Copy]) -> list[tuple[str, ...]]:
    """Makes NULL columns of names that no table has, and returns those of each table."""
    known = {name for copy in copies for name in copy.by_folded}
    return [
        copy.fill(name for name in asked.wanted[copy.table].default if folded(name) not in known)
        for copy in copies
    ]


def notes(loaded: Sequence[Loaded]) -> list[str]:
    """Returns sentences about names that look like mistakes: no item has them."""
    return [
        f"No item that was read of {one.table} has {', '.join(one.absent)}: it is NULL (a string"
        " stands in single quotes)"
        for one in loaded
        if one.absent and one.items
    ]


def distinct(columns: Sequence[str]) -> list[str]:
    """Returns names for columns so that no two are the same: ``id``, then ``id:1``."""
    found: dict[str, None] = {}
    for column in columns:
        name, number = column, 0
        while name in found:
            number += 1
            name = f"{column}:{number}"
        found[name] = None
    return list(found)


def answer(columns: Sequence[str], row: Sequence[SqlValue]) -> dict[str, Any]:
    """Returns a row by its columns' names."""
    return {name: given(one, name) for name, one in zip(columns, row, strict=True)}
