"""All tenants of a process, found by Host."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.tenant import Tenant
from gateword.ports.clock import Clock
from gateword.ports.parts import Parts
from gateword.web.tenancy import Tenancy

_TENANTS_SEEN_S: Final = 0.5
_READY_SEEN_S: Final = 0.1
"""How long probes share what one of them found; whoever can reach us can probe."""

_HTTPS_PORT: Final = ":443"


class Houses:
    """All tenants of the process; nothing is opened before the first request.

    Args:
        made: Makes a tenant ready to be asked.
        stored: Returns the tenants there are.
        ping: Returns when the database answers.
        has_tables: Says whether the tables are those that this program wants, or newer ones.
        clock: Tells when to look again.
    """

    def __init__(
        self,
        made: Callable[[Tenant], Tenancy],
        stored: Callable[[], Awaitable[Sequence[Tenant]]],
        ping: Callable[[], Awaitable[None]],
        has_tables: Callable[[], Awaitable[bool]],
        clock: Clock,
    ) -> None:
        self._made = made
        self._stored = stored
        self._ping = ping
        self._has_tables = has_tables
        self._clock = clock
        self._by_host: dict[str, Tenancy] = {}
        self._read_at_s = float("-inf")
        self._probe: asyncio.Task[Mapping[str, bool]] | None = None
        self._probed_at_s = float("-inf")

    async def at(self, host: str) -> Tenancy:
        """Return the tenant that answers to a Host; the only one answers to every Host.

        Raises:
            Refused: MISDIRECTED.
        """
        await self._look_again()
        found = self._by_host.get(host.lower().removesuffix(_HTTPS_PORT))
        if found is None and len(self._by_host) == 1:
            found = next(iter(self._by_host.values()))
        if found is None:
            shown = "".join(c for c in host[:100] if c.isalnum() or c in ".-:[]")
            raise Refused(Refusal.MISDIRECTED, host=shown)
        return found

    async def is_ready(self) -> bool:
        """Say whether the database answers."""
        try:
            await self._ping()
        except Refused:
            return False
        return True

    async def readiness(self) -> Mapping[str, bool]:
        """Say of the database, its tables and the keys in them whether they serve."""
        now_s = self._clock.monotonic_s()
        if self._probe is None or (
            self._probe.done() and now_s - self._probed_at_s >= _READY_SEEN_S
        ):
            self._probed_at_s = now_s
            self._probe = asyncio.create_task(self._looked())
        return await asyncio.shield(self._probe)

    async def _looked(self) -> Mapping[str, bool]:
        try:
            has_tables = await self._has_tables()
        except Refused:
            return {"database": False}
        return {"database": True, "tables": has_tables, "keys": await self._has_keys()}

    async def _has_keys(self) -> bool:
        """Say whether the first tenant's signing keys open with the encryption key of here."""
        try:
            tenants = await self.all()
            keys = await tenants[0].stores.signing_keys.all() if tenants else ()
        except (Refused, ValueError):  # the latter: sealed under another encryption key
            return False
        return any(key.state == "current" for key in keys)

    async def all(self) -> list[Parts]:
        """Return the toolbox of every tenant."""
        await self._look_again()
        return [tenancy.parts for tenancy in self._by_host.values()]

    async def _look_again(self) -> None:
        now_s = self._clock.monotonic_s()
        if now_s - self._read_at_s < _TENANTS_SEEN_S:
            return
        if self._by_host:
            self._read_at_s = now_s  # one looks; the others go on with those that are known
        try:
            found = await self._stored()
        except Refused:
            if not self._by_host:
                raise
            found = ()  # it is away: those that are known answer what they can
            now_s = self._clock.monotonic_s()
        for tenant in found:
            if tenant.domain not in self._by_host:
                self._by_host[tenant.domain] = self._made(tenant)
        self._read_at_s = now_s
