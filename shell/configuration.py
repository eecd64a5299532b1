"""The shell's configuration: a file of TOML, checked key by key.

The file is the user's own and is read when the shell opens; statements given with ``-c`` or on
standard input do not see it, unless ``--config`` names one, so that a script does the same
everywhere. A setting that is not there has its default. A key that nobody knows, or a value
that is none for its key, is an error that names the file and the key: a setting that is
silently ignored is worse than none.

Adding a setting is adding a field to ``Settings`` and a row to ``RULES``; docs/shell.md has
the same rows.
"""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from ddblite.schema.errors import DdbError
from ddblite.schema.prices import Prices
from ddblite.shell.folders import CONFIGURATION, own_folder
from ddblite.shell.formats.render import RENDERERS
from ddblite.workbench.safe_text import escaped

FILE_NAME: Final = "config.toml"
VARIABLE: Final = "DDBLITE_CONFIG"
"""The environment variable that names another file."""

FILE_BYTES_MAX: Final = 64 * 1024
"""No configuration is as long as this; something else was named."""

KEYS: Final = ("emacs", "vi")
THEMES: Final = ("terminal", "dark", "light", "none")
REGION: Final = re.compile(r"[a-z][a-z0-9-]{2,31}")
ROWS_MAX: Final = 1_000_000
BYTES_MAX: Final = 1 << 50


class ConfigurationError(DdbError):
    """The configuration cannot be used; the sentence begins with its file."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, with its default."""

    format: str = "table"
    rows: int = 500
    pager: str = "auto"
    consumed: bool = True
    timer: bool = False
    keys: str = "emacs"
    theme: str = "terminal"
    autosuggest: bool = True
    complete_while_typing: bool = True
    allow_scan: bool = False
    scan_guard_bytes: int = 10 * 1024 * 1024
    confirm_writes: bool = False
    region: str = "us-east-1"
    prices: Mapping[str, Prices] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a setting may be, in words and as a check, and what it does.

    ``known`` are words that an error has beside ``takes``, where the documents name them elsewhere.
    """

    takes: str
    accepts: Callable[[Any], bool]
    does: str
    known: tuple[str, ...] = ()

    def complaint(self, key: str, value: Any) -> str:  # noqa: ANN401 - whatever TOML has there
        """Returns what is said about a value that is not accepted."""
        known = f" ({', '.join(self.known)})" if self.known else ""
        return f"{key} is {self.takes}{known}, not {shown(value)}"


def one_of(*words: str) -> tuple[str, Callable[[Any], bool]]:
    """Returns a rule's first half for a setting that is one of several words."""
    return f"one of {', '.join(words)}", lambda given: isinstance(given, str) and given in words


def number_to(largest: int) -> tuple[str, Callable[[Any], bool]]:
    """Returns a rule's first half for a setting that counts something."""
    return (
        f"a number from 1 to {largest}",
        lambda given: type(given) is int and 1 <= given <= largest,
    )


def is_command_line(given: Any) -> bool:  # noqa: ANN401 - whatever TOML has there
    """Whether a value can name a program to run."""
    return isinstance(given, str) and bool(given.strip()) and escaped(given) == given


SWITCH: Final = ("true or false", lambda value: isinstance(value, bool))

RULES: Final[Mapping[str, Rule]] = {
    "format": Rule(
        "the name of a format",
        one_of(*RENDERERS)[1],
        "how items are printed, as `.mode` sets it",
        known=tuple(RENDERERS),
    ),
    "rows": Rule(*number_to(ROWS_MAX), "how many rows of a SELECT are shown before `.more`"),
    "pager": Rule(
        "auto, off or a command",
        is_command_line,
        "what shows an answer that is longer than the screen; `auto` is `$PAGER` or `less`",
    ),
    "consumed": Rule(*SWITCH, "the line below an answer: rows, pages, units, plan"),
    "timer": Rule(*SWITCH, "the time that a statement took"),
    "keys": Rule(*one_of(*KEYS), "the editing keys"),
    "theme": Rule(*one_of(*THEMES), "the colours of what is typed; `terminal` takes its own"),
    "autosuggest": Rule(*SWITCH, "shows the rest of a statement that was typed before"),
    "complete_while_typing": Rule(*SWITCH, "shows the menu without Tab"),
    "allow_scan": Rule(*SWITCH, "runs a SELECT that reads a whole large table without asking"),
    "scan_guard_bytes": Rule(*number_to(BYTES_MAX), "how large that table is, in bytes"),
    "confirm_writes": Rule(*SWITCH, "asks before every INSERT, UPDATE and DELETE"),
    "region": Rule(
        "a region's name",
        lambda value: isinstance(value, str) and REGION.fullmatch(value) is not None,
        "whose list prices `.analyze` counts with",
    ),
}
"""Every setting but ``prices``, which is a table of tables, in the order of the documents."""

