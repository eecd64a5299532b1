"""Explaining a statement: it is made ready as for running it, and then described instead.

No item is read. The only rows that are looked at are the catalog's counters.
"""

from collections.abc import Mapping, Sequence

from ddblite.engine import catalog
from ddblite.engine.catalog import Count
from ddblite.engine.engine import Engine
from ddblite.engine.expressions.tree import Tree
from ddblite.partiql.access_paths.access import Change, Get, Put, Scan
from ddblite.partiql.access_paths.branches import KeyRead
from ddblite.partiql.access_paths.terms import joined
from ddblite.partiql.explanations import refusals
from ddblite.partiql.explanations.equivalents import equivalents_of, key_of_read
from ddblite.partiql.explanations.estimates import estimate_of
from ddblite.partiql.explanations.explanation import ExplainedKeyRead, Explanation
from ddblite.partiql.explanations.plan_text import clause, described, range_text
from ddblite.partiql.explanations.printing import shown_path, shown_value
from ddblite.partiql.explanations.scan_reasons import hints_of, scan_reasons
from ddblite.partiql.plans import plan
from ddblite.partiql.run.execute import Run, begin
from ddblite.partiql.run.write_requests import changed_key, inserted
from ddblite.schema.tables import Source, TableSpec
from ddblite.schema.values import Value

Values = Mapping[str, Value]


def explain(
    engine: Engine, text: str, parameters: Sequence[Value] = (), *, consistent: bool = False
) -> Explanation:
    """Returns what a statement would do, without doing it or reading an item."""
    return explained(begin(engine, text, parameters, consistent=consistent))


def explained(run: Run) -> Explanation:
    """Returns what a statement that is ready to run would do."""
    access = run.fitted.access
    of = run.prepared.statement.plan
    select = of if isinstance(of, plan.Select) else None
    scan = access if isinstance(access, Scan) else None
    refusals.check(run)
    estimate = estimate_of(run, counts_of(run.engine, run.table))
    has_pages = estimate.pages.most > 1
    texts = {name: shown_value(value) for name, value in run.values.items()}
    return Explanation(
        statement=run.prepared.text,
        kind=kind_of(of, run),
        table=run.table.name,
        index=None if select is None else select.index,
        legs=explained_key_reads(run),
        filter=None if scan is None else shown(scan.filter, run.values),
        columns=columns_of(select),
        order=order_of(select),
        requests=equivalents_of(run, has_pages=has_pages),
        estimate=estimate,
        plan=described(run),
        scan_reasons=() if scan is None else scan_reasons(scan, texts),
        hints=() if scan is None or select is None else hints_of(scan, select),
    )


def kind_of(of: plan.Plan, run: Run) -> str:
    """Returns what a statement comes down to."""
    match of:
        case plan.Insert():
            return "Put"
        case plan.Update() | plan.Delete():
            return type(of).__name__
    return type(run.fitted.access).__name__


def counts_of(engine: Engine, table: TableSpec) -> dict[int, Count]:
    """Returns the counters of a table and its indexes."""
    return catalog.counts(engine.storage, table)


def explained_key_reads(run: Run) -> tuple[ExplainedKeyRead, ...]:
    """Returns the keyed reads of a statement, or its one write; a Scan has none."""
    access = run.fitted.access
    of = run.prepared.statement.plan
    match access:
        case Scan():
            return ()
        case Put():
            assert isinstance(of, plan.Insert), "only an INSERT puts"
            item = inserted(of, run.parameters)
            key = {name: item[name] for name in run.table.key_names if name in item}
            return (ExplainedKeyRead(key, None, shown(access.condition, run.values)),)
        case Change():
            key = changed_key(run.fitted, run.values)
            return (ExplainedKeyRead(key, None, shown(access.condition, run.values)),)
    whole = isinstance(access, Get)
    return tuple(
        explained_key_read(access.source, one.key_read, run.values, whole=whole)
        for one in run.key_reads
    )


def explained_key_read(
    source: Source, key_read: KeyRead, values: Values, *, whole: bool
) -> ExplainedKeyRead:
    """Returns a keyed read; what is in its key as a value is not in its range as well."""
    key = key_of_read(source, key_read, values)
    within = None if whole or len(key) > 1 else range_text(source, key_read, values)
    return ExplainedKeyRead(key, within, shown(joined(key_read.rest), values))


def shown(tree: Tree | None, values: Values) -> str | None:
    """Returns a condition as text, or None when there is none."""
    return clause("", tree, values).strip() or None


def columns_of(select: plan.Select | None) -> tuple[str, ...] | None:
    """Returns the columns of a SELECT as they stand in it, None for ``*`` and for a write."""
    if select is None or select.columns is None:
        return None
    return tuple(shown_path(column.path) for column in select.columns)


def order_of(select: plan.Select | None) -> tuple[str, ...]:
    """Returns the terms of ORDER BY."""
    if select is None:
        return ()
    return tuple(
        f"{shown_path(one.path)} {'DESC' if one.descending else 'ASC'}" for one in select.order
    )
