"""The command about the configuration."""

from typing import Final

from ddblite.shell.commands.command import Command
from ddblite.shell.configuration import toml
from ddblite.shell.conversation.session import Session


def show_config(session: Session) -> None:
    """Prints every setting that the session began with, as a configuration file has it."""
    session.say(toml(session.settings).rstrip("\n"))


ROWS: Final = (
    Command(".config", "the settings that the shell began with, as its file has them", show_config),
)
