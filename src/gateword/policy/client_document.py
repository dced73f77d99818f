"""A client as Auth0's Management API writes it, and back.

Rule 1: pure; new secrets, ids and the reading of keys come in as functions.
Rule 2: what nobody has set acts with its default and, as at Auth0, is not shown (`implied`).
Source: Auth0 Management API v2 "Create a client", "Update a client", recorded creations.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from gateword.domain.client import AuthMethod, Client
from gateword.domain.secret import Secret
from gateword.policy import client_key_document, documented, jwt_document, refresh_document
from gateword.policy.client_key_document import KeyMaker
from gateword.policy.members import Members
from gateword.values import dataclass, replace

PASSWORD: Final = "password"
PASSWORD_REALM: Final = "http://auth0.com/oauth/grant-type/password-realm"
GRANT_TYPES: Final = (
    "authorization_code", "implicit", "refresh_token", "client_credentials", PASSWORD,
    PASSWORD_REALM, "http://auth0.com/oauth/grant-type/mfa-oob",
    "http://auth0.com/oauth/grant-type/mfa-otp",
    "http://auth0.com/oauth/grant-type/mfa-recovery-code",
    "http://auth0.com/oauth/grant-type/passwordless/otp",
    "urn:ietf:params:oauth:grant-type:device_code", "urn:openid:params:grant-type:ciba",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token",
)  # fmt: skip
APP_TYPES: Final = (
    "native", "spa", "regular_web", "non_interactive", "resource_server", "express_configuration",
    "rms", "box", "cloudbees", "concur", "dropbox", "mscrm", "echosign", "egnyte", "newrelic",
    "office365", "salesforce", "sentry", "sharepoint", "slack", "springcm", "zendesk", "zoom",
    "sso_integration", "oag",
)  # fmt: skip
SHOWN_DEFAULTS: Final[Mapping[str, object]] = {
    "oidc_conformant": False,
    "sso_disabled": False,
    "cross_origin_authentication": False,
    "custom_login_page_on": True,
}
"""Members without effect that every answer shows, set or not (recorded creations)."""

MAX_METADATA_CHARS: Final = 255

_MAX_METADATA: Final = 10
_ALL_GRANTS: Final = ("authorization_code", "implicit", "refresh_token", "client_credentials")
_PUBLIC_APP_TYPES: Final = ("native", "spa")
_PUBLIC_GRANTS: Final = ("implicit", "authorization_code", "refresh_token")
_READ_ONLY: Final = ("global", "tenant", "signing_keys", "owners", "callback_url_template")
_METHOD: Final = "token_endpoint_auth_method"
_HEADER: Final = "is_token_endpoint_ip_header_trusted"
_KEYS: Final = "client_authentication_methods"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientMaker(KeyMaker):
    """What making a client takes besides its document.

    Attributes:
        new_secret: Returns a fresh client secret.
        grant_types: What the house answers besides the grants Auth0 documents.
    """

    new_secret: Callable[[], Secret]
    grant_types: frozenset[str] = frozenset()


def created(members: Members, client_id: str, maker: ClientMaker) -> Client:
    """Return the client that a document creates, with Auth0's defaults for what it leaves out."""
    fresh = _fresh(client_id, _app_type(members, None))
    if members.given(jwt_document.NAME) is not None:
        fresh = replace(fresh, implied=fresh.implied | {jwt_document.LIFETIME})
    return _read(members, fresh, fresh, maker)


def changed(members: Members, stored: Client, maker: ClientMaker) -> Client:
    """Return a stored client with what a document says of it."""
    app_type = stored.document.get("app_type")
    known = _app_type(members, app_type if isinstance(app_type, str) else None)
    return _read(members, stored, _fresh(stored.client_id, known), maker)


def rendered(client: Client) -> dict[str, object]:
    """Return the client in Auth0's shape, without its secret; with the PEM of its keys."""
    document: dict[str, object] = {
        "client_id": client.client_id,
        "name": client.name,
        "is_first_party": client.is_first_party,
        "is_token_endpoint_ip_header_trusted": client.is_ip_header_trusted,
        "grant_types": list(client.grant_types),
        **SHOWN_DEFAULTS,
        **client.document,
        "jwt_configuration": jwt_document.rendered(client),
        "refresh_token": refresh_document.rendered(
            client.refresh, client.document.get("refresh_token")
        ),
    }
    if client.auth_method is AuthMethod.PRIVATE_KEY_JWT:
        credentials = [
            {**client_key_document.rendered(key), "pem": key.pem}
            for key in client.keys
            if key.is_assigned
        ]
        document[_KEYS] = {"private_key_jwt": {"credentials": credentials}}
    elif _METHOD not in client.implied:
        document[_METHOD] = client.auth_method.value
    if client.default_audience is not None:
        document["default_audience"] = client.default_audience
    return document


def _app_type(members: Members, kept: str | None) -> str | None:
    return members.optional_text("app_type", kept, choices=APP_TYPES)


def _fresh(client_id: str, app_type: str | None) -> Client:
    is_public = app_type in _PUBLIC_APP_TYPES
    return Client(
        client_id=client_id,
        name=client_id,
        secret=None,
        auth_method=AuthMethod.NONE if is_public else AuthMethod.POST,
        grant_types=_PUBLIC_GRANTS if is_public else _ALL_GRANTS,
        implied=frozenset({_METHOD, jwt_document.ALG}),
        document={"app_type": app_type} if app_type else {},
    )


