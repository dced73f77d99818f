"""What rules may put into tokens.

Rule 1: pure. Rule 2: what may not be there is left out, and the login goes on.
Source: Auth0 "Create Custom Claims", "Token profiles".
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import msgspec

MOST_BYTES: Final = 100_000
"""All custom claims of a token together, as JSON."""

MOST_SCOPES: Final = 100
MOST_SCOPE_CHARS: Final = 280
_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
"""RFC 6749 §3.3."""

_RESERVED: Final = frozenset(
    {
        "acr", "act", "active", "amr", "at_hash", "ath", "attest", "aud", "auth_time",
        "authorization_details", "azp", "c_hash", "client_id", "cnf", "cty", "dest",
        "entitlements", "events", "exp", "groups", "gty", "htm", "htu", "iat", "internalService",
        "iss", "jcard", "jku", "jti", "jwe", "jwk", "kid", "may_act", "mky", "nbf", "nonce",
        "object_id", "org_id", "org_name", "orig", "origid", "permissions", "roles", "rph",
        "s_hash", "scope", "sid", "sub", "sub_jwk", "toe", "txn", "typ", "uuid", "vot", "vtm",
        "x5t#S256",
    }
)  # fmt: skip
_RESERVED_FAMILY: Final = "sip_"
_THEIR_HOSTS: Final = ("auth0.com", "webtask.io", "webtask.run")
_THEIR_URN: Final = "urn:auth0"


def custom(wanted: object, *, only_namespaced: bool = False) -> dict[str, object]:
    """Return the claims that a token takes over.

    Args:
        wanted: `context.accessToken` or `context.idToken`, as the last rule left it.
        only_namespaced: The audience is the Management API: claims without a namespace stay out.
    """
    if not wanted or not isinstance(wanted, Mapping):
        return {}
    allowed = {
        name: value
        for name, value in wanted.items()
        if _may_be(name, only_namespaced=only_namespaced)
    }
    return allowed if len(msgspec.json.encode(allowed)) <= MOST_BYTES else {}


def scopes(wanted: object) -> tuple[str, ...] | None:
    """Return the scopes that a rule set, each once; None when it set none."""
    given = wanted.get("scope") if isinstance(wanted, Mapping) else None
    if isinstance(given, str):
        given = given.split()
    if not isinstance(given, list):
        return None
    words = [word for one in given if isinstance(one, str) for word in one.split()]
    allowed = [word for word in words if len(word) <= MOST_SCOPE_CHARS and _SCOPE.fullmatch(word)]
    return tuple(dict.fromkeys(allowed))[:MOST_SCOPES]


def _may_be(name: str, *, only_namespaced: bool) -> bool:
    if name in _RESERVED or name.startswith(_RESERVED_FAMILY) or not name:
        return False
    try:
        parts = urlsplit(name)
    except ValueError:  # looks like an address, and is none
        return False
    if parts.scheme in {"http", "https"} and parts.netloc:
        host = (parts.hostname or "").rstrip(".")
        return not any(host == one or host.endswith(f".{one}") for one in _THEIR_HOSTS)
    if parts.scheme == "urn":
        return not name.lower().startswith(_THEIR_URN)
    return not only_namespaced
