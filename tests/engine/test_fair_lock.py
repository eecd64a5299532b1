"""Nobody is overtaken: a lock that others take again and again comes to whoever waits for it."""

import signal
import threading

import pytest

from ddblite.engine.file.fair_lock import FairLock

WAITERS = 8


def stands_in_line(lock: FairLock, count: int) -> None:
    """Waits until so many threads wait for the lock."""
    while len(lock.waiting) < count:
        pass


def take_and_leave(lock: FairLock) -> None:
    """Has the lock for a moment."""
    with lock:
        pass


def test_lock_is_given_in_the_order_of_coming() -> None:
    """Also to none who comes back before them."""
    lock = FairLock()
    order: list[int] = []

    def take(number: int) -> None:
        with lock:
            order.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(WAITERS)]
    with lock:
        for count, thread in enumerate(threads, start=1):
            thread.start()
            stands_in_line(lock, count)
    with lock:
        order.append(WAITERS)
    for thread in threads:
        thread.join()
    assert [*range(WAITERS), WAITERS] == order


def test_owner_takes_it_once_more_while_others_wait() -> None:
    """A write inside a write must not queue behind who waits for the outer one."""
    lock = FairLock()
    other = threading.Thread(target=take_and_leave, args=(lock,))
    with lock:
        other.start()
        stands_in_line(lock, 1)
        with lock:
            assert lock.is_owned()
    other.join()
    assert not lock.is_owned()


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="no thread can be signalled")
def test_interrupted_waiter_leaves_the_line() -> None:
    """Whoever stood behind it has its turn."""
    lock = FairLock()
    is_held, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with lock:
            is_held.set()
            may_end.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    is_held.wait()

    def interrupt() -> None:
        stands_in_line(lock, 1)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        lock.acquire()
    assert not lock.waiting
    behind = threading.Thread(target=take_and_leave, args=(lock,))
    behind.start()
    stands_in_line(lock, 1)
    may_end.set()
    behind.join()
    holder.join()
