"""Items as the PartiQL statements that write them.

What is printed can be run, here and in DynamoDB, and writes an equal item. PartiQL has no
literal for binary and no escapes in strings, and a statement has a length: an item that no
statement stands for is refused before anything of its page is printed, because a copy that
lacks an item is worse than none.
"""

from collections.abc import Iterator
from typing import Final

from ddblite.schema.errors import DdbError
from ddblite.schema.limits import STATEMENT_LENGTH_MAX
from ddblite.schema.values import BinarySet, Item, Value
from ddblite.workbench.pages import Pages, Screen
from ddblite.workbench.safe_text import escaped

LAYOUT: Final = str.maketrans("", "", "\n\t")
"""Characters that have no visible form and do no harm."""

ADVICE: Final = "SELECT other attributes, or take the format ddb-json, which has everything"


def render_insert(pages: Pages, screen: Screen) -> Iterator[str]:
    """Gives an INSERT statement per item, or raises DdbError."""
    table = quoted_name(screen.table)
    for page in pages:
        yield from [insert_text(table, item) for item in page]


def insert_text(table: str, item: Item) -> str:
    """Returns the statement that writes an item, or raises DdbError when there is none."""
    from ddblite.partiql.explanations.printing import shown_value

    for name, one in item.items():
        check_string(name)
        fault = fault_of(one)
        if fault:
            raise DdbError(f"No INSERT can write {escaped(name)}, which {fault}: {ADVICE}")
    statement = f"INSERT INTO {table} VALUE {shown_value(item)}"
    if len(statement) > STATEMENT_LENGTH_MAX:
        raise DdbError(
            f"No INSERT can write an item of this size: a statement has at most "
            f"{STATEMENT_LENGTH_MAX:,} characters. {ADVICE}"
        )
    return statement + ";\n"


def check_string(name: str) -> None:
    """Raises DdbError when an attribute's name cannot be written."""
    fault = fault_of(name)
    if fault:
        raise DdbError(f"No INSERT can write the name {escaped(name)}, which {fault}: {ADVICE}")


def fault_of(value: Value) -> str:
    """Returns why no literal stands for a value, or "" when one does."""
    if isinstance(value, bytes | BinarySet):
        return "is or has binary"
    if isinstance(value, str):
        text = value.translate(LAYOUT)
        return "" if escaped(text) == text else "has a control character"
    if isinstance(value, dict):
        return next(filter(None, map(fault_of, [*value, *value.values()])), "")
    if isinstance(value, list):
        return next(filter(None, map(fault_of, value)), "")
    members = getattr(value, "members", ())
    return next(filter(None, map(fault_of, members)), "")


def quoted_name(name: str) -> str:
    """Returns a table's name in double quotes, which every name may have."""
    return '"' + escaped(name).replace('"', '""') + '"'
