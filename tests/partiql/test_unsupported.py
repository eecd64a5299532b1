"""What the service's reader reads and DynamoDB refuses all the same: the message, and the place."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

import pytest

from refused_texts import INFIX, NWF, fault

NO_RETURNING = "RETURNING is not supported in INSERT"
UNKNOWN_OPERATOR = "Unsupported operator in Condition Expression. Operator: "
FROM_ONE = "FROM clause may only contain a single table name in data manipulation statements"
OVERFLOW = (
    "Number overflow. Attempting to store a number with magnitude larger than supported range"
)
UNDERFLOW = (
    "Number underflow. Attempting to store a number with magnitude smaller than supported range"
)
WRONG = (
    "Incorrect operand type for operator or function; operator or function: {}, operand type: {}"
)
BOOLEAN = "WHERE clause must contain an expression that resolves to a boolean"
ONE_SOURCE = "Only select from a single table or index is supported."
ELSEWHERE = "EXISTS can only be used in ExecuteTransaction write requests."
BAGS = "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags"
MISSING = "MISSING must be compared using IS operator"
IN_LIST = (
    "IN operator must have a left hand argument of type Variable Reference and right hand argument "
    "of type Seq with at least one member"
)
STRUCT = (
    "Unsupported format in item expression. Please use struct format {...} to express item values "
    "for insert statement."
)
PRECISE = "Attempting to store more than 38 significant digits in a Number"


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
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
        ("SELECT * FROM t WHERE a = 1 GROUP BY b", "Unsupported clause: GROUP BY", "1:29:5"),
        ("SELECT DISTINCT a FROM t", "Unsupported token in expression: DISTINCT", "1:8:8"),
        ("SELECT * FROM t, u", ONE_SOURCE, "1:16:1"),
        ("SELECT * FROM t JOIN u ON a = b", ONE_SOURCE, "1:17:4"),
        ("SELECT * FROM (SELECT * FROM t)", "Unexpected from source", "1:16:6"),
        ("SELECT * FROM 'movies'", "Unexpected from source", "1:15:8"),
        ("INSERT INTO t VALUE {'a': 1} RETURNING ALL OLD *", NO_RETURNING, "1:30:9"),
        ("SELECT * FROM t WHERE a", BOOLEAN, "1:23:1"),
        ("SELECT * FROM t WHERE 1", BOOLEAN, "1:23:1"),
        ("SELECT * FROM t WHERE <<1>>", BOOLEAN, "1:23:5"),
        ("SELECT * FROM t WHERE size(a)", BOOLEAN, "1:23:4"),
        (
            "SELECT * FROM t WHERE a AND b = 1",
            "The arguments to AND/OR must be Expressions",
            "1:23:1",
        ),
        ("SELECT * FROM t WHERE a LIKE 'x'", UNKNOWN_OPERATOR + "like", "1:25:4"),
        ("SELECT * FROM t WHERE a = 1 + 1", UNKNOWN_OPERATOR + "+", "1:29:1"),
        ("SELECT * FROM t WHERE size(a) + 1 = 2", UNKNOWN_OPERATOR + "+", "1:31:1"),
        ("SELECT * FROM t WHERE a = 'b' || 'c'", UNKNOWN_OPERATOR + "||", "1:31:2"),
        ("SELECT * FROM t WHERE a IN []", IN_LIST, "1:25:2"),
        ("SELECT * FROM t WHERE a IN ?", IN_LIST, "1:25:2"),
        ("SELECT * FROM t WHERE a IN (SELECT * FROM u)", IN_LIST, "1:25:2"),
        (
            "SELECT * FROM t WHERE EXISTS(SELECT * FROM u)",
            "Unsupported token in expression: SELECT at 1:30:6",
            "1:30:6",
        ),
        (
            "SELECT * FROM t WHERE contains(a, SELECT * FROM u)",
            "Unsupported token in expression: SELECT at 1:35:6",
            "1:35:6",
        ),
        (
            "SELECT * FROM t WHERE a = CASE WHEN b = 1 THEN 1 END",
            "Unsupported token in expression: CASE at 1:27:4",
            "1:27:4",
        ),
        ("INSERT INTO t VALUE ?", STRUCT + " at 1:21:1", "1:21:1"),
        ("INSERT INTO t <<{'a': 1}>>", "Unsupported operation: Insert", "1:1:6"),
        ("SELECT * FROM t WHERE 1 IS NULL", "Unsupported operation: IS", "1:23:1"),
        ("SELECT * FROM t WHERE contains(a, 1) > 2", WRONG.format(">", "BOOL"), "1:23:8"),
        ("SELECT * FROM t WHERE a < attribute_exists(b)", WRONG.format("<", "BOOL"), "1:27:16"),
        ("SELECT * FROM t WHERE (a = 1) > 2", WRONG.format(">", "BOOL"), "1:24:5"),
        (
            "SELECT * FROM t WHERE attribute_exists(a) BETWEEN 1 AND 2",
            WRONG.format("BETWEEN", "BOOL"),
            "1:23:16",
        ),
        ("SELECT * FROM t WHERE a = 1 AND size(b)", WRONG.format("AND", "N"), "1:33:4"),
        ("SELECT * FROM t WHERE size(b) OR a = 1", WRONG.format("OR", "N"), "1:23:4"),
        ("SELECT * FROM t WHERE NOT size(b)", WRONG.format("NOT", "N"), "1:27:4"),
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
            "The function is not allowed in an update expression; function: size",
            "1:29:4",
        ),
        (
            "UPDATE t SET a = set_add(a, b)",
            "The second argument to SET_ADD must be a value with type SET at 1:26:1",
            "1:26:1",
        ),
        (
            "INSERT INTO t VALUE {'a': 1, 'a': 2}",
            "Duplicate keys in tuple. Key: a under root at 1:30:3",
            "1:30:3",
        ),
        (
            "INSERT INTO t VALUE {a: 1}",
            "Tuple keys must be of type String. Actual type: Id under root at 1:22:1",
            "1:22:1",
        ),
        (
            "INSERT INTO t VALUE {'m': {1: 1}}",
            "Tuple keys must be of type String. Actual type: INT under root at 1:28:1",
            "1:28:1",
        ),
        (
            "INSERT INTO t VALUE {'m': {'': 1}}",
            "Path component cannot be an empty string",
            "1:28:2",
        ),
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
        ("UPDATE t SET q = <<1,'a'>>", BAGS, "1:22:3"),
        ("UPDATE t SET q = <<1,true>>", BAGS, "1:22:4"),
        ("UPDATE t SET q = <<'a',1>>", BAGS + " at 1:24:1", "1:24:1"),
        ("UPDATE t SET q = <<?,'a'>>", BAGS + " at 1:20:1", "1:20:1"),
        (
            "UPDATE t SET q = <<'a',?>>",
            "Unsupported data type: Parameter under key root at 1:24:1",
            "1:24:1",
        ),
        (
            "UPDATE t SET q = <<1,null>>",
            (
                "One or more parameter values were invalid: "
                "Numeric sets may not contain null under root"
            ),
            "1:22:4",
        ),
        ("INSERT INTO t VALUE {'a': <<>>}", "Empty bags are not supported", "1:27:4"),
        ("INSERT INTO t VALUE {'a': <<?>>}", BAGS + " at 1:29:1", "1:29:1"),
        (
            "INSERT INTO t VALUE {'a': <<'x', 'x'>>}",
            (
                "One or more parameter values were invalid: "
                "Input collection [x, x] contains duplicates."
            ),
            "1:27:10",
        ),
        (
            "INSERT INTO t VALUE {'a': <<2,2.0>>}",
            (
                "One or more parameter values were invalid: "
                "Input collection [2, 2.0] contains duplicates! under root"
            ),
            "1:27:7",
        ),
        (
            "INSERT INTO t VALUE {'a': [{'s': <<2,2.0>>}]}",
            (
                "One or more parameter values were invalid: "
                "Input collection [2, 2.0] contains duplicates! under root[0].s"
            ),
            "1:34:7",
        ),
        ("INSERT INTO t VALUE {'a': <<1,1e126>>}", OVERFLOW + " under root", "1:31:5"),
        ("SELECT * FROM t WHERE a = 1e2147483646", UNDERFLOW + " under root", "1:27:12"),
        ("SELECT * FROM t WHERE a = 1.5e-2147483647", NWF, "1:27:15"),
        (
            "INSERT INTO t VALUE {'a': `1`}",
            "Ion Literals are not supported: INT under key root at 1:27:3",
            "1:27:3",
        ),
        (
            "INSERT INTO t VALUE {'a': {'x': set_add(<<'a'>>, <<'b'>>)}}",
            "Unsupported data type: Call under key root.x at 1:33:7",
            "1:33:7",
        ),
        ("SELECT * FROM t WHERE a = MISSING", MISSING, "1:27:7"),
        ("SELECT * FROM t WHERE a IN [MISSING]", MISSING, "1:29:7"),
        ("SELECT * FROM t WHERE a BETWEEN 1 AND MISSING", MISSING, "1:39:7"),
    ],
)
def test_what_is_not_offered_has_its_message_and_place(
    text: str, message: str, position: str
) -> None:
    error = fault(text)
    assert (message, position) == (str(error), str(error.position))


IS_FAULT = (
    "Unsupported data type for IS operator: {}. Supported data types are "
    "[MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST] at {}"
)


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("INT", "IntegerType"),
        ("INTEGER", "IntegerType"),
        ("INT4", "Integer4Type"),
        ("SMALLINT", "SmallintType"),
        ("DECIMAL", "DecimalType"),
        ("DOUBLE PRECISION", "DoublePrecisionType"),
        ("FLOAT", "FloatType"),
        ("REAL", "RealType"),
        ("CHAR", "CharacterType"),
        ("VARCHAR", "CharacterVaryingType"),
        ("character varying", "CharacterVaryingType"),
        ("DATE", "DateType"),
        ("TIME", "TimeType"),
        ("TIMESTAMP", "TimestampType"),
        ("SYMBOL", "SymbolType"),
        ("CLOB", "ClobType"),
        ("SEXP", "SexpType"),
        ("BAG", "BagType"),
        ("ANY", "AnyType"),
    ],
)
@pytest.mark.parametrize("asked", ["IS", "IS NOT"])
def test_types_that_is_does_not_ask_for(written: str, named: str, asked: str) -> None:
    """The reader knows them all; the place is that of what is asked about."""
    error = fault(f"SELECT * FROM t WHERE abc {asked} {written}")
    assert IS_FAULT.format(named, "1:23:3") == str(error)


@pytest.mark.parametrize("asked", ["size(n)", "(n = 1)", "?", "MISSING", "attribute_exists(n)"])
def test_is_asks_about_paths_and_values(asked: str) -> None:
    assert (
        "The left hand side argument to IS must be a Variable Reference, Literal, or Path"
        == str(fault(f"SELECT * FROM t WHERE a = 1 AND {asked} IS MISSING"))
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("foo", "Id"),
        ("foo.bar[1]", "Path"),
        ("1", "Lit"),
        ("[1]", "List"),
        ("{}", "Struct"),
        ("<<1>>", "Bag"),
        ("?", "Parameter"),
        ("MISSING", "Missing"),
        ("x IS INT4", "IsType"),
        ("CASE WHEN 1 THEN 2 END", "SearchedCase"),
        ("CASE 1 WHEN 1 THEN 2 END", "SimpleCase"),
    ],
)
def test_a_text_that_is_only_a_term_is_called_by_its_kind(text: str, named: str) -> None:
    assert f"Unsupported operation: {named}" == str(fault(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = 1", ELSEWHERE),
        ("FOO(1)", ELSEWHERE),
        ("1 + 1", ELSEWHERE),
        ("NOT a", ELSEWHERE),
        ("SET a = 1", ONE_SOURCE),
        ("REMOVE a", ONE_SOURCE),
    ],
)
def test_a_text_that_is_only_a_part_of_a_statement(text: str, message: str) -> None:
    """What is no SELECT and calls or computes something is taken for an EXISTS."""
    assert message == str(fault(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT a FROM t WHERE foo(s) AND n = MISSING", "Unrecognized function: foo at 1:23:3"),
        (
            "UPDATE t SET a = <<>> WHERE pk = 'a' AND bogus(s)",
            "Unrecognized function: bogus at 1:42:5",
        ),
        (
            "SELECT a FROM t WHERE attribute_exists('s') AND n IS INT",
            IS_FAULT.format("IntegerType", "1:49:1"),
        ),
        ("SELECT a FROM t WHERE foo(s) AND", INFIX),
        ("SELECT f(a) FROM t WHERE foo(s)", "Unexpected path component at 1:8:1"),
        ("SELECT f(a) FROM t x WHERE foo(s) LIMIT 1", "Unsupported clause: LIMIT"),
        ("SELECT f(a) FROM t x WHERE foo(s)", "Aliasing is not supported"),
        (
            "DELETE FROM t.i WHERE foo(s) RETURNING ALL NEW *",
            "Unrecognized function: foo at 1:23:3",
        ),
    ],
)
def test_of_several_faults_the_first_to_be_read_is_told(text: str, message: str) -> None:
    """The grammar comes first; then clauses, FROM, columns, WHERE before SET; operands last."""
    assert message == str(fault(text))
