"""The configuration: where it is, what it may say, and that the documents say the same."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddblite.schema.prices import Prices
from ddblite.shell.configuration import (
    BYTES_MAX,
    FILE_BYTES_MAX,
    KEYS,
    ROWS_MAX,
    RULES,
    THEMES,
    ConfigurationError,
    Settings,
    configuration_path,
    load,
    read,
    toml,
)
from ddblite.shell.folders import CONFIGURATION, STATE, Kind, own_folder
from ddblite.shell.formats.render import RENDERERS
from sources import ROOT

PATH: Final = Path("config.toml")


@pytest.mark.parametrize(
    ("kind", "platform", "environment", "expected"),
    [
        (CONFIGURATION, "linux", {"HOME": "/home/n"}, "/home/n/.config/ddblite"),
        (CONFIGURATION, "linux", {"HOME": "/n", "XDG_CONFIG_HOME": "/x"}, "/x/ddblite"),
        (CONFIGURATION, "linux", {"HOME": "/n", "XDG_CONFIG_HOME": "x"}, "/n/.config/ddblite"),
        (CONFIGURATION, "win32", {"APPDATA": "C:/n", "HOME": "/home/n"}, "C:/n/ddblite"),
        (STATE, "linux", {"HOME": "/home/n"}, "/home/n/.local/state/ddblite"),
        (STATE, "linux", {"HOME": "/home/n", "XDG_STATE_HOME": "/x"}, "/x/ddblite"),
        (STATE, "darwin", {"HOME": "/U/n"}, "/U/n/Library/Application Support/ddblite"),
        (STATE, "win32", {"LOCALAPPDATA": "C:/n", "HOME": "/home/n"}, "C:/n/ddblite"),
        (STATE, "win32", {"HOME": "/home/n"}, None),
        (STATE, "linux", {}, None),
    ],
)
def test_folders(
    kind: Kind, platform: str, environment: dict[str, str], expected: str | None
) -> None:
    """Where each platform wants them."""
    folder = own_folder(kind, environment, platform)
    assert (None if expected is None else Path(expected)) == folder


def test_path_of_the_configuration() -> None:
    """The variable goes before the platform's place."""
    assert Path("/n/.config/ddblite/config.toml") == configuration_path({"HOME": "/n"}, "linux")
    named = {"HOME": "/n", "DDBLITE_CONFIG": "/my.toml"}
    assert Path("/my.toml") == configuration_path(named, "linux")
    assert configuration_path({}, "linux") is None


def test_no_file_is_the_defaults(tmp_path: Path) -> None:
    """Unless somebody named it."""
    path = tmp_path / "config.toml"
    assert Settings() == load(path, must_exist=False)
    with pytest.raises(ConfigurationError, match="there is no such file"):
        load(path, must_exist=True)


def test_an_empty_file_is_the_defaults(tmp_path: Path) -> None:
    """Also with the byte order mark that some editors write."""
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf# nothing\n")
    assert Settings() == load(path, must_exist=True)


