"""A command beside a server of its own: what it finds, how it ends, and what is left."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner, Result

import ddblite
from ddblite import cli
from ddblite.api.http import companion
from serving import TIMEOUT_S

EXEC: Final = (sys.executable, "-W", "error", "-m", "ddblite", "exec")

CREATE: Final = """
import boto3
client = boto3.client("dynamodb")
client.create_table(
    TableName="books",
    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    BillingMode="PAY_PER_REQUEST",
)
client.put_item(TableName="books", Item={"id": {"S": "1"}})
print(client.list_tables()["TableNames"], boto3.client("dynamodbstreams").list_streams()["Streams"])
client.close()
"""

WAITS: Final = """
import signal, sys
def leave(number, _frame):
    sys.exit(10 + number)
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, leave)
print("ready", flush=True)
while True:
    signal.pause()
"""

ASKS: Final = "from ddblite.api.http.companion import has_keyboard; print(has_keyboard())"

TERMINAL: Final = """
import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))
"""


def newcomer(home: Path) -> dict[str, str]:
    """Returns the environment of someone who has never used AWS."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    return {**kept, "HOME": str(home), "USERPROFILE": str(home)}


def run(path: object, *words: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Runs a command beside a server."""
    return subprocess.run(
        [*EXEC, str(path), *words],
        check=False,
        capture_output=True,
        text=True,
        cwd=home,
        env=newcomer(home),
        timeout=3 * TIMEOUT_S,
    )


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs ``ddblite exec`` in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(cli.app, ["exec", *words])


@pytest.mark.parametrize("is_file", [True, False])
def test_boto3_finds_the_file(tmp_path: Path, *, is_file: bool) -> None:
    """Without an endpoint, a region or credentials of its own; then one file is left, or none."""
    path = tmp_path / "shop.ddb" if is_file else ":memory:"
    done = run(path, "--", sys.executable, "-c", CREATE, home=tmp_path)
    assert (0, "['books'] []\n", "") == (done.returncode, done.stdout, done.stderr)
    if not is_file:
        assert [] == list(tmp_path.iterdir())
        return
    assert [path] == list(tmp_path.iterdir())
    with ddblite.connect(path, mode="open") as database:
        assert database.table("books").get("1") == {"id": "1"}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--", sys.executable, "-c", "raise SystemExit(7)"], 7),
        ([sys.executable, "-c", "raise SystemExit(8)"], 8),
        (["--", sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], 128 + 9),
    ],
)
def test_exit_code_is_the_commands(
    command: Callable[..., Result], words: list[str], code: int
) -> None:
    """Also that of a command which a signal has ended."""
    done = command(":memory:", *words)
    assert (code, "", "") == (done.exit_code, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("word", "code", "sentence"),
    [
        ("no-such-command", 127, "no-such-command: there is no such command\n"),
        ("./data", 126, "./data cannot be executed\n"),
        ("./program", 126, "./program cannot be executed: Exec format error\n"),
    ],
)
def test_what_is_no_command(
    command: Callable[..., Result], tmp_path: Path, word: str, code: int, sentence: str
) -> None:
    """As shells have it. Only what no look at a file can tell is found out with a database open."""
    (tmp_path / "data").touch()
    (tmp_path / "program").write_bytes(b"\x00")
    (tmp_path / "program").chmod(0o700)
    done = command("shop.ddb", "--", word)
    assert (code, "", sentence) == (done.exit_code, done.stdout, done.stderr)
    assert (tmp_path / "shop.ddb").exists() == (word == "./program")


@pytest.mark.parametrize("words", [[], ["--"]])
def test_something_must_be_run(command: Callable[..., Result], words: list[str]) -> None:
    """Otherwise it is wrong usage."""
    assert command("shop.ddb", *words).exit_code == 2


def test_file_that_cannot_be_opened_runs_nothing(tmp_path: Path) -> None:
    """The sentence is that of every command."""
    (tmp_path / "shop.ddb").write_text("not a database")
    done = run("shop.ddb", "--", sys.executable, "-c", "print('ran')", home=tmp_path)
    assert (1, "") == (done.returncode, done.stdout)
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signals_are_passed_on(tmp_path: Path, number: signal.Signals) -> None:
    """The command decides how to end; we wait for it, and one file is left."""
    with subprocess.Popen(
        [*EXEC, "shop.ddb", "--", sys.executable, "-c", WAITS],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=newcomer(tmp_path),
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert ("", "") == process.communicate(timeout=TIMEOUT_S)
    assert 10 + number == process.returncode
    assert [tmp_path / "shop.ddb"] == list(tmp_path.iterdir())


class Recorded:
    """A child that writes down what it is sent."""

    def __init__(self) -> None:
        self.signals: list[int] = []

    def send_signal(self, number: int) -> None:
        """Takes a signal."""
        self.signals.append(number)


@pytest.mark.parametrize(
    ("is_shared", "expected"),
    [(False, [signal.SIGINT, signal.SIGTERM]), (True, [signal.SIGTERM])],
)
def test_terminal_interrupts_once(
    monkeypatch: pytest.MonkeyPatch, *, is_shared: bool, expected: list[int]
) -> None:
    """Ctrl-C reaches the command from the terminal itself; it is not sent a second time."""
    monkeypatch.setattr(companion, "has_keyboard", lambda: is_shared)
    relay, child = companion.Relay(), Recorded()
    relay(signal.SIGINT, None)
    relay.begin(child)
    relay(signal.SIGTERM, None)
    assert expected == child.signals


@pytest.mark.skipif(sys.platform == "win32", reason="terminals are POSIX's")
@pytest.mark.parametrize(
    ("spawning", "answer"), [([sys.executable, "-c", TERMINAL], "True"), ([], "False")]
)
def test_keyboard_is_that_of_a_terminal(spawning: list[str], answer: str) -> None:
    """Without a terminal there is none, and with one it may be that of others."""
    done = subprocess.run(
        [*spawning, sys.executable, "-c", ASKS],
        check=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    assert answer == done.stdout.strip()
