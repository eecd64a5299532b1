"""What a statement would change: it is carried out, looked at, and taken back.

All of it is one transaction of the file that is never committed, so that what is shown is what
would really happen, and nothing of it stays: no item, no index entry, no counter.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from ddblite.engine.engine import Engine
from ddblite.partiql.explanations.explain import explained_key_reads
from ddblite.partiql.explanations.plan_text import described
from ddblite.partiql.explanations.printing import shown_name
from ddblite.partiql.plans.plan import Exists
from ddblite.partiql.run.execute import Run, begin
from ddblite.partiql.run.transactions import runs_of, written
from ddblite.schema import values as attribute_values
from ddblite.schema.errors import ValidationException
from ddblite.schema.requests import Consumed, GetItem, GetItemAnswer
from ddblite.schema.statement_requests import ExecuteTransaction, StatementRequest
from ddblite.schema.values import Item, Value
from ddblite.workbench.cell_text import cell
from ddblite.workbench.conversation import WorkbenchError
from ddblite.workbench.footers import units_text
from ddblite.workbench.safe_text import escaped


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What one or more statements would change: per statement its plan, the item before and after.

    ``consumed`` is what they would take.
    """

    changes: tuple[tuple[str, Item | None, Item | None], ...]
    consumed: tuple[Consumed, ...]

    def lines(self) -> Iterator[str]:
        """Gives the changes as text; what is quoted is escaped."""
        for plan, before, after in self.changes:
            yield escaped(plan)
            yield from (f"  {line}" for line in change_lines(before, after))
        yield f"It would take {', '.join(map(units_text, self.consumed))}."


class TakenBack(Exception):  # noqa: N818 - it ends a rehearsal, and is no fault
    """Undoes what a rehearsal wrote."""


def rehearse(engine: Engine, statement: str, values: Sequence[Value]) -> Rehearsal:
    """Returns what a statement would change, or raises what would be wrong with it."""
    run = begin(engine, statement, values)
    if not run.is_write:
        raise WorkbenchError("A SELECT changes nothing: .explain says what it would read")
    return rehearsed(engine, [run], lambda: [run.page().consumed])


def rehearse_all(engine: Engine, statements: list[StatementRequest]) -> Rehearsal:
    """Returns what a transaction would change, or raises what would be wrong with it."""
    request = ExecuteTransaction(statements=statements)
    runs = runs_of(engine, request)
    if not runs[0].is_write:
        raise WorkbenchError("The statements of this transaction change nothing")
    return rehearsed(engine, runs, lambda: written(engine, request, runs).consumed)


def rehearsed(
    engine: Engine, runs: Sequence[Run], carry_out: Callable[[], Sequence[Consumed]]
) -> Rehearsal:
    """Returns what changes while statements are carried out, and undoes it."""
    changing = [run for run in runs if not isinstance(run.prepared.statement.plan, Exists)]

    def tried() -> Rehearsal:
        before: list[Item | None] = []
        after: list[Item | None] = []
        consumed: Sequence[Consumed] = ()
        with suppress(TakenBack), engine.write():
            before += [item_of(run) for run in changing]
            consumed = carry_out()
            after += [item_of(run) for run in changing]
            raise TakenBack
        plans = map(described, changing)
        return Rehearsal(tuple(zip(plans, before, after, strict=True)), tuple(consumed))

    return engine.guarded(tried)


def item_of(run: Run) -> Item | None:
    """Returns the item that a statement is about, as it stands now; None when there is none.

    What is wrong with its key is left for the statement itself to say.
    """
    request = GetItem(
        table_name=run.table.name, key=explained_key_reads(run)[0].key, consistent=True
    )
    try:
        answer: GetItemAnswer = run.engine.execute(request)
    except ValidationException:
        return None
    return answer.item


def change_lines(before: Item | None, after: Item | None) -> list[str]:
    """Returns a line per attribute that is added (+), removed (-) or another one (~)."""
    if before is None and after is None:
        return ["there is no such item, and there will be none"]
    found = list(differences(before or {}, after or {}, ""))
    return found or ["the item stays as it is"]


def differences(before: Item, after: Item, above: str) -> Iterator[str]:
    """Gives the differences between two maps; those inside a map of both have its path."""
    for name in dict.fromkeys([*before, *after]):
        path = above + escaped(shown_name(name))
        if name not in before:
            yield f"+ {path}: {cell(after[name])}"
            continue
        old = before[name]
        if name not in after:
            yield f"- {path}: {cell(old)}"
            continue
        new = after[name]
        if isinstance(old, dict) and isinstance(new, dict):
            yield from differences(old, new, f"{path}.")
        elif not attribute_values.equal(old, new):
            yield f"~ {path}: {cell(old)} -> {cell(new)}"
