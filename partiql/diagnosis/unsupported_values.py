"""What DynamoDB refuses of a literal that its reader has read: types, numbers, bags, depth.

Values are looked at in the order of the text, each with its place within the whole: ``root``,
``root.x``, ``root[1]``. A set is one place: its members are called by that of the set.
"""

import re
from typing import Final, NoReturn

from ddblite.partiql.diagnosis.wide_reader import Node
from ddblite.partiql.syntax.faults import Span, malformed, refused
from ddblite.schema import numbers
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import NESTING_DEPTH_MAX
from ddblite.schema.values import Number

INVALID: Final = "One or more parameter values were invalid: "
BAGS: Final = (
    "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags"
)
LIST_INDEX_MAX: Final = 2**31 - 1
TOO_DEEP: Final = "Nesting Levels have exceeded supported limits"
EMPTY_BAG: Final = "Empty bags are not supported"
DUPLICATES: Final = f"{INVALID}Input collection [{{}}] contains duplicates"
DUPLICATE_NAME: Final = "Duplicate keys in tuple. Key: {}"
EMPTY_NAME: Final = "Path component cannot be an empty string"

KINDS: Final = {
    "name": "Id",
    "path": "Path",
    "literal": "Lit",
    "missing": "Missing",
    "parameter": "Parameter",
    "list": "List",
    "struct": "Struct",
    "bag": "Bag",
    "call": "Call",
    "aggregate": "CallAgg",
    "is": "IsType",
    "cast": "Cast",
    "simple_case": "SimpleCase",
    "searched_case": "SearchedCase",
    "select": "Select",
    "insert": "Insert",
}
"""What the service calls what it has read; what has no name here is named as it is."""

OPERATIONS: Final = {
    "+": "Plus",
    "-": "Minus",
    "*": "Times",
    "/": "Divide",
    "%": "Modulo",
    "||": "Concat",
    "=": "Eq",
    "<>": "Ne",
    "<": "Lt",
    "<=": "Lte",
    ">": "Gt",
    ">=": "Gte",
    "and": "And",
    "or": "Or",
    "not": "Not",
    "in": "InCollection",
    "between": "Between",
    "like": "Like",
}

