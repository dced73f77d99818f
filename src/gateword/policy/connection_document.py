"""A database connection as Auth0's Management API writes it, and back.

Rule 1: pure. Source: Auth0 Management API v2 "Create a connection", recorded creations.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from gateword.domain.connection import Connection
from gateword.policy import documented
from gateword.policy.members import Members

STRATEGY: Final = "auth0"
PASSWORD_POLICIES: Final = ("none", "low", "fair", "good", "excellent")
NAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,126}[A-Za-z0-9])?")
DEFAULT_OPTIONS: Final[Mapping[str, object]] = {
    "passwordPolicy": "good",
    "brute_force_protection": True,
    "strategy_version": 2,
    "mfa": {"active": True, "return_enroll_settings": True},
    "authentication_methods": {
        "password": {"enabled": True, "api_behavior": "required", "signup_behavior": "allow"},
        "passkey": {"enabled": False},
        "email_otp": {"enabled": False},
        "phone_otp": {"enabled": False},
    },
    "passkey_options": {
        "challenge_ui": "both",
        "progressive_enrollment_enabled": True,
        "local_enrollment_enabled": True,
    },
}
"""What a new connection has, as recorded at Auth0."""

_READ_ONLY: Final = ("id", "name", "provisioning_ticket_url")


def created(members: Members, name: str, connection_id: str) -> Connection:
    """Return the connection that a document creates, with Auth0's defaults."""
    if not NAME.fullmatch(name):
        members.fault("holds letters, digits and inner hyphens, at most 128", "name")
    fresh = Connection(
        key=0, id=connection_id, name=name, strategy=STRATEGY, realms=(name,),
        options=DEFAULT_OPTIONS,
    )  # fmt: skip
    return changed(members, fresh)


def changed(members: Members, stored: Connection) -> Connection:
    """Return a stored connection with what a document says of it.

    `options` is replaced as a whole: what the document leaves out goes back to its default.
    `enabled_clients` is the caller's business, because it holds names.
    """
    for known in (*_READ_ONLY, "enabled_clients", "options"):
        members.given(known)
    if members.text("strategy", stored.strategy) != STRATEGY:
        members.fault("only the strategy auth0 is supported yet", "strategy")
    authentication = members.member("authentication")
    connection = replace(
        stored,
        realms=members.texts("realms", stored.realms, (stored.name,)),
        is_active=authentication.flag("active", kept=stored.is_active, reset=True),
    )
    authentication.only()
    document = members.others(stored.document, documented.CONNECTION)
    connection = replace(connection, document=document)
    return _with_options(members, connection) if "options" in members else connection


def rendered(connection: Connection) -> dict[str, object]:
    """Return the connection in Auth0's shape."""
    return {
        "id": connection.id,
        "name": connection.name,
        "strategy": connection.strategy,
        "options": dict(connection.options),
        "realms": list(connection.realms),
        "enabled_clients": sorted(connection.enabled_clients),
        "authentication": {"active": connection.is_active},
        **connection.document,
    }


def _with_options(members: Members, connection: Connection) -> Connection:
    options = members.member("options")
    given_username = options.flag("requires_username", kept=False, reset=False)
    attributes = options.member("attributes")
    username = attributes.member("username")
    needs_username = username.flag("profile_required", kept=False, reset=False)
    if given_username and options.given("attributes") is not None:
        options.fault("excludes requires_username: keep one", "attributes")
    passwords = options.member("authentication_methods").member("password")
    enabled = passwords.flag("enabled", kept=True, reset=True)
    _check(options)
    _refuse_scripts(options)
    options.others({}, documented.CONNECTION_OPTIONS)
    return replace(
        connection,
        options={**DEFAULT_OPTIONS, **options.present()},
        requires_username=given_username or needs_username,
        passwords_enabled=enabled,
    )


def _check(options: Members) -> None:
    options.optional_text("passwordPolicy", None, choices=PASSWORD_POLICIES)
    complexity = options.member("password_complexity_options")
    complexity.whole("min_length", 1, 1, least=1, most=128)


def _refuse_scripts(options: Members) -> None:
    for name in ("enabledDatabaseCustomization", "import_mode"):
        if options.flag(name, kept=False, reset=False):
            options.fault("custom database scripts are not supported yet", name)
