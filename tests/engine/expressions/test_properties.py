"""What holds of all expressions: readers never crash, meaning does not depend on writing."""

import copy
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ddblite.engine.expressions import (
    compile_condition,
    compile_projection,
    compile_update,
    parse_condition,
    parse_key_condition,
    parse_projection,
    parse_update,
)
from ddblite.engine.expressions.paths import conflict_fault, overlap_fault
from ddblite.engine.expressions.tree import And, Compare, Leaf, Not, Or, Path, Set, Tree, ValueRef
from ddblite.schema.errors import ValidationException
from ddblite.schema.values import Item, Value, equal

WORDS = [
    *("SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "IN", "BETWEEN", "size", "contains"),
    *("attribute_exists", "if_not_exists", "list_append", "a", "b", "#n", "#x", ":v", ":w", "0"),
    *("(", ")", "[", "]", ",", ".", "=", "<>", "<", "+", "-", "_", "!", "status"),
]
texts = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(WORDS), max_size=15).map(" ".join),
)

names = st.sampled_from("abc")
scalars: st.SearchStrategy[Value] = st.one_of(
    st.integers(0, 2),
    st.booleans(),
    st.none(),
    st.sampled_from(["a", "b", ""]),
    st.binary(max_size=1),
)
nested: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
items: st.SearchStrategy[Item] = st.dictionaries(names, nested, max_size=3)
paths = st.builds(
    lambda first, below: Path((first, *below)),
    names,
    st.lists(st.one_of(names, st.integers(0, 3)), max_size=3),
)
compares: st.SearchStrategy[Leaf] = st.builds(
    Compare,
    st.sampled_from(["=", "<>", "<", "<=", ">", ">="]),
    paths,
    st.sampled_from([ValueRef(":v"), ValueRef(":w")]),
)
trees: st.SearchStrategy[Tree] = st.recursive(
    compares,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=10,
)


@given(texts)
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but a ValidationException comes out of a reader, nor out of a check."""
    values: dict[str, Value] = {":v": 1}
    for parse in (parse_condition, parse_key_condition, parse_update):
        with suppress(ValidationException):
            parse(text, {"#n": "name"}).check(values)
    with suppress(ValidationException):
        parse_projection(text, {"#n": "name"})


def written(tree: Tree) -> str:
    """Returns a tree as text, every inner part in brackets."""
    match tree:
        case Not():
            return f"NOT ({written(tree.term)})"
        case And() | Or():
            word = " AND " if isinstance(tree, And) else " OR "
            return word.join(
                f"({written(term)})" if isinstance(term, And | Or) else written(term)
                for term in tree.terms
            )
        case Compare(operator, Path(steps), ValueRef(name)):
            rest = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in steps[1:])
            return f"{steps[0]}{rest} {operator} {name}"
        case _:
            raise AssertionError(tree)


def truth(tree: Tree, item: Item, values: dict[str, Value]) -> bool:
    """Returns what a tree means, worked out the slow way."""
    match tree:
        case Not():
            return not truth(tree.term, item, values)
        case And():
            return all(truth(term, item, values) for term in tree.terms)
        case Or():
            return any(truth(term, item, values) for term in tree.terms)
        case _:
            return compile_condition(tree).holds(item, values)


@given(trees, items, scalars, scalars)
def test_written_and_read_again_means_the_same(
    tree: Tree, item: Item, first: Value, second: Value
) -> None:
    values = {":v": first, ":w": second}
    expected = truth(tree, item, values)
    assert expected is compile_condition(tree).holds(item, values)
    assert expected is parse_condition(written(tree)).holds(item, values)


@given(st.lists(paths, min_size=1, max_size=4), items, nested)
def test_set_then_project_gives_what_was_set(targets: list[Path], item: Item, value: Value) -> None:
    """And the item that was there stays as it was."""
    if overlap_fault(targets) or conflict_fault(targets):
        return
    before = copy.deepcopy(item)
    update = compile_update([Set(target, ValueRef(":v")) for target in targets])
    try:
        after = update.apply(item, {":v": value})
    except ValidationException:
        return
    finally:
        assert equal(before, item)
    for target in targets:
        chosen: Any = compile_projection([target]).apply(after)
        for step in target.steps:
            chosen = chosen.get(step) if isinstance(step, str) else (chosen or [None])[0]
        assert chosen is None or equal(value, chosen)


@given(st.lists(paths, min_size=1, max_size=5))
def test_first_bad_pair_is_found(chosen: list[Path]) -> None:
    """The quick search agrees with looking at every pair."""
    steps = [path.steps for path in chosen]
    overlaps = [
        (one, two)
        for two in range(len(steps))
        for one in range(two)
        if steps[one][: len(steps[two])] == steps[two][: len(steps[one])]
    ]
    fault = overlap_fault(chosen)
    if not overlaps:
        assert fault is None
    else:
        one, two = overlaps[0]
        assert fault is not None
        assert fault.endswith(f"path one: {chosen[one]}, path two: {chosen[two]}")
