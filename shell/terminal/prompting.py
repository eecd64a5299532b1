"""The prompt: keys, colours, completion, suggestions, and what may be pasted.

Nothing that a user pastes or has typed before acts on the terminal: prompt_toolkit shows a
control character by its code (``^[``), and what has no visible form beyond those is shown as
a sign of its own. What is far longer than a statement is not taken into the line, where every
key would wait for it.

The grammar is not here yet when the prompt comes up: it is imported while the user looks at
it, or with the first key.
"""

import gc
from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from threading import Thread
from typing import Final

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app, run_in_terminal
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.cursor_shapes import ModalCursorShapeConfig
from prompt_toolkit.document import Document
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import Condition, is_done, is_searching
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import History
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout.processors import (
    HighlightMatchingBracketProcessor,
    Processor,
    Transformation,
    TransformationInput,
)
from prompt_toolkit.layout.screen import Char
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.output import ColorDepth, Output

from ddblite.shell.conversation.session import Session
from ddblite.shell.terminal.themes import STYLES
from ddblite.workbench.safe_text import HIDDEN

CONTINUED: Final = "    ...> "
MENU_LINES: Final = 6

INPUT_CHARACTERS_MAX: Final = 100_000
"""A dozen of the longest statements. What is longer belongs into a file."""

FLOOD_CHARACTERS_MAX: Final = 10_000
KEYS_AT_ONCE_MAX: Final = 50
"""Nobody types as quickly; of such keys the line takes little more than a statement may have."""

HIDDEN_SIGN: Final = "?"

EDITOR_SUFFIX: Final = ".sql"
"""Of the file that an editor opens, so that it shows the statement in colours."""

MODES: Final = {"emacs": EditingMode.EMACS, "vi": EditingMode.VI}


class HiddenCharacters(Processor):
    """Shows a sign for what the line holds and nobody would see, one for one."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """Returns a line with its unseen characters replaced; controls are shown by others."""
        line = transformation_input.fragments
        if all(part[1].isprintable() for part in line):
            return Transformation(line)
        return Transformation([piece for part in line for piece in pieces_of(part[0], part[1])])


def pieces_of(style: str, text: str) -> StyleAndTextTuples:
    """Returns a piece of a line in smaller ones, the unseen characters apart."""
    pieces: StyleAndTextTuples = []
    start = 0
    for match in HIDDEN.finditer(text):
        if match.group() not in Char.display_mappings:
            pieces += [(style, text[start : match.start()]), ("class:hidden", HIDDEN_SIGN)]
            start = match.end()
    return [*pieces, (style, text[start:])]


class LateLexer(Lexer):
    """Colours, once there is something to colour."""

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """Returns a function that gives the styled text of a line."""
        if not document.text:
            return lambda _: []
        from ddblite.shell.terminal.highlighting import StatementLexer

        return StatementLexer().lex_document(document)


class LateCompleter(Completer):
    """Completions, once something is to be completed; names are remembered until ``forget``."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.made: Completer | None = None

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Gives what may stand at the cursor."""
        if self.made is None:
            from ddblite.shell.terminal.completion import ShellCompleter

            self.made = ShellCompleter(self.session)
        return self.made.get_completions(document, complete_event)

    def forget(self) -> None:
        """Lets names be looked up anew; a statement may have made others."""
        self.made = None


def prompt_session(
    session: Session,
    message: Callable[[], str],
    history: History,
    *,
    completer: Completer,
    source: Input | None,
    target: Output,
) -> PromptSession[str]:
    """Returns what asks the user for an input, in the way that the settings say."""
    settings = session.settings
    prompt: PromptSession[str] = PromptSession(
        message,
        multiline=True,
        prompt_continuation=continuation,
        key_bindings=key_bindings(session),
        editing_mode=MODES[settings.keys],
        cursor=ModalCursorShapeConfig() if settings.keys == "vi" else None,
        lexer=LateLexer() if session.has_colour else None,
        style=STYLES[settings.theme],
        completer=completer,
        complete_while_typing=settings.complete_while_typing,
        auto_suggest=AutoSuggestFromHistory() if settings.autosuggest else None,
        input_processors=[HighlightMatchingBracketProcessor(), HiddenCharacters()],
        history=history,
        enable_open_in_editor=True,
        tempfile_suffix=EDITOR_SUFFIX,
        reserve_space_for_menu=MENU_LINES,
        color_depth=None if session.has_colour else ColorDepth.DEPTH_1_BIT,
        input=source,
        output=target,
    )
    prompt.app.after_render += lambda _: bring_grammar()
    return prompt


@cache
def bring_grammar() -> None:
    """Begins to import what the first key needs, once, while the user looks at the prompt."""
    Thread(target=import_grammar, daemon=True).start()


def import_grammar() -> None:
    """Imports everything that statements need."""
    import_module("ddblite.shell.terminal.completion")
    import_module("ddblite.shell.terminal.highlighting")
    # What was imported stays; looking through it would hold up the keyboard.
    gc.freeze()


def key_bindings(session: Session) -> KeyBindings:
    """Returns what the shell's own keys do: Enter, and what is pasted."""
    bindings = KeyBindings()

    @bindings.add("enter", filter=~is_done & ~is_searching)
    def _enter(event: KeyPressEvent) -> None:
        from ddblite.shell.conversation.run_input import is_complete

        buffer = event.current_buffer
        if is_complete(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.newline(copy_margin=False)

    @bindings.add(Keys.BracketedPaste)
    def _paste(event: KeyPressEvent) -> None:
        text = event.data.replace("\r\n", "\n").replace("\r", "\n")
        if len(event.current_buffer.text) + len(text) <= INPUT_CHARACTERS_MAX:
            event.current_buffer.insert_text(text)
        else:
            run_in_terminal(lambda: session.remark(refusal(len(text))))

    @bindings.add(Keys.Any, filter=is_full)
    def _drop(event: KeyPressEvent) -> None:
        # Of a flood nothing is taken, an Enter within it neither: half of it must not run.
        if is_flooded():
            waiting = event.key_processor.input_queue
            stops = [one for one in waiting if one.key == Keys.ControlC]
            waiting.clear()
            waiting.extend(stops)

    @bindings.add(Keys.Vt100MouseEvent)
    def _ignore(_event: KeyPressEvent) -> None:
        # No mouse is asked for, and prompt_toolkit trips over a sequence that only looks like one.
        return

    return bindings


@Condition
def is_full() -> bool:
    """Whether the line takes no more, or only what somebody types."""
    return is_flooded() or len(get_app().current_buffer.text) >= INPUT_CHARACTERS_MAX


def is_flooded() -> bool:
    """Whether far more comes than a line takes, all at once.

    A terminal that does not mark what is pasted sends it as keys.
    """
    app = get_app()
    is_long = len(app.current_buffer.text) >= FLOOD_CHARACTERS_MAX
    return is_long and len(app.key_processor.input_queue) > KEYS_AT_ONCE_MAX


def refusal(characters: int) -> str:
    """Returns what is said to a paste that is too long."""
    return (
        f"Nothing was pasted: {characters:,} characters, and an input has at most "
        f"{INPUT_CHARACTERS_MAX:,}. Put them into a file and run it with .read FILE"
    )


def continuation(width: int, _line: int, wraps: int) -> str:
    """Returns what stands before a line that is not the first; one that only wraps gets space."""
    return " " * width if wraps else CONTINUED
