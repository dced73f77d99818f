"""Encryption at rest: AES-256-GCM under a key that never enters the database."""

import base64
import contextlib
import hashlib
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateword.domain.secret import Secret

_KEY_BYTES: Final = 32
_ID_BYTES: Final = 4
_NONCE_BYTES: Final = 12


class AesVault:
    """Seals secrets. Layout: key id (4 bytes), nonce (12), ciphertext with tag."""

    def __init__(self, key: bytes) -> None:
        """Take a 256-bit key."""
        self._aes = AESGCM(key)
        self._key_id = hashlib.sha256(b"gateword key id" + key).digest()[:_ID_BYTES]

    def seal(self, plain: Secret, context: str) -> bytes:
        """Encrypt; the context is authenticated, so a row cannot stand in for another."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._aes.encrypt(nonce, plain.reveal().encode(), context.encode())
        return self._key_id + nonce + sealed

    def open(self, sealed: bytes, context: str) -> Secret:
        """Decrypt.

        Raises:
            ValueError: Another key, another context, or changed ciphertext.
        """
        key_id, rest = sealed[:_ID_BYTES], sealed[_ID_BYTES:]
        if key_id != self._key_id:
            raise ValueError("sealed under another encryption key than the one in use")
        try:
            plain = self._aes.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], context.encode())
        except InvalidTag:
            raise ValueError(
                f"sealed value of {context} was changed or belongs elsewhere"
            ) from None
        return Secret(plain.decode())


def key_from_text(text: Secret) -> bytes:
    """Return a key given as base64 text.

    Raises:
        ValueError: Not base64 of 32 bytes.
    """
    try:
        key = base64.b64decode(text.reveal(), validate=True)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ValueError("the encryption key must be base64 of 32 bytes")
    return key


def key_from_file(path: Path, *, make: bool = True) -> bytes:
    """Return the key in a file; a missing file is made, readable by its owner alone.

    Processes that start together agree: the file appears whole, under the first one's key.

    Args:
        path: The file.
        make: Off where something is sealed already, as a fresh key would open none of it, and
            where what is sealed would outlive the file.

    Raises:
        ValueError: No key is there and none may be made, or what is there is no key.
    """
    if not path.exists():
        if not make:
            raise ValueError(
                f"{path} is missing, and what the database holds is sealed under it: "
                "restore it from a backup, or set GATEWORD_ENCRYPTION_KEY; for an empty database "
                "`gateword init` makes one"
            )
        _make_key_file(path)
    return key_from_text(Secret(path.read_text("ascii").strip()))


def _make_key_file(path: Path) -> None:
    part = path.with_name(f"{path.name}.{secrets.token_hex(_ID_BYTES)}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first
            path.hardlink_to(part)
    finally:
        part.unlink(missing_ok=True)