def test_prices_are_exact() -> None:
    """Money is no float: 0.1 million times is a round sum."""
    given = b"[prices.eu-west-1]\nread_per_million = 0.1415\nwrite_per_million = 1\n"
    expected = Prices("eu-west-1", Decimal("0.1415"), Decimal(1))
    assert {"eu-west-1": expected} == read(given, PATH).prices


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('formt = "json"', 'there is no setting "formt"; did you mean format?'),
        ('zzz = "json"', 'there is no setting "zzz"; there are format, rows, pager, '),
        (
            'format = "xml"',
            r'format is the name of a format \(table, vertical, json, .*\), not "xml"',
        ),
        ("format = 1", "format is the name of a format .*, not 1"),
        ("format = ['table']", r'format is the name of a format .*, not \["table"\]'),
        ('keys = "vim"', 'keys is one of emacs, vi, not "vim"'),
        ("rows = 0", "rows is a number from 1 to 1000000, not 0"),
        ("rows = true", "rows is a number from 1 to 1000000, not true"),
        ("rows = 1.5", 'rows is a number from 1 to 1000000, not "1.5"'),
        ('timer = "on"', 'timer is true or false, not "on"'),
        ('pager = ""', 'pager is auto, off or a command, not ""'),
        ('pager = "a\\u001b"', "pager is auto, off or a command, not .*"),
        ('region = "Frankfurt am Main"', "region is a region's name, not .*"),
        ("prices = 1", r"prices is a table such as \[prices.eu-west-1\], not 1"),
        ("[prices]\nread_per_million = 1", "prices.read_per_million is no region's table; .*"),
        ("[prices.eu-west-1]\nread_per_million = 1", "prices.eu-west-1 says no write_per_million"),
        (
            "[prices.eu-west-1]\nread_per_milion = 1",
            'prices.eu-west-1 has no "read_per_milion"; did you mean read_per_million?',
        ),
        (
            '[prices.eu-west-1]\nread_per_million = "1"\nwrite_per_million = 1',
            'prices.eu-west-1.read_per_million is a price, not "1"',
        ),
        ("[prices.eu-west-1]\nread_per_million = nan\nwrite_per_million = 1", ".* is a price, .*"),
        ("[prices.eu-west-1]\nread_per_million = -1\nwrite_per_million = 1", ".* is a price, .*"),
        ("format", "not TOML: .*"),
        ("format = 'table'\nformat = 'json'", "not TOML: .*"),
        ("a = " + "[" * 30_000, "not TOML: .*"),
    ],
)
def test_what_is_wrong_is_said(text: str, sentence: str) -> None:
    """In one sentence that begins with the file; nothing is ignored."""
    with pytest.raises(ConfigurationError) as caught:
        read(text.encode(), PATH)
    message = caught.value.message
    assert re.match(f"config.toml: {sentence.replace('?', '[?]')}", message), message
    assert message.isprintable()


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    """A photograph, a folder, something endless."""
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xd8")
    with pytest.raises(ConfigurationError, match="not TOML"):
        load(path, must_exist=True)
    path.write_bytes(b"#" * FILE_BYTES_MAX)
    assert Settings() == load(path, must_exist=True)
    path.write_bytes(b"#" * (FILE_BYTES_MAX + 1))
    with pytest.raises(ConfigurationError, match="longer than 65,536 bytes"):
        load(path, must_exist=True)
    with pytest.raises(ConfigurationError, match="directory"):
        load(tmp_path, must_exist=False)


REGIONS: Final = st.from_regex(r"[a-z][a-z0-9-]{2,31}", fullmatch=True)
PRICES: Final = st.decimals(0, 1000, places=4)


@given(
    st.builds(
        Settings,
        format=st.sampled_from(list(RENDERERS)),
        rows=st.integers(1, ROWS_MAX),
        pager=st.sampled_from(["auto", "off", "less -R", "\\ü'\""]),
        keys=st.sampled_from(KEYS),
        theme=st.sampled_from(THEMES),
        timer=st.booleans(),
        scan_guard_bytes=st.integers(1, BYTES_MAX),
        region=REGIONS,
        prices=st.lists(st.builds(Prices, REGIONS, PRICES, PRICES), max_size=3).map(
            lambda rows: {row.region: row for row in rows}
        ),
    )
)
def test_settings_are_written_as_they_are_read(settings: Settings) -> None:
    """`.config` prints a file that can be kept."""
    assert settings == read(toml(settings).encode(), PATH)


def test_the_document_has_every_setting() -> None:
    """With its default, what it takes and what it does, in the same order."""
    document = (ROOT / "docs" / "shell.md").read_text("utf-8")
    written = dict(line.split(" = ", 1) for line in toml(Settings()).splitlines())
    expected = [
        f"| `{name}` | `{written[name]}` | {rule.takes} | {rule.does} |"
        for name, rule in RULES.items()
    ]
    assert expected == re.findall(r"^\| `[a-z_]+` \| `[^`]+` \|.*$", document, re.MULTILINE)


def test_the_documents_example_is_a_configuration() -> None:
    """It can be copied."""
    document = (ROOT / "docs" / "shell.md").read_text("utf-8")
    examples = re.findall(r"^```toml\n(.*?)^```$", document, re.MULTILINE | re.DOTALL)
    assert examples
    for example in examples:
        assert Settings() != read(example.encode(), PATH)
