"""Which access keys a server knows, and how it says that something of one is missing."""

from pathlib import Path

import pytest

from ddblite.api.http.access_keys import KEY_VARIABLE, SECRET_VARIABLE, known_keys
from ddblite.api.http.policy import CannotServe

TWO: str = """
[default]
aws_access_key_id = AKIDONE
aws_secret_access_key = one%/+=

[other]
aws_access_key_id=AKIDTWO
aws_secret_access_key=two
aws_session_token = ignored
region = eu-west-1

[role]
role_arn = arn:aws:iam::000000000000:role/some
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A credentials file with two keys."""
    written = tmp_path / "credentials"
    written.write_text(TWO, "utf-8")
    return written


def test_every_key_of_a_file_is_known(path: Path) -> None:
    """It may be the client's own, with whatever else is in it."""
    assert {"AKIDONE": "one%/+=", "AKIDTWO": "two"} == known_keys(path, {})


def test_environment_has_one_more(path: Path) -> None:
    """For containers."""
    environ = {KEY_VARIABLE: "AKIDENV", SECRET_VARIABLE: "three"}
    assert {"AKIDENV": "three"} == known_keys(None, environ)
    assert {"AKIDENV", "AKIDONE", "AKIDTWO"} == known_keys(path, environ).keys()


def test_without_either_there_are_none() -> None:
    """AWS's own variables are the client's, and say nothing of what a server knows."""
    environ = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "x", KEY_VARIABLE: ""}
    assert {} == known_keys(None, environ)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "has no aws_access_key_id"),
        ("[a]\nregion = x\n", "has no aws_access_key_id"),
        ("[a]\naws_access_key_id = K\n", r"^\[a\] in .* has no aws_secret_access_key"),
        ("[a]\naws_secret_access_key = hidden\n", r"^\[a\] in .* has no aws_access_key_id"),
        ("K:hidden\n", "is not a credentials file"),
        ("[a]\nhidden\n", "is not a credentials file"),
        ("[a]\nx=1\n[a]\ny=2\n", "is not a credentials file"),
        ("[a]\n\ud800hidden", "is not a credentials file"),
    ],
)
def test_damaged_files_are_sentences(tmp_path: Path, text: str, sentence: str) -> None:
    """Which never show a secret."""
    path = tmp_path / "credentials"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(CannotServe, match=sentence) as caught:
        known_keys(path, {})
    assert "hidden" not in caught.value.message


def test_missing_file_is_a_sentence(tmp_path: Path) -> None:
    """Also where someone has written key and secret in its place."""
    for name in ("nothing", "AKID:hidden"):
        with pytest.raises(CannotServe, match=r"^Cannot read the credentials file"):
            known_keys(tmp_path / name, {})


@pytest.mark.parametrize("name", [KEY_VARIABLE, SECRET_VARIABLE])
def test_half_a_key_is_no_key(name: str) -> None:
    """A server that then checked nothing would not be what was meant."""
    with pytest.raises(CannotServe, match="is not set, but its other half is"):
        known_keys(None, {name: "x"})


def test_a_key_has_one_secret(path: Path) -> None:
    """With two, one of them would be wrong for some of the clients."""
    environ = {KEY_VARIABLE: "AKIDONE", SECRET_VARIABLE: "other"}
    with pytest.raises(CannotServe, match="AKIDONE has two secrets"):
        known_keys(path, environ)
