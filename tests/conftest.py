"""What every test has: settled randomness, the two builds of sqlglot, golden files."""

import decimal
import signal
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

import ddblite
from children import end_all
from ddblite.engine.engine import Engine
from ddblite.engine.file.open_files import open_storages
from ddblite.engine.file.storage import Storage
from wholeness import Wholeness

# Every run tries the same examples, so that a failure is the change's and not the dice's;
# `pytest --hypothesis-profile=explore` looks further and keeps what it finds.
settings.register_profile("settled", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("explore", max_examples=2000, deadline=None, print_blob=True)
settings.load_profile("settled")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the two switches that the Makefile uses."""
    parser.addoption(
        "--compiled", action="store_true", help="insist on the compiled build of sqlglot"
    )
    parser.addoption(
        "--rewrite-golden", action="store_true", help="write what golden scripts print, for review"
    )


def sqlglot_is_compiled() -> bool:
    """Whether the sqlglot that tests would import is the one with compiled modules."""
    found = find_spec("sqlglot.tokenizer_core")
    return found is not None and Path(found.origin or "").suffix != ".py"


def heed_signals() -> None:
    """Gives ignored signals back their effect, here and in what is started from here.

    A shell starts a background job with SIGINT ignored, ``nohup`` with SIGHUP, and whoever is
    started by them inherits that.
    """
    for name in ("SIGINT", "SIGHUP", "SIGQUIT", "SIGTERM"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_IGN:
            is_ctrl_c = number == signal.SIGINT
            signal.signal(number, signal.default_int_handler if is_ctrl_c else signal.SIG_DFL)


def pytest_configure(config: pytest.Config) -> None:
    """Refuses to run when the compiled build is asked for and is not there."""
    heed_signals()
    if config.getoption("--compiled") and not sqlglot_is_compiled():
        message = "--compiled: this environment has only the pure Python build of sqlglot"
        raise pytest.UsageError(message)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps in one worker of pytest-xdist the tests that share what their module makes once."""
    for item in items:
        fixtures = item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}
        if any(definitions[-1].scope == "module" for definitions in fixtures.values()):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


@pytest.fixture
def rewrite_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden scripts are to be rewritten instead of compared."""
    return bool(request.config.getoption("--rewrite-golden"))


@pytest.fixture(autouse=True)
def wholeness(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wholeness]:
    """Proves every database of a test whole, when it is closed, and that one file is left.

    A test that damages its database on purpose sets ``wholeness.is_expected``.
    """
    found = Wholeness()
    earlier = set(open_storages)
    close = Engine.close

    def close_whole(engine: Engine) -> list[str]:
        if engine.storage.failure is None:
            found.prove(engine.storage)
        return close(engine)

    monkeypatch.setattr(Engine, "close", close_whole)
    yield found
    end_all()
    for storage in set(open_storages) - earlier:
        assert isinstance(storage, Storage)
        found.prove(storage)
        storage.close()
    assert found.problems == []
    if not found.is_expected:
        assert found.litter() == []


@pytest.fixture
def clock() -> ddblite.FixedClock:
    """A clock that stands still."""
    return ddblite.FixedClock()


@pytest.fixture(params=["memory", "file"])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, clock: ddblite.FixedClock
) -> Iterator[ddblite.Database]:
    """An empty database, once in memory and once in a file."""
    path = ":memory:" if request.param == "memory" else str(tmp_path / "test.ddb")
    with ddblite.connect(path, clock=clock) as opened:
        yield opened


@pytest.fixture(scope="module", params=["usual", "narrow"])
def any_decimal_context(request: pytest.FixtureRequest) -> Iterator[None]:
    """Runs a module's tests in Python's own decimal context, and in a hostile one of the caller's.

    It keeps four digits, stops at every rounding, and writes exponents in its own way: whatever
    depends on the thread's context fails in it.
    """
    narrow = decimal.Context(
        prec=4, Emin=-9, Emax=9, capitals=0, clamp=1, traps=list(decimal.Context().flags)
    )
    with decimal.localcontext(narrow if request.param == "narrow" else None):
        yield
