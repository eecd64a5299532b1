"""The tour: 1,293 films in one file, and what one asks of them.

Every question below is a function. Its docstring is the question, its body is what is
printed and run, each ``yield`` gives something to show: rows with the plan that found them
and the capacity they consumed, or an answer as it would come over the wire.

The film's own facts are nested in ``info``. Only top-level attributes can be keys, so
loading copies two of them up: the first director, and the rating. Both indexes are sparse:
a film without a rating is not in ``by_rating``, and costs nothing there.

Run it with ``make demo``, or ``python examples/demo.py [FOLDER]``. The file is left in the
folder (``build`` at first) to be looked at; the next run writes it anew.
"""

import inspect
import json
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import track
from rich.text import Text

import ddblite
from ddblite import Attr, Database, GlobalIndex, Item, Key, LocalIndex, Result, Table

ROOT: Final = Path(__file__).parent.parent
FILMS: Final = Path(__file__).with_name("movies.ndjson")
ROWS_SHOWN_MAX: Final = 5
CELL_CHARACTERS_MAX: Final = 44
WRITES: Final = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem")
PLAIN_WIDTH: Final = 100

Answer = dict[str, Any]
Question = Callable[[Database, Table], Iterator[Result | Answer] | None]

console = Console(highlight=False)
if not console.is_terminal:
    console.width = PLAIN_WIDTH  # a pipe has no width, and what it carries is compared


# What is asked


def one_film(db: Database, _movies: Table) -> Iterator[Result]:
    """One film, by its whole key."""
    yield db.execute("""SELECT * FROM "movies" WHERE "year" = 1995 AND title = 'Heat'""")


def nested_parts(db: Database, _movies: Table) -> Iterator[Answer]:
    """Two facts out of the nested map, in the JSON of the wire."""
    yield db.call(
        "GetItem",
        {
            "TableName": "movies",
            "Key": {"year": {"N": "1995"}, "title": {"S": "Heat"}},
            "ProjectionExpression": "info.actors[0], info.running_time_secs",
            "ReturnConsumedCapacity": "TOTAL",
        },
    )


def rated_by_filter(_db: Database, movies: Table) -> Iterator[Result]:
    """What was rated 8.2 to 9 in 2013? A filter finds it, after reading the whole year."""
    yield movies.query(Key("year").eq(2013), filter=Attr("info.rating").between(Decimal("8.2"), 9))


def rated_by_index(_db: Database, movies: Table) -> Iterator[Result]:
    """The same from the index by_rating, which reads only what it gives."""
    yield movies.query(
        Key("year").eq(2013) & Key("rating").between(Decimal("8.2"), 9), index="by_rating"
    )


def of_one_director(db: Database, _movies: Table) -> Iterator[Result]:
    """What Christopher Nolan made, and when."""
    yield db.execute(
        'SELECT "year", title, rating FROM "movies"."by_director" WHERE director = ?',
        ["Christopher Nolan"],
    )


def page_and_cursor(_db: Database, movies: Table) -> Iterator[Result]:
    """The best of 2012, three to a page; the second page goes on where the first one ended."""
    best = Key("year").eq(2012)
    yield (page := movies.query(best, index="by_rating", forward=False, limit=3))
    yield movies.query(best, index="by_rating", forward=False, limit=3, after=page.cursor)


def westerns(db: Database, _movies: Table) -> Iterator[Result]:
    """Which westerns are there? No index knows, so every film is read."""
    yield db.execute(
        """SELECT "year", title FROM "movies" WHERE contains(info.genres, 'Western')"""
    )


def batch(db: Database, _movies: Table) -> Iterator[Answer]:
    """Three films at once; the one that is not there is left out."""
    keys = [(1942, "Casablanca"), (1994, "Pulp Fiction"), (2049, "Blade Runner Returns")]
    yield db.call(
        "BatchGetItem",
        {
            "RequestItems": {
                "movies": {
                    "Keys": [{"year": {"N": str(y)}, "title": {"S": t}} for y, t in keys],
                    "ProjectionExpression": "title, info.actors[0]",
                }
            },
            "ReturnConsumedCapacity": "TOTAL",
        },
    )


def insert(db: Database, _movies: Table) -> Iterator[Result]:
    """A film that was missing."""
    yield db.execute(
        """
        INSERT INTO "movies" VALUE {
            'year': 1927, 'title': 'Metropolis', 'director': 'Fritz Lang', 'rating': 8.2,
            'info': {'genres': <<'Drama', 'Sci-Fi'>>, 'actors': ['Brigitte Helm']}
        }
        """
    )


