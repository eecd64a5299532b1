"""Names, and the ARNs that stand for them."""

import pytest

from ddblite.schema.names import (
    ARN_LENGTH_MAX,
    ParsedArn,
    index_arn,
    parse_arn,
    table_arn,
    table_named,
)


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("books", "books"),
        ("abc", "abc"),
        ("ab", None),
        ("A.b-c_1", "A.b-c_1"),
        ("n" * 254, "n" * 254),
        ("n" * 255, "n" * 255),
        ("n" * 256, None),
        ("", None),
        ("a b", None),
        ("books\n", None),
        ("é", None),
        ("arn:aws:dynamodb:us-east-1:000000000000:table/books", "books"),
        ("arn:aws-cn:dynamodb:cn-north-1:123456789012:table/books", "books"),
        ("arn:aws:dynamodb:us-east-1:000000000000:table/books/index/i", None),
        ("arn:aws:dynamodb:us-east-1:000000000000:table/ab", None),
        ("arn:aws:s3:::books", None),
        ("arn:aws:dynamodb:us-east-1:000000000000:table/" + "n" * 256, None),
        ("arn:" + "n" * ARN_LENGTH_MAX, None),
    ],
)
def test_table_named(text: str, table: str | None) -> None:
    """A name or an ARN of any region and account; a name has three characters at least."""
    assert table == table_named(text)


def test_arns_are_read_as_they_are_written() -> None:
    assert ParsedArn("books", None) == parse_arn(table_arn("books"))
    assert ParsedArn("books", "by_year") == parse_arn(index_arn("books", "by_year"))
    assert "arn:aws:dynamodb:us-east-1:000000000000:table/books" == table_arn("books")
