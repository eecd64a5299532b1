"""Explaining: as data and as text, without an item, and why a scan is one."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

import asyncio
import json
import re
from pathlib import Path

import pytest

import ddblite
import handmade
from ddblite import DdbError
from ddblite.schema.errors import Corrupt
from films import KEY, READS, filled
from sources import ROOT
from wholeness import Wholeness


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("", "there is no WHERE, so nothing says what the partition key year is"),
        ("WHERE rating = 9", "no term says what the partition key year equals"),
        ("WHERE title = 'A'", "no term says what the partition key year equals"),
        (
            "WHERE year > 1990",
            "year > 1990: this is a range; the partition key year needs = or IN",
        ),
        (
            "WHERE year BETWEEN 1 AND 2",
            "year BETWEEN 1 AND 2: this is a range; the partition key year needs = or IN",
        ),
        (
            "WHERE begins_with(year, '19')",
            (
                "begins_with(year, '19'): this is a range of beginnings; "
                "the partition key year needs = or IN"
            ),
        ),
        (
            "WHERE year <> 1994",
            "year <> 1994: this says what the key is not; the partition key year needs = or IN",
        ),
        (
            "WHERE NOT (year = 1994)",
            (
                "NOT (year = 1994): a Query is not looked for inside NOT; "
                "the partition key year needs = or IN"
            ),
        ),
        (
            "WHERE year = rating",
            (
                "year = rating: the partition key year must equal a value, not another attribute; "
                "a string stands in single quotes"
            ),
        ),
        (
            "WHERE year IN [1994, rating]",
            "year IN [1994, rating]: the partition key year must be among values alone",
        ),
        (
            "WHERE size(year) = 4",
            "size(year) = 4: a function of the partition key year does not say what it equals",
        ),
        (
            "WHERE attribute_exists(year)",
            "attribute_exists(year): this does not say what the partition key year equals",
        ),
        (
            "WHERE year = 1994 OR rating > 8",
            (
                "year = 1994 OR rating > 8: OR needs year = or IN in every branch, "
                "and rating > 8 has none"
            ),
        ),
    ],
)
def test_a_scan_says_what_kept_it_from_being_a_query(
    db: ddblite.Database, where: str, reason: str
) -> None:
    explanation = db.explain(f"SELECT * FROM movies {where}")
    assert "Scan" == explanation.kind
    assert (reason,) == explanation.scan_reasons
    assert f"  why it is no Query\n    {reason}\n" in explanation.text


def test_every_term_about_the_key_is_named(db: ddblite.Database) -> None:
    explanation = db.explain("SELECT * FROM movies WHERE year > 1 AND rating = 1 AND year < 9")
    assert ["year > 1", "year < 9"] == [one.split(":")[0] for one in explanation.scan_reasons]


def test_an_index_that_would_help_is_named(db: ddblite.Database) -> None:
    """Or the table, when an index is read by the table's key."""
    hint = 'FROM "movies"."by_genre" the same WHERE is a Query: its partition key is genre'
    assert (hint,) == db.explain("SELECT * FROM movies WHERE genre = 'Drama'").hints
    (first, second) = db.explain("SELECT * FROM movies.by_genre WHERE year = 1994").hints
    assert first.startswith('FROM "movies" ')
    assert second.startswith('FROM "movies"."by_rating" ')


def test_a_query_has_no_reason(db: ddblite.Database) -> None:
    explanation = db.explain("SELECT * FROM movies WHERE year = 1994")
    assert ("Query", (), ()) == (explanation.kind, explanation.scan_reasons, explanation.hints)


# reading nothing


def test_explaining_reads_no_item(tmp_path: Path, wholeness: Wholeness) -> None:
    """In a file whose every row is damaged, reading is an error, and explaining is not."""
    wholeness.is_expected = True
    path = tmp_path / "movies.ddb"
    filled(path).close()
    connection = handmade.opened(path)
    for table in ("items_1", "index_2", "index_3"):
        connection.execute(f"UPDATE {table} SET body = x'ff', seal = 0").fetchall()
    connection.close()
    with ddblite.connect(path) as database:
        for text in READS:
            assert text == database.explain(text).statement
        for text in (f"UPDATE movies SET x = 1 WHERE {KEY}", f"DELETE FROM movies WHERE {KEY}"):
            assert database.explain(text).is_write
        with pytest.raises(Corrupt):
            database.execute(READS[0]).all()
        with pytest.raises(Corrupt):
            database.execute("SELECT * FROM movies").all()


def test_explaining_writes_nothing(db: ddblite.Database) -> None:
    before = list(db.table("movies").scan())
    db.explain("INSERT INTO movies VALUE {'year': 1, 'title': 't'}")
    db.explain(f"DELETE FROM movies WHERE {KEY}")
    assert before == list(db.table("movies").scan())


# as data


