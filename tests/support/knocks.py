"""Settings of attack protection, and somebody who is about to try a secret."""

from collections.abc import Mapping
from typing import Final

from gateword.domain.login import Attempt, Caller, TokenAsk
from gateword.domain.protection import Protection
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.policy import attack_protection as documents
from gateword.policy import protection, protection_extras
from gateword.policy.caller import counted
from gateword.ports.attempts import Entry
from gateword.ports.shield import Claims, Knock
from tests.support.factories import a_client, a_connection
from tests.support.stand_ins import START

ADDRESS: Final = "198.51.100.7"
_NAMES: Final[Mapping[str, str]] = {
    "brute_force": documents.BRUTE_FORCE,
    "suspicious_ip": documents.SUSPICIOUS_IP,
    "breached": documents.BREACHED_PASSWORD,
    "bots": documents.BOT_DETECTION,
    "extras": protection_extras.EXTRAS,
}


def a_protection(**objects: Mapping[str, object]) -> Protection:
    """Return the default settings with these members of these objects."""
    stored = {_NAMES[name]: members for name, members in objects.items()}
    return protection.read(stored)


def a_knock(
    settings: Protection | None = None,
    *,
    subject: str = "u1",
    ip: str = ADDRESS,
    proxy_ip: str | None = None,
    is_sure: bool = True,
    options: Mapping[str, object] | None = None,
) -> Knock:
    """Return a try of the connection `Employees` through the client `shop`.

    Args:
        settings: The tenant's; the defaults without any.
        subject: Whose secret it is.
        ip: Address that counts.
        proxy_ip: Address of the application's server, when that told `ip` by a header.
        is_sure: It is known whose address `ip` is.
        options: Of the connection.
    """
    ask = TokenAsk(
        tenant=Tenant(key=1, name="default", domain="tenant.example"),
        grant_type="password",
        client=a_client("shop"),
        caller=Caller(ip=ip, proxy_ip=proxy_ip, is_sure=is_sure),
        params={},
        secrets={},
        scope=None,
        at=START,
    )
    attempt = Attempt(
        ask=ask,
        connection=a_connection("Employees", options=options or {}),
        username="ann@example.com",
        password=Secret("a guess"),
        audience=None,
        api=None,
    )
    return Knock(
        attempt=attempt,
        subject=subject,
        place=counted(ip),
        protection=settings or a_protection(),
    )


def an_entry(knock: Knock, *claims: Claims, user_key: int | None = None) -> Entry:
    """Return a try with what these shields want counted of it."""
    return Entry(
        connection_key=knock.attempt.connection.key,
        subject=knock.subject,
        place=knock.place,
        user_key=user_key,
        buckets=tuple(bucket for one in claims for bucket in one.buckets),
        tries=tuple(tries for one in claims for tries in one.tries),
        crowds=tuple(crowd for one in claims for crowd in one.crowds),
    )
