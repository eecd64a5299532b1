"""Reads a file of format 2 by what docs/fileformat.md says, with the standard library alone.

It shares nothing with ddblite, so that the document is known to be enough, and the file known to be
what it says. ``python tests/independent_reader.py shop.ddb`` prints how many items there are.
"""

import json
import sqlite3
import struct
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

SETS = {2: "SS", 3: "NS", 4: "BS"}


class Damaged(Exception):  # noqa: N818 - what it is
    """Something in the file is not what was written."""


class Table(NamedTuple):
    """A table: its definition and items, and the entries of its indexes."""

    definition: dict[str, Any]
    items: list[dict[str, Any]]
    indexes: dict[str, list[dict[str, Any]]]


def read(path: Path) -> dict[str, Table]:
    """Returns all tables of a file that nobody has open, or raises Damaged."""
    content = path.read_bytes()
    if content[:16] != b"SQLite format 3\0" or content[68:72] != b"ddbl":
        raise Damaged("not a ddblite file")
    if content[60:64] != b"\0\0\0\2" or content[20] != 8:
        raise Damaged("not of format 2")
    size = int.from_bytes(content[16:18], "big")
    for number, start in enumerate(range(0, len(content), size), start=1):
        require_page(number, content[start : start + size])
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        return {table.definition["TableName"]: table for table in tables(connection)}
    finally:
        connection.close()


def require_page(number: int, page: bytes) -> None:
    """Raises Damaged unless a page ends in its checksum."""
    first = second = 0
    for one, other in struct.iter_unpack("<II", page[:-8]):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + other + first) & 0xFFFFFFFF
    if page[-8:] != struct.pack("<II", first, second):
        raise Damaged(f"page {number} does not match its checksum")


def tables(connection: sqlite3.Connection) -> Any:  # noqa: ANN401 - an iterator of tables
    """Gives the tables in the order of their numbers."""
    for number, table_id, created_at, text, checksum, count, size in connection.execute(
        "SELECT number, table_id, created_at, definition, seal, item_count, item_bytes"
        " FROM ddb_tables ORDER BY number"
    ).fetchall():
        if checksum != crc32(f"{number} {table_id} {created_at!r} {text}".encode()):
            raise Damaged(f"the definition of table {number}")
        definition = json.loads(text)
        kinds = {
            one["AttributeName"]: one["AttributeType"] for one in definition["AttributeDefinitions"]
        }
        parts = [(part["AttributeName"], part["KeyType"]) for part in definition["KeySchema"]]
        items = rows(connection, "items", number, (count, size))
        for key, item in items:
            require_key(key, item, [parts], kinds)
        entries = {}
        for index, name, *counted in connection.execute(
            "SELECT number, name, item_count, item_bytes FROM ddb_indexes WHERE table_number = ?",
            (number,),
        ).fetchall():
            described = definition.get("LocalSecondaryIndexes", []) + definition.get(
                "GlobalSecondaryIndexes", []
            )
            found = next(one for one in described if one["IndexName"] == name)
            own = [(part["AttributeName"], part["KeyType"]) for part in found["KeySchema"]]
            entries[name] = [
                require_key(key, entry, [own, parts], kinds)
                for key, entry in rows(connection, "index", index, tuple(counted))
            ]
        yield Table(definition, [item for _, item in items], entries)


def rows(
    connection: sqlite3.Connection, kind: str, number: int, counted: tuple[int, ...]
) -> list[tuple[bytes, dict[str, Any]]]:
    """Returns the keys and contents of the rows of a table or index, as they were sealed."""
    found = []
    total = 0
    for key, size, checksum, body in connection.execute(
        f"SELECT key, size, seal, body FROM {kind}_{number} ORDER BY key"  # noqa: S608
    ).fetchall():
        whole = body
        if size > 1000:
            statement = f"SELECT body FROM bodies_{number} WHERE number = ?"  # noqa: S608
            (whole,) = connection.execute(statement, (body,)).fetchone()
        start = (number * 2**19 ^ size) % 2**32
        if checksum != 2**32 + crc32(whole, crc32(key, start)):
            raise Damaged(f"row {key.hex()} of {kind}_{number}")
        content, end = value(whole, 0)
        if end != len(whole):
            raise Damaged(f"row {key.hex()} of {kind}_{number} has a rest")
        found.append((key, content))
        total += size
    if counted != (len(found), total):
        raise Damaged(f"{kind}_{number} has other rows than were counted")
    return found


