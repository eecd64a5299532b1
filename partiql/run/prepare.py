"""Statements made ready: parsed once per text, fitted once per table.

``prepare`` keeps the last 512 texts. What it returns knows no table and never changes, but
for a note of the last table it was used on with everything compiled for it: replacing that
note is one assignment, so any number of threads may share a prepared statement.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import msgspec
from msgspec.structs import replace

from ddblite.engine.expressions import (
    Condition,
    KeyCondition,
    Projection,
    compile_condition,
    compile_key_condition,
    compile_projection,
    compile_update,
)
from ddblite.engine.expressions import Update as CompiledUpdate
from ddblite.engine.expressions.checks import TYPE_NAMES
from ddblite.engine.expressions.tree import (
    And,
    Between,
    Call,
    Compare,
    Path,
    Remove,
    Tree,
    ValueRef,
    leaves_of,
)
from ddblite.engine.operations import request_expressions
from ddblite.partiql.access_paths.access import (
    Access,
    Change,
    Get,
    Keyed,
    Put,
    Read,
    Scan,
    access_to,
)
from ddblite.partiql.access_paths.branches import KeyRead
from ddblite.partiql.access_paths.ordering import UNORDERED, Order, order_of
from ddblite.partiql.access_paths.terms import attributes_of, joined
from ddblite.partiql.plans import plan
from ddblite.partiql.plans.lower import compiled
from ddblite.partiql.run.fault_positions import blamed, placed, too_few
from ddblite.partiql.syntax.faults import StatementError
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import EXPRESSION_OPERATORS_MAX
from ddblite.schema.tables import KeyPart, Source, TableSpec
from ddblite.schema.values import SET_TYPES, Value

STATEMENTS_KEPT_MAX: Final = 512
KEPT_LENGTH_MAX: Final = 2048

Values = Mapping[str, Value]

ASKED_AS: Final = "ExecuteStatement"
"""The operation that words what the engine has to say about a statement."""

TOO_MANY_OPERATORS: Final = (
    f"The expression contains too many operators; operator count: {EXPRESSION_OPERATORS_MAX + 1}"
)

WHICH: Final = re.compile(r"Invalid [A-Za-z]+Expression: ")
"""What stands before the faults of an expression, and not before those of a statement."""

STATEMENT_TYPE_NAMES: Final = "{N,BS,L,B,NULL,M,S,SS,NS,BOOL}"
"""The types of attribute_type as they are listed to statements. Captured on AWS, October 2026."""


@dataclass(frozen=True, slots=True)
class CompiledKeyRead:
    """A read with what the engine reads by, and what filters behind it."""

    key_read: KeyRead
    key_condition: KeyCondition | None
    filter: Condition | None


class Fitted(msgspec.Struct, frozen=True):
    """A statement on a table: how it gets at its items, and everything compiled for that.

    ``source`` is what is read, None for a write; ``order`` says what ORDER BY comes to. ``key`` is
    there when a read is nothing but a get of one item, and for EXISTS: its parts, and the names of
    their values. As long as ``access`` is undecided, ``reads`` are all those there may be, and
    ``is_check`` tells that it is an EXISTS.
    """

    access: Access
    source: Source | None = None
    order: Order = UNORDERED
    key_reads: tuple[CompiledKeyRead, ...] = ()
    condition: Condition | None = None
    update: CompiledUpdate | None = None
    projection: Projection | None = None
    key: tuple[tuple[KeyPart, str], ...] | None = None
    is_check: bool = False


class Prepared:
    """A parsed statement, its static checks, and what it was last fitted to."""

    __slots__ = (
        "checked",
        "constants",
        "fitted",
        "given",
        "is_write",
        "made",
        "statement",
        "text",
    )

    def __init__(self, text: str) -> None:
        self.text = text
        self.statement = compiled(text)
        self.is_write = not isinstance(self.statement.plan, plan.Select)
        values = self.statement.values
        self.constants = {name: one.value for name, one in values if isinstance(one, plan.Constant)}
        self.given = [(name, one.index) for name, one in values if isinstance(one, plan.Parameter)]
        known = {*self.constants, *(name for name, _ in self.given)}
        self.made = [(name, one) for name, one in values if name not in known]
        self.fitted: tuple[TableSpec, Fitted] | None = None
        try:
            self.checked = checked_parts(self.statement.plan)
        except StatementError as error:
            raise self.blaming(error, self.constants) from None

    def values(self, parameters: Sequence[Value]) -> dict[str, Value]:
        """Returns what each name stands for, checked as far as no table is needed for it."""
        statement = self.statement
        if len(parameters) < statement.parameters:
            raise too_few(self.text, len(parameters))
        values = self.constants.copy()
        for name, index in self.given:
            values[name] = parameters[index]
        for name, literal in self.made:
            values[name] = plan.value_of(literal, parameters)
        try:
            if isinstance(statement.plan, plan.Update):
                check_sets(statement.plan, values)
            for part in self.checked:
                check(part, values)
        except StatementError as error:
            raise self.blaming(error, values) from None
        if statement.operators > EXPRESSION_OPERATORS_MAX:
            raise StatementError(TOO_MANY_OPERATORS)
        return values

    def blaming(self, error: StatementError, values: Values) -> StatementError:
        """Returns the fault of some value, with the place of that."""
        error.about = error.about or blamed(self.statement.plan, values)
        return placed(error, self.text)

    def fitted_to(self, table: TableSpec) -> Fitted:
        """Returns the statement on a table, compiled on the first use there."""
        known = self.fitted
        if known is not None and known[0] is table:
            return known[1]
        try:
            made = fit(table, self.statement.plan)
        except StatementError as error:
            raise placed(error, self.text) from None
        self.fitted = (table, made)
        return made


def prepare(text: str) -> Prepared:
    """Returns the prepared statement of a text, or raises StatementError.

    A long text without parameters holds data and will not come again: it is not kept.
    """
    if len(text) > KEPT_LENGTH_MAX and "?" not in text:
        return Prepared(text)
    return kept(text)


kept = lru_cache(STATEMENTS_KEPT_MAX)(Prepared)


def checked_parts(of: plan.Plan) -> tuple[Condition | CompiledUpdate, ...]:
    """Returns the expressions of a plan that values can make wrong."""
    if isinstance(of, plan.Insert):
        return ()
    if isinstance(of, plan.Exists):
        return checked_parts(of.select)
    parts: list[Condition | CompiledUpdate] = []
    if isinstance(of, plan.Update):
        parts.append(compiled_update(of))
    if of.where is not None and not all(map(is_plain, leaves_of(of.where))):
        parts.append(compiled_condition(of.where))
    return tuple(parts)


def check_sets(of: plan.Update, values: Values) -> None:
    """Raises when what is to be added to a set, or taken from one, is no set."""
    for operand in of.sets:
        if type(values[operand.name]) not in SET_TYPES:
            raise StatementError(operand.message, about=(operand.name,))


def is_plain(leaf: Tree) -> bool:
    """Whether a leaf is right whatever the values are: an equality of an attribute and one."""
    return (
        isinstance(leaf, Compare)
        and leaf.operator in {"=", "<>"}
        and isinstance(leaf.left, Path)
        and isinstance(leaf.right, ValueRef)
    )


def check(part: Condition | CompiledUpdate, values: Values) -> None:
    """Raises what values make wrong, in the words of a statement's faults."""
    try:
        part.check(values)
    except ValidationException as error:
        raise bare(error) from error


