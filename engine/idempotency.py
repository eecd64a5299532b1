"""Idempotency tokens: which transactions were carried out in the last ten minutes.

A token is noted in the same transaction as the effects of its request, so that a crash
between the two cannot lose the promise. TransactWriteItems and ExecuteTransaction do not know
each other's tokens: the row's ``token`` is the operation, a space and what the client sent.

Its ``digest`` is that of the actions, and then a byte per action: the units that reading the
item takes which the action was sized on, for this is what a replay is charged.

Those that have expired are removed oldest first, in the order of their making, and only as far as
the first that has not: what a transaction pays does not grow with the tokens of ten minutes.
Where a clock was set back, that order is not the one in which they expire; until it is, all are
looked through.

Until format 1 knew of operations and sizes, a row had the client's token and the digest alone.
Such a row still tells that the same actions were carried out, and nothing else.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, Final

from ddblite.engine.expressions import Condition, Update
from ddblite.engine.file.storage import Storage
from ddblite.schema.errors import Corrupt, IdempotentParameterMismatchException
from ddblite.schema.limits import TRANSACT_TOKEN_SECONDS
from ddblite.schema.requests import Action, TransactWriteItems

SELECT_DIGEST: Final = "SELECT digest, 0 FROM ddb_tokens WHERE token = ? AND expires_at > ?"
SELECT_OLDEST: Final = "SELECT expires_at, 0 FROM ddb_tokens ORDER BY rowid LIMIT 1"
DELETE_OLDEST: Final = """
    DELETE FROM ddb_tokens
     WHERE rowid < ifnull(
       (SELECT rowid FROM ddb_tokens WHERE expires_at > ? ORDER BY rowid LIMIT 1), ?
     )
"""
DELETE_EXPIRED: Final = "DELETE FROM ddb_tokens WHERE expires_at <= ?"
REPLACE: Final = "REPLACE INTO ddb_tokens (token, digest, expires_at) VALUES (?, ?, ?)"
"""An expired token may still be there; its successor is the youngest."""

SELECT_ALL: Final = "SELECT rowid, token, digest, expires_at FROM ddb_tokens"

DAMAGED: Final = "what was noted of an idempotency token is damaged; nothing was written"
ROWID_MAX: Final = 2**63 - 1

DIGEST_BYTES: Final = 16
LEAST_UNITS: Final = 1
"""What reading one item takes at least, and what an action is charged whose size is not known."""


def units_of_replay(storage: Storage, request: TransactWriteItems, now_s: float) -> bytes | None:
    """Returns the units per action of a request that was carried out before, else None.

    Raises IdempotentParameterMismatchException when its token was used for another request.
    """
    if request.token is None:
        return None
    remove_expired(storage, now_s)
    known = storage.fetch(SELECT_DIGEST, (stored_token(request), now_s))
    digest = digest_of(request)
    if known is None:
        earlier = storage.fetch(SELECT_DIGEST, (request.token, now_s))
        is_replay = earlier is not None and earlier[0] == digest
        return bytes([LEAST_UNITS] * len(request.actions)) if is_replay else None
    noted = known[0]
    if type(noted) is not bytes:
        raise Corrupt(DAMAGED)
    if noted[:DIGEST_BYTES] != digest:
        raise IdempotentParameterMismatchException(
            "Specified idempotent token was used with different request parameters within the"
            " idempotency window"
        )
    if len(noted) != DIGEST_BYTES + len(request.actions):
        raise Corrupt(DAMAGED)
    return noted[DIGEST_BYTES:]


def remove_expired(storage: Storage, now_s: float) -> None:
    """Removes tokens whose time is over; mostly it looks at the oldest alone."""
    oldest = storage.fetch(SELECT_OLDEST, ())
    if oldest is None:
        return
    if type(oldest[0]) is not float:
        raise Corrupt(DAMAGED)
    if oldest[0] <= now_s:
        storage.execute(DELETE_OLDEST, (now_s, ROWID_MAX))
    elif oldest[0] > now_s + TRANSACT_TOKEN_SECONDS:  # noted by a clock that was ahead
        storage.execute(DELETE_EXPIRED, (now_s,))


def note(storage: Storage, request: TransactWriteItems, units: Iterable[int], now_s: float) -> None:
    """Notes the token of a request, if it has one, and what a replay of each action takes."""
    if request.token is not None:
        noted = digest_of(request) + bytes(units)
        expires_at = now_s + TRANSACT_TOKEN_SECONDS
        storage.execute(REPLACE, (stored_token(request), noted, expires_at))


def problems(storage: Storage) -> Iterator[str]:
    """Gives a sentence for every noted token that cannot be one."""
    with storage.rows(SELECT_ALL, ()) as rows:
        for number, token, digest, expires_at in rows:
            is_one = type(token) is str and type(digest) is bytes and type(expires_at) is float
            if not is_one or len(digest) < DIGEST_BYTES:
                yield f"idempotency token number {number} is damaged"


def stored_token(request: TransactWriteItems) -> str:
    """Returns what a request's token is noted as."""
    operation = "ExecuteTransaction" if request.of_statements else "TransactWriteItems"
    return f"{operation} {request.token}"


def digest_of(request: TransactWriteItems) -> bytes:
    """Returns what tells two requests apart: equal for equal values in any order of attributes."""
    described = [
        [type(action).__name__, *(canonical(getattr(action, name)) for name in fields_of(action))]
        for action in request.actions
    ]
    text = repr(described).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=DIGEST_BYTES).digest()


def fields_of(action: Action) -> tuple[str, ...]:
    """Returns the names of an action's fields."""
    return action.__struct_fields__


def canonical(value: Any) -> Any:  # noqa: ANN401 - any field of an action
    """Returns a value with its maps sorted by name; a compiled expression is its tree's text."""
    if isinstance(value, Condition):
        return repr(value.tree)
    if isinstance(value, Update):
        return repr(value.actions)
    if isinstance(value, dict):
        return {name: canonical(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [canonical(element) for element in value]
    return value
