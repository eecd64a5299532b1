"""Thousands of generated requests, valid and invalid: every answer is one of the model's."""

from collections import Counter

import pytest

import ddblite
from ddblite.schema import errors
from ddblite.schema.errors import DdbError, FileError, InternalServerError
from parity.answers import ours
from parity.corpus import OPERATIONS, episode

EPISODES = 12
LENGTH = 300

MODELLED = frozenset(
    fault.code
    for fault in vars(errors).values()
    if isinstance(fault, type)
    and issubclass(fault, DdbError)
    and not issubclass(fault, FileError | InternalServerError)
)


@pytest.mark.parametrize("seed", range(EPISODES))
def test_every_answer_is_modelled(seed: int) -> None:
    """Never a traceback, never an unmodelled error; and the database stays whole."""
    with ddblite.connect(":memory:") as database:
        for step in episode(seed, LENGTH):
            answer = ours(database, step)
            assert answer.get("error", "ValidationException") in MODELLED, step
        assert [] == database.engine.check()


def test_corpus_is_what_it_should_be() -> None:
    """Every operation, and a quarter to two fifths of requests that are refused as invalid."""
    asked: Counter[str] = Counter()
    refused = 0
    with ddblite.connect(":memory:") as database:
        for step in episode(0, 2000):
            asked[step.operation] += 1
            error = ours(database, step).get("error", "")
            refused += error not in {"", "ConditionalCheckFailedException"}
    assert OPERATIONS.keys() <= asked.keys()
    assert 0.25 < refused / asked.total() < 0.4


def test_a_seed_gives_the_same_requests() -> None:
    assert list(map(str, episode(7, 50))) == list(map(str, episode(7, 50)))
