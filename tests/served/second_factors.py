"""People with second factors in a served installation, and how they log in."""

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import pyotp

from gateword.app import opened
from gateword.domain.mfa import Authenticator, Challenge, Kind
from gateword.domain.secret import Secret
from gateword.domain.user import NewUser
from gateword.login import asking
from gateword.policy import guardian_document
from gateword.ports.documents import Kept
from gateword.ports.opened import Opened
from tests.served.asks import TOKEN, login
from tests.served.house import GRANT_TYPES, PASSWORD, REALM, STEADY, client_of, settings_of
from tests.support.served import Served

GRANT: Final = "http://auth0.com/oauth/grant-type/mfa-"
FACTORS: Final = ("otp", "sms", "recovery-code")
CODE: Final = "123456"
"""Of every message."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an app, a phone and a recovery code."""

    email: str
    key: int
    seed: str
    recovery_code: str
    app_id: str
    phone_id: str

    def otp(self) -> str:
        """Return what the app shows."""
        return pyotp.TOTP(self.seed).now()

    def wrong_otp(self) -> str:
        """Return what the app shows at no time near this one."""
        app, now = pyotp.TOTP(self.seed), datetime.now(UTC)
        near = {app.at(now + timedelta(seconds=30 * step)) for step in range(-3, 4)}
        return next(text for text in ("000000", "111111", "222222") if text not in near)


async def demand_factors(served: Served) -> None:
    """Let every login of the tenant show a second factor; nothing runs yet."""
    async with opened(settings_of(served)) as house:
        stores, at = house.parts.stores, datetime.now(UTC)
        for name in FACTORS:
            kept = Kept(id=name, document={"enabled": True})
            await stores.documents.put(guardian_document.KIND, kept, at)
        policies = {"policies": ["all-applications"]}
        kept = Kept(id=guardian_document.POLICIES_ID, document=policies)
        await stores.documents.put(guardian_document.KIND, kept, at)
        grants = tuple(f"{GRANT}{name}" for name in ("otp", "oob", "recovery-code"))
        client = replace(client_of(STEADY), grant_types=(*GRANT_TYPES, *grants))
        await stores.clients.put(client, at)


def people(served: Served, count: int) -> list[Person]:
    """Add people who have enrolled."""
    return asyncio.run(_people(served, count))


async def _people(served: Served, count: int) -> list[Person]:
    async with opened(settings_of(served)) as house:
        hashed = await house.parts.hasher.hash(Secret(PASSWORD))
        return [await _person(house, hashed) for _ in range(count)]


async def _person(house: Opened, hashed: Secret) -> Person:
    stores, at = house.parts.stores, datetime.now(UTC)
    name = secrets.token_hex(8)
    new = NewUser(connection=REALM, email=f"{name}@example.com", password_hash=hashed)
    connection = await stores.connections.named(REALM)
    assert connection is not None
    user = await stores.users.add(new, connection, at)
    assert user is not None
    person = Person(
        email=f"{name}@example.com",
        key=user.key,
        seed=pyotp.random_base32(),
        recovery_code=secrets.token_hex(12).upper(),
        app_id=f"totp|dev_{name}",
        phone_id=f"sms|dev_{name}",
    )

    def one(kind: Kind, id_: str, **changes: Any) -> Authenticator:
        made = Authenticator(id=id_, user_key=user.key, kind=kind, created_at=at, confirmed_at=at)
        return replace(made, **changes)

    made = (
        one(Kind.TOTP, person.app_id, seed=Secret(person.seed)),
        one(Kind.SMS, person.phone_id, target="+4915112345678"),
        one(Kind.RECOVERY_CODE, f"recovery-code|dev_{name}"),
    )
    code = Secret(person.recovery_code)
    assert await stores.authenticators.add(made, 20, recovery_code=code)
    return person


async def sent(served: Served, person: Person, token: str) -> str:
    """Send a code to the phone for one login; return the `oob_code`."""
    async with opened(settings_of(served)) as house:
        handle, at = secrets.token_urlsafe(32), datetime.now(UTC)
        challenge = Challenge(
            user_key=person.key,
            authenticator_id=person.phone_id,
            session=hashlib.sha256(token.encode()).digest(),
            code=house.parts.stamp.digest(CODE, asking.PURPOSE + person.phone_id),
            created_at=at,
            expires_at=at + timedelta(minutes=5),
        )
        await house.parts.stores.challenges.add(Secret(handle), challenge)
        return handle


async def mfa_tokens(client: httpx.AsyncClient, person: Person, count: int = 1) -> list[str]:
    """Give the right password that often at once; return the `mfa_token` of each."""
    form = login(STEADY, person.email)
    answers = await asyncio.gather(*(client.post(TOKEN, data=form) for _ in range(count)))
    assert {403} == {one.status_code for one in answers}, answers[0].text
    return [one.json()["mfa_token"] for one in answers]


def by_otp(token: str, code: str) -> dict[str, str]:
    """Return the form that shows a code of the app."""
    return {"grant_type": f"{GRANT}otp", "mfa_token": token, "otp": code, **STEADY.proof()}


def by_oob(token: str, oob_code: str, code: str = CODE) -> dict[str, str]:
    """Return the form that shows a code that was sent."""
    shown = {"mfa_token": token, "oob_code": oob_code, "binding_code": code}
    return {"grant_type": f"{GRANT}oob", **shown, **STEADY.proof()}


def by_recovery_code(token: str, code: str) -> dict[str, str]:
    """Return the form that shows a recovery code."""
    shown = {"mfa_token": token, "recovery_code": code}
    return {"grant_type": f"{GRANT}recovery-code", **shown, **STEADY.proof()}


async def at_once(
    client: httpx.AsyncClient, forms: Sequence[dict[str, str]]
) -> list[httpx.Response]:
    """Ask over as many connections at once, all of them opened before."""
    await asyncio.gather(*(client.get("/health") for _ in forms))
    return list(await asyncio.gather(*(client.post(TOKEN, data=form) for form in forms)))
