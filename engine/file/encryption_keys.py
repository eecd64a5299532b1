"""Keys: what a user gives, what a file is encrypted with, and one message encrypted with it.

A key is a passphrase or 32 random bytes. Together with the file's salt it makes the key of the
file; a passphrase goes through scrypt first, which takes a moment on purpose. How is written in
the first 16 bytes of a file:

    0-7    "ddblite" and the number of the scheme, 1
    8-10   scrypt's cost: the power of two that is N, r and p; zeros for a key of 32 bytes
    11     zero
    12-15  four bytes that only the right key makes, so that a wrong one is told from damage

The key of a message is BLAKE2b of its nonce and its place, keyed with the key of the file. As no
two messages have the same, the nonce of AES-GCM itself is always zero.
"""

import os
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final, Self

from ddblite.engine.file.fileformat import ENCRYPTED_MAGIC as MAGIC
from ddblite.schema.errors import FileError, WrongKey

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
except ImportError as fault:  # pragma: no cover - the suite has it
    raise FileError(
        "encryption needs the package cryptography: pip install 'ddblite[encryption]'"
    ) from fault

SCHEME: Final = 1
CLEAR_BYTES: Final = 16
CHECK_BYTES: Final = 4

KEY_BYTES: Final = 32
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 16
TAIL_BYTES: Final = NONCE_BYTES + SALT_BYTES

Cost = tuple[int, int, int]
NO_COST: Final[Cost] = (0, 0, 0)
COST: Final[Cost] = (15, 8, 3)
"""32 MiB and about a third of a second, which is what OWASP asks for at the least."""
COST_MAX: Final[Cost] = (20, 16, 16)

ZERO: Final = bytes(12)


class Unreadable(Exception):  # noqa: N818 - it says what the message is
    """A message that does not match its tag."""


@dataclass(frozen=True, slots=True)
class Cipher:
    """How one file is encrypted."""

    preamble: bytes
    salt: bytes
    secret: bytes = field(repr=False)

    def key_at(self, kind: bytes, index: int, nonce: bytes) -> AESGCM:
        """Returns the key of one message."""
        place = nonce + kind + index.to_bytes(8, "big")
        return AESGCM(blake2b(place, key=self.secret, digest_size=KEY_BYTES).digest())

    def sealed(self, kind: bytes, index: int, clear: bytes, secret: bytes) -> bytes:
        """Returns a message: what stays clear, the rest encrypted, tag, nonce and salt."""
        nonce = os.urandom(NONCE_BYTES)
        hidden = self.key_at(kind, index, nonce).encrypt(ZERO, secret, clear)
        return clear + hidden + nonce + self.salt

    def opened(self, kind: bytes, index: int, message: bytes, clear_bytes: int) -> bytes:
        """Returns what was sealed for this place, clear part included, or raises Unreadable."""
        end = len(message) - TAIL_BYTES
        if end < clear_bytes or not message.endswith(self.salt):
            raise Unreadable
        clear = message[:clear_bytes]
        key = self.key_at(kind, index, message[end : end + NONCE_BYTES])
        try:
            return clear + key.decrypt(ZERO, message[clear_bytes:end], clear)
        except InvalidTag:
            raise Unreadable from None


@dataclass(frozen=True, slots=True)
class Key:
    """What a user gives: a passphrase, or 32 bytes."""

    given: str | bytes = field(repr=False)
    ciphers: dict[tuple[bytes, bytes], Cipher] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def of(cls, given: object) -> Self:
        """Returns what was given as a key, or raises FileError without saying what it was."""
        if isinstance(given, str) and given:
            try:
                given.encode()
            except UnicodeEncodeError:
                raise FileError("the passphrase is not text that UTF-8 can hold") from None
            return cls(given)
        if isinstance(given, bytes | bytearray) and len(given) == KEY_BYTES:
            return cls(bytes(given))
        raise FileError(f"a key is a passphrase, or {KEY_BYTES} bytes")

    def new_cipher(self) -> Cipher:
        """Returns how a new file is encrypted."""
        cost = COST if isinstance(self.given, str) else NO_COST
        start = MAGIC + bytes([SCHEME, *cost, 0])
        return self.made(start, os.urandom(SALT_BYTES))

    def cipher(self, preamble: bytes, salt: bytes) -> Cipher:
        """Returns how a file is encrypted that begins so, or raises WrongKey."""
        if not preamble.startswith(MAGIC + bytes([SCHEME])) or any(
            asked > most for asked, most in zip(preamble[8:11], COST_MAX, strict=True)
        ):
            raise WrongKey("the file is encrypted in a way that this version does not know")
        cipher = self.made(preamble[: CLEAR_BYTES - CHECK_BYTES], salt)
        if cipher.preamble != preamble:
            raise WrongKey("the key is not that of the file, or its first page is damaged")
        return cipher

    def made(self, start: bytes, salt: bytes) -> Cipher:
        """Returns the cipher of a key and a salt, which is worked out once."""
        known = self.ciphers.get((start, salt))
        if known is None:
            secret = self.derived(start, salt)
            check = blake2b(b"check", key=secret, digest_size=CHECK_BYTES).digest()
            known = self.ciphers[start, salt] = Cipher(start + check, salt, secret)
        return known

    def derived(self, start: bytes, salt: bytes) -> bytes:
        """Returns the key of a file."""
        n, r, p = start[8:11]
        if isinstance(self.given, str):
            if (n, r, p) == NO_COST:
                raise WrongKey("the file has a key of 32 bytes, and a passphrase was given")
            material = Scrypt(salt=salt, length=KEY_BYTES, n=2**n, r=r, p=p).derive(
                self.given.encode()
            )
        else:
            if (n, r, p) != NO_COST:
                raise WrongKey("the file has a passphrase, and a key of 32 bytes was given")
            material = self.given
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=start).derive(material)
