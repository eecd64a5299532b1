"""The commands about keys: ``encrypt``, ``rekey`` and ``decrypt``."""

from pathlib import Path
from typing import Annotated

import typer

from ddblite.api.python.connecting import connect
from ddblite.schema.errors import WrongKey
from ddblite.shell.subcommands.command_line import Reported, examples
from ddblite.shell.subcommands.key_files import key_in
from ddblite.workbench.safe_text import escaped

File = Annotated[str, typer.Argument(help="The database file.")]
OldKey = Annotated[
    Path, typer.Option("--key-file", metavar="KEY", help="The file with the key it has.")
]
NewKey = Annotated[
    Path, typer.Option("--new-key-file", metavar="KEY", help="The file with the key it gets.")
]


def change_key(file: str, old: Path | None, new: Path | None) -> None:
    """Gives a file another key, its first, or none."""
    key, new_key = key_in(old), key_in(new)
    with connect(file, mode="open", key=key) as database:
        database.rekey(new_key)


def encrypt(
    file: File,
    key_file: Annotated[
        Path, typer.Option("--key-file", metavar="KEY", help="The file with its key.")
    ],
) -> None:
    """Encrypts a file that nobody has open.

    A key is a passphrase, or 32 random bytes, in a file of its own: there is no other way to the
    contents, so keep a copy of it. What the old file held may stay on the disk, in blocks that
    are free, until something else is written there.
    """
    try:
        change_key(file, None, key_file)
    except WrongKey as fault:  # no key opened it
        raise WrongKey(
            f"{file} is encrypted already; ddblite rekey gives it another key"
        ) from fault
    typer.echo(f"encrypted {escaped(file)}")


def rekey(file: File, key_file: OldKey, new_key_file: NewKey) -> None:
    """Gives an encrypted file that nobody has open another key.

    Copies and backups keep the key that they were made with.
    """
    change_key(file, key_file, new_key_file)
    typer.echo(f"{escaped(file)} has its new key")


def decrypt(file: File, key_file: OldKey) -> None:
    """Makes a plain file of an encrypted one that nobody has open."""
    change_key(file, key_file, None)
    typer.echo(f"decrypted {escaped(file)}")


def add_commands(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    app.command(
        cls=Reported,
        epilog=examples(
            "head -c 32 /dev/urandom > shop.key && chmod 600 shop.key",
            "ddblite encrypt shop.ddb --key-file shop.key",
        ),
    )(encrypt)
    app.command(
        cls=Reported,
        epilog=examples("ddblite rekey shop.ddb --key-file old.key --new-key-file new.key"),
    )(rekey)
    app.command(cls=Reported, epilog=examples("ddblite decrypt shop.ddb --key-file shop.key"))(
        decrypt
    )
