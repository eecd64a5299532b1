"""The expression language: conditions, filters, key conditions, projections and updates.

A text is read once into an immutable object that is cached and shared. Its use has two steps:
``check`` with the request's values, which raises everything that can be known without an item,
and then ``holds`` or ``apply``, item after item. Trees built without a text (PartiQL, legacy
parameters) become the same objects through the ``compile_`` functions.
"""

from ddblite.engine.expressions.conditions import Condition, compile_condition, parse_condition
from ddblite.engine.expressions.key_conditions import (
    KeyCondition,
    KeyTerm,
    compile_key_condition,
    parse_key_condition,
)
from ddblite.engine.expressions.placeholders import check_placeholder_keys, check_placeholders
from ddblite.engine.expressions.projections import (
    Projection,
    compile_projection,
    parse_projection,
)
from ddblite.engine.expressions.updates import Update, compile_update, parse_update

__all__ = [
    "Condition",
    "KeyCondition",
    "KeyTerm",
    "Projection",
    "Update",
    "check_placeholder_keys",
    "check_placeholders",
    "compile_condition",
    "compile_key_condition",
    "compile_projection",
    "compile_update",
    "parse_condition",
    "parse_key_condition",
    "parse_projection",
    "parse_update",
]
