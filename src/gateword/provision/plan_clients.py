"""The sections `clients` and `clientGrants` of a file."""

import re
from collections.abc import Iterable
from typing import Final

from gateword.domain.client import Client
from gateword.domain.resource_server import ClientGrant, ResourceServer
from gateword.domain.secret import Secret
from gateword.policy import client_document, documented
from gateword.policy.client_document import ClientMaker
from gateword.policy.members import Members, did_you_mean
from gateword.ports.clock import Dice
from gateword.provision.draft import Draft
from gateword.provision.naming import by_name
from gateword.provision.public_keys import read_pem
from gateword.values import replace

_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9._~-]{1,128}")
_ID_CHARS: Final = 32
_SECRET_CHARS: Final = 64
_CREDENTIAL_CHARS: Final = 22
_GRANT_CHARS: Final = 16
_SUBJECT_TYPES: Final = ("client", "user")


def plan_clients(draft: Draft, items: Iterable[Members]) -> None:
    """Note what the clients of the file come to; they are matched by name."""
    maker = _maker(draft.dice, draft.grant_types)
    for name, item in by_name(items, "a client"):
        if "<" in name or ">" in name:
            item.fault("cannot hold < or >", "name")
        else:
            _plan(draft, item, name, maker)


def _plan(draft: Draft, item: Members, name: str, maker: ClientMaker) -> None:
    client_id = item.optional_text("client_id", None)
    stored = _stored(draft, item, name, client_id)
    if stored is not None:
        client = client_document.changed(item, stored, maker)
    else:
        if client_id is not None and not _CLIENT_ID.fullmatch(client_id):
            item.fault("holds 1 to 128 of A-Z a-z 0-9 . _ ~ -", "client_id")
        fresh_id = client_id or draft.dice.letters(_ID_CHARS)
        client = client_document.created(item, fresh_id, maker)
    draft.clients[client.client_id] = client
    draft.note(client, "client", name, _compared(stored) if stored else None, _compared(client))


def _stored(draft: Draft, item: Members, name: str, client_id: str | None) -> Client | None:
    """Return the client that an item means; a fault when name and id disagree."""
    named = draft.clients_called(name)
    if client_id is None:
        if len(named) > 1:
            ids = ", ".join(client.client_id for client in named)
            item.fault(f"{len(named)} clients have this name; add client_id: {ids}", "name")
        return named[0] if named else None
    by_id = draft.clients.get(client_id)
    if by_id is not None and by_id.name != name:
        item.fault(f"belongs to the client named {by_id.name}", "client_id")
    if by_id is None and named:
        item.fault(
            f"the client named {name} has the client_id {named[0].client_id}, which cannot change",
            "client_id",
        )
        return named[0]  # what the rest of the file means by this name
    return by_id


def _compared(client: Client) -> dict[str, object]:
    secret = client.secret.reveal() if client.secret else None
    return {**client_document.rendered(client), "client_secret": secret}


def _maker(dice: Dice, grant_types: frozenset[str]) -> ClientMaker:
    return ClientMaker(
        grant_types=grant_types,
        new_secret=lambda: Secret(dice.handle(_SECRET_CHARS)),
        new_key_id=lambda: f"cred_{dice.letters(_CREDENTIAL_CHARS)}",
        read_pem=read_pem,
    )


def client_id_of(draft: Draft, word: str) -> tuple[str | None, str]:
    """Return the id of the client that a name or an id means, or None with the reason."""
    named = draft.clients_called(word)
    if len(named) == 1:
        return named[0].client_id, ""
    if named:
        return None, f"{len(named)} clients are named {word}; give the client_id"
    if word in draft.clients:
        return word, ""
    names = {client.name for client in draft.clients.values()}
    return None, f"no client is named {word}{did_you_mean(word, names)}"


def plan_grants(draft: Draft, items: Iterable[Members]) -> None:
    """Note what the client grants of the file come to."""
    seen: set[tuple[str, str, str]] = set()
    for item in items:
        grant = _grant(draft, item)
        if grant is None:
            continue
        key = (grant.client_id, grant.audience, grant.subject_type)
        if key in seen:
            item.fault("this client and audience stand in the file twice", "client_id")
        seen.add(key)
        before = draft.grants.get(key)
        draft.grants[key] = grant
        name = f"{draft.clients[grant.client_id].name} at {grant.audience}"
        draft.note(
            grant, "client grant", name, _members(before) if before else None, _members(grant)
        )


def _grant(draft: Draft, item: Members) -> ClientGrant | None:
    word, audience = item.required_text("client_id"), item.required_text("audience")
    subject = item.text("subject_type", "client", "client", choices=_SUBJECT_TYPES)
    item.given("id")
    client_id, reason = client_id_of(draft, word) if word else (None, "")
    if reason:
        item.fault(reason, "client_id")
    api = draft.apis.get(audience)
    if audience and api is None:
        item.fault(f"no resource server has this identifier{draft.api_meant(audience)}", "audience")
    if client_id is None or api is None:
        return None
    key = (client_id, audience, subject)
    stored = draft.grants.get(key) or ClientGrant(
        id=f"cgr_{draft.dice.letters(_GRANT_CHARS)}",
        client_id=client_id,
        audience=audience,
        subject_type=subject,
    )
    scope = item.texts("scope", stored.scope)
    _check_scope(item, scope, api)
    document = item.others(stored.document, documented.CLIENT_GRANT)
    return replace(stored, scope=scope, document=document)


def _check_scope(item: Members, scope: tuple[str, ...], api: ResourceServer) -> None:
    for position, value in enumerate(scope):
        if value not in api.scopes:
            hint = did_you_mean(value, api.scopes)
            item.fault(f"{api.identifier} has no scope {value}{hint}", "scope", position)


def _members(grant: ClientGrant) -> dict[str, object]:
    return {"scope": list(grant.scope), **grant.document}
