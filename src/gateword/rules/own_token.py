"""The Management API token that rules find as `auth0.accessToken`: users only, for minutes.

Source: Auth0 "Use the Management API from within Rules" (read:users, update:users).
"""

from typing import Final

from gateword.domain.secret import Secret
from gateword.domain.tenant import SCRIPTS_CLIENT, Tenant
from gateword.ports.clock import Clock, Dice
from gateword.ports.crypto import Signer

SCOPES: Final = "read:users update:users"
LIFETIME_S: Final = 600
_USED_S: Final = 300
"""How long a token is handed out before the next one is made."""

_ID_CHARS: Final = 22
_ALG: Final = "RS256"


class OwnToken:
    """Makes the tokens of one tenant's scripts.

    Args:
        signer: The tenant's.
        clock: Tells when the next one is due.
        dice: Numbers them.
    """

    def __init__(self, signer: Signer, clock: Clock, dice: Dice) -> None:
        self._signer = signer
        self._clock = clock
        self._dice = dice
        self._token: Secret | None = None
        self._until = 0

    async def get(self, tenant: Tenant) -> Secret:
        """Return a token that is good for minutes."""
        now = int(self._clock.now().timestamp())
        if self._token is None or now >= self._until:
            claims = {
                "iss": tenant.issuer,
                "sub": f"{SCRIPTS_CLIENT}@clients",
                "aud": tenant.management_audience,
                "iat": now,
                "exp": now + LIFETIME_S,
                "scope": SCOPES,
                "gty": "client-credentials",
                "azp": SCRIPTS_CLIENT,
                "jti": self._dice.letters(_ID_CHARS),
            }
            self._token = await self._signer.sign(claims, alg=_ALG)
            self._until = now + _USED_S
        return self._token
