"""A tenant's configuration as a document in the Deploy CLI's format.

Applied again it changes nothing. Rule: names stand for ids, and no secret is in it. What is left
out besides: the Management API itself, the client that `gateword init` made for it, and ids.
Source: npm auth0-deploy-cli 8.44.0, what it leaves out of an export.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from gateword.domain.client import Client
from gateword.policy import (
    action_document,
    client_document,
    connection_document,
    log_stream_document,
    resource_server_document,
)
from gateword.policy import guardian_document as guardian
from gateword.ports.parts import Parts
from gateword.provision.bootstrap import is_management_client
from gateword.provision.draft import RULES_CONFIG, Draft, drawn
from gateword.provision.export_documents import documents, kept_of, without
from gateword.values import dataclass

_CLIENT: Final = (
    "client_id",
    "signing_keys",
    "global",
    "tenant",
    "owners",
    "callback_url_template",
)
_CREDENTIAL: Final = ("id", "created_at", "updated_at")
_API: Final = ("id", "is_system", "signing_secret")
_CONNECTION: Final = ("id", "provisioning_ticket_url")
_TENANT: Final = ("sandbox_versions_available",)


@dataclass(frozen=True, slots=True)
class Exported:
    """A tenant's configuration.

    Attributes:
        document: Sections by name, in the order of the format.
        left_out: What the tenant has and the document must not hold: secrets, by their place.
    """

    document: Mapping[str, object]
    left_out: tuple[str, ...]


async def exported(parts: Parts, *, with_ids: bool = False) -> Exported:
    """Return a tenant's configuration.

    Args:
        parts: The tenant's.
        with_ids: Name each client's `client_id`, so that a new tenant made from it keeps them.

    Raises:
        Refused: STORE_UNREACHABLE.
    """
    draft = await drawn(parts)
    names = _Names(draft)
    document: dict[str, object] = {
        "tenant": _tenant(draft),
        "clients": [_client(names, client, with_ids=with_ids) for client in names.clients],
        "databases": _databases(draft, names),
        "resourceServers": _apis(draft),
        "clientGrants": _grants(draft, names),
        "roles": _roles(draft),
        **documents(draft),
    }
    return Exported(document, tuple(_left_out(draft, names)))


class _Names:
    """How clients are called in an export: by name, or by id where several have the name."""

    def __init__(self, draft: Draft) -> None:
        self.clients: Sequence[Client] = sorted(
            (one for one in draft.clients.values() if not is_hidden(one)),
            key=lambda client: (client.name, client.client_id),
        )
        counts: dict[str, int] = {}
        for client in draft.clients.values():
            counts[client.name] = counts.get(client.name, 0) + 1
        self._shared = {name for name, count in counts.items() if count > 1}
        self._by_id = {client.client_id: client for client in self.clients}

    def is_shared(self, client: Client) -> bool:
        """Say whether another client has the same name."""
        return client.name in self._shared

    def of(self, client_id: str) -> str | None:
        """Return what stands for a client id; None for clients that no export holds."""
        client = self._by_id.get(client_id)
        if client is None:
            return None
        return client.client_id if self.is_shared(client) else client.name


def is_hidden(client: Client) -> bool:
    """Say whether no export holds a client: our own one, and the global one."""
    return is_management_client(client) or client.document.get("global") is True


def _tenant(draft: Draft) -> dict[str, object]:
    tenant = draft.tenant
    own = {
        "default_directory": tenant.default_directory,
        "default_audience": tenant.default_audience,
        "flags": dict(sorted(tenant.flags.items())) or None,
    }
    return {
        **{name: value for name, value in own.items() if value is not None},
        **without(tenant.document, _TENANT),
    }


def _client(names: _Names, client: Client, *, with_ids: bool) -> dict[str, object]:
    shown = {"name": client.name, **without(client_document.rendered(client), _CLIENT)}
    if with_ids or names.is_shared(client):
        shown["client_id"] = client.client_id
    methods = shown.get("client_authentication_methods")
    if isinstance(methods, Mapping):
        shown["client_authentication_methods"] = {
            method: {**about, "credentials": _credentials(about.get("credentials"))}
            for method, about in methods.items()
        }
    return shown


def _credentials(credentials: object) -> list[object]:
    return [
        without(one, _CREDENTIAL)
        for one in (credentials if isinstance(credentials, list) else ())
        if isinstance(one, Mapping)
    ]


def _databases(draft: Draft, names: _Names) -> list[object]:
    found: list[object] = []
    for _, connection in sorted(draft.connections.items()):
        if connection.strategy != connection_document.STRATEGY:
            continue
        shown = without(connection_document.rendered(connection), _CONNECTION)
        clients = (names.of(client_id) for client_id in connection.enabled_clients)
        shown["enabled_clients"] = sorted(name for name in clients if name is not None)
        if connection.realms == (connection.name,):
            shown.pop("realms", None)
        options = shown.get("options")
        if isinstance(options, Mapping):
            shown["options"] = without(options, ("configuration",))
        found.append(shown)
    return found


def _apis(draft: Draft) -> list[object]:
    return [
        without(resource_server_document.rendered(api), _API)
        for _, api in sorted(draft.apis.items())
        if not api.is_system
    ]


def _grants(draft: Draft, names: _Names) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for _, grant in sorted(draft.grants.items()):
        name = names.of(grant.client_id)
        if name is None:
            continue
        shown: dict[str, object] = {"client_id": name, "audience": grant.audience}
        if grant.subject_type != "client":
            shown["subject_type"] = grant.subject_type
        found.append({**shown, "scope": list(grant.scope), **grant.document})
    return sorted(found, key=lambda grant: (str(grant["client_id"]), str(grant["audience"])))


def _roles(draft: Draft) -> list[object]:
    found: list[object] = []
    for name, role in sorted(draft.roles.items()):
        shown: dict[str, object] = {"name": name}
        if role.description is not None:
            shown["description"] = role.description
        shown["permissions"] = [
            {"permission_name": value, "resource_server_identifier": identifier}
            for identifier, value in sorted(role.permissions)
        ]
        found.append(shown)
    return found


def _left_out(draft: Draft, names: _Names) -> list[str]:
    found = [
        f"clients: {client.name}: client_secret"
        for client in names.clients
        if client.secret is not None
    ]
    found += [
        f"databases: {connection.name}: options.configuration.{name}"
        for _, connection in sorted(draft.connections.items())
        for name in connection.configuration
    ]
    found += [
        f"resourceServers: {api.identifier}: signing_secret"
        for _, api in sorted(draft.apis.items())
        if api.signing_secret is not None
    ]
    found += [f"rulesConfigs: {kept.id}: value" for kept in kept_of(draft, RULES_CONFIG)]
    for kind, section in (
        (action_document.KIND, "actions"),
        (guardian.KIND, "guardian"),
        (log_stream_document.KIND, "logStreams"),
    ):
        found += [
            f"{section}: {kept.name or kept.id}: secrets"
            for kept in kept_of(draft, kind)
            if kept.secret is not None
        ]
    return found
