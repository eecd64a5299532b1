"""What can go wrong, and whose doing it is.

DdbError
├── RequestError                       the caller's doing; the request was not carried out
│   ├── ValidationException
│   │   └── UnsupportedType            a Python value of no DynamoDB type; also a TypeError
│   │       └── FloatRefused           a Python float, in boto3's words
│   ├── SerializationException, UnknownOperationException, AccessDeniedException
│   ├── ConditionalCheckFailedException, DuplicateItemException, TransactionCanceledException
│   ├── ResourceNotFoundException, ResourceInUseException, LimitExceededException
│   ├── UnknownRegion                  its prices are not known here
│   └── every other 4xx error of the service's model, one per feature
├── RetryableError                     nobody's doing; the same request may succeed later
│   ├── TransactionConflictException, ProvisionedThroughputExceededException, ...
│   └── InternalServerError
│       └── Busy                       another writer held the file for too long
└── FileError                          the file's or the disk's doing
    ├── NotADatabase                   not ours, or a newer format
    ├── WrongKey                       encrypted with another key, or not encrypted
    ├── Corrupt                        a check failed; nothing was written since
    ├── ReadOnly                       the file or its folder cannot be written
    ├── Closed                         the database was closed, or crossed a fork
    └── DiskFull                       nothing was written

A class carries data, not wording: the text stands beside the check that raises.
"""

from collections.abc import Sequence
from typing import Any, ClassVar


class DdbError(Exception):
    """Everything that ddblite raises on purpose. ``str(error)`` is the message alone."""

    code: ClassVar[str] = "DdbError"

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message

    def __init_subclass__(cls) -> None:
        cls.code = cls.__name__


class RequestError(DdbError):
    """The caller's doing; the request was not carried out and would fail again."""


class RetryableError(DdbError):
    """Nobody's doing; the same request may succeed later."""


class FileError(DdbError):
    """The file's or the disk's doing; says what was found, and nothing was written."""


class ValidationException(RequestError):  # noqa: N818 - DynamoDB's own name
    """The request breaks a rule.

    ``older`` is the text of the older validation layer where it differs, and ``enveloped``
    tells that PutItem, UpdateItem and DeleteItem put ``1 validation error detected: `` in
    front of it in the current layer; as a name, that only this one of them does so.
    ``schema.wording`` turns the three into one message.
    ``never_a_reason`` is for what refuses a transaction as a whole, wherever it is found.
    """

    def __init__(
        self,
        message: str,
        *,
        older: str | None = None,
        enveloped: bool | str = False,
        never_a_reason: bool = False,
    ) -> None:
        super().__init__(message)
        self.never_a_reason = never_a_reason
        self.older = older
        self.enveloped = enveloped


class UnsupportedType(ValidationException, TypeError):  # noqa: N818
    """A Python value is of no DynamoDB type."""


class FloatRefused(UnsupportedType):
    """A Python float was given as a number; ``Decimal`` is exact."""


UnsupportedType.code = FloatRefused.code = "ValidationException"


class ModelMismatch(RequestError, ValueError):  # noqa: N818 - as above
    """An item that was read does not fit the model that it is to be an object of.

    ``key`` is the item's key.
    """

    def __init__(self, message: str, *, key: dict[str, Any]) -> None:
        super().__init__(message)
        self.key = key


class UnknownRegion(RequestError):  # noqa: N818 - as above
    """What capacity units cost in a region is not known here."""


class SerializationException(RequestError):  # noqa: N818 - as above, for all that follow
    """The request's JSON has another shape than the operation's model."""


class UnknownOperationException(RequestError):  # noqa: N818
    """There is no such operation, or it is deliberately not offered."""


class AccessDeniedException(RequestError):  # noqa: N818
    """The caller is known but may not do this."""


