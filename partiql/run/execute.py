"""Carrying out statements: values in, engine requests, pages out.

``begin`` parses, binds and checks; the ``Run`` it returns gives pages. A write has one page.
A SELECT's page is a page of the engine, or of several reads together, and ``Page.token`` says
where the next one begins; nothing is held in between. Conditions that only a statement can
have on key attributes filter here, behind the engine's Query.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from ddblite.engine.engine import Engine
from ddblite.partiql.access_paths import key_reads, key_values
from ddblite.partiql.access_paths.access import Change, Put, Query, Scan
from ddblite.partiql.access_paths.sources import source_of
from ddblite.partiql.diagnosis.complaints import index_read
from ddblite.partiql.plans import plan
from ddblite.partiql.run.cursor import START, Position, digest, positions, token
from ddblite.partiql.run.fault_positions import placed
from ddblite.partiql.run.prepare import (
    ASKED_AS,
    CompiledKeyRead,
    Fitted,
    Prepared,
    decided,
    prepare,
)
from ddblite.partiql.run.read_pages import Limits, Reading, read_in_order, read_merged
from ddblite.partiql.run.write_requests import (
    DUPLICATE_KEY,
    inserted,
    request_of,
    without_deep_puts,
)
from ddblite.partiql.syntax.faults import StatementError
from ddblite.partiql.syntax.tokens import lexemes
from ddblite.schema import requests
from ddblite.schema.errors import (
    ConditionalCheckFailedException,
    DdbError,
    DuplicateItemException,
    RequestError,
    ValidationException,
)
from ddblite.schema.names import table_named
from ddblite.schema.requests import Consumed
from ddblite.schema.statement_requests import ExecuteStatement
from ddblite.schema.tables import KeyPart, TableSpec
from ddblite.schema.value_faults import TOO_DEEP
from ddblite.schema.values import Item, Value


class Page(msgspec.Struct, frozen=True):
    """What one request of a statement gave.

    ``token`` and ``last_key`` say where the next page begins; both are None at the end.
    ``last_key`` is None also between two reads.
    """

    items: list[Item]
    consumed: Consumed
    scanned_count: int = 0
    token: str | None = None
    last_key: Item | None = None


class Start(NamedTuple):
    """Where a page begins; ``is_own`` if it is known that the same run gave the token."""

    token: str
    is_own: bool


class Run(msgspec.Struct, frozen=True):
    """A statement with its values, on a table, ready to be asked for pages."""

    engine: Engine
    prepared: Prepared
    parameters: Sequence[Value]
    values: dict[str, Value]
    table: TableSpec
    fitted: Fitted
    consistent: bool
    written: Sequence[Any] = ()
    """The parameters as the wire has them, where they came that way."""

    @property
    def key_reads(self) -> tuple[CompiledKeyRead, ...]:
        """The reads by key, none of a scan or a write."""
        return self.fitted.key_reads

    @property
    def is_write(self) -> bool:
        """Whether asking for the page changes something."""
        return self.prepared.is_write

    def page(
        self,
        after: str | None = None,
        limit: int | None = None,
        *,
        return_limit: int | None = None,
        return_old_on_failure: bool = False,
        is_own: bool = False,
    ) -> Page:
        """Carries out the write, or reads the page after a token, ``is_own`` if this run gave it.

        ``limit`` bounds the items evaluated and ``return_limit`` those of them that are given; the
        page ends where either is reached.
        """
        if limit is not None:
            check_limit(limit)
        start = None if after is None else Start(after, is_own)
        try:
            # The common case comes first and at once: a get, which is within any limits.
            if self.fitted.key is not None and after is None:
                return get(self, self.fitted.key)
            limits = Limits(limit, return_limit)
            return answered(self, start, limits, return_old=return_old_on_failure)
        except RequestError:
            again = refitted(self)
            if again is None:
                raise
        limits = Limits(limit, return_limit)
        return answered(again, start, limits, return_old=return_old_on_failure)


def ready(engine: Engine, text: str) -> Prepared:
    """Returns a prepared statement, or raises what is wrong with its text."""
    try:
        return prepare(text)
    except StatementError:
        refuse_index(engine, text)
        raise


def begin(
    engine: Engine, text: str, parameters: Sequence[Value] = (), *, consistent: bool = False
) -> Run:
    """Returns a statement ready to run, or raises what is wrong with it; touches no item."""
    try:
        return bound(engine, prepare(text), parameters, consistent=consistent)
    except StatementError:
        refuse_index(engine, text)
        raise


def refuse_index(engine: Engine, text: str) -> None:
    """Raises when an index has a key of several attributes: that comes before other faults."""
    read = index_read(text)
    if read is None:
        return
    name, index = read
    table = engine.catalog.table(table_named(name) or name)
    if table is not None and index in table.indexes:
        source_of(table, index)


def bound(
    engine: Engine, prepared: Prepared, parameters: Sequence[Value], *, consistent: bool
) -> Run:
    """Returns a prepared statement with its values, on its table, or raises what is wrong."""
    of = prepared.statement.plan
    if isinstance(of, plan.Exists):
        hint = "EXISTS is a condition of a transaction: it belongs into ExecuteTransaction."
        message = "EXISTS can only be used in ExecuteTransaction write requests."
        place = lexemes(prepared.text)[0].span.position(prepared.text)
        raise StatementError(message, position=place, hint=hint)
    values = prepared.values(parameters)
    table, fitted = on_table(engine, prepared, of.table)
    try:
        fitted = settled(fitted, values)
    except StatementError as error:
        raise placed(error, prepared.text) from None
    if isinstance(of, plan.Insert):
        key_values.check_item(table, inserted(of, parameters))
    if consistent:
        check_consistency(fitted)
    return Run(engine, prepared, parameters, values, table, fitted, consistent)


def on_table(engine: Engine, prepared: Prepared, name: str) -> tuple[TableSpec, Fitted]:
    """Returns the table and the statement fitted to it, or raises what is wrong with the two."""
    while True:
        picture = engine.catalog
        try:
            table = picture.existing_table(name)
            return table, prepared.fitted_to(table)
        except DdbError:
            # Another process may have made the table since; then it is looked up once more.
            if not engine.catalogs.has_newer(picture):
                raise


def refitted(run: Run) -> Run | None:
    """Returns a statement on the table as it is now, or None when it has not changed.

    Another process may have made the table anew, with another key, since the statement began.
    """
    engine = run.engine
    engine.catalogs.has_newer(engine.catalog)
    table = engine.catalog.table(run.table.name)
    if table is None or table is run.table:
        return None
    again = bound(engine, run.prepared, run.parameters, consistent=run.consistent)
    return msgspec.structs.replace(again, written=run.written)


def execute_statement(engine: Engine, request: ExecuteStatement) -> Page:
    """Carries out ExecuteStatement: one write, or one page of a SELECT."""
    asked = request.statement
    run = begin(engine, asked.text, asked.parameters, consistent=asked.consistent)
    if asked.written:
        run = msgspec.structs.replace(run, written=asked.written)
    return run.page(
        request.next_token, request.limit, return_old_on_failure=asked.return_old_on_failure
    )


def check_limit(limit: int) -> None:
    """Raises when a page is to have no item at all."""
    if limit < 1:
        raise StatementError(
            f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy "
            "constraint: Member must have value greater than or equal to 1"
        )


def execute(
    engine: Engine,
    text: str,
    parameters: Sequence[Value] = (),
    *,
    page_limit: int | None = None,
    after: str | None = None,
    consistent: bool = False,
    return_old_on_failure: bool = False,
) -> Iterator[Page]:
    """Returns a statement's pages. A write is carried out at once, a SELECT page by page."""
    run = begin(engine, text, parameters, consistent=consistent)
    # The first page of a read is asked for at once too, so that its faults are raised here.
    first = run.page(after, page_limit, return_old_on_failure=return_old_on_failure)
    return following(run, first, page_limit)


