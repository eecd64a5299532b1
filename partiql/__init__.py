"""PartiQL: DynamoDB's own dialect, a second way to ask.

::

    text -> guard and lexemes (tokens) -> sqlglot's nodes (grammar, predicates, literals)
         -> plan (lower, conditions, operands)                 cached by text, knows no table
         -> access (branches, sources, ordering, access)       cached with the plan and its table
         -> reads, once the values are known (key_reads, key_values)
         -> engine requests (execution, reading) -> pages

A text that is refused on this way is read again as the service's own reader does (``wide_*``),
which knows far more SQL; what that or DynamoDB behind it (``unsupported*``) says of it is the error
(``complaints``), and our advice stands beside it (``hints``).

The public face is below, and loaded when it is first used: sqlglot takes a tenth of a
second to import, which nobody should pay who asks no statement.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ddblite.partiql.explanations.explain import explain
    from ddblite.partiql.explanations.explanation import Explanation
    from ddblite.partiql.explanations.plan_text import described
    from ddblite.partiql.run.batches import batch_execute_statement
    from ddblite.partiql.run.execute import Page, Run, begin, execute, execute_statement
    from ddblite.partiql.run.prepare import Prepared, prepare
    from ddblite.partiql.run.transactions import execute_transaction
    from ddblite.partiql.syntax.faults import Position, StatementError

__all__ = [
    "Explanation",
    "Page",
    "Position",
    "Prepared",
    "Run",
    "StatementError",
    "batch_execute_statement",
    "begin",
    "described",
    "execute",
    "execute_statement",
    "execute_transaction",
    "explain",
    "prepare",
]

MODULES: Final = {
    "Explanation": "explanations.explanation",
    "Page": "run.execute",
    "Position": "syntax.faults",
    "Prepared": "run.prepare",
    "Run": "run.execute",
    "StatementError": "syntax.faults",
    "batch_execute_statement": "run.batches",
    "begin": "run.execute",
    "described": "explanations.plan_text",
    "execute": "run.execute",
    "execute_statement": "run.execute",
    "execute_transaction": "run.transactions",
    "explain": "explanations.explain",
    "prepare": "run.prepare",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the above
    """Loads the module of a public name when the name is first asked for."""
    module = MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = found
    return found
