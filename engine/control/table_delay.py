"""The delay of the control plane: how long a table stays CREATING, UPDATING or DELETING.

Tables change at once, and by default nobody can tell. With a delay, whoever asks through
this database object sees the change going on for that long, as with the service: the table is
described as changing, the data plane does not find it while it is made or removed, and other
changes are refused. Programs that forget to wait find out. Nothing of it is in the file.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from ddblite.engine.definitions.describe import CREATING, DELETING, UPDATING
from ddblite.schema import control_requests, requests
from ddblite.schema.errors import (
    ResourceInUseException,
    ResourceNotFoundException,
    TableNotFoundException,
    ValidationException,
)
from ddblite.schema.request_kinds import OnTables

IN_USE: Final = "Attempt to change a resource which is still in use: "

IN_USE_TEXTS: Final = {
    CREATING: IN_USE + "Table is being created: {name}",
    UPDATING: IN_USE + "Table: {name} is in the process of being updated.",
    DELETING: IN_USE + "Table is being deleted: {name}",
}

ON_BACKUPS: Final = (
    control_requests.DescribeContinuousBackups,
    control_requests.UpdateContinuousBackups,
)


@dataclass(frozen=True, slots=True)
class Change:
    """A change that is to be seen until a moment: the table's description meanwhile."""

    status: str
    until_s: float
    description: dict[str, Any]


@dataclass(slots=True)
class TableDelay:
    """The changes that are still to be seen, by table name."""

    delay_s: float
    changes: dict[str, Change] = field(default_factory=dict)

    def change_of(self, name: str, now_s: float) -> Change | None:
        """Returns the change that a table is in, or None when it is in none (any more)."""
        change = self.changes.get(name)
        if change is not None and now_s >= change.until_s:
            self.changes.pop(name, None)
            return None
        return change

    def before(self, request: requests.Request, now_s: float) -> requests.Record | None:
        """Returns the answer that a change gives by itself, or raises what it forbids."""
        for name in request.table_names():
            change = self.change_of(name, now_s)
            if change is None:
                continue
            if isinstance(request, control_requests.DescribeTable):
                return control_requests.TableAnswer(description=change.description)
            if request.kind.on_tables in (OnTables.CHANGES, OnTables.SETS):
                raise ResourceInUseException(in_use_text(request, name, change))
            if change.status != UPDATING:
                refuse_while_absent(request, name, change)
        return None

    def after(self, request: requests.Request, answer: Any, now_s: float) -> Any:  # noqa: ANN401
        """Notes a change that was made, and returns the answer as it is to be seen."""
        if isinstance(request, control_requests.ListTables):
            return self.listed(request, answer, now_s)
        if request.kind.on_tables is OnTables.CHANGES:
            assert isinstance(answer, control_requests.TableAnswer), (
                "a change is answered by a table"
            )
            described = answer.description
            change = Change(described["TableStatus"], now_s + self.delay_s, described)
            self.changes[described["TableName"]] = change
        return answer

    def listed(
        self,
        request: control_requests.ListTables,
        answer: control_requests.ListTablesAnswer,
        now_s: float,
    ) -> control_requests.ListTablesAnswer:
        """Returns a list of tables with those in it that are still being removed."""
        start = request.start_name or ""
        leaving = [
            name
            for name in list(self.changes)
            if name > start and self.change_of(name, now_s) is not None
        ]
        names = sorted({*answer.names, *leaving})
        if answer.last_name is not None:
            names = [name for name in names if name <= answer.last_name]
        listed = names[: request.limit]
        is_cut = answer.last_name is not None or len(names) > len(listed)
        return control_requests.ListTablesAnswer(
            names=listed, last_name=listed[-1] if is_cut else None
        )


def in_use_text(request: requests.Request, name: str, change: Change) -> str:
    """Returns why a table cannot be changed while it is being changed."""
    if isinstance(request, control_requests.CreateTable) and change.status != CREATING:
        return f"Table already exists: {name}"
    return IN_USE_TEXTS[change.status].format(name=name)


def refuse_while_absent(request: requests.Request, name: str, change: Change) -> None:
    """Raises for what cannot be asked of a table that is being made or removed."""
    if request.kind.on_tables is OnTables.ASKS:
        return
    if isinstance(request, control_requests.DescribeTimeToLive):
        raise ValidationException(
            f"Cannot describe time to live while table is in {change.status} state:"
            f" Current table state is {change.status}"
        )
    if isinstance(request, ON_BACKUPS):
        raise TableNotFoundException(f"Table not found: {name}")
    raise ResourceNotFoundException("Requested resource not found")
