"""A tenant's settings as Auth0's Management API writes them, and back.

Rule 1: pure. Rule 2: what names a connection or an API is checked against those there are.
Source: Auth0 Management API v2 "Tenant settings", recorded answers; npm auth0-deploy-cli 8.44.0
writes the lifetimes in minutes.
"""

from collections.abc import Collection, Mapping
from typing import Final

from gateword.domain.tenant import Tenant
from gateword.policy import documented
from gateword.policy.members import Members, did_you_mean
from gateword.values import replace

SANDBOX_VERSIONS: Final = ("22", "18", "16", "12")
LIFETIMES: Final = (
    "session_lifetime", "idle_session_lifetime", "ephemeral_session_lifetime",
    "idle_ephemeral_session_lifetime",
)  # fmt: skip
"""Members in hours; each may be written in minutes as well."""

IN_MINUTES: Final = "_in_minutes"
_MINUTES: Final = 60
_DEFAULTS: Final[Mapping[str, object]] = {
    "enabled_locales": ["en"],
    "session_lifetime": 168,
    "idle_session_lifetime": 72,
    "sandbox_version": SANDBOX_VERSIONS[0],
}
_DEFAULT_FLAGS: Final[Mapping[str, bool]] = {
    "allow_changing_enable_sso": False,
    "disable_clickjack_protection_headers": False,
    "disable_impersonation": True,
    "enable_sso": True,
    "mfa_show_factor_list_on_enrollment": False,
    "revoke_refresh_token_grant": False,
    "universal_login": True,
}
"""Flags that every answer shows; those that act here have the default by which they act."""


def changed(
    members: Members, stored: Tenant, directories: Collection[str], audiences: Collection[str]
) -> Tenant:
    """Return the settings with what a document says of them; flags are merged.

    Args:
        members: The document.
        stored: The settings before.
        directories: Names of the connections there are.
        audiences: Identifiers of the APIs there are.
    """
    members.given("sandbox_versions_available")
    document = dict(_with_lifetimes(members, stored.document))
    before = str(document.pop("sandbox_version", ""))
    version = members.optional_text("sandbox_version", before, choices=SANDBOX_VERSIONS)
    document |= {"sandbox_version": version} if version else {}
    tenant = replace(
        stored,
        default_directory=members.optional_text("default_directory", stored.default_directory)
        or None,
        default_audience=members.optional_text("default_audience", stored.default_audience) or None,
        flags=_flags(members, stored.flags),
        document=members.others(document, documented.TENANT),
    )
    _check(members, tenant, directories, audiences)
    return tenant


def rendered(tenant: Tenant) -> dict[str, object]:
    """Return the settings in Auth0's shape; what is unset shows its recorded default."""
    return {
        "default_audience": tenant.default_audience or "",
        "default_directory": tenant.default_directory or "",
        **_DEFAULTS,
        **tenant.document,
        "flags": {**_DEFAULT_FLAGS, **tenant.flags},
        "sandbox_versions_available": list(SANDBOX_VERSIONS),
    }


def _with_lifetimes(members: Members, document: Mapping[str, object]) -> dict[str, object]:
    """Return the document with the lifetimes that are given in minutes, in hours."""
    changed = dict(document)
    for name in LIFETIMES:
        minutes = members.given(name + IN_MINUTES)
        if name + IN_MINUTES not in members:
            continue
        if minutes is None:
            changed.pop(name, None)
        elif isinstance(minutes, int | float) and not isinstance(minutes, bool):
            hours = minutes / _MINUTES
            changed[name] = int(hours) if hours == int(hours) else hours
        else:
            members.fault("must be a number", name + IN_MINUTES)
    return changed


def _check(
    members: Members, tenant: Tenant, directories: Collection[str], audiences: Collection[str]
) -> None:
    directory, audience = tenant.default_directory, tenant.default_audience
    if directory and directory not in directories and "default_directory" in members:
        hint = did_you_mean(directory, directories)
        members.fault(f"no database is named {directory}{hint}", "default_directory")
    if audience and audience not in audiences and "default_audience" in members:
        hint = did_you_mean(audience, audiences)
        members.fault(f"no resource server has the identifier {audience}{hint}", "default_audience")


def _flags(members: Members, stored: Mapping[str, bool]) -> Mapping[str, bool]:
    given = members.member("flags")
    merged = {} if "flags" in members and members.given("flags") is None else dict(stored)
    for name, value in given.others({}, (*documented.OWN_FLAGS, *documented.FLAGS)).items():
        if isinstance(value, bool):
            merged[name] = value
        else:
            given.fault("must be true or false", name)
    for name in merged.keys() & given.nulls():
        del merged[name]
    return merged
