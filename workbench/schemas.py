"""A table's schema in forms that make it again: CreateTable's JSON, boto3, CloudFormation.

What is printed has everything that CreateTable was given and UpdateTable changed since, and
nothing that only this file knows, such as sizes and dates.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ddblite.api.python.database import Database
from ddblite.api.wire.model.control_members import CREATE_TABLE, TIME_TO_LIVE
from ddblite.api.wire.model.control_members import RECOVERY as RECOVERY_SHAPE
from ddblite.api.wire.model.shapes import ListOf, Shape, Structure
from ddblite.engine.definitions.time_settings import EXPIRY, RECOVERY
from ddblite.workbench.safe_text import json_escaped

Definition = Mapping[str, Any]

FIRST: Final = ("TableName", "KeySchema", "AttributeDefinitions", "BillingMode")
"""Stand before the other members: they are what one looks for."""

INDENT: Final = "    "


@dataclass(frozen=True, slots=True)
class Schema:
    """What CreateTable takes, and what is set afterwards, by the member that it stands in."""

    definition: Definition
    settings: Definition = field(default_factory=dict)


SETTERS: Final = {EXPIRY: "update_time_to_live", RECOVERY: "update_continuous_backups"}
"""The calls that set what CreateTable does not take."""

SHAPES: Final = {EXPIRY: TIME_TO_LIVE, RECOVERY: RECOVERY_SHAPE}


def schema_of(database: Database, name: str) -> Schema:
    """Returns a table's schema, or raises ResourceNotFoundException."""
    spec = database.table(name).spec
    made = kept(CREATE_TABLE, spec.definition)
    ordered = {member: made[member] for member in (*FIRST, *made) if member in made}
    settings = {
        one: kept(SHAPES[one], spec.definition[one]) for one in SETTERS if one in spec.definition
    }
    return Schema(ordered, settings)


def kept(shape: Shape, value: Any) -> Any:  # noqa: ANN401 - any part of the wire's JSON
    """Returns the part of a value that a request may have."""
    match shape:
        case Structure():
            members = shape.members
            return {
                name: kept(members[name], one) for name, one in value.items() if name in members
            }
        case ListOf():
            return [kept(shape.element, one) for one in value]
    return value


# JSON


def as_json(schemas: Iterable[Schema]) -> str:
    """Returns CreateTable's input: of one table an object, of several an array of them."""
    definitions = [one.definition for one in schemas]
    return json_text(definitions[0] if len(definitions) == 1 else definitions)


def json_text(value: Any) -> str:  # noqa: ANN401 - JSON
    """Returns JSON in lines, without characters that have no visible form."""
    return json_escaped(json.dumps(value, ensure_ascii=False, indent=2))


# boto3


def as_boto3(schemas: Iterable[Schema]) -> str:
    """Returns Python that makes the tables."""
    return "\n".join(
        ["import boto3", "", 'client = boto3.client("dynamodb")', *map(boto3_calls, schemas)]
    )


def boto3_calls(schema: Schema) -> str:
    """Returns the calls that make one table and wait until it is there."""
    name = python_text(schema.definition["TableName"], "")
    members = "".join(
        f"{INDENT}{member}={python_text(one, INDENT)},\n"
        for member, one in schema.definition.items()
    )
    calls = [
        f"client.create_table(\n{members})",
        f'client.get_waiter("table_exists").wait(TableName={name})',
    ]
    calls += [
        f"client.{SETTERS[member]}(\n{INDENT}TableName={name},\n"
        f"{INDENT}{member}={python_text(setting, INDENT)},\n)"
        for member, setting in schema.settings.items()
    ]
    return "\n".join(calls)


def python_text(value: Any, margin: str) -> str:  # noqa: ANN401 - any part of the wire's JSON
    """Returns a value as Python code; what is within a margin goes on there."""
    if isinstance(value, str):
        text = repr(value)
        return f'"{text[1:-1]}"' if text[0] == "'" and '"' not in text else text
    if not isinstance(value, dict | list) or not value:
        return repr(value)
    inner = margin + INDENT
    if isinstance(value, list):
        lines = [python_text(one, inner) for one in value]
    else:
        lines = [
            f"{python_text(name, '')}: {python_text(one, inner)}" for name, one in value.items()
        ]
    opening, closing = "[]" if isinstance(value, list) else "{}"
    flat = f"{opening}{', '.join(lines)}{closing}"
    if len(margin) + len(flat) <= FLAT_CHARACTERS_MAX and "\n" not in flat:
        return flat
    return f"{opening}\n{''.join(f'{inner}{line},{NEW_LINE}' for line in lines)}{margin}{closing}"


NEW_LINE: Final = "\n"
FLAT_CHARACTERS_MAX: Final = 88

# CloudFormation


def as_cloudformation(schemas: Iterable[Schema]) -> str:
    """Returns a template with a resource per table."""
    resources: dict[str, Any] = {}
    for schema in schemas:
        resources[logical_name(schema.definition["TableName"], resources)] = {
            "Type": "AWS::DynamoDB::Table",
            "Properties": properties_of(schema),
        }
    return json_text({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})


def logical_name(name: str, taken: Iterable[str]) -> str:
    """Returns a name for a resource, which has letters and digits only, that is not taken yet."""
    words = "".join(one if one.isalnum() else " " for one in name).split()
    plain = "".join(word[0].upper() + word[1:] for word in words) or "Table"
    numbered = (plain if place == 1 else f"{plain}{place}" for place in range(1, len([*taken]) + 2))
    return next(one for one in numbered if one not in taken)


def properties_of(schema: Schema) -> dict[str, Any]:
    """Returns the properties of a table's resource, which differ a little from CreateTable's."""
    properties = {
        member: PROPERTIES[member](one)
        for member, one in schema.definition.items()
        if member in PROPERTIES
    }
    return {**properties, **schema.settings}


def same(value: Any) -> Any:  # noqa: ANN401 - any part of the wire's JSON
    """Returns what is the same in both."""
    return value


def encryption_property(value: Definition) -> dict[str, Any]:
    """Returns SSESpecification, where the switch has another name."""
    rest = {name: one for name, one in value.items() if name != "Enabled"}
    return {"SSEEnabled": value.get("Enabled", False), **rest}


def policy_property(text: str) -> dict[str, Any]:
    """Returns ResourcePolicy, which holds the document and not its text."""
    return {"PolicyDocument": json.loads(text)}


PROPERTIES: Final[Mapping[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(
        (
            *(
                "TableName",
                "KeySchema",
                "AttributeDefinitions",
                "BillingMode",
                "TableClass",
                "Tags",
            ),
            *("ProvisionedThroughput", "OnDemandThroughput", "WarmThroughput"),
            *("GlobalSecondaryIndexes", "LocalSecondaryIndexes", "DeletionProtectionEnabled"),
        ),
        same,
    ),
    "StreamSpecification": lambda value: {"StreamViewType": value["StreamViewType"]},
    "SSESpecification": encryption_property,
    "ResourcePolicy": policy_property,
}
"""CloudFormation's properties, and what they have of the members of the same name."""

FORMS: Final[Mapping[str, Callable[[Iterable[Schema]], str]]] = {
    "json": as_json,
    "boto3": as_boto3,
    "cloudformation": as_cloudformation,
}
"""The forms of ``.schema``, beside words."""
