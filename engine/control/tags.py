"""TagResource, UntagResource and ListTagsOfResource: tags are kept in a table's definition."""

from typing import Any

from ddblite.engine.catalog import Catalog
from ddblite.engine.context import Context
from ddblite.engine.definitions.tag_rules import check_number
from ddblite.schema.control_requests import (
    ListTagsOfResource,
    ResponseAnswer,
    TagResource,
    UntagResource,
)
from ddblite.schema.errors import ResourceNotFoundException
from ddblite.schema.names import table_named
from ddblite.schema.tables import TableSpec

NOTHING = ResponseAnswer(response={})


def tag_resource(context: Context, request: TagResource) -> ResponseAnswer:
    """Adds tags; one whose key is there already replaces it where it stands."""
    with context.write() as transaction:
        table = tagged_table(transaction.catalog, request.resource_arn)
        tags = {tag["Key"]: tag for tag in (*tags_of(table), *request.tags)}
        check_number(list(tags))
        transaction.change_table(table, with_tags(table, list(tags.values())))
    return NOTHING


def untag_resource(context: Context, request: UntagResource) -> ResponseAnswer:
    """Removes tags by their keys."""
    with context.write() as transaction:
        table = tagged_table(transaction.catalog, request.resource_arn)
        left = [tag for tag in tags_of(table) if tag["Key"] not in request.keys]
        transaction.change_table(table, with_tags(table, left))
    return NOTHING


def list_tags(context: Context, request: ListTagsOfResource) -> ResponseAnswer:
    """Lists all tags of a table, in the order in which they came."""
    table = tagged_table(context.catalog, request.resource_arn)
    return ResponseAnswer(response={"Tags": list(tags_of(table))})


def tagged_table(picture: Catalog, arn: str) -> TableSpec:
    """Returns the table of an ARN, or raises as the operations on tags do."""
    spec = picture.table(table_named(arn) or "")
    if spec is None:
        raise ResourceNotFoundException(
            f"Requested resource not found: ResourceArn: {arn} not found"
        )
    return spec


def tags_of(table: TableSpec) -> list[dict[str, Any]]:
    """Returns the tags of a table."""
    return [*table.definition.get("Tags", ())]


def with_tags(table: TableSpec, tags: list[dict[str, Any]]) -> dict[str, Any]:
    """Returns the definition of a table with other tags."""
    return {**table.definition, "Tags": tags}
