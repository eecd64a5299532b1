"""Statements on one item, as batches and transactions have them: which item, once values are known.

A write always has a whole key. A read is of one item when it says of every key attribute what it
equals, be it twice, and asks for nothing else.
"""

from collections.abc import Mapping

from ddblite.engine.expressions.tree import Tree
from ddblite.partiql.access import Access, Change, Get
from ddblite.partiql.faults import StatementError
from ddblite.partiql.terms import key_condition_on
from ddblite.schema import values as attribute_values
from ddblite.schema.tables import TYPES_OF_KIND
from ddblite.schema.values import TAG_BY_TYPE, Item, Value

Values = Mapping[str, Value]


def check_key_types(access: Change, values: Values) -> None:
    """Raises when a key value of a write is of a type that no key attribute has."""
    for attribute, name in (*access.key, *access.again):
        kind = TAG_BY_TYPE[type(values[name])]
        if kind not in TYPES_OF_KIND:
            raise StatementError(
                f"Key value must be of type S, N, or B. Key name: {attribute}, Key type: {kind}",
                about=(name,),
            )


def key_of_one(access: Access, values: Values) -> Item | None:
    """Returns the key of the one item that is read by its key and nothing else, or None."""
    if not isinstance(access, Get) or len(access.legs) != 1:
        return None
    leg = access.legs[0]
    names = (leg.partition, *(() if leg.sort is None else leg.sort.names))
    parts = access.source.table.parts
    key = {part.name: values[name] for part, name in zip(parts, names, strict=True)}
    return key if all(says_again(key, term, values) for term in leg.rest) else None


def says_again(key: Item, term: Tree, values: Values) -> bool:
    """Whether a term says of an attribute of a key that it equals what it does."""
    for attribute, value in key.items():
        found = key_condition_on(attribute, term)
        if found is not None and found.operator == "=":
            return attribute_values.equal(value, values[found.names[0]])
    return False
