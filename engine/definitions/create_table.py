"""The checks of CreateTable that need more than one member, in the service's order.

The request's JSON types and constraints were checked before. Nothing here needs a catalog, so all
of it comes before "the table exists already". Facts: docs/facts/validation.md, "Tables".
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ddblite.engine.definitions.index_definitions import (
    check_global_indexes,
    check_index_names,
    check_local_indexes,
    check_projection_total,
)
from ddblite.engine.definitions.tag_rules import check_tags
from ddblite.engine.definitions.throughput import (
    check_billing,
    check_capacity_bounds,
    check_on_demand,
    check_warm,
)
from ddblite.schema.errors import ValidationException
from ddblite.schema.java_hash_order import set_order, sized_set_order
from ddblite.schema.wording import invalid

Definition = Mapping[str, Any]
KeySchema = Sequence[Mapping[str, str]]

NO_DEFINITION: Final = "Invalid KeySchema: Some index key attribute have no definition"
SAME_NAME: Final = "Both the Hash Key and the Range Key element in the KeySchema have the same name"
SAME_NAMES: Final = "The KeySchema contains multiple key attributes with the same name"
FIRST_NOT_HASH: Final = "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"
SECOND_NOT_RANGE: Final = "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"
DEFINITIONS_MISMATCH: Final = (
    "Number of attributes in KeySchema does not exactly match number of attributes defined in"
    " AttributeDefinitions"
)
TABLE_CLASSES: Final = ("STANDARD", "STANDARD_INFREQUENT_ACCESS")
BAD_TABLE_CLASS: Final = (
    "Invalid table-class parameter provided. Please try again with a valid table-class value: "
    f"[{', '.join(TABLE_CLASSES)}]."
)


def check_definition(definition: Definition) -> None:
    """Raises ValidationException for the first thing that is wrong with a table's definition."""
    check_billing(definition)
    check_capacity_bounds(definition)
    check_attribute_names(definition)
    check_key_schemas(definition)
    check_definitions_used(definition)
    check_local_indexes(definition)
    check_global_indexes(definition)
    check_projection_total(definition)
    check_index_names(definition)
    check_stream(definition)
    check_on_demand(definition)
    check_warm(definition)
    check_encryption(definition)
    check_table_class(definition)
    check_tags(definition.get("Tags", ()))
    if definition.get("VectorIndexes"):
        # Ours: what is not there yet is refused, and never left out in silence.
        raise invalid("VectorIndexes is not supported: there are no vector indexes yet")


def check_table_class(definition: Definition) -> None:
    """Refuses a table class that does not exist."""
    if definition.get("TableClass", TABLE_CLASSES[0]) not in TABLE_CLASSES:
        raise ValidationException(BAD_TABLE_CLASS)


def check_attribute_names(definition: Definition) -> None:
    """Refuses an attribute that is defined twice."""
    seen: set[str] = set()
    for attribute in definition["AttributeDefinitions"]:
        name = attribute["AttributeName"]
        if name in seen:
            raise ValidationException(f"Attribute Name is duplicated: {name}")
        seen.add(name)


def key_schemas(definition: Definition) -> Iterator[tuple[KeySchema, bool]]:
    """Yields the key schemas of the table and its indexes; True for those of global ones."""
    yield definition["KeySchema"], False
    for index in definition.get("LocalSecondaryIndexes", ()):
        yield index["KeySchema"], False
    for index in definition.get("GlobalSecondaryIndexes", ()):
        yield index["KeySchema"], True


def names_in(schema: KeySchema) -> list[str]:
    """Returns the attributes of a key schema."""
    return [element["AttributeName"] for element in schema]


def check_key_schemas(definition: Definition) -> None:
    """Refuses keys without a definition, of one name, or in the wrong order."""
    for schema, is_global in key_schemas(definition):
        check_keys_defined(schema, definition)
        check_key_order(schema, is_global=is_global)


def check_keys_defined(schema: KeySchema, request: Definition) -> None:
    """Refuses a key attribute that the request does not define."""
    defined = [attribute["AttributeName"] for attribute in request["AttributeDefinitions"]]
    names = names_in(schema)
    if len(names) > len(defined):
        raise ValidationException(NO_DEFINITION)
    if not set(names) <= set(defined):
        raise invalid(
            "Some index key attributes are not defined in AttributeDefinitions. "
            f"Keys: [{', '.join(sized_set_order(names))}], "
            f"AttributeDefinitions: [{', '.join(sized_set_order(defined))}]"
        )


def check_key_order(schema: KeySchema, *, is_global: bool) -> None:
    """Refuses an attribute that is there twice, and a sort key in front.

    Only global indexes may have a second partition key.
    """
    names = names_in(schema)
    kinds = [element["KeyType"] for element in schema]
    if len(set(names)) < len(names):
        raise ValidationException(SAME_NAME if kinds == ["HASH", "RANGE"] else SAME_NAMES)
    if kinds[0] != "HASH":
        raise ValidationException(FIRST_NOT_HASH)
    if not is_global and "HASH" in kinds[1:]:
        raise ValidationException(SECOND_NOT_RANGE)


def check_definitions_used(definition: Definition) -> None:
    """Refuses definitions of attributes that are in no key."""
    defined = [attribute["AttributeName"] for attribute in definition["AttributeDefinitions"]]
    used = list(dict.fromkeys(n for schema, _ in key_schemas(definition) for n in names_in(schema)))
    if len(defined) == len(used):
        return
    if not (definition.get("LocalSecondaryIndexes") or definition.get("GlobalSecondaryIndexes")):
        raise invalid(DEFINITIONS_MISMATCH)
    raise invalid(
        "Some AttributeDefinitions are not used. "
        f"AttributeDefinitions: [{', '.join(sized_set_order(defined))}], "
        f"keys used: [{', '.join(set_order(used))}]"
    )


def check_stream(definition: Definition) -> None:
    """Refuses a stream without a view type, and a view type without a stream."""
    stream = definition.get("StreamSpecification")
    if stream is None:
        return
    has_view = stream.get("StreamViewType") is not None
    if stream["StreamEnabled"] and not has_view:
        raise invalid("Table is being created with a stream enabled, UpdateViewType is required")
    if not stream["StreamEnabled"] and has_view:
        raise invalid(
            "Table is being created with a stream disabled, UpdateViewType should not be specified"
        )


def check_encryption(definition: Definition) -> None:
    """Refuses settings of encryption that contradict each other."""
    settings = definition.get("SSESpecification", {})
    kind, key = settings.get("SSEType"), settings.get("KMSMasterKeyId")
    if not settings.get("Enabled", False):
        for member, value in (("SSEType", kind), ("KMSMasterKeyId", key)):
            if value is not None:
                raise invalid(f"{member} can not be specified if Enabled is false")
    if key is not None and kind is None:
        raise invalid("SSEType KMS is required if KMSMasterKeyId is specified")
    if kind == "AES256":
        raise invalid("SSEType AES256 is not supported")
