"""The commands about the HTTP endpoint: ``serve``, ``env`` and ``exec``."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import typer

from ddblite.api.python.connecting import WORDINGS
from ddblite.shell.subcommands.command_line import Reported, examples, one_of, print_version
from ddblite.shell.subcommands.key_files import KeyFile, key_in
from ddblite.workbench.safe_text import escaped

if TYPE_CHECKING:
    from ddblite.api.python.options import Wording

PORT: Final = 8000
PORT_MAX: Final = 65_535

WordingOption = Annotated[
    str,
    typer.Option(
        metavar="WORDING",
        help=f"How errors are worded: {' or '.join(WORDINGS)}.",
        callback=one_of(WORDINGS),
    ),
]

LOGS: Final = ("lines", "full")
"""What ``--log`` alone stands for, and what else it can be."""

SHELLS: Final = ("sh", "fish", "powershell")

LOCAL_FLAGS_HELP: Final = """\b
The flags of AWS's own local version are taken too:
  -port -inMemory -dbPath -sharedDb -cors -delayTransientStatuses
  -optimizeDbBeforeStartup -disableTelemetry -help -version
"""


Log = Annotated[
    str,
    typer.Option(
        metavar="[=full]",
        help="Prints a line per request to standard error; =full its bodies too.",
        callback=one_of(["", *LOGS]),
    ),
]

Scrub = Annotated[
    float,
    typer.Option(metavar="HOURS", min=0, help="Proves the file when idle, so often; 0 never."),
]

TableDelay = Annotated[
    float,
    typer.Option(
        metavar="SECONDS", min=0, help="How long tables are seen as CREATING and the like."
    ),
]


TlsCertificate = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Serves https with this certificate, in PEM.")
]
TlsKey = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The certificate's key, without a password.")
]


Lenient = Annotated[
    bool, typer.Option("--lenient", help="Takes what only AWS's local version takes.")
]


class Serve(Reported):
    """``ddblite serve``, which also takes the flags of AWS's own local version."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401, D102 - typer's own
        from ddblite.api.http.local_flags import ContradictoryFlags, Translation, translated

        translation = Translation()
        try:
            translation = translated(args)
        except ContradictoryFlags as fault:
            ctx.fail(str(fault))
        for remark in translation.remarks:
            remark_on_flags(remark)
        rest = super().parse_args(ctx, list(with_kind_of_log(translation.arguments)))
        if not ctx.params["file"]:
            ctx.params["file"] = local_file(ctx)
        return rest


def with_kind_of_log(arguments: list[str]) -> Iterator[str]:
    """Yields arguments in which ``--log`` has its value, as the parser insists on one."""
    words = iter(arguments)
    for word in words:
        yield f"--log={LOGS[0]}" if word == "--log" else word
        if word == "--":
            yield from words


def local_file(ctx: Any) -> str:  # noqa: ANN401 - typer's own
    """Returns the file that is not named because the flags are those of AWS's local version."""
    from ddblite.api.http.local_flags import shared_file

    if not ctx.params["as_local"]:
        ctx.fail("Missing argument 'file'.")
    path, remarks = shared_file(Path())
    for remark in remarks:
        remark_on_flags(remark)
    return path


def remark_on_flags(sentence: str) -> None:
    """Says something about flags of AWS's local version."""
    typer.echo(f"ddblite: {sentence}", err=True)


