"""Request scripts: text that is read as a list of requests.

* ``PutItem {"Item": {"id": {"S": "1"}}}`` is a request: an operation and its JSON, which may
  go on over indented lines.
* ``with {"TableName": "t"}`` gives members to every request that follows and does not name them
  itself (``null`` there leaves a member out); the next ``with`` replaces it.
* ``"@repeat x 2049"`` stands for a text of so many characters.
* ``# ...`` is a comment, at the start of a line only.

Every script begins with an empty database.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

Json: TypeAlias = Any
"""Whatever JSON can hold."""

Wire: TypeAlias = dict[str, Json]

HERE: Final = Path(__file__).parent
SCRIPTS: Final = tuple(sorted((HERE / "scripts").glob("*.txt")))
RECORDED: Final = HERE / "recorded"


REPEATED: Final = re.compile(r"@repeat (.) (\d+)")


@dataclass(frozen=True, slots=True)
class Step:
    """One request, and the line of its script (or its number in a corpus)."""

    operation: str
    request: Wire
    line: int = 0

    def __str__(self) -> str:
        return f"{self.operation} {json.dumps(self.request, ensure_ascii=False)}"


def read_script(path: Path) -> list[Step]:
    """Returns the requests of a script in their order."""
    return list(steps_of(path.read_text("utf-8")))


def steps_of(text: str) -> Iterator[Step]:
    """Yields the requests of a script's text."""
    given: Wire = {}
    for line, paragraph in paragraphs(text):
        operation, _, body = paragraph.partition(" ")
        try:
            members = repeated(json.loads(body))
        except ValueError as fault:
            message = f"line {line}: {fault}"
            raise ValueError(message) from fault
        if operation == "with":
            given = members
        else:
            yield Step(operation, {**given, **members}, line)


def repeated(value: Json) -> Json:
    """Returns JSON with its ``@repeat`` texts written out, names too."""
    if isinstance(value, list):
        return [repeated(each) for each in value]
    if isinstance(value, dict):
        return {repeated(name): repeated(each) for name, each in value.items()}
    found = REPEATED.fullmatch(value) if isinstance(value, str) else None
    return value if found is None else found.group(1) * int(found.group(2))


def paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Yields every request's text, its indented lines joined, with the line where it begins."""
    begun: list[str] = []
    first = 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith(" "):
            begun.append(line.strip())
            continue
        if begun:
            yield first, " ".join(begun)
        first, begun = number, [line]
    if begun:
        yield first, " ".join(begun)
