"""Makes signing keys, and loads what that takes when the first one is made.

X.509 costs 50 ms and 8 MB at start; a key is made once in months.
"""

from importlib import import_module
from typing import Any

from gateword.ports.clock import Clock, Dice
from gateword.ports.token_stores import SigningKey


class SigningKeysOnDemand:
    """Hands everything on to `crypto.signing_keys` (port `SigningKeyMaker`)."""

    def __init__(self, domain: str, clock: Clock, dice: Dice) -> None:
        """Take what a key takes."""
        self._domain = domain
        self._clock = clock
        self._dice = dice

    def new(self, state: str) -> SigningKey:
        key: SigningKey = _module().new_signing_key(
            self._domain, state, self._clock.now(), self._dice
        )
        return key

    def pkcs7(self, certificate_pem: str) -> str:
        return str(_module().pkcs7(certificate_pem))


def _module() -> Any:
    return import_module("gateword.crypto.signing_keys")