def test_the_document_names_what_there_is(db: ddblite.Database) -> None:
    """Every member of the table in docs/partiql.md, by the name that programs use."""
    text = (ROOT / "docs" / "partiql.md").read_text("utf-8")
    table = text.partition("it is an `Explanation`, frozen data:")[2].partition("\n\nBounds")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = {name for cell in cells for name in re.findall(r"`(\w+)(?:\(\))?`", cell)}
    assert len(named) > 10
    found = db.explain("SELECT * FROM movies WHERE year = 1994")
    assert set() == {name for name in named if not hasattr(found, name)}
    assert named - {"text", "as_json"} <= found.as_json().keys()


def test_an_explanation_is_plain_json(db: ddblite.Database) -> None:
    text = "SELECT title, info.plot FROM movies WHERE year = ? AND title > 'A' AND rating = ? "
    text += "ORDER BY title DESC"
    found = db.explain(text, [1994, 9]).as_json()
    assert found == json.loads(json.dumps(found))
    estimate, requests = found.pop("estimate"), found.pop("requests")
    assert {
        "statement": text,
        "kind": "Query",
        "table": "movies",
        "index": None,
        "legs": [{"key": {"year": {"N": "1994"}}, "range": "title > 'A'", "rest": "rating = 9"}],
        "filter": None,
        "columns": ["title", "info.plot"],
        "order": ["title DESC"],
        "plan": "Query movies: key year = 1994 AND title > 'A'; filter rating = 9; backward",
        "scan_reasons": [],
        "hints": [],
    } == found
    assert {"least": 0.5, "most": 0.5} == estimate["read_units"]
    assert ["Query"] == [one["operation"] for one in requests]


def test_an_explanation_is_its_text(db: ddblite.Database) -> None:
    explanation = db.explain(f"SELECT * FROM movies WHERE {KEY}")
    assert isinstance(explanation, ddblite.Explanation)
    assert str(explanation) == explanation.text
    assert explanation.text.startswith("Get movies 1994/A\n  estimate, by the counters")


def test_text_shows_the_first_requests(db: ddblite.Database) -> None:
    """A statement of fifty reads would fill many screens."""
    keys = ", ".join(map(str, range(50)))
    explanation = db.explain(f"SELECT * FROM movies WHERE year IN [{keys}]")
    assert 50 == len(explanation.requests)
    assert 3 == explanation.text.count("client.query(")
    assert explanation.text.endswith("  and 47 requests more, one per line of the plan")


def test_a_statement_that_reads_nothing_has_no_request(db: ddblite.Database) -> None:
    explanation = db.explain("SELECT * FROM movies WHERE year = 1 AND title > 'b' AND title < 'a'")
    assert ((), ()) == (explanation.legs, explanation.requests)
    assert 0 == explanation.estimate.items.most


@pytest.mark.parametrize(
    "text",
    [
        "SELECT",
        "SELECT * FROM nope",
        "UPDATE movies SET a = 1",
        "INSERT INTO movies VALUE {'year': 1}",
        "INSERT INTO movies VALUE {'year': 1, 'title': ''}",
        "INSERT INTO movies VALUE {'year': 1, 'title': 'x', '': 1}",
        "INSERT INTO movies VALUE {'year': 1, 'title': 'x', 'genre': 5}",
        "SELECT * FROM movies WHERE year = 1 AND title = ''",
        "SELECT * FROM movies WHERE year = 1 AND title IN ['" + "x" * 1025 + "', 'A']",
        "SELECT * FROM movies WHERE year IN [1, 1]",
        "SELECT * FROM movies WHERE year = 1 AND (title = 'A' OR rating = 1)",
        "SELECT * FROM movies WHERE year IN [1, 2] ORDER BY title",
        "SELECT * FROM movies WHERE year = 1 AND year = 2 ORDER BY title",
        "SELECT * FROM movies WHERE year IN [1, 2] AND title > ''",
        "SELECT * FROM movies WHERE year IN [1, 2] AND title > '' ORDER BY title, year",
        "SELECT * FROM movies WHERE year = 1 AND title.x = 1",
        "SELECT * FROM movies WHERE title.x = 1",
        "SELECT * FROM movies.by_genre WHERE genre = ''",
        f"UPDATE movies SET title = 'B' WHERE {KEY}",
        f"UPDATE movies REMOVE genre.x WHERE {KEY}",
        f"UPDATE movies SET a = 1 WHERE {KEY} AND title.x = 1",
        "DELETE FROM movies WHERE year = 1994 AND title = ''",
    ],
)
def test_what_cannot_run_cannot_be_explained(db: ddblite.Database, text: str) -> None:
    """With the same error."""
    with pytest.raises(DdbError) as ran:
        db.execute(text).all()
    with pytest.raises(DdbError) as explained:
        db.explain(text)
    assert str(ran.value) == str(explained.value)


def test_explaining_for_an_event_loop() -> None:
    async def main() -> str:
        async with ddblite.connect_async(":memory:") as database:
            await database.create_table("big", partition_key="p")
            return (await database.explain("SELECT * FROM big WHERE p = ?", ["a"])).plan

    assert "Get big a" == asyncio.run(main())
