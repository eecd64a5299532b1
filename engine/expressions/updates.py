"""Updates, compiled once and applied to many items.

Every right-hand side is worked out on the item as it was, then all results are put into a new
item in one walk. The new item shares with the old one whatever no path leads through; nothing
of the old one changes. The result of a REMOVE is MISSING, and so is that of a DELETE which
leaves a set empty.

Which attributes are keys, and how large an item may be, is not known here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, cast

from ddblite.engine.expressions.arithmetic import (
    INVALID_PATH,
    WRONG_TYPE,
    evaluator_of_action,
)
from ddblite.engine.expressions.checks import (
    check_calls,
    check_defaults,
    check_section_value,
    check_set_value,
    check_values,
)
from ddblite.engine.expressions.faults import (
    Check,
    Checklist,
    Values,
    run_checks,
    undefined_name,
    value_defined,
)
from ddblite.engine.expressions.operands import Evaluate
from ddblite.engine.expressions.paths import (
    MISSING,
    Absent,
    Branch,
    Found,
    conflict_fault,
    merge,
    overlap_fault,
    select_attributes,
)
from ddblite.engine.expressions.placeholders import names_key
from ddblite.engine.expressions.tree import (
    Action,
    Add,
    Delete,
    Path,
    Set,
    operands_of_action,
    paths_within,
    references_within,
)
from ddblite.engine.expressions.update_parser import UpdateParser
from ddblite.schema.errors import ValidationException
from ddblite.schema.values import Item, Value

WHICH: Final = "UpdateExpression"

ADDABLE: Final = frozenset({"N", "SS", "NS", "BS"})
DELETABLE: Final = frozenset({"SS", "NS", "BS"})


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """Changes to one item.

    ``targets`` are the changed paths in the order of the text; ``paths`` and ``attributes``
    also hold what is only read. ``creates_item`` is False when there is nothing but REMOVE
    and DELETE: such an update leaves a missing item missing.
    """

    actions: tuple[Action, ...]
    targets: tuple[Path, ...]
    paths: tuple[Path, ...]
    attributes: frozenset[str]
    names_used: frozenset[str]
    values_used: frozenset[str]
    creates_item: bool
    checks: tuple[Check, ...] = field(repr=False)
    branch: Branch | None = field(repr=False)
    evaluators: tuple[Evaluate, ...] = field(repr=False)

    def check(self, values: Values | None) -> None:
        """Raises ValidationException for the first fault that needs the values to be seen."""
        run_checks(WHICH, self.checks, values)

    def apply(self, item: Item, values: Values) -> Item:
        """Returns the item as changed, or raises ValidationException; the given one stays."""
        assert self.branch is not None, "a faulty update was not checked before it was applied"
        self.check_places(item, values)
        results = [evaluate(item, values) for evaluate in self.evaluators]
        return changed_map(self.branch, item, results)

    def check_places(self, item: Item, values: Values) -> None:
        """Raises when a path leads through what is no map or list.

        An operand of a wrong type goes before that (captured on AWS, October 2026).
        """
        assert self.branch is not None, "a faulty update was not checked before it was applied"
        if fits(self.branch, item):
            return
        for evaluate in self.evaluators:
            try:
                evaluate(item, values)
            except ValidationException as fault:
                if fault.message == WRONG_TYPE:
                    raise
        raise ValidationException(INVALID_PATH)

    def touched(self, before: Item | None, after: Item, which: str) -> Item:
        """Returns the changed paths alone, as they are in ``after``, or for UPDATED_OLD were.

        What is not in that image is left out; an item that was not there gives nothing.
        """
        assert self.branch is not None, "a faulty update was not checked before it was applied"
        image = before if which == "UPDATED_OLD" else after
        return {} if image is None else select_attributes(self.branch, image)


def parse_update(text: str, names: Mapping[str, str] | None = None) -> Update:
    """Returns the update that a text stands for, or raises ValidationException."""
    key = names_key(names)
    return parsed(text, key) if key is not None else parsed.__wrapped__(text, names)


@lru_cache(maxsize=1024)
def parsed(text: str, names: tuple[tuple[str, str], ...]) -> Update:
    """Returns the update of a text, from the cache if it is there."""
    meanings = dict(names)
    parser = UpdateParser(text, meanings)
    actions = parser.parse()
    checks = Checklist(WHICH)
    uses = list(dict.fromkeys(parser.uses))
    for use in uses:
        if use[0] == "#" and use not in meanings:
            checks.fail(undefined_name(use))
    for use in uses:
        if use[0] == ":":
            checks.add(value_defined(use))
    return compiled(actions, checks, frozenset(use for use in uses if use[0] == "#"))


def compile_update(actions: Sequence[Action], *, last_first: bool = False) -> Update:
    """Returns the update of actions that were not read from an expression.

    Of two paths that do not go together the one that comes first is told first; ``last_first``
    turns that round.
    """
    checks = Checklist(WHICH)
    check_values(checks, [value for action in actions for value in operands_of_action(action)])
    return compiled(tuple(actions), checks, frozenset(), last_first=last_first)


def compiled(
    actions: tuple[Action, ...],
    checks: Checklist,
    names_used: frozenset[str],
    *,
    last_first: bool = False,
) -> Update:
    """Returns the update of actions and the checks that it needs."""
    targets = tuple(action.path for action in actions)
    operands = [value for action in actions for value in operands_of_action(action)]
    told = targets[::-1] if last_first else targets
    fault = overlap_fault(told) or conflict_fault(told)
    if fault:
        checks.fail(fault)
    check_calls(checks, operands)
    for action in actions:
        check_types(checks, action)
    paths = tuple(dict.fromkeys([*targets, *paths_within(operands)]))
    return Update(
        actions=actions,
        targets=targets,
        paths=paths,
        attributes=frozenset(path.attribute for path in paths),
        names_used=names_used,
        values_used=frozenset(references_within(operands)),
        creates_item=any(isinstance(action, Set | Add) for action in actions),
        checks=tuple(checks.checks),
        branch=None if checks.closed else merge(targets),
        evaluators=() if checks.closed else tuple(map(evaluator_of_action, actions)),
    )


def check_types(checks: Checklist, action: Action) -> None:
    """Adds that the values of an action have types it can work on."""
    match action:
        case Set():
            check_defaults(checks, action.operand)
            check_set_value(checks, action.operand)
        case Add():
            check_section_value(checks, "ADD", action.value, ADDABLE)
        case Delete():
            check_section_value(checks, "DELETE", action.value, DELETABLE)
        case _:
            pass


def fits(branch: Branch, value: Found) -> bool:
    """Whether a value is the container that the paths through it take it for, at every level."""
    if branch.is_list:
        return isinstance(value, list) and all(
            fits(below, value[int(step)] if int(step) < len(value) else MISSING)
            for step, below in branch.children
            if isinstance(below, Branch)
        )
    return isinstance(value, dict) and all(
        fits(below, value.get(str(step), MISSING))
        for step, below in branch.children
        if isinstance(below, Branch)
    )


def changed_map(branch: Branch, item: Item, results: Sequence[Found]) -> Item:
    """Returns a map with the results at the places that the branch leads to."""
    after = dict(item)
    for step, below in branch.children:
        name = str(step)
        if isinstance(below, Branch):
            after[name] = changed(below, item.get(name, MISSING), results)
            continue
        result = results[below]
        if isinstance(result, Absent):
            after.pop(name, None)
        else:
            after[name] = result
    return after


def changed(branch: Branch, value: Found, results: Sequence[Found]) -> Value:
    """Returns a map or list with results put in, or raises when it is neither."""
    if branch.is_list and isinstance(value, list):
        return changed_list(branch, value, results)
    if not branch.is_list and isinstance(value, dict):
        return changed_map(branch, value, results)
    raise ValidationException(INVALID_PATH)


def changed_list(branch: Branch, elements: list[Value], results: Sequence[Found]) -> list[Value]:
    """Returns a list with results put in; every index means the list as it was.

    Removed elements go last, so that no index moves; elements beyond the end are appended.
    """
    after: list[Found] = list(elements)
    for step, below in branch.children:
        index = int(step)
        inside = index < len(elements)
        if isinstance(below, Branch):
            after_element = changed(below, elements[index] if inside else MISSING, results)
            after[index] = after_element
        elif inside:
            after[index] = results[below]
        else:
            after.append(results[below])
    return cast("list[Value]", [element for element in after if element is not MISSING])
