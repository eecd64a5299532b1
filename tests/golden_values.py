"""The values of golden scripts: JSON, with ``<<...>>`` for sets and ``b"..."`` for bytes."""

import json
import re
from decimal import Decimal
from typing import Any, Final

from ddblite import BinarySet, NumberSet, StringSet


class Literals:
    """Takes the JSON values out of expressions and puts placeholders in their place."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def given(self, options: dict[str, str]) -> dict[str, Any]:
        """Returns the names that an option gives, and the values taken out so far."""
        names = dict(one.split("=") for one in options.get("names", "").strip().split(",") if one)
        return {"names": names or None, "values": self.values or None}

    def replaced(self, text: str | None) -> str | None:
        """Returns an expression with placeholders for its values."""
        if text is None:
            return None
        text = text.strip()
        parts: list[str] = []
        at = 0
        while at < len(text):
            value, end = literal_at(text, at, "".join(parts))
            if end == at:
                word = re.compile(r"[#:]?\w+|.", re.ASCII | re.DOTALL).match(text, at)
                assert word is not None
                parts.append(word[0])
                at = word.end()
                continue
            name = f":v{len(self.values)}"
            self.values[name] = value
            parts.append(name)
            at = end
        return "".join(parts)


WORDS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None}
STARTS: Final = re.compile(r'b?"|<<|\{|\[|-?\d|(?:true|false|null)\b')


def literal_at(text: str, at: int, before: str) -> tuple[Any, int]:
    """Returns the value that begins here and where it ends; ``at`` itself when none does."""
    previous = before[-1:] or " "
    if not STARTS.match(text, at) or previous.isalnum() or previous in "_#:)][":
        return None, at
    if text[at] == "[" and before.rstrip()[-1:].isalnum():
        return None, at
    if text.startswith("<<", at):
        end = text.index(">>", at) + 2
    elif text.startswith('b"', at):
        end = text.index('"', at + 2) + 1
    else:
        _, end = json.JSONDecoder(parse_float=Decimal).raw_decode(text, at)
    return values_of(text[at:end]), end


STRING: Final = r'"(?:[^"\\]|\\.)*"'
SPECIAL: Final = re.compile(
    rf'(?P<plain>{STRING})|b(?P<bytes>{STRING})|<<(?P<set>(?:b?{STRING}|[^">])*)>>'
)


def values_of(text: str) -> Any:  # noqa: ANN401 - any value
    """Returns the values of a text in JSON, with ``<<...>>`` for sets and ``b"..."`` for bytes."""

    def marked(found: re.Match[str]) -> str:
        if found["bytes"] is not None:
            return f'{{"$bytes": {found["bytes"]}}}'
        if found["set"] is not None:
            return f'{{"$set": [{SPECIAL.sub(marked, found["set"])}]}}'
        return found[0]

    def unmarked(content: dict[str, Any]) -> object:
        if "$bytes" in content:
            return content["$bytes"].encode("latin-1")
        if "$set" in content:
            members = content["$set"]
            kinds: dict[type, Any] = {str: StringSet, bytes: BinarySet}
            return kinds.get(type(members[0]) if members else str, NumberSet)(members)
        return content

    return json.loads(SPECIAL.sub(marked, text), parse_float=Decimal, object_hook=unmarked)


def shown(value: object) -> str:
    """Returns a value as it would be typed."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{shown(name)}: {shown(one)}" for name, one in value.items()) + "}"
    if isinstance(value, StringSet | NumberSet | BinarySet):
        return "<<" + ", ".join(map(shown, value)) + ">>"
    if isinstance(value, list):
        return "[" + ", ".join(map(shown, value)) + "]"
    if isinstance(value, bytes):
        return "b" + json.dumps(value.decode("latin-1"))
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(value, ensure_ascii=False)
