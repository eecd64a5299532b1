"""Updates: every way in which their text and values can be wrong, and which is told first."""

from typing import Final

import pytest

from ddblite.engine.expressions import parse_update
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import EXPRESSION_OPERATORS_MAX
from ddblite.schema.values import Value

VALUES: Final[dict[str, Value]] = {
    ":v": "v",
    ":w": "w",
    ":one": 1,
    ":true": True,
    ":null": None,
    ":bytes": b"b",
    ":list": ["x"],
    ":map": {"q": 1},
}


def fault(text: str) -> str:
    with pytest.raises(ValidationException) as caught:
        parse_update(text).check(VALUES)
    assert caught.value.enveloped
    prefix = "Invalid UpdateExpression: "
    assert caught.value.message.startswith(prefix)
    return caught.value.message.removeprefix(prefix)


BRACKETS: Final = "The expression has redundant parentheses;"
COUNT: Final = (
    "Incorrect number of operands for operator or function; operator or function: "
    "{}, number of operands: {}"
)
TYPE: Final = (
    "Incorrect operand type for operator or function; operator or function: {}, operand type: {}"
)
SECTION_TYPE: Final = (
    "Incorrect operand type for operator or function; operator: {}, operand type: {}, "
    "typeSet: ALLOWED_FOR_ADD_OPERAND"
)
NOT_HERE: Final = "The function is not allowed in an update expression; function: {}"
MISUSED: Final = "The function is not allowed to be used this way in an expression; function: {}"


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (BRACKETS, "SET a = ((:v))"),
        (BRACKETS, "SET a = ((b + :one))"),
        (BRACKETS, "SET a = b + ((:one))"),
        (BRACKETS, "SET a = if_not_exists(a, ((:one)))"),
        ("Attribute name is a reserved keyword; reserved keyword: Status", "SET Status = :v"),
        ("Invalid function name; function: foo", "SET a = foo(b)"),
        (NOT_HERE.format("attribute_exists"), "SET a = attribute_exists(b)"),
        (NOT_HERE.format("size"), "SET a = if_not_exists(b, size(c))"),
        (MISUSED.format("list_append"), "SET a = list_append(list_append(a, :list), :list)"),
        (MISUSED.format("list_append"), "SET a = if_not_exists(a, list_append(b, :list))"),
        (MISUSED.format("list_append"), "SET a = list_append(a, :list) + :one"),
        (
            'The "SET" section can only be used once in an update expression;',
            "SET a = :v SET b = :w",
        ),
        (
            'The "ADD" section can only be used once in an update expression;',
            "add a :one REMOVE c ADD b :one ADD d :one",
        ),
        (
            "List index is not within the allowable range; index: [9999999999]",
            "REMOVE a[9999999999]",
        ),
        (
            (
                "An expression attribute name used in the document path is not defined; "
                "attribute name: #x"
            ),
            "SET a = :nope, #x = :v",
        ),
        (
            (
                "An expression attribute value used in expression is not defined; "
                "attribute value: :nope"
            ),
            "SET a = :nope, a = :v",
        ),
        (
            (
                "Two document paths overlap with each other; must remove or rewrite one of these "
                "paths; path one: [a], path two: [a, b]"
            ),
            "SET a = :v REMOVE a.b",
        ),
        (
            (
                "Two document paths conflict with each other; must remove or rewrite one of these "
                "paths; path one: [a, b], path two: [a, [1]]"
            ),
            "SET a.b = :v, a[1] = :v",
        ),
        (COUNT.format("list_append", 1), "SET a = list_append(b)"),
        (COUNT.format("if_not_exists", 3), "SET a = if_not_exists(b, :v, :v)"),
        (
            "Operator or function requires a document path; operator or function: if_not_exists",
            "SET a = if_not_exists(:v, :v)",
        ),
        (
            (
                "The first operand must be distinct from the remaining operands for this operator "
                "or function; operator: if_not_exists, first operand: [b, [0]]"
            ),
            "SET a = list_append(:list, if_not_exists(b[0], b[0]))",
        ),
        (TYPE.format("+", "S"), "SET a = b + :v"),
        (TYPE.format("-", "BOOL"), "SET a = :true - b"),
        (TYPE.format("list_append", "N"), "SET a = list_append(b, :one)"),
        (SECTION_TYPE.format("ADD", "STRING"), "ADD a :v"),
        (SECTION_TYPE.format("ADD", "BOOL"), "ADD a :true"),
        (SECTION_TYPE.format("ADD", "Binary"), "ADD a :bytes"),
        (SECTION_TYPE.format("ADD", "LIST"), "ADD a :list"),
        (SECTION_TYPE.format("ADD", "MAP"), "ADD a :map"),
        (SECTION_TYPE.format("ADD", "NULL"), "ADD a :null"),
        (SECTION_TYPE.format("DELETE", "NUMBER"), "DELETE a :one"),
        (SECTION_TYPE.format("DELETE", "Binary"), "DELETE a :bytes"),
        (SECTION_TYPE.format("DELETE", "BOOL"), "DELETE a :true"),
    ],
)
def test_fault(expected: str, text: str) -> None:
    """One fault, one text, in DynamoDB's words."""
    assert expected == fault(text)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("Syntax error", "SET a = foo(b), c"),
        ("Attribute name is a reserved", "SET a = foo(b), status = :v"),
        ("Invalid function name", "SET a = :v SET b = foo(b)"),
        ("The function is not allowed", "SET a = :v SET b = size(b)"),
        ('The "SET" section', "SET #x = :v SET b = :v"),
        ("An expression attribute name", "SET a = :nope, #x = :v, a = :v"),
        ("An expression attribute value", "SET a = :v, a = :v, b = :nope"),
        ("Two document paths overlap", "SET a.b = :v, a[0] = :v, c = :v, c = :v"),
        ("Two document paths conflict", "SET a.b = :v, a[0] = list_append(b)"),
        ("Incorrect number", "SET a = b + :v, c = list_append(b)"),
        ("Incorrect operand type", "SET a = b + :v REMOVE c"),
    ],
)
def test_most_important_fault_is_reported(expected: str, text: str) -> None:
    assert fault(text).startswith(expected)


def test_expression_operators_max() -> None:
    """Sums and functions count, sections and assignments do not."""
    sums = [f"SET {','.join(f'a{n}=n+n' for n in range(count))}" for count in (299, 300, 301)]
    parse_update(sums[0])
    assert len(parse_update(sums[1]).targets) == EXPRESSION_OPERATORS_MAX
    assert fault(sums[2]) == "The expression contains too many operators; operator count: 301"
    assert len(parse_update("REMOVE " + ",".join(f"a{n}" for n in range(500))).targets) == 500
