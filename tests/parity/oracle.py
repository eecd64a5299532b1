"""AWS's own local version of DynamoDB, started for one campaign and stopped after it.

Its Maven artefact is fetched once, by the ordinary Maven client, into a folder. It listens on
a loopback port, keeps everything in memory, and keeps the data of each access key apart, so
that every script gets an empty database from the same process.
"""

import http.client
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from parity.answers import Answer, failure, normal
from parity.steps import Step

VERSION: Final = "3.1.0"
LOOPBACK: Final = "127.0.0.1"
START_TIMEOUT_S: Final = 30.0
ANSWER_TIMEOUT_S: Final = 30.0
MAIN: Final = "software.amazon.dynamodb.services.local.main.ServerRunner"
TARGET: Final = "DynamoDB_20120810."
PROJECT: Final = f"""<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>parity</groupId><artifactId>oracle</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>software.amazon.dynamodb</groupId>
      <artifactId>DynamoDBLocal</artifactId>
      <version>{VERSION}</version>
    </dependency>
  </dependencies>
</project>
"""


class Oracle:
    """One running server, asked over one connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection(LOOPBACK, port, timeout=ANSWER_TIMEOUT_S)

    def ask(self, step: Step, account: str) -> Answer:
        """Returns the server's answer, in the database of an account (letters and digits)."""
        credential = f"{account}/20260101/us-east-1/dynamodb/aws4_request"
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": TARGET + step.operation,
            "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, "
            "SignedHeaders=host, Signature=0",
        }
        self.connection.request("POST", "/", json.dumps(step.request), headers)
        response = self.connection.getresponse()
        text = response.read()
        body: dict[str, Any] = json.loads(text) if text else {}
        answer = body if response.status == http.HTTPStatus.OK else failure(body)
        return normal(step, answer)


def fetched(folder: Path) -> Path:
    """Returns the folder of the server's libraries; fetches them when they are not there."""
    libraries = folder / "lib"
    if not any(libraries.glob("DynamoDBLocal-*.jar")):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pom.xml").write_text(PROJECT, "utf-8")
        subprocess.run(
            ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"],  # noqa: S607
            cwd=folder,
            check=True,
        )
    return libraries


def free_port() -> int:
    """Returns a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Returns when the server accepts connections, or raises TimeoutError."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
            return
        time.sleep(0.1)
    message = "the oracle did not start"
    raise TimeoutError(message)


@contextmanager
def started(folder: Path) -> Iterator[Oracle]:
    """Gives a running server, and stops it in the end."""
    libraries = fetched(folder)
    port = free_port()
    command = [
        "java",
        "-Xmx512m",
        f"-Djava.library.path={libraries}",
        f"-Dsqlite4java.library.path={libraries}",
        "-cp",
        f"{libraries}/*",
        MAIN,
        "-disableTelemetry",
        "-inMemory",
        "-port",
        str(port),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        yield Oracle(port)
    finally:
        process.terminate()
        process.wait()
