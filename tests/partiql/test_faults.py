"""What is refused while a statement is read: the service's message, and the place."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

import pytest

from ddblite.partiql.plans.lower import compiled
from ddblite.partiql.syntax.faults import StatementError
from ddblite.partiql.syntax.words import KEYWORDS, LITERAL_WORDS, STEPS
from ddblite.schema.limits import STATEMENT_DEPTH_MAX, STATEMENT_LENGTH_MAX
from refused_texts import INFIX, NWF, fault

LEFT = NWF + "Unexpected token after expression"
TERM = NWF + "Unexpected term"
SECOND = NWF + "Unexpected token after semicolon. (Only one query is allowed.)"


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        # no statement
        ("hello world", LEFT, "1:1:5"),
        ("SLECT * FROM t", NWF + "Expected data manipulation", "1:1:5"),
        ("INSRT INTO t VALUE {'a': 1}", LEFT, "1:1:5"),
        ("CREATE TABLE t", "Unsupported operation: CreateTable", "1:1:6"),
        ("-- nothing", TERM, "1:11:0"),
        ("UPDATE t WHERE pk = 1", NWF + "Expected data manipulation", "1:10:5"),
        ("foo.bar[1]", "Unsupported operation: Path", "1:1:3"),
        # left over
        ("SELECT * FROM t SELECT * FROM t", LEFT, "1:17:6"),
        ("SELECT * FROM t; SELECT * FROM t", SECOND, "1:18:6"),
        ("SELECT * FROM t;;", SECOND, "1:17:1"),
        ("DELETE FROM t WHERE a = 1 RETURNING ALL OLD *; foo", SECOND, "1:48:3"),
        ("SELECT * FROM t WHERE a = 1 )", LEFT, "1:29:1"),
        ("SELECT * FROM t WHERE a = 1 e5", LEFT, "1:29:2"),
        ("SELECT * FROM t WHERE a = 12abc", LEFT, "1:29:3"),
        ("SELECT * FROM t WHERE a = 0x1F", LEFT, "1:28:3"),
        ("SELECT * FROM t WHERE a = 1.2.3", LEFT, "1:30:1"),
        ("SELECT * FROM t WHERE a = 'a' 'b'", LEFT, "1:31:3"),
        ("SELECT * FROM t ORDER BY a WHERE b = 1", LEFT, "1:28:5"),
        ("DELETE FROM t WHERE pk = 1 ORDER BY pk", LEFT, "1:28:5"),
        ("INSERT INTO t AS x VALUE {'a': 1}", LEFT, "1:15:2"),
        ("INSERT INTO t x VALUE {'a': 1}", LEFT, "1:15:1"),
        ("INSERT INTO t VALUE {'a': 1}, {'a': 2}", LEFT, "1:29:1"),
        ("UPDATE t REMOVE a, b WHERE pk = 1", LEFT, "1:18:1"),
        ("UPDATE t SET a = 1 + 2 + 3 WHERE pk = 1", LEFT, "1:24:1"),
        ("UPDATE Payment-x SET a = 1 WHERE pk = 1", NWF + "Expected data manipulation", "1:15:1"),
        # a term is missing
        ("SELECT * FROM", TERM, "1:14:0"),
        ("SELECT * FROM t WHERE", TERM, "1:22:0"),
        ("SELECT * FROM t WHERE NOT", TERM, "1:26:0"),
        ("SELECT * FROM t WHERE (", TERM, "1:24:0"),
        ("SELECT * FROM t WHERE a = [1,]", TERM, "1:30:1"),
        ("SELECT * FROM t WHERE a = - . 5", TERM, "1:31:1"),
        ("SELECT * FROM t WHERE a = . 5", TERM, "1:29:1"),
        ("SELECT * FROM t WHERE a = -", TERM, "1:27:1"),
        ("SELECT * FROM t WHERE a = CASE", TERM, "1:27:4"),
        # an operator goes without its right-hand side, or stands where a term belongs
        ("SELECT * FROM t WHERE a = ", INFIX, "1:27:0"),
        ("SELECT * FROM t WHERE a = 1 AND", INFIX, "1:32:0"),
        ("SELECT * FROM t WHERE a = 1 OR", INFIX, "1:31:0"),
        ("SELECT * FROM t WHERE a BETWEEN", INFIX, "1:32:0"),
        ("SELECT * FROM t WHERE a IN", INFIX, "1:27:0"),
        ("SELECT * FROM t WHERE a = ;", TERM, "1:27:1"),
        ("SELECT * FROM t WHERE a = LIKE", NWF + "Unexpected operator", "1:27:4"),
        ("SELECT * FROM t WHERE a = IN", NWF + "Unexpected operator", "1:27:2"),
        ("SELECT * FROM t WHERE a == 1", NWF + "Unexpected operator", "1:26:1"),
        ("SELECT * FROM t WHERE IS NULL", NWF + "Unexpected operator", "1:23:2"),
        ("SELECT * FROM t WHERE AND a = 1", NWF + "Unexpected operator", "1:23:3"),
        # a keyword stands where a term belongs
        ("SELECT * FROM t WHERE ORDER BY a", NWF + "Unexpected keyword", "1:23:5"),
        ("SELECT * FROM WHERE a = 1", NWF + "Unexpected keyword", "1:15:5"),
        ("INSERT t VALUE {'a': 1}", NWF + "Unexpected keyword", "1:8:1"),
        ("SELECT * FROM t WHERE size = 1", NWF + "Unexpected keyword", "1:23:4"),
        ("SELECT count FROM t", NWF + "Unexpected keyword", "1:8:5"),
        (
            "SELECT FROM t",
            (
                NWF + "Expected identifier or an expression but found unexpected keyword 'from' in "
                "a select list."
            ),
            "1:8:4",
        ),
        # something else has to stand there
        ("SELECT * FROM t WHERE a BETWEEN 1", NWF + "Expected AND keyword", "1:34:0"),
        ("SELECT * FROM t WHERE a BETWEEN 1 OR 2", NWF + "Expected AND keyword", "1:35:2"),
        ("SELECT * FROM t WHERE a BETWEEN 1 AND", NWF + "Expected expression after AND", "1:38:0"),
        ("[1, 2", NWF + "Expected RIGHT_BRACKET", "1:1:1"),
        ("UPDATE t SET a = [1 2] WHERE b = 1", NWF + "Expected RIGHT_BRACKET", "1:21:1"),
        ("(foo", NWF + "Expected RIGHT_PAREN", "1:1:1"),
        ("{'a': 1", NWF + "Expected RIGHT_CURLY", "1:1:1"),
        ("<<1", NWF + "Expected RIGHT_DOUBLE_ANGLE_BRACKET", "1:1:2"),
        ("{'a' 1}", NWF + "Expected COLON", "1:1:1"),
        ("INSERT INTO t VALUE {'a': X'61'}", NWF + "Expected RIGHT_CURLY", "1:27:1"),
        ("CASE WHEN 1 THEN 2", NWF + "Expected END keyword", "1:1:4"),
        ("CASE WHEN 1 2 END", NWF + "Expected THEN keyword", "1:1:4"),
        ("CASE 1 THEN 2 END", NWF + "Expected a WHEN clause in CASE", "1:1:4"),
        ("DELETE", NWF + "Expected FROM after DELETE", "1:7:0"),
        ("DELETE t WHERE a = 1", NWF + "Expected FROM after DELETE", "1:8:1"),
        ("DELETE FROM", NWF + "Expected identifier for simple path", "1:12:0"),
        ("UPDATE t REMOVE", NWF + "Expected identifier for simple path", "1:16:0"),
        ("UPDATE t SET a", NWF + "Expected '='", "1:15:0"),
        ("SELECT * FROM t JOIN u", NWF + "Expected 'ON'", "1:17:4"),
        ("SELECT * FROM t WHERE a IS FOO", NWF + "Expected type name", "1:28:3"),
        ("SELECT * FROM t WHERE a IS DOUBLE", NWF + "Expected type name", "1:28:6"),
        ("SELECT * FROM t WHERE a IS 'x'", NWF + "Expected type name", "1:28:3"),
        ("INSERT INTO t VALUE {'a': 1,}", TERM, "1:29:1"),
        ("SELECT m.inner FROM t", NWF + "Invalid path dot component", "1:10:5"),
        ("SELECT * FROM t WHERE a.5 = 1", LEFT, "1:25:1"),
        # unreadable
        ("SELECT * FROM t WHERE a = 'x", NWF, "1:27:2"),
        ('SELECT * FROM "t', NWF, "1:15:2"),
        ("SELECT * FROM t /* x", NWF, "1:17:4"),
        ("SELECT * FROM t /*/", NWF, "1:17:3"),
        ("SELECT * FROM t # x", NWF, "1:17:1"),
        ("SELECT * FROM t WHERE a = '\ud800'", NWF, "1:28:1"),
        ('SELECT "\udc00x" FROM t', NWF, "1:9:1"),
        ("SELECT * FROM t WHERE a = `b", NWF, "1:27:2"),
        ("SELECT * FROM t WHERE a = 'b' | 'c'", NWF, "1:31:1"),
        ("SELECT * FROM t WHERE é = 1", NWF, "1:23:1"),
        ("SELECT * FROM t WHERE a = 1e99999999999", NWF, "1:27:13"),
    ],
)
def test_a_faulty_statement_has_its_message_and_place(
    text: str, message: str, position: str
) -> None:
    error = fault(text)
    assert (message, position) == (str(error), str(error.position))


@pytest.mark.parametrize("word", sorted(KEYWORDS))
@pytest.mark.parametrize(
    "text",
    [
        "SELECT {} FROM t",
        "SELECT * FROM t WHERE {} = 1",
        "SELECT a.{} FROM t",
        "UPDATE t SET {} = 1 WHERE pk = 1",
    ],
)
def test_a_keyword_is_a_name_only_in_quotes(text: str, word: str) -> None:
    """These are the four places in which the service was asked for each word."""
    fault(text.format(word.lower()))
    compiled(text.format(f'"{word.lower()}"'))


@pytest.mark.parametrize("word", sorted(LITERAL_WORDS))
def test_words_for_values_are_no_names(word: str) -> None:
    fault(f"SELECT {word} FROM t")


@pytest.mark.parametrize("word", ["year", "status", "name", "type", "data", "second"])
def test_other_words_are_names(word: str) -> None:
    """Some that SQL or DynamoDB's expressions reserve are free in a statement."""
    compiled(f"SELECT {word}.{word} FROM t WHERE {word} = 1")


