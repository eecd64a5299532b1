"""What the shell says beside DynamoDB's message: the table, the key or the sign that was meant."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

from io import StringIO

import pytest
from prompt_toolkit.utils import get_cwidth

import ddblite
from ddblite.partiql.plans.lower import compiled
from ddblite.partiql.syntax.faults import StatementError
from ddblite.shell.conversation.run_input import answer, place_of
from ddblite.shell.conversation.session import Session
from ddblite.workbench.pages import Screen


@pytest.fixture
def asking(session: Session) -> Session:
    """A session of somebody, with a table of orders."""
    orders = session.database.create_table(
        "orders",
        partition_key="user_id",
        sort_key="order_date",
        indexes=[ddblite.GlobalIndex("by-total", ("total", "N"))],
    )
    orders.put({"user_id": "u_1", "order_date": "2024-01-15", "total": 1, "status": "paid"})
    session.ask = lambda _question: "no"
    session.shows_consumed = False
    return session


def said(session: Session, text: str) -> list[str]:
    """Returns the lines on standard error for an input, without the message itself."""
    session.out, session.error = StringIO(), StringIO()
    answer(session, text)
    return session.error.getvalue().splitlines()


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT * FROM ordrs;", "There is no table ordrs; did you mean orders?"),
        ("SELECT * FROM zzz;", "There is no table zzz; there is orders"),
        ('SELECT * FROM "\x1b[2J";', 'There is no table "\\x1b[2J"; there is orders'),
        (
            'SELECT * FROM orders."by_total" WHERE total = 1;',
            'orders has no index by_total; did you mean "by-total"?',
        ),
        (
            "UPDATE orders SET total = 2 WHERE user_id = 'u_1';",
            "A write changes one item: WHERE needs order_date = and a value.",
        ),
        (
            "INSERT INTO orders VALUE {'user_id': 'u_2'};",
            "Every item of orders has user_id and order_date",
        ),
        ("SELECT * FORM orders;", "Did you mean FROM?"),
        ("SELCT * FROM orders;", "Did you mean SELECT?"),
        (
            "INSERT INTO orders VALUE {'user_id': \"u_1\"};",
            '"u_1" is a name; a string stands in single quotes',
        ),
        (
            "SELECT * FROM 'orders';",
            "Tables and attributes are named in double quotes, or in none.",
        ),
        (
            "UPDATE orders SET 'total' = 1 WHERE user_id = 'a';",
            "Tables and attributes are named in double quotes, or in none.",
        ),
        (".explain SELECT * FROM ordrs", "There is no table ordrs; did you mean orders?"),
        (
            "SELECT totl FROM orders WHERE user_id = 'u_1';",
            "No item looked at has totl; did you mean total?",
        ),
        (
            "SELECT * FROM orders WHERE user_id = 'u_1' ORDER BY \"total\";",
            "ORDER BY takes user_id and order_date.",
        ),
        (
            'SELECT * FROM orders WHERE user_id = "u_1";',
            ("u_1 names an attribute, which no item looked at has; a string takes single quotes"),
        ),
    ],
)
def test_advice(asking: Session, statement: str, expected: str) -> None:
    """Below the message, and below the carets if there are some."""
    assert expected == said(asking, statement)[-1]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT status FROM orders WHERE total = 2;",
        "SELECT * FROM orders WHERE begins_with(user_id, 'x') AND zzz = 1;",
        "SELECT * FROM orders;",
        "DELETE FROM orders WHERE user_id = 'x' AND order_date = 'y';",
    ],
)
def test_no_advice(asking: Session, statement: str) -> None:
    """Where nothing is known: names that are there, and names that look like none."""
    assert [] == said(asking, statement)


def test_carets_stand_below_the_statement_of_a_command(asking: Session) -> None:
    """And not below the command's name."""
    lines = said(asking, ".explain SELECT * FORM orders")
    assert ["SELECT * FORM orders", "         ^^^^"] == lines[1:3]


def test_a_hint_of_the_grammar_comes_first(asking: Session) -> None:
    """It knows more."""
    assert (
        "The limit is a parameter of the request, not a part of the statement."
        == (said(asking, "SELECT * FROM orders LIMIT 3;")[-1])
    )


def test_a_reserved_word_is_no_misspelling(asking: Session) -> None:
    """The hint says to quote it, and date looks like UPDATE."""
    _, *_, carets, hint = said(asking, "SELECT * FROM orders WHERE date = 5;")
    assert hint == 'date is a keyword; to use it as a name, put it in double quotes: "date"'
    assert {"^"} == set(carets.strip())


def test_a_script_gets_no_advice(asking: Session) -> None:
    """An empty answer is nothing to remark on there."""
    asking.ask = None
    assert [] == said(asking, 'SELECT * FROM orders WHERE user_id = "u_1";')


@pytest.mark.parametrize("before", [0, 30, 300])
@pytest.mark.parametrize("behind", [0, 300])
@pytest.mark.parametrize("letter", ["x", "日"])
def test_the_place_in_a_long_line_has_room(before: int, behind: int, letter: str) -> None:
    """Carets below a line that the terminal breaks would stand below something else."""
    text = f"SELECT * FROM t WHERE a = '{letter * before}' AND size = '{letter * behind}'"
    with pytest.raises(StatementError) as fault:
        compiled(text)
    line, carets = place_of(fault.value, text, Screen(width=60))
    columns_before = len(carets) - len("^^^^")
    shown = ""
    for character in line:
        if get_cwidth(shown) == columns_before:
            break
        shown += character
    assert line[len(shown) :].startswith("size")
    assert get_cwidth(line) < 60


def test_a_long_message_loses_its_middle(asking: Session) -> None:
    """What DynamoDB says of a long statement quotes it whole, before it says what is wrong."""
    message, *_ = said(asking, f"SELECT * FROM orders WHERE a = '{'x' * 9000}';")
    assert len(message) < 1100
    assert message.endswith("Member must have length less than or equal to 8192")
