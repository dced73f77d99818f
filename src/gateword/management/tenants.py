"""`/tenants/settings`: what holds for the whole tenant.

Source: Auth0 Management API v2 "Tenants", recorded answers.
"""

from typing import Final

from gateword.domain.tenant import Tenant
from gateword.management.reading import read
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.management.schema import Schema, array, changes, flag, free, nullable, obj, text
from gateword.policy import documented, tenant_document

_PATH: Final = "/tenants/settings"
_NO_EFFECT: Final = "Stored and returned; without effect."
_MAX_HOURS: Final = 8760
_URLS: Final = array(text(most=4096), _NO_EFFECT)
_FLAG: Final = flag(_NO_EFFECT)
_TEXT: Final = text(_NO_EFFECT, most=4096)
_CONTACT: Final = text("Shown on pages and in letters.", most=4096)
_FREE: Final = nullable(free(_NO_EFFECT))


def _number(most: int) -> Schema:
    return {"type": "number", "minimum": 0, "maximum": most, "description": _NO_EFFECT}


_MEMBERS: Final[dict[str, Schema]] = {
    "default_directory": text("Connection that grant `password` asks.", most=128),
    "default_audience": text("API of a request that names none.", most=600),
    "flags": obj({
        name: nullable(flag()) for name in sorted({*documented.OWN_FLAGS, *documented.FLAGS})
    }),
    "friendly_name": text("Name for people, on pages and in letters.", most=1024),
    **dict.fromkeys(("picture_url", "support_email", "support_url"), _CONTACT),
    "enabled_locales": array(text(most=16), _NO_EFFECT, most=200),
    "sandbox_version": text(_NO_EFFECT, choices=tenant_document.SANDBOX_VERSIONS),
    "resource_parameter_profile": text(
        "Whether `resource` stands for `audience`.", choices=("audience", "compatibility")
    ),
    "allowed_logout_urls": _URLS,
    "acr_values_supported": array(text(most=256), _NO_EFFECT, most=100),
    **{name: _number(_MAX_HOURS) for name in tenant_document.LIFETIMES},
    **{
        name + tenant_document.IN_MINUTES: _number(_MAX_HOURS * 60)
        for name in tenant_document.LIFETIMES
    },
    **dict.fromkeys(
        ("default_redirection_uri", "legacy_sandbox_version",
         "dynamic_client_registration_security_mode"), _TEXT),
    **dict.fromkeys(
        ("customize_mfa_in_postlogin_action", "allow_organization_name_in_authentication_api",
         "pushed_authorization_requests_supported",
         "authorization_response_iss_parameter_supported",
         "skip_non_verifiable_callback_uri_confirmation_prompt", "enable_ai_guide",
         "phone_consolidated_experience", "client_id_metadata_document_supported",
         "client_id_metadata_document_dynamic_registration_supported",
         "dpop_strict_refresh_token_binding", "include_session_metadata_in_tenant_logs"), _FLAG),
    **dict.fromkeys(
        ("session_cookie", "sessions", "change_password", "guardian_mfa_page", "error_page",
         "device_flow", "universal_login", "mtls", "oidc_logout", "default_token_quota",
         "access_token", "security_headers", "country_codes"), _FREE),
}  # fmt: skip
_SETTINGS: Final = obj({
    **{name: {} for name in documented.TENANT},
    "default_directory": text(), "default_audience": text(), "flags": free(),
    "sandbox_versions_available": array(text()),
})  # fmt: skip


async def settings(call: Call) -> Document:
    """Answer the settings."""
    return tenant_document.rendered(await call.parts.stores.settings.get())


async def change(call: Call) -> Document:
    """Change what the body names, and answer the whole."""
    stores = call.parts.stores
    directories = {one.name for one in await stores.connections.all()}
    audiences = {one.identifier for one in await stores.resource_servers.all()}

    def changed(tenant: Tenant) -> Tenant:
        return read(
            call.body,
            lambda body: tenant_document.changed(body, tenant, directories, audiences),
        )

    return tenant_document.rendered(await stores.settings.change(changed))


RESOURCE: Final = Resource(
    name="tenants",
    doc="Settings of the tenant.",
    verbs=(
        Verb(
            method="GET",
            path=_PATH,
            scopes=("read:tenant_settings",),
            run=settings,
            summary="Get tenant settings",
            answer=_SETTINGS,
            fields=True,
        ),
        Verb(
            method="PATCH",
            path=_PATH,
            scopes=("update:tenant_settings",),
            run=change,
            summary="Update tenant settings",
            body=changes(obj(_MEMBERS)),
            answer=_SETTINGS,
        ),
    ),
)
