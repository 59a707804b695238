"""What the database must not tell by itself: enciphered with a key that lies beside it, not in it.

Owns that key's file and the cipher (AES-256-GCM). A copy of the database alone opens no second
factor; a copy of the home folder does. Without its key nothing in it can be read again, and second
factors are set up anew.
"""

import hashlib
import hmac
import os
from base64 import b64decode
from binascii import Error as NotBase64
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_BYTES = 32
_NONCE_BYTES = 12


class StrongboxError(RuntimeError):
    """The key is missing, unreadable, or not the one that closed what is to be opened."""


class Strongbox:
    """Closes and opens small secrets. `about` names what one belongs to, and opens no other."""

    def __init__(self, key: bytes) -> None:
        if len(key) != _KEY_BYTES:
            raise StrongboxError(f"The key of the second factors must be {_KEY_BYTES} bytes long.")
        self._key = key
        self._cipher = AESGCM(hmac.digest(key, b"cipher", hashlib.sha256))

    @classmethod
    def told(cls, text: str) -> "Strongbox":
        """With the key in `text`, 32 bytes in base64."""
        try:
            return cls(b64decode(text, validate=True))
        except NotBase64 as error:
            raise StrongboxError("The key of the second factors is not base64.") from error

    @classmethod
    def in_file(cls, file: Path, chance: bytes) -> "Strongbox":
        """With the key in `file`, which is made of `chance` (32 bytes) where there is none."""
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            made = file.with_name(f".{file.name}.{os.getpid()}")
            if not file.exists():
                with open(made, "xb", opener=_for_me_alone) as new:
                    new.write(chance)
                    new.flush()
                    os.fsync(new.fileno())
                try:
                    # Of two processes that start at once the first one's key stays.
                    os.link(made, file)
                except FileExistsError:
                    pass
                finally:
                    made.unlink()
            return cls(file.read_bytes())
        except OSError as error:
            raise StrongboxError(f"The key of the second factors can't be read: {error}") from error

    def close(self, secret: bytes, about: str, chance: bytes) -> bytes:
        """`secret` enciphered, under a nonce made of `chance`."""
        nonce = hmac.digest(chance, b"nonce:" + about.encode(), hashlib.sha256)[:_NONCE_BYTES]
        return nonce + self._cipher.encrypt(nonce, secret, about.encode())

    def open(self, closed: bytes, about: str) -> bytes:
        """What was closed; StrongboxError with another key, or about something else."""
        nonce, rest = closed[:_NONCE_BYTES], closed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, rest, about.encode())
        except InvalidTag as error:
            raise StrongboxError(
                "The key of the second factors is not the one they were closed with."
            ) from error

    def digest(self, text: str, about: str) -> str:
        """A digest nobody can search for without the key."""
        spoken = f"{about}\0{text}".encode()
        return "hmac-sha256:" + hmac.new(self._key, spoken, hashlib.sha256).hexdigest()


def _for_me_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
