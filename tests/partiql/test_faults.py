"""What is refused while a statement is read: the service's message, and the place."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

import pytest

from ddblite.partiql.faults import NOT_WELL_FORMED, StatementError
from ddblite.partiql.lower import compiled
from ddblite.partiql.words import KEYWORDS, LITERAL_WORDS
from ddblite.schema.limits import STATEMENT_DEPTH_MAX, STATEMENT_LENGTH_MAX

NWF = NOT_WELL_FORMED
LEFT = NWF + "Unexpected token after expression"
TERM = NWF + "Unexpected term"
FROM_ONE = "FROM clause may only contain a single table name in data manipulation statements"
OVERFLOW = (
    "Number overflow. Attempting to store a number with magnitude larger than supported range"
)
UNDERFLOW = (
    "Number underflow. Attempting to store a number with magnitude smaller than supported range"
)
CASE = NWF + ("Unexpected keyword 'CASE'; to use it as a name, put it in double quotes: \"CASE\"")
PRECISE = "Attempting to store more than 38 significant digits in a Number"


def fault(text: str) -> StatementError:
    """Returns the error that a statement's text is refused with."""
    with pytest.raises(StatementError) as caught:
        compiled(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        # no statement
        ("hello world", NWF + "Expected data manipulation", "1:1:5"),
        ("CREATE TABLE t", NWF + "Expected data manipulation", "1:1:6"),
        ("5", NWF + "Expected data manipulation", "1:1:1"),
        ("-- nothing", NWF + "Expected data manipulation", "1:11:0"),
        ("UPDATE t WHERE pk = 1", NWF + "Expected data manipulation", "1:10:5"),
        ("foo.bar[1]", "Unsupported operation: Path", "1:1:10"),
        # left over
        ("SELECT * FROM t SELECT * FROM t", LEFT, "1:17:6"),
        ("SELECT * FROM t; SELECT * FROM t", LEFT, "1:18:6"),
        ("SELECT * FROM t, u", LEFT, "1:16:1"),
        ("SELECT * FROM t WHERE a = 1 )", LEFT, "1:29:1"),
        ("SELECT * FROM t WHERE a = 1 e5", LEFT, "1:29:2"),
        ("SELECT * FROM t WHERE a = 12abc", LEFT, "1:29:3"),
        ("SELECT * FROM t WHERE a = 0x1F", LEFT, "1:28:3"),
        ("SELECT * FROM t WHERE a = 1.2.3", LEFT, "1:30:1"),
        ("SELECT * FROM t WHERE a = 'a' 'b'", LEFT, "1:31:3"),
        ("SELECT * FROM t WHERE a LIKE 'x'", LEFT, "1:25:4"),
        ("SELECT * FROM t WHERE a = 1 + 1", LEFT, "1:29:1"),
        ("SELECT * FROM t JOIN u", LEFT, "1:17:4"),
        ("SELECT * FROM t ORDER BY a WHERE b = 1", LEFT, "1:28:5"),
        ("DELETE FROM t WHERE pk = 1 ORDER BY pk", LEFT, "1:28:5"),
        ("INSERT INTO t AS x VALUE {'a': 1}", LEFT, "1:15:2"),
        ("INSERT INTO t VALUE {'a': 1} RETURNING ALL OLD *", LEFT, "1:30:9"),
        ("INSERT INTO t VALUE {'a': 1}, {'a': 2}", LEFT, "1:29:1"),
        ("UPDATE t REMOVE a, b WHERE pk = 1", LEFT, "1:18:1"),
        ("UPDATE t SET a = 1 + 2 + 3 WHERE pk = 1", LEFT, "1:24:1"),
        ("UPDATE Payment-x SET a = 1 WHERE pk = 1", NWF + "Expected data manipulation", "1:15:1"),
        # a term is missing
        ("SELECT FROM t", TERM, "1:8:4"),
        ("SELECT * FROM", TERM, "1:14:0"),
        ("SELECT * FROM 'movies'", TERM, "1:15:8"),
        ("SELECT * FROM t WHERE", TERM, "1:22:0"),
        ("SELECT * FROM t WHERE a = ", TERM, "1:27:0"),
        ("SELECT * FROM t WHERE a == 1", TERM, "1:26:1"),
        ("SELECT * FROM t WHERE a IN []", TERM, "1:29:1"),
        ("SELECT * FROM t WHERE a IN (SELECT * FROM u)", TERM, "1:29:6"),
        ("SELECT * FROM t WHERE a = [1,]", TERM, "1:30:1"),
        ("SELECT * FROM t WHERE a IS FOO", TERM, "1:28:3"),
        ("SELECT * FROM t WHERE a IS 'x'", LEFT, "1:28:3"),
        ("SELECT * FROM t WHERE a IN ?", LEFT, "1:28:1"),
        ("SELECT * FROM t WHERE contains(a, SELECT * FROM u)", TERM, "1:35:6"),
        ("SELECT * FROM t WHERE a = - . 5", LEFT, "1:31:1"),
        ("SELECT * FROM t WHERE a = . 5", LEFT, "1:29:1"),
        ("SELECT * FROM t WHERE a = -", TERM, "1:27:1"),
        ("SELECT * FROM t WHERE a = CASE", CASE, "1:27:4"),
        ("INSERT INTO t VALUE ?", TERM, "1:21:1"),
        ("INSERT INTO t VALUE {a: 1}", TERM, "1:22:1"),
        ("INSERT INTO t VALUE {1: 1}", TERM, "1:22:1"),
        ("INSERT INTO t VALUE {'a': 1,}", TERM, "1:29:1"),
        ("SELECT m.inner FROM t", NWF + "Invalid path dot component", "1:10:5"),
        ("SELECT * FROM t WHERE a.5 = 1", NWF + "Invalid path dot component", "1:25:1"),
        # unreadable
        ("SELECT * FROM t WHERE a = 'x", NWF, "1:27:2"),
        ('SELECT * FROM "t', NWF, "1:15:2"),
        ("SELECT * FROM t /* x", NWF, "1:17:4"),
        ("SELECT * FROM t /*/", NWF, "1:17:3"),
        ("SELECT * FROM t # x", NWF, "1:17:1"),
        ("SELECT * FROM t WHERE a = '\ud800'", NWF, "1:28:1"),
        ('SELECT "\udc00x" FROM t', NWF, "1:9:1"),
        ("SELECT * FROM t WHERE a = `b`", NWF, "1:27:1"),
        ("SELECT * FROM t WHERE é = 1", NWF, "1:23:1"),
        ("SELECT * FROM t WHERE a = 1e99999999999", NWF, "1:27:13"),
        # names of tables
        ('INSERT INTO "abcdefgh"."idx" VALUE {}', FROM_ONE + " at 1:13:10", "1:13:10"),
        ('INSERT INTO \n"abcdefgh"."idx" VALUE {}', FROM_ONE + " at 2:1:10", "2:1:10"),
        ("INSERT INTO abcdefgh.idx VALUE {}", FROM_ONE + " at 1:13:8", "1:13:8"),
        ("UPDATE t.i SET a = 1", "This operation is not supported on an index", "1:8:3"),
        ("DELETE FROM t.i", "This operation is not supported on an index", "1:13:3"),
        ('SELECT * FROM ""', "Path component cannot be an empty string", "1:15:2"),
        (
            "SELECT * FROM a.b.c",
            "A path may contain at most 2 components in the FROM clause",
            "1:18:1",
        ),
        # not offered
        ("SELECT COUNT(*) FROM t", "Unexpected path component at 1:8:5", "1:8:5"),
        ("SELECT pk, COUNT(*) FROM t", "Unexpected path component at 1:12:5", "1:12:5"),
        ("SELECT * FROM t x", "Aliasing is not supported", "1:17:1"),
        ("SELECT a AS b FROM t", "Aliasing is not supported", "1:10:2"),
        ("UPDATE t AS x SET a = 1", "Aliasing is not supported", "1:10:2"),
        ("DELETE FROM t x", "Aliasing is not supported", "1:15:1"),
        ("SELECT * FROM t LIMIT 5", "Unsupported clause: LIMIT", "1:17:5"),
        ("SELECT * FROM t WHERE a = 1 GROUP BY b", "Unsupported clause: GROUP", "1:29:5"),
        ("SELECT * FROM t WHERE a", "Unsupported operation: Path", "1:23:1"),
        ("SELECT * FROM t WHERE 1", "Unsupported operation: Literal", "1:23:1"),
        ("SELECT * FROM t WHERE <<1>>", "Unsupported operation: Literal", "1:23:5"),
        ("SELECT * FROM t WHERE size(a)", "Unsupported operation: size", "1:23:4"),
        ("SELECT * FROM t WHERE 1 IS NULL", "Unsupported operation: IS", "1:23:1"),
        ("SELECT * FROM t WHERE contains(a, 1) > 2", "Unsupported operation: contains", "1:23:8"),
        ("SELECT * FROM t WHERE (a = 1) > 2", "Unsupported operation: Condition", "1:24:5"),
        ("UPDATE t SET a = (b = 1)", "Unsupported operation: Condition", "1:19:5"),
        (
            "UPDATE t SET a = list_append(a)",
            (
                "Incorrect number of operands for operator or function; "
                "operator or function: list_append, number of operands: 1"
            ),
            "1:18:11",
        ),
        (
            "UPDATE t SET a = set_add(a, size(b))",
            "The second argument to SET_ADD must be a value with type SET at 1:26:1",
            "1:26:1",
        ),
        (
            "UPDATE t SET a = set_add(a, b)",
            "The second argument to SET_ADD must be a value with type SET at 1:26:1",
            "1:26:1",
        ),
        ("INSERT INTO t VALUE {'a': 1, 'a': 2}", "Duplicate attribute name in tuple: a", "1:30:3"),
        ("SELECT a.b, b FROM t", "Duplicate identifiers in select clause: b", "1:13:1"),
        (
            "DELETE FROM t WHERE pk = 1 RETURNING ALL NEW *",
            (
                "Invalid returning clause: RETURNING ALL NEW *. "
                "Only RETURNING ALL OLD * is allowed in DELETE statements."
            ),
            "1:28:19",
        ),
        # functions
        ("SELECT * FROM t WHERE Foo(a)", "Unrecognized function: foo at 1:23:3", "1:23:3"),
        ("SELECT * FROM t WHERE EXISTS(a)", "Unrecognized function: exists at 1:23:6", "1:23:6"),
        (
            "SELECT * FROM t WHERE set_add(a, <<1>>)",
            "Unrecognized function: set_add at 1:23:7",
            "1:23:7",
        ),
        (
            "UPDATE t SET a = if_not_exists(a, 1)",
            "Unrecognized function: if_not_exists at 1:18:13",
            "1:18:13",
        ),
        (
            "SELECT * FROM t WHERE attribute_exists('a')",
            "Operator or function requires a document path; operator or function: attribute_exists",
            "1:23:16",
        ),
        (
            "SELECT * FROM t WHERE attribute_exists(?)",
            "Operator or function requires a document path; operator or function: attribute_exists",
            "1:23:16",
        ),
        (
            "SELECT * FROM t WHERE attribute_exists()",
            (
                "Incorrect number of operands for operator or function; "
                "operator or function: attribute_exists, number of operands: 0"
            ),
            "1:23:16",
        ),
        (
            "UPDATE t SET a = set_add(b, <<1>>)",
            "The first argument to SET_ADD must equal the assignment value at 1:18:7",
            "1:18:7",
        ),
        (
            "UPDATE t SET a = set_delete(b, <<1>>)",
            "The first argument to SET_DELETE must equal the assignment value at 1:18:10",
            "1:18:10",
        ),
        (
            "UPDATE t SET abc = set_add(abc, 'x')",
            "The second argument to SET_ADD must be a value with type SET at 1:28:3",
            "1:28:3",
        ),
        (
            "UPDATE t SET a = set_add(a)",
            "SET_ADD must have exactly two arguments at 1:18:7",
            "1:18:7",
        ),
        (
            "INSERT INTO t VALUE {'s': set_add(s, <<1>>)}",
            "Unsupported data type: set_add under key root at 1:27:7",
            "1:27:7",
        ),
        # values
        ("INSERT INTO t VALUE {'a': 1e126}", OVERFLOW + " under root", "1:27:5"),
        ("INSERT INTO t VALUE {'a': {'x': 1e-131}}", UNDERFLOW + " under root.x", "1:33:6"),
        (
            "INSERT INTO t VALUE {'a': [1, " + "1" * 39 + "]}",
            PRECISE + " under root[1]",
            "1:31:39",
        ),
        (
            "INSERT INTO t VALUE {'a': <<1, 'x'>>}",
            "DynamoDB only supports either numbers or strings in bags",
            "1:27:10",
        ),
        ("INSERT INTO t VALUE {'a': <<>>}", "Empty bags are not supported", "1:27:4"),
        ("INSERT INTO t VALUE {'a': <<?>>}", "Unsupported data type in Bag", "1:29:1"),
        (
            "INSERT INTO t VALUE {'a': <<'x', 'x'>>}",
            (
                "One or more parameter values were invalid: "
                "Input collection [x, x] contains duplicates."
            ),
            "1:27:12",
        ),
        ("SELECT * FROM t WHERE a = MISSING", "Unsupported operation: Missing", "1:27:7"),
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


@pytest.mark.parametrize("word", ["year", "status", "name", "type", "data", "offset", "bool"])
def test_other_words_are_names(word: str) -> None:
    """Some that SQL or DynamoDB's expressions reserve are free in a statement."""
    compiled(f"SELECT {word}.{word} FROM t WHERE {word} = 1")


def test_a_reserved_word_is_named_with_its_cure() -> None:
    error = fault("SELECT * FROM t WHERE Size = 1")
    expected = "Unexpected keyword 'Size'; to use it as a name, put it in double quotes: \"Size\""
    assert NWF + expected == str(error)
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
        assert NWF + "Statement is nested too deeply" == str(fault(text))


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
