"""Sorting in bounded memory: what comes back, what is held meanwhile, and what is left behind."""

import errno
import tracemalloc
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddblite.engine import sorting
from ddblite.engine.sorting import Sorter
from ddblite.schema.errors import DiskFull, FileError


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.binary(max_size=3), st.binary(max_size=40)), max_size=200),
    st.sampled_from([1, 700, 5000, 10**6]),
)
def test_the_last_of_each_key_comes_back_in_order(
    given_rows: list[tuple[bytes, bytes]], run_bytes: int
) -> None:
    """However many runs they were put away in."""
    with pytest.MonkeyPatch.context() as patch, Sorter(None) as sorter:
        patch.setattr(sorting, "RUN_BYTES_MAX", run_bytes)
        patch.setattr(sorting, "BLOCK_ROWS", 2)
        for key, body in given_rows:
            sorter.add(key, len(body), body)
        found = [(key, size, body) for key, _, size, body in sorter.in_order()]
    last = dict(given_rows)
    assert [(key, len(last[key]), last[key]) for key in sorted(last)] == found


def test_what_is_held_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run while rows are taken, and a block of each run while they are given back."""
    run_bytes = 200_000
    monkeypatch.setattr(sorting, "RUN_BYTES_MAX", run_bytes)
    body = b"x" * 500
    with Sorter(tmp_path) as sorter:
        tracemalloc.start()
        try:
            for number in range(6000):
                key = (number * 7919 % 6000).to_bytes(4, "big")
                sorter.add(key, 500, bytes(bytearray(body)))  # a copy of its own
            _, taking = tracemalloc.get_traced_memory()
            tracemalloc.reset_peak()
            assert 6000 == sum(1 for _ in sorter.in_order())
            _, giving = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert len(sorter.runs) > 10
    assert taking < 3 * run_bytes
    assert giving < run_bytes + len(sorter.runs) * 3 * sorting.BLOCK_ROWS * 600


def test_its_file_has_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever ends the program, nothing is left of it."""
    monkeypatch.setattr(sorting, "RUN_BYTES_MAX", 1)
    with Sorter(tmp_path) as sorter:
        sorter.add(b"a", 1, b"b")
        assert len(sorter.runs) == 1
        assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("hides", [False, True])
def test_what_is_put_away_can_be_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, hides: bool
) -> None:
    """An encrypted database leaves nothing legible on the disk, not even for a while."""
    monkeypatch.setattr(sorting, "RUN_BYTES_MAX", 1000)
    with Sorter(tmp_path, hides=hides) as sorter:
        for number in range(20):
            sorter.add(bytes([255 - number]), 1, b"a secret %d" % number)
        assert sorter.file is not None
        sorter.file.seek(0)
        assert hides is (b"a secret" not in sorter.file.read())
        assert len(sorter.runs) > 3
        expected = [b"a secret %d" % number for number in reversed(range(20))]
        assert expected == [body for *_, body in sorter.in_order()]


def test_large_rows_are_held_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each run: a block of them all would be as large as the run."""
    monkeypatch.setattr(sorting, "RUN_BYTES_MAX", 4_000_000)
    with Sorter(tmp_path) as sorter:
        for number in range(10):
            sorter.add(bytes([number]), 400_000, bytes(400_000))
        (run,) = sorter.runs
    assert 10 == len(run)


def test_few_rows_never_see_the_disk() -> None:
    """Not even where no file could be made."""
    with Sorter(Path("/none")) as sorter:
        sorter.add(b"b", 1, b"")
        sorter.add(b"a", 1, b"")
        assert [b"a", b"b"] == [row[0] for row in sorter.in_order()]


class FullDisk(BytesIO):
    """A file for which there is no room."""

    def write(self, _block: object) -> int:
        """Refuses every byte."""
        raise OSError(errno.ENOSPC, "No space left on device")


def test_faults_are_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the disk that is full, and of anything else."""
    monkeypatch.setattr(sorting, "RUN_BYTES_MAX", 1)
    with Sorter(tmp_path / "none") as sorter, pytest.raises(FileError, match="No such file"):
        sorter.add(b"a", 1, b"b")
    with Sorter(tmp_path) as sorter:
        sorter.file = FullDisk()
        with pytest.raises(DiskFull, match=r"^rows could not be put away to be sorted: No space"):
            sorter.add(b"a", 1, b"b")


def test_a_file_that_cannot_be_read_again_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no shorter answer."""
    monkeypatch.setattr(sorting, "RUN_BYTES_MAX", 1)
    with Sorter(tmp_path) as sorter:
        sorter.file = (tmp_path / "write-only").open("wb")
        sorter.add(b"a", 1, b"b")
        with pytest.raises(FileError, match="could not be put away"):
            list(sorter.in_order())
