"""The API of second factors, to which users get access tokens: it is there in each tenant.

Rule 1: pure. Source: Auth0 "Manage Authenticator Factors Using the MFA API"; mfa-api §3.
"""

from typing import Final

from gateword.domain.resource_server import ResourceServer
from gateword.domain.tenant import Tenant

LIFETIME_S: Final = 600
ENROLL: Final = "enroll"
READ: Final = "read:authenticators"
REMOVE: Final = "remove:authenticators"
SCOPES: Final = {
    ENROLL: "Enroll a new authenticator",
    READ: "List the user's authenticators",
    REMOVE: "Delete an authenticator",
}


def api(tenant: Tenant) -> ResourceServer:
    """Return the API; its tokens live ten minutes, whatever anybody sets."""
    return ResourceServer(
        id="",
        identifier=tenant.mfa_audience,
        name="MFA API",
        scopes=SCOPES,
        token_lifetime_s=LIFETIME_S,
        allow_offline_access=True,
    )


def is_meant(audience: str, tenant: Tenant) -> bool:
    """Say whether an audience means it; the slash at the end may be missing."""
    return audience.rstrip("/") == tenant.mfa_audience.rstrip("/")
