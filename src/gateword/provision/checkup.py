"""What an operator should know about a tenant's configuration.

Rule: pure over what the stores hold; a finding names the thing and the next step.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from gateword.domain.client import Client
from gateword.domain.connection import Connection
from gateword.domain.protection import Networks, Protection
from gateword.policy import attack_protection, protection
from gateword.policy.client_document import PASSWORD, PASSWORD_REALM
from gateword.policy.connection_document import STRATEGY
from gateword.ports.token_stores import SigningKey
from gateword.provision import dormant
from gateword.provision.draft import Draft

Level: TypeAlias = Literal["error", "warning", "hint"]

MIN_SECRET_CHARS: Final = 32
"""A shared secret of fewer characters can hold less than the 128 bits RFC 6749 §10.10 asks for."""

_CLOCK_LEEWAY: Final = timedelta(minutes=2)
_ONE_ADDRESS: Final = (
    "all its users come from its own address, so what stops one of them stops them all; "
    "set is_token_endpoint_ip_header_trusted: true, and have it send auth0-forwarded-for"
)
_WIDEST: Final = {4: 16, 6: 32}
"""By version of IP: a network with a shorter prefix is too wide for an allow-list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something to know or to mend.

    Attributes:
        level: An error keeps logins from working or secrets from being secret.
        about: What was looked at.
        text: What is so, and what to do.
    """

    level: Level
    about: str
    text: str


def findings(
    draft: Draft, keys: Sequence[SigningKey], now: datetime, *, has_corpus: bool = True
) -> list[Finding]:
    """Return what there is to say, errors first.

    Args:
        draft: The tenant's configuration.
        keys: Its signing keys.
        now: Time of the machine.
        has_corpus: A corpus of breached passwords was imported.
    """
    found = [
        *_keys(keys, now),
        *_directory(draft),
        *_realms(draft),
        *_protection(draft, has_corpus=has_corpus),
        *_dormant(draft),
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
        if not connection.enabled_clients & draft.clients.keys():
            yield Finding(
                level="hint",
                about=f"database {connection.name}",
                text="is enabled for no client, so nobody can log in through it; "
                "add enabled_clients",
            )


def _scripts(connection: Connection) -> Iterator[Finding]:
    if connection.is_scripted:
        refused = (
            "users it does not have yet are unknown"
            if connection.imports_users
            else "every login is refused"
        )
        yield Finding(
            level="warning",
            about=f"database {connection.name}",
            text=f"its customScripts do not run in this version, so {refused}; "
            "import its users and set enabledDatabaseCustomization: false",
        )


def _protection(draft: Draft, *, has_corpus: bool) -> Iterator[Finding]:
    kept = draft.documents.get(attack_protection.KIND, {})
    settings = protection.read({id_: one.document for id_, one in kept.items()})
    for about, one in (
        ("brute-force protection", settings.brute_force),
        ("suspicious-IP throttling", settings.suspicious_ip),
    ):
        if not one.enabled:
            text = "is off: whoever guesses passwords is not stopped; set enabled: true"
            yield Finding(level="warning", about=about, text=text)
        elif not one.blocks:
            text = "only watches: guesses are logged and not stopped; add block to its shields"
            yield Finding(level="hint", about=about, text=text)
        yield from _wide(about, one.allowlist)
    yield from _wide("bot detection", settings.bots.allowlist)
    yield from _admin(settings, is_asked_for=attack_protection.SUSPICIOUS_IP in kept)
    if settings.breached.enabled and not has_corpus:
        yield Finding(
            level="warning",
            about="breached-password detection",
            text="knows only the short list that comes with Gateword; see gateword breached import",
        )


def _wide(about: str, allowlist: Networks) -> Iterator[Finding]:
    for network in allowlist:
        if network.prefixlen < _WIDEST[network.version]:
            yield Finding(
                level="warning",
                about=about,
                text=f"its allowlist holds {network}, {network.num_addresses} addresses that "
                "nothing stops; list only those your users share",
            )


def _admin(settings: Protection, *, is_asked_for: bool) -> Iterator[Finding]:
    """Yield that nobody is told; a hint where it is only so by default."""
    throttling, breached = settings.suspicious_ip, settings.breached
    leaks = (breached.login, breached.signup, breached.change)
    tells_of_leaks = breached.enabled and any(one.notifies_admin for one in leaks)
    tells = tells_of_leaks or (throttling.enabled and throttling.notifies_admin)
    if tells and not settings.extras.admin_email:
        yield Finding(
            level="warning" if is_asked_for or tells_of_leaks else "hint",
            about="attack protection",
            text="is to tell an admin, and knows none; "
            "set x-gateword-attack-protection.admin_email with gateword apply",
        )


def _dormant(draft: Draft) -> Iterator[Finding]:
    for one in dormant.stored(draft):
        yield Finding(level="warning", about=one.about, text=one.text)


def _client(draft: Draft, client: Client) -> Iterator[Finding]:
    if client.may_use(PASSWORD) or client.may_use(PASSWORD_REALM):
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


def _expires(client: Client) -> bool:
    return client.refresh.absolute_s is not None or client.refresh.idle_s is not None


def _sorted(draft: Draft) -> Sequence[Client]:
    return sorted(draft.clients.values(), key=lambda client: client.name)
