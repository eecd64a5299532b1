"""Bounds of what a statement costs: what it then costs is within them."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

import pytest

import ddblite
from films import KEY, READS
from wholeness import Wholeness


@pytest.mark.parametrize("consistent", [False, True])
@pytest.mark.parametrize("text", READS)
def test_a_read_stays_within_its_bounds(
    db: ddblite.Database,
    text: str,
    consistent: bool,  # noqa: FBT001 - a parameter
) -> None:
    consistent = consistent and "by_genre" not in text
    estimate = db.explain(text, consistent=consistent).estimate
    result = db.execute(text, consistent=consistent)
    result.all()
    assert result.consumed is not None
    assert estimate.units.least <= result.consumed.total <= estimate.units.most
    assert estimate.items.least <= result.scanned_count <= estimate.items.most
    assert estimate.pages.least <= result.pages_read <= estimate.pages.most


def test_pages_stay_within_their_bounds(wholeness: Wholeness) -> None:
    """Of a table of 4 MB: a scan, partitions one after another, and merged by the sort key."""
    assert not wholeness.is_expected
    with ddblite.connect(":memory:") as database:
        table = database.create_table("big", partition_key="p", sort_key=("s", "N"))
        for partition in "abc":
            for s in range(7):
                table.put({"p": partition, "s": s, "x": "x" * 199_000})
        for text in (
            "SELECT * FROM big",
            "SELECT * FROM big WHERE p = 'a'",
            "SELECT * FROM big WHERE p IN ['a', 'b', 'c']",
            "SELECT * FROM big WHERE p IN ['a', 'b', 'c'] ORDER BY s, p",
            "SELECT * FROM big WHERE p IN ['a', 'b', 'c'] AND s = 1",
        ):
            explanation = database.explain(text)
            estimate = explanation.estimate
            result = database.execute(text)
            result.all()
            assert result.consumed is not None
            assert estimate.units.least <= result.consumed.total <= estimate.units.most, text
            assert estimate.pages.least <= result.pages_read <= estimate.pages.most, text
            is_paged = estimate.pages.most > 1 and explanation.kind != "Get"
            assert is_paged == ("LastEvaluatedKey" in explanation.text), text


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO movies VALUE {'year': 1, 'title': 't', 'x': '" + "x" * 3000 + "'}",
        "INSERT INTO movies VALUE {'year': 1, 'title': 't', 'genre': 'g', 'rating': 1}",
        f"UPDATE movies SET rating = 100 WHERE {KEY}",
        f"UPDATE movies SET x = 100 WHERE {KEY}",
        f"DELETE FROM movies WHERE {KEY}",
        "DELETE FROM movies WHERE year = 1 AND title = 'none'",
    ],
)
def test_a_write_stays_within_its_bounds(db: ddblite.Database, text: str) -> None:
    """An INSERT's is exact: the item and its index entries are in the statement."""
    estimate = db.explain(text).estimate
    consumed = db.execute(text).consumed
    assert consumed is not None
    assert estimate.units.least <= consumed.total <= estimate.units.most
    if text.startswith("INSERT"):
        assert estimate.units.least == estimate.units.most


def test_bounds_are_said_to_be_estimates(db: ddblite.Database) -> None:
    explanation = db.explain("SELECT * FROM movies.by_genre WHERE genre = 'Drama'")
    counters = "estimate, by the counters of the index (12 items, "
    assert counters in explanation.text
    assert explanation.as_json()["estimate"]["is_estimate"] is True
    assert 12 == explanation.as_json()["estimate"]["counted"]["items"]
