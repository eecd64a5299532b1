"""What the shell costs its user: the wait for the first prompt, and for each key.

* The first prompt, in a pseudo-terminal, from the start of the process; beside it a process that
  imports the libraries that the shell stands on, and nothing else. The two take turns.
* A key: the colours and the completions of the line, on a file with 100 tables of 20 attributes,
  for every beginning of a few statements. The first key of all brings the grammar along, which
  is imported while the user looks at the prompt. A key is counted in time of the processor, so
  that a busy machine does not count.
"""

import os
import pty
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Final

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

import ddblite
from ddblite.shell.conversation.session import Session
from ddblite.shell.terminal.completion import ShellCompleter
from ddblite.shell.terminal.highlighting import StatementLexer

ROUNDS: Final = 15
TABLES: Final = 100

LIBRARIES: Final = (
    "import apsw, msgspec, prompt_toolkit.shortcuts, pydantic, rich.console, rich.table, sqlglot, "
    "typer; print('ddblite>', flush=True)"
)

STATEMENTS: Final = (
    "SELECT user_id, attribute_3 FROM table_042 WHERE user_id = 'u_1' AND begins_with(title, 'y')",
    'SELECT * FROM "table_042"."by_title" WHERE title = \'x\' ORDER BY title DESC',
    "UPDATE table_042 SET attribute_7 = attribute_7 + 1 WHERE user_id = 'u_1' AND title = 'x'",
    "INSERT INTO table_042 VALUE {'user_id': 'u_1', 'title': 'x', 'attribute_5': <<1, 2>>}",
    ".explain SELECT * FROM table_042 WHERE attribute_1 IN [1, 2, 3]",
)


def seconds_to_prompt(*command: str) -> float:
    """Returns how long a process takes until it has printed a prompt."""
    outer, inner = pty.openpty()
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - this very Python
        [sys.executable, *command],
        stdin=inner,
        stdout=inner,
        stderr=inner,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"},
    )
    os.close(inner)
    printed = b""
    while b"ddblite>" not in printed:
        printed += os.read(outer, 65536)
    seconds = time.perf_counter() - started
    process.kill()
    process.wait()
    os.close(outer)
    return seconds


def milliseconds_per_key(path: Path) -> Iterator[float]:
    """Gives how long each key takes: colours, and the completions that are shown."""
    with ddblite.connect(path) as database:
        completer = ShellCompleter(Session(database, out=StringIO(), error=StringIO()))
        event = CompleteEvent(text_inserted=True)
        for statement in STATEMENTS:
            completer.names.forget()
            for end in range(1, len(statement) + 1):
                document = Document(statement[:end])
                started = time.thread_time()
                StatementLexer().lex_document(document)(0)
                list(completer.get_completions(document, event))
                yield (time.thread_time() - started) * 1000


def fill(path: Path) -> None:
    """Makes the file: every table has items, whose attributes are what is completed."""
    with ddblite.connect(path) as database:
        for number in range(TABLES):
            table = database.create_table(
                f"table_{number:03}",
                partition_key="user_id",
                sort_key="title",
                indexes=[ddblite.GlobalIndex("by_title", "title")],
            )
            with table.batch() as batch:
                for item in range(60):
                    others = {f"attribute_{one}": one for one in range(20)}
                    batch.put({"user_id": f"u_{item}", "title": "x", **others})


def main() -> None:
    """Prints both tables."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "many.ddb"
        fill(path)
        pairs = [
            (
                seconds_to_prompt("-m", "ddblite", str(path), "--no-config"),
                seconds_to_prompt("-c", LIBRARIES),
            )
            for _ in range(ROUNDS)
        ]
        shell, libraries = (statistics.median(one) for one in zip(*pairs, strict=True))
        ratio = statistics.median(one / other for one, other in pairs)
        fastest = min(one for one, _ in pairs)
        keys = sorted(milliseconds_per_key(path))
    print(f"first prompt, median of {ROUNDS}: {shell:.2f} s (fastest {fastest:.2f} s)")
    print(f"the libraries alone: {libraries:.2f} s; ratio {ratio:.2f}")
    print(f"a key on {TABLES} tables, {len(keys)} keys: median {statistics.median(keys):.1f} ms,")
    print(f"  95 % within {keys[len(keys) * 95 // 100]:.1f} ms, slowest {keys[-1]:.1f} ms")


if __name__ == "__main__":
    main()
