"""Items in files: one JSON text per line, in one of two forms.

* Plain JSON, ``{"year": 2013, "title": "Rush"}``: what most programs write.
* DynamoDB JSON, ``{"year": {"N": "2013"}, "title": {"S": "Rush"}}``, which keeps every type;
  also as an export to S3 has it, inside ``{"Item": ...}``.

Which one a line has shows in its key: a key attribute is never a map.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, Final, NamedTuple

from ddblite.schema import wire
from ddblite.schema.errors import DdbError, RequestError, ValidationException
from ddblite.schema.values import Item
from ddblite.workbench import plain_json
from ddblite.workbench.safe_text import json_escaped

LINE_BYTES_MAX: Final = 16 * 1024 * 1024
"""An item of 400 KB as JSON stays far below: ``{"NULL":true}`` stands for two bytes of it."""

WRAPPING: Final = "Item"


class LineError(DdbError):
    """A line cannot be imported; the sentence begins with its number."""

    def __init__(self, number: int, error: DdbError) -> None:
        shown = f"{error.code}: " if isinstance(error, RequestError) else ""
        super().__init__(f"line {number}: {shown}{error.message}")
        self.number = number


class Line(NamedTuple):
    """An item with the number of the line that it was on, counted from 1, and its length."""

    number: int
    size: int
    item: Item


def read_lines(stream: BinaryIO, partition: str) -> Iterator[Line]:
    """Gives the items of a stream, or raises LineError; empty lines are none.

    ``partition`` is the name of the table's partition key.
    """
    lines = iter(lambda: stream.readline(LINE_BYTES_MAX + 1), b"")
    for number, content in enumerate(lines, 1):
        try:
            text = text_of(content, is_first=number == 1)
            if text:
                yield Line(number, len(content), item_of(plain_json.decode(text), partition))
        except DdbError as error:
            raise LineError(number, error) from error


def text_of(content: bytes, *, is_first: bool) -> str:
    """Returns a line as text without the space around it; the first may have a byte order mark."""
    if len(content) > LINE_BYTES_MAX:
        raise ValidationException(f"longer than {LINE_BYTES_MAX:,} bytes")
    try:
        return content.decode("utf-8-sig" if is_first else "utf-8").strip()
    except UnicodeDecodeError as fault:
        raise ValidationException(f"not UTF-8 at byte {fault.start + 1}") from fault


def item_of(row: Any, partition: str) -> Item:  # noqa: ANN401 - whatever JSON a line has
    """Returns the item that a line stands for, or raises ValidationException."""
    if not isinstance(row, dict):
        raise ValidationException("not an item: an item is a JSON object")
    inner = row.get(WRAPPING)
    if len(row) == 1 and isinstance(inner, dict) and partition in inner:
        return typed_item(inner)
    if isinstance(row.get(partition), dict):
        return typed_item(row)
    return row


def typed_item(written: Mapping[str, Any]) -> Item:
    """Returns the item of DynamoDB JSON, or raises what is wrong with it."""
    try:
        return wire.decode_item(written)
    except wire.Refused:
        from ddblite.api.wire.explain import explain
        from ddblite.api.wire.operations import OPERATIONS

        # Where the item goes to is not its fault, so any table will do for the explanation.
        explain(OPERATIONS["PutItem"], {"TableName": "any", "Item": written}, "current")
        raise ValidationException("not an item in DynamoDB JSON") from None


def plain_line(item: Item) -> str:
    """Returns an item as plain JSON."""
    return plain_json.encode(item)


def typed_line(item: Item) -> str:
    """Returns an item as a line of an export to S3."""
    return json_escaped(json.dumps({WRAPPING: wire.encode_item(item)}, ensure_ascii=False))


WRITERS: Final[Mapping[str, Callable[[Item], str]]] = {
    "jsonl": plain_line,
    "ddb-json": typed_line,
}
"""The formats of an export, by name."""
