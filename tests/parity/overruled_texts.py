"""What ``overruled.toml`` says of an error, ours and the oracle's.

* A *text rule* names two answers as a whole. The reasons of a cancelled transaction are held
  against each other one by one, each as the error that it would be alone.
* A *stage* lists what may be said at one point of the order in which AWS looks at a request;
  where both refuse, the earlier stage is right.

Everything beside the texts, such as the item that a failed condition gives back, has to be equal.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, TypeAlias

from parity.answers import Answer
from parity.steps import Step

CONTENT: Final[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("overruled.toml").read_text("utf-8")
)
ROWS: Final[list[dict[str, Any]]] = CONTENT["text"]

HAS_CODE: Final = re.compile(r"ok$|[A-Z]\w+(Exception|Failure): ")
CANCELLED: Final = "TransactionCanceledException"
TEXTS: Final = frozenset({"error", "message", "Code", "Message", "CancellationReasons"})
REASON_CODES: Final = {
    "ConditionalCheckFailed": "ConditionalCheckFailedException",
    "ValidationError": "ValidationException",
}

Texts: TypeAlias = str | list[str]
"""A pattern, or several of which one is enough."""


def pattern(texts: Texts) -> re.Pattern[str]:
    """Returns the pattern of one of several texts, with the words of the file filled in."""
    if isinstance(texts, str):
        texts = [texts]
    return re.compile("|".join(f"(?:{with_code(filled(text))})" for text in texts), re.DOTALL)


def filled(text: str) -> str:
    """Returns a pattern with its ``<words>`` written out, those inside of words too."""
    for name, words in reversed(CONTENT["words"].items()):
        text = text.replace(f"<{name}>", words)
    return text


def with_code(text: str) -> str:
    """Returns a pattern with the code that it leaves out."""
    return text if HAS_CODE.match(text) else f"ValidationException: (?:{text})"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an answer of the oracle's does not count, or why it is not known whether it does."""

    source: str
    is_undecided: bool = False


@dataclass(frozen=True, slots=True)
class TextRule:
    """A text of the oracle that is not DynamoDB's, or that nobody has seen on AWS."""

    reason: Reason
    ours: re.Pattern[str]
    theirs: re.Pattern[str]
    request: re.Pattern[str]

    def fits(self, step: Step, mine: str, other: str) -> bool:
        """Whether the rule is about these two answers."""
        return (
            self.ours.fullmatch(mine) is not None
            and self.theirs.fullmatch(other) is not None
            and self.request.search(str(step)) is not None
        )


@dataclass(frozen=True, slots=True)
class Stage:
    """What is said when AWS gets as far as this in a request."""

    name: str
    ours: re.Pattern[str]
    theirs: re.Pattern[str]


def pairs(row: dict[str, Any]) -> list[tuple[Texts, Texts]]:
    """Returns the pairs of answers that a row is about, ours first."""
    return row.get("pairs") or [(row["ours"], row["theirs"])]


RULES: Final = tuple(
    TextRule(
        Reason(row["source"], row.get("undecided", False)),
        pattern(ours),
        pattern(theirs),
        re.compile(row.get("request", ""), re.DOTALL),
    )
    for row in ROWS
    for ours, theirs in pairs(row)
)
STAGES: Final = tuple(
    Stage(row["name"], pattern(row["ours"]), pattern(row["theirs"])) for row in CONTENT["stage"]
)

CANCELS: Final = Reason(
    "what is wrong with the key or the item of one action cancels a transaction,"
    " with a reason for every action: captured, October 2026"
)
KEYS_FIRST: Final = Reason(
    "a key that does not fit cancels a transaction before any condition is looked at: verified"
)
ORDER: Final = "the order of AWS's checks, captured"
KEYS: Final = next(
    place for place, stage in enumerate(STAGES) if stage.name == "the keys of table and index"
)


def explain(step: Step, mine: Answer, other: Answer) -> tuple[Reason, ...]:
    """Returns why two answers, of which one is an error at least, may differ; empty if not."""
    return (
        in_pairs(step, mine, other)
        or of_one_action(step, mine, other)
        or in_order(texts(mine), texts(other))
    )