PRICE_KEYS: Final = tuple(one.name for one in fields(Prices) if one.name != "region")


def configuration_path(environment: Mapping[str, str], platform: str) -> Path | None:
    """Returns where the user's configuration is, if there is one, or None without any place."""
    named = environment.get(VARIABLE)
    if named:
        return Path(named)
    folder = own_folder(CONFIGURATION, environment, platform)
    return None if folder is None else folder / FILE_NAME


def load(path: Path, *, must_exist: bool) -> Settings:
    """Returns the settings of a file, or the defaults when there may be none and is none.

    Raises ConfigurationError.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(FILE_BYTES_MAX + 1)
    except FileNotFoundError as fault:
        if must_exist:
            raise refused(path, "there is no such file") from fault
        return Settings()
    except (OSError, ValueError) as fault:
        raise refused(path, str(getattr(fault, "strerror", None) or fault)) from fault
    if len(content) > FILE_BYTES_MAX:
        raise refused(path, f"longer than {FILE_BYTES_MAX:,} bytes")
    return read(content, path)


def read(content: bytes, path: Path) -> Settings:
    """Returns the settings that are written in a file, or raises ConfigurationError."""
    try:
        given = tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as fault:
        raise refused(path, f"not TOML: {fault}") from fault
    prices = prices_of(given.pop("prices", {}), path)
    for key, value in given.items():
        check(key, value, path)
    return Settings(**given, prices=prices)


def check(key: str, value: Any, path: Path) -> None:  # noqa: ANN401 - whatever TOML has there
    """Raises ConfigurationError when a key is no setting, or a value none for it."""
    rule = RULES.get(key)
    if rule is None:
        raise refused(path, f'there is no setting "{key}"{instead(key, [*RULES, "prices"])}')
    if not rule.accepts(value):
        raise refused(path, rule.complaint(key, value))


def prices_of(given: Any, path: Path) -> dict[str, Prices]:  # noqa: ANN401
    """Returns the prices by region, or raises ConfigurationError."""
    wanted = "a table such as [prices.eu-west-1]"
    if not isinstance(given, dict):
        raise refused(path, f"prices is {wanted}, not {shown(given)}")
    for region, row in given.items():
        name = f"prices.{region}"
        if REGION.fullmatch(region) is None or not isinstance(row, dict):
            raise refused(path, f"{name} is no region's table; prices is {wanted}")
        for key in [*row, *PRICE_KEYS]:
            if key not in PRICE_KEYS:
                raise refused(path, f'{name} has no "{key}"{instead(key, PRICE_KEYS)}')
            if key not in row:
                raise refused(path, f"{name} says no {key}")
            if not is_price(row[key]):
                raise refused(path, f"{name}.{key} is a price, not {shown(row[key])}")
    return {
        region: Prices(region, *(Decimal(row[key]) for key in PRICE_KEYS))
        for region, row in given.items()
    }


def is_price(value: Any) -> bool:  # noqa: ANN401 - whatever TOML has there
    """Whether a value is an amount of money, such as 0.125."""
    return type(value) in {int, Decimal} and Decimal(value).is_finite() and 0 <= value < PRICE_MAX


PRICE_MAX: Final = 1_000_000


def instead(key: str, known: "list[str] | tuple[str, ...]") -> str:
    """Returns the end of a sentence about an unknown key: the one that it looks like, or all."""
    near = get_close_matches(key, known, n=1)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}"


def refused(path: Path, complaint: str) -> ConfigurationError:
    """Returns an error that names the file."""
    return ConfigurationError(escaped(f"{path}: {complaint}"))


def shown(value: Any) -> str:  # noqa: ANN401 - whatever TOML has there
    """Returns a value as it was written, or nearly so."""
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= SHOWN_CHARACTERS_MAX else text[:SHOWN_CHARACTERS_MAX] + "…"


SHOWN_CHARACTERS_MAX: Final = 60


def toml(settings: Settings) -> str:
    """Returns settings as a configuration file has them; reading that gives equal settings."""
    lines = [f"{key} = {json.dumps(getattr(settings, key), ensure_ascii=False)}\n" for key in RULES]
    for region, prices in settings.prices.items():
        lines += [f"\n[prices.{region}]\n"]
        lines += [f"{key} = {getattr(prices, key):f}\n" for key in PRICE_KEYS]
    return "".join(lines)
