"""Rows of items and of index entries, as SQLite keeps them.

A small row lies whole in a tree in the order of the keys: what finds it is the row, and its
neighbours are the next in order. The body of a large one would leave room for few rows on a page
of that tree, so it lies in the table beside it, and the row holds its number there. Which of the
two it is follows from the row's size alone, so that whoever knows the size of what was there
before needs not to look. Why, and what was measured: ``docs/decisions/0006``.

In format 1, which is only read, a row lies in the order of its making, with an index of the keys.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ddblite.engine.codec import checksum_of
from ddblite.engine.file.fileformat import FORMAT_NUMBER
from ddblite.engine.file.storage import Storage
from ddblite.schema.errors import Corrupt

INLINE_SIZE_MAX: Final = 1000
"""The DynamoDB size, in bytes, up to which a row lies whole in the tree of its table."""


@dataclass(frozen=True, slots=True)
class RowSql:
    """The statements on one table of rows, written once."""

    select: str
    select_size: str
    range_up: str
    range_down: str
    whole: str
    insert: str
    insert_beside: str
    update: str
    update_size: str
    update_beside: str
    delete: str
    insert_body: str
    update_body: str
    delete_body: str


@lru_cache(maxsize=1024)
def row_sql(format_number: int, kind: str, number: int) -> RowSql:
    """Returns the statements on ``items_<n>`` or ``index_<n>``."""
    table = f"{kind}_{int(number)}"
    bodies = f"bodies_{int(number)}"
    body = "body"
    if format_number > 1:
        beside = f"SELECT body FROM {bodies} WHERE number = {table}.body"  # noqa: S608
        body = f"CASE typeof(body) WHEN 'integer' THEN ({beside}) ELSE body END"
    between = f"SELECT key, size, seal, {body} FROM {table} WHERE key >= ? AND key < ? ORDER BY key"  # noqa: S608
    its_number = f"(SELECT body FROM {table} WHERE key = ?)"  # noqa: S608
    return RowSql(
        select=f"SELECT size, seal, {body} FROM {table} WHERE key = ?",  # noqa: S608
        select_size=f"SELECT size, 0 FROM {table} WHERE key = ?",  # noqa: S608
        range_up=f"{between} LIMIT ?",
        range_down=f"{between} DESC LIMIT ?",
        whole=f"SELECT key, size, seal, {body} FROM {table} ORDER BY key",  # noqa: S608
        insert=f"INSERT INTO {table} (key, size, seal, body) VALUES (?, ?, ?, ?)",  # noqa: S608
        insert_beside=f"INSERT INTO {table} (key, size, seal, body) VALUES (?, ?, ?, last_insert_rowid())",  # noqa: E501, S608
        update=f"UPDATE {table} SET size = ?, seal = ?, body = ? WHERE key = ?",  # noqa: S608
        update_size=f"UPDATE {table} SET size = ?, seal = ? WHERE key = ?",  # noqa: S608
        update_beside=f"UPDATE {table} SET size = ?, seal = ?, body = last_insert_rowid() WHERE key = ?",  # noqa: E501, S608
        delete=f"DELETE FROM {table} WHERE key = ?",  # noqa: S608
        insert_body=f"INSERT INTO {bodies} (body) VALUES (?)",  # noqa: S608
        update_body=f"UPDATE {bodies} SET body = ? WHERE number = {its_number}",  # noqa: S608
        delete_body=f"DELETE FROM {bodies} WHERE number = {its_number}",  # noqa: S608
    )


def insert_row(
    storage: Storage, kind: str, number: int, key: bytes, size: int, body: bytes
) -> None:
    """Adds a row to ``items_<n>`` or ``index_<n>`` in the open write transaction."""
    sql = row_sql(FORMAT_NUMBER, kind, number)
    checksum = checksum_of(number, key, size, body)
    if size <= INLINE_SIZE_MAX:
        storage.execute(sql.insert, (key, size, checksum, body))
    else:
        storage.execute(sql.insert_body, (body,))
        storage.execute(sql.insert_beside, (key, size, checksum))


def replace_row(
    storage: Storage, kind: str, number: int, key: bytes, size_before: int, size: int, body: bytes
) -> None:
    """Rewrites a row that was just read, or raises Corrupt when it is gone."""
    sql = row_sql(FORMAT_NUMBER, kind, number)
    checksum = checksum_of(number, key, size, body)
    was_beside, is_beside = size_before > INLINE_SIZE_MAX, size > INLINE_SIZE_MAX
    if is_beside and was_beside:
        confirm_one(number, storage.execute_counted(sql.update_body, (body, key)))
        changed = storage.execute_counted(sql.update_size, (size, checksum, key))
    elif is_beside:
        storage.execute(sql.insert_body, (body,))
        changed = storage.execute_counted(sql.update_beside, (size, checksum, key))
    else:
        if was_beside:
            confirm_one(number, storage.execute_counted(sql.delete_body, (key,)))
        changed = storage.execute_counted(sql.update, (size, checksum, body, key))
    confirm_one(number, changed)


def delete_row(storage: Storage, kind: str, number: int, key: bytes, size: int) -> None:
    """Removes a row of a size that was just read, or raises Corrupt when it is not there."""
    sql = row_sql(FORMAT_NUMBER, kind, number)
    if size > INLINE_SIZE_MAX:
        confirm_one(number, storage.execute_counted(sql.delete_body, (key,)))
    confirm_one(number, storage.execute_counted(sql.delete, (key,)))


def confirm_one(number: int, changed: int) -> None:
    """Raises Corrupt unless one row was there to be changed."""
    if changed != 1:
        raise Corrupt(f"a row of table number {number} that must be there is not; run check")


def out_of_order(number: int) -> Corrupt:
    """Returns the error for rows that do not come in the order of their keys."""
    return Corrupt(
        f"the rows of table number {number} are not in the order of their keys; run check"
    )