def serve(  # noqa: PLR0913 - one for each option
    file: Annotated[str, typer.Argument(help="The database file, or :memory:.")] = "",
    *,
    host: Annotated[
        str,
        typer.Option(metavar="ADDRESS", help="One that other machines reach needs --credentials."),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="PORT", help="0 takes a free one.")] = PORT,
    wording: WordingOption = "current",
    table_delay: TableDelay = 0,
    credentials: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Checks signatures with the keys of this file."),
    ] = None,
    tls_cert: TlsCertificate = None,
    tls_key: TlsKey = None,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Another Host that requests may name; repeatable."),
    ] = None,
    cors_origin: Annotated[
        list[str] | None,
        typer.Option(metavar="ORIGIN", help="Web pages that may send requests; repeatable."),
    ] = None,
    workers: Annotated[
        int, typer.Option(metavar="N", min=1, help="Processes that share the file.")
    ] = 1,
    lenient: Lenient = False,
    log: Log = "",
    scrub: Scrub = 0,
    key_file: KeyFile = None,
    as_local: Annotated[bool, typer.Option("--as-local", hidden=True)] = False,
    version: Annotated[  # noqa: ARG001 - its callback does it all
        bool, typer.Option("--version", hidden=True, is_eager=True, callback=print_version)
    ] = False,
) -> None:
    """Serves a file over HTTP, as DynamoDB's own endpoint, until Ctrl-C.

    Makes the file when there is none. Prints "listening on http://HOST:PORT" when it is ready:
    that is the endpoint URL to give to a client.

    Any region opens the same tables. So do any credentials, unless some are given: in a file
    like ~/.aws/credentials, or as DDBLITE_ACCESS_KEY_ID and DDBLITE_SECRET_ACCESS_KEY in the
    environment. Then every signature is checked.
    """
    from ddblite.api.http import server
    from ddblite.api.http.access_keys import known_keys
    from ddblite.api.http.policy import Policy
    from ddblite.api.http.tls import tls_files

    policy = Policy(
        hosts=frozenset(allowed_host or ()),
        origins=frozenset(cors_origin or ()),
        secrets=known_keys(credentials, os.environ),
        plays_local=as_local,
        tls=tls_files(tls_cert, tls_key),
    )
    server.serve(
        file,
        host=host,
        port=port,
        wording=cast("Wording", wording),  # its callback refuses others
        table_delay_s=table_delay,
        lenient=lenient or as_local,
        policy=policy,
        workers=workers,
        log=log,
        scrub_hours=scrub,
        key=key_in(key_file),
    )


def env(
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where it runs.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(metavar="PORT", min=1, max=PORT_MAX, help="Its port.")
    ] = PORT,
    shell: Annotated[
        str,
        typer.Option(metavar="SHELL", help=f"For {', '.join(SHELLS)}.", callback=one_of(SHELLS)),
    ] = "sh",
) -> None:
    """Prints the variables that send clients to a server on this machine.

    For the AWS CLI and the SDKs. Credentials and a region come with them when you have none:
    clients insist on both, and here any will do.
    """
    from ddblite.api.http.client_environment import ASSIGNMENTS, client_environment
    from ddblite.api.http.listening_sockets import url_of

    settings = client_environment(url_of(host, port), host, os.environ, Path.home())
    for name, text in settings.items():
        typer.echo(ASSIGNMENTS[shell](name, text))


def words_of(command: list[str]) -> list[str]:
    """Returns a command without the dashes before it, which need not be there."""
    words = command[1:] if command[:1] == ["--"] else command
    if not words:
        raise typer.BadParameter("What is to be run?")
    return words


def exec_(
    file: Annotated[str, typer.Argument(help="The database file, or :memory:.")],
    command: Annotated[
        list[str],
        typer.Argument(
            metavar="-- COMMAND ...", help="The command and its words.", callback=words_of
        ),
    ],
    *,
    key_file: KeyFile = None,
) -> None:
    """Runs a command whose DynamoDB clients find a file, without a server to start or to stop.

    Makes the file when there is none. Ends with the command's own exit code.
    """
    from ddblite.api.http.companion import CannotStart, run_beside_server

    try:
        code = run_beside_server(file, command, os.environ, Path.home(), key=key_in(key_file))
    except CannotStart as fault:
        typer.echo(escaped(fault.message), err=True)
        code = fault.exit_code
    sys.exit(code)


def add_commands(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    app.command(
        cls=Serve,
        epilog="\n\n".join(
            [
                examples(
                    "ddblite serve shop.ddb",
                    "ddblite serve :memory: --port 0",
                    "ddblite serve shop.ddb --host 0.0.0.0 --credentials FILE --allowed-host db",
                    "ddblite serve shop.ddb --tls-cert server.pem --tls-key server.key",
                    "ddblite serve shop.ddb --workers 4",
                    "ddblite serve shop.ddb --cors-origin http://localhost:3000",
                    "ddblite serve shop.ddb --log=full",
                ),
                LOCAL_FLAGS_HELP,
            ]
        ),
    )(serve)
    app.command(
        cls=Reported,
        epilog=examples(
            'eval "$(ddblite env)"',
            "ddblite env --shell fish | source",
            "ddblite env --shell powershell | Out-String | Invoke-Expression",
        ),
    )(env)
    app.command(
        "exec",
        cls=Reported,
        context_settings={"allow_interspersed_args": False},
        epilog=examples(
            "ddblite exec shop.ddb -- aws dynamodb list-tables",
            "ddblite exec :memory: -- pytest tests",
        ),
    )(exec_)