def insert_again(db: Database, _movies: Table) -> Iterator[Result]:
    """INSERT never writes over an item."""
    yield db.execute("""INSERT INTO "movies" VALUE {'year': 1927, 'title': 'Metropolis'}""")


def update_parts(db: Database, _movies: Table) -> Iterator[Result]:
    """A better rating (and its entry in by_rating moves), one more genre, one more actor."""
    yield db.execute(
        """
        UPDATE "movies"
           SET rating = rating + 0.1
           SET info.genres = set_add(info.genres, <<'Classic'>>)
           SET info.actors = list_append(info.actors, ['Alfred Abel'])
         WHERE "year" = 1927 AND title = 'Metropolis'
        RETURNING MODIFIED NEW *
        """
    )


def condition_that_fails(_db: Database, movies: Table) -> None:
    """A rating that may only rise: this one would not, so nothing is written."""
    movies.update(
        (1927, "Metropolis"),
        "SET rating = :rating",
        condition=Attr("rating").lt(8),
        values={":rating": 8},
    )


def count_views(db: Database, _movies: Table) -> Iterator[Answer]:
    """A counter starts by itself; two writers never lose a count."""
    yield db.call(
        "UpdateItem",
        {
            "TableName": "movies",
            "Key": {"year": {"N": "1927"}, "title": {"S": "Metropolis"}},
            "UpdateExpression": "ADD seen_times :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
            "ReturnValues": "UPDATED_NEW",
            "ReturnConsumedCapacity": "TOTAL",
        },
    )


def delete(db: Database, _movies: Table) -> Iterator[Result]:
    """And out again, with a last look at it."""
    yield db.execute(
        """
        DELETE FROM "movies" WHERE "year" = 1927 AND title = 'Metropolis'
        RETURNING ALL OLD *
        """
    )


def reserved_word(_db: Database, movies: Table) -> Iterator[Result]:
    """Everyone's first mistake, in DynamoDB's own words (names={"#year": "year"} mends it)."""
    yield movies.scan(filter="year < :year", values={":year": 1950})


QUESTIONS: Final[tuple[Question, ...]] = (
    one_film,
    nested_parts,
    rated_by_filter,
    rated_by_index,
    of_one_director,
    page_and_cursor,
    westerns,
    batch,
    insert,
    insert_again,
    update_parts,
    condition_that_fails,
    count_views,
    delete,
    reserved_word,
)


# How it is shown


def body_of(question: Question) -> str:
    """Returns the statements of a function as a reader would type them."""
    _, _, body = inspect.getsource(question).split('"""', 2)
    lines = textwrap.dedent(body.strip("\n")).splitlines()
    return "\n".join(line.removeprefix("yield ") for line in lines)


