"""Which reads there are once values are known, and which cannot be together."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

import pytest

from ddblite.partiql.access_paths import key_reads as settling
from ddblite.partiql.access_paths.terms import SortTerm
from ddblite.schema.errors import ValidationException
from ddblite.schema.values import Value
from statement_access import shown, table


def settled(where: str, *parameters: Value) -> list[str]:
    """Returns the reads that are read once values are known, as lines."""
    return shown(f"SELECT * FROM t WHERE {where}", table(), parameters)


@pytest.mark.parametrize(
    ("where", "lines"),
    [
        ("(pk = 'a' AND sk < 1) OR (pk = 'a' AND sk > 1)", ["Query 'a' < 1", "Query 'a' > 1"]),
        ("(pk = 'a' AND sk < 1) OR (pk = 'a' AND sk = 1)", ["Query 'a' < 1", "Query 'a' = 1"]),
        ("(pk = 'a' AND sk <> 1) OR (pk = 'a' AND sk = 2)", ["Query 'a' | sk <> 1 OR sk = 2"]),
        ("(pk = 'a' AND NOT sk = 1) OR pk = 'a'", ["Query 'a'"]),
        (
            "(pk = 'a' AND sk NOT IN [1]) OR (pk = 'b')",
            ["Query 'a' | NOT (sk IN [1])", "Query 'b'"],
        ),
        (
            "pk = 'a' AND sk > 0 AND sk < 3 OR pk = 'a' AND sk = 2",
            ["Query 'a' | sk > 0 AND sk < 3 OR sk = 2"],
        ),
        (
            "pk = 'a' AND sk > 0 AND sk < 3 OR pk = 'a' AND sk = 4",
            ["Query 'a' BETWEEN 0 3 | sk > 0 AND sk < 3", "Query 'a' = 4"],
        ),
        ("pk = 'a' AND sk > 2 AND sk < 1", []),
        ("pk = 'a' AND sk >= 2 AND sk <= 2", ["Query 'a' BETWEEN 2 2"]),
    ],
)
def test_every_item_is_read_once(where: str, lines: list[str]) -> None:
    assert lines == settled(where)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sk > 1", "sk > 2"),
        ("sk < 1", "sk < 2"),
        ("sk <= 1", "sk >= 1"),
        ("sk = 1", "sk = 1"),
        ("sk = 1", "sk = 1.0"),
        ("sk = 1", "sk BETWEEN 1 AND 2"),
        ("sk BETWEEN 1 AND 3", "sk > 2"),
        ("sk IN [1, 2]", "sk > 1"),
        ("x = 1", "sk = 2"),
        ("x = 1", "x = 2"),
    ],
)
def test_branches_that_meet_in_a_partition_are_refused(one: str, other: str) -> None:
    where = f"(pk = 'a' AND {one}) OR (pk = 'a' AND {other})"
    with pytest.raises(ValidationException, match=OVERLAPPING):
        settled(where)
    assert settled(where.replace("'a'", "'b'", 1))


@pytest.mark.parametrize(
    "where",
    [
        "pk IN ['b', 'a', 'b']",
        "pk = 'a' OR pk = 'a'",
        "pk = 'a' AND sk IN [1, 2, 1.0]",
        "pk = 'a' AND (sk > 0 OR sk < 9)",
        "pk = 'a' AND (sk = 1 OR x = 2)",
        "(pk = 'a' AND x = 1) OR pk = 'a'",
        "pk = 'a' AND x = 1 OR pk = 'a' AND sk = 2",
        "pk = 'a' AND sk > 1 OR pk = 'a' AND sk > 2 AND sk > 2.0",
    ],
)
def test_no_item_is_asked_for_twice(where: str) -> None:
    with pytest.raises(ValidationException, match=OVERLAPPING):
        settled(where)


OVERLAPPING = "Overlapping conditions with range keys are not supported in where clause"


@pytest.mark.parametrize(
    ("prefix", "other", "overlaps"),
    [
        ("ab", "ab", True),
        ("ab", "abc", True),
        ("ab", "ac", False),
        ("ab", "aa", False),
        (b"\xff", b"\xff\xff", True),
        (b"\xff", b"\xfe", False),
        ("\U0010ffff", "\U0010ffffa", True),
    ],
)
def test_prefixes_are_ranges(prefix: Value, other: Value, overlaps: bool) -> None:  # noqa: FBT001
    values = {":0": prefix, ":1": other}
    one, equal = SortTerm("begins_with", (":0",)), SortTerm("=", (":1",))
    assert overlaps is settling.overlap(one, equal, values)


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ("pk = 1", "pk"),
        ("pk = 'a' AND sk = 'b'", "sk"),
        ("pk IN ['a', 1]", "pk"),
        ("pk = 'a' AND sk IN [1, '2']", "sk"),
        ("pk = 'a' AND sk > 1 OR pk = 'b' AND sk < 'x'", "sk"),
    ],
)
def test_key_values_have_the_type_of_the_key(where: str, name: str) -> None:
    with pytest.raises(ValidationException) as caught:
        settled(where)
    assert (
        "Key attribute's data type should match its data type in table's schema: "
        f"Key {name}" == str(caught.value)
    )


@pytest.mark.parametrize(
    ("where", "parameter", "fault"),
    [
        ("pk = ?", True, "pk, Key type: BOOL"),
        ("pk = ?", None, "pk, Key type: NULL"),
        ("pk = 'a' AND sk = ?", [1], "sk, Key type: L"),
        ("pk IN ['a', ?]", {}, "pk, Key type: M"),
        ("pk = ? OR x = 1", True, "pk, Key type: BOOL"),
        ("pk = 'a' AND sk IN [1, ?] OR x = 1", True, "sk, Key type: BOOL"),
        ("x = 1 AND pk = ? OR y = 1", True, "pk, Key type: BOOL"),
    ],
)
def test_a_key_value_has_a_type_that_keys_have(where: str, parameter: Value, fault: str) -> None:
    """Also where the statement is a scan, as far as its branches could have been read by key."""
    with pytest.raises(ValidationException) as caught:
        settled(where, parameter)
    assert f"Key value must be of type S, N, or B. Key name: {fault}" == str(caught.value)


@pytest.mark.parametrize(
    ("where", "parameter", "lines"),
    [
        ("x = 1 OR pk = ?", True, ["Scan  | x = 1 OR pk = ?"]),
        ("pk = ? OR x = 1", 5, ["Scan  | pk = ? OR x = 1"]),
        ("pk = 'a' AND sk > 0 AND sk < ?", "x", ["Query 'a' | sk > 0 AND sk < ?"]),
        ("pk = ? AND sk > 0 AND sk < 3", 5, []),
        (
            "pk = 'a' AND begins_with(sk, ?) AND sk > 1",
            "x",
            ["Query 'a' | begins_with(sk, ?) AND sk > 1"],
        ),
        (
            "pk = 'a' AND sk = 1 AND sk = 2 OR pk = ?",
            True,
            ["Get 'a' = 1 | sk = 2"],
        ),
    ],
)
def test_behind_a_branch_that_is_no_key_read_no_value_is_wrong(
    where: str, parameter: Value, lines: list[str]
) -> None:
    assert lines == settled(where, parameter)


@pytest.mark.parametrize(
    ("where", "lines"),
    [
        ("pk IN [?, 'a']", ["Query 'a'"]),
        ("pk = ? OR pk = 'a'", ["Query 'a'"]),
        ("pk = ?", ["Query ?"]),
        ("pk IN [?]", ["Query ?"]),
    ],
)
def test_what_is_too_long_for_a_key_matters_where_it_is_the_only_one(
    where: str, lines: list[str]
) -> None:
    """The engine refuses it there."""
    assert lines == settled(where, "\N{SNOWMAN}" * 683)
