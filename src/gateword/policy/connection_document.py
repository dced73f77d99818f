"""A connection as Auth0's Management API writes it, and back.

Rule 1: pure. Source: Auth0 Management API v2 "Create a connection", "Update a connection",
recorded creations and changes.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from gateword.domain.connection import Connection, ScriptSetting
from gateword.domain.secret import Secret
from gateword.policy import connection_options, documented
from gateword.policy.members import Members
from gateword.values import replace

STRATEGY: Final = "auth0"
"""The strategy of databases: our own store."""

STRATEGIES: Final = (
    STRATEGY, "ad", "adfs", "amazon", "apple", "auth0-adldap", "auth0-oidc", "baidu", "bitbucket",
    "bitly", "box", "custom", "daccount", "dropbox", "dwolla", "email", "evernote",
    "evernote-sandbox", "exact", "facebook", "fitbit", "github", "google-apps", "google-oauth2",
    "instagram", "ip", "line", "linkedin", "oauth1", "oauth2", "office365", "oidc", "okta",
    "paypal", "paypal-sandbox", "pingfederate", "planningcenter", "salesforce",
    "salesforce-community", "salesforce-sandbox", "samlp", "sharepoint", "shop", "shopify", "sms",
    "soundcloud", "thirtysevensignals", "twitter", "untappd", "vkontakte", "waad", "weibo",
    "windowslive", "wordpress", "yahoo", "yandex",
)  # fmt: skip
"""What Auth0 documents; only databases take part in a login here."""

NAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,126}[A-Za-z0-9])?")

_Combined: TypeAlias = Callable[[Mapping[str, object], Mapping[str, object]], dict[str, object]]
"""Makes one of stored and of given options."""

_READ_ONLY: Final = ("id", "name", "provisioning_ticket_url")
_DEFAULTS: Final[Mapping[str, object]] = {
    "is_domain_connection": False,
    "connected_accounts": {"active": False},
}


def created(members: Members, name: str, connection_id: str) -> Connection:
    """Return the connection that a document creates, with Auth0's defaults."""
    if not NAME.fullmatch(name):
        members.fault("holds letters, digits and inner hyphens, at most 128", "name")
    strategy = members.text("strategy", STRATEGY, choices=STRATEGIES)
    fresh = Connection(key=0, id=connection_id, name=name, strategy=strategy, realms=(name,))
    if strategy == STRATEGY:
        fresh = _with_options(fresh, connection_options.created({}, {}))
    return _changed(members, fresh, connection_options.created)


def changed(members: Members, stored: Connection, *, merges: bool = False) -> Connection:
    """Return a stored connection with what a document says of it.

    `enabled_clients` is the caller's business, because it may hold names.

    Args:
        members: The document.
        stored: What it changes.
        merges: Options that it leaves out stay, as with Auth0's Deploy CLI; else they are
            replaced as a whole, as by the Management API.
    """
    if members.text("strategy", stored.strategy) != stored.strategy:
        members.fault("cannot be changed", "strategy")
    combined = connection_options.merged if merges else connection_options.replaced
    return _changed(members, stored, combined)


def conflict(connection: Connection) -> str | None:
    """Return Auth0's text for members that exclude each other, if they do."""
    if connection.strategy == STRATEGY:
        return connection_options.conflict(connection.options)
    if connection.realms != (connection.name,):
        return "Realms is only supported for database connections."
    return None


def rendered(connection: Connection) -> dict[str, object]:
    """Return the connection in Auth0's shape; script settings show as ciphertext."""
    options = dict(connection.options)
    if connection.configuration:
        options["configuration"] = {
            name: setting.shown for name, setting in connection.configuration.items()
        }
    return {
        "id": connection.id,
        "name": connection.name,
        "strategy": connection.strategy,
        "options": options,
        "realms": list(connection.realms),
        "enabled_clients": sorted(connection.enabled_clients),
        "authentication": {"active": connection.is_active},
        **_DEFAULTS,
        **connection.document,
    }


def _changed(members: Members, stored: Connection, combined: _Combined) -> Connection:
    for known in (*_READ_ONLY, "enabled_clients", "options", "strategy"):
        members.given(known)
    authentication = members.member("authentication")
    connection = replace(
        stored,
        realms=members.texts("realms", stored.realms, (stored.name,)) or (stored.name,),
        is_active=authentication.flag("active", kept=stored.is_active, reset=True),
        document=members.others(stored.document, documented.CONNECTION),
    )
    authentication.only()
    if "options" not in members:
        return connection
    given = members.member("options")
    if connection.strategy != STRATEGY:
        return replace(connection, options=given.present())
    connection_options.check(given)
    sent = given.present() | dict.fromkeys(given.nulls())
    shown = {name: one.shown for name, one in stored.configuration.items()}
    options = combined({**stored.options, "configuration": shown}, sent)
    settings = _configuration(options.pop("configuration", None), stored)
    return _with_options(replace(connection, configuration=settings), options)


def _with_options(connection: Connection, options: Mapping[str, object]) -> Connection:
    present = {name: value for name, value in options.items() if value is not None}
    return replace(
        connection,
        options=present,
        requires_username="username" in connection_options.required(present),
        identifiers=connection_options.identifiers(present),
        passwords_enabled=connection_options.passwords_enabled(present),
    )


def _configuration(given: object, stored: Connection) -> dict[str, ScriptSetting]:
    """Return the script settings; a ciphertext that was read from here keeps its value."""
    settings = {}
    for name, text in given.items() if isinstance(given, Mapping) else ():
        known = stored.configuration.get(name)
        if known is not None and (text == known.shown or Secret(text) == known.value):
            settings[name] = known
        elif isinstance(text, str):
            settings[name] = ScriptSetting(value=Secret(text))
    return settings