class ConditionalCheckFailedException(RequestError):  # noqa: N818
    """The condition did not hold. ``item`` is the item as it was, when that was asked for."""

    def __init__(
        self,
        message: str = "The conditional request failed",
        *,
        item: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.item = item


class TransactionCanceledException(RequestError):  # noqa: N818
    """No action of the transaction was carried out; ``reasons`` has one entry per action."""

    def __init__(self, message: str, *, reasons: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.reasons = tuple(reasons)


class ResourceNotFoundException(RequestError):  # noqa: N818
    """The table, index or other resource does not exist."""


class ResourceInUseException(RequestError):  # noqa: N818
    """The resource exists already, or is changing."""


class LimitExceededException(RequestError):  # noqa: N818
    """Too many of something at once."""


class DuplicateItemException(RequestError):  # noqa: N818
    """A PartiQL INSERT found an item with the same key."""


class IdempotentParameterMismatchException(RequestError):  # noqa: N818
    """The token was used before, with other content."""


class ItemCollectionSizeLimitExceededException(RequestError):  # noqa: N818
    """One partition of a table with local indexes is over 10 GB."""


class TransactionConflictException(RetryableError):  # noqa: N818
    """Another transaction is changing the item."""


class TransactionInProgressException(RetryableError):  # noqa: N818
    """A transaction with this token is still running."""


class ProvisionedThroughputExceededException(RetryableError):  # noqa: N818
    """More capacity was used than is provisioned."""


class RequestLimitExceeded(RetryableError):  # noqa: N818
    """More requests than the account may make."""


class ThrottlingException(RetryableError):  # noqa: N818
    """Too many requests of this kind."""


class InternalServerError(RetryableError):
    """A fault on the serving side; on the wire status 500."""


class Busy(InternalServerError):  # noqa: N818 - a plain name, as for FileError's kinds
    """Another writer held the file for longer than the timeout; nothing was written."""


Busy.code = "InternalServerError"


# errors of one feature each


class BackupInUseException(RequestError):  # noqa: N818
    """A table is being restored from the backup, or it is being deleted."""


class BackupNotFoundException(RequestError):  # noqa: N818
    """There is no such backup."""


class ContinuousBackupsUnavailableException(RequestError):  # noqa: N818
    """Backups are still being enabled for the table."""


class ExpiredIteratorException(RequestError):  # noqa: N818
    """A shard iterator is older than fifteen minutes."""


class ExportConflictException(RequestError):  # noqa: N818
    """The token of an export was used before, with other parameters."""


class ExportNotFoundException(RequestError):  # noqa: N818
    """There is no such export."""


class GlobalTableAlreadyExistsException(RequestError):  # noqa: N818
    """The global table exists already."""


class GlobalTableNotFoundException(RequestError):  # noqa: N818
    """There is no such global table."""


class ImportConflictException(RequestError):  # noqa: N818
    """The token of an import was used before, with other parameters."""


class ImportNotFoundException(RequestError):  # noqa: N818
    """There is no such import."""


class IndexNotFoundException(RequestError):  # noqa: N818
    """There is no such index."""


class InvalidExportTimeException(RequestError):  # noqa: N818
    """An export's time is outside of what can be exported."""


class InvalidRestoreTimeException(RequestError):  # noqa: N818
    """A moment is outside of what can be restored."""


class PointInTimeRecoveryUnavailableException(RequestError):  # noqa: N818
    """Point-in-time recovery is not enabled for the table."""


class PolicyNotFoundException(RequestError):  # noqa: N818
    """The resource has no policy, or not the one that was expected."""


class ReplicaAlreadyExistsException(RequestError):  # noqa: N818
    """The global table has a replica in the region already."""


class ReplicaNotFoundException(RequestError):  # noqa: N818
    """The global table has no replica in the region."""


class ReplicatedWriteConflictException(RetryableError):  # noqa: N818
    """Another region is changing the item."""


class TableAlreadyExistsException(RequestError):  # noqa: N818
    """The table that a restore would make exists already."""


class TableInUseException(RequestError):  # noqa: N818
    """The table is being made, changed or removed."""


class TableNotFoundException(RequestError):  # noqa: N818
    """There is no such table, in the words of backups and exports."""


class TrimmedDataAccessException(RequestError):  # noqa: N818
    """A stream record is older than a day and no longer kept."""


# errors of the file


class NotADatabase(FileError):  # noqa: N818
    """Not a ddblite file, or one of a newer format; it was not touched."""


class WrongKey(FileError):  # noqa: N818
    """Not the key that the file is encrypted with, none where one is needed, or one too many."""


class Corrupt(FileError):  # noqa: N818
    """A checksum or structure check failed: an answer would have been wrong."""


class ReadOnly(FileError):  # noqa: N818
    """The database was opened for reading, or the file cannot be written."""


class Closed(FileError):  # noqa: N818
    """The database is closed, failed earlier, or was opened before a fork."""


class DiskFull(FileError):  # noqa: N818
    """There is no room; nothing was written."""
