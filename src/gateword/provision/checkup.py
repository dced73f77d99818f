"""What an operator should know about a tenant's configuration.

Rule: pure over what the stores hold; a finding names the thing and the next step.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from gateword.domain.client import Client
from gateword.domain.connection import Connection
from gateword.policy.client_document import PASSWORD, PASSWORD_REALM
from gateword.policy.connection_document import STRATEGY
from gateword.ports.token_stores import SigningKey
from gateword.provision import dormant, guards, rule_findings
from gateword.provision.draft import Draft
from gateword.provision.finding import Finding, Level

MIN_SECRET_CHARS: Final = 32
"""A shared secret of fewer characters can hold less than the 128 bits RFC 6749 §10.10 asks for."""

_CLOCK_LEEWAY: Final = timedelta(minutes=2)
_ONE_ADDRESS: Final = (
    "all its users come from its own address, so what stops one of them stops them all; "
    "set is_token_endpoint_ip_header_trusted: true, and have it send auth0-forwarded-for"
)


def findings(
    draft: Draft, keys: Sequence[SigningKey], now: datetime, *, few_leaks: int | None = None
) -> list[Finding]:
    """Return what there is to say, errors first.

    Args:
        draft: The tenant's configuration.
        keys: Its signing keys.
        now: Time of the machine.
        few_leaks: Entries of an imported corpus of breached passwords that is small; 0 without
            one, None for a whole one.
    """
    found = [
        *_keys(keys, now),
        *_directory(draft),
        *_realms(draft),
        *guards.findings(draft, few_leaks=few_leaks),
        *_dormant(draft),
        *rule_findings.findings(draft),
        *(finding for client in _sorted(draft) for finding in _client(draft, client)),
    ]
    order = ("error", "warning", "hint")
    return sorted(found, key=lambda finding: order.index(finding.level))


def _keys(keys: Sequence[SigningKey], now: datetime) -> Iterator[Finding]:
    states = {key.state for key in keys}
    for state in ("current", "next"):
        if state not in states:
            yield Finding(
                level="error",
                about="signing keys",
                text=f"there is no {state} key; gateword init makes what is missing",
            )
    if any(key.created_at > now + _CLOCK_LEEWAY for key in keys):
        yield Finding(
            level="error",
            about="clock",
            text=f"it is {now:%Y-%m-%d %H:%M} UTC here, before a signing key was made: "
            "set the clock, or tokens are refused elsewhere",
        )


def _directory(draft: Draft) -> Iterator[Finding]:
    name = draft.tenant.default_directory
    if name is None:
        yield Finding(
            level="warning",
            about="default_directory",
            text="is not set: grant `password` without realm is refused; "
            "set tenant.default_directory with gateword apply",
        )
    elif name not in draft.connections or draft.connections[name].strategy != STRATEGY:
        yield Finding(
            level="error",
            about="default_directory",
            text=f"names {name}, which is no database here; set it with gateword apply",
        )
    audience = draft.tenant.default_audience
    if audience is not None and audience not in draft.apis:
        yield Finding(
            level="error",
            about="default_audience",
            text=f"names {audience}, which is no resource server; set it with gateword apply",
        )


def _realms(draft: Draft) -> Iterator[Finding]:
    databases = [one for one in draft.connections.values() if one.strategy == STRATEGY]
    for connection in sorted(databases, key=lambda one: one.name):
        yield from _scripts(connection)
        yield from _unguarded(draft, connection)
        if not connection.enabled_clients & draft.clients.keys():
            yield Finding(
                level="hint",
                about=f"database {connection.name}",
                text="is enabled for no client, so nobody can log in through it; "
                "add enabled_clients",
            )


def _scripts(connection: Connection) -> Iterator[Finding]:
    for text in dormant.of_scripts(connection):
        yield Finding(level="warning", about=f"database {connection.name}", text=text)


def _unguarded(draft: Draft, connection: Connection) -> Iterator[Finding]:
    is_used = any(
        connection.admits(client.client_id) and _takes_passwords(client)
        for client in draft.clients.values()
    )
    if is_used and connection.options.get("brute_force_protection") is False:
        yield Finding(
            level="warning",
            about=f"database {connection.name}",
            text="is exempt from brute-force protection, so guesses at its accounts go on; "
            "set options.brute_force_protection: true",
        )


def _dormant(draft: Draft) -> Iterator[Finding]:
    for one in dormant.stored(draft):
        yield Finding(level="warning", about=one.about, text=one.text)


def _client(draft: Draft, client: Client) -> Iterator[Finding]:
    if _takes_passwords(client):
        for level, text in _password_faults(draft, client):
            yield Finding(level=level, about=f"client {client.name}", text=text)
    if client.may_use("refresh_token") and not _expires(client):
        yield Finding(
            level="warning",
            about=f"client {client.name}",
            text="its refresh tokens never expire; set refresh_token.expiration_type: expiring",
        )
    if client.secret is not None and len(client.secret.reveal()) < MIN_SECRET_CHARS:
        yield Finding(
            level="warning",
            about=f"client {client.name}",
            text=f"its secret has fewer than {MIN_SECRET_CHARS} characters; give it a longer one",
        )


def _password_faults(draft: Draft, client: Client) -> Iterator[tuple[Level, str]]:
    if not client.is_first_party:
        yield "warning", "is third-party, so its password grants are refused"
    if not client.is_confidential:
        yield (
            "warning",
            "may use passwords without proving itself: anybody can try passwords in its name",
        )
    elif not client.is_ip_header_trusted:
        yield "warning", _ONE_ADDRESS
    if not (client.may_use(PASSWORD) and client.may_use(PASSWORD_REALM)):
        has = "password" if client.may_use(PASSWORD) else "password-realm"
        yield "hint", f"has only the grant {has} of the two password grants"
    if not any(
        one.strategy == STRATEGY and one.admits(client.client_id)
        for one in draft.connections.values()
    ):
        yield "warning", "may use passwords, but no database is enabled for it"


def _takes_passwords(client: Client) -> bool:
    return client.may_use(PASSWORD) or client.may_use(PASSWORD_REALM)


def _expires(client: Client) -> bool:
    return client.refresh.absolute_s is not None or client.refresh.idle_s is not None


def _sorted(draft: Draft) -> Sequence[Client]:
    return sorted(draft.clients.values(), key=lambda client: client.name)
