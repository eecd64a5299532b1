"""The access keys that a server knows: from a file, and from the environment.

Never from the command line itself, which every user of a machine can read.

* A file has the form of ``~/.aws/credentials``, so that it can be the client's own: each
  section with ``aws_access_key_id`` and ``aws_secret_access_key`` is a key. What else there is
  (tokens, roles) does not matter here.
* The environment has one key, in ``DDBLITE_ACCESS_KEY_ID`` and ``DDBLITE_SECRET_ACCESS_KEY``.
"""

from collections.abc import Iterator, Mapping
from configparser import Error, RawConfigParser
from pathlib import Path
from typing import Final

from ddblite.api.http.policy import CannotServe

KEY: Final = "aws_access_key_id"
SECRET: Final = "aws_secret_access_key"  # noqa: S105 - what it is called, not what it is

KEY_VARIABLE: Final = "DDBLITE_ACCESS_KEY_ID"
SECRET_VARIABLE: Final = "DDBLITE_SECRET_ACCESS_KEY"  # noqa: S105 - as above


def known_keys(path: Path | None, environ: Mapping[str, str]) -> dict[str, str]:
    """Returns the secret of each key, or raises CannotServe when something of one is missing.

    Without a file and without variables there are none.
    """
    secrets: dict[str, str] = {}
    given = [*keys_of_environment(environ), *(keys_of_file(path) if path else [])]
    for key, secret in given:
        if secrets.setdefault(key, secret) != secret:
            raise CannotServe(f"The access key {key} has two secrets")
    return secrets


def keys_of_environment(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yields the key that the environment has, if any."""
    key, secret = environ.get(KEY_VARIABLE, ""), environ.get(SECRET_VARIABLE, "")
    if bool(key) != bool(secret):
        missing = SECRET_VARIABLE if key else KEY_VARIABLE
        raise CannotServe(f"{missing} is not set, but its other half is")
    if key:
        yield key, secret


def keys_of_file(path: Path) -> list[tuple[str, str]]:
    """Returns the keys of a file, of which there is at least one."""
    sections = RawConfigParser(default_section="")
    try:
        sections.read_string(path.read_text("utf-8-sig"))
    except OSError as fault:
        raise CannotServe(f"Cannot read the credentials file {path}: {fault.strerror}") from fault
    except (Error, UnicodeDecodeError):
        # The parser's own message quotes the line, which may be a secret.
        raise CannotServe(
            f"{path} is not a credentials file: it has lines such as [name], {KEY} = ... and "
            f"{SECRET} = ..."
        ) from None
    found = []
    for name in sections.sections():
        key, secret = sections[name].get(KEY, ""), sections[name].get(SECRET, "")
        if bool(key) != bool(secret):
            missing = SECRET if key else KEY
            raise CannotServe(f"[{name}] in {path} has no {missing}")
        if key:
            found.append((key, secret))
    if not found:
        raise CannotServe(f"{path} has no {KEY}")
    return found
