"""What to do instead: a sentence for each word or sign of SQL that statements do not have.

A hint stands beside DynamoDB's message and never in it. Which one is chosen by the word
at the fault, in capitals, and by what had to stand there: a statement's verb, a name or
value, or nothing more.
"""

from typing import Final

BRIDGE: Final = "for SQL that only reads there is db.sql, and .sql in the shell."

ONE_TABLE: Final = f"A statement reads one table; {BRIDGE}"
NO_GROUPS: Final = f"There is no grouping and nothing is summed up; {BRIDGE}"
ONE_STATEMENT: Final = (
    "One statement at a time: the next is a request of its own, or a part of the same batch or"
    " transaction."
)
NO_ARITHMETIC: Final = "Arithmetic is + and - of two operands, in SET only."
NO_SUBQUERIES: Final = f"There are no subqueries; {BRIDGE}"
ONE_ITEM: Final = "An INSERT has one item: VALUE {'name': value, ...}"
TABLES: Final = (
    "Tables are made and removed by operations of their own: db.create_table, db.delete_table, or"
    " .create in the shell."
)
EXCHANGE: Final = (
    "There is no statement that makes or replaces an item: UPDATE changes one that is there,"
    " PutItem (table.put) replaces."
)
TRANSACTIONS: Final = (
    "A transaction is one request, ExecuteTransaction, with all its statements; in the shell .begin"
    " and .commit."
)

VERBS: Final = {
    **dict.fromkeys(("CREATE", "DROP", "ALTER", "TRUNCATE"), TABLES),
    **dict.fromkeys(("UPSERT", "REPLACE", "MERGE", "PUT"), EXCHANGE),
    **dict.fromkeys(("BEGIN", "COMMIT", "ROLLBACK", "START", "SAVEPOINT"), TRANSACTIONS),
    **dict.fromkeys(("EXPLAIN", "ANALYZE"), "That is db.explain, or .explain in the shell."),
    **dict.fromkeys(("SHOW", "DESCRIBE", "DESC"), "That is .tables or .schema in the shell."),
    "WITH": f"There are no common table expressions; {BRIDGE}",
    "(": NO_SUBQUERIES,
}
"""Where a statement has to begin."""

TERMS: Final = {
    "DISTINCT": f"There is no DISTINCT; {BRIDGE}",
    "CASE": f"There is no CASE; {BRIDGE}",
    "CAST": f"Values keep the type that they have; {BRIDGE}",
    "SELECT": NO_SUBQUERIES,
    "(": NO_SUBQUERIES,
    "=": "Equality is written with one sign: =",
    ":": "A parameter is a ?, and its value is in the list of parameters.",
    "VALUES": ONE_ITEM,
    "ion": 'Names are quoted with double quotes: "name".',
    "string": "Tables and attributes are named in double quotes, or in none.",
}
"""Where a name or a value has to stand."""

LEFTOVERS: Final = {
    **dict.fromkeys(
        ("JOIN", "INNER", "LEFT", "RIGHT", "FULL", "OUTER", "CROSS", "NATURAL", "UNPIVOT", "PIVOT"),
        ONE_TABLE,
    ),
    "AS": f"Columns and tables keep their names, and values their types; {BRIDGE}",
    ",": (
        "A statement names one table, an INSERT one item, each REMOVE one path, and * stands alone."
    ),
    "LIMIT": "The limit is a parameter of the request, not a part of the statement.",
    "OFFSET": "There is no OFFSET: a page goes on where the NextToken of the one before says.",
    "FETCH": "The limit is a parameter of the request, not a part of the statement.",
    "GROUP": NO_GROUPS,
    "HAVING": NO_GROUPS,
    **dict.fromkeys(("UNION", "INTERSECT", "EXCEPT"), f"One SELECT is one statement; {BRIDGE}"),
    **dict.fromkeys(
        ("LIKE", "ILIKE", "ESCAPE"),
        "There is no LIKE; begins_with(path, 'x') and contains(path, 'x') are there.",
    ),
    "NOT": "NOT stands before a condition, in NOT IN, NOT BETWEEN and IS NOT; there is no LIKE.",
    "ON": "There is no ON CONFLICT: an INSERT of a key that is taken fails.",
    "VALUES": ONE_ITEM,
    "(": ONE_ITEM,
    "<<": ONE_ITEM,
    "RETURNING": "RETURNING is the last clause, of UPDATE and DELETE only.",
    "ORDER": "ORDER BY is the last clause, of SELECT only.",
    "WHERE": "The order of clauses is WHERE, then ORDER BY or RETURNING.",
    "SET": "SET and REMOVE stand before WHERE.",
    "REMOVE": "SET and REMOVE stand before WHERE.",
    **dict.fromkeys(("+", "-", "%", "/"), NO_ARITHMETIC),
    "||": "Strings cannot be put together in a statement.",
    **dict.fromkeys(("SELECT", "INSERT", "UPDATE", "DELETE", ";"), ONE_STATEMENT),
    "?": "IN takes its values in brackets: IN [?, ?]",
    "string": "A string stands in single quotes; two of them ('') within it are one.",
}
"""Where nothing fits, or one particular word."""


ALIASING: Final = f"Columns and tables keep their own names; {BRIDGE}"
CALLED: Final = f"A SELECT gives back paths only: no functions, counts or sums; {BRIDGE}"
NO_CALLS: Final = "A function cannot be part of a value."
TOO_DEEP: Final = "It is nested too deeply to be read."
QUOTED: Final = "A string is written in single quotes; what stands in double quotes is a name."


def quoted(word: str) -> str:
    """Returns how a keyword is made a name."""
    return f'{word} is a keyword; to use it as a name, put it in double quotes: "{word}"'


def forgotten(word: str) -> str:
    """Returns what to say of a keyword of the grammar where a name or value has to stand."""
    return f'Something is missing before {word}; if that is a name, quote it: "{word}"'
