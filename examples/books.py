"""Books by title and year: the year is a number in the key, so it sorts as one.

A partition holds all editions of a title; the sort key tells them apart.
"""

import ddblite
from ddblite import Key

EDITIONS = [
    {"title": "The Art of Computer Programming", "year": 1968, "volume": 1, "pages": 634},
    {"title": "The Art of Computer Programming", "year": 1969, "volume": 2, "pages": 624},
    {"title": "The Art of Computer Programming", "year": 1973, "volume": 3, "pages": 722},
    {"title": "The Art of Computer Programming", "year": 2011, "volume": "4A", "pages": 883},
    {"title": "The Elements of Style", "year": 1959, "authors": ["Strunk", "White"], "pages": 71},
    {"title": "The Elements of Style", "year": 1999, "authors": ["Strunk", "White"], "pages": 105},
]

TAOCP = "The Art of Computer Programming"


def main() -> None:
    """Asks for one edition, some of them, and changes one."""
    with ddblite.connect(":memory:") as db:
        books = db.create_table("books", partition_key="title", sort_key=("year", "N"))
        with books.batch() as batch:
            for edition in EDITIONS:
                batch.put(edition)

        print("One edition, by its whole key:")
        print(f"  {books.get('The Elements of Style', 1959)}")

        print("The editions of one title before 1970:")
        for book in books.query(Key("title").eq(TAOCP) & Key("year").lt(1970)):
            print(" ", book["year"], " volume", book["volume"], "with", book["pages"], "pages")

        print("The latest one:")
        latest = books.query(Key("title").eq(TAOCP), forward=False).first()
        print(f"  {latest}")

        print("Part of an item, out of a list inside it:")
        statement = 'SELECT "year", authors[0] FROM "books" WHERE title = ? AND "year" > 1990'
        for row in db.execute(statement, ["The Elements of Style"]):
            print(f"  {row}")

        print("An edition that is there already is not written over:")
        try:
            books.put(EDITIONS[0], condition="attribute_not_exists(title)")
        except ddblite.errors.ConditionalCheckFailedException as error:
            print(f"  {error.code}: {error.message}")

        print("The same question in the words of the wire:")
        answer = db.call(
            "Query",
            {
                "TableName": "books",
                "KeyConditionExpression": "title = :title AND #year BETWEEN :first AND :last",
                "ExpressionAttributeNames": {"#year": "year"},
                "ExpressionAttributeValues": {
                    ":title": {"S": TAOCP},
                    ":first": {"N": "1960"},
                    ":last": {"N": "1979"},
                },
                "Select": "COUNT",
                "ReturnConsumedCapacity": "TOTAL",
            },
        )
        print(f"  {answer}")


if __name__ == "__main__":
    main()
