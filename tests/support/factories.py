"""The nouns of a tenant with everything that a test does not care about filled in."""

from typing import Any, Final

from gateword.domain.client import AuthMethod, Client
from gateword.domain.connection import Connection
from gateword.domain.resource_server import ResourceServer
from gateword.domain.secret import Secret
from gateword.domain.user import NewUser

PASSWORD: Final = "password"
PASSWORD_REALM: Final = "http://auth0.com/oauth/grant-type/password-realm"
REFRESH_TOKEN: Final = "refresh_token"
CLIENT_CREDENTIALS: Final = "client_credentials"
MFA_OTP: Final = "http://auth0.com/oauth/grant-type/mfa-otp"
MFA_OOB: Final = "http://auth0.com/oauth/grant-type/mfa-oob"
MFA_RECOVERY_CODE: Final = "http://auth0.com/oauth/grant-type/mfa-recovery-code"
MFA_GRANTS: Final = (MFA_OTP, MFA_OOB, MFA_RECOVERY_CODE)
"""What the one switch "MFA" of Auth0's dashboard adds to a client."""

EVERY_GRANT: Final = (PASSWORD, PASSWORD_REALM, REFRESH_TOKEN, CLIENT_CREDENTIALS)


def a_client(name: str, **more: Any) -> Client:
    """Return a confidential client that may use each first grant; id and secret tell its name."""
    public = more.get("auth_method") is AuthMethod.NONE
    given: dict[str, Any] = {
        "client_id": f"{name}-client-id",
        "name": name.capitalize(),
        "secret": None if public else Secret(secret_of(name)),
        "grant_types": EVERY_GRANT,
    }
    return Client(**given | more)


def secret_of(name: str) -> str:
    """Return the secret of the client that `a_client` makes under that name."""
    return f"{name}-client-secret-that-is-long-enough"


def an_api(identifier: str, **more: Any) -> ResourceServer:
    """Return an API with the scopes read:orders and write:orders that allows refresh tokens."""
    given: dict[str, Any] = {
        "id": f"{sum(identifier.encode()):024x}",
        "identifier": identifier,
        "name": identifier,
        "scopes": {"read:orders": "Read orders", "write:orders": "Write orders"},
        "allow_offline_access": True,
    }
    return ResourceServer(**given | more)


def a_connection(name: str, *clients: str, **more: Any) -> Connection:
    """Return a database connection that is enabled for these client ids."""
    given: dict[str, Any] = {
        "key": 0,
        "id": f"con_{name:x<16.16}",
        "name": name,
        "strategy": "auth0",
        "enabled_clients": frozenset(clients),
    }
    return Connection(**given | more)


def a_user(connection: str, name: str, **more: Any) -> NewUser:
    """Return a user `name@example.com` without a password; the id is made of name and directory."""
    given: dict[str, Any] = {
        "connection": connection,
        "email": f"{name}@example.com",
        "local_id": local_id(connection, name),
        "profile": {"name": name.capitalize(), "nickname": name},
    }
    return NewUser(**given | more)


def local_id(connection: str, name: str) -> str:
    """Return the 24 hex characters behind `auth0|` of the user that `a_user` makes."""
    return f"{connection}/{name}".encode().hex()[:24].rjust(24, "0")
