"""The checker of histories finds what it is there to find."""

import pytest

from faults.histories import NEVER, Transaction, anomalies


def wrote(number: int, *names: str, begun: int = 0, ended: int = 100) -> Transaction:
    """Returns a transaction that appends its number."""
    return Transaction(number, begun, ended, names)


def read(number: int, begun: int = 0, ended: int = 100, **lists: list[int]) -> Transaction:
    """Returns a transaction that reads."""
    return Transaction(
        number, begun, ended, read=tuple((name, tuple(seen)) for name, seen in lists.items())
    )


@pytest.mark.parametrize(
    ("history", "final", "words"),
    [
        ([wrote(1, "x")], {"x": []}, "lost"),
        ([wrote(1, "x")], {"x": [1, 1]}, "2 times"),
        ([wrote(1, "x")], {"x": [1, 7]}, "nobody appended"),
        ([wrote(1, "y")], {"x": [1], "y": [1]}, "nobody appended"),
        ([wrote(1, "x"), read(2, x=[2])], {"x": [1]}, "never was"),
        ([wrote(1, "x"), wrote(2, "x"), read(3, x=[2])], {"x": [1, 2]}, "never was"),
        ([Transaction(1, 0, 9, ("x",), (("x", ()),))], {"x": [1]}, "does not see"),
        ([wrote(1, "x", "y"), read(2, x=[1], y=[])], {"x": [1], "y": [1]}, "before the next"),
        (
            [wrote(1, "x"), wrote(2, "y"), read(3, x=[1], y=[]), read(4, x=[], y=[2])],
            {"x": [1], "y": [2]},
            "before the next",
        ),
        ([wrote(1, "x", "y"), wrote(2, "x", "y")], {"x": [1, 2], "y": [2, 1]}, "before the next"),
        (
            [wrote(1, "x", ended=10), read(2, begun=11, x=[])],
            {"x": [1]},
            "before the next",
        ),
        (
            [wrote(1, "x", begun=20, ended=30), wrote(2, "x", ended=10)],
            {"x": [1, 2]},
            "before the next",
        ),
        (
            [
                Transaction(1, 0, 50, ("x",), (("x", (1,)), ("y", ()))),
                Transaction(2, 0, 50, ("y",), (("y", (2,)), ("x", ()))),
            ],
            {"x": [1], "y": [2]},
            "before the next",
        ),
    ],
    ids=[
        "lost write",
        "done twice",
        "made up",
        "in the wrong list",
        "dirty read",
        "not a state",
        "blind to itself",
        "half a transaction",
        "long fork",
        "two orders",
        "stale read",
        "real time reversed",
        "write skew",
    ],
)
def test_an_anomaly_is_found(
    history: list[Transaction], final: dict[str, list[int]], words: str
) -> None:
    """Each by what it is."""
    assert words in " ".join(anomalies(history, final))


@pytest.mark.parametrize("is_done", [True, False])
def test_what_nobody_was_told_of_may_be_done_or_not(is_done: bool) -> None:  # noqa: FBT001
    """As of a program that was killed."""
    history = [wrote(1, "x", ended=10), wrote(2, "x", "y", begun=20, ended=NEVER)]
    history.append(read(3, begun=30, x=[1, 2] if is_done else [1], y=[2] if is_done else []))
    final = {"x": [1, 2], "y": [2]} if is_done else {"x": [1], "y": []}
    assert [] == anomalies(history, final)


def test_a_good_history_has_none() -> None:
    """Reads of every state, in the order of time or beside each other."""
    history = [
        read(9, x=[]),
        wrote(1, "x", "y", begun=0, ended=10),
        read(2, begun=5, ended=20, x=[1], y=[1]),
        wrote(3, "y", begun=5, ended=30),
        Transaction(4, 31, 40, ("x",), (("x", (1, 4)),)),
        read(5, begun=41, x=[1, 4], y=[1, 3]),
    ]
    assert [] == anomalies(history, {"x": [1, 4], "y": [1, 3]})