def _read(members: Members, stored: Client, fresh: Client, maker: ClientMaker) -> Client:
    for name in _READ_ONLY:
        members.given(name)
    client = replace(
        jwt_document.read(members, _with_method(stored, members, fresh, maker)),
        name=members.text("name", stored.name),
        secret=members.secret("client_secret") or stored.secret,
        grant_types=members.texts(
            "grant_types",
            stored.grant_types,
            fresh.grant_types,
            choices=tuple(sorted({*GRANT_TYPES, *maker.grant_types})),
        ),
        is_first_party=members.flag("is_first_party", kept=stored.is_first_party, reset=True),
        is_ip_header_trusted=members.flag(_HEADER, kept=stored.is_ip_header_trusted, reset=False),
        refresh=refresh_document.read(members, stored.refresh),
        default_audience=members.optional_text("default_audience", stored.default_audience),
    )
    _check_header(members, stored, client)
    return _with_secret(_with_document(client, members), maker)


def _check_header(members: Members, stored: Client, client: Client) -> None:
    """Note a fault when a client that proves nothing is to be believed about addresses.

    One that was stored so before there was this rule keeps it until somebody names it again; it is
    not believed in any case (`policy.caller`).
    """
    was_so = stored.is_ip_header_trusted and stored.auth_method is AuthMethod.NONE
    is_so = client.is_ip_header_trusted and client.auth_method is AuthMethod.NONE
    if is_so and not (was_so and members.given(_HEADER) is None and members.given(_METHOD) is None):
        members.fault(f"needs a client that proves itself: {_METHOD} cannot be none", _HEADER)


def _with_document(client: Client, members: Members) -> Client:
    kept: dict[str, object] = dict(client.document)
    origins: set[str] = set()
    for name in ("web_origins", "allowed_origins"):
        listed = members.texts(name, _texts(kept.get(name)))
        origins.update(_origins(members, name, listed))
        _put(kept, name, list(listed) if members.given(name) is not None or name in kept else None)
        if name in members and members.given(name) is None:
            _put(kept, name, None)
    _put(kept, "client_metadata", _metadata(members, kept.get("client_metadata")))
    _put(kept, "app_type", _app_type(members, _text(kept.get("app_type"))))
    _put(kept, "refresh_token", refresh_document.kept(members, kept.get("refresh_token")))
    if "cross_origin_auth" in members:  # the name it had before
        old = members.flag("cross_origin_auth", kept=False, reset=False)
        kept["cross_origin_authentication"] = old
    members.given("client_id")
    document = members.others(kept, documented.CLIENT)
    return replace(client, origins=frozenset(origins), document=document)


def _with_secret(client: Client, maker: ClientMaker) -> Client:
    if client.auth_method not in (AuthMethod.POST, AuthMethod.BASIC):
        return replace(client, secret=None)
    return replace(client, secret=client.secret or maker.new_secret())


def _with_method(client: Client, members: Members, fresh: Client, maker: ClientMaker) -> Client:
    kept = client.auth_method
    was_by_key = kept is AuthMethod.PRIVATE_KEY_JWT
    if members.given(_KEYS) is not None:
        if members.given(_METHOD) is not None:
            members.fault(f"excludes {_KEYS}: keep one", _METHOD)
        return replace(
            client,
            auth_method=AuthMethod.PRIVATE_KEY_JWT,
            keys=client_key_document.assigned(members, client.keys, maker),
            implied=client.implied | {_METHOD},
        )
    implied = members.still_implied(client.implied, _METHOD)
    if _METHOD in implied and not (was_by_key and _KEYS not in members):
        kept = fresh.auth_method
    choices = [one.value for one in AuthMethod if one is not AuthMethod.PRIVATE_KEY_JWT]
    named = members.text(_METHOD, kept.value, fresh.auth_method.value, choices=choices)
    method = AuthMethod(named)
    keys = client.keys
    if was_by_key and method is not AuthMethod.PRIVATE_KEY_JWT:
        keys = tuple(replace(key, is_assigned=False) for key in keys)
    return replace(client, auth_method=method, keys=keys, implied=implied)


def _metadata(members: Members, stored: object) -> dict[str, object] | None:
    kept = dict(stored) if isinstance(stored, dict) else {}
    if "client_metadata" not in members:
        return kept or None
    given = members.given("client_metadata")
    if given is None:
        return None
    if not isinstance(given, dict):
        members.fault("must be an object", "client_metadata")
        return kept
    for name, value in given.items():
        if value is None:
            kept.pop(name, None)
        elif isinstance(value, str) and len(value) <= MAX_METADATA_CHARS >= len(name):
            kept[name] = value
        else:
            members.fault(
                f"must be text, and like its name at most {MAX_METADATA_CHARS} characters long",
                "client_metadata",
                name[:MAX_METADATA_CHARS],
            )
    if len(kept) > _MAX_METADATA:
        members.fault(f"holds more than {_MAX_METADATA} members", "client_metadata")
    return kept


def _origins(members: Members, name: str, listed: Iterable[str]) -> Iterator[str]:
    """Return scheme, host and port of each URL, as browsers send them."""
    for position, text in enumerate(listed):
        try:
            parts = urlsplit(text)
        except ValueError:  # half an IPv6 address
            parts = urlsplit("")
        if parts.scheme and parts.netloc:
            yield f"{parts.scheme}://{parts.netloc}".lower()
        else:
            members.fault("is no origin such as https://shop.example", name, position)


def _put(document: dict[str, object], name: str, value: object) -> None:
    if value is None:
        document.pop(name, None)
    else:
        document[name] = value


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()
