"""The first few seeds of ``make simulate``."""

import subprocess
import sys

from apart import paths


def simulate(*options: str, hash_seed: str = "0") -> "subprocess.CompletedProcess[str]":
    """Runs some seeds, in a process whose sets have an order of their own."""
    return subprocess.run(
        [sys.executable, "-m", "simulation.run", *options],
        capture_output=True,
        text=True,
        check=False,
        env={**paths(), "PYTHONHASHSEED": hash_seed},
    )


def test_nothing_goes_wrong_in_the_first_seeds() -> None:
    """What does is printed with the command that has it again."""
    ended = simulate("--count", "40")
    assert (0, "") == (ended.returncode, ended.stderr), ended.stdout


def test_a_seed_gives_the_same_bytes_again() -> None:
    """Every write to every file, in its order."""
    first, second = (simulate("--count", "6", hash_seed=seed) for seed in ("1", "2"))
    assert "0 failed" in first.stdout
    assert first.stdout.rpartition(" ")[2] == second.stdout.rpartition(" ")[2] != ""


def test_a_database_that_flushes_nothing_is_found_out() -> None:
    """What is acknowledged is not durable then, and a power cut may tear what is there."""
    ended = simulate("--count", "40", "--durability", "none")
    assert ended.returncode == 1
    assert "make simulate SEED=" in ended.stdout
