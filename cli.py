"""The command ``ddblite``: one function per command, no logic.

An unknown first word is a file, as with sqlite3: ``ddblite shop.ddb`` opens the shell.
Exit codes: 0 done, 1 the request or check failed, 2 wrong usage.
"""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from ddblite.api.python.connecting import connect
from ddblite.api.python.database import Database
from ddblite.api.python.options import Mode
from ddblite.schema.errors import DdbError
from ddblite.shell.configuration import VARIABLE, Settings, configuration_path, load
from ddblite.shell.formats.render import RENDERERS
from ddblite.shell.subcommands import encrypting, following, serving, upkeep
from ddblite.shell.subcommands.command_line import Reported, examples, one_of, print_version
from ddblite.shell.subcommands.key_files import KeyFile, key_in
from ddblite.shell.terminal.progress import progress_bar, rows_bar
from ddblite.workbench.item_lines import WRITERS
from ddblite.workbench.key_option import read_key
from ddblite.workbench.safe_text import SafeFormatter, escaped

OPEN_FILE: Final = "FILE"
"""What stands in usage lines for the command that has no name: opening a file."""

HELP: Final = """A database in one file that behaves like Amazon DynamoDB.

\b
ddblite shop.ddb                           opens the PartiQL shell, on a new file too
ddblite shop.ddb -c 'SELECT * FROM users'  runs statements; also from standard input
ddblite FILE --help                        says more about these two
ddblite COMMAND --help                     says more about a command
"""


class OpenFile(Reported):
    """``ddblite FILE``: its usage line names the file once, in the place of a command."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ANN401, D102 - typer's own
        return super().collect_usage_pieces(ctx)[:1]


@contextmanager
def quoting_safely() -> Iterator[None]:
    """Escapes what a usage error quotes: typer lets marks of direction through."""
    try:
        yield
    except Exception as error:
        message = getattr(error, "message", None)
        if isinstance(message, str):
            vars(error)["message"] = escaped(message)
        raise


class FileOrCommand(TyperGroup):
    """The commands, and a file in the place of one."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - typer's own
        super().__init__(**settings)
        self.open_file = self.commands.pop(OPEN_FILE)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401, D102
        # `ddblite -c ... shop.ddb` is as good as `ddblite shop.ddb -c ...`.
        own = {option for parameter in self.get_params(ctx) for option in parameter.opts}
        if args and args[0].startswith("-") and args[0].partition("=")[0] not in own:
            args = ["--", *args]
        with quoting_safely():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401, D102 - typer's own
        with quoting_safely():
            return super().invoke(ctx)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:  # noqa: ANN401, D102
        if args[0] not in self.commands:
            return OPEN_FILE, self.open_file, args
        return super().resolve_command(ctx, args)


app = typer.Typer(
    name="ddblite",
    cls=FileOrCommand,
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    subcommand_metavar="FILE | COMMAND ...",
)


File = Annotated[str, typer.Argument(help="The database file.")]
TableName = Annotated[str, typer.Argument(help="The table's name.")]


def key_given(text: str | None) -> str | None:
    """Refuses an option that is no key attribute."""
    try:
        if text is not None:
            read_key(text)
    except DdbError as error:
        raise typer.BadParameter(error.message) from error
    return text


@app.callback()
def ddblite_command(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Prints the version.", is_eager=True, callback=print_version
        ),
    ] = False,
) -> None:
    """Stands for the command itself; its help is HELP."""


@contextmanager
def opened(file: str, mode: Mode = "read", *, key_file: Path | None) -> Iterator[Database]:
    """Opens a database for one command; only the shell and an import may make the file."""
    with connect(file, mode=mode, key=key_in(key_file)) as database:
        yield database


def has_colour() -> bool:
    """Whether what is printed may be coloured."""
    is_plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not is_plain


