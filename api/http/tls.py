"""TLS for the endpoint: a certificate and its key, from two files in PEM.

A key that needs a password is refused: a server that starts by itself has nobody to ask, and a
password on the command line or beside the key protects nothing.
"""

import ssl
from pathlib import Path
from typing import Final, NoReturn

from ddblite.api.http.policy import CannotServe, TlsFiles

HANDSHAKE_SECONDS_MAX: Final = 10
"""For a handshake, and for the farewell at the end; nobody has a breakpoint in the midst of one."""

PROTOCOL: Final = "http/1.1"
"""What a client that would rather speak HTTP/2 is told."""

OTHER_KEY: Final = "KEY_VALUES_MISMATCH"


def tls_files(certificate: Path | None, key: Path | None) -> TlsFiles | None:
    """Returns both files, or None when there is neither; one alone raises CannotServe."""
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise CannotServe("--tls-cert and --tls-key go together: a certificate, and its key")
    return TlsFiles(certificate, key)


def tls_context(files: TlsFiles) -> ssl.SSLContext:
    """Returns what connections are encrypted with, or raises CannotServe."""
    certificate, key = files
    check_file(certificate, "certificate", b"-----BEGIN CERTIFICATE-----")
    check_file(key, "key", b" PRIVATE KEY-----")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols([PROTOCOL])

    def refuse_password() -> NoReturn:
        raise CannotServe(f"The key {key} needs a password; write it to a file without one")

    try:
        context.load_cert_chain(certificate, key, refuse_password)
    except ssl.SSLError as fault:
        if fault.reason == OTHER_KEY:
            raise CannotServe(f"{key} is not the key of the certificate {certificate}") from None
        raise CannotServe(
            f"The certificate {certificate} and the key {key} cannot be used: {fault.reason}"
        ) from None
    return context


def check_file(path: Path, kind: str, mark: bytes) -> None:
    """Raises CannotServe unless a file can be read and has what it should have."""
    try:
        found = mark in path.read_bytes()
    except OSError as fault:
        raise CannotServe(f"Cannot read the {kind} {path}: {fault.strerror}") from fault
    if not found:
        raise CannotServe(f"{path} has no {kind} in PEM")
