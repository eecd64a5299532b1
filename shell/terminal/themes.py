"""The colours of what is typed.

``terminal`` takes the sixteen colours that the terminal's own user has chosen; ``dark`` and
``light`` bring their own, for a terminal whose colours are hard to read.
"""

from collections.abc import Mapping
from typing import Final

from prompt_toolkit.styles import Style

SHARED: Final = {
    "matching-bracket.cursor": "underline",
    "matching-bracket.other": "underline",
    "hidden": "reverse",
}

MENU: Final = {
    "completion-menu": "noinherit",
    "completion-menu.completion": "noinherit",
    "completion-menu.completion.current": "noinherit reverse",
    "scrollbar": "noinherit",
    "scrollbar.background": "noinherit",
    "scrollbar.button": "noinherit reverse",
}
"""A menu in the terminal's own colours; prompt_toolkit's is grey and black."""

TERMINAL: Final = {
    "statement.word": "bold ansibrightblue",
    "statement.function": "ansibrightblue",
    "statement.constant": "ansimagenta",
    "statement.number": "ansicyan",
    "statement.string": "ansigreen",
    "statement.name": "ansiyellow",
    "statement.comment": "ansibrightblack",
    "statement.command": "bold",
    "auto-suggestion": "ansibrightblack",
}

DARK: Final = {
    "statement.word": "bold #8ab4f8",
    "statement.function": "#8ab4f8",
    "statement.constant": "#d7aefb",
    "statement.number": "#78d9ec",
    "statement.string": "#a8dab5",
    "statement.name": "#fdd663",
    "statement.comment": "#9aa0a6",
    "statement.command": "bold #e8eaed",
    "auto-suggestion": "#80868b",
}

LIGHT: Final = {
    "statement.word": "bold #1a4fb4",
    "statement.function": "#1a4fb4",
    "statement.constant": "#8430ce",
    "statement.number": "#00677d",
    "statement.string": "#137333",
    "statement.name": "#8a5300",
    "statement.comment": "#5f6368",
    "statement.command": "bold #202124",
    "auto-suggestion": "#80868b",
}

STYLES: Final[Mapping[str, Style]] = {
    "terminal": Style.from_dict({**SHARED, **MENU, **TERMINAL}),
    "dark": Style.from_dict({**SHARED, **DARK}),
    "light": Style.from_dict({**SHARED, **LIGHT}),
    "none": Style.from_dict({**SHARED, **MENU}),
}
"""Every theme by the name that it has in the configuration."""
