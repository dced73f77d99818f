"""Discovery and the key set: what clients and APIs read before the first token."""

from typing import Final

import msgspec
from starlette.responses import Response

from gateword.policy.scopes import OFFLINE_ACCESS
from gateword.web.endpoint import Visit

_FOR_A_WHILE: Final = {"cache-control": "public, max-age=300"}
_SCOPES: Final = (
    "openid", "profile", OFFLINE_ACCESS, "name", "given_name", "family_name", "nickname",
    "email", "email_verified", "picture", "created_at", "identities", "phone", "address",
)  # fmt: skip
_CLAIMS: Final = (
    "aud", "auth_time", "created_at", "email", "email_verified", "exp", "family_name",
    "given_name", "iat", "identities", "iss", "name", "nickname", "phone_number", "picture",
    "sub",
)  # fmt: skip


async def configuration(visit: Visit) -> Response:
    """Return the provider's metadata (OpenID Connect Discovery §3; RFC 8414).

    Only what exists here is listed; `grant_types_supported` and the introspection endpoint are
    our additions to what Auth0 lists.
    """
    issuer = (await visit.tenancy.tenant()).issuer
    body = {
        "issuer": issuer,
        "token_endpoint": f"{issuer}oauth/token",
        "userinfo_endpoint": f"{issuer}userinfo",
        "jwks_uri": f"{issuer}.well-known/jwks.json",
        "revocation_endpoint": f"{issuer}oauth/revoke",
        "introspection_endpoint": f"{issuer}oauth/introspect",
        "scopes_supported": _SCOPES,
        "response_types_supported": [],
        "grant_types_supported": sorted(visit.tenancy.grants),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["HS256", "RS256", "PS256"],
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic", "client_secret_post", "private_key_jwt", "none",
        ],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "RS384", "PS256"],
        "claims_supported": _CLAIMS,
        "request_uri_parameter_supported": False,
        "request_parameter_supported": False,
    }  # fmt: skip
    return _public(body)


async def key_set(visit: Visit) -> Response:
    """Return the public keys: current first, then next, then previous (RFC 7517 §5)."""
    keys = await visit.tenancy.parts.stores.signing_keys.all()
    order = ["current", "next", "previous"]
    live = sorted(
        (key for key in keys if key.state in order), key=lambda key: order.index(key.state)
    )
    return _public({"keys": [visit.tenancy.key_documents.jwk(key) for key in live]})


def _public(body: object) -> Response:
    return Response(msgspec.json.encode(body), headers=_FOR_A_WHILE, media_type="application/json")
