"""Completion: words that the parser takes, names that are in the file, commands of the shell.

While one types there is a menu as soon as a word has begun; Tab shows it before that, too.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Final

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document

from ddblite.partiql.explanations.printing import shown_name
from ddblite.schema.errors import DdbError
from ddblite.shell.commands import COMMANDS, Command
from ddblite.shell.conversation.session import Session
from ddblite.shell.conversation.statements import is_command, split
from ddblite.workbench.expectations import (
    PARSED_CHARACTERS_MAX,
    Place,
    named_after,
    place_of,
    words_after,
)
from ddblite.workbench.item_lines import WRITERS
from ddblite.workbench.name_cache import Names
from ddblite.workbench.safe_text import escaped
from ddblite.workbench.schemas import FORMS

INPUT_CHARACTERS_MAX: Final = 20_000
"""What is longer was pasted, and is not looked through at every keystroke."""


USAGE_WORD: Final = re.compile(r"[^\s\[\]]+")

NAMED: Final[Mapping[str, Iterable[str]]] = {"FORMAT": WRITERS, "FORM": FORMS}
"""What a word of a usage stands for; FILE and TABLE depend on what is there."""


class ShellCompleter(Completer):
    """What prompt_toolkit asks for the completions of an input."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.names = Names(session.database)

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterator[Completion]:
        """Gives what may stand at the cursor; a file that cannot be read has no names."""
        if len(document.text) > INPUT_CHARACTERS_MAX:
            return
        _, current = split(document.text_before_cursor)
        with suppress(DdbError):
            if is_command(current):
                yield from self.for_command(current, complete_event)
            else:
                yield from self.for_statement(current, document.text_after_cursor, complete_event)

    def for_command(self, line: str, event: CompleteEvent) -> Iterator[Completion]:
        """Gives commands or, behind one, what it takes."""
        name, space, rest = line.partition(" ")
        if not space:
            yield from (Completion(one, -len(line)) for one in COMMANDS if one.startswith(line))
            return
        command = COMMANDS.get(name)
        if command is None:
            return
        before, _, word = rest.rpartition(" ")
        is_first = not before.strip()
        if is_first and command.choices is not None:
            choices = command.choices(self.session)
            yield from (Completion(one, -len(word)) for one in choices if one.startswith(word))
        elif command.takes_text:
            yield from self.for_statement(rest.lstrip(), "", event)
        else:
            yield from self.for_argument(command, len(before.split()), word, event)

    def for_argument(
        self, command: Command, place: int, word: str, event: CompleteEvent
    ) -> Iterator[Completion]:
        """Gives what a word of a usage stands for: files, tables, formats."""
        named = USAGE_WORD.findall(command.usage)[1:]
        kinds = named[place].split("|") if place < len(named) else []
        if "FILE" in kinds:
            found = PathCompleter(expanduser=True).get_completions(Document(word), event)
            yield from (one for one in found if escaped(one.text) == one.text)
        tables = self.names.tables() if "TABLE" in kinds else []
        names = [*tables, *(one for kind in kinds for one in NAMED.get(kind, ()))]
        yield from (Completion(one, -len(word)) for one in names if one.startswith(word))

    def for_statement(self, text: str, behind: str, event: CompleteEvent) -> Iterator[Completion]:
        """Gives names and words that may stand at the end of a statement's beginning."""
        place = place_of(text)
        is_wanted = place.opening or place.fragment or place.base.endswith(".")
        if len(text) > PARSED_CHARACTERS_MAX or not (is_wanted or event.completion_requested):
            return
        found = list(self.names_at(place, behind))
        if not place.opening:
            found += words_after(place.base, place.fragment)
        start = -len(place.opening + place.fragment)
        yield from (Completion(one, start) for one in dict.fromkeys(found))

    def names_at(self, place: Place, behind: str) -> Iterator[str]:
        """Gives the names that may stand at a place, as they are written there."""
        if place.opening not in {"", '"', "'"}:
            return
        named = named_after(place.base, behind)
        table = self.names.meant(named.table)
        if named.kind == "string" and place.opening != '"':
            names = self.names.attributes(table)
            yield from (f"'{one.replace(chr(39), 2 * chr(39))}'" for one in starting(names, place))
            return
        if place.opening == "'":
            return
        if named.kind == "index" and table is not None:
            yield from written(self.names.indexes(table), place)
        if named.kind == "member" and table is not None:
            yield from written(self.names.members(table, named.path), place)
        if named.kind == "attribute":
            yield from written(self.names.attributes(table), place)
            if not place.opening:
                yield from (f"{one}(" for one in starting(named.functions, place))
        if named.kind == "table":
            yield from self.sources(place)

    def sources(self, place: Place) -> Iterator[str]:
        """Gives tables and, once a name has begun, the indexes of those it may become."""
        tables = starting(self.names.tables(), place)
        for table in tables:
            yield from written([table], place)
        for table in tables if place.fragment else ():
            (source,) = written([table], place)
            yield from (f"{source}.{index}" for index in quoted(self.names.indexes(table), place))


def starting(names: Iterable[str], place: Place) -> list[str]:
    """Returns the names that begin as the word at a place does, in either case."""
    wanted = place.fragment.lower()
    return [name for name in names if name.lower().startswith(wanted)]


def written(names: Iterable[str], place: Place) -> list[str]:
    """Returns the names that fit a place, in double quotes where they need or have them."""
    return quoted(starting(names, place), place)


def quoted(names: Iterable[str], place: Place) -> list[str]:
    """Returns names as they are written in a statement."""
    if not place.opening:
        return [shown_name(name) for name in names]
    return ['"' + name.replace('"', '""') + '"' for name in names]
