"""A statement as requests of the API: they answer what it answers, and leave what it leaves."""

# ruff: noqa: S608, S102 - statements of PartiQL, and Python that we wrote ourselves

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

import ddblite
from ddblite import DdbError
from films import KEY, READS, filled


def called(database: ddblite.Database, text: str) -> dict[str, Any]:
    """Returns what a boto3 call that was given as text answers."""
    names: dict[str, Any] = {"client": database.boto3_client()}
    exec(f"answer = {text}", names)
    answer: dict[str, Any] = names["answer"]
    del answer["ResponseMetadata"]
    return answer


def items_of(answer: dict[str, Any]) -> list[Any]:
    """Returns the items of a GetItem, Query or Scan."""
    if "Items" in answer:
        return list(answer["Items"])
    return [answer["Item"]] if "Item" in answer else []


def wired(database: ddblite.Database, text: str, *parameters: Any) -> list[Any]:  # noqa: ANN401
    """Returns the items of a statement in the wire's form."""
    client = database.boto3_client()
    from boto3.dynamodb.types import TypeSerializer

    request: dict[str, Any] = {"Statement": text}
    if parameters:
        request["Parameters"] = [TypeSerializer().serialize(one) for one in parameters]
    return list(client.execute_statement(**request)["Items"])


@pytest.mark.parametrize("text", READS)
def test_a_read_is_the_same_as_its_requests(db: ddblite.Database, text: str) -> None:
    """Both the wire's JSON and the Python text ask what the statement asks."""
    expected = wired(db, text)
    explanation = db.explain(text)
    assert [] == [one for request in explanation.requests for one in request.left_over]
    found = [item for one in explanation.requests for item in items_of(called(db, one.boto3))]
    assert expected == found
    for one in explanation.requests:
        answer = db.call(one.operation, json.loads(json.dumps(one.request)))
        assert items_of(called(db, one.boto3)) == items_of(answer)


def test_bytes_are_bytes_in_python_and_base64_in_json(db: ddblite.Database) -> None:
    """Also within lists, maps and sets."""
    parameters = [b"\x00", [b"\x01"], {"a": b"\x02"}, {b"\x03", b"\x04"}]
    text = "INSERT INTO movies VALUE {'year': 1, 'title': 't', 'b': ?, 'l': ?, 'm': ?, 's': ?}"
    (request,) = db.explain(text, parameters).requests
    assert {"B": "AA=="} == request.request["Item"]["b"]
    with filled(":memory:") as other:
        called(other, request.boto3)
        db.call(request.operation, request.request)
        db.table("movies").delete(1, "t")
        db.execute(text, parameters)
        assert other.table("movies").get(1, "t") == db.table("movies").get(1, "t")


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO movies VALUE {'year': 2000, 'title': 'New', 'tags': <<'a'>>}",
        f"UPDATE movies SET rating = rating + 1 WHERE {KEY}",
        f"UPDATE movies SET x = list_append([1], [2]) SET y = rating REMOVE genre WHERE {KEY}",
        f"UPDATE movies SET tags = set_add(tags, <<'a', 'b'>>) WHERE {KEY} AND rating = 9",
        f"UPDATE movies SET info.plot = 'short', rating = 1 - rating WHERE {KEY}",
        f'UPDATE movies REMOVE info."cast"[0] WHERE {KEY} RETURNING MODIFIED OLD *',
        f"UPDATE movies SET x = 1 WHERE {KEY} AND begins_with(genre, 'D') RETURNING ALL NEW *",
        f"DELETE FROM movies WHERE {KEY} AND rating BETWEEN 1 AND 9 RETURNING ALL OLD *",
        "DELETE FROM movies WHERE year = 1 AND title = 'none'",
    ],
)
def test_a_write_is_the_same_as_its_request(db: ddblite.Database, text: str) -> None:
    """What it leaves and what it returns."""
    (request,) = db.explain(text).requests
    with filled(":memory:") as other:
        answer = called(other, request.boto3)
        returned = [answer["Attributes"]] if "Attributes" in answer else []
        assert returned == wired(db, text)
        assert list(other.table("movies").scan()) == list(db.table("movies").scan())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"UPDATE movies SET x = 1 WHERE {KEY} AND rating > 9", "ConditionalCheckFailedException"),
        ("UPDATE movies SET x = 1 WHERE year = 1 AND title = 'x'", "ConditionalCheckFailed"),
        ("INSERT INTO movies VALUE {'year': 1994, 'title': 'A'}", "ConditionalCheckFailed"),
    ],
)
def test_a_write_fails_where_its_request_fails(db: ddblite.Database, text: str, fault: str) -> None:
    (request,) = db.explain(text).requests
    with pytest.raises(Exception, match=fault):
        called(db, request.boto3)
    with pytest.raises(DdbError):
        db.execute(text)


