"""Places and devices of complete logins, in SQL (port `Familiar`)."""

from datetime import datetime, timedelta
from typing import Final

from gateword.domain.risk import Risk, Seen
from gateword.policy import lockout
from gateword.storage import purging
from gateword.storage.attempt_sql import REMEMBER_PLACE
from gateword.storage.attempt_writes import STALE
from gateword.storage.columns import ms, time_or_none
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx

KEPT: Final = timedelta(days=30)
"""How long a device is known that nobody used (Auth0: "Adaptive MFA")."""

MOST_DEVICES: Final = 20
"""Of one user; the longest unused goes."""

_SEEN: Final = Statement("""
    SELECT
        (SELECT seen_at FROM known_places
            WHERE tenant = :tenant AND user_key = :user_key AND place = :place
                AND seen_at > :place_since),
        (SELECT seen_at FROM known_devices
            WHERE tenant = :tenant AND user_key = :user_key AND device = :device
                AND seen_at > :device_since),
        (SELECT MAX(seen_at) FROM known_devices
            WHERE tenant = :tenant AND user_key = :user_key AND seen_at > :device_since)
""")
_REMEMBER_DEVICE: Final = Statement("""
    INSERT INTO known_devices (tenant, user_key, device, seen_at)
    SELECT tenant, key, :device, :at FROM users WHERE tenant = :tenant AND key = :user_key
    ON CONFLICT (tenant, user_key, device) DO UPDATE SET seen_at = :at
    WHERE known_devices.seen_at < :stale
""")
_FORGET_OLDEST: Final = Statement("""
    DELETE FROM known_devices WHERE tenant = :tenant AND user_key = :user_key AND device IN (
        SELECT device FROM known_devices WHERE tenant = :tenant AND user_key = :user_key
        ORDER BY seen_at DESC, device LIMIT :all OFFSET :most
    )
""")
_ENDING: Final = purging.ending("known_devices", "seen_at")
_ALL: Final = 2**31


class SqlFamiliar:
    """What one tenant's users are known by."""

    def __init__(self, database: TenantDatabase) -> None:
        self._database = database

    async def seen(self, user_key: int, place: str, device: str | None, at: datetime) -> Seen:
        row = await self._database.one(
            _SEEN,
            user_key=user_key,
            place=place,
            device=device or "",
            place_since=ms(at - lockout.KNOWN),
            device_since=ms(at - KEPT),
        )
        place_at, device_at, any_device_at = row or (None, None, None)
        return Seen(
            place_at=time_or_none(place_at),
            device_at=time_or_none(device_at),
            any_device_at=time_or_none(any_device_at),
        )

    async def learn(self, risk: Risk, at: datetime) -> None:
        whose, when = risk.user_key, {"at": ms(at), "stale": ms(at - STALE)}

        async def work(tx: TenantTx) -> None:
            await tx.run(REMEMBER_PLACE, user_key=whose, place=risk.place, **when)
            if risk.device is not None:
                await tx.run(_REMEMBER_DEVICE, user_key=whose, device=risk.device, **when)
                await tx.run(_FORGET_OLDEST, user_key=whose, all=_ALL, most=MOST_DEVICES)

        await self._database.transact(work)

    async def purge(self, at: datetime) -> int:
        return await purging.purge(self._database, _ENDING, ms(at - KEPT))
