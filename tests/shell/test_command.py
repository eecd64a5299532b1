"""The command: exit codes, what is on which stream, and that no file is made in vain."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import Result

import ddblite
from ddblite.engine.file import fileformat
from ddblite.shell import failures
from ddblite.shell.formats.render import RENDERERS

Command = Callable[..., Result]

READING = ("tables", "describe", "export", "check", "scrub", "backup")
"""Subcommands that need a file, and how many words follow it."""
WORDS = {"describe": ["users"], "export": ["users"], "backup": ["copy.ddb"]}


def run_process(
    *words: object, given: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Runs ``python -m ddblite`` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "ddblite", *map(str, words)],
        input=given,
        check=False,
        capture_output=True,
        env={**os.environ, **environment},
    )


def test_module_is_the_command(shop: Path) -> None:
    """``python -m ddblite`` and ``ddblite`` are the same."""
    run = run_process("tables", shop)
    assert (0, b"users\n", b"") == (run.returncode, run.stdout, run.stderr)


def test_statement(command: Command, shop: Path) -> None:
    """Answers and nothing else are on standard output."""
    run = command(shop, "-c", "SELECT id, logins FROM users WHERE id = 'u_1'", "--format", "jsonl")
    assert (0, '{"id": "u_1", "logins": 3}\n', "") == (run.exit_code, run.stdout, run.stderr)


def test_options_may_come_first(command: Command, shop: Path) -> None:
    """As with sqlite3."""
    run = command("-f", "jsonl", "-c", "SELECT logins FROM users WHERE id = 'u_1';", shop)
    assert (0, '{"logins": 3}\n') == (run.exit_code, run.stdout)


def test_several_statements(command: Command, shop: Path) -> None:
    """One after the other."""
    run = command(
        *(shop, "-f", "json", "-c"),
        "UPDATE users SET logins = 4 WHERE id = 'u_1'; SELECT logins FROM users WHERE id = 'u_1'",
    )
    assert '[]\n[\n{"logins": 4}\n]\n' == run.stdout


def test_standard_input(command: Command, shop: Path) -> None:
    """Statements end with ``;``, the last one with the text; commands end with the line."""
    script = (
        ".mode jsonl\n-- a comment;\nSELECT id FROM users\n WHERE id = 'u_1';\n"
        ".mode\nSELECT logins FROM users WHERE id = 'u_1'"
    )
    run = command(shop, given=script)
    assert (0, '{"id": "u_1"}\njsonl\n{"logins": 3}\n', "") == (
        run.exit_code,
        run.stdout,
        run.stderr,
    )


def test_script_ends_at_quit(command: Command, shop: Path) -> None:
    """What follows is not run."""
    run = command(shop, given=".mode\n.quit\nSELECT nonsense;\n")
    assert (0, "table\n") == (run.exit_code, run.stdout)
    assert 0 == command(shop, "-c", ".quit\nSELECT nonsense").exit_code


def test_script_ends_at_the_first_error(command: Command, shop: Path) -> None:
    """What was printed before stays, and nothing comes after."""
    run = command(
        shop,
        "-f",
        "jsonl",
        given="SELECT logins FROM users WHERE id = 'u_1'; SELECT * FROM none; .tables\n",
    )
    assert 1 == run.exit_code
    assert '{"logins": 3}\n' == run.stdout
    assert "ResourceNotFoundException: Requested resource not found\n" == run.stderr


@pytest.mark.parametrize("given", ["", "\n\n", ";", "-- nothing", "\ufeff"])
def test_empty_script(command: Command, shop: Path, given: str) -> None:
    """Nothing to do is done."""
    run = command(shop, given=given)
    assert (0, "", "") == (run.exit_code, run.stdout, run.stderr)


@pytest.mark.parametrize("name", RENDERERS)
def test_failed_statement_prints_nothing(command: Command, shop: Path, name: str) -> None:
    """On standard output; on standard error there is DynamoDB's name and text."""
    run = command(shop, "--format", name, "-c", "SELECT * FORM users")
    assert (1, "") == (run.exit_code, run.stdout)
    assert run.stderr.startswith("ValidationException: ")
    assert 1 == run.stderr.count("\n")


def test_statement_makes_no_file(command: Command, tmp_path: Path) -> None:
    """A misspelt name is not a new database."""
    path = tmp_path / "none.ddb"
    for words, given in (([path, "-c", ".tables"], ""), ([path], ".tables")):
        run = command(*words, given=given)
        assert (1, "", f"{path}: there is no such file\n") == (
            run.exit_code,
            run.stdout,
            run.stderr,
        )
    assert not path.exists()


