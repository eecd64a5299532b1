"""Several ways to do one thing, tried one after another, or in a thread of their own."""

import threading
from collections.abc import Callable


def attempts(*ways: Callable[[], object]) -> tuple[Callable[[], object], ...]:
    """Returns what was given: lambdas alone would have no type."""
    return ways


def in_thread(work: Callable[[], object]) -> None:
    """Runs something in a thread of its own, and raises what it raised."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - handed on below
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert not thread.is_alive(), "the thread hangs"
    if raised:
        raise raised[0]
