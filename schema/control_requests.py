"""Requests and answers about tables beside their making and removal: see ``schema.requests``.

What is kept per table is kept in its definition; answers that have no content of their own are
the wire's response as it stands.
"""

from typing import Any

from ddblite.schema.requests import Record


class UpdateTable(Record):
    """Changes a table; ``changes`` has the wire's members, checked for what needs no table."""

    table_name: str
    changes: dict[str, Any]


class TagResource(Record):
    """Adds tags, or replaces those of the same keys."""

    resource_arn: str
    tags: list[dict[str, str]]


class UntagResource(Record):
    """Removes tags by their keys; absent ones are no error."""

    resource_arn: str
    keys: list[str]


class ListTagsOfResource(Record):
    """Asks for all tags; they always fit into one answer."""

    resource_arn: str


class UpdateTimeToLive(Record):
    """Says by which attribute items should expire; ``setting`` is the wire's structure."""

    table_name: str
    setting: dict[str, Any]


class DescribeTimeToLive(Record):
    """Asks by which attribute items should expire."""

    table_name: str


class UpdateContinuousBackups(Record):
    """Says whether a table should be restorable; ``setting`` is the wire's structure."""

    table_name: str
    setting: dict[str, Any]


class DescribeContinuousBackups(Record):
    """Asks whether a table should be restorable."""

    table_name: str


class AbsentFeature(Record):
    """Asks, by the name of an operation, about a feature that no table here has.

    ``resource`` is what the question is about: a table, an ARN, a global table; or nothing.
    """

    operation: str
    resource: str = ""
    index_name: str | None = None


class ResponseAnswer(Record):
    """``response`` is the wire's response as it stands."""

    response: dict[str, Any]
