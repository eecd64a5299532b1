"""The pictures of the shell in the documents, each from a real run: ``make pictures``.

A scene is what somebody types into ``ddblite movies.ddb`` in a pseudo-terminal; its picture is
the screen in the end, as SVG. Only the times differ from one run to the next: a picture is
written anew when anything else does, and a test says when that is due.
"""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, unescape

from pyte.screens import Char

import ddblite
from ddblite.workbench.transfer import import_items, opened_source
from sources import ROOT
from terminals import CONTINUED, ENTER, TAB, Terminal, leave, shell

PICTURES: Final = ROOT / "docs" / "pictures"
FILMS: Final = ROOT / "examples" / "movies.ndjson"
NAME: Final = "movies.ddb"
COLUMNS: Final = 100
LINES: Final = 60

COLUMN_WIDTH: Final = 8.4
LINE_HEIGHT: Final = 18
BASELINE: Final = 13
MARGIN: Final = 14
BACKGROUND: Final = "#1b1e24"
FOREGROUND: Final = "#d7dae0"
DIM: Final = "#7f8692"
COLOURS: Final = {
    "default": FOREGROUND,
    "black": "#3a3f4b",
    "red": "#e06c75",
    "green": "#98c379",
    "brown": "#e5c07b",
    "blue": "#61afef",
    "magenta": "#c678dd",
    "cyan": "#56b6c2",
    "white": FOREGROUND,
    "brightblack": DIM,
    "brightblue": "#6cb6ff",
}

TIME: Final = re.compile(r"\d[\d,]*(\.\d+)? m?s\b")
"""What differs from one run to the next."""

FONTS: Final = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


@dataclass(frozen=True)
class Scene:
    """What is typed, step by step, each with what the screen shows once it was taken."""

    name: str
    steps: tuple[tuple[str, str], ...]


SCENES: Final = (
    Scene(
        "completion",
        (
            ("SELECT title, info.rating" + ENTER, CONTINUED),
            ("FROM movies" + ENTER + "WHERE year = 1994 AND info.r", "release_date"),
            (TAB + TAB, "AND info.rating"),
        ),
    ),
    Scene(
        "answer",
        (
            ("SELECT title, info.rating, info.genres FROM movies" + ENTER, CONTINUED),
            ("WHERE year = 1994 AND title < 'F';" + ENTER, "Query movies"),
            (
                ".analyze SELECT title FROM movies WHERE year = 1994 AND info.rating > 8" + ENTER,
                "$",
            ),
        ),
    ),
    Scene(
        "explain",
        ((".explain SELECT title FROM movies WHERE info.rating > 9" + ENTER, "$"),),
    ),
    Scene(
        "mistakes",
        (
            ("SELECT title FORM movies;" + ENTER, "Did you mean FROM?"),
            ("SELECT title FROM movie WHERE year = 1994;" + ENTER, "did you mean movies?"),
            (
                'SELECT title FROM movies WHERE year = 1994 AND title = "Speed";' + ENTER,
                "single quotes",
            ),
        ),
    ),
    Scene("chart", ((".chart info.genres[*] movies" + ENTER, "Drama"),)),
)


def fill(path: Path) -> None:
    """Makes a file with the films of the examples."""
    with ddblite.connect(path) as database, opened_source(str(FILMS), sys.stdin.buffer) as stream:
        table = database.create_table("movies", partition_key=("year", "N"), sort_key="title")
        import_items(table, stream, lambda _bytes, _items: None)


def played(scene: Scene, folder: Path) -> "Picture":
    """Returns the screen at the end of a scene."""
    words = (NAME, "--no-config")
    with shell(*words, folder=folder, columns=COLUMNS, lines=LINES) as opened:
        for keys, shows in scene.steps:
            opened.wait_until(lambda: "> " in f"{opened.cursor_line} ", "the prompt")
            opened.type(keys)
            opened.wait_to_see(shows)
        opened.wait_until(lambda: "> " in f"{opened.cursor_line} ", "the prompt")
        picture = Picture.of(opened)
        leave(opened)
    return picture


