"""Second factors of a user, as the store suites make and read them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from gateword.domain.mfa import Authenticator, Challenge, HalfLogin, Kind
from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.storage.statement import AcrossTenants
from tests.engines.house import CLIENT, NOON, Furnished, House, a_handle

MOST: Final = 20
STEP: Final = 1_000
SOON: Final = NOON + timedelta(minutes=10)
LATER: Final = NOON + timedelta(minutes=11)
SEED: Final = Secret("CANARYSEEDCANARYSEEDCANARYSEED22")
CODE: Final = Secret("CANARYCANARYCANARYCANARY")


def an_authenticator(
    furnished: Furnished, which: str, kind: Kind = Kind.TOTP, **changes: Any
) -> Authenticator:
    """Return an authenticator of the user, begun at noon and confirmed at once."""
    one = Authenticator(
        id=f"{kind.value}|dev_{which:0>16}",
        user_key=furnished.user.key,
        kind=kind,
        created_at=NOON,
        confirmed_at=NOON,
    )
    return replace(one, **changes)


def an_enrolment(
    furnished: Furnished, which: str, kind: Kind = Kind.TOTP, **changes: Any
) -> Authenticator:
    """Return one that waits ten minutes to be confirmed."""
    changes = {"confirmed_at": None, "expires_at": SOON, **changes}
    return an_authenticator(furnished, which, kind, **changes)


async def enrol(house: House, *made: Authenticator, code: Secret | None = None) -> None:
    """Add authenticators that there must be room for."""
    assert await house.stores.authenticators.add(made, MOST, recovery_code=code)


async def enrol_with_code(house: House, furnished: Furnished, name: str, code: Secret) -> str:
    """Begin an enrolment with its recovery code, as a user's first factor is; return its id."""
    totp = an_enrolment(furnished, name)
    came_with = an_enrolment(furnished, name, Kind.RECOVERY_CODE, group=totp.id)
    await enrol(house, totp, came_with, code=code)
    return totp.id


async def begin(house: House, furnished: Furnished, **changes: Any) -> Secret:
    """Let a login wait for a second factor; return its `mfa_token`."""
    handle, user = a_handle(), furnished.user
    half = HalfLogin(
        client_id=CLIENT,
        user_key=user.key,
        user_id=user.user_id,
        connection=furnished.connection.name,
        grant_type="password",
        created_at=NOON,
        expires_at=SOON,
        password_reset=None,
        auth_time=NOON,
    )
    await house.stores.half_logins.add(handle, replace(half, **changes))
    return handle


async def ask(house: House, one: Authenticator, **changes: Any) -> Secret:
    """Send a code; return its `oob_code`."""
    handle = a_handle()
    challenge = Challenge(
        user_key=one.user_key,
        authenticator_id=one.id,
        session=b"session",
        code="digest",
        created_at=NOON,
        expires_at=NOON + timedelta(minutes=5),
    )
    await house.stores.challenges.add(handle, replace(challenge, **changes))
    return handle


async def owner(house: House, furnished: Furnished) -> User:
    """Return the user as they are now."""
    user = await house.stores.users.by_key(furnished.user.key)
    assert user is not None
    return user


async def active(house: House, furnished: Furnished) -> list[str]:
    """Return the ids of what is confirmed, by age."""
    found = await house.stores.authenticators.of_user(furnished.user.key, NOON)
    return [one.id for one in found if one.is_confirmed]


async def raw(house: House, table: str) -> str:
    """Return everything that a table holds of the tenant, bytes as Latin-1."""
    statement = AcrossTenants(f"SELECT * FROM {table} WHERE tenant = :tenant")  # noqa: S608  # a name of ours
    rows = await house.database.all(statement, tenant=house.tenant.key)
    cells = [cell for row in rows for cell in row]
    texts = (cell.decode("latin-1") if isinstance(cell, bytes) else str(cell) for cell in cells)
    return "\n".join(texts)
