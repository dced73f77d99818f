"""Access tokens for the Management API of a house."""

from gateword.provision.management_api import SCOPES
from tests.support.factories import a_client
from tests.support.house import House

CALLER = "machine"


async def management_token(house: House, *scopes: str) -> str:
    """Return a token of the client `machine`; without scopes named, one with all of them."""
    tenant = await house.parts.stores.settings.get()
    client = a_client(CALLER)
    now = int(house.clock.now().timestamp())
    claims = {
        "iss": tenant.issuer,
        "sub": f"{client.client_id}@clients",
        "aud": tenant.management_audience,
        "iat": now,
        "exp": now + 86400,
        "scope": " ".join(scopes or SCOPES),
        "gty": "client-credentials",
        "azp": client.client_id,
    }
    token = await house.parts.signer.sign(claims, alg="RS256")
    return token.reveal()
