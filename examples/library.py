"""A library in a single table: books, members and loans, told apart by their keys.

======  ==============  =====================  ==========================
entity  PK              SK                     GSI1PK, GSI1SK
======  ==============  =====================  ==========================
book    BOOK#<isbn>     BOOK                   AUTHOR#<name>, <year>
member  MEMBER#<id>     MEMBER
loan    MEMBER#<id>     LOAN#<isbn>            OUT, <due>
======  ==============  =====================  ==========================

One query gives a member with all loans, because they share a partition. ``GSI1`` answers two
unrelated questions: the books of an author, and what is due first. Bringing a book back
removes the loan's index attributes, and with them its entry: the loan stays as history.
"""

import ddblite
from ddblite import GlobalIndex, Item, Key


def book(isbn: str, author: str, year: int, title: str) -> Item:
    """Returns a book as it is stored."""
    return {
        "PK": f"BOOK#{isbn}",
        "SK": "BOOK",
        "GSI1PK": f"AUTHOR#{author}",
        "GSI1SK": str(year),
        "title": title,
    }


def member(number: str, name: str) -> Item:
    """Returns a member as it is stored."""
    return {"PK": f"MEMBER#{number}", "SK": "MEMBER", "name": name}


def lend(library: ddblite.Table, number: str, isbn: str, due: str) -> None:
    """Notes that a member has a book, unless they have it already."""
    loan = {
        "PK": f"MEMBER#{number}",
        "SK": f"LOAN#{isbn}",
        "GSI1PK": "OUT",
        "GSI1SK": due,
        "isbn": isbn,
    }
    library.put(loan, condition="attribute_not_exists(GSI1PK)")


def bring_back(library: ddblite.Table, number: str, isbn: str, day: str) -> None:
    """Notes that a book came back, or raises when the member did not have it."""
    library.update(
        (f"MEMBER#{number}", f"LOAN#{isbn}"),
        "SET returned = :day REMOVE GSI1PK, GSI1SK",
        condition="GSI1PK = :out",
        values={":day": day, ":out": "OUT"},
    )


BOOKS = [
    book("0441013597", "Frank Herbert", 1965, "Dune"),
    book("0441172695", "Frank Herbert", 1969, "Dune Messiah"),
    book("0441478123", "Ursula K. Le Guin", 1969, "The Left Hand of Darkness"),
    book("0061054887", "Ursula K. Le Guin", 1974, "The Dispossessed"),
]


def show_due(library: ddblite.Table, day: str) -> None:
    """Prints the loans that are due by a day, the longest overdue first."""
    due = Key("GSI1PK").eq("OUT") & Key("GSI1SK").lte(day)
    for loan in library.query(due, index="GSI1"):
        print(" ", loan["GSI1SK"], loan["PK"], loan["isbn"])


def main() -> None:
    """Fills the library, lends, and answers what a librarian asks."""
    with ddblite.connect(":memory:") as db:
        library = db.create_table(
            "library",
            partition_key="PK",
            sort_key="SK",
            indexes=[GlobalIndex("GSI1", "GSI1PK", "GSI1SK")],
        )
        with library.batch() as batch:
            for item in (*BOOKS, member("7", "Ada"), member("8", "Ben")):
                batch.put(item)
        lend(library, "7", "0441013597", "2024-05-10")
        lend(library, "7", "0061054887", "2024-05-24")
        lend(library, "8", "0441478123", "2024-05-03")

        print("A member and all her loans, in one query:")
        for item in library.query(Key("PK").eq("MEMBER#7"), projection="SK, GSI1SK"):
            print(f"  {item}")

        print("The books of an author, by year:")
        by_author = db.execute(
            'SELECT title, GSI1SK FROM "library"."GSI1" WHERE GSI1PK = ?', ["AUTHOR#Frank Herbert"]
        )
        for item in by_author:
            print(f"  {item}")
        print(f"  ({by_author.plan})")

        print("Due by the 12th of May:")
        show_due(library, "2024-05-12")

        print("Dune comes back; twice is once too often:")
        bring_back(library, "7", "0441013597", "2024-05-12")
        try:
            bring_back(library, "7", "0441013597", "2024-05-12")
        except ddblite.errors.ConditionalCheckFailedException as error:
            print(f"  {error.code}: {error.message}")
        show_due(library, "2024-05-12")

        print("The loan is history, out of the index and still in the table:")
        print(f"  {library.get('MEMBER#7', 'LOAN#0441013597')}")


if __name__ == "__main__":
    main()
