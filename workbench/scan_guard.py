"""Before a SELECT that reads a whole large table: how large it is, and which term made it one.

On a terminal the user is asked. Where nobody can be asked the statement is refused, so that a
script that was tried on little data does not read gigabytes later; ``--allow-scan`` lets it.
The size is known from the catalog's counters, without reading an item.
"""

from collections.abc import Sequence
from typing import Final

from ddblite.partiql.access_paths.access import Scan
from ddblite.partiql.explanations.explain import explained
from ddblite.partiql.explanations.explanation import Explanation
from ddblite.partiql.run.execute import begin
from ddblite.partiql.run.prepare import Prepared
from ddblite.schema.amounts import counted
from ddblite.schema.values import Value
from ddblite.workbench.conversation import Conversation, WorkbenchError
from ddblite.workbench.safe_text import escaped

ALLOWING: Final = "--allow-scan, or .allow_scan on before it, lets a script do that."

DECLINED: Final = "Nothing was read."


def check_scan(conversation: Conversation, prepared: Prepared, values: Sequence[Value]) -> None:
    """Raises WorkbenchError when a statement is not run, for its size or by its user's answer."""
    if conversation.allows_scan:
        return
    run = begin(conversation.database.engine, prepared.text, values)
    if not isinstance(run.fitted.access, Scan):
        return
    explanation = explained(run)
    if explanation.estimate.counted_bytes < conversation.scan_guard_bytes:
        return
    warning = warning_text(explanation)
    if conversation.ask is None:
        raise WorkbenchError(f"{warning} {ALLOWING}")
    conversation.remark(warning)
    if not conversation.is_confirmed("Run it?"):
        raise WorkbenchError(DECLINED)


def warning_text(explanation: Explanation) -> str:
    """Returns what a scan reads, and what made it one."""
    estimate = explanation.estimate
    name = ".".join(filter(None, [explanation.table, explanation.index]))
    size = f"{counted(estimate.counted_items, 'item')}, {megabytes(estimate.counted_bytes)}"
    units = counted(estimate.units.most, estimate.noun)
    reasons = "; ".join(explanation.scan_reasons)
    return escaped(f"This reads all of {name}: {size}, about {units}, because {reasons}.")


def megabytes(size: int) -> str:
    """Returns a size in MB, of which a page of DynamoDB's has one: ``12.5 MB``."""
    return f"{size / (1024 * 1024):,.1f} MB"
