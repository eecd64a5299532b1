"""Every golden script prints what it says; ``make golden`` writes what it prints."""

from pathlib import Path

import pytest

from golden_runner import Step, replay, steps_of
from golden_values import shown, values_of

SCRIPTS = sorted(Path(__file__).parent.glob("**/*.txt"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_script(path: Path, rewrite_golden: bool) -> None:  # noqa: FBT001 - a switch
    replay(path, rewrite=rewrite_golden)


def test_scripts_are_found() -> None:
    """An empty folder would pass silently."""
    assert len(SCRIPTS) >= 10


def test_a_script_survives_being_read_and_written() -> None:
    text = "# Why.\n> a\n!> b\n---\nok\nE: no\n\n> c\n---\n{}"
    steps = list(steps_of(text))
    assert steps == [Step(("# Why.",), ("> a", "!> b"), "ok\nE: no"), Step((), ("> c",), "{}")]
    assert text == "\n\n".join(map(str, steps))


@pytest.mark.parametrize(
    "text", ['{"a": <<"x", "y">>}', "[1, 2.5, true, null]", 'b"\\u0000"', "<<1, 2>>", '<<b"a">>']
)
def test_values_are_shown_as_they_are_typed(text: str) -> None:
    assert text == shown(values_of(text))
