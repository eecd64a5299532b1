"""What a statement is about: its tables, and for each the attributes and the conditions.

A name with a table before it belongs to that table. One without may belong to any table of
the statement: each gets it where its items have such an attribute, and where no table's items
do it is NULL in the first table of the SELECT that it stands in. ``*`` is all attributes of the
tables of its SELECT. SQL does not tell ``Title`` from ``title``; ``folded`` is what it compares.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from string import ascii_lowercase, ascii_uppercase
from typing import Final

from sqlglot import exp

from ddblite.api.sql.statement import Parsed

FOLDING: Final = str.maketrans(ascii_uppercase, ascii_lowercase)

JSON_COLUMNS: Final = frozenset(
    {"atom", "fullkey", "id", "json", "key", "parent", "path", "root", "type", "value"}
)
"""The columns of json_each and json_tree."""


def folded(name: str) -> str:
    """Returns what SQLite compares a name by: ASCII letters in lower case."""
    return name.translate(FOLDING)


@dataclass(slots=True)
class Use:
    """One place where a table is read: what it is called there, and all that must hold of it.

    ``terms`` are the conditions that a row of the table must meet to be of any use.
    """

    alias: str
    terms: list[exp.Expr]


@dataclass(slots=True)
class Wanted:
    """What a statement wants of one table. Names are as the statement writes them."""

    table: str
    everything: bool = False
    own: dict[str, None] = field(default_factory=dict)
    shared: dict[str, None] = field(default_factory=dict)
    default: dict[str, None] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)

    @property
    def names(self) -> tuple[str, ...]:
        """All names that may be attributes of this table."""
        return tuple({**self.own, **self.shared})


def wanted_of(parsed: Parsed) -> dict[str, Wanted]:
    """Returns what a statement wants, by table."""
    tree = parsed.tree
    tables = [node for node in tree.find_all(exp.Table) if is_of_file(node)]
    found = {node.name: Wanted(node.name) for node in tables}
    by_alias: dict[str, list[Wanted]] = {}
    for node in tables:
        found[node.name].uses.append(use_of(node))
        by_alias.setdefault(folded(node.alias_or_name), []).append(found[node.name])
    note_columns(tree, found, by_alias)
    note_stars(tree, found, by_alias)
    return found


def is_of_file(node: exp.Table) -> bool:
    """Whether a table is one of the file: neither JSON's nor named by a WITH around it."""
    if isinstance(node.this, exp.Func):
        return False
    name = folded(node.name)
    current: exp.Expr | None = node
    while current is not None:
        scope = current.args.get("with_")
        if scope is not None and any(folded(one.alias) == name for one in scope.expressions):
            return False
        current = current.parent
    return True


# columns


def note_columns(
    tree: exp.Expr, found: dict[str, Wanted], by_alias: dict[str, list[Wanted]]
) -> None:
    """Notes every column that a statement names with the tables that it may be of."""
    made = made_names(tree)
    for node in tree.find_all(exp.Column):
        if isinstance(node.this, exp.Star):
            continue
        if node.table:
            for wanted in by_alias.get(folded(node.table), ()):
                wanted.own[node.name] = None
            continue
        note_shared(node.name, node, found, made)
    for join in tree.find_all(exp.Join):
        for name in join.args.get("using") or ():
            note_shared(name.name, join, found, made)


def note_shared(
    name: str, node: exp.Expr, found: dict[str, Wanted], made: dict[str, list[exp.Expr]]
) -> None:
    """Notes a name without a table, and where it is NULL when no item has it.

    It is not made up where the statement itself makes a column of that name, unless that is
    made of it.
    """
    for wanted in found.values():
        wanted.shared[name] = None
    definitions = made.get(folded(name), [])
    within = set(map(id, ancestors(node)))
    if definitions and not any(id(one) in within for one in definitions):
        return
    first = first_table(node)
    if first is not None:
        found[first.name].default[name] = None


def made_names(tree: exp.Expr) -> dict[str, list[exp.Expr]]:
    """Returns the names that a statement makes, with the nodes that make them."""
    made: dict[str, list[exp.Expr]] = {}
    for node in tree.walk():
        if isinstance(node, exp.Alias):
            made.setdefault(folded(node.alias), []).append(node)
        elif isinstance(node, exp.TableAlias):
            for column in node.columns:
                made.setdefault(folded(column.name), []).append(node)
        elif isinstance(node, exp.Table) and isinstance(node.this, exp.Func):
            for name in JSON_COLUMNS:
                made.setdefault(name, []).append(node)
    return made


def ancestors(node: exp.Expr) -> Iterator[exp.Expr]:
    """Gives what a node stands in, from the inside out."""
    current = node.parent
    while current is not None:
        yield current
        current = current.parent


def first_table(node: exp.Expr) -> exp.Table | None:
    """Returns the first table of the innermost SELECT around a node that has one."""
    for select in ancestors(node):
        if isinstance(select, exp.Select):
            for table in tables_of(select):
                return table
    return None


def tables_of(select: exp.Select) -> list[exp.Table]:
    """Returns the tables of the file that a SELECT itself reads, in the order of its FROM."""
    sources = [select.args.get("from_"), *(select.args.get("joins") or ())]
    return [
        node
        for source in filter(None, sources)
        for node in source.find_all(exp.Table, bfs=False)
        if is_of_file(node) and node.find_ancestor(exp.Select) is select
    ]


def note_stars(tree: exp.Expr, found: dict[str, Wanted], by_alias: dict[str, list[Wanted]]) -> None:
    """Notes the tables of which a statement wants all there is."""
    for select in tree.find_all(exp.Select):
        for column in select.expressions:
            if isinstance(column, exp.Star):
                for table in tables_of(select):
                    found[table.name].everything = True
            elif isinstance(column, exp.Column) and isinstance(column.this, exp.Star):
                for wanted in by_alias.get(folded(column.table), ()):
                    wanted.everything = True


# conditions


def use_of(table: exp.Table) -> Use:
    """Returns the conditions on a table where it stands.

    A term of WHERE rejects rows without the table, so it may narrow the table even where an
    outer join would fill up; a term of ON only where the join drops what does not match, or on
    the side that is filled up.
    """
    alias = folded(table.alias_or_name)
    select = table.find_ancestor(exp.Select)
    if select is None:
        return Use(alias, [])
    where = select.args.get("where")
    terms = [] if where is None else list(and_terms(where.this))
    for join in select.args.get("joins") or ():
        on = join.args.get("on")
        side = str(join.args.get("side") or "").upper()
        is_right = isinstance(join.this, exp.Table) and join.this is table
        if on is not None and (not side or (side == "LEFT" and is_right)):
            terms += and_terms(on)
    return Use(alias, terms)


def and_terms(condition: exp.Expr) -> Iterator[exp.Expr]:
    """Gives the terms that must all hold, from left to right."""
    waiting = [condition]
    while waiting:
        current = waiting.pop()
        if isinstance(current, exp.Paren):
            waiting.append(current.this)
        elif isinstance(current, exp.And):
            waiting += [current.expression, current.this]
        else:
            yield current