def bare(error: ValidationException) -> StatementError:
    """Returns the fault of an expression as that of a statement."""
    return StatementError(
        WHICH.sub("", error.message, count=1).replace(TYPE_NAMES, STATEMENT_TYPE_NAMES)
    )


def compiled_condition(tree: Tree) -> Condition:
    """Returns a compiled condition, or raises in the words of a statement's faults."""
    try:
        return compile_condition(tree)
    except ValidationException as error:
        raise bare(error) from error


def compiled_update(of: plan.Update) -> CompiledUpdate:
    """Returns a compiled update, or raises in the words of a statement's faults.

    To the service all of SET comes before all of REMOVE, in whatever order they are written.
    """
    actions = sorted(of.actions, key=lambda action: isinstance(action, Remove))
    try:
        return compile_update(actions, last_first=True)
    except ValidationException as error:
        raise bare(error) from error


def fit(table: TableSpec, of: plan.Plan) -> Fitted:
    """Returns a plan on a table, compiled."""
    access = access_to(table, of)
    match access:
        case Put():
            return Fitted(access, condition=compile_condition(access.condition))
        case Change():
            return Fitted(
                access,
                condition=None if access.condition is None else compile_condition(access.condition),
                update=compiled_update(of) if isinstance(of, plan.Update) else None,
            )
    select = of.select if isinstance(of, plan.Exists) else of
    assert isinstance(select, plan.Select), "only a SELECT reads"
    if isinstance(of, plan.Exists):
        if isinstance(access, Keyed):
            return Fitted(access, access.source, is_check=True)
        return fit_exists(access)
    order = order_of(access.source, select.order)
    if isinstance(access, Scan):
        wanted = fetched(access.source, select, ())
        return replace(scanning(access, order), projection=wanted)
    branches = access.key_reads if isinstance(access, Keyed) else (access.key_reads,)
    key_reads = tuple(
        compiled_key_read(access.source, key_read) for branch in branches for key_read in branch
    )
    request_expressions.check_scalars(table, *(key_read.filter for key_read in key_reads))
    rest = tuple(term for one in key_reads for term in one.key_read.rest)
    return Fitted(
        access,
        access.source,
        order,
        key_reads,
        projection=fetched(access.source, select, rest),
        key=key_of(access),
    )


