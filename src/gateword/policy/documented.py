"""Members that Auth0 documents and Gateword keeps as they came.

Nothing acts on them, but for `CLIENT_IN_USE`, `TENANT_IN_USE` and `OWN_FLAGS`.

They are returned as they came, so that an exported file imports and exports again unchanged.
Source: Auth0 Management API v2, the bodies of clients, connections, resource servers, client
grants and tenant settings. `docs/reference/config-as-code.md` lists them from here.
"""

from collections.abc import Mapping
from typing import Final

CLIENT_IN_USE: Final = frozenset({"initiate_login_uri"})
"""Kept as it came too, but the pages lead back to it."""

CLIENT: Final = CLIENT_IN_USE | frozenset({
    "description", "logo_uri", "sso", "sso_disabled", "oidc_conformant", "callbacks",
    "allowed_logout_urls", "allowed_clients", "client_aliases", "cross_origin_authentication",
    "cross_origin_auth", "cross_origin_loc", "custom_login_page", "custom_login_page_on",
    "custom_login_page_preview", "form_template", "addons", "mobile", "native_social_login",
    "organization_usage", "organization_require_behavior",
    "organization_discovery_methods", "default_organization", "oidc_logout",
    "oidc_backchannel_logout", "session_transfer", "encryption_key", "signed_request_object",
    "require_pushed_authorization_requests", "require_proof_of_possession", "compliance_level",
    "skip_non_verifiable_callback_uri_confirmation_prompt", "token_exchange", "token_quota",
    "par_request_expiry", "external_client_id", "resource_server_identifier",
    "async_approval_notification_channels", "express_configuration",
    "my_organization_configuration",
    "third_party_security_mode", "redirection_policy", "fedcm_login",
    "token_vault_privileged_access", "identity_assertion_authorization_grant",
    "anonymous_sessions", "enforce_anon_session_transfer_network_binding",
    "b2b_integration_configuration", "oidc_support",
})  # fmt: skip

CONNECTION: Final = frozenset({
    "display_name", "metadata", "is_domain_connection", "show_as_button", "connected_accounts",
    "cross_app_access_requesting_app", "cross_app_access_resource_app",
})  # fmt: skip

CONNECTION_OPTIONS: Final = frozenset({
    "mfa", "bareConfiguration", "strategy_version",
    "upstream_params", "passkey_options", "realm_fallback", "gateway_authentication",
    "custom_password_hash", "api_enable_users", "api_enable_groups", "basic_profile", "ext_admin",
    "ext_is_suspended", "ext_agreed_terms", "ext_groups", "ext_assigned_plans", "ext_profile",
    "domain_aliases", "icon_url",
})  # fmt: skip

RESOURCE_SERVER: Final = frozenset({
    "token_lifetime_for_web", "skip_consent_for_verifiable_first_party_clients",
    "verificationKey", "verificationLocation", "consent_policy", "token_encryption",
    "proof_of_possession", "authorization_details", "client", "client_id", "allow_online_access",
    "allow_online_access_with_ephemeral_sessions", "token_lifetime_for_anonymous_access_tokens",
    "access_token", "require_consent_non_repudiation", "authorization_policy",
})  # fmt: skip

CLIENT_GRANT: Final = frozenset({
    "allow_any_organization", "organization_usage", "authorization_details_types", "is_system",
    "allow_all_scopes", "default_for",
})  # fmt: skip

TENANT_IN_USE: Final = frozenset({
    "friendly_name", "picture_url", "support_email", "support_url", "resource_parameter_profile",
})  # fmt: skip
"""Kept as they came too, but pages, letters and the choice of an audience read them."""

TENANT: Final = TENANT_IN_USE | frozenset({
    "allowed_logout_urls",
    "session_lifetime", "idle_session_lifetime", "ephemeral_session_lifetime",
    "idle_ephemeral_session_lifetime", "session_cookie", "sessions", "default_redirection_uri",
    "enabled_locales", "sandbox_version", "legacy_sandbox_version", "sandbox_versions_available",
    "change_password", "guardian_mfa_page", "error_page", "device_flow", "universal_login",
    "customize_mfa_in_postlogin_action", "acr_values_supported", "mtls", "oidc_logout",
    "allow_organization_name_in_authentication_api", "pushed_authorization_requests_supported",
    "authorization_response_iss_parameter_supported", "default_token_quota",
    "skip_non_verifiable_callback_uri_confirmation_prompt", "enable_ai_guide",
    "phone_consolidated_experience",
    "dynamic_client_registration_security_mode",
    "client_id_metadata_document_supported", "access_token", "security_headers",
    "dpop_strict_refresh_token_binding", "include_session_metadata_in_tenant_logs",
    "client_id_metadata_document_dynamic_registration_supported", "country_codes",
})  # fmt: skip

OWN_FLAGS: Final = (
    "enable_public_signup_user_exists_error", "oauth_strict_status",
    "revoke_refresh_token_grant", "ropg_expand_openid", "strict_client_auth_method",
)  # fmt: skip
"""Flags of a tenant that act here."""

FLAGS: Final = frozenset({
    "allow_changing_enable_sso", "allow_legacy_delegation_grant_types",
    "allow_legacy_ro_grant_types", "allow_legacy_tokeninfo_endpoint", "change_pwd_flow_v1",
    "custom_domains_provisioning", "dashboard_insights_view", "dashboard_log_streams_next",
    "disable_clickjack_protection_headers", "disable_fields_map_fix", "disable_impersonation",
    "disable_management_api_sms_obfuscation", "enable_adfs_waad_email_verification",
    "enable_apis_section", "enable_client_connections", "enable_custom_domain_in_emails",
    "enable_dynamic_client_registration", "enable_idtoken_api2", "enable_legacy_logs_search_v2",
    "enable_legacy_profile", "enable_pipeline2",
    "enable_sso", "enforce_client_authentication_on_passwordless_start",
    "genai_trial", "improved_signup_bot_detection_in_classic", "local_resource_discovery",
    "include_email_in_reset_pwd_redirect", "include_email_in_verify_email_redirect",
    "mfa_show_factor_list_on_enrollment", "new_universal_login_experience_enabled",
    "no_disclose_enterprise_connections", "remove_alg_from_jwks",
    "require_pushed_authorization_requests",
    "require_signed_request_object", "trust_azure_adfs_email_verified_connection_property",
    "universal_login", "use_scope_descriptions_for_consent",
})  # fmt: skip

WITHOUT_EFFECT: Final[Mapping[str, frozenset[str]]] = {
    "Clients": CLIENT - CLIENT_IN_USE,
    "Connections": CONNECTION,
    "Options of connections": CONNECTION_OPTIONS,
    "Resource servers": RESOURCE_SERVER,
    "Client grants": CLIENT_GRANT,
    "Tenant settings": TENANT - TENANT_IN_USE,
    "Flags of a tenant": FLAGS,
}
"""What the reference pages list as stored without effect."""