def require_key(
    key: bytes, item: dict[str, Any], schemas: list[list[tuple[str, str]]], kinds: dict[str, str]
) -> dict[str, Any]:
    """Returns what a row holds, or raises Damaged unless it lies under the key that it implies."""
    expected = b""
    for schema in schemas:
        hashed = b"".join(part(kinds[name], item[name]) for name, use in schema if use == "HASH")
        sort = b"".join(part(kinds[name], item[name]) for name, use in schema if use == "RANGE")
        expected += crc32(hashed).to_bytes(4, "big") + hashed + sort
    if key != expected:
        raise Damaged(f"row {key.hex()} lies under another key than {expected.hex()}")
    return item


def part(kind: str, content: Any) -> bytes:  # noqa: ANN401
    """Returns a component of a key."""
    if kind != "N":
        raw = content.encode() if kind == "S" else content
        return bytes(raw).replace(b"\0", b"\0\xff") + b"\0\0"
    sign, digits, exponent = Decimal(content).as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    if not text:
        return b"\2"
    first = int(exponent) + len(text) - 1
    text = text.rstrip("0")
    text += "0" * (len(text) % 2)
    pairs = bytes(int(text[at : at + 2]) + 1 for at in range(0, len(text), 2))
    plain = bytes([3, first + 130]) + pairs + b"\0"
    return bytes([1]) + bytes(255 - byte for byte in plain[1:]) if sign else plain


INTEGERS = {0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q",
            0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}  # fmt: skip
LENGTHS = {0xC4: (">B", "bin"), 0xC5: (">H", "bin"), 0xC6: (">I", "bin"),
           0xC7: (">B", "ext"), 0xC8: (">H", "ext"), 0xC9: (">I", "ext"),
           0xD9: (">B", "str"), 0xDA: (">H", "str"), 0xDB: (">I", "str"),
           0xDC: (">H", "array"), 0xDD: (">I", "array"),
           0xDE: (">H", "map"), 0xDF: (">I", "map")}  # fmt: skip
CONSTANTS = {0xC0: None, 0xC2: False, 0xC3: True}


def value(data: bytes, at: int) -> tuple[Any, int]:
    """Returns the msgpack value that begins somewhere, and where it ends."""
    code = data[at]
    at += 1
    if code < 0x80 or code >= 0xE0:
        return code if code < 0x80 else code - 256, at
    if code in CONSTANTS:
        return CONSTANTS[code], at
    if code in INTEGERS:
        end = at + struct.calcsize(INTEGERS[code])
        return struct.unpack(INTEGERS[code], data[at:end])[0], end
    if code < 0xC0:
        kind = "map" if code < 0x90 else "array" if code < 0xA0 else "str"
        length = code & (0x1F if kind == "str" else 0x0F)
    elif 0xD4 <= code <= 0xD8:
        kind, length = "ext", 1 << (code - 0xD4)
    else:
        form, kind = LENGTHS[code]
        end = at + struct.calcsize(form)
        (length,), at = struct.unpack(form, data[at:end]), end
    if kind in ("map", "array"):
        return gathered(data, at, length, is_map=kind == "map")
    if kind == "ext":
        return extension(data[at], data[at + 1 : at + 1 + length]), at + 1 + length
    raw = data[at : at + length]
    return raw.decode() if kind == "str" else raw, at + length


def gathered(data: bytes, at: int, length: int, *, is_map: bool) -> tuple[Any, int]:
    """Returns an array or a map."""
    found = []
    for _ in range(length * (2 if is_map else 1)):
        one, at = value(data, at)
        found.append(one)
    return dict(zip(found[::2], found[1::2], strict=True)) if is_map else found, at


def extension(code: int, payload: bytes) -> Any:  # noqa: ANN401
    """Returns a number, or a set."""
    if code == 1:
        return Decimal(payload.decode())
    return SETS[code], frozenset(value(payload, 0)[0])


if __name__ == "__main__":
    for name, table in read(Path(sys.argv[1])).items():
        print(f"{name}: {len(table.items):,} items")  # noqa: T201 - a command that prints
