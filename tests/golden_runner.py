"""Golden scripts: what a user types, ``---``, and what it prints; rewritten by ``make golden``.

A script is blocks of comments, commands and their output::

    # SET on a missing map is refused, and nothing is written.
    > put music {"artist": "Nina", "song": "Sinnerman"}
    !> update music Nina/Sinnerman SET info.released = 1965
    ---
    ok
    ValidationException: The document path provided in the update expression is invalid ...

``!>`` must fail; ``[plan,capacity]>`` prints what was done and what it consumed, ``[place]!>``
where in a statement its fault is. Options follow a command after `` | ``. Expressions hold their
values as JSON: ``SET plays = 5``; sets are ``<<"a", "b">>`` and bytes are ``b"text"``. A statement
in capitals is PartiQL; ``golden_statements`` has more about those.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import ddblite
import golden_statements
from ddblite.schema import requests
from ddblite.schema.requests import Consumed
from golden_values import Literals, shown, values_of

BLOCKS: Final = re.compile(r"\n\n+(?=#|>|!>|\[)")
LINE: Final = re.compile(r"(?:\[([a-z,]*)\])?(!?)> ?(.*)")


@dataclass(frozen=True)
class Step:
    """One block: what is said about it, what is typed, and what was printed."""

    comments: tuple[str, ...]
    commands: tuple[str, ...]
    printed: str

    def __str__(self) -> str:
        return "\n".join([*self.comments, *self.commands, "---", self.printed]).rstrip("\n")


def steps_of(text: str) -> Iterator[Step]:
    """Gives the blocks of a script."""
    for block in BLOCKS.split(text.strip("\n")):
        typed, _, printed = f"{block}\n".partition("\n---\n")
        lines = typed.rstrip("\n").split("\n")
        yield Step(
            tuple(line for line in lines if line.startswith("#")),
            tuple(line for line in lines if not line.startswith("#")),
            printed.rstrip("\n"),
        )


def replay(path: Path, *, rewrite: bool) -> None:
    """Runs a script on a fresh database and compares what it prints, or writes it down."""
    before = path.read_text("utf-8")
    with ddblite.connect(":memory:", clock=ddblite.FixedClock()) as database:
        session = Session(database)
        played = [Step(one.comments, one.commands, session.run(one)) for one in steps_of(before)]
        assert database.check() == []
    after = "\n\n".join(map(str, played)) + "\n"
    if rewrite:
        path.write_text(after, "utf-8")
    else:
        assert before == after


class Session:
    """The commands of a script, on one database."""

    def __init__(self, database: ddblite.Database) -> None:
        self.database = database
        self.commands: dict[str, Callable[[str, dict[str, str]], Iterator[str]]] = {
            name: getattr(self, name)
            for name in ("create", "put", "get", "update", "delete", "query", "scan", "describe")
        }

    def run(self, step: Step) -> str:
        """Returns what the commands of a block print."""
        printed: list[str] = []
        for command in step.commands:
            match = LINE.fullmatch(command)
            assert match, f"not a command: {command}"
            tags, fails, typed = match.groups()
            self.tags = frozenset((tags or "").split(","))
            try:
                printed += list(self.carried_out(typed)) or ["ok"]
                assert not fails, f"was meant to fail: {command}"
            except ddblite.DdbError as error:
                assert fails, f"{command}: {error}"  # noqa: PT017 - one of two outcomes
                printed.append(f"{error.code}: {error.message}")
                printed += golden_statements.details(error, self.tags)
        return "\n".join(printed)

    def carried_out(self, typed: str) -> Iterator[str]:
        """Gives the lines that one command prints."""
        word = typed.split(" ", 1)[0]
        if word.isupper() or word not in {*self.commands, "batch", "transact"}:
            yield from self.statement(typed)
            return
        if word in {"batch", "transact"}:
            yield from getattr(golden_statements, word)(self.database, typed.partition(" ")[2])
            return
        first, *options = typed.split(" | ")
        _, _, rest = first.partition(" ")
        named = dict((one.strip() + " ").split(" ", 1) for one in options)
        yield from self.commands[word](rest, named)

    # commands

    def create(self, rest: str, options: dict[str, str]) -> Iterator[str]:
        """``create music artist year:N | global by_year year:N title KEYS_ONLY``."""
        name, *keys = rest.split()
        indexes = [
            index_of(kind.split("#")[0], described.split()) for kind, described in options.items()
        ]
        self.database.create_table(
            name,
            partition_key=key_given(keys[0]),
            sort_key=key_given(keys[1]) if len(keys) > 1 else None,
            indexes=indexes,
        )
        yield from ()

    def describe(self, rest: str, _options: dict[str, str]) -> Iterator[str]:
        """``describe music``: counters of the table and its indexes."""
        found = self.database.call("DescribeTable", {"TableName": rest})["Table"]
        yield f"{rest}: {found['ItemCount']} items, {found['TableSizeBytes']} bytes"
        for member in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
            for one in found.get(member, ()):
                counted = f"{one['ItemCount']} items, {one['IndexSizeBytes']} bytes"
                yield f"  {one['IndexName']}: {counted}"

    def put(self, rest: str, options: dict[str, str]) -> Iterator[str]:
        """``put music {...} | if condition | returning ALL_OLD``."""
        name, _, text = rest.partition(" ")
        literals = Literals()
        yield from self.written(
            requests.PutItem(
                table_name=name,
                item=values_of(text),
                condition=literals.replaced(options.get("if")),
                **literals.given(options),
                **write_options(options),
            )
        )

    def update(self, rest: str, options: dict[str, str]) -> Iterator[str]:
        """``update music Nina/Sinnerman SET plays = 5 | if condition | returning ALL_NEW``."""
        name, key, *update = rest.split(" ", 2)
        literals = Literals()
        yield from self.written(
            requests.UpdateItem(
                table_name=name,
                key=self.key_of(name, key),
                update=literals.replaced(update[0] if update else None),
                condition=literals.replaced(options.get("if")),
                **literals.given(options),
                **write_options(options),
            )
        )

    def delete(self, rest: str, options: dict[str, str]) -> Iterator[str]:
        """``delete music Nina/Sinnerman | if condition | returning ALL_OLD``."""
        name, key = rest.split(" ", 1)
        literals = Literals()
        yield from self.written(
            requests.DeleteItem(
                table_name=name,
                key=self.key_of(name, key),
                condition=literals.replaced(options.get("if")),
                **literals.given(options),
                **write_options(options),
            )
        )

    def written(self, request: requests.Record) -> Iterator[str]:
        """Carries out a write and gives what it returns."""
        answer: requests.WriteAnswer = self.database.engine.execute(request)
        if "capacity" in self.tags:
            yield f"wrote {units(answer.consumed)}"
        if answer.attributes is not None:
            yield shown(answer.attributes)

    def get(self, rest: str, options: dict[str, str]) -> Iterator[str]:
        """``get music Nina/Sinnerman | projection a, b | consistent``."""
        name, key = rest.split(" ", 1)
        literals = Literals()
        request = requests.GetItem(
            table_name=name,
            key=self.key_of(name, key),
            projection=options.get("projection"),
            names=literals.given(options)["names"],
            consistent="consistent" in options,
        )
        answer: requests.GetItemAnswer = self.database.engine.execute(request)
        if "plan" in self.tags:
            yield f"Get {rest}"
        if "capacity" in self.tags:
            found = 0 if answer.item is None else 1
            yield f"read {units(answer.consumed)}, {found} item{'s' * (found != 1)}, 0 filtered"
        yield "none" if answer.item is None else shown(answer.item)

    def query(self, rest: str, options: dict[str, str]) -> Iterator[str]:
        """``query music artist = "Nina" | index by_year | filter plays > 5 | backward``."""
        name, _, condition = rest.partition(" ")
        literals = Literals()
        text = literals.replaced(condition)
        yield from self.read(
            lambda table, **more: table.query(text, forward="backward" not in options, **more),
            name, literals, options,
        )  # fmt: skip

    def scan(self, rest: str, options: dict[str, str]) -> Iterator[str]:
        """``scan music | filter plays > 5 | limit 2 | page 3``."""
        yield from self.read(
            lambda table, **more: table.scan(**more), rest.strip(), Literals(), options
        )

    def read(
        self, ask: Callable[..., ddblite.Result], name: str, literals: "Literals",
        options: dict[str, str],
    ) -> Iterator[str]:  # fmt: skip
        """Asks, and gives the pages that are read."""
        more: dict[str, Any] = {
            "filter": literals.replaced(options.get("filter")),
            "index": options.get("index", "").strip() or None,
            "projection": options.get("projection"),
            "limit": int(options["limit"]) if "limit" in options else None,
            "page_limit": int(options["page"]) if "page" in options else None,
            "after": values_of(options["after"]) if "after" in options else None,
            "consistent": "consistent" in options,
        }
        result = ask(ddblite.Table(self.database.engine, name), **more, **literals.given(options))
        yield from self.pages(result, with_breaks="page" in options)

    def statement(self, typed: str) -> Iterator[str]:
        """``SELECT * FROM music WHERE artist = ?  | with ["Nina"]``."""
        text, options = golden_statements.options_of(typed)
        result = golden_statements.executed(self.database, text, options)
        yield from self.pages(result, with_breaks="page" in options)

    def pages(self, result: ddblite.Result, *, with_breaks: bool) -> Iterator[str]:
        """Gives the items of a result, with its plan and capacity before them."""
        wrote = result.is_finished
        lines = list(map(shown, result)) if wrote else []
        count = 0
        while not result.is_finished:
            page = result.read_page()
            count += len(page)
            lines += map(shown, page)
            if with_breaks and result.cursor is not None:
                is_token = isinstance(result.cursor, str)
                lines.append("-- more" if is_token else f"-- more after {shown(result.cursor)}")
        if not with_breaks and result.cursor is not None and isinstance(result.cursor, dict):
            lines.append(f"-- more after {shown(result.cursor)}")
        if "plan" in self.tags:
            yield result.plan
        if "capacity" in self.tags and wrote and result.consumed is not None:
            yield f"wrote {units(result.consumed)}"
        elif "capacity" in self.tags and result.consumed is not None:
            filtered = result.scanned_count - count
            plural = "s" * (count != 1)
            yield f"read {units(result.consumed)}, {count} item{plural}, {filtered} filtered"
        yield from lines or ["none"]

    def key_of(self, name: str, key: str) -> dict[str, Any]:
        """Returns a key typed as ``Nina/Sinnerman`` or as a JSON object."""
        if key.startswith("{"):
            written: dict[str, Any] = values_of(key)
            return written
        spec = self.database.engine.catalog.table(name)
        parts = key.split("/")
        names = ("p", "s") if spec is None else spec.key_names
        kinds = ("S", "S") if spec is None else [part.kind for part in spec.parts]
        return {
            name: part if kind == "S" else values_of(part)
            for name, kind, part in zip(names, kinds, parts, strict=False)
        }


# --- Options


def write_options(options: dict[str, str]) -> dict[str, Any]:
    """Returns what a write is to return."""
    return {"return_values": options.get("returning", "NONE").strip()}


def key_given(typed: str) -> str | tuple[str, str]:
    """Returns a key typed as ``year:N``, or ``artist`` for a string."""
    name, _, kind = typed.partition(":")
    return (name, kind) if kind else name


def index_of(kind: str, words: list[str]) -> ddblite.GlobalIndex | ddblite.LocalIndex:
    """Returns an index typed as ``global by_year year:N title plays,length``."""
    projection: str | list[str] = "ALL"
    if words[-1] == "KEYS_ONLY":
        projection = words.pop()
    elif words[-1].startswith("+"):
        projection = words.pop()[1:].split(",")
    name, *keys = words
    if kind == "local":
        return ddblite.LocalIndex(name, key_given(keys[0]), projection)
    sort = key_given(keys[1]) if len(keys) > 1 else None
    return ddblite.GlobalIndex(name, key_given(keys[0]), sort, projection)


def units(consumed: Consumed) -> str:
    """Returns what was consumed: ``2 units``, and of which index how many."""
    total = f"{consumed.total:g} unit{'s' * (consumed.total != 1)}"
    arms = {**consumed.local_indexes, **consumed.global_indexes}
    if not arms:
        return total
    parts = [f"table {consumed.table:g}", *(f"{name} {cost:g}" for name, cost in arms.items())]
    return f"{total} ({', '.join(parts)})"
