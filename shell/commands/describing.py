"""Commands about tables: what there is, what it is like, a new one."""

from typing import Final

from ddblite.shell.commands.command import Command, table_names
from ddblite.shell.conversation.session import Session, ShellError
from ddblite.workbench import schemas, table_texts
from ddblite.workbench.key_option import read_key
from ddblite.workbench.safe_text import escaped

ALL: Final = "*"
WORDS: Final = "words"


def show_tables(session: Session) -> None:
    """Prints an overview of all tables."""
    found = table_texts.overview(session.database)
    if found:
        session.show([found])
    else:
        session.remark("There are no tables yet: .create TABLE KEY makes one.")


def show_schema(session: Session, name: str = ALL, form: str = WORDS) -> None:
    """Prints the schema of one table, or of all: in words, or in a form that makes it again."""
    names = session.database.tables() if name == ALL else [name]
    if form == WORDS:
        for one in names:
            table = table_texts.description(session.database, one)
            settings = table_texts.settings_of(session.database, one)
            session.say(table_texts.schema_text(table, settings))
    elif form in schemas.FORMS:
        found = [schemas.schema_of(session.database, one) for one in names]
        session.say(schemas.FORMS[form](found))
    else:
        raise ShellError(f"There is no form {escaped(form)}: {', '.join([WORDS, *schemas.FORMS])}")


def table_choices(session: Session) -> list[str]:
    """Returns the tables, and the sign for all of them."""
    return [*table_names(session), ALL]


def create_table(session: Session, name: str, *keys: str) -> None:
    """Makes a table from its key."""
    partition, *sort = map(read_key, keys)
    session.database.create_table(name, partition_key=partition, sort_key=sort[0] if sort else None)


ROWS: Final = (
    Command(".tables", "the tables, with their keys and sizes", show_tables),
    Command(
        ".schema [TABLE|* [FORM]]",
        f"keys and indexes: in words or, to make the table again, {', '.join(schemas.FORMS)}",
        show_schema,
        most=2,
        choices=table_choices,
    ),
    Command(
        ".create TABLE KEY [SORT_KEY]",
        "makes a table; a key is a string, year:N a number, data:B binary",
        create_table,
        least=2,
        most=3,
    ),
)
