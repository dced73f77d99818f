"""The Management API as a resource server: its scopes (Auth0: Management API v2 reference)."""

from collections.abc import Mapping
from typing import Final

_CRUD: Final = ("read", "create", "update", "delete")
_BY_NOUN: Final[Mapping[str, tuple[str, ...]]] = {
    "client_summary": ("read",),
    "clients": _CRUD,
    "client_keys": _CRUD,
    "client_credentials": _CRUD,
    "client_grants": _CRUD,
    "resource_servers": _CRUD,
    "connections": _CRUD,
    "connections_options": ("read", "update"),
    "scim_config": _CRUD,
    "users": _CRUD,
    "users_app_metadata": _CRUD,
    "user_tickets": ("create",),
    "roles": _CRUD,
    "role_members": ("read", "create", "delete"),
    "rules": _CRUD,
    "rules_configs": ("read", "update", "delete"),
    "hooks": _CRUD,
    "actions": _CRUD,
    "tenant_settings": ("read", "update"),
    "attack_protection": ("read", "update"),
    "anomaly_blocks": ("read", "delete"),
    "logs": ("read",),
    "logs_users": ("read",),
    "log_streams": _CRUD,
    "stats": ("read",),
    "grants": ("read", "delete"),
    "device_credentials": _CRUD,
    "refresh_tokens": ("read", "update", "delete"),
    "sessions": ("read", "update", "delete"),
    "signing_keys": ("read", "create", "update"),
    "encryption_keys": _CRUD,
    "guardian_factors": ("read", "update"),
    "guardian_enrollments": ("read", "delete"),
    "guardian_enrollment_tickets": ("create",),
    "mfa_policies": ("read", "update"),
    "authentication_methods": _CRUD,
    "email_provider": _CRUD,
    "email_templates": ("read", "create", "update"),
    "phone_providers": _CRUD,
    "branding": ("read", "update"),
    "prompts": ("read", "update"),
    "custom_domains": _CRUD,
    "organizations": _CRUD,
    "phone_templates": ("read",),
    "event_streams": ("read",),
    "forms": ("read",),
    "flows": ("read",),
    "flows_vault_connections": ("read",),
    "self_service_profiles": ("read",),
    "token_exchange_profiles": ("read",),
    "configuration": ("read", "update"),
}

SCOPES: Final[Mapping[str, str]] = {
    f"{verb}:{noun}": f"{verb.capitalize()} {noun.replace('_', ' ')}"
    for noun, verbs in _BY_NOUN.items()
    for verb in verbs
}
"""Scope value to description, of every Management API v2 scope a machine may hold here."""
