"""The reader of device keys, loaded when the first device speaks: most servers never meet one."""

from collections.abc import Mapping
from functools import cached_property
from importlib import import_module

from gateword.domain.secret import Secret
from gateword.ports.crypto import DeviceKeys


class DeviceKeysOnDemand:
    """Hands everything on to `device_keys.JoseDeviceKeys` (port `DeviceKeys`)."""

    def public_pem(self, jwk: Mapping[str, object]) -> Secret | None:
        return self._keys.public_pem(jwk)

    def claims(self, proof: Secret, public_pem: Secret) -> Mapping[str, object] | None:
        return self._keys.claims(proof, public_pem)

    def unverified_issuer(self, proof: Secret) -> str | None:
        return self._keys.unverified_issuer(proof)

    @cached_property
    def _keys(self) -> DeviceKeys:
        keys: DeviceKeys = import_module("gateword.crypto.device_keys").JoseDeviceKeys()
        return keys
