"""The flags of AWS's own local version, which begin with one dash, in terms of ours.

Whoever has them in a script or a compose file can keep them. What has no meaning here gets a
sentence rather than an error, because nothing is wrong with the script.

AWS's version keeps its data apart by access key and region unless it is told ``-sharedDb``.
Here it is always together, in the one file that is named like the shared one there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

SHARED_FILE: Final = "shared-local-instance.ddb"
FOREIGN_FILES: Final = "*.db"

TABLE_DELAY_S: Final = 5
"""What ``-delayTransientStatuses`` is here: long enough to be met by a program, short to wait."""

AS_LOCAL: Final = "--as-local"
"""The option that stands for having been given any of these flags.

``GET /`` is answered as AWS's version does, what it takes is taken (``api.wire.lenient``), and
without a file there is one where that has one.
"""

VALUED: Final = frozenset({"-port", "-dbPath", "-cors"})
BARE: Final = frozenset(
    {
        "-delayTransientStatuses",
        "-disableTelemetry",
        "-help",
        "-inMemory",
        "-optimizeDbBeforeStartup",
        "-sharedDb",
        "-version",
    }
)

PLAIN: Final = {
    "-delayTransientStatuses": ["--table-delay", str(TABLE_DELAY_S)],
    "-help": ["--help"],
    "-inMemory": [":memory:"],
    "-version": ["--version"],
}
"""Flags that only have another name here."""

REMARKS: Final = {
    "-disableTelemetry": "-disableTelemetry: there is no telemetry",
    "-optimizeDbBeforeStartup": "-optimizeDbBeforeStartup: the file needs none",
}


class ContradictoryFlags(Exception):  # noqa: N818 - wrong usage, which the command line reports
    """Two flags that AWS's version does not take together, or one without its value."""


@dataclass(slots=True)
class Translation:
    """Arguments in our terms, and what there is to say about some that were given."""

    arguments: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def translated(given: Sequence[str]) -> Translation:
    """Returns arguments without any flags of AWS's version; others stay where they are."""
    flags = set()
    result = Translation()
    words = iter(given)
    for word in words:
        name, is_joined, joined = word.partition("=")
        if word == "--":
            result.arguments += [word, *words]
        elif name in VALUED:
            text = joined if is_joined else next(words, None)
            if text is None or text in BARE | VALUED:
                raise ContradictoryFlags(f"{name} needs a value")
            flags.add(name)
            add_valued(result, name, text)
        elif word in BARE:
            flags.add(word)
            result.arguments += PLAIN.get(word, [])
            result.remarks += [REMARKS[word]] if word in REMARKS else []
        else:
            result.arguments.append(word)
    if {"-inMemory", "-dbPath"} <= flags:
        raise ContradictoryFlags("-inMemory and -dbPath exclude each other")
    if flags:
        result.arguments.insert(0, AS_LOCAL)
        if "-sharedDb" not in flags:
            result.remarks.append("all access keys and regions share one file, as with -sharedDb")
    return result


def add_valued(result: Translation, name: str, value: str) -> None:
    """Adds a flag that has a value."""
    match name:
        case "-port":
            result.arguments += ["--port", value]
        case "-dbPath":
            path, remarks = shared_file(Path(value))
            result.arguments.append(path)
            result.remarks += remarks
        case "-cors":
            for origin in filter(None, map(str.strip, value.split(","))):
                add_origin(result, origin)


def add_origin(result: Translation, origin: str) -> None:
    """Adds an origin that may send requests; a bare domain is one with either scheme."""
    if origin == "*":
        result.remarks.append(
            "-cors '*': not done, because any page on the web could then read the tables; name "
            "the pages' origins, as in -cors http://localhost:3000"
        )
        return
    whole = [origin] if "://" in origin else [f"http://{origin}", f"https://{origin}"]
    for each in whole:
        result.arguments += ["--cors-origin", each]


def shared_file(folder: Path) -> tuple[str, list[str]]:
    """Returns the file that stands for all of a folder, and what there is to say of others."""
    return str(folder / SHARED_FILE), list(foreign_files(folder))


def foreign_files(folder: Path) -> Iterator[str]:
    """Yields what there is to say of databases that AWS's version has left in a folder."""
    names = sorted(path.name for path in folder.glob(FOREIGN_FILES))
    if names:
        yield f"{folder} has {', '.join(names)} of AWS's local version, which is not read here"
