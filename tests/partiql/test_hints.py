"""What to do instead of SQL that statements do not have."""

import pytest

from ddblite.partiql.plans.lower import compiled
from ddblite.partiql.syntax.faults import StatementError


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM t JOIN u ON a = b",
        "SELECT * FROM t, u",
        "SELECT * FROM t GROUP BY a",
        "SELECT * FROM t LIMIT 1",
        "SELECT DISTINCT a FROM t",
        "SELECT * FROM t WHERE a LIKE 'x'",
        "SELECT * FROM t WHERE a = CASE WHEN true THEN 1 END",
        "SELECT * FROM t UNION SELECT * FROM u",
        "SELECT * FROM t WHERE a IN (SELECT a FROM u)",
        "SELECT * FROM (SELECT * FROM t)",
        "SELECT COUNT(*) FROM t",
        "SELECT a AS b FROM t",
        "CREATE TABLE t (a INT)",
        "DROP TABLE t",
        "INSERT INTO t VALUE {'a': 1}, {'a': 2}",
        "INSERT INTO t VALUES (1, 2)",
        "UPSERT INTO t VALUE {'a': 1}",
        "REPLACE INTO t VALUE {'a': 1}",
        "INSERT INTO t VALUE {'a': 1} ON CONFLICT DO NOTHING",
        "SELECT * FROM t; SELECT * FROM u",
    ],
)
def test_sql_that_is_not_there_has_a_hint(text: str) -> None:
    """Beside the service's message, and in a traceback below it."""
    with pytest.raises(StatementError) as caught:
        compiled(text)
    error = caught.value
    assert error.hint
    assert error.hint not in str(error)
    assert [error.hint] == error.__notes__