ION_TYPES: Final = (
    (re.compile(r"null(\.\w+)?"), "NULL"),
    (re.compile(r"true|false"), "BOOL"),
    (re.compile(r"-?[0-9_]+|-?0[xb][0-9a-fA-F_]+"), "INT"),
    (re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?(T.*)?"), "TIMESTAMP"),
    (re.compile(r"-?[0-9_]+(\.[0-9_]*)?([dD][-+]?[0-9]+)?"), "DECIMAL"),
    (re.compile(r"-?[0-9_]+(\.[0-9_]*)?[eE][-+]?[0-9]+|nan|[-+]inf"), "FLOAT"),
    (re.compile(r'".*"|\'\'\'.*', re.DOTALL), "STRING"),
    (re.compile(r'\{\{\s*["\'].*', re.DOTALL), "CLOB"),
    (re.compile(r"\{\{.*", re.DOTALL), "BLOB"),
    (re.compile(r"\{.*", re.DOTALL), "STRUCT"),
    (re.compile(r"\[.*", re.DOTALL), "LIST"),
    (re.compile(r"\(.*", re.DOTALL), "SEXP"),
)


def name_of(node: Node) -> str:
    """Returns what the service calls a node."""
    if node.kind == "operation":
        return OPERATIONS.get(node.token.word.removeprefix("not_"), node.token.word)
    return KINDS.get(node.kind, node.kind)


def ion_type(text: str) -> str:
    """Returns what kind of value stands in back quotes."""
    within = text.strip()
    return next((name for form, name in ION_TYPES if form.fullmatch(within)), "SYMBOL")


class Literals:
    """The literals of one text, looked at for what they may not be."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def fault(self, node: Node, message: str, *, at: bool = True) -> NoReturn:
        """Raises a message about a node, which ends with its place unless it is not to."""
        end = f" at {node.token.span.position(self.text)}" if at else ""
        raise refused(self.text, node.token.span, message + end)

    def check(self, node: Node, place: str = "root", depth: int = 0) -> None:
        """Raises the first thing that is wrong with a value; other nodes are none."""
        if depth >= NESTING_DEPTH_MAX:
            self.fault(node, f"{TOO_DEEP} under {place}", at=False)
        match node.kind:
            case "literal":
                self.check_literal(node, place)
            case "list":
                for index, member in enumerate(node.parts):
                    self.check(member, f"{place}[{index}]", depth + 1)
            case "struct":
                self.check_struct(node, place, depth)
            case "bag":
                self.check_bag(node, place)
            case "path":
                self.fault(node, f"Unsupported data type: Path under key {place}", at=False)
            case _:
                self.fault(node, f"Unsupported data type: {name_of(node)} under key {place}")

    def check_literal(self, node: Node, place: str) -> None:
        """Raises what is wrong with a number, or that a literal is Ion's."""
        if node.token.kind == "ion":
            named = ion_type(node.token.value)
            self.fault(node, f"Ion Literals are not supported: {named} under key {place}")
        if node.token.kind == "number":
            self.number(node, place)

    def number(self, node: Node, place: str) -> Number:
        """Returns a number, or raises why it cannot be stored."""
        try:
            return numbers.parse(node.token.value, older=True)
        except ValidationException as error:
            if "numeric value" in error.message:
                raise malformed(self.text, node.token.span) from error
            self.fault(node, f"{error.message} under {place}", at=False)

    def check_struct(self, node: Node, place: str, depth: int) -> None:
        """Raises what is wrong with a map, its names included."""
        seen = set()
        for member in node.parts:
            name = self.member_name(member, place)
            if name in seen:
                self.fault(node, f"{DUPLICATE_NAME.format(name)} under {place}")
            seen.add(name)
            self.check(member.parts[1], f"{place}.{name}", depth + 1)

    def member_name(self, member: Node, place: str) -> str:
        """Returns the name of a map's member, or raises what is wrong with it."""
        name = member.parts[0]
        if name.token.kind != "string":
            kind = name.token.kind
            named = "INT" if kind == "number" else name_of(name)
            message = f"Tuple keys must be of type String. Actual type: {named} under {place}"
            self.fault(name, message)
        if not name.token.value:
            self.fault(name, EMPTY_NAME, at=False)
        return name.token.value

    def check_item(self, node: Node) -> None:
        """Raises what is wrong with the item of an INSERT; its values may be parameters."""
        seen = set()
        for member in node.parts:
            name = self.member_name(member, "root")
            if name in seen:
                message = f"{DUPLICATE_NAME.format(name)} under root"
                self.fault(member.parts[0], message)
            seen.add(name)
            self.check_attribute(member.parts[1])

    def check_attribute(self, node: Node) -> None:
        """Raises what is wrong with a value of an item, which is named by its text if no value."""
        if node.kind == "parameter":
            return
        if node.kind == "path":
            self.fault(node, "Unsupported data type: PATH under key root", at=False)
        if node.kind in {"literal", "list", "struct", "bag"}:
            self.check(node)
        else:
            named = node.token.value
            if node.kind not in {"name", "searched_case", "simple_case", "select", "missing"}:
                named = named.lower()
            elif node.kind != "name":
                named = named.upper()
            self.fault(node, f"Unsupported data type: {named} under key root")

    def check_bag(self, node: Node, place: str) -> None:
        """Raises what is wrong with a set: it has strings or numbers, each of them once."""
        if not node.parts:
            self.fault(node, EMPTY_BAG, at=False)
        kind = node.parts[0].token.kind if node.parts[0].kind == "literal" else ""
        if kind not in {"string", "number"}:
            self.fault(node.parts[0], BAGS)
        found: list[Number | str] = []
        for member in node.parts:
            if member.kind == "path":
                self.fault(member, f"Unsupported data type: Path under key {place}", at=False)
            if member.kind not in {"literal", "list", "struct", "bag", "missing"}:
                self.fault(member, f"Unsupported data type: {name_of(member)} under key {place}")
            if member.token.kind != kind:
                if kind == "number" and member.token.kind == "null":
                    message = f"{INVALID}Numeric sets may not contain null under {place}"
                    self.fault(member, message, at=False)
                self.fault(member, BAGS, at=kind == "string")
            found.append(member.token.value if kind == "string" else self.number(member, place))
        if len(set(found)) < len(found):
            written = ", ".join(member.token.value for member in node.parts)
            end = "." if kind == "string" else f"! under {place}"
            raise refused(self.text, self.span(node), DUPLICATES.format(written) + end)

    def span(self, node: Node) -> Span:
        """Returns the span of a node with all its parts."""
        ends = [self.span(part).end for part in node.parts]
        return Span(node.token.span.start, max([node.token.span.end, *ends]))
