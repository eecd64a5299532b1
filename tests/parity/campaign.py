"""The same requests for us and for the oracle, and what came of each.

Both start empty and are kept level: after a write whose outcomes differed, the oracle's
tables are given our items, so that one difference is counted once.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import ddblite
from parity.answers import Answer, ours
from parity.oracle import Oracle
from parity.overruled import overruled, undecided
from parity.steps import Step

WRITES: Final = frozenset(
    {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}
)
UPDATES: Final = frozenset({"UpdateItem", "TransactWriteItems"})
TABLES: Final = frozenset({"CreateTable", "DeleteTable"})

EQUAL: Final = "equal"
OVERRULED: Final = "overruled"
OPEN: Final = "open"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one request came to: ``sources`` say what overrules the oracle, or why it is open."""

    step: Step
    verdict: str
    mine: Answer
    other: Answer
    sources: tuple[str, ...] = ()


class Contest:
    """An empty database of ours, in both wordings, and one of the oracle's."""

    def __init__(self, oracle: Oracle, account: str) -> None:
        self.oracle = oracle
        self.account = account
        self.open = ExitStack()
        self.database = self.open.enter_context(ddblite.connect(":memory:"))
        self.older = self.open.enter_context(ddblite.connect(":memory:", wording="older"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        problems = self.database.engine.check()
        self.open.close()
        assert not problems, problems

    def run(self, steps: Iterable[Step]) -> Iterator[Outcome]:
        """Yields the outcome of each request."""
        for step in steps:
            outcome = self.compared(step)
            yield outcome
            if step.operation in TABLES and outcome.verdict != EQUAL:
                self.level_tables()
            elif step.operation in WRITES and self.may_differ(outcome):
                self.level_items()

    def compared(self, step: Step) -> Outcome:
        """Asks both and returns the outcome; the oracle may speak either wording."""
        mine, older = ours(self.database, step), ours(self.older, step)
        other = self.oracle.ask(step, self.account)
        if other in (mine, older):
            return Outcome(step, EQUAL, mine, other)
        sources = overruled(step, mine, other)
        if sources:
            return Outcome(step, OVERRULED, mine, other, sources)
        return Outcome(step, OPEN, mine, other, undecided(step, mine, other))

    def may_differ(self, outcome: Outcome) -> bool:
        """Whether the items may no longer be the same; an update that removes creates silently."""
        return outcome.verdict != EQUAL or outcome.step.operation in UPDATES

    def level_tables(self) -> None:
        """Removes the oracle's tables that we do not have."""
        asked = Step("ListTables", {})
        kept = ours(self.database, asked)["TableNames"]
        for name in self.oracle.ask(asked, self.account)["TableNames"]:
            if name not in kept:
                self.oracle.ask(Step("DeleteTable", {"TableName": name}), self.account)

    def level_items(self) -> None:
        """Gives the oracle our items, in every table where it has others."""
        for name in ours(self.database, Step("ListTables", {}))["TableNames"]:
            scan = Step("Scan", {"TableName": name})
            mine, other = ours(self.database, scan), self.oracle.ask(scan, self.account)
            if mine != other and "error" not in other:
                self.replace(name, other["Items"], mine["Items"])

    def replace(self, table: str, before: list[Any], after: list[Any]) -> None:
        """Replaces the oracle's items of a table."""
        described = ours(self.database, Step("DescribeTable", {"TableName": table}))["Table"]
        keys = [element["AttributeName"] for element in described["KeySchema"]]
        for item in before:
            key = {name: item[name] for name in keys}
            self.oracle.ask(Step("DeleteItem", {"TableName": table, "Key": key}), self.account)
        for item in after:
            self.oracle.ask(Step("PutItem", {"TableName": table, "Item": item}), self.account)
