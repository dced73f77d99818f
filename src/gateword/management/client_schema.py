"""What a client's body may hold, member by member.

What has no effect here is checked for its kind only, stored, and returned as it came.
Source: Auth0 Management API v2 "Create a client", types of its SDKs.
"""

from typing import Final

from gateword.management.schema import (
    Schema,
    array,
    changes,
    flag,
    free,
    nullable,
    obj,
    secret,
    text,
    whole,
)
from gateword.policy import client_document, client_key_document, jwt_document, refresh_document

_URLS: Final = array(text(most=4096))
_IDS: Final = array(text(most=256))
_FREE: Final = nullable(free("Stored and returned; without effect."))
_FLAG: Final = flag("Stored and returned; without effect.")
_TEXT: Final = text("Stored and returned; without effect.", most=4096)
_HTML: Final = text("Stored and returned; without effect.", most=300_000)

_JWT: Final = obj({
    "alg": nullable(text("Signs ID tokens.", choices=jwt_document.ALGORITHMS)),
    "lifetime_in_seconds": nullable(
        whole("Of ID tokens.", least=1, most=jwt_document.MAX_LIFETIME_S)
    ),
    "secret_encoded": nullable(_FLAG),
    "scopes": nullable(free()),
})  # fmt: skip
_LIFETIME: Final = nullable(whole("Seconds.", least=1, most=refresh_document.MAX_LIFETIME_S))
_REFRESH: Final = obj({
    "rotation_type": nullable(text(choices=("rotating", "non-rotating"))),
    "expiration_type": nullable(text(choices=("expiring", "non-expiring"))),
    "leeway": nullable(
        whole("Seconds in which a used token still works.", most=refresh_document.MAX_LEEWAY_S)
    ),
    "token_lifetime": _LIFETIME,
    "idle_token_lifetime": _LIFETIME,
    "infinite_token_lifetime": nullable(flag()),
    "infinite_idle_token_lifetime": nullable(flag()),
    "policies": nullable(array(free(), most=100)),
})  # fmt: skip

KEY: Final = obj(
    {
        "credential_type": text(choices=("public_key",)),
        "name": text(most=128),
        "pem": text("Public key or certificate.", least=1, most=16_384),
        "alg": text(choices=client_key_document.ALGORITHMS),
        "kid": text(least=1, most=256),
        "expires_at": nullable(text("Time (ISO 8601) from which it proves nothing.", most=64)),
        "parse_expiry_from_cert": flag(),
    },
    required=("credential_type", "pem"),
)
_KEYS_BY_ID: Final = array(obj({"id": text(most=64)}, required=("id",)), least=1, most=10)


def _methods(credentials: Schema) -> Schema:
    private_key_jwt = obj({"credentials": credentials}, required=("credentials",))
    return obj({"private_key_jwt": private_key_jwt}, required=("private_key_jwt",))


_EFFECTIVE: Final[dict[str, Schema]] = {
    "name": text("Name for people.", least=1, most=1024, pattern="^[^<>]+$"),
    "client_secret": secret("Shared secret.", least=1),
    "app_type": text(choices=client_document.APP_TYPES),
    "grant_types": array(text(most=256), unique=True, most=100),
    "token_endpoint_auth_method": text(
        choices=("none", "client_secret_post", "client_secret_basic")
    ),
    "is_first_party": flag("Third-party clients may not use the password grants."),
    "is_token_endpoint_ip_header_trusted": flag("Whether auth0-forwarded-for counts."),
    "jwt_configuration": _JWT,
    "refresh_token": _REFRESH,
    "web_origins": _URLS,
    "allowed_origins": _URLS,
    "default_audience": text("API of client_credentials without an audience.", most=600),
    "initiate_login_uri": text("Where pages behind letters lead back to.", most=4096),
    "client_metadata": obj(
        others=nullable(text(most=client_document.MAX_METADATA_CHARS)),
        doc="Up to ten texts.",
    ),
}
_WITHOUT_EFFECT: Final[dict[str, Schema]] = {
    **dict.fromkeys(
        ("description", "logo_uri", "organization_usage",
         "organization_require_behavior", "compliance_level", "external_client_id",
         "resource_server_identifier", "third_party_security_mode", "redirection_policy",
         "cross_origin_loc"), _TEXT),
    **dict.fromkeys(
        ("sso", "sso_disabled", "oidc_conformant", "cross_origin_authentication",
         "cross_origin_auth", "custom_login_page_on", "require_pushed_authorization_requests",
         "require_proof_of_possession", "enforce_anon_session_transfer_network_binding",
         "skip_non_verifiable_callback_uri_confirmation_prompt"), _FLAG),
    **dict.fromkeys(("custom_login_page", "custom_login_page_preview", "form_template"), _HTML),
    **dict.fromkeys(("callbacks", "allowed_logout_urls", "client_aliases"), _URLS),
    **dict.fromkeys(
        ("allowed_clients", "organization_discovery_methods",
         "async_approval_notification_channels"), _IDS),
    **dict.fromkeys(
        ("addons", "mobile", "native_social_login", "default_organization", "oidc_logout",
         "oidc_backchannel_logout", "session_transfer", "encryption_key", "signed_request_object",
         "token_exchange", "token_quota", "express_configuration",
         "my_organization_configuration", "fedcm_login", "token_vault_privileged_access",
         "identity_assertion_authorization_grant", "anonymous_sessions",
         "b2b_integration_configuration", "oidc_support"), _FREE),
    "par_request_expiry": whole("Stored and returned; without effect."),
}  # fmt: skip

CHANGED: Final = changes(
    obj({
        **_EFFECTIVE,
        **_WITHOUT_EFFECT,
        "client_authentication_methods": _methods(_KEYS_BY_ID),
    }, required=("name",))
)  # fmt: skip
CREATED: Final = obj(
    {
        **{name: nullable(schema) for name, schema in (_EFFECTIVE | _WITHOUT_EFFECT).items()},
        "name": _EFFECTIVE["name"],
        "client_authentication_methods": nullable(_methods(array(KEY, least=1, most=10))),
    },
    required=("name",),
)

CREDENTIAL: Final = obj(
    {
        "id": text(), "name": text(), "kid": text(), "credential_type": text(), "alg": text(),
        "created_at": text(), "updated_at": text(), "expires_at": text(),
    },
    required=("id", "kid", "credential_type", "alg"),
)  # fmt: skip
CLIENT: Final = obj(
    {
        **_EFFECTIVE,
        **{name: {} for name in _WITHOUT_EFFECT},
        "client_id": text(),
        "tenant": text(),
        "global": flag(),
        "callback_url_template": flag(),
        "signing_keys": array(
            obj({"cert": text(), "pkcs7": text(), "subject": text()}, required=("cert",))
        ),
        "client_authentication_methods": free(),
    }
)
"""What answers hold; `fields` and scopes leave members out, so none is certain."""
