"""What SQL may not do here: anything but reading, and that within bounds."""

import logging
from typing import Any

import apsw
import pytest

import ddblite
from ddblite import errors
from ddblite.api.sql import bridge
from ddblite.engine.file.scratch import Scratch
from ddblite.partiql.syntax.faults import StatementError
from ddblite.schema.limits import STATEMENT_LENGTH_MAX

READING = "Only reading is possible here: a statement begins with SELECT, WITH or VALUES"


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("INSERT INTO users VALUES (1)", READING),
        ("UPDATE users SET name = 'x'", READING),
        ("DELETE FROM users", READING),
        ("REPLACE INTO users VALUES (1)", READING),
        ("CREATE TABLE t (a)", READING),
        ("CREATE VIEW v AS SELECT 1", READING),
        ("CREATE TEMP TRIGGER t AFTER INSERT ON users BEGIN SELECT 1; END", READING),
        ("DROP TABLE users", READING),
        ("ALTER TABLE users ADD COLUMN a", READING),
        ("ATTACH 'x.db' AS x", READING),
        ("DETACH x", READING),
        ("PRAGMA writable_schema = 1", READING),
        ("VACUUM INTO 'x.db'", READING),
        ("ANALYZE", READING),
        ("REINDEX", READING),
        ("BEGIN", READING),
        ("COMMIT", READING),
        ("SAVEPOINT a", READING),
        ("EXPLAIN SELECT 1", READING),
        ("DESCRIBE users", READING),
        ("(SELECT 1)", READING),
        ("FROM users SELECT 1", READING),
        ("", "The statement is empty"),
        (" -- nothing", "The statement is empty"),
        ("SELECT 1; SELECT 2", "One statement at a time"),
        ("SELECT 1; DROP TABLE users", "One statement at a time"),
        ("WITH x AS (SELECT 1) INSERT INTO users SELECT * FROM x", None),
        ("WITH x AS (SELECT 1) DELETE FROM users", None),
        ("WITH x AS (DELETE FROM users RETURNING *) SELECT * FROM x", None),
        ("SELECT * INTO t FROM users", None),
        ("SELECT * FROM users FOR UPDATE", None),
        ("SELECT load_extension('x')", "load_extension cannot be used here"),
        ("SELECT randomblob(100000000)", "randomblob cannot be used here"),
        ("SELECT zeroblob(100000000)", "zeroblob cannot be used here"),
        ("SELECT fts3_tokenizer('simple')", "fts3_tokenizer cannot be used here"),
        ("SELECT sqlite_compileoption_get(1)", "sqlite_compileoption_get cannot be used here"),
        ("SELECT last_insert_rowid()", "last_insert_rowid cannot be used here"),
        ("SELECT readfile('/etc/passwd')", "SQLite: no such function: readfile"),
        ("SELECT writefile('x', 'y')", "SQLite: no such function: writefile"),
        ("SELECT edit('x')", "SQLite: no such function: edit"),
        ("SELECT * FROM pragma_database_list", "There is no table pragma_database_list; "),
        ("SELECT * FROM pragma_table_info('users')", "pragma_table_info() cannot be read"),
        ("SELECT * FROM sqlite_schema", "There is no table sqlite_schema; "),
        ("SELECT * FROM dbstat", "There is no table dbstat; "),
        ("SELECT * FROM users WHERE id IN sqlite_schema", "sqlite_master cannot be used here"),
        ("SELECT * FROM user", "There is no table user: did you mean users?"),
        ("SELECT * FROM Users", "There is no table Users: did you mean users?"),
        ("SELECT * FROM main.users", "main.users: a table has one name here"),
        ("SELECT * FROM orders.by_status", "orders.by_status: a table has one name here"),
        ("SELECT * FROM orders NATURAL JOIN users", "NATURAL joins by whatever"),
        ("SELECT :a, ?", "A statement has either ? or :name for its values"),
        ("SELECT 'x", "a string or name that is not closed"),
        ('SELECT "x', "a string or name that is not closed"),
        ("SELECT FROM WHERE", None),
        ("SELECT 1 +", None),
        ("SELECT * FRM users", None),
        ("SELECT nosuch(1)", "SQLite: no such function: nosuch"),
        ("SELECT u.nope.x FROM users u", "SQLite: no such column: u.nope.x"),
        ("SELECT info.rating FROM users", "SQLite: no such column: info.rating"),
        ("SELECT sum(9223372036854775807) FROM users", "SQLite: integer overflow"),
        ("SELECT json_extract('{', '$.a')", "SQLite: malformed JSON"),
        ("SELECT ?", "The statement has 1 parameters, and 0 values were given"),
        ("SELECT :a", None),
        ("SELECT $a", None),
        ("SELECT @a", None),
        ("SELECT ?1", None),
    ],
)
def test_refused(shop: ddblite.Database, statement: str, message: str | None) -> None:
    """In a sentence, and with every table as it was."""
    with pytest.raises(errors.RequestError) as refused:
        shop.sql(statement)
    assert (message or "") in refused.value.message
    assert "Traceback" not in refused.value.message
    assert [{"n": 4}] == shop.sql("SELECT count(*) AS n FROM users").all()


