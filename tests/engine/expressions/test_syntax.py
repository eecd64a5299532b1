"""Where a text stops making sense, and how that is told."""

from collections.abc import Callable, Mapping

import pytest

from ddblite.engine.expressions import (
    parse_condition,
    parse_key_condition,
    parse_projection,
    parse_update,
)
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import EXPRESSION_BYTES_MAX, EXPRESSION_PATH_DEPTH_MAX
from ddblite.schema.reserved_words import RESERVED_WORDS

PARSERS: Mapping[str, Callable[[str], object]] = {
    "ConditionExpression": parse_condition,
    "KeyConditionExpression": parse_key_condition,
    "ProjectionExpression": parse_projection,
    "UpdateExpression": parse_update,
}


def fault(which: str, text: str) -> str:
    with pytest.raises(ValidationException) as caught:
        PARSERS[which](text)
    prefix = f"Invalid {which}: "
    assert caught.value.enveloped
    assert caught.value.message.startswith(prefix)
    return caught.value.message.removeprefix(prefix)


@pytest.mark.parametrize(
    ("token", "near", "text"),
    [
        ("SYNTAX", "INVALID SYNTAX HERE", "INVALID SYNTAX HERE"),
        ("!", "!!", "!!! INVALID"),
        ("<EOF>", "(", "attribute_not_exists("),
        ("=", "= = b", "a = = b"),
        ("<EOF>", "a", "a"),
        ("<EOF>", ")  ", "(a)  "),
        ("AND", ") AND b", "(a) AND b = :v"),
        ("AND", "a AND b", "a AND b = :v"),
        (")", "a)", "(b = :v AND a)"),
        (")", ":v)", "a = :v)"),
        ("<EOF>", ":v", "(a = :v"),
        (")", "()", "a IN ()"),
        (")", ",)", "a IN (:v,)"),
        (":v", "IN :v", "a IN :v"),
        ("NOT", "a NOT IN", "a NOT IN (:v)"),
        ("<EOF>", ":v", "a BETWEEN :v"),
        ("OR", ":v OR :w", "a BETWEEN :v OR :w"),
        ("=", ":v = :w", "a = :v = :w"),
        ("=", ") = :w", "(a = :v) = :w"),
        ("5", "= 5", "a = 5"),
        ("_", "_a", "_a = :v"),
        ("-", "[-1", "a[-1] = :v"),
        (":v", "[:v]", "a[:v] = :v"),
        ("1", "01]", "a[01] = :v"),
        ("<EOF>", "1", "a[1"),
        ("1", ".1 =", "a.1 = :v"),
        ("set", "set =", "set = :v"),
        ("and", ".and =", "a.and = :v"),
        ("#", "# =", "# = :v"),
        (":", "= :", "a = :"),
        ("ä", "ä =", "ä = :v"),
        ("b", "a b)", "contains(a b)"),
        ("a", "attribute_exists a", "attribute_exists a"),
        (")", "()", "attribute_exists()"),
        ("NOT", "= NOT :v", "a = NOT :v"),
        ("<EOF>", "NOT", "NOT"),
        (";", ":v;", "a = :v;"),
    ],
)
def test_condition_syntax(token: str, near: str, text: str) -> None:
    expected = f'Syntax error; token: "{token}", near: "{near}"'
    assert expected == fault("ConditionExpression", text)
    assert expected == fault("KeyConditionExpression", text)


@pytest.mark.parametrize(
    ("token", "near", "text"),
    [
        ("INVALID", "INVALID SYNTAX", "INVALID SYNTAX HERE"),
        ("_", "SET _123", "SET _123"),
        ("<EOF>", "SET", "SET"),
        ("<EOF>", "a", "SET a"),
        ("<EOF>", ",", "SET a = :v,"),
        ("b", ":v b =", "SET a = :v b = :w"),
        ("+", "b + c", "SET a = a + b + c"),
        ("+", ") + c", "SET a = (a + b) + c"),
        ("+", "b + c", "SET a = b + (b + c)"),
        ("+", ":v + :w", "SET a = if_not_exists(a, :v + :w)"),
        (")", "b)", "SET a = b)"),
        ("<EOF>", "b", "SET a = (b"),
        ("-", "= -b", "SET a = -b"),
        ("b", "a b", "ADD a b"),
        ("(", "a (:v", "ADD a (:v)"),
        ("=", "a = :v", "DELETE a = :v"),
        ("(", "foo(a", "REMOVE foo(a)"),
        ("set", "SET set =", "SET set = :v"),
        ("OR", "OR a", "OR a"),
        ("AND", ":v AND b", "SET a = :v AND b = :w"),
        (":v", "REMOVE :v", "REMOVE :v"),
        ("<EOF>", "REMOVE", "SET a = :v REMOVE"),
    ],
)
def test_update_syntax(token: str, near: str, text: str) -> None:
    expected = f'Syntax error; token: "{token}", near: "{near}"'
    assert expected == fault("UpdateExpression", text)


