"""What the engine refuses of a statement before it looks at an item.

A statement that is run meets these checks in the engine's operations; one that is only
explained is to meet them too, in the same order and words, so that nothing is foretold of a
statement that cannot be run. What depends on the item that is found is not known here.
"""

from ddblite.engine.items import accept_key
from ddblite.engine.operations import request_expressions
from ddblite.engine.operations.key_ranges import key_range
from ddblite.engine.operations.write_pipeline import fit, make_ready, settle
from ddblite.partiql.access_paths.access import Get, Query, Scan
from ddblite.partiql.explanations.equivalents import key_of_read
from ddblite.partiql.plans import plan
from ddblite.partiql.run.execute import Run
from ddblite.partiql.run.prepare import ASKED_AS, CompiledKeyRead
from ddblite.partiql.run.write_requests import request_of, without_deep_puts
from ddblite.schema.errors import ValidationException
from ddblite.schema.tables import Source
from ddblite.schema.wording import reworded


def check(run: Run) -> None:
    """Raises what running a statement would raise whatever its table holds."""
    try:
        check_access(run)
    except ValidationException as error:
        raise reworded(error, ASKED_AS, run.engine.wording) from None


def check_access(run: Run) -> None:
    """Raises what is wrong with the one write, or with the first read that has a fault."""
    fitted = run.fitted
    access = fitted.access
    match access:
        case Get():
            for one in run.key_reads:
                accept_key(run.table, key_of_read(access.source, one.key_read, run.values))
        case Query():
            for one in run.key_reads:
                check_query(run, access.source, one)
        case Scan():
            request_expressions.check_scalars(run.table, fitted.condition)
        case _:
            check_write(run)


def check_write(run: Run) -> None:
    """Raises what is wrong with a write, as far as it goes without the item that it meets."""
    of = run.prepared.statement.plan
    (action,) = without_deep_puts(
        [request_of(of, run.fitted, run.values, run.parameters)], [run.table]
    )
    ready = make_ready(action)
    fit(ready, run.table)
    if isinstance(of, plan.Insert):
        settle(ready, run.table, None)


def check_query(run: Run, source: Source, one: CompiledKeyRead) -> None:
    """Raises what is wrong with the key or the paths of a keyed read."""
    # What is merged is filtered behind the engine, which then does not see the filter's paths.
    is_filtered = not run.fitted.order.merged or len(run.key_reads) == 1
    filtering = one.filter if is_filtered else None
    request_expressions.check_scalars(run.table, one.key_condition, filtering)
    index_name = None if source.index is None else source.index.name
    assert one.key_condition is not None, "a leg is read by its key"
    key_range(source.key, one.key_condition.terms(run.values), index_name)