def test_the_scratch_database_refuses_by_itself() -> None:
    """What sqlglot would let through ends at SQLite's own door."""
    for statement in (
        "PRAGMA page_count", "ATTACH 'x' AS y", "INSERT INTO t VALUES (1)", "DELETE FROM t",
        "CREATE TABLE u (a)", "DROP TABLE t", "SELECT * FROM sqlite_schema",
        "SELECT * FROM pragma_table_info('t')", "SELECT load_extension('x')",
        "CREATE TEMP VIEW v AS SELECT 1", "VACUUM INTO 'x'", "SELECT * FROM dbstat", "COMMIT",
    ):  # fmt: skip
        with Scratch(1_000_000) as scratch:
            scratch.create("t", ["a"])
            scratch.seal()
            with pytest.raises(errors.DdbError):
                scratch.ask(statement, ())


def test_tables_that_sql_does_not_tell_apart(database: ddblite.Database) -> None:
    for name in ("films", "Films"):
        database.create_table(name, partition_key="id")
    with pytest.raises(errors.ValidationException, match="tables films and Films apart"):
        database.sql("SELECT 1 FROM films, Films")
    assert [{"n": 0}] == database.sql("SELECT count(*) AS n FROM Films").all()


def test_no_tables_yet(database: ddblite.Database) -> None:
    with pytest.raises(errors.ResourceNotFoundException, match="there are no tables yet"):
        database.sql("SELECT * FROM films")


@pytest.mark.parametrize(
    ("statement", "place", "hint"),
    [
        ("SELECT id,\n  nosuch(1) FROM users", "nosuch(1) FROM users", ""),
        ("SELECT é, info.rating FROM users AS é2", "info.rating FROM", "->>"),
        ("SELECT 1 FRM users", "users", ""),
        ("SELECT 1 FROM users;\nSELECT 2", "SELECT 2", ""),
        ("DELETE FROM users", "DELETE", "db.execute"),
        ("EXPLAIN SELECT 1", "EXPLAIN", "explain_sql"),
        ("SELECT id FROM users, orders o JOIN users u", "id", "Write the table"),
    ],
)
def test_faults_have_a_place_and_a_hint(
    shop: ddblite.Database, statement: str, place: str, hint: str
) -> None:
    with pytest.raises(StatementError) as refused:
        shop.sql(statement)
    position = refused.value.position
    assert position is not None
    line = statement.split("\n")[position.line - 1]
    assert line[position.column - 1 :].startswith(place)
    assert hint in refused.value.hint