def short(value: object) -> str:
    """Returns a value in one line, without the quotes that only a program needs."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {short(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(short, value)) + "]"
    if isinstance(value, ddblite.StringSet | ddblite.NumberSet | ddblite.BinarySet):
        return "<<" + ", ".join(map(short, value)) + ">>"
    return str(value)


def cut(text: str, characters_max: int) -> str:
    """Returns a text that fits."""
    return text if len(text) <= characters_max else text[: characters_max - 3] + "..."


def say(text: str, style: str = "") -> None:
    """Prints a line as it is, however long."""
    console.print(Text(text, style=style), soft_wrap=True)


def show_rows(rows: list[Item]) -> None:
    """Prints the first few rows, in columns."""
    shown = rows[:ROWS_SHOWN_MAX]
    names = list(dict.fromkeys(name for row in shown for name in row))
    cells = [
        [cut(short(row[name]), CELL_CHARACTERS_MAX) if name in row else "" for name in names]
        for row in shown
    ]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    for style, line in [("dim", names), *(("", line) for line in cells)]:
        padded = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        if padded:
            say("  ".join(padded).rstrip(), style)
    if len(rows) > len(shown):
        say(f"... and {len(rows) - len(shown)} more", "dim")


def show_cost(what: str, verb: str, units: float, more: str = "") -> None:
    """Prints what something was, and what it consumed."""
    say(what, "green")
    say(f"{verb} {units:g} {'unit' if units == 1 else 'units'}{more}", "dim")


def show_result(result: Result) -> None:
    """Prints the rows of a result, then how they were found and what that consumed."""
    rows = result.all()
    show_rows(rows)
    consumed = result.consumed
    assert consumed is not None, "a result that was read has consumed something"
    if consumed.write:
        show_cost(result.plan, "wrote", consumed.total)
        return
    items = f"{result.scanned_count:,} {'item' if result.scanned_count == 1 else 'items'}"
    filtered = f"{result.scanned_count - len(rows):,} filtered"
    show_cost(result.plan, "read", consumed.total, f", {items}, {filtered}")
    if result.cursor is not None:
        say(f"more behind {short(result.cursor)}", "dim")


def show_answer(answer: Answer, operation: str) -> None:
    """Prints an answer as JSON, then what the operation consumed."""
    capacity = answer.pop("ConsumedCapacity")
    for member, value in answer.items():
        if value:
            say(f"{member}: {json.dumps(value)}")
    parts = capacity if isinstance(capacity, list) else [capacity]
    verb = "wrote" if operation in WRITES else "read"
    units = sum(part["CapacityUnits"] for part in parts)
    show_cost(f"{operation} {parts[0]['TableName']}", verb, units)


def show_error(error: ddblite.DdbError) -> None:
    """Prints what was refused and why, and the item where the error brings it."""
    say(f"{error.code}: {error.message}", "red")
    item = getattr(error, "item", None)
    if item is not None:
        say(cut(f"the item is {short(item)}", PLAIN_WIDTH), "dim")


def ask(question: Question, number: int, db: Database, movies: Table) -> None:
    """Prints a question and its code, runs it, and prints what came of it."""
    code = body_of(question)
    say(f"\n{number:>2}  {inspect.getdoc(question)}\n", "bold")
    say(textwrap.indent(code, "    ") + "\n", "cyan")
    try:
        for position, outcome in enumerate(question(db, movies) or ()):
            if position:
                console.print()
            if isinstance(outcome, Result):
                show_result(outcome)
            else:
                show_answer(outcome, operation_of(code))
    except ddblite.DdbError as error:
        show_error(error)


def operation_of(code: str) -> str:
    """Returns the name that stands first in a call of ``db.call``."""
    return code.partition("db.call(")[2].split('"')[1]


# From the first line to the last


def films() -> Iterator[Item]:
    """Yields the films, with what the indexes need copied to the top."""
    with FILMS.open(encoding="utf-8") as lines:
        for line in lines:
            film = json.loads(line, parse_float=Decimal)
            facts = film["info"]
            keys = {"director": facts.get("directors", [None])[0], "rating": facts.get("rating")}
            present = {name: value for name, value in keys.items() if value is not None}
            yield {"year": film["year"], "title": film["title"], **present, "info": facts}


def build(db: Database) -> Table:
    """Makes the table, anew if it is there, and loads it."""
    if "movies" in db.tables():
        db.delete_table("movies")
    movies = db.create_table(
        "movies",
        partition_key=("year", "N"),
        sort_key="title",
        indexes=[
            GlobalIndex("by_director", "director", ("year", "N"), projection=["rating"]),
            LocalIndex("by_rating", ("rating", "N"), projection="KEYS_ONLY"),
        ],
    )
    found = list(films())
    bar = Console(stderr=True)
    with movies.batch() as writes:
        for film in track(found, description="Loading films", console=bar):
            writes.put(film)
    return movies


def main() -> None:
    """Builds the file, asks, and says where the file is."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "movies.ddb"
    say("A DynamoDB table of films, in one file", "bold")
    say(
        "\nThe key is year (a number) and title. A global index, by_director, and a local one,"
        "\nby_rating, hold the films that have a director and a rating."
    )
    try:
        with ddblite.connect(path) as db:
            movies = build(db)
            for number, question in enumerate(QUESTIONS, start=1):
                ask(question, number, db, movies)
            say_goodbye(db, path)
    except (ddblite.errors.FileError, ddblite.errors.Busy) as error:
        print(f"{error.message}\n{path} could not be written anew.", file=sys.stderr)
        sys.exit(1)


def say_goodbye(db: Database, path: Path) -> None:
    """Counts what is there, proves the file whole, and says how to go on."""
    described = db.call("DescribeTable", {"TableName": "movies"})["Table"]
    indexes = [
        *described["GlobalSecondaryIndexes"],
        *described["LocalSecondaryIndexes"],
    ]
    counts = ", ".join(f"{one['ItemCount']:,} in {one['IndexName']}" for one in indexes)
    say("\nThat is all of it\n", "bold")
    say(f"{described['ItemCount']:,} films, {counts}; db.check() finds {len(db.check())} problems.")
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    say(f"The file is yours:  .venv/bin/ddblite {shown}")


if __name__ == "__main__":
    main()
