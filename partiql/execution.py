"""Carrying out statements: values in, engine requests, pages out.

``begin`` parses, binds and checks; the ``Run`` it returns gives pages. A write has one page.
A SELECT's page is a page of the engine, or of several legs together, and ``Page.token`` says
where the next one begins; nothing is held in between. Conditions that only a statement can
have on key attributes filter here, behind the engine's Query.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeAlias

import msgspec

from ddblite.engine.engine import Engine
from ddblite.partiql import legs as settling
from ddblite.partiql import plan
from ddblite.partiql.access import Change, Put, Query, Scan
from ddblite.partiql.cursor import START, Position, digest, positions, token
from ddblite.partiql.faults import StatementError
from ddblite.partiql.prepared import (
    CompiledLeg,
    Fitted,
    Prepared,
    compiled_leg,
    prepare,
)
from ddblite.partiql.reading import Reading, read_in_order, read_merged
from ddblite.schema import requests
from ddblite.schema.errors import (
    ConditionalCheckFailedException,
    DdbError,
    DuplicateItemException,
    ValidationException,
)
from ddblite.schema.requests import Consumed
from ddblite.schema.tables import KeyPart, TableSpec
from ddblite.schema.values import Item, Value
from ddblite.schema.wording import ENVELOPE


class Page(msgspec.Struct, frozen=True):
    """What one request of a statement gave.

    ``token`` and ``last_key`` say where the next page begins; both are None at the end.
    ``last_key`` is None also between two legs.
    """

    items: list[Item]
    consumed: Consumed
    scanned_count: int = 0
    token: str | None = None
    last_key: Item | None = None


class Run(msgspec.Struct, frozen=True):
    """A statement with its values, on a table, ready to be asked for pages."""

    engine: Engine
    prepared: Prepared
    parameters: Sequence[Value]
    values: dict[str, Value]
    table: TableSpec
    fitted: Fitted
    legs: tuple[CompiledLeg, ...]
    consistent: bool

    @property
    def is_write(self) -> bool:
        """Whether asking for the page changes something."""
        return self.prepared.is_write

    def page(
        self,
        after: str | None = None,
        limit: int | None = None,
        *,
        return_old_on_failure: bool = False,
    ) -> Page:
        """Carries out the write, or reads the page after a token, evaluating ``limit`` items."""
        check_limit(limit)
        if self.is_write:
            if after is not None:
                raise StatementError("Invalid NextToken")
            return write(self, return_old_on_failure=return_old_on_failure)
        if self.fitted.key is not None and after is None:
            return get(self, self.fitted.key)
        return read(self, after, limit)


def begin(
    engine: Engine, text: str, parameters: Sequence[Value] = (), *, consistent: bool = False
) -> Run:
    """Returns a statement ready to run, or raises what is wrong with it; touches no item."""
    prepared = prepare(text)
    values = prepared.values(parameters)
    of = prepared.statement.plan
    if isinstance(of, plan.Exists):
        hint = "EXISTS is a condition of a transaction: it belongs into ExecuteTransaction."
        raise StatementError("Unsupported operation: Exists", hint=hint)
    table, fitted = on_table(engine, prepared, of.table)
    legs = settled_legs(fitted, values)
    if consistent:
        check_consistency(fitted)
    return Run(engine, prepared, parameters, values, table, fitted, legs, consistent)


def on_table(engine: Engine, prepared: Prepared, name: str) -> tuple[TableSpec, Fitted]:
    """Returns the table and the statement fitted to it, or raises what is wrong with the two."""
    while True:
        picture = engine.catalog
        try:
            table = picture.existing_table(name)
            return table, prepared.fitted_to(table)
        except DdbError:
            # Another process may have made the table since; then it is looked up once more.
            if not engine.has_newer_catalog(picture):
                raise


def execute_statement(
    engine: Engine,
    statement: str,
    parameters: Sequence[Value] | None = None,
    *,
    limit: int | None = None,
    next_token: str | None = None,
    consistent: bool = False,
    return_old_on_failure: bool = False,
) -> Page:
    """Carries out ExecuteStatement: one write, or one page of a SELECT."""
    if parameters is not None and not parameters:
        raise StatementError(
            "1 validation error detected: Value '[]' at 'parameters' failed to satisfy "
            "constraint: Member must have length greater than or equal to 1"
        )
    check_limit(limit)
    run = begin(engine, statement, parameters or (), consistent=consistent)
    return run.page(next_token, limit, return_old_on_failure=return_old_on_failure)


def check_limit(limit: int | None) -> None:
    """Raises when a page is to have no item at all."""
    if limit is not None and limit < 1:
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
        page = run.page(page.token, page_limit)
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


def settled_legs(fitted: Fitted, values: dict[str, Value]) -> tuple[CompiledLeg, ...]:
    """Returns the legs to read with these values; key values are checked for writes as well."""
    if fitted.key is not None:
        for part, name in fitted.key:
            settling.check_key(part, values[name])
        return fitted.legs
    access = fitted.access
    if isinstance(access, Change):
        for part, (_, name) in zip(access.table.parts, access.key, strict=True):
            settling.check_key(part, values[name])
    if isinstance(access, (Put, Change, Scan)):
        return ()
    kept = settling.settled(access.source, access.legs, values)
    if kept == access.legs:
        return fitted.legs
    known = {id(one.leg): one for one in fitted.legs}
    return tuple(known.get(id(leg)) or compiled_leg(access.source, leg) for leg in kept)


# reading


def get(run: Run, parts: tuple[tuple[KeyPart, str], ...]) -> Page:
    """Returns the page of a SELECT that is nothing but a get: the common case, made short."""
    key = {part.name: run.values[name] for part, name in parts}
    request = requests.GetItem(table_name=run.table.name, key=key, consistent=run.consistent)
    answer: requests.GetItemAnswer = run.engine.execute(request)
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


def read(run: Run, after: str | None, limit: int | None) -> Page:
    """Reads one page of a SELECT."""
    is_scan = isinstance(run.fitted.access, Scan)
    count = 1 if is_scan else len(run.legs)
    bound_to = ""
    if after is not None:
        bound_to = digest(run.prepared.text, run.parameters, consistent=run.consistent)
        found: list[Position] = positions(after, bound_to, count)
    else:
        found = [START] * count
    fitted = run.fitted
    assert fitted.source is not None, "what reads has a source"
    reading = Reading(run.engine, fitted, fitted.source, run.legs, run.values, run.consistent)
    merges = len(run.legs) > 1 and isinstance(fitted.access, Query) and fitted.order.merged
    read_page = read_merged if merges else read_in_order
    got = read_page(reading, found, limit)
    next_token = None
    if got.goes_on:
        bound_to = bound_to or digest(run.prepared.text, run.parameters, consistent=run.consistent)
        next_token = token(bound_to, got.positions)
    items = selected(run, got.items)
    consumed = reading.nothing() if got.consumed is None else got.consumed
    return Page(items, consumed, got.scanned_count, next_token, got.last_key)


def chosen(columns: Sequence[plan.Column], item: Item) -> Item:
    """Returns the columns of an item that it has, under their labels."""
    found: Item = {}
    for column in columns:
        value: Any = item
        for step in column.path.steps:
            if isinstance(step, str):
                if type(value) is not dict or step not in value:
                    break
            elif type(value) is not list or step >= len(value):
                break
            value = value[step]
        else:
            found[column.label] = value
    return found


# writing


def write(run: Run, *, return_old_on_failure: bool) -> Page:
    """Carries out an INSERT, UPDATE or DELETE."""
    of = run.prepared.statement.plan
    try:
        answer = WRITES[type(of)](run, of, return_old_on_failure)
    except ValidationException as error:
        # Statements have a reader of their own: the envelope of PutItem and its like is not theirs.
        if error.message.startswith(ENVELOPE):
            raise StatementError(error.message.removeprefix(ENVELOPE)) from error
        raise
    items = [] if answer.attributes is None else [detached(answer.attributes)]
    return Page(items, answer.consumed)


def detached(value: Any) -> Any:  # noqa: ANN401 - the same kind of value that is given
    """Returns a value whose lists and maps are its receiver's own.

    What an update returns may hold a literal of the statement, and that is kept for next time.
    """
    if isinstance(value, dict):
        return {name: detached(one) for name, one in value.items()}
    if isinstance(value, list):
        return [detached(one) for one in value]
    return value


def insert(run: Run, of: plan.Insert, return_old: bool) -> requests.WriteAnswer:  # noqa: FBT001
    """Puts an item, or raises DuplicateItemException when its key is taken."""
    item = plan.value_of(of.item, run.parameters)
    assert isinstance(item, dict), "an INSERT has a map"
    request = requests.PutItem(
        table_name=of.table,
        item=item,
        condition=run.fitted.condition,
        return_old_on_failure=return_old,
    )
    try:
        answer: requests.WriteAnswer = run.engine.execute(request)
    except ConditionalCheckFailedException as error:
        raise DuplicateItemException("Duplicate primary key exists in table") from error
    return answer


def update(run: Run, of: plan.Update, return_old: bool) -> requests.WriteAnswer:  # noqa: FBT001
    """Updates an item that must be there."""
    request = requests.UpdateItem(
        table_name=of.table,
        key=key_of(run),
        update=run.fitted.update,
        condition=run.fitted.condition,
        values=used(run),
        return_values=of.returning,
        return_old_on_failure=return_old,
    )
    answer: requests.WriteAnswer = run.engine.execute(request)
    return answer


def delete(run: Run, of: plan.Delete, return_old: bool) -> requests.WriteAnswer:  # noqa: FBT001
    """Deletes an item; a missing one is no error unless a condition says so."""
    request = requests.DeleteItem(
        table_name=of.table,
        key=key_of(run),
        condition=run.fitted.condition,
        values=used(run),
        return_values=of.returning,
        return_old_on_failure=return_old,
    )
    answer: requests.WriteAnswer = run.engine.execute(request)
    return answer


Write: TypeAlias = Callable[[Run, Any, bool], requests.WriteAnswer]
WRITES: Final[dict[type, Write]] = {plan.Insert: insert, plan.Update: update, plan.Delete: delete}


def key_of(run: Run) -> Item:
    """Returns the key of the item that a statement changes."""
    access = run.fitted.access
    assert isinstance(access, Change), "a statement with a key updates or deletes"
    return {attribute: run.values[name] for attribute, name in access.key}


def used(run: Run) -> dict[str, Value] | None:
    """Returns the values that the request's expressions use; the engine refuses any others."""
    names: set[str] = set()
    for part in (run.fitted.condition, run.fitted.update):
        if part is not None:
            names |= part.values_used
    return {name: run.values[name] for name in names} or None
