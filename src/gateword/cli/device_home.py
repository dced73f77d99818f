"""What the reference device keeps: a file for each account, readable by nobody else."""

import json
import os
import time
from pathlib import Path
from typing import Any, Final

import pyotp

from gateword.domain.secret import Secret
from gateword.policy.totp import STEP_S
from gateword.values import dataclass

_FILE_MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700
_SECRETS: Final = ("private_key", "totp_secret")


class NotKept(Exception):
    """Something of the device cannot be read, found or written; the argument says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account whose logins this device confirms.

    Attributes:
        id: The server's name for the device: `push|dev_…`.
        url: Address of the server, without a slash at its end.
        issuer: What the server calls itself.
        account: What it calls the user.
        private_key: PEM.
        totp_secret: Base32.
    """

    id: str
    url: str
    issuer: str
    account: str
    private_key: Secret
    totp_secret: Secret

    @property
    def label(self) -> str:
        """What tells it from others, for people."""
        return f"{self.issuer}: {self.account}"

    def code(self) -> tuple[str, int]:
        """Return the one-time code of now, and how many seconds it has left."""
        left_s = STEP_S - int(time.time()) % STEP_S
        return pyotp.TOTP(self.totp_secret.reveal()).now(), left_s


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of a device."""

    folder: Path

    def accounts(self) -> list[Account]:
        """Return what is kept, oldest first.

        Raises:
            NotKept: A file cannot be read.
        """
        if not self.folder.is_dir():
            return []
        files = sorted(self.folder.glob("dev_*.json"), key=lambda path: path.stat().st_mtime)
        return [_read(path) for path in files]

    def account(self, id_: str | None) -> Account:
        """Return one account: the one that is named, or the only one.

        Raises:
            NotKept: There is none, or there are several and none was named.
        """
        kept = self.accounts()
        if not kept:
            raise NotKept(
                f"{self.folder} holds no account. Enrol one: gateword device enroll BARCODE_URI"
            )
        found = [one for one in kept if id_ in (None, one.id, one.id.partition("|")[2])]
        if len(found) == 1:
            return found[0]
        ids = ", ".join(one.id for one in kept)
        raise NotKept(f"{'no such account' if id_ else 'name one of the accounts'}: {ids}")

    def keep(self, account: Account) -> None:
        """Write an account down.

        Raises:
            NotKept: The folder cannot be written.
        """
        document = {
            name: getattr(account, name)
            if name not in _SECRETS
            else getattr(account, name).reveal()
            for name in Account.__dataclass_fields__
        }
        try:
            self.folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            self._write(self._file(account), json.dumps(document, indent=2, ensure_ascii=False))
        except OSError as error:
            raise NotKept(f"{self.folder} cannot be written: {error.strerror}") from None

    def check(self) -> None:
        """Make sure that an account could be written down, before one is asked for.

        Raises:
            NotKept: The folder cannot be written.
        """
        try:
            self.folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        except OSError as error:
            raise NotKept(f"{self.folder} cannot be made: {error.strerror}") from None
        if not os.access(self.folder, os.W_OK | os.X_OK):
            raise NotKept(f"{self.folder} cannot be written; choose another with --home")

    def forget(self, account: Account) -> None:
        """Delete an account's file."""
        self._file(account).unlink(missing_ok=True)

    def _file(self, account: Account) -> Path:
        return self.folder / f"{account.id.partition('|')[2]}.json"

    def _write(self, path: Path, text: str) -> None:
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        new.replace(path)


def _read(path: Path) -> Account:
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
        texts = {name: str(document[name]) for name in Account.__dataclass_fields__}
    except (OSError, ValueError, KeyError, TypeError):
        raise NotKept(f"{path} cannot be read; delete it and enrol again") from None
    private_key, totp_secret = (Secret(texts.pop(name)) for name in _SECRETS)
    return Account(**texts, private_key=private_key, totp_secret=totp_secret)