@pytest.mark.parametrize("word", sorted(STEPS))
def test_some_words_are_no_names_behind_a_dot_alone(word: str) -> None:
    compiled(f"SELECT {word} FROM t WHERE {word.lower()} = 1")
    compiled(f'SELECT m."{word}" FROM t WHERE "{word}".x = 1')
    expected = NWF + "Invalid path dot component"
    assert expected == str(fault(f"SELECT m.{word.lower()} FROM t"))
    assert expected == str(fault(f"UPDATE t SET m.x.{word} = 1"))


def test_a_reserved_word_has_its_cure_beside_the_message() -> None:
    error = fault("SELECT * FROM t WHERE Size = 1")
    assert NWF + "Unexpected keyword" == str(error)
    assert 'Size is a keyword; to use it as a name, put it in double quotes: "Size"' == error.hint
    assert "1:23:4" == str(error.position)


@pytest.mark.parametrize(
    ("length", "accepted"),
    [
        (STATEMENT_LENGTH_MAX - 1, True),
        (STATEMENT_LENGTH_MAX, True),
        (STATEMENT_LENGTH_MAX + 1, False),
    ],
)
def test_statement_length_max(length: int, accepted: bool) -> None:  # noqa: FBT001
    text = "SELECT * FROM t".ljust(length)
    if accepted:
        compiled(text)
    else:
        assert str(fault(text)).endswith(
            "at 'statement' failed to satisfy constraint: "
            "Member must have length less than or equal to 8192"
        )


