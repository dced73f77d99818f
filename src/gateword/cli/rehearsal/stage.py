"""What an attack is played on: sends tries to its tenant, and asks the server what it made of them.

Rule: what a shield did is not concluded from answers alone. How many passwords were looked at, and
why tries were refused, is read from the server's own counters (`/metrics`) before and after.
"""

import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import urlencode

from gateword.cli.rehearsal.loopback import Answer, Loopback, Request
from gateword.cli.rehearsal.tenants import SECRET, Played
from gateword.cli.rehearsal.tries import PUBLIC, Try
from gateword.cli.rehearsal.verdicts import Seen
from gateword.domain.log_event import LogCode
from gateword.domain.protection import Protection
from gateword.values import dataclass

AT_ONCE: Final = 8
"""Connections of an attacker in a hurry."""

_METRIC: Final = re.compile(r"^(\w+)\{(.*)\} (\S+)$", re.MULTILINE)
_VERIFIED: Final = "gateword_hash_seconds_count"
_ENDED: Final = "gateword_grants_total"
_OUTCOME: Final = re.compile(r'outcome="(\w+)"')


class Counters(NamedTuple):
    """The server's own: passwords it looked at, and how asks ended."""

    checked: int
    outcomes: Counter[str]


@dataclass(frozen=True, slots=True)
class Stage:
    """One attack's tenant, at the server that was started for it.

    Attributes:
        host: Names the tenant.
        most: Requests that an attack may send.
    """

    client: Loopback
    host: str
    played: Played
    most: int

    @property
    def protection(self) -> Protection:
        """Settings of the tenant."""
        return self.played.protection

    def enough(self, limit: int, least: int = 0) -> int:
        """Return how many tries show a limit, within the bound of requests."""
        return min(self.most, max(least, limit + 10))

    async def play(self, tries: Sequence[Try], *, at_once: int = AT_ONCE) -> Seen:
        """Send tries, so many at a time, and return what came of them."""
        requests = [self.request(one) for one in tries]
        before, began_s = await self.counters(), time.monotonic()
        answers = await self.client.all(requests, at_once)
        return await self.seen(tries, answers, before, began_s, at_once=at_once)

    async def try_once(self, one: Try) -> Answer:
        """Send one try that is no part of the attack."""
        return await self.client.ask(self.request(one))

    async def seen(
        self,
        tries: Sequence[Try],
        answers: Sequence[Answer],
        before: Counters,
        began_s: float,
        *,
        at_once: int,
    ) -> Seen:
        """Return what the server made of tries since its counters were read."""
        after = await self.counters()
        outcomes = after.outcomes - before.outcomes
        del outcomes["ok"]
        return Seen(
            tries=tries,
            answers=answers,
            checked=after.checked - before.checked,
            refusals=outcomes,
            seconds=time.monotonic() - began_s,
            at_once=at_once,
            told=await self._told(),
        )

    async def counters(self) -> Counters:
        """Return the server's counters as they are now."""
        answer = await self.client.ask(Request(self.host, "/metrics"))
        checked, outcomes = 0, Counter[str]()
        for name, labels, value in _METRIC.findall(answer.body.decode()):
            if name == _VERIFIED and 'operation="verify"' in labels:
                checked += int(float(value))
            outcome = _OUTCOME.search(labels)
            if name == _ENDED and outcome:
                outcomes[outcome[1]] += int(float(value))
        return Counters(checked, outcomes)

    def request(self, one: Try) -> Request:
        """Return a try as it is sent."""
        secret = {} if one.client == PUBLIC else {"client_secret": SECRET}
        form = urlencode(
            {
                "grant_type": "password",
                "client_id": one.client,
                **secret,
                "username": one.name,
                "password": one.password,
            }
        )
        told = (("auth0-forwarded-for", one.told),) if one.told else ()
        return Request(self.host, "/oauth/token", form, told)

    async def _told(self) -> set[str]:
        """Return the shields that the tenant's log names as those that limit an address."""
        rows = await self.played.parts.stores.logs.latest(self.most, LogCode.LIMIT_MU.value)
        details = (row.document["details"] for row in rows)
        return {str(one["shield"]) for one in details if isinstance(one, Mapping)}

    async def logged_addresses(self, code: str) -> set[str]:
        """Return whose addresses the tenant's log names in rows of a code."""
        rows = await self.played.parts.stores.logs.latest(self.most, code)
        return {str(row.document["ip"]) for row in rows}