@pytest.mark.parametrize("name", READING)
def test_commands_make_no_file(command: Command, tmp_path: Path, name: str) -> None:
    """Only the shell and an import do."""
    path = tmp_path / "none.ddb"
    run = command(name, path, *WORDS.get(name, ()))
    assert (1, "", f"{path}: there is no such file\n") == (run.exit_code, run.stdout, run.stderr)
    assert [] == list(tmp_path.iterdir())


def other_file(path: Path) -> str:
    """Makes a file of another kind and returns what is said of it."""
    path.write_bytes(b"GIF89a" + bytes(100))
    return "is not a ddblite file"


def newer_file(path: Path) -> str:
    """Makes a file of a newer format."""
    ddblite.connect(path).close()
    content = bytearray(path.read_bytes())
    content[60:64] = (fileformat.FORMAT_NUMBER + 1).to_bytes(4, "big")
    path.write_bytes(content)
    return "open it with a newer one"


def directory(path: Path) -> str:
    """Makes a directory."""
    path.mkdir()
    return "is a directory"


def fifo(path: Path) -> str:
    """Makes what is no regular file."""
    os.mkfifo(path)
    return "is not a regular file"


@pytest.mark.parametrize("make", [other_file, newer_file, directory, fifo])
@pytest.mark.parametrize("name", [*READING, "import", ""])
def test_what_is_no_database_is_refused_in_a_sentence(
    command: Command, tmp_path: Path, name: str, make: Callable[[Path], str]
) -> None:
    """And stays as it was."""
    path = tmp_path / "other"
    said = make(path)
    before = path.read_bytes() if path.is_file() else None
    words = ["users", "--partition-key", "id"] if name == "import" else WORDS.get(name, [])
    run = command(*filter(None, [name]), path, *words)
    assert (1, "") == (run.exit_code, run.stdout)
    assert said in run.stderr
    assert 1 == run.stderr.count("\n")
    assert before == (path.read_bytes() if path.is_file() else None)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["tables"],
        ["tables", "a", "b"],
        ["a.ddb", "b"],
        ["a.ddb", "--format", "yaml"],
        ["a.ddb", "--nonsense"],
        ["--nonsense"],
        ["-c"],
        ["a.ddb", "-c"],
        ["export", "a.ddb", "t", "--format", "table"],
    ],
    ids=" ".join,
)
def test_wrong_usage(command: Command, words: list[str]) -> None:
    """Exit code 2, and what is wrong with it."""
    run = command(*words)
    assert 2 == run.exit_code
    assert ("Usage: " in run.output) or ("Error: " in run.stderr)
    assert "Traceback" not in run.output


@pytest.mark.parametrize(
    "name", ["tables", "describe", "import", "export", "check", "backup", "FILE"]
)
def test_help_has_examples(command: Command, name: str) -> None:
    """What is done is seen at a glance."""
    run = command(name, "--help")
    assert 0 == run.exit_code
    assert "Examples:\n    ddblite " in run.stdout


def test_help_knows_files(command: Command) -> None:
    """An unknown first word is one."""
    run = command("--help")
    assert 0 == run.exit_code
    assert "ddblite shop.ddb -c 'SELECT * FROM users'" in run.stdout


def test_version(command: Command) -> None:
    """The package's own."""
    assert f"ddblite {ddblite.__version__}\n" == command("--version").stdout


def test_describe(command: Command, shop: Path) -> None:
    """The TableDescription, as JSON."""
    run = command("describe", shop, "users")
    assert "users" == json.loads(run.stdout)["TableName"]
    run = command("describe", shop, "none")
    assert (1, "") == (run.exit_code, run.stdout)
    assert run.stderr.startswith("ResourceNotFoundException: ")


def test_check(command: Command, shop: Path) -> None:
    """One word when all is well."""
    run = command("check", shop)
    assert (0, "ok\n", "") == (run.exit_code, run.stdout, run.stderr)