def test_a_statement_is_not_empty() -> None:
    assert (
        "1 validation error detected: Value '' at 'statement' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1"
    ) == str(fault(""))


@pytest.mark.parametrize(
    ("depth", "accepted"),
    [
        (STATEMENT_DEPTH_MAX - 1, True),
        (STATEMENT_DEPTH_MAX, True),
        (STATEMENT_DEPTH_MAX + 1, False),
    ],
)
def test_statement_depth_max(depth: int, accepted: bool) -> None:  # noqa: FBT001
    text = "SELECT * FROM t WHERE " + "(" * depth + "a = 1" + ")" * depth
    if accepted:
        compiled(text)
    else:
        assert (NWF, "It is nested too deeply to be read.") == (str(fault(text)), fault(text).hint)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM t WHERE " + "(" * 8000,
        "SELECT * FROM t WHERE a = " + "[" * 8000,
        "SELECT * FROM t WHERE a = " + "{'a':" * 1500,
        "SELECT * FROM t WHERE a = " + "<<" * 4000,
        "SELECT * FROM t WHERE " + "size(" * 1500,
        "SELECT * FROM t WHERE " + "NOT(" * 1500,
        "SELECT * FROM t WHERE " + "/*" * 4000,
        "SELECT * FROM t WHERE " + ")" * 8000,
        "SELECT " + "a." * 4000 + "b FROM t",
        "SELECT a" + "[0]" * 2500 + " FROM t",
        "SELECT a[" + "9" * 8000 + "] FROM t",
        "INSERT INTO t VALUE {'a': " + "9" * 8000 + "}",
        "INSERT INTO t VALUE {'a': 1e" + "9" * 8000 + "}",
    ],
)
def test_nothing_overflows_the_stack(text: str) -> None:
    """Deep or huge, the answer is an error of ours, on both builds of sqlglot."""
    fault(text)