@pytest.mark.parametrize(
    ("token", "near", "text"),
    [
        ("b", "a b", "a b"),
        ("<EOF>", ",", "a,"),
        (",", ",a", ",a"),
        ("(", "size(a", "size(a)"),
        ("*", "*", "*"),
        ("<EOF>", ".", "a."),
        ("<EOF>", "[", "a["),
        ("=", "a = :v", "a = :v"),
        (":v", ":v", ":v"),
        ("and", "and", "and"),
    ],
)
def test_projection_syntax(token: str, near: str, text: str) -> None:
    expected = f'Syntax error; token: "{token}", near: "{near}"'
    assert expected == fault("ProjectionExpression", text)


@pytest.mark.parametrize("which", PARSERS)
def test_empty_expression(which: str) -> None:
    assert fault(which, "") == "The expression can not be empty;"


@pytest.mark.parametrize("which", PARSERS)
@pytest.mark.parametrize("text", [" ", "   ", "\t\n\r "])
def test_white_space_is_no_empty_expression(which: str, text: str) -> None:
    assert fault(which, text) == f'Syntax error; token: "<EOF>", near: "{text}"'


@pytest.mark.parametrize("which", PARSERS)
def test_expression_bytes_max(which: str) -> None:
    """Bytes of the text as it was sent, white space and all."""
    legal = {"UpdateExpression": "REMOVE a", "ProjectionExpression": "a"}.get(which, "a = :v")
    for size in (EXPRESSION_BYTES_MAX - 1, EXPRESSION_BYTES_MAX):
        PARSERS[which](legal.ljust(size))
    expected = "Expression size has exceeded the maximum allowed size;"
    assert expected == fault(which, legal.ljust(EXPRESSION_BYTES_MAX + 1))
    assert expected == fault(which, "é" * 2048 + "a")


@pytest.mark.parametrize("which", PARSERS)
@pytest.mark.parametrize(
    "text",
    ["(" * 4096, "(" * 4000 + "a", "SET a = " + "(" * 4000, "a." * 2048, "a[0]" * 1024],
)
def test_hostile_nesting_is_refused(which: str, text: str) -> None:
    """As a mistake in the text, not as an accident of ours."""
    assert fault(which, text)


@pytest.mark.parametrize(
    "text",
    ["size(" * 800 + "a" + ")" * 800, "NOT " * 1000 + "a", "f(" * 1300 + "a" + ")" * 1300],
)
def test_hostile_calls_are_refused(text: str) -> None:
    assert fault("ConditionExpression", text + " = :v")
    assert fault("UpdateExpression", "SET a = " + text)


def test_expression_path_depth_max() -> None:
    for depth in (EXPRESSION_PATH_DEPTH_MAX - 1, EXPRESSION_PATH_DEPTH_MAX):
        parse_projection(".".join(["d"] * depth))
    assert ("The document path has too many nesting levels; nesting levels: 33") == fault(
        "ProjectionExpression", "d" + "[0]" * EXPRESSION_PATH_DEPTH_MAX
    )


def test_every_reserved_word_is_refused_in_any_case() -> None:
    """Those that are also keywords of the language are syntax errors."""
    keywords = {"AND", "OR", "NOT", "IN", "BETWEEN", "SET", "ADD", "DELETE"}
    assert len(RESERVED_WORDS) == 573
    for word in sorted(RESERVED_WORDS):
        for written in (word, word.lower(), word.title()):
            message = fault("ProjectionExpression", f"a.{written}")
            if word in keywords:
                assert message.startswith(f'Syntax error; token: "{written}"')
            else:
                expected = "Attribute name is a reserved keyword; reserved keyword: "
                assert expected + written == message


def test_keyword_that_is_no_reserved_word() -> None:
    assert fault("ProjectionExpression", "remove") == (
        'Syntax error; token: "remove", near: "remove"'
    )
