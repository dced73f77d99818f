"""The key of a push device, on the side of the device (`gateword device`)."""

from collections.abc import Mapping
from typing import Final

import msgspec
from joserfc import jws
from joserfc.jwk import ECKey

from gateword.domain.secret import Secret

_ALG: Final = "ES256"


class DeviceKey:
    """A key pair on P-256, which phones keep in hardware."""

    def __init__(self, key: ECKey) -> None:
        """Take the pair; `made` and `read` know how to get one."""
        self._key = key

    @classmethod
    def made(cls) -> "DeviceKey":
        """Return a new pair."""
        return cls(ECKey.generate_key("P-256", auto_kid=False))

    @classmethod
    def read(cls, private_pem: Secret) -> "DeviceKey":
        """Return a pair that was written down.

        Raises:
            ValueError: It is no such key.
        """
        return cls(ECKey.import_key(private_pem.reveal()))

    @property
    def private_pem(self) -> Secret:
        """The pair, to be written down."""
        return Secret(self._key.as_pem(private=True).decode())

    @property
    def public_jwk(self) -> Mapping[str, object]:
        """The public half (RFC 7517)."""
        return self._key.as_dict(private=False)

    def signed(self, claims: Mapping[str, object]) -> Secret:
        """Return claims signed in compact form (RFC 7515 §3.1)."""
        payload = msgspec.json.encode(claims)
        return Secret(jws.serialize_compact({"alg": _ALG}, payload, self._key, algorithms=[_ALG]))