def in_pairs(step: Step, mine: Answer, other: Answer) -> tuple[Reason, ...]:
    """Explains every text by a rule."""
    ours, theirs = texts(mine), texts(other)
    if theirs == ["ok"]:
        return matched(step, ((text, "ok") for text in ours))
    if ours != ["ok"] and beside_texts(mine) != beside_texts(other):
        return ()
    return matched(step, zip(ours, theirs, strict=True))


def beside_texts(answer: Answer) -> list[Any]:
    """Returns what an error says beside its texts, or each of its reasons does."""
    told = answer.get("CancellationReasons") or [answer]
    is_cancelled = answer["error"] == CANCELLED
    kept = [{name: each[name] for name in each.keys() - TEXTS} for each in told]
    return [is_cancelled, *kept]


def of_one_action(step: Step, mine: Answer, other: Answer) -> tuple[Reason, ...]:
    """Explains how the fault of one action stands among the reasons."""
    ours, theirs = texts(mine), texts(other)
    faults = [place for place, text in enumerate(ours) if text.startswith("ValidationException")]
    if mine.get("error") != CANCELLED or theirs == ["ok"] or len(faults) != 1:
        return ()
    (place,) = faults
    if "CancellationReasons" not in other:
        return with_reason(CANCELS, step, ours[place], theirs[0])
    is_alone = ours.count("ok") == len(ours) - 1 and len(ours) == len(theirs)
    if is_alone and earliest([ours[place]], OURS) == KEYS:
        return with_reason(KEYS_FIRST, step, ours[place], theirs[place])
    return ()


def with_reason(reason: Reason, step: Step, mine: str, other: str) -> tuple[Reason, ...]:
    """Returns a reason, with that of two texts where these differ too."""
    if mine == other:
        return (reason,)
    reasons = matched(step, [(mine, other)])
    return (reason, *reasons) if reasons else ()


def in_order(ours: Sequence[str], theirs: Sequence[str]) -> tuple[Reason, ...]:
    """Explains that AWS finds what we found before it finds what the oracle found."""
    first, second = earliest(ours, OURS), earliest(theirs, THEIRS)
    if first is None or second is None or first >= second:
        return ()
    return (Reason(f"first {STAGES[first].name}, then {STAGES[second].name}: {ORDER}"),)


Side = Callable[[Stage], re.Pattern[str]]
OURS: Final[Side] = attrgetter("ours")
THEIRS: Final[Side] = attrgetter("theirs")


def earliest(told: Iterable[str], side: Side) -> int | None:
    """Returns the first stage of some errors; None if one has none, or there are no errors."""
    places = [
        next((place for place, stage in enumerate(STAGES) if side(stage).fullmatch(text)), None)
        for text in told
        if text != "ok"
    ]
    known = [place for place in places if place is not None]
    return min(known) if known and len(known) == len(places) else None


def matched(step: Step, pairs: Iterable[tuple[str, str]]) -> tuple[Reason, ...]:
    """Returns the reasons of all pairs that differ; empty when there is none for one of them."""
    reasons: list[Reason] = []
    for mine, other in pairs:
        if mine != other:
            found = next((rule for rule in RULES if rule.fits(step, mine, other)), None)
            if found is None:
                return ()
            reasons.append(found.reason)
    return tuple(dict.fromkeys(reasons))


def texts(answer: Answer) -> list[str]:
    """Returns ``code: text`` of an error, or of each reason; ``ok`` where nothing went wrong."""
    if "error" not in answer:
        return ["ok"]
    if "CancellationReasons" in answer:
        return [reason_text(reason) for reason in answer["CancellationReasons"]]
    code = answer["error"]
    return [f"{'ValidationException' if code == CANCELLED else code}: {answer['message']}"]


def reason_text(reason: dict[str, Any]) -> str:
    """Returns a reason as the error that it would be alone."""
    code = reason["Code"]
    return "ok" if code == "None" else f"{REASON_CODES.get(code, code)}: {reason['Message']}"
