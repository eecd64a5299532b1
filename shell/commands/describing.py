"""Commands about tables: what there is, what it is like, a new one."""

from typing import Final

from ddblite.shell import tables
from ddblite.shell.commands.command import Command, table_names
from ddblite.shell.keys import read_key
from ddblite.shell.session import Session


def show_tables(session: Session) -> None:
    """Prints an overview of all tables."""
    found = tables.overview(session.database)
    if found:
        session.show([found])
    else:
        session.remark("There are no tables yet: .create TABLE KEY makes one.")


def show_schema(session: Session, *names: str) -> None:
    """Prints one table's key and indexes, or those of all."""
    for name in names or session.database.tables():
        session.say(tables.schema_text(tables.description(session.database, name)))


def create_table(session: Session, name: str, *keys: str) -> None:
    """Makes a table from its key."""
    partition, *sort = map(read_key, keys)
    session.database.create_table(name, partition_key=partition, sort_key=sort[0] if sort else None)


ROWS: Final = (
    Command(".tables", "the tables, with their keys and sizes", show_tables),
    Command(
        ".schema [TABLE]",
        "keys and indexes, in words",
        show_schema,
        most=1,
        choices=table_names,
    ),
    Command(
        ".create TABLE KEY [SORT_KEY]",
        "makes a table; a key is a string, year:N a number, data:B binary",
        create_table,
        least=2,
        most=3,
    ),
)
