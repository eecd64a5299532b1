"""Names of tables and indexes, and the ARNs that stand for them.

* A name has 3 to 255 characters of ``[a-zA-Z0-9_.-]``.
* Wherever a table is named, its ARN may stand instead. Region and account are not looked at:
  an ARN means the table it names.
* The ARNs that are given out are all of one region and account.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ddblite.schema.limits import NAME_LENGTH_MAX, NAME_LENGTH_MIN

NAME_PATTERN: Final = "[a-zA-Z0-9_.-]+"
NAME: Final = re.compile(NAME_PATTERN)
ARN: Final = re.compile(
    r"arn:[a-z0-9-]+:dynamodb:[a-z0-9-]*:[0-9]*:table/(?P<table>"
    rf"[a-zA-Z0-9_.-]{{{NAME_LENGTH_MIN},{NAME_LENGTH_MAX}}})"
    r"(?:/index/(?P<index>[a-zA-Z0-9_.-]+))?"
)
RESOURCE_ARN: Final = re.compile(r"arn:[a-z0-9-]+:dynamodb:[a-z0-9-]*:[0-9]*:(?P<resource>.+)")
STREAM: Final = re.compile(rf"table/(?P<table>{NAME_PATTERN})/stream/(?P<label>[^/]+)")
ARN_PREFIX: Final = "arn:"
ARN_LENGTH_MAX: Final = 1024

REGION: Final = "us-east-1"
ACCOUNT: Final = "000000000000"

NAMES_CACHED_MAX: Final = 4096


@dataclass(frozen=True, slots=True)
class ParsedArn:
    """What an ARN names; ``index`` is None for a table's own."""

    table: str
    index: str | None


def is_arn(text: str) -> bool:
    """Whether a text is meant as an ARN, well-formed or not."""
    return text.startswith(ARN_PREFIX)


def parse_arn(text: str) -> ParsedArn | None:
    """Returns the table and index of an ARN, or None when it is not one of a table."""
    match = ARN.fullmatch(text)
    return None if match is None else ParsedArn(match["table"], match["index"])


@lru_cache(maxsize=NAMES_CACHED_MAX)
def table_named(text: str) -> str | None:
    """Returns the table that a name or an ARN stands for, or None when it is neither."""
    if is_arn(text):
        parsed = parse_arn(text) if len(text) <= ARN_LENGTH_MAX else None
        return parsed.table if parsed is not None and parsed.index is None else None
    fits = NAME_LENGTH_MIN <= len(text) <= NAME_LENGTH_MAX
    # An exact string, also of an enumeration's: what is kept here serves equal texts of any class.
    return str.__str__(text) if fits and NAME.fullmatch(text) else None


def is_resource_arn(text: str) -> bool:
    """Whether a text is the ARN of anything that belongs to the service."""
    return RESOURCE_ARN.fullmatch(text) is not None


def parse_stream_arn(text: str) -> tuple[str, str] | None:
    """Returns the table and the label of a stream's ARN, or None when it is not one."""
    resource = RESOURCE_ARN.fullmatch(text)
    match = None if resource is None else STREAM.fullmatch(resource["resource"])
    return None if match is None else (match["table"], match["label"])


def table_arn(table_name: str) -> str:
    """Returns the ARN of a table."""
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table_name}"


def index_arn(table_name: str, index_name: str) -> str:
    """Returns the ARN of an index."""
    return f"{table_arn(table_name)}/index/{index_name}"
