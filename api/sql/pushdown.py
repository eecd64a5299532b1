"""Key conditions of SQL as reads by key: what a statement asks of keys need not be scanned for.

Comparisons of a key attribute with a value become the conditions of a PartiQL statement, and
``partiql.access_paths.access`` finds the Query in them, of the table or of an index that has all
that is wanted. They only narrow what is loaded: SQLite looks at every condition again. So whatever
might mean something else to SQLite (a value of another type, a number that it rounds, LIKE, which
ignores case) is left to it, and the table is scanned. So it is where an index may lack items that
meet the conditions, because they do not have its sort key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from sqlglot import exp

from ddblite.api.sql.sources import Use, Wanted, and_terms, folded
from ddblite.api.sql.values import DIGITS_MAX, digits_of
from ddblite.engine.catalog import Count
from ddblite.engine.expressions.tree import (
    Between,
    Call,
    Compare,
    In,
    Operand,
    Or,
    Path,
    Tree,
    ValueRef,
)
from ddblite.partiql.access_paths.access import READS_MAX, Keyed, Scan
from ddblite.partiql.access_paths.access import read as access_by
from ddblite.partiql.access_paths.branches import KeyRead
from ddblite.partiql.access_paths.key_reads import is_empty
from ddblite.partiql.access_paths.sources import has_plain_key
from ddblite.partiql.access_paths.terms import joined
from ddblite.partiql.plans import plan
from ddblite.partiql.run.prepare import CompiledKeyRead, compiled_key_read
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import SORT_KEY_BYTES_MAX
from ddblite.schema.numbers import canonical
from ddblite.schema.tables import Source, TableSpec
from ddblite.schema.values import NUMBER_TYPES, Value, tag_of

COMPARISONS: Final[Mapping[type[exp.Expr], tuple[str, str]]] = {
    exp.EQ: ("=", "="),
    exp.LT: ("<", ">"),
    exp.LTE: ("<=", ">="),
    exp.GT: (">", "<"),
    exp.GTE: (">=", "<="),
}
"""Comparisons, as they stand and from right to left."""

GLOB_SIGNS: Final = frozenset("*?[\0")
"""What does not stand for itself in a pattern; a zero ends it."""


@dataclass(frozen=True, slots=True)
class Access:
    """How a table is read: by its ``key_reads``, or all of it when there are none."""

    source: Source
    key_reads: tuple[CompiledKeyRead, ...] | None
    values: Mapping[str, Value]

    @property
    def keys(self) -> tuple[str, ...]:
        """The key attributes that the read is narrowed by."""
        if self.key_reads is None:
            return ()
        is_sorted = any(one.key_read.sort is not None for one in self.key_reads)
        return self.source.key_names if is_sorted else self.source.key_names[:1]


def access_to(
    table: TableSpec,
    wanted: Wanted,
    parameters: Mapping[str, Value],
    counts: Mapping[int, Count],
    *,
    takes_text: bool,
) -> Access:
    """Returns the narrowest read of a table that gives every row that may be of use.

    ``counts`` are the counters of the table and its indexes, as of the moment of the read.
    """
    everything = table.sources[None]
    lowering = Lowering(table, parameters, takes_text=takes_text)
    where = lowering.condition(wanted.uses)
    if where is not None:
        for index in (None, *table.indexes):
            found = by_key(table, index, wanted, where, lowering.values, counts)
            if found is not None:
                return found
    return Access(everything, None, {})


def by_key(
    table: TableSpec,
    index: str | None,
    wanted: Wanted,
    where: Tree,
    values: Mapping[str, Value],
    counts: Mapping[int, Count],
) -> Access | None:
    """Returns a read of a table or index by its key, or None when the condition allows none."""
    if index is not None:
        spec = table.indexes[index]
        if not has_plain_key(spec):
            return None
        has_all = spec.projected is None or (
            not wanted.everything and spec.projects(frozenset(wanted.names))
        )
        if not has_all:
            return None
    try:
        found = access_by(table, plan.Select(table.name, index, None, where))
    except ValidationException:  # such as an IN of more values than a statement may have
        return None
    if isinstance(found, Scan):
        return None
    known = (
        found.key_reads
        if not isinstance(found, Keyed)
        else [one for key_reads in found.key_reads for one in key_reads]
    )
    if len(known) > READS_MAX or not has_every(found.source, known, counts):
        return None
    key_reads = distinct(found.source, known, values)
    return Access(
        found.source, tuple(compiled_key_read(found.source, one) for one in key_reads), values
    )


def has_every(source: Source, key_reads: Sequence[KeyRead], counts: Mapping[int, Count]) -> bool:
    """Whether all items that meet the conditions on a key are in a table or index.

    An item without the sort key of an index is not in it, and meets every condition that is not
    about that key.
    """
    if (
        source.index is None
        or source.sort is None
        or all(key_read.sort is not None for key_read in key_reads)
    ):
        return True
    return counts[source.index.number].items == counts[source.table.number].items


def distinct(
    source: Source, key_reads: Sequence[KeyRead], values: Mapping[str, Value]
) -> list[KeyRead]:
    """Returns a read per partition, over the whole of it where they differ: none reads twice."""
    groups: dict[object, list[KeyRead]] = {}
    for key_read in key_reads:
        if source.sort is None or key_read.sort is None or not is_empty(key_read.sort, values):
            groups.setdefault(values[key_read.partition], []).append(key_read)
    return [
        KeyRead(
            group[0].partition,
            group[0].sort if all(one.sort == group[0].sort for one in group) else None,
            (),
            (),
        )
        for group in groups.values()
    ]


class Lowering:
    """One table's conditions on their way into the engine's tree, with the values in them."""

    def __init__(
        self, table: TableSpec, parameters: Mapping[str, Value], *, takes_text: bool
    ) -> None:
        indexes = [part for index in table.indexes.values() for part in index.parts]
        self.kinds = {part.name: part.kind for part in (*indexes, *table.parts)}
        self.parameters = parameters
        self.takes_text = takes_text
        self.alias = ""
        self.values: dict[str, Value] = {}

    def condition(self, uses: Sequence[Use]) -> Tree | None:
        """Returns what every useful item meets, or None when that may be any."""
        branches = []
        for use in uses:
            self.alias = use.alias
            branch = joined(tuple(filter(None, map(self.term, use.terms))))
            if branch is None:
                return None
            branches.append(branch)
        if not branches:
            return None
        return branches[0] if len(branches) == 1 else Or(tuple(branches))

    def term(self, node: exp.Expr) -> Tree | None:
        """Returns a term as the engine has it, or None when it is left to SQLite."""
        if isinstance(node, exp.Paren):
            return self.term(node.this)
        if isinstance(node, exp.Or):
            return self.alternatives(node)
        if isinstance(node, exp.In):
            return self.choice(node)
        if isinstance(node, exp.Between):
            return self.between(node)
        if isinstance(node, exp.Glob):
            return self.beginning(node)
        if type(node) in COMPARISONS:
            return self.comparison(node)
        return None

    def comparison(self, node: exp.Expr) -> Tree | None:
        """Returns ``attribute = value``, written in either order."""
        for operator, left, right in zip(
            COMPARISONS[type(node)],
            (node.this, node.expression),
            (node.expression, node.this),
            strict=True,
        ):
            name = self.attribute(left)
            if name is not None:
                value = self.reference(right, name, is_range=operator != "=")
                return None if value is None else Compare(operator, Path((name,)), value)
        return None

    def alternatives(self, node: exp.Or) -> Tree | None:
        """Returns an OR whose every branch says something of the keys."""
        waiting: list[exp.Expr] = [node]
        branches = []
        while waiting:
            current = waiting.pop()
            if isinstance(current, exp.Or):
                waiting += [current.expression, current.this]
                continue
            terms = (self.term(one) for one in and_terms(current) if not isinstance(one, exp.Or))
            branch = joined(tuple(filter(None, terms)))
            if branch is None:
                return None
            branches.append(branch)
        return Or(tuple(branches))

    def choice(self, node: exp.In) -> Tree | None:
        """Returns ``attribute IN (values)``; of a SELECT inside it nothing is known yet."""
        name = self.attribute(node.this)
        if name is None or not node.expressions:
            return None
        values = [self.reference(one, name, is_range=False) for one in node.expressions]
        known: list[Operand] = [one for one in values if one is not None]
        return In(Path((name,)), tuple(known)) if len(known) == len(values) else None

    def between(self, node: exp.Between) -> Tree | None:
        """Returns ``attribute BETWEEN value AND value``."""
        name = self.attribute(node.this)
        if name is None or node.args.get("symmetric"):
            return None
        lower = self.reference(node.args["low"], name, is_range=True)
        upper = self.reference(node.args["high"], name, is_range=True)
        if lower is None or upper is None:
            return None
        return Between(Path((name,)), lower, upper)

    def beginning(self, node: exp.Glob) -> Tree | None:
        """Returns ``attribute GLOB 'prefix*'``, which is begins_with."""
        name = self.attribute(node.this)
        pattern = self.constant(node.expression)
        if name is None or self.kinds[name] != "S" or not isinstance(pattern, str):
            return None
        prefix = pattern[:-1]
        if not pattern.endswith("*") or not prefix or GLOB_SIGNS & set(prefix):
            return None
        return Call("begins_with", (Path((name,)), self.named(prefix)))

    def attribute(self, node: exp.Expr) -> str | None:
        """Returns the key attribute that a column is, or None when it is none of this table.

        Without a table before it, a key attribute's name means this table: a second one that
        has such a column makes the name ambiguous, which SQLite refuses.
        """
        if not isinstance(node, exp.Column) or node.name not in self.kinds:
            return None
        return node.name if not node.table or folded(node.table) == self.alias else None

    def reference(self, node: exp.Expr, name: str, *, is_range: bool) -> ValueRef | None:
        """Returns a reference to a value that fits a key attribute, or None."""
        value = self.constant(node)
        if value is None or tag_of(value) != self.kinds[name]:
            return None
        if type(value) in NUMBER_TYPES:
            if is_range and self.takes_text:
                return None  # a number that is taken as text is greater than all others
        elif not value or len(encoded(value)) > SORT_KEY_BYTES_MAX:
            return None
        return self.named(value)

    def named(self, value: Value) -> ValueRef:
        """Returns a reference to a value under the next name."""
        name = f":{len(self.values)}"
        self.values[name] = value
        return ValueRef(name)

    def constant(self, node: exp.Expr) -> Value:
        """Returns the value that a node stands for, or None when it has to be computed."""
        if isinstance(node, exp.Placeholder):
            value = self.parameters.get(node.name)
            is_long = type(value) in NUMBER_TYPES and digits_of(value) > DIGITS_MAX  # type: ignore[arg-type]
            return None if is_long else value
        is_negative = isinstance(node, exp.Neg)
        literal = node.this if is_negative else node
        if not isinstance(literal, exp.Literal):
            return None
        if literal.is_string:
            return None if is_negative else str(literal.this)
        try:
            number = canonical(Decimal(str(literal.this)))
        except (InvalidOperation, ValidationException):
            return None
        if digits_of(number) > DIGITS_MAX:
            return None
        return -number if is_negative else number


def encoded(value: Value) -> bytes:
    """Returns the bytes of a key value that is a string or bytes."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