DEEP = 3000


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT " + "(" * DEEP + "1" + ")" * DEEP,
        "SELECT " + "(" * 30 + "1" + ")" * 30,
        "SELECT " + "NOT " * 1500 + "1",
        "SELECT " + "- " * DEEP + "1",
        "SELECT " + "~" * DEEP + "1",
        "SELECT 1" + " = NOT 1" * 900,
        "SELECT " + "CASE WHEN " * 700,
        "SELECT " + "abs(" * 1500,
        "SELECT " + "@" * DEEP + "a",
        "SELECT " + "INTERVAL " * 800 + "1",
        "SELECT " + "ANY " * DEEP,
        "SELECT " + "{" * DEEP,
        "SELECT 1 FROM users" + " JOIN users" * 600,
        "SELECT 1 FROM users" + " JOIN users" * 20,
        "SELECT 1 FROM (SELECT 1" + " FROM (SELECT 1" * 400 + ")" * 401,
        "SELECT 1" + " UNION SELECT 1" * 500,
        "SELECT 1" + " + 1" * 1900,
        "SELECT 1 FROM users" + ", users" * 100,
        "SELECT " + "'" * 8001,
        "SELECT '" + "x" * STATEMENT_LENGTH_MAX + "'",
        "/*" * 4000,
        "SELECT " + "x" * 8000 + "(1)",
        "SELECT 1 WHERE 1 " + "AND 1 " * 1300,
        "SELECT \ud800",
        "SELECT \0",
        "SELECT 1\0",
        "SELECT 'a\0b'",
        "SELECT " + "date(" * 7 + "1" + ")" * 7,
        "SELECT " + "date(" * 23 + "1" + ")" * 23,
        "SELECT * FROM " + "struct(" * 23 + "1" + ")" * 23,
        "SELECT 1 WHERE " + "char((1 + int(" * 8 + "1" + ")))" * 8,
        "SELECT 1 /* {% raw %} {{ x }} {# */ FROM nowhere",
    ],
    ids=lambda text: f"{len(text)}-{text[:24]!r}",
)  # fmt: skip
def test_abuse_is_refused(shop: ddblite.Database, statement: str) -> None:
    """Before it overflows a stack, or takes a parser exponentially long."""
    with pytest.raises(errors.RequestError):
        shop.sql(statement)


@pytest.mark.parametrize("length", [STATEMENT_LENGTH_MAX - 1, STATEMENT_LENGTH_MAX])
def test_long_statements_are_answered(database: ddblite.Database, length: int) -> None:
    assert 1 == len(database.sql(f"SELECT '{'x' * (length - len('SELECT ??'))}'"))


def test_one_character_more_is_refused(database: ddblite.Database) -> None:
    text = f"SELECT '{'x' * (STATEMENT_LENGTH_MAX - len('SELECT ?'))}'"
    with pytest.raises(StatementError, match="at most 8,192 characters"):
        database.sql(text)


def test_a_select_is_of_64_tables(database: ddblite.Database) -> None:
    """More is refused before looking for what each of them has to do with every other."""
    assert 1 == len(database.sql("SELECT 1 FROM (SELECT 1)" + ", (SELECT 1)" * 63))
    with pytest.raises(StatementError, match="at most 64 tables"):
        database.sql("SELECT 1 FROM (SELECT 1)" + ", (SELECT 1)" * 64)


def test_nesting_as_people_write_it_is_answered(database: ddblite.Database) -> None:
    assert 1 == len(database.sql("SELECT " + "date(" * 6 + "1" + ")" * 6))
    assert 1 == len(database.sql("SELECT " + ", ".join(["date(datetime(1))"] * 20)))
    depth = 20
    assert 1 == len(database.sql("SELECT " + "(" * depth + "1" + ")" * depth))
    subqueries = "SELECT * FROM (" * depth + "SELECT 1" + ")" * depth  # noqa: S608
    assert 1 == len(database.sql(subqueries))
    many = ", ".join(["-1", "NOT 0", "+2"] * 100)
    assert 1 == len(database.sql(f"SELECT 1 WHERE 2 IN ({many}) AND NOT 0 AND -1 < 0"))


@pytest.mark.parametrize("text", [5, None, b"SELECT 1"])
def test_a_statement_is_text(database: ddblite.Database, text: object) -> None:
    with pytest.raises(errors.UnsupportedType):
        database.sql(text)  # type: ignore[arg-type]


