"""What is in a file: its tables, for a person to read and as DescribeTable tells it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ddblite.api.python.database import Database
from ddblite.engine.definitions.time_settings import settings_in_words
from ddblite.schema.values import Item, Value
from ddblite.workbench.safe_text import escaped, json_escaped

Description = Mapping[str, Any]

KINDS: Final = {"S": "string", "N": "number", "B": "binary"}


def description(database: Database, name: str) -> Description:
    """Returns the wire's TableDescription, or raises ResourceNotFoundException."""
    table: Description = database.call("DescribeTable", {"TableName": name})["Table"]
    return table


def description_text(database: Database, name: str) -> str:
    """Returns the TableDescription as JSON."""
    described = json.dumps(description(database, name), ensure_ascii=False, indent=2)
    return json_escaped(described)


def overview(database: Database) -> list[Item]:
    """Returns an item per table: its name, key, indexes, and how much is in it."""
    return [overview_of(description(database, name)) for name in database.tables()]


def overview_of(table: Description) -> Item:
    """Returns the item that stands for a table."""
    names: list[Value] = [index["IndexName"] for _, index in indexes(table)]
    return {
        "table": table["TableName"],
        "key": key_text(table, table),
        **({"indexes": names} if names else {}),
        "items": table["ItemCount"],
        "bytes": table["TableSizeBytes"],
    }


def settings_of(database: Database, name: str) -> list[str]:
    """Returns, in words, what a table is set to."""
    return [*settings_in_words(database.table(name).spec.definition)]


def schema_text(table: Description, settings: Iterable[str] = ()) -> str:
    """Returns a table's key, indexes and settings in words, a line each."""
    lines = [table["TableName"], f"  key    {key_text(table, table)}"]
    for kind, index in indexes(table):
        projection = index["Projection"]
        carries = (
            ", ".join(projection.get("NonKeyAttributes", ()))
            or PROJECTIONS[projection["ProjectionType"]]
        )
        key = key_text(table, index)
        lines.append(f"  index  {index['IndexName']} ({kind}): {key}; carries {carries}")
    lines += [f"  set    {one}" for one in settings]
    lines.append(f"  holds  {table['ItemCount']:,} items, {table['TableSizeBytes']:,} bytes")
    return "\n".join(map(escaped, lines))


PROJECTIONS: Final = {"ALL": "everything", "KEYS_ONLY": "keys only", "INCLUDE": "keys only"}


def indexes(table: Description) -> Iterator[tuple[str, Description]]:
    """Gives a table's indexes, each with its kind."""
    for kind, member in (
        ("local", "LocalSecondaryIndexes"),
        ("global", "GlobalSecondaryIndexes"),
    ):
        for index in table.get(member, ()):
            yield kind, index


def key_text(table: Description, keyed: Description) -> str:
    """Returns the key attributes of a table or index with their types, partition first."""
    kinds = {
        one["AttributeName"]: KINDS[one["AttributeType"]] for one in table["AttributeDefinitions"]
    }
    return ", ".join(
        f"{one['AttributeName']} ({kinds[one['AttributeName']]})" for one in keyed["KeySchema"]
    )
