"""How a process that serves shares out its time."""

import gc
import sys
from collections.abc import Iterator

import pytest

import ddblite
from ddblite.api.http.listening import served
from ddblite.api.http.turns import SWITCH_SECONDS, spare_what_is_loaded


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
