"""What an answer shows of a client: that depends on the scopes of who asks (promise M3).

Source: Auth0 Management API v2 "Get a client" (scopes), recorded answers.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from gateword.domain.client import Client, RefreshPolicy
from gateword.management.resource import Actor, Call
from gateword.policy import client_document, client_key_document, refresh_document

READ_SCOPES: Final = (
    "read:clients", "read:client_keys", "read:client_credentials", "read:client_summary",
)  # fmt: skip
KEY_SCOPES: Final = ("read:client_keys", "read:client_credentials")
GLOBAL_NAME: Final = "All Applications"

_KEYS: Final = "client_authentication_methods"
SECRET_MEMBERS: Final = frozenset({"client_secret", "signing_keys", "encryption_key", _KEYS})
"""Members that need a scope of their own."""

_SUMMARY: Final = ("client_id", "app_type", "name", "description")
_GLOBAL_ID_CHARS: Final = 32


async def certificates(call: Call) -> list[dict[str, object]]:
    """Return the member `signing_keys`: the certificate that the tenant signs with."""
    keys = await call.parts.stores.signing_keys.all()
    maker = call.parts.key_maker
    return [
        {
            "cert": key.certificate_pem,
            "pkcs7": maker.pkcs7(key.certificate_pem),
            "subject": "deprecated",
        }
        for key in keys
        if key.state == "current"
    ]


def visible(document: Mapping[str, object], actor: Actor) -> dict[str, object]:
    """Return the members of a client that the bearer of a token may read."""
    names = set(_SUMMARY)
    if actor.may("read:clients", "read:client_keys"):
        names |= document.keys() - SECRET_MEMBERS
    if actor.may(*KEY_SCOPES):
        names |= SECRET_MEMBERS
    return {name: document[name] for name in document if name in names}


def for_writer(document: Mapping[str, object], actor: Actor) -> dict[str, object]:
    """Return the members of a client that the answer to a change shows."""
    hidden = frozenset() if actor.may(*KEY_SCOPES) else SECRET_MEMBERS
    return {name: document[name] for name in document if name not in hidden}


def shown(client: Client, tenant: str, certificates: list[dict[str, object]]) -> dict[str, object]:
    """Return every member of a client; its keys by their ids."""
    document: dict[str, object] = {
        "tenant": tenant,
        "global": False,
        "callback_url_template": False,
        **client_document.rendered(client),
        "signing_keys": certificates,
    }
    if client.secret is not None:
        document["client_secret"] = client.secret.reveal()
    if _KEYS in document:
        document[_KEYS] = _methods([{"id": key.id} for key in client.keys if key.is_assigned])
    return document


def with_credentials(document: Mapping[str, object], client: Client) -> dict[str, object]:
    """Return a shown client with its keys in full, as the answer to a creation has them."""
    if _KEYS not in document:
        return dict(document)
    keys = [client_key_document.rendered(key) for key in client.keys if key.is_assigned]
    return {**document, _KEYS: _methods(keys)}


def global_client(tenant: str, certificates: list[dict[str, object]]) -> dict[str, object]:
    """Return the hidden client that stands for all of a tenant; it can do nothing here."""
    return {
        "tenant": tenant,
        "global": True,
        "callbacks": [],
        "is_first_party": True,
        "name": GLOBAL_NAME,
        "refresh_token": refresh_document.rendered(RefreshPolicy()),
        "cross_origin_authentication": False,
        "signing_keys": certificates,
        "client_id": global_id(tenant),
        "custom_login_page_on": True,
    }


def global_id(tenant: str) -> str:
    """Return the id of the hidden client; no stored client has one of its form by chance."""
    return sha256(f"global client of {tenant}".encode()).hexdigest()[:_GLOBAL_ID_CHARS]


def _methods(credentials: list[dict[str, object]]) -> dict[str, object]:
    return {"private_key_jwt": {"credentials": credentials}}