def following(run: Run, first: Page, page_limit: int | None) -> Iterator[Page]:
    """Yields a page and all that come after it, each when it is asked for."""
    page = first
    yield page
    while page.token is not None:
        page = run.page(page.token, page_limit, is_own=True)
        yield page


def check_consistency(fitted: Fitted) -> None:
    """Raises when a global index is to be read consistently."""
    access = fitted.access
    if isinstance(access, (Put, Change)):
        return
    if access.source.index is not None and access.source.index.is_global:
        raise StatementError(
            "Strongly consistent read is not supported on Global Secondary Indexes"
        )


def settled(fitted: Fitted, values: dict[str, Value]) -> Fitted:
    """Returns what is done with these values, or raises what their keys make impossible."""
    if fitted.key is not None:
        key_values.check_keys(fitted.key, values)
        return fitted
    access = fitted.access
    if isinstance(access, Change):
        key_values.check_change(access, values)
    if isinstance(access, (Put, Change)):
        return fitted
    return decided(fitted, key_reads.settled(access, fitted.order, values))


def answered(run: Run, start: Start | None, limits: Limits, *, return_old: bool) -> Page:
    """Returns one page of a statement."""
    if run.is_write:
        if start is not None:
            raise StatementError("Invalid NextToken")
        return write(run, return_old=return_old)
    if run.fitted.key is not None and start is None:
        return get(run, run.fitted.key)
    return read(run, start, limits)


