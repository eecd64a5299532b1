"""``connect``: a file opened, or made."""

import os
from typing import Final

from ddblite.api.python.database import Database
from ddblite.api.python.options import Durability, Mode, Wording
from ddblite.api.python.upkeep import warn_of
from ddblite.engine.clock import Clock
from ddblite.engine.engine import Engine
from ddblite.schema.errors import FileError

WORDINGS: Final = ("current", "older")


def connect(  # noqa: PLR0913 - options, all by name
    path: str | os.PathLike[str],
    *,
    mode: Mode = "create",
    wording: Wording = "current",
    durability: Durability = "power",
    clock: Clock | None = None,
    table_delay_s: float = 0,
    lenient: bool = False,
    key: str | bytes | None = None,
    ttl: bool = False,
) -> "Database":
    """Opens a database file; ``":memory:"`` is a new one without a file.

    ``mode`` is ``"create"`` (makes the file when there is none), ``"open"`` (it must exist)
    or ``"read"``. ``durability`` says what an acknowledged write survives: ``"power"`` (a
    power cut), ``"process"`` (a killed process) or ``"none"``. ``wording`` chooses between
    DynamoDB's current and older error texts. ``table_delay_s`` lets tables made, changed or
    removed here be seen as CREATING, UPDATING or DELETING for that long, as with the service.
    ``lenient`` takes, in requests of the wire (``call``, boto3), what AWS's local version takes
    and the service refuses: see docs/server.md. ``key``, a passphrase or 32 random bytes, opens an
    encrypted file, and makes a new one such: see docs/encryption.md.
    With ``ttl``, items expire while it is open: a thread removes them, until ``close``. Without,
    ``sweep`` does when it is called.
    A file of an earlier format is upgraded before it is opened for writing, of which a
    FormatUpgraded warns; ``"read"`` reads it as it is.
    Raises FileError, or one of its kinds, when the file cannot be opened; it is then left as
    it was.
    """
    if wording not in WORDINGS:
        raise FileError(f"wording is {wording!r}, and may be {' or '.join(WORDINGS)}")
    if table_delay_s < 0:
        raise FileError("table_delay_s is a number of seconds, at least 0")
    engine = Engine.open(
        os.fspath(path),
        mode=mode,
        wording=wording,
        durability=durability,
        clock=clock,
        table_delay_s=table_delay_s,
        lenient=lenient,
        key=key,
    )
    database = Database(engine, sweeps=ttl)
    if engine.upgraded is not None:
        warn_of(engine.upgraded, database)
    return database
