"""Time to live: what expires, when, and that nothing else does.

Facts: docs/facts/streams-and-expiry.md, "Time to live".
"""

import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ddblite
from ddblite import Database, FixedClock, Key, Table
from ddblite.api.python.sweeping import Sweeper
from ddblite.engine.history import expiry
from ddblite.engine.maintenance.rewriting import rewrite
from people_stream import Stream

DAY_S: Final = 24 * 3600
YEAR_S: Final = 365 * DAY_S
NOW_S: Final = 1_700_000_000


def expire_by(
    database: Database, name: str, table: str = "sessions", *, is_on: bool = True
) -> None:
    """Turns time to live on, by an attribute, or off."""
    setting = {"Enabled": is_on, "AttributeName": name}
    database.call("UpdateTimeToLive", {"TableName": table, "TimeToLiveSpecification": setting})


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW_S)


@pytest.fixture
def database(clock: FixedClock, tmp_path: Path) -> Iterator[Database]:
    with ddblite.connect(tmp_path / "a.ddb", clock=clock, durability="none") as opened:
        opened.create_table(
            "sessions",
            partition_key="id",
            indexes=[ddblite.GlobalIndex("by_user", partition_key="user")],
        )
        expire_by(opened, "expires")
        yield opened
        if opened.engine.storage.is_open():
            assert [] == opened.check()
            assert [] == opened.scrub()


@pytest.fixture
def sessions(database: Database) -> Table:
    return database.table("sessions")


VALUES: Final[dict[str, tuple[Any, bool]]] = {
    "a second ago": (NOW_S - 1, True),
    "now": (NOW_S, False),
    "half a second ago": (Decimal(NOW_S) - Decimal("0.5"), True),
    "in half a second": (Decimal(NOW_S) + Decimal("0.5"), False),
    "in a second": (NOW_S + 1, False),
    "nearly five years ago": (NOW_S - 5 * YEAR_S + 1, True),
    "five years ago": (NOW_S - 5 * YEAR_S, False),
    "zero": (0, False),
    "negative": (-1, False),
    "milliseconds": (NOW_S * 1000, False),
    "huge": (10**37, False),
    "tiny": (Decimal("1E-130"), False),
    "text": (str(NOW_S - 1), False),
    "null": (None, False),
    "list": ([NOW_S - 1], False),
    "set": ({NOW_S - 1}, False),
}


@pytest.mark.parametrize("name", VALUES)
def test_what_expires(database: Database, sessions: Table, name: str) -> None:
    """A number at the top level, of the past, but not of more than five years ago."""
    value, expires = VALUES[name]
    sessions.put({"id": "1", "expires": value, "user": "u"})
    sessions.put({"id": "2", "nested": {"expires": NOW_S - 1}})
    assert int(expires) == database.sweep()
    assert expires == (sessions.get("1") is None)
    assert expires == (sessions.query(Key("user").eq("u"), index="by_user").first() is None)
    assert sessions.get("2") is not None


def test_until_it_is_removed_it_is_there(
    database: Database, sessions: Table, clock: FixedClock
) -> None:
    """It is read, counted, and may be given more time."""
    sessions.put({"id": "1", "expires": NOW_S + 10})
    sessions.put({"id": "2", "expires": NOW_S + 10})
    clock.advance(20)
    assert len(sessions.scan().all()) == 2
    sessions.update("2", "SET expires = :later", values={":later": NOW_S + 100})
    assert database.sweep() == 1
    assert [item["id"] for item in sessions.scan()] == ["2"]
    clock.advance(100)
    assert database.sweep() == 1


def test_turning_it_on_finds_what_is_there(
    database: Database, sessions: Table, clock: FixedClock
) -> None:
    """And off, keeps it; on by another attribute, it is that."""
    expire_by(database, "expires", is_on=False)
    items = [{"id": str(n), "expires": NOW_S - n, "other": NOW_S + n} for n in range(1, 1200)]
    sessions.load(items)
    assert database.sweep() == 0
    expire_by(database, "other")
    assert database.sweep() == 0
    clock.advance(601)
    assert database.sweep() == 600
    expire_by(database, "other", is_on=False)
    clock.advance(DAY_S)
    assert database.sweep() == 0
    expire_by(database, "expires")
    assert database.sweep() == 599


def test_a_table_that_is_gone_leaves_nothing(database: Database, sessions: Table) -> None:
    sessions.put({"id": "1", "expires": NOW_S - 1})
    database.delete_table("sessions")
    assert [] == expiry.due(database.engine.storage, NOW_S, 10)
    assert database.sweep() == 0


def test_the_key_may_be_it(database: Database, clock: FixedClock) -> None:
    table = database.create_table("moments", partition_key=("at", "N"))
    expire_by(database, "at", "moments")
    table.load([{"at": NOW_S + number} for number in range(10)])
    clock.advance(5)
    assert database.sweep() == 5
    assert sorted(item["at"] for item in table.scan()) == [NOW_S + n for n in range(5, 10)]


def test_streams_tell_who_removed_it() -> None:
    """The service, where it expired, and nobody where a request removed it."""
    people = Stream()
    expire_by(people.database, "expires", "people")
    past = {"N": str(int(people.clock.time_s) - 1)}
    people.put(id={"S": "expired"}, expires=past)
    people.put(id={"S": "removed"}, expires=past)
    people.tables.delete_item(TableName="people", Key={"id": {"S": "removed"}})
    assert people.database.sweep() == 1
    removed = [one for one in people.read() if one["eventName"] == "REMOVE"]
    identities = [one.get("userIdentity") for one in removed]
    assert identities == [None, {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}]
    assert removed[1]["dynamodb"]["OldImage"]["id"] == {"S": "expired"}


