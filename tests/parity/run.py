"""``make parity``: every script and a generated corpus against AWS's local version.

Prints the differences nobody has decided, records the answers of the scripts for the tests
that need no Java, and writes the summary into ``docs/compatibility.md``.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from chapters import write_chapter
from parity import corpus, oracle
from parity.campaign import EQUAL, OPEN, OVERRULED, Contest, Outcome
from parity.oracle import Oracle
from parity.overruled import SOURCES, text_of
from parity.steps import HERE, RECORDED, SCRIPTS, read_script

ROOT: Final = HERE.parents[1]
DOCUMENT: Final = ROOT / "docs" / "compatibility.md"
MARK: Final = "parity"

INTRODUCTION: Final = (
    f"Measured by `make parity` against DynamoDB Local {oracle.VERSION}: readable scripts"
    " (`tests/parity/scripts`) and a generated corpus of valid and invalid requests. *Equal* is"
    " the whole answer, in either of the two wordings that AWS speaks. *Overruled* is where the"
    " local version is known to differ from the service; the table says what is right and how that"
    " is known. *Captured* answers were recorded from AWS, *verified* ones asserted by tests that"
    " ran there, both by suites that others publish. *Open* is where nobody has seen what the"
    " service does."
)

EPISODE_LENGTH: Final = 300
REQUESTS: Final = 30_000
SHOWN_LENGTH: Final = 300
EXAMPLES_MAX: Final = 400


@dataclass
class Tally:
    """What a campaign came to so far."""

    verdicts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    sources: Counter[str] = field(default_factory=Counter)
    undecided: Counter[str] = field(default_factory=Counter)
    unexplained: list[Outcome] = field(default_factory=list)

    def add(self, group: str, outcome: Outcome) -> None:
        """Counts an outcome."""
        self.verdicts[group][outcome.verdict] += 1
        if outcome.verdict == OVERRULED:
            self.sources.update(outcome.sources)
        elif outcome.verdict == OPEN:
            self.undecided.update(outcome.sources)
            if not outcome.sources:
                self.unexplained.append(outcome)


def replay_scripts(server: Oracle, tally: Tally) -> None:
    """Runs and records every script."""
    for path in SCRIPTS:
        with Contest(server, f"script{path.stem.replace('_', '')}") as contest:
            outcomes = list(contest.run(read_script(path)))
        for outcome in outcomes:
            tally.add(f"script `{path.stem}`", outcome)
        record(path.stem, outcomes)


def record(name: str, outcomes: Iterable[Outcome]) -> None:
    """Writes the answers of a script, one per line; what nobody has decided has none."""
    lines = []
    for outcome in outcomes:
        entry: dict[str, Any] = {"line": outcome.step.line, "by": list(outcome.sources)}
        if outcome.verdict != OPEN:
            entry["by"] = entry["by"] or ["oracle"]
            entry["answer"] = outcome.mine
        lines.append(json.dumps(entry, ensure_ascii=False))
    RECORDED.mkdir(exist_ok=True)
    (RECORDED / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


def replay_corpus(server: Oracle, tally: Tally, requests: int, first_seed: int) -> None:
    """Runs the generated corpus, an empty database every few hundred requests."""
    for seed in range(first_seed, first_seed + requests // EPISODE_LENGTH):
        with Contest(server, f"seed{seed}") as contest:
            for outcome in contest.run(corpus.episode(seed, EPISODE_LENGTH)):
                tally.add("generated corpus", outcome)


def shown(outcome: Outcome) -> str:
    """Returns an outcome as a few lines."""
    mine, other = text_of(outcome.mine), text_of(outcome.other)
    if mine == other == "ok":
        differing = [
            name
            for name in sorted({*outcome.mine, *outcome.other})
            if outcome.mine.get(name) != outcome.other.get(name)
        ]
        mine = json.dumps({name: outcome.mine.get(name) for name in differing})
        other = json.dumps({name: outcome.other.get(name) for name in differing})
    return (
        f"{str(outcome.step)[:EXAMPLES_MAX]}\n"
        f"    ours   {mine[:SHOWN_LENGTH]}\n    oracle {other[:SHOWN_LENGTH]}"
    )


def summary(tally: Tally) -> str:
    """Returns the chapter for the document."""
    rows = [
        "| cases | run | equal | overruled | open |",
        "|---|---:|---:|---:|---:|",
    ]
    total: Counter[str] = Counter()
    for group, verdicts in tally.verdicts.items():
        total.update(verdicts)
        rows.append(row(group, verdicts))
    rows.append(row("**all**", total))
    overruled = [
        f"| {source} | {count} |" for source, count in sorted(tally.sources.items(), key=by_count)
    ]
    undecided = [
        f"| {why} | {count} |" for why, count in sorted(tally.undecided.items(), key=by_count)
    ]
    if tally.unexplained:
        undecided.append(f"| not yet looked into | {len(tally.unexplained)} |")
    return "\n".join(
        [
            "## Parity with AWS's local version",
            "",
            INTRODUCTION,
            "",
            *rows,
            "",
            "### Overruled, by what",
            "",
            "| what is right, and how it is known | cases |",
            "|---|---:|",
            *overruled,
            "",
            "### Open",
            "",
            "| what | cases |",
            "|---|---:|",
            *undecided,
        ]
    )


def by_count(entry: tuple[str, int]) -> tuple[int, str]:
    """Returns the key that puts the most frequent first."""
    return -entry[1], entry[0]


def row(name: str, verdicts: Counter[str]) -> str:
    """Returns one line of the table."""
    figures = [verdicts.total(), verdicts[EQUAL], verdicts[OVERRULED], verdicts[OPEN]]
    return f"| {name} | {' | '.join(f'{figure:,}' for figure in figures)} |"


def main() -> int:
    """Runs the campaign; the status is 1 when a difference has no explanation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / ".venv" / "oracle")
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    tally = Tally()
    with oracle.started(given.folder) as server:
        replay_scripts(server, tally)
        replay_corpus(server, tally, given.requests, given.seed)
    write_chapter(DOCUMENT, MARK, summary(tally))
    for outcome in tally.unexplained:
        sys.stdout.write(shown(outcome) + "\n")
    sys.stdout.write("\n".join(row(*entry) for entry in tally.verdicts.items()) + "\n")
    for source in sorted(SOURCES - tally.sources.keys() - tally.undecided.keys()):
        sys.stdout.write(f"not met in this run: {source}\n")
    return 1 if tally.unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
