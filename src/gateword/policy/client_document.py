"""A client as Auth0's Management API writes it, and back.

Rule 1: pure; new secrets, ids and the reading of keys come in as functions.
Source: Auth0 Management API v2 "Create a client", "Update a client", recorded creations.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from gateword.domain.client import AuthMethod, Client, ClientKey
from gateword.domain.secret import Secret
from gateword.policy import documented, refresh_document
from gateword.policy.members import Members

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
ALGORITHMS: Final = ("RS256", "HS256", "PS256")
KEY_ALGORITHMS: Final = ("RS256", "RS384", "PS256")

_MAX_ID_TOKEN_LIFETIME_S: Final = 2_592_000
_MAX_METADATA: Final = 10
_ALL_GRANTS: Final = ("authorization_code", "implicit", "refresh_token", "client_credentials")
_GRANTS_BY_APP_TYPE: Final[Mapping[str, tuple[str, ...]]] = {
    "native": ("implicit", "authorization_code", "refresh_token"),
    "spa": ("implicit", "authorization_code", "refresh_token"),
    "non_interactive": ("client_credentials",),
}
_PUBLIC_APP_TYPES: Final = ("native", "spa")
_READ_ONLY: Final = ("global", "tenant", "signing_keys", "owners", "callback_url_template")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientMaker:
    """What making a client takes besides its document.

    Attributes:
        new_secret: Returns a fresh client secret.
        new_key_id: Returns a fresh id for a credential.
        read_pem: Returns a public key in its normal PEM form and its thumbprint (RFC 7638).
            Raises ValueError with the reason when it cannot be used.
        grant_types: What the house answers besides the grants Auth0 documents.
    """

    new_secret: Callable[[], Secret]
    new_key_id: Callable[[], str]
    read_pem: Callable[[str], tuple[str, str]]
    grant_types: frozenset[str] = frozenset()


def created(members: Members, client_id: str, maker: ClientMaker) -> Client:
    """Return the client that a document creates, with Auth0's defaults for what it leaves out."""
    fresh = _fresh(client_id, _app_type(members, None))
    return _read(members, fresh, fresh, maker)


def changed(members: Members, stored: Client, maker: ClientMaker) -> Client:
    """Return a stored client with what a document says of it."""
    app_type = stored.document.get("app_type")
    known = _app_type(members, app_type if isinstance(app_type, str) else None)
    return _read(members, stored, _fresh(stored.client_id, known), maker)


def rendered(client: Client) -> dict[str, object]:
    """Return the client in Auth0's shape, without its secret."""
    document: dict[str, object] = {
        "client_id": client.client_id,
        "name": client.name,
        "is_first_party": client.is_first_party,
        "is_token_endpoint_ip_header_trusted": client.is_ip_header_trusted,
        "grant_types": list(client.grant_types),
        "jwt_configuration": {
            "secret_encoded": False,
            "lifetime_in_seconds": client.id_token_lifetime_s,
            "alg": client.id_token_alg,
        },
        "refresh_token": refresh_document.rendered(client.refresh),
        **client.document,
    }
    if client.auth_method is AuthMethod.PRIVATE_KEY_JWT:
        credentials = [_rendered_key(key) for key in client.keys]
        document["client_authentication_methods"] = {
            "private_key_jwt": {"credentials": credentials}
        }
    else:
        document["token_endpoint_auth_method"] = client.auth_method.value
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
        grant_types=_GRANTS_BY_APP_TYPE.get(app_type or "", _ALL_GRANTS),
        document={"app_type": app_type} if app_type else {},
    )


def _read(members: Members, stored: Client, fresh: Client, maker: ClientMaker) -> Client:
    for name in _READ_ONLY:
        members.given(name)
    method, keys = _authentication(members, stored, fresh, maker)
    jwt = members.member("jwt_configuration")
    client = replace(
        stored,
        name=members.text("name", stored.name),
        secret=members.secret("client_secret") or stored.secret,
        keys=keys,
        auth_method=method,
        grant_types=members.texts(
            "grant_types",
            stored.grant_types,
            fresh.grant_types,
            choices=tuple(sorted({*GRANT_TYPES, *maker.grant_types})),
        ),
        is_first_party=members.flag("is_first_party", kept=stored.is_first_party, reset=True),
        is_ip_header_trusted=members.flag(
            "is_token_endpoint_ip_header_trusted", kept=stored.is_ip_header_trusted, reset=False
        ),
        id_token_alg=jwt.text("alg", stored.id_token_alg, "RS256", choices=ALGORITHMS),
        id_token_lifetime_s=jwt.whole(
            "lifetime_in_seconds",
            stored.id_token_lifetime_s,
            fresh.id_token_lifetime_s,
            least=1,
            most=_MAX_ID_TOKEN_LIFETIME_S,
        ),
        refresh=refresh_document.read(members, stored.refresh),
        default_audience=members.optional_text("default_audience", stored.default_audience),
    )
    jwt.others({}, ("secret_encoded", "scopes"))
    return _with_secret(_with_document(client, members, stored), maker)


