"""What is known of AWS's local version where its answer is not ours.

Faults in texts are rows of ``overruled.toml``, faults in the content of answers are functions of
``overruled_contents.py``. Each has a source: what is right, and how it is known.
"""

from typing import Final

from parity.answers import Answer
from parity.overruled_contents import MENDERS, UNSEEN, mended
from parity.overruled_texts import CANCELS, KEYS_FIRST, RULES, Reason, explain, texts
from parity.steps import Step

SOURCES: Final = frozenset(
    {CANCELS.source, KEYS_FIRST.source, *MENDERS, *UNSEEN, *(rule.reason.source for rule in RULES)}
)
"""All that is known, but for the order of stages."""


def overruled(step: Step, mine: Answer, other: Answer) -> tuple[str, ...]:
    """Returns what overrules the oracle's answer in favour of ours; empty when nothing does."""
    reasons = reasons_for(step, mine, other)
    if any(reason.is_undecided for reason in reasons):
        return ()
    return tuple(reason.source for reason in reasons)


def undecided(step: Step, mine: Answer, other: Answer) -> tuple[str, ...]:
    """Returns why it is not known who is right; empty when nobody has looked into it."""
    reasons = reasons_for(step, mine, other)
    return tuple(reason.source for reason in reasons if reason.is_undecided)


def reasons_for(step: Step, mine: Answer, other: Answer) -> tuple[Reason, ...]:
    """Returns all that is known of a difference."""
    if "error" in mine or "error" in other:
        return explain(step, mine, other)
    known = tuple(Reason(source) for source in mended(step, mine, other, MENDERS))
    if known:
        return known
    sources = mended(step, mine, other, MENDERS | UNSEEN)
    return tuple(Reason(source, source in UNSEEN) for source in sources)


def text_of(answer: Answer) -> str:
    """Returns an error's texts in one line, ``ok`` of anything else."""
    return " | ".join(texts(answer))