def test_copies_expire_too(tmp_path: Path, database: Database, sessions: Table) -> None:
    sessions.put({"id": "1", "expires": NOW_S + 10})
    with database.copy(clock=FixedClock(NOW_S + 20)) as copy:
        assert copy.sweep() == 1
        assert [] == copy.check()
    database.backup(tmp_path / "b.ddb")
    with ddblite.connect(tmp_path / "b.ddb", clock=FixedClock(NOW_S + 20)) as backup:
        assert backup.sweep() == 1
    assert sessions.get("1") is not None


def test_a_file_that_is_written_anew_knows_what_expires(
    database: Database, sessions: Table
) -> None:
    """As an upgrade does with one of format 1, which had time to live recorded."""
    sessions.load([{"id": str(n), "expires": NOW_S + n} for n in range(10)])
    with ddblite.connect(":memory:", clock=FixedClock(NOW_S + 6)) as anew:
        rewrite(database.engine.storage, anew.engine.storage)
        anew.engine.catalogs.load_anew()
        assert [] == anew.check()
        assert anew.sweep() == 6


def test_what_changes_between_look_and_removal_stays(database: Database, sessions: Table) -> None:
    """Each removal looks again, in its own transaction."""
    sessions.put({"id": "1", "expires": NOW_S - 1})
    storage = database.engine.storage
    found = expiry.due(storage, NOW_S, 10)
    sessions.put({"id": "1", "expires": NOW_S + 1})
    assert len(found) == 1
    with database.engine.write():
        storage.execute(expiry.INSERT, (NOW_S - 1, found[0].table_number, found[0].key))
    expected = "table sessions: 1 of its items expire, and the index of what expires has 2 rows"
    assert [f"{expected} or others"] == database.check()
    assert database.sweep() == 0
    assert sessions.get("1") is not None
    with database.engine.write():
        storage.execute(expiry.DELETE, (NOW_S - 1, found[0].table_number, found[0].key))


def test_nothing_is_written_where_nothing_is_due(database: Database, sessions: Table) -> None:
    sessions.put({"id": "1", "expires": NOW_S + 10})
    path = database.engine.storage.path
    before = Path(f"{path}-wal").read_bytes()
    assert database.sweep() == 0
    assert before == Path(f"{path}-wal").read_bytes()


def test_a_thread_sweeps_while_it_is_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And ends with the database; nothing of it is left then."""
    swept = threading.Event()
    turn = Sweeper.turn

    def watched(sweeper: Sweeper) -> bool:
        has_more = turn(sweeper)
        swept.set()
        return has_more

    monkeypatch.setattr(Sweeper, "turn", watched)
    monkeypatch.setattr("ddblite.api.python.sweeping.LOOK_SECONDS", 0.001)
    path = tmp_path / "b.ddb"
    with ddblite.connect(path, clock=FixedClock(NOW_S), ttl=True) as database:
        table = database.create_table("sessions", partition_key="id")
        expire_by(database, "expires")
        table.put({"id": "1", "expires": NOW_S - 1})
        swept.clear()
        while table.get("1") is not None:
            assert swept.wait(60)
            swept.clear()
    assert "ddblite-sweep" not in [thread.name for thread in threading.enumerate()]
    assert [path] == list(tmp_path.iterdir())
    with ddblite.connect(path, mode="read", ttl=True):
        assert "ddblite-sweep" not in [thread.name for thread in threading.enumerate()]


def test_a_sweep_that_fails_is_told_once(
    database: Database, sessions: Table, caplog: pytest.LogCaptureFixture
) -> None:
    """Damage in the log "ddblite"; what others are told as well, not at all."""
    sessions.put({"id": "1", "expires": NOW_S - 1})
    number = sessions.spec.number
    with database.engine.write():
        database.engine.storage.execute(f"UPDATE items_{number} SET seal = seal + 1")  # noqa: S608
    sweeper = Sweeper(database.engine)
    assert [False, False] == [sweeper.turn(), sweeper.turn()]
    assert 1 == len(caplog.records)
    assert "were not removed: row" in caplog.text
    with database.engine.write():
        database.engine.storage.execute(f"UPDATE items_{number} SET seal = seal - 1")  # noqa: S608
    database.close()
    assert not sweeper.turn()
    assert 1 == len(caplog.records)


MOMENTS: Final = st.one_of(
    st.integers(NOW_S - 20, NOW_S + 20),
    st.decimals(NOW_S - 3, NOW_S + 3, places=3),
    st.sampled_from([0, -5, NOW_S - 6 * YEAR_S, NOW_S * 1000, "soon", None]),
)
STEPS: Final = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 4), MOMENTS),
        st.tuples(st.just("delete"), st.integers(0, 4), st.none()),
        st.tuples(st.just("sweep"), st.integers(0, 7), st.none()),
    ),
    max_size=30,
)


@settings(max_examples=50, deadline=None)
@given(STEPS)
def test_against_a_model(steps: list[tuple[str, int, Any]]) -> None:
    """Random histories: what is left is what a loop over a dict leaves."""
    clock = FixedClock(NOW_S)
    model: dict[str, Any] = {}
    with ddblite.connect(":memory:", clock=clock) as database:
        table = database.create_table("sessions", partition_key="id")
        expire_by(database, "expires")
        for step, number, moment in steps:
            if step == "put":
                table.put({"id": str(number), "expires": moment})
                model[str(number)] = moment
            elif step == "delete":
                table.delete(str(number))
                model.pop(str(number), None)
            else:
                clock.advance(number)
                database.sweep()
                now_s = clock.time_s
                model = {
                    key: value
                    for key, value in model.items()
                    if not (isinstance(value, int | Decimal) and now_s - 5 * YEAR_S < value < now_s)
                }
            assert {item["id"]: item["expires"] for item in table.scan()} == model
        assert [] == database.check()
