"""Dot-commands: what the shell does beside running statements.

A module per subject, each with its functions and, in ``ROWS``, a row for every command: its
arguments, a sentence for ``.help``, and the function. ``registry`` puts the rows together.
"""

from ddblite.shell.commands.command import Command
from ddblite.shell.commands.registry import COMMANDS, carry_out, run_whole
from ddblite.shell.conversation.script import pieces_of

__all__ = ["COMMANDS", "Command", "carry_out", "pieces_of", "run_whole"]