def test_depth_is_no_fault_of_brackets_in_strings_and_comments() -> None:
    compiled("SELECT * FROM t WHERE a = '" + "(" * 500 + "' /* " + "[" * 500 + " */ --" + "{" * 99)


def test_a_used_up_stack_is_an_error_of_ours() -> None:
    text = "SELECT * FROM t WHERE " + "(" * 60 + "a = 1" + ")" * 60

    def deeper(frames: int) -> None:
        if frames:
            deeper(frames - 1)
        else:
            compiled(text)

    with pytest.raises(StatementError):
        deeper(850)


@pytest.mark.parametrize("levels", [31, 32, 33])
def test_values_nest_as_deep_as_items_do(levels: int) -> None:
    """The value itself is the first level, and the deepest leaf stands on the last."""
    lists = levels - 1
    text = "INSERT INTO t VALUE {'a': " + "[" * lists + "1" + "]" * lists + "}"
    if levels <= 32:
        compiled(text)
    else:
        assert str(fault(text)).startswith("Nesting Levels have exceeded supported limits")


def test_the_caret_stands_below_the_fault() -> None:
    text = "SELECT *\n\tFROM t\n\tWHERE a LIKE 'x'"
    assert "\tWHERE a LIKE 'x'\n\t        ^^^^" == fault(text).caret(text)


@pytest.mark.parametrize(
    ("name", "wide"), [("日本語", 6), ("e\N{COMBINING ACUTE ACCENT}", 1), ("é", 1), ("😀", 2)]
)
def test_the_caret_counts_columns_of_a_terminal(name: str, wide: int) -> None:
    """Characters of East Asia take two, an accent on its own takes none."""
    text = f"SELECT * FROM t WHERE a = '{name}' AND size = 1"
    line, carets = fault(text).caret(text).split("\n")
    assert text == line
    assert " " * (len("SELECT * FROM t WHERE a = '' AND ") + wide) + "^^^^" == carets