def test_check_finds(command: Command, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line per problem on standard error."""
    monkeypatch.setattr(ddblite.Database, "check", lambda *_: ["one", "two \x1b[31m"])
    run = command("check", shop)
    assert (1, "", "one\ntwo \\x1b[31m\n") == (run.exit_code, run.stdout, run.stderr)


def test_backup(command: Command, shop: Path, tmp_path: Path) -> None:
    """A copy that opens; it never takes the place of a file."""
    target = tmp_path / "copy.ddb"
    assert 0 == command("backup", shop, target).exit_code
    assert "users\n" == command("tables", target).stdout
    before = target.read_bytes()
    assert 1 == command("backup", shop, target).exit_code
    assert before == target.read_bytes()


def test_memory(command: Command) -> None:
    """A database without a file, for trying something out."""
    run = command(
        ":memory:",
        given=".create abc id\nINSERT INTO abc VALUE {'id': 'x'};\n.mode jsonl\nSELECT * FROM abc;",
    )
    assert '{"id": "x"}\n' == run.stdout


def test_a_bug_is_one_line(command: Command, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no traceback."""

    def fail(_: object) -> None:
        raise KeyError("x\x1b")

    monkeypatch.setattr(ddblite.Database, "tables", fail)
    run = command("tables", shop)
    assert (1, "") == (run.exit_code, run.stdout)
    assert "Internal error, please report it: KeyError: 'x\\x1b'\n" == run.stderr


def test_input_that_is_no_text(shop: Path) -> None:
    """A sentence."""
    run = run_process(shop, given=b"SELECT '\xff'")
    assert (1, b"", b"Standard input is not text in UTF-8\n") == (
        run.returncode,
        run.stdout,
        run.stderr,
    )


def test_a_long_line_is_read_in_pieces(command: Command, shop: Path) -> None:
    """Characters stay whole wherever it is cut."""
    statements = ["SELECT id FROM users WHERE id = 'é'"] * 20_000
    statements.append("SELECT logins FROM users WHERE id = 'u_1'")
    run = command(shop, given=";".join(statements))
    assert 0 == run.exit_code
    assert run.stdout.endswith("|      3 |\n")


def test_output_is_utf8_when_it_is_no_terminal(shop: Path) -> None:
    """Whatever the locale says, a file is the same everywhere."""
    statement = "INSERT INTO users VALUE {'id': 'é'}; SELECT id FROM users WHERE id = 'é'"
    run = run_process(shop, "-f", "jsonl", "-c", statement, PYTHONIOENCODING="ascii")
    assert '{"id": "é"}\n'.encode() == run.stdout


@pytest.mark.parametrize(
    "words", [["export", "SHOP", "big"], ["SHOP", "-f", "jsonl", "-c", "SELECT * FROM big"]]
)
def test_a_reader_that_goes_away_is_not_told(shop: Path, words: list[str]) -> None:
    """``| head`` ends the command without a word."""
    with (
        ddblite.connect(shop) as database,
        database.create_table("big", partition_key="id").batch() as batch,
    ):
        for number in range(5000):
            batch.put({"id": str(number), "text": "x" * 100})
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "ddblite",
            *(str(shop) if word == "SHOP" else word for word in words),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    assert b"" == process.stderr.read()
    process.stderr.close()
    assert 1 == process.wait()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
def test_a_full_disk_is_a_sentence(shop: Path) -> None:
    """Also when it shows only as the last of the output is written."""
    with Path("/dev/full").open("wb") as full:
        run = subprocess.run(
            [sys.executable, "-m", "ddblite", "export", str(shop), "users"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (1, b"standard output: No space left on device\n") == (run.returncode, run.stderr)


def test_help_is_light() -> None:
    """Neither the prompt nor the parser is needed to read it."""
    listing = (
        "import sys; sys.argv = ['ddblite', '--help']; import ddblite.cli as cli\n"
        "try: cli.main()\n"
        "except SystemExit: print('MODULES', *sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", listing], check=True, capture_output=True, text=True
    )
    modules = set(run.stdout.partition("MODULES ")[2].split())
    assert "typer" in modules
    assert modules.isdisjoint({"prompt_toolkit", "rich", "sqlglot"})


def test_silence_of_what_is_no_file() -> None:
    """A stream without a descriptor cannot be silenced, and need not be."""
    failures.silence(StringIO())


def test_configuration_is_for_the_shell_and_for_who_names_it(
    command: Command, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script does the same on every machine, unless it brings its settings along."""
    settings = tmp_path / "my.toml"
    settings.write_text('format = "jsonl"')
    asked = (shop, "-c", "SELECT logins FROM users WHERE id = 'u_1'")
    monkeypatch.setenv("DDBLITE_CONFIG", str(settings))
    assert command(*asked).stdout.startswith("| logins |")
    assert command(*asked, "--no-config").stdout.startswith("| logins |")
    assert '{"logins": 3}\n' == command(*asked, "--config", settings).stdout
    assert "logins\n3\n" == command(*asked, "--config", settings, "--format", "csv").stdout


def test_a_bad_configuration_is_said(command: Command, shop: Path, tmp_path: Path) -> None:
    """And nothing is run, but with --no-config."""
    settings = tmp_path / "my.toml"
    settings.write_text("formt = 1")
    asked = (shop, "-c", "SELECT * FROM users", "--config", settings)
    result = command(*asked)
    assert (1, "") == (result.exit_code, result.stdout)
    assert f'{settings}: there is no setting "formt"; did you mean format?\n' == result.stderr
    assert 0 == command(*asked, "--no-config").exit_code