def settings_of(named: Path | None, *, no_config: bool, is_shell: bool) -> Settings:
    """Returns the settings of a file that was named, else those of the user, for the shell only.

    What a script does should not depend on whose machine it runs on.
    """
    if no_config:
        return Settings()
    if named is not None:
        return load(named, must_exist=True)
    own = configuration_path(os.environ, sys.platform) if is_shell else None
    return Settings() if own is None else load(own, must_exist=VARIABLE in os.environ)


@app.command(
    OPEN_FILE,
    cls=OpenFile,
    epilog=examples(
        "ddblite shop.ddb",
        "ddblite shop.ddb -c \"SELECT * FROM users WHERE id = 'u_1'\" --format json",
        "ddblite shop.ddb --format jsonl < statements.sql",
    ),
)
def open_file(
    file: File,
    *,
    command: Annotated[
        str | None,
        typer.Option(
            "--command", "-c", metavar="STATEMENTS", help="Runs these, separated by ; and leaves."
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help=f"How items are printed: {', '.join(RENDERERS)}.",
            callback=one_of(RENDERERS),
        ),
    ] = None,
    allow_scan: Annotated[
        bool,
        typer.Option(
            "--allow-scan", help="Runs a SELECT that reads a whole large table without asking."
        ),
    ] = False,
    config: Annotated[
        Path | None,
        typer.Option(metavar="TOML", help="Settings for this run, from this file only."),
    ] = None,
    no_config: Annotated[
        bool, typer.Option("--no-config", help="Takes every setting's default.")
    ] = False,
    key_file: KeyFile = None,
) -> None:
    """Opens the PartiQL shell, or runs statements from -c or from standard input.

    On a terminal this is the shell, which makes the file when there is none. Statements are
    run one after the other until one fails; dot-commands work in a script too. A SELECT that
    would read a whole table of 10 MB or more is refused in a script, with the reason, unless
    --allow-scan is given.
    """
    from ddblite.shell.conversation.session import Session

    is_shell = command is None and sys.stdin.isatty()
    settings = settings_of(config, no_config=no_config, is_shell=is_shell)
    with opened(file, "create" if is_shell else "open", key_file=key_file) as database:
        session = Session(
            database,
            out=sys.stdout,
            error=sys.stderr,
            settings=settings,
            format=output or settings.format,
            shows_consumed=is_shell and settings.consumed,
            shows_time=is_shell and settings.timer,
            allows_scan=allow_scan or settings.allow_scan,
            confirms_writes=settings.confirm_writes,
            has_colour=has_colour(),
        )
        with closing(session):
            if is_shell:
                from ddblite.shell.terminal import history, repl
                from ddblite.shell.terminal.pager import pager_of

                session.pager = pager_of(settings.pager, os.environ)
                repl.run(session, history.history(file, os.environ, sys.platform))
            else:
                from ddblite.shell.commands import pieces_of, run_whole

                given = pieces_of(sys.stdin.buffer) if command is None else [command]
                run_whole(session, given)


@app.command(cls=Reported, epilog=examples("ddblite tables shop.ddb"))
def tables(file: File, *, key_file: KeyFile = None) -> None:
    """Prints the names of all tables, one per line."""
    with opened(file, key_file=key_file) as database:
        for name in database.tables():
            typer.echo(escaped(name))


@app.command(cls=Reported, epilog=examples("ddblite describe shop.ddb users"))
def describe(file: File, table: TableName, *, key_file: KeyFile = None) -> None:
    """Prints a table's description, as DescribeTable gives it."""
    from ddblite.workbench.table_texts import description_text

    with opened(file, key_file=key_file) as database:
        typer.echo(description_text(database, table))


