"""What AWS's local version takes and the service refuses, put into the form that both take.

For tools that have only ever met the local version. A lenient database reads a request anew,
in this form, when it has refused it:

* a whole number may be written as text, as create-table forms do with capacity;
* a table with indexes may define attributes that no key uses.

What is refused then is refused in the service's words, of the request in this form.
"""

import re
from typing import Any, Final

from ddblite.api.wire.model.control_members import CREATE_TABLE
from ddblite.api.wire.model.json_types import present
from ddblite.api.wire.model.shapes import ListOf, MapOf, Shape, Structure, Whole
from ddblite.api.wire.operation import Operation
from ddblite.engine.definitions.create_table import key_schemas, names_in
from ddblite.schema.wire import REFUSALS

Wire = dict[str, Any]

WHOLE_TEXT: Final = re.compile(r"\s*[+-]?[0-9]{1,19}\s*", re.ASCII)
"""A text that the local version reads as a number: whole, and not beyond 64 bits by far."""


def eased(operation: Operation, wire: Wire) -> Wire:
    """Returns a request in the form that the service takes, as far as leniency goes."""
    read: Wire = with_numbers(operation.shape, wire)
    return without_surplus(read) if operation.name == "CreateTable" else read


def with_numbers(shape: Shape, value: Any) -> Any:
    """Returns a request, or a part of it, with numbers where texts stand for them."""
    match shape:
        case Structure(members=members) if isinstance(value, dict):
            return {
                name: with_numbers(members[name], one) if name in members else one
                for name, one in value.items()
            }
        case MapOf(value=inner) if isinstance(value, dict):
            return {name: with_numbers(inner, one) for name, one in value.items()}
        case ListOf(element=element) if isinstance(value, list | tuple):
            return [with_numbers(element, one) for one in value]
        case Whole() if isinstance(value, str) and WHOLE_TEXT.fullmatch(value):
            return int(value)
    return value


def without_surplus(wire: Wire) -> Wire:
    """Returns a CreateTable without what no key uses; without indexes, or malformed, as it is."""
    try:
        definition = present(CREATE_TABLE, wire)
        schemas = [schema for schema, _ in key_schemas(definition)]
        used = {name for schema in schemas for name in names_in(schema)}
        defined = definition["AttributeDefinitions"]
        kept = [one for one in defined if one["AttributeName"] in used]
    except REFUSALS:
        return wire
    return {**wire, "AttributeDefinitions": kept} if len(schemas) > 1 else wire
