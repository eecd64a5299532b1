"""The request scripts against their recorded answers; no Java needed.

An answer was recorded when the oracle gave the same, or when a collected fact about DynamoDB
overrules the oracle: then it is what the fact says. ``make parity`` records anew.
"""

import json
from pathlib import Path

import pytest

import ddblite
from parity.answers import ours
from parity.steps import RECORDED, SCRIPTS, read_script

by_script = pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)


def test_every_recording_has_its_script() -> None:
    recorded = [path.stem for path in sorted(RECORDED.glob("*.jsonl"))]
    assert recorded == [path.stem for path in SCRIPTS]


@by_script
def test_answers_are_the_recorded_ones(script: Path) -> None:
    recorded = (RECORDED / f"{script.stem}.jsonl").read_text("utf-8").splitlines()
    steps = read_script(script)
    assert len(steps) == len(recorded), "make parity records the answers of a changed script"
    with ddblite.connect(":memory:") as database:
        for step, line in zip(steps, recorded, strict=True):
            expected = json.loads(line)
            given = ours(database, step)
            if "answer" in expected:
                assert expected["answer"] == given, f"{script.name}:{step.line} {step}"