@pytest.mark.parametrize(
    ("text", "left_over"),
    [
        (
            f"SELECT * FROM movies WHERE {KEY} AND title <> 'x'",
            "keep the items with title <> 'x'",
        ),
        (
            "SELECT * FROM movies WHERE year = 1994 AND title > 'A' AND title < 'C' AND rating > 1",
            "keep the items with title > 'A' AND title < 'C'",
        ),
        (
            "SELECT info.plot FROM movies WHERE year = 1994",
            "take info.plot out of the item as 'plot'",
        ),
        (
            "SELECT * FROM movies.by_rating WHERE genre = 'Drama' AND title = 'A'",
            (
                "keep the items with genre = 'Drama', genre taken for missing: "
                "by_rating does not carry it"
            ),
        ),
        (
            "SELECT * FROM movies WHERE year IN [1, 2] ORDER BY title, year",
            "merge the items of all requests by the sort key",
        ),
    ],
)
def test_what_a_request_cannot_do_is_said(db: ddblite.Database, text: str, left_over: str) -> None:
    """Query takes no filter on its own key, and gives paths as they are nested."""
    explanation = db.explain(text)
    assert {(left_over,)} == {one.left_over for one in explanation.requests}
    for one in explanation.requests:
        called(db, one.boto3)
    assert left_over in explanation.text


def test_a_projection_takes_no_path_within_another(db: ddblite.Database) -> None:
    """A statement may ask for both."""
    (request,) = db.explain("SELECT info.plot, info, rating FROM movies").requests
    assert "info, rating" == request.request["ProjectionExpression"]


def test_a_projection_takes_lists_whole(db: ddblite.Database) -> None:
    """Of a place alone it makes the first one, and what is left to do would not find it."""
    text = f'SELECT info."cast"[1], title FROM movies WHERE {KEY}'
    (request,) = db.explain(text).requests
    assert "info.#cast, title" == request.request["ProjectionExpression"]
    assert ("take info.\"cast\"[1] out of the item as 'cast[1]'",) == request.left_over
    assert "A" == called(db, request.boto3)["Item"]["info"]["M"]["cast"]["L"][1]["S"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "SELECT * FROM movies WHERE "
            + " OR ".join(f"{'a' * 30} = {one}" for one in range(150)),
            "Invalid FilterExpression: Expression size has exceeded the maximum allowed size",
        ),
        (
            "UPDATE movies SET " + ", ".join(f"a{one} = 1" for one in range(400)) + f" WHERE {KEY}",
            "Invalid UpdateExpression: Expression size has exceeded the maximum allowed size",
        ),
    ],
)
def test_a_request_that_is_too_long_is_said_to_be(
    db: ddblite.Database, text: str, fault: str
) -> None:
    """A statement has room for more than an expression; the API's answer is foretold."""
    (request,) = db.explain(text).requests
    (left_over,) = request.left_over
    assert left_over.startswith(f"make it shorter: {fault}")
    with pytest.raises(ClientError, match=fault):
        called(db, request.boto3)


def test_names_that_need_it_become_placeholders(db: ddblite.Database) -> None:
    """Reserved words by their own name, what is no word by a number."""
    text = 'SELECT * FROM movies WHERE year > 1 AND "a-b" = 1 AND "c.d" = 1 AND "a-b" <> 2'
    (request,) = db.explain(text).requests
    assert (
        "#year > :0 AND #_1 = :1 AND #_2 = :2 AND #_1 <> :3"
        == (request.request["FilterExpression"])
    )
    names = {"#year": "year", "#_1": "a-b", "#_2": "c.d"}
    assert names == request.request["ExpressionAttributeNames"]
