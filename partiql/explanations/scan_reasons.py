"""Why a SELECT has to read everything: which of its terms kept it from being a Query.

A Query needs the partition key: an equality, an IN, or an OR whose every branch has one of
these, among the terms that must all hold, and no second one that says something else. Each
reason is about one term that comes near, or about there being none. What would help is an index
whose partition key the statement knows.
"""

from collections.abc import Iterator, Mapping

from ddblite.engine.expressions.tree import (
    And,
    Between,
    Call,
    Compare,
    In,
    Leaf,
    Not,
    Or,
    Tree,
    operands_of,
)
from ddblite.partiql.access_paths.access import Scan
from ddblite.partiql.access_paths.branches import is_pinned
from ddblite.partiql.access_paths.sources import has_plain_key, source_of
from ddblite.partiql.access_paths.terms import attributes_of, is_attribute, terms_of
from ddblite.partiql.explanations.printing import shown_name, shown_tree
from ddblite.partiql.plans import plan
from ddblite.schema.tables import Source

Texts = Mapping[str, str]


def scan_reasons(access: Scan, texts: Texts) -> tuple[str, ...]:
    """Returns a sentence for each term that a partition key could have been taken from."""
    partition = access.source.partition.name
    if access.filter is None:
        return (f"there is no WHERE, so nothing says what the {key_words(partition)} is",)
    found = tuple(
        f"{shown_tree(term, texts)}: {reason}"
        for term in terms_of(access.filter)
        for reason in reasons_of(partition, term, texts)
    )
    if is_pinned(access.filter, partition):
        return (f"two terms say different things of the {key_words(partition)}",)
    return found or (f"no term says what the {key_words(partition)} equals",)


def key_words(partition: str) -> str:
    """Returns what a partition key is called in a sentence."""
    return f"partition key {shown_name(partition)}"


def reasons_of(partition: str, term: Tree, texts: Texts) -> Iterator[str]:
    """Gives why a term does not fix the partition key; nothing when it is not about it."""
    if partition not in attributes_of(term):
        return
    match term:
        case Not():
            yield f"a Query is not looked for inside NOT; {needs(partition)}"
        case Or():
            yield from branch_reasons(partition, term, texts)
        case And():
            yield f"this does not fix the {key_words(partition)}"
        case _:
            yield leaf_reason(partition, term)


def leaf_reason(partition: str, leaf: Leaf) -> str:
    """Returns why a comparison or function does not fix the partition key that it is about."""
    operands = operands_of(leaf)
    if not any(is_attribute(one, partition) for one in operands):
        return f"a function of the {key_words(partition)} does not say what it equals"
    match leaf:
        case Compare() if leaf.operator == "=":
            equals = f"the {key_words(partition)} must equal a value, not another attribute"
            return f"{equals}; a string stands in single quotes"
        case Compare() if leaf.operator == "<>":
            return f"this says what the key is not; {needs(partition)}"
        case Compare() | Between():
            return f"this is a range; {needs(partition)}"
        case In():
            return f"the {key_words(partition)} must be among values alone"
        case Call() if leaf.function == "begins_with":
            return f"this is a range of beginnings; {needs(partition)}"
    return f"this does not say what the {key_words(partition)} equals"


def needs(partition: str) -> str:
    """Returns what a Query needs, as a part of a sentence."""
    return f"the {key_words(partition)} needs = or IN"


def branch_reasons(partition: str, term: Or, texts: Texts) -> Iterator[str]:
    """Gives the branches of an OR that do not fix the partition key."""
    for branch in term.terms:
        if not is_pinned(branch, partition):
            shown = shown_tree(branch, texts)
            yield f"OR needs {shown_name(partition)} = or IN in every branch, and {shown} has none"


def hints_of(access: Scan, of: plan.Select) -> tuple[str, ...]:
    """Returns a sentence for the table or index that the same WHERE could be a Query of."""
    table = access.source.table
    names = (None, *(index.name for index in table.indexes.values() if has_plain_key(index)))
    return tuple(
        f"FROM {source_words(source)} the same WHERE is a Query: its partition key is"
        f" {shown_name(source.partition.name)}"
        for source in (source_of(table, name) for name in names)
        if source != access.source
        and of.where is not None
        and is_pinned(of.where, source.partition.name)
    )


def source_words(source: Source) -> str:
    """Returns a table or index as it stands after FROM."""
    names = [source.table.name] + ([] if source.index is None else [source.index.name])
    return ".".join(f'"{name}"' for name in names)
