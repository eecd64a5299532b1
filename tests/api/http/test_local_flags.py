"""The flags of AWS's own local version, in terms of ours."""

from pathlib import Path

import pytest

from ddblite.api.http.local_flags import (
    BARE,
    SHARED_FILE,
    VALUED,
    ContradictoryFlags,
    translated,
)
from ddblite.shell.subcommands.serving import LOCAL_FLAGS_HELP
from sources import ROOT

SHARED = "all access keys and regions share one file, as with -sharedDb"


@pytest.mark.parametrize(
    ("given", "arguments"),
    [
        ("-inMemory -sharedDb", ":memory:"),
        ("-inMemory -sharedDb -port 8001", ":memory: --port 8001"),
        ("-sharedDb shop.ddb -port=8001", "shop.ddb --port 8001"),
        ("-sharedDb -dbPath data", f"{Path('data') / SHARED_FILE}"),
        ("-sharedDb -delayTransientStatuses x.ddb", "--table-delay 5 x.ddb"),
        (
            "-sharedDb -cors http://a:1,https://b",
            "--cors-origin http://a:1 --cors-origin https://b",
        ),
        ("-sharedDb -cors b.test", "--cors-origin http://b.test --cors-origin https://b.test"),
        ("-sharedDb -help", "--help"),
        ("-sharedDb -version", "--version"),
        ("-sharedDb -- -port 8001", "-- -port 8001"),
        ("-sharedDb --port 8001 -x", "--port 8001 -x"),
    ],
)
def test_flags_have_equals_here(given: str, arguments: str) -> None:
    """Words that are none of those flags stay as they are."""
    translation = translated(given.split())
    assert ["--as-local", *arguments.split()] == translation.arguments
    assert [] == translation.remarks


@pytest.mark.parametrize(
    ("given", "remarks"),
    [
        ("-inMemory", [SHARED]),
        ("-sharedDb -disableTelemetry", ["-disableTelemetry: there is no telemetry"]),
        ("-sharedDb -optimizeDbBeforeStartup", ["-optimizeDbBeforeStartup: the file needs none"]),
    ],
)
def test_what_has_no_meaning_here_gets_a_word(given: str, remarks: list[str]) -> None:
    """And the server starts: nothing is wrong with the script."""
    assert remarks == translated(given.split()).remarks


def test_not_every_page_may_read() -> None:
    """What is the default there is the one thing that is not done here, and is said."""
    translation = translated(["-sharedDb", "-cors", "*"])
    assert ["--as-local"] == translation.arguments
    (remark,) = translation.remarks
    assert remark.startswith("-cors '*': not done")


def test_files_of_the_other_are_seen(tmp_path: Path) -> None:
    """Whoever looks for tables in them learns why they are not there."""
    (tmp_path / "shared-local-instance.db").touch()
    (remark,) = translated(["-sharedDb", "-dbPath", str(tmp_path)]).remarks
    assert "has shared-local-instance.db of AWS's local version, which is not read here" in remark


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("-inMemory -dbPath data", "-inMemory and -dbPath exclude each other"),
        ("-port", "-port needs a value"),
        ("-inMemory -dbPath", "-dbPath needs a value"),
        ("-cors -inMemory", "-cors needs a value"),
    ],
)
def test_contradictions(given: str, sentence: str) -> None:
    """They are wrong usage there too."""
    with pytest.raises(ContradictoryFlags, match=sentence):
        translated(given.split())


def test_ours_stay_ours() -> None:
    """Two dashes are two dashes, and ``GET /`` is answered as by the service."""
    given = ["shop.ddb", "--port", "8000", "--cors-origin", "http://a"]
    translation = translated(given)
    assert (given, []) == (translation.arguments, translation.remarks)


@pytest.mark.parametrize("flag", sorted(BARE | VALUED))
def test_every_flag_is_known(flag: str) -> None:
    """None reaches the command line as a word that it would take for a file; all are described."""
    given = [flag, "1"] if flag in VALUED else [flag]
    assert flag not in translated(given).arguments
    assert f"`{flag}" in (ROOT / "docs" / "server.md").read_text("utf-8")
    assert flag in LOCAL_FLAGS_HELP
