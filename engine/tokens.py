"""Idempotency tokens: which requests were carried out in the last ten minutes.

A token is noted in the same transaction as the effects of its request, so that a crash
between the two cannot lose the promise.
"""

from typing import Final

from ddblite.engine.storage import Storage
from ddblite.schema.errors import IdempotentParameterMismatchException
from ddblite.schema.limits import TRANSACT_TOKEN_SECONDS

SELECT_DIGEST: Final = "SELECT digest, 0 FROM ddb_tokens WHERE token = ?"
DELETE_EXPIRED: Final = "DELETE FROM ddb_tokens WHERE expires_at <= ?"
INSERT: Final = "INSERT INTO ddb_tokens (token, digest, expires_at) VALUES (?, ?, ?)"


def is_replay(storage: Storage, token: str, digest: bytes, now_s: float) -> bool:
    """Whether the token was used for the same request; notes it when it was not used at all.

    Raises IdempotentParameterMismatchException when it was used for another request.
    """
    storage.execute(DELETE_EXPIRED, (now_s,))
    known = storage.fetch(SELECT_DIGEST, (token,))
    if known is None:
        storage.execute(INSERT, (token, digest, now_s + TRANSACT_TOKEN_SECONDS))
        return False
    if known[0] != digest:
        raise IdempotentParameterMismatchException(
            "Specified idempotent token was used with different request parameters within the"
            " idempotency window"
        )
    return True