# reading


def get(run: Run, parts: tuple[tuple[KeyPart, str], ...]) -> Page:
    """Returns the page of a SELECT that is nothing but a get: the common case, made short."""
    values = run.values
    key = {part.name: values[name] for part, name in parts}
    request = requests.GetItem(table_name=run.table.name, key=key, consistent=run.consistent)
    answer: requests.GetItemAnswer = run.engine.execute(request, ASKED_AS)
    if answer.item is None:
        return Page([], answer.consumed)
    return Page(selected(run, [answer.item]), answer.consumed, 1)


def selected(run: Run, items: list[Item]) -> list[Item]:
    """Returns what a SELECT asks of its items."""
    select = run.prepared.statement.plan
    assert isinstance(select, plan.Select), "what does not write is a SELECT"
    if select.columns is None:
        return items
    return [chosen(select.columns, item) for item in items]


def read(run: Run, start: Start | None, limits: Limits) -> Page:
    """Reads one page of a SELECT."""
    is_scan = isinstance(run.fitted.access, Scan)
    count = 1 if is_scan else len(run.key_reads)
    found: list[Position] = [START] * count
    if start is not None:
        found = positions(start.token, None if start.is_own else bound_to(run), count)
    fitted = run.fitted
    assert fitted.source is not None, "what reads has a source"
    reading = Reading(run.engine, fitted, fitted.source, run.key_reads, run.values, run.consistent)
    merges = len(run.key_reads) > 1 and isinstance(fitted.access, Query) and fitted.order.merged
    read_page = read_merged if merges else read_in_order
    got = read_page(reading, found, limits)
    next_token = None
    if got.goes_on:
        next_token = token(bound_to(run), got.positions)
    items = selected(run, got.items)
    consumed = reading.nothing() if got.consumed is None else got.consumed
    return Page(items, consumed, got.scanned_count, next_token, got.last_key)


def bound_to(run: Run) -> str:
    """Returns what the tokens of a statement's pages are bound to."""
    return digest(run.prepared.text, run.parameters, run.written, consistent=run.consistent)


def chosen(columns: Sequence[plan.Column], item: Item) -> Item:
    """Returns the columns of an item that it has, under their labels."""
    found: Item = {}
    for column in columns:
        value: Any = item
        for step in column.path.steps:
            if isinstance(step, str):
                if type(value) is not dict or step not in value:
                    break
                value = value[step]
            elif type(value) is list and step < len(value):
                value = value[step]
            else:
                break
        else:
            found[column.label] = value
    return found


# writing


def write(run: Run, *, return_old: bool) -> Page:
    """Carries out an INSERT, UPDATE or DELETE."""
    of = run.prepared.statement.plan
    request = request_of(of, run.fitted, run.values, run.parameters, return_old=return_old)
    try:
        answer = changed(run, request)
    except ConditionalCheckFailedException as error:
        if isinstance(of, plan.Insert):
            raise DuplicateItemException(DUPLICATE_KEY) from error
        raise
    items = [] if answer.attributes is None else [detached(answer.attributes)]
    return Page(items, answer.consumed)


def changed(run: Run, request: requests.Action) -> requests.WriteAnswer:
    """Carries out a write of the engine; of an item that is too deep there is more to say."""
    try:
        answer: requests.WriteAnswer = run.engine.execute(request, ASKED_AS)
    except ValidationException as fault:
        if fault.message != TOO_DEEP:
            raise
        (other,) = without_deep_puts([request], [run.table])
        answer = run.engine.execute(other, ASKED_AS)
    return answer


def detached(value: Any) -> Any:  # noqa: ANN401 - the same kind of value that is given
    """Returns a value whose lists and maps are its receiver's own.

    What an update returns may hold a literal of the statement, and that is kept for next time.
    """
    if isinstance(value, dict):
        return {name: detached(one) for name, one in value.items()}
    if isinstance(value, list):
        return [detached(one) for one in value]
    return value