@pytest.mark.parametrize("parameters", ["a", 5, {"a"}, None])
def test_parameters_are_a_list_or_a_mapping(database: ddblite.Database, parameters: object) -> None:
    with pytest.raises(errors.ValidationException):
        database.sql("SELECT ?", parameters)  # type: ignore[arg-type]


def test_marks_take_a_list(database: ddblite.Database) -> None:
    with pytest.raises(StatementError, match="a list"):
        database.sql("SELECT ?", {"p0": 1})


# --- Memory


def test_tables_are_copied_up_to_a_limit(database: ddblite.Database) -> None:
    made = database.create_table("all", partition_key="id")
    for number in range(40):
        made.put({"id": str(number), "text": "x" * 50_000})
    with pytest.raises(errors.ValidationException, match=r"more than 1,000,000 bytes; name fewer"):
        database.sql('SELECT text FROM "all"', max_bytes=1_000_000)
    assert 40 == len(database.sql('SELECT id FROM "all"', max_bytes=1_000_000))
    assert 1 == len(database.sql("SELECT text FROM \"all\" WHERE id = '1'", max_bytes=1_000_000))


def test_an_answer_has_a_limit(database: ddblite.Database) -> None:
    """Also one that never ends."""
    endless = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n) SELECT a FROM n"
    with pytest.raises(errors.ValidationException, match="The answer has more than 1,000,000"):
        database.sql(endless, max_bytes=1_000_000)


def test_sorting_has_a_limit(database: ddblite.Database) -> None:
    """What is collected before the first row is bounded, too."""
    endless = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n) SELECT a FROM n"
    with pytest.raises(errors.ValidationException, match="more than 1,000,000 bytes"):
        database.sql(f"{endless} ORDER BY -a", max_bytes=1_000_000)


def test_a_limit_is_a_number_of_bytes(database: ddblite.Database) -> None:
    for wrong in (0, -1, 1.5, True):
        with pytest.raises(ValueError, match="max_bytes is a number of bytes"):
            database.sql("SELECT 1", max_bytes=wrong)  # type: ignore[arg-type]


def test_many_attributes_are_refused_in_a_sentence(database: ddblite.Database) -> None:
    """SQLite tables have 2,000 columns at most."""
    made = database.create_table("all", partition_key="id")
    for start in (0, 1000):
        made.put({"id": str(start), **{f"a{start + number}": 1 for number in range(1000)}})
    with pytest.raises(errors.ValidationException, match=r"more than 2,000 attributes"):
        database.sql('SELECT * FROM "all"')
    assert 2 == len(database.sql('SELECT a7, a1007 FROM "all"'))


# --- What nobody sees


def test_sqlglot_says_nothing_on_its_own(
    database: ddblite.Database, capfd: pytest.CaptureFixture[str]
) -> None:
    """A JSON path that it does not know is SQLite's matter."""
    logging.getLogger("sqlglot").propagate = True
    assert [{"a": 2}] == database.sql("SELECT '[1, 2]' ->> '$[#-1]' AS a").all()
    assert ("", "") == capfd.readouterr()


def test_the_scratch_database_is_always_closed(
    shop: ddblite.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Scratch] = []

    class Recorded(Scratch):
        def __init__(self, bytes_max: int, *others: Any) -> None:  # noqa: ANN401 - as there
            super().__init__(bytes_max, *others)
            made.append(self)

    monkeypatch.setattr(bridge, "Scratch", Recorded)
    shop.sql("SELECT * FROM users")
    shop.explain_sql("SELECT * FROM users")
    for statement in ("SELECT * FROM nowhere", "SELECT nosuch(1)", "SELECT 9e999"):
        with pytest.raises(errors.RequestError):
            shop.sql(statement)
    assert 5 == len(made)
    for one in made:
        with pytest.raises(apsw.ConnectionClosedError):
            one.connection.execute("SELECT 1")