def scanning(access: Scan, order: Order) -> Fitted:
    """Returns a scan, compiled, as far as the columns play no part in it."""
    condition = None if access.filter is None else compile_condition(access.filter)
    return Fitted(access, access.source, order, condition=condition)


def decided(fitted: Fitted, access: Read) -> Fitted:
    """Returns a SELECT as its values have it; what was compiled for it before stays."""
    if access is fitted.access:
        return fitted
    if fitted.is_check:
        return fit_exists(access)
    if isinstance(access, Scan):
        return replace(scanning(access, fitted.order), projection=fitted.projection)
    known = {id(one.key_read): one for one in fitted.key_reads}
    key_reads = tuple(
        known.get(id(key_read)) or compiled_key_read(access.source, key_read)
        for key_read in access.key_reads
    )
    return replace(fitted, access=access, key_reads=key_reads, key=key_of(access))


def fit_exists(access: Read) -> Fitted:
    """Returns the check of one item, or raises when the SELECT of an EXISTS is of anything else."""
    source = access.source
    if not (isinstance(access, Get) and len(access.key_reads) == 1 and access.key_reads[0].rest):
        raise StatementError("EXISTS() must contain a single item read with additional condition")
    key_read = access.key_reads[0]
    there = Call("attribute_exists", (Path((source.partition.name,)),))
    condition = compile_condition(And((there, *key_read.rest)))
    request_expressions.check_scalars(source.table, condition)
    return Fitted(access, source, condition=condition, key=key_parts(source, key_read))


def key_of(access: Read | Keyed) -> tuple[tuple[KeyPart, str], ...] | None:
    """Returns the key of a read that is nothing but a get of one item, else None."""
    if not isinstance(access, Get):
        return None
    key_read = access.key_reads[0]
    return (
        None if len(access.key_reads) > 1 or key_read.rest else key_parts(access.source, key_read)
    )


def key_parts(source: Source, key_read: KeyRead) -> tuple[tuple[KeyPart, str], ...]:
    """Returns the parts of the whole key that a key read goes by, and the names of their values."""
    names = (key_read.partition, *(key_read.sort.names if key_read.sort is not None else ()))
    return tuple(zip(source.table.parts, names, strict=True))


def compiled_key_read(source: Source, key_read: KeyRead) -> CompiledKeyRead:
    """Returns a read with its key condition and its filter."""
    terms = key_terms(source, key_read)
    rest = joined(key_read.rest)
    return CompiledKeyRead(
        key_read=key_read,
        key_condition=compile_key_condition(terms[0] if len(terms) == 1 else And(tuple(terms))),
        filter=None if rest is None else compile_condition(rest),
    )


def key_terms(source: Source, key_read: KeyRead) -> list[Tree]:
    """Returns what a key read goes by: the partition, and what is asked of the sort key."""
    terms: list[Tree] = [Compare("=", Path((source.partition.name,)), ValueRef(key_read.partition))]
    if key_read.sort is not None and source.sort is not None:
        target = Path((source.sort.name,))
        operands = [ValueRef(name) for name in key_read.sort.names]
        match key_read.sort.operator:
            case "BETWEEN":
                terms.append(Between(target, *operands))
            case "begins_with":
                terms.append(Call("begins_with", (target, *operands)))
            case operator:
                terms.append(Compare(operator, target, *operands))
    return terms


def fetched(source: Source, select: plan.Select, rest: tuple[Tree, ...]) -> Projection | None:
    """Returns what to ask of a local index that lacks some column, None when it lacks none.

    Then the engine reads the whole item from the table; what was selected is cut out later.
    """
    index = source.index
    if select.columns is None or index is None or index.is_global:
        return None
    columns = [column.path.attribute for column in select.columns]
    if index.projects(frozenset(columns)):
        return None
    filtered = [attribute for term in rest for attribute in attributes_of(term)]
    keys = [*source.key_names, *source.table.key_names]
    wanted = dict.fromkeys([*columns, *filtered, *keys])
    return compile_projection(tuple(Path((attribute,)) for attribute in wanted))
