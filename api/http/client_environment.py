"""What a client finds in its environment, so that it asks a server of ours and nobody else.

The SDKs and the AWS CLI take an endpoint from ``AWS_ENDPOINT_URL_DYNAMODB``, and refuse to
begin without a region and without credentials, whatever they are. Someone who has never had any
gets some that are good enough here; what someone has is left alone, because other services
need it.
"""

import shlex
from collections.abc import Callable, Mapping
from configparser import Error, RawConfigParser
from pathlib import Path
from typing import Final

from ddblite.api.http.access_keys import KEY_VARIABLE, SECRET_VARIABLE

ENDPOINTS: Final = ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_DYNAMODB_STREAMS")
IGNORING: Final = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"

REGIONS: Final = ("AWS_REGION", "AWS_DEFAULT_REGION")
"""Older clients look at the one only, newer ones at the other; so whoever has one gets both."""

PLACEHOLDER: Final = "ddblite"
PLACEHOLDER_REGION: Final = "us-east-1"

CREDENTIAL_VARIABLES: Final = frozenset(
    {
        "AWS_ACCESS_KEY_ID",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
    }
)
CREDENTIAL_SETTINGS: Final = frozenset(
    {
        "aws_access_key_id",
        "credential_process",
        "credential_source",
        "login_session",
        "role_arn",
        "sso_account_id",
        "sso_session",
        "sso_start_url",
        "web_identity_token_file",
    }
)
"""Any of these in a profile, and an SDK finds credentials by it."""

PROXIES: Final = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
EXCEPTIONS: Final = ("NO_PROXY", "no_proxy")


def client_environment(
    url: str, host: str, environ: Mapping[str, str], home: Path
) -> dict[str, str]:
    """Returns the variables that a client of this server needs beyond those it has."""
    profile = profile_settings(environ, home)
    settings: dict[str, str] = dict.fromkeys(ENDPOINTS, url)
    if environ.get(IGNORING, "").lower() == "true":
        settings[IGNORING] = "false"
    # To the clients, too, a variable that is set to nothing is not set.
    has_credentials = any(environ.get(name) for name in CREDENTIAL_VARIABLES)
    if not has_credentials and CREDENTIAL_SETTINGS.isdisjoint(profile):
        settings["AWS_ACCESS_KEY_ID"] = environ.get(KEY_VARIABLE) or PLACEHOLDER
        settings["AWS_SECRET_ACCESS_KEY"] = environ.get(SECRET_VARIABLE) or PLACEHOLDER
    region = next(filter(None, map(environ.get, REGIONS)), None)
    if region is not None or not profile.get("region"):
        settings |= {
            name: region or PLACEHOLDER_REGION for name in REGIONS if not environ.get(name)
        }
    if any(environ.get(name) for name in PROXIES):
        # Otherwise a client asks the proxy for this machine's own address. Most look at one of
        # the two, so what stands in the other must not be lost on them.
        known = filter(None, [*map(environ.get, EXCEPTIONS), host])
        settings |= dict.fromkeys(EXCEPTIONS, ",".join(dict.fromkeys(known)))
    return settings


def profile_settings(environ: Mapping[str, str], home: Path) -> dict[str, str]:
    """Returns what the user's AWS files say about the profile in use; what is no file says none."""
    name = environ.get("AWS_PROFILE") or environ.get("AWS_DEFAULT_PROFILE") or "default"
    folder = home / ".aws"
    config = Path(environ.get("AWS_CONFIG_FILE") or folder / "config")
    credentials = Path(environ.get("AWS_SHARED_CREDENTIALS_FILE") or folder / "credentials")
    section = name if name == "default" else f"profile {name}"
    return section_of(config, section) | section_of(credentials, name)


def section_of(path: Path, name: str) -> dict[str, str]:
    """Returns a section of a file, or nothing: that a file is damaged, the client will say."""
    sections = RawConfigParser(default_section="", strict=False)
    try:
        sections.read_string(path.expanduser().read_text("utf-8-sig"))
    except (OSError, ValueError, Error):
        return {}
    return dict(sections[name]) if sections.has_section(name) else {}


def fish_quoted(text: str) -> str:
    """Returns a text as fish takes it literally."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def powershell_quoted(text: str) -> str:
    """Returns a text as PowerShell takes it literally."""
    escaped = text.replace("'", "''")
    return f"'{escaped}'"


ASSIGNMENTS: Final[Mapping[str, Callable[[str, str], str]]] = {
    "sh": lambda name, text: f"export {name}={shlex.quote(text)}",
    "fish": lambda name, text: f"set -gx {name} {fish_quoted(text)}",
    "powershell": lambda name, text: f"$Env:{name} = {powershell_quoted(text)}",
}
"""How each shell sets a variable that commands inherit."""
