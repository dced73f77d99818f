"""The sections `resourceServers` and `roles` of a file."""

from collections.abc import Iterable
from typing import Final

from gateword.domain.resource_server import ResourceServer, Role
from gateword.domain.secret import Secret
from gateword.policy import resource_server_document
from gateword.policy.members import Members, did_you_mean
from gateword.provision.draft import Draft
from gateword.provision.naming import by_name
from gateword.values import replace

_API_ID_CHARS: Final = 24
_ROLE_ID_CHARS: Final = 16
_SECRET_CHARS: Final = 43
"""More than the 256 bits that HS256 can use (RFC 7518 §3.2)."""


def plan_apis(draft: Draft, items: Iterable[Members]) -> None:
    """Note what the resource servers of the file come to; they are matched by identifier."""
    seen: set[str] = set()
    for item in items:
        identifier = item.required_text("identifier")
        if item.given("is_system") is True:
            continue  # a Management API, which an export of the Deploy CLI's holds
        stored = draft.apis.get(identifier)
        if identifier in seen:
            item.fault(f"{identifier} stands in the file twice", "identifier")
        elif any(c.isspace() for c in identifier):
            item.fault("holds no white space", "identifier")
        elif stored is not None and stored.is_system:
            item.fault("is the Management API, which Gateword keeps itself", "identifier")
        elif identifier:
            _plan_api(draft, item, identifier, stored)
        seen.add(identifier)


def _plan_api(draft: Draft, item: Members, identifier: str, stored: ResourceServer | None) -> None:
    def new_secret() -> Secret:
        return Secret(draft.dice.handle(_SECRET_CHARS))

    if stored is None:
        api_id = draft.dice.hex(_API_ID_CHARS)
        api = resource_server_document.created(item, identifier, api_id, new_secret)
    else:
        api = resource_server_document.changed(item, stored, new_secret)
    draft.apis[identifier] = api
    draft.note(
        api, "resource server", identifier, _compared(stored) if stored else None, _compared(api)
    )


def _compared(api: ResourceServer) -> dict[str, object]:
    secret = api.signing_secret.reveal() if api.signing_secret else None
    return {**resource_server_document.rendered(api), "signing_secret": secret}


def plan_roles(draft: Draft, items: Iterable[Members]) -> None:
    """Note what the roles of the file come to; they are matched by name."""
    for name, item in by_name(items, "a role"):
        _plan_role(draft, item, name)


def _plan_role(draft: Draft, item: Members, name: str) -> None:
    stored = draft.roles.get(name)
    kept = stored or Role(id=f"rol_{draft.dice.letters(_ROLE_ID_CHARS)}", name=name)
    item.given("id")
    role = replace(
        kept,
        description=item.optional_text("description", kept.description),
        permissions=_permissions(draft, item, kept.permissions),
    )
    item.only()
    draft.roles[name] = role
    draft.note(role, "role", name, _members(stored) if stored else None, _members(role))


def _permissions(
    draft: Draft, item: Members, kept: frozenset[tuple[str, str]]
) -> frozenset[tuple[str, str]]:
    items = item.items("permissions")
    if items is None:
        return kept
    found = set()
    for permission in items:
        value = permission.required_text("permission_name")
        identifier = permission.required_text("resource_server_identifier")
        for shown_only in ("description", "resource_server_name"):
            permission.given(shown_only)
        permission.only()
        _check_permission(draft, permission, value, identifier)
        found.add((identifier, value))
    return frozenset(found)


def _check_permission(draft: Draft, permission: Members, value: str, identifier: str) -> None:
    api = draft.apis.get(identifier)
    if identifier and api is None:
        hint = draft.api_meant(identifier)
        permission.fault(
            f"no resource server has this identifier{hint}", "resource_server_identifier"
        )
    elif api is not None and value and value not in api.scopes:
        hint = did_you_mean(value, api.scopes)
        permission.fault(f"{identifier} has no scope {value}{hint}", "permission_name")


def _members(role: Role) -> dict[str, object]:
    return {"description": role.description, "permissions": sorted(role.permissions)}