@dataclass(frozen=True)
class Picture:
    """A screen: its characters with their styles, line by line."""

    lines: tuple[tuple[Char, ...], ...]

    @classmethod
    def of(cls, opened: Terminal) -> "Picture":
        """Returns what a screen shows, without the empty lines at its end."""
        count = len(opened.shown.split("\n"))
        buffer = opened.screen.buffer
        rows = [tuple(buffer[row][column] for column in range(COLUMNS)) for row in range(count)]
        return cls(tuple(rows))

    def text(self) -> list[str]:
        """Returns the lines without their styles."""
        return ["".join(one.data for one in line).rstrip() for line in self.lines]

    def svg(self) -> str:
        """Returns the picture; every word has its exact place and width, whatever the font."""
        width = COLUMNS * COLUMN_WIDTH + 2 * MARGIN
        height = len(self.lines) * LINE_HEIGHT + 2 * MARGIN
        text = escape("\n".join(self.text()))
        body = "\n".join(piece for row in range(len(self.lines)) for piece in self.row(row))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
            f'width="{width:g}" height="{height:g}" font-size="14" font-family="{FONTS}">\n'
            f"<desc>{text}</desc>\n"
            f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>\n{body}\n</svg>\n'
        )

    def row(self, row: int) -> Iterator[str]:
        """Gives the elements of a line, run by run of one style."""
        top = MARGIN + row * LINE_HEIGHT
        column = 0
        for style, run in groupby(self.lines[row], key=style_of):
            text = "".join(one.data for one in run)
            ink, paper, is_bold = style
            if paper != BACKGROUND:
                yield (
                    f'<rect x="{left_of(column)}" y="{top}" width="{wide(text)}" '
                    f'height="{LINE_HEIGHT}" fill="{paper}"/>'
                )
            weight = ' font-weight="bold"' if is_bold else ""
            for word in re.finditer(r"\S+", text):
                yield (
                    f'<text x="{left_of(column + word.start())}" y="{top + BASELINE}" '
                    f'textLength="{wide(word.group())}" lengthAdjust="spacingAndGlyphs" '
                    f'fill="{ink}"{weight}>{escape(word.group())}</text>'
                )
            column += len(text)


def left_of(column: int) -> str:
    """Returns where a column begins."""
    return f"{MARGIN + column * COLUMN_WIDTH:g}"


def wide(text: str) -> str:
    """Returns how wide a text is."""
    return f"{len(text) * COLUMN_WIDTH:g}"


def style_of(character: Char) -> tuple[str, str, bool]:
    """Returns the colour of a character, that of its background, and whether it is bold."""
    ink = COLOURS.get(character.fg, f"#{character.fg}")
    paper = BACKGROUND if character.bg == "default" else COLOURS[character.bg]
    return (paper, ink, character.bold) if character.reverse else (ink, paper, character.bold)


def text_of(svg: str) -> list[str]:
    """Returns the lines that a picture shows; it tells them in its description, too."""
    _, _, behind = svg.partition("<desc>")
    return unescape(behind.partition("</desc>")[0]).split("\n")


def without_times(lines: list[str]) -> list[str]:
    """Returns lines in which no time differs."""
    return [TIME.sub("0 ms", line) for line in lines]


def main() -> None:
    """Plays every scene, and writes the pictures that are not what they show."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        fill(Path(name) / NAME)
        for scene in SCENES:
            path = PICTURES / f"{scene.name}.svg"
            picture = played(scene, Path(name))
            before = text_of(path.read_text("utf-8")) if path.exists() else []
            is_same = without_times(before) == without_times(picture.text())
            if not is_same or "--all" in sys.argv:
                path.write_text(picture.svg(), "utf-8")
            print(f"{'kept' if is_same else 'drawn'}  {path.relative_to(ROOT)}")  # noqa: T201


if __name__ == "__main__":
    main()
