"""How a process that serves shares out its time."""

import gc
import sys
from collections.abc import Iterator

import pytest

import ddblite
from ddblite.api.http.listening import served
from ddblite.api.http.turns import (
    REST_SECONDS,
    SWITCH_SECONDS,
    WORK_SECONDS,
    Rests,
    spare_what_is_loaded,
)


@pytest.fixture
def thawed() -> Iterator[None]:
    """Leaves nothing frozen for the tests behind."""
    yield
    gc.unfreeze()


def test_turns_are_short_while_a_database_is_served() -> None:
    """A program that serves one for a while has its own turns back."""
    earlier = sys.getswitchinterval()
    with ddblite.connect(":memory:") as database, served(database):
        assert pytest.approx(SWITCH_SECONDS) == sys.getswitchinterval()
    assert earlier == sys.getswitchinterval()


@pytest.mark.usefixtures("thawed")
def test_the_program_is_not_looked_through_for_garbage() -> None:
    """What comes later is."""
    spare_what_is_loaded()
    frozen = gc.get_freeze_count()
    assert frozen > 10_000
    later: list[object] = [[]]
    assert any(one is later for one in gc.get_objects())


def test_a_thread_rests_after_its_work() -> None:
    """And not after every row."""
    now_s = 0.0
    slept: list[float] = []
    rests = Rests(clock=lambda: now_s, sleep=slept.append)
    rests.rest_if_due()
    assert not slept
    now_s = WORK_SECONDS
    rests.rest_if_due()
    rests.rest_if_due()
    assert slept == [REST_SECONDS]