def _with_document(client: Client, members: Members, stored: Client) -> Client:
    kept: dict[str, object] = dict(stored.document)
    origins: set[str] = set()
    for name in ("web_origins", "allowed_origins"):
        listed = members.texts(name, _texts(kept.get(name)))
        origins.update(_origins(members, name, listed))
        _put(kept, name, list(listed) if name in members or name in kept else None)
    _put(kept, "client_metadata", _metadata(members, kept.get("client_metadata")))
    app_type = members.optional_text("app_type", _text(kept.get("app_type")), choices=APP_TYPES)
    _put(kept, "app_type", app_type)
    members.given("client_id")
    document = members.others(kept, documented.CLIENT)
    return replace(client, origins=frozenset(origins), document=document)


def _with_secret(client: Client, maker: ClientMaker) -> Client:
    if client.auth_method not in (AuthMethod.POST, AuthMethod.BASIC):
        return replace(client, secret=None)
    return replace(client, secret=client.secret or maker.new_secret())


def _authentication(
    members: Members, stored: Client, fresh: Client, maker: ClientMaker
) -> tuple[AuthMethod, tuple[ClientKey, ...]]:
    choices = [one.value for one in AuthMethod if one is not AuthMethod.PRIVATE_KEY_JWT]
    by_key = members.given("client_authentication_methods") is not None
    if by_key:
        if members.given("token_endpoint_auth_method") is not None:
            members.fault(
                "excludes client_authentication_methods: keep one", "token_endpoint_auth_method"
            )
        return AuthMethod.PRIVATE_KEY_JWT, _keys(members, stored, maker)
    kept = stored.auth_method
    named = members.text(
        "token_endpoint_auth_method", kept.value, fresh.auth_method.value, choices=choices
    )
    if AuthMethod(named) is kept and "client_authentication_methods" in members:
        return fresh.auth_method, ()
    keys = stored.keys if AuthMethod(named) is AuthMethod.PRIVATE_KEY_JWT else ()
    return AuthMethod(named), keys


def _keys(members: Members, stored: Client, maker: ClientMaker) -> tuple[ClientKey, ...]:
    methods = members.member("client_authentication_methods")
    private_key_jwt = methods.member("private_key_jwt")
    credentials = private_key_jwt.items("credentials") or []
    if not credentials:
        methods.fault("needs private_key_jwt.credentials, a list of public keys")
    keys = [_key(credential, stored, maker) for credential in credentials]
    for other in ("tls_client_auth", "self_signed_tls_client_auth"):
        if methods.given(other) is not None:
            methods.fault("is not supported yet; use private_key_jwt", other)
    methods.only()
    private_key_jwt.only()
    return tuple(key for key in keys if key is not None)


def _key(credential: Members, stored: Client, maker: ClientMaker) -> ClientKey | None:
    credential.text("credential_type", "public_key", choices=("public_key", "x509_cert"))
    for name in ("id", "created_at", "updated_at", "expires_at", "parse_expiry_from_cert"):
        credential.given(name)
    alg = credential.text("alg", "RS256", "RS256", choices=KEY_ALGORITHMS)
    name = credential.text("name", "", "")
    pem = credential.required_text("pem")
    kid = credential.optional_text("kid", None)
    credential.only()
    if not pem:
        return None
    try:
        normal, thumbprint = maker.read_pem(pem)
    except ValueError as reason:
        credential.fault(str(reason), "pem")
        return None
    known = {key.kid: key.id for key in stored.keys}
    kid = kid or thumbprint
    return ClientKey(
        id=known.get(kid) or maker.new_key_id(), name=name, kid=kid, alg=alg, pem=normal
    )


def _rendered_key(key: ClientKey) -> dict[str, object]:
    return {
        "id": key.id, "name": key.name, "kid": key.kid, "credential_type": "public_key",
        "alg": key.alg, "pem": key.pem,
    }  # fmt: skip


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
        elif isinstance(value, str):
            kept[name] = value
        else:
            members.fault("must be text", "client_metadata", name)
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
