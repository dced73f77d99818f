"""The verifier, loaded when the first token or assertion comes in.

The JOSE library and its X.509 cost 90 ms and 8 MB at start; logins and refreshes read no JWT.
"""

from collections.abc import Mapping
from functools import cached_property
from importlib import import_module

from gateword.domain.secret import Secret
from gateword.ports.clock import Clock
from gateword.ports.crypto import TokenVerifier
from gateword.ports.token_stores import SigningKeys


class VerifierOnDemand:
    """Hands everything on to `verify.KeyringVerifier` (port `TokenVerifier`)."""

    def __init__(self, keys: SigningKeys, clock: Clock) -> None:
        """Take what the verifier will take."""
        self._keys = keys
        self._clock = clock

    async def access_claims(self, token: Secret, issuer: str) -> Mapping[str, object] | None:
        return await self._verifier.access_claims(token, issuer)

    async def is_expired(self, token: Secret, issuer: str) -> bool:
        return await self._verifier.is_expired(token, issuer)

    def assertion_claims(
        self, assertion: Secret, keys: Mapping[str, tuple[str, str]]
    ) -> Mapping[str, object] | str:
        return self._verifier.assertion_claims(assertion, keys)

    def unverified_subject(self, assertion: Secret) -> str | None:
        return self._verifier.unverified_subject(assertion)

    @cached_property
    def _verifier(self) -> TokenVerifier:
        module = import_module("gateword.crypto.verify")
        verifier: TokenVerifier = module.KeyringVerifier(self._keys, self._clock)
        return verifier