@app.command(
    "import",
    cls=Reported,
    epilog=examples(
        "ddblite import shop.ddb users users.ndjson",
        "ddblite import movies.ddb movies movies.ndjson --partition-key year:N --sort-key title",
        "zcat export/*.json.gz | ddblite import shop.ddb users --partition-key id",
    ),
)
def import_(
    file: File,
    table: TableName,
    source: Annotated[str, typer.Argument(help="A file of JSON lines; - is standard input.")] = "-",
    partition_key: Annotated[
        str | None,
        typer.Option(
            metavar="NAME[:TYPE]",
            help="Makes the table if need be; the type is S, N or B.",
            callback=key_given,
        ),
    ] = None,
    sort_key: Annotated[str | None, typer.Option(metavar="NAME[:TYPE]", callback=key_given)] = None,
    key_file: KeyFile = None,
) -> None:
    """Writes items from JSON lines into a table.

    A line is an item, in plain JSON or in DynamoDB JSON, there with or without {"Item": ...}
    around it, as exports to S3 have it. An item with the same key is replaced. Numbers are
    exact. Everything is read before it is written, in the order of the keys. When a line is
    refused, the message names it; the thousands of lines before its own are written, and
    nothing of its own thousand.
    """
    from ddblite.workbench.transfer import import_items, opened_source, table_to_fill

    mode: Mode = "open" if partition_key is None else "create"
    with (
        opened_source(source, sys.stdin.buffer) as stream,
        opened(file, mode, key_file=key_file) as database,
    ):
        target = table_to_fill(database, table, partition_key, sort_key)
        size = Path(source).stat().st_size if source != "-" else None
        with progress_bar("importing", total_bytes=size) as progress:
            count = import_items(target, stream, progress)
    typer.echo(f"imported {count:,} items into {escaped(table)}")


@app.command(
    cls=Reported,
    epilog=examples(
        "ddblite export shop.ddb users > users.ndjson",
        "ddblite export shop.ddb users --format ddb-json -o users.ddb.json",
    ),
)
def export(
    file: File,
    table: TableName,
    output: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="jsonl for plain JSON, ddb-json for DynamoDB JSON.",
            callback=one_of(WRITERS),
        ),
    ] = "jsonl",
    target: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="TARGET", help="A file to write.")
    ] = None,
    key_file: KeyFile = None,
) -> None:
    """Prints all items of a table, one per line, as of one moment.

    Plain JSON (jsonl) has no sets and no binary: a set becomes a sorted array, binary becomes
    base64 text, and both come back as a list and a string. DynamoDB JSON (ddb-json) keeps
    every type: importing it gives equal items.
    """
    from ddblite.workbench.table_texts import description
    from ddblite.workbench.transfer import export_items, new_file

    with opened(file, key_file=key_file) as database:
        source = database.table(table)
        if target is None:
            export_items(source, sys.stdout, output)
            return
        total = description(database, table)["ItemCount"]
        bar = progress_bar("exporting", total_items=total)
        with bar as progress, new_file(target, file) as stream:
            count = export_items(source, stream, output, progress)
    typer.echo(f"exported {count:,} items to {escaped(str(target))}")


@app.command(cls=Reported, epilog=examples("ddblite check shop.ddb"))
def check(file: File, *, key_file: KeyFile = None) -> None:
    """Proves that a file is whole: pages, log, items, indexes, counters and catalog."""
    with (
        upkeep.damage_told(),
        opened(file, key_file=key_file) as database,
        rows_bar("checking", database) as progress,
    ):
        problems = database.check(progress)
    upkeep.tell_problems(problems)


@app.command(cls=Reported, epilog=examples("ddblite backup shop.ddb backups/shop-monday.ddb"))
def backup(
    file: File,
    target: Annotated[str, typer.Argument(help="A file that is not there yet.")],
    *,
    key_file: KeyFile = None,
) -> None:
    """Writes a checked copy of a file that may be in use."""
    with opened(file, key_file=key_file) as database:
        database.backup(target)
    typer.echo(f"backed up to {escaped(target)}")


upkeep.add_commands(app)
following.add_commands(app)
serving.add_commands(app)
encrypting.add_commands(app)


def main() -> None:
    """Runs the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal gets what it can show; everything else the same bytes on all systems.
            if stream.isatty():
                stream.reconfigure(errors="backslashreplace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    log = logging.StreamHandler()
    log.setFormatter(SafeFormatter())
    logging.getLogger("ddblite").addHandler(log)
    upkeep.tell_of_upgrades()
    app(windows_expand_args=False)
