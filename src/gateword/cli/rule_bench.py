"""Rules run by a command: no server, no database, and nothing is ever changed by them.

Rule: hosts are asked only when the command was told to. What a rule would change through the
tenant's own Management API is noted instead, and answered as if it had been done.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from gateword.delivery.outbound import HttpOutbound
from gateword.domain.script import Kind, Script, ScriptFault, ScriptJob, ScriptResult
from gateword.domain.secret import Secret
from gateword.policy.script_modules import wants_own_object
from gateword.ports.outbound import HttpAnswer, HttpCall
from gateword.ports.scripts import OperationFailed
from gateword.rules.engine import QuickJsEngine
from gateword.rules.hashing import ScriptHashes
from gateword.rules.operations import ScriptOperations
from gateword.values import dataclass, replace

_API: Final = "/api/v2/"
_HEADERS: Final = [("content-type", "application/json")]
_LOOKS: Final = frozenset({"GET", "HEAD"})
_TENANT: Final = "try"
_TOKEN: Final = Secret("the-token-of-a-try-opens-nothing")


@dataclass(frozen=True, slots=True)
class Would:
    """Something that a login would have changed.

    Attributes:
        path: Behind `/api/v2`.
        body: What was sent; None when it was no JSON.
    """

    method: str
    path: str
    body: object


class _Noted:
    """Carries out what may be, and notes the rest (port `Operations`).

    Attributes:
        would: What was not done.
    """

    def __init__(self, hosts: Sequence[str], domain: str) -> None:
        self.would: list[Would] = []
        self._hashes = ScriptHashes(1)
        self._hosts = hosts
        self._real = ScriptOperations(
            HttpOutbound(), self._hashes, self._own, _TENANT, domain, self._allowed
        )

    async def carry_out(self, kind: str, asked: Mapping[str, object]) -> object:
        try:
            return await self._real.carry_out(kind, asked)
        except OperationFailed as failed:
            if failed.code != "EACCES":
                raise
            told = f"{failed}; --allow-host lets a try ask it"
            raise OperationFailed(told, failed.code) from None

    def close(self) -> None:
        self._hashes.close()

    async def _allowed(self) -> Sequence[str]:
        return self._hosts

    async def _own(self, call: HttpCall) -> HttpAnswer:
        path = urlsplit(call.url).path
        if call.method in _LOOKS or not path.startswith(_API):
            raise OperationFailed(
                f"a try has no server that could answer {call.method} {path}", "ECONNREFUSED"
            )
        body = _json(call.body)
        self.would.append(Would(call.method, unquote(path.removeprefix(_API[:-1])), body))
        answer = json.dumps(body if body is not None else {}).encode()
        return HttpAnswer(status=200, reason="OK", headers=_HEADERS, body=answer)


async def tried(
    job: ScriptJob, *, hosts: Sequence[str], domain: str
) -> tuple[ScriptResult, Sequence[Would]]:
    """Run a job; return what came of it, and what it would have changed.

    Args:
        job: Of rules.
        hosts: Where it may send requests.
        domain: The tenant's own; no request goes there.
    """
    if wants_own_object(script.source for script in job.scripts):
        own = {"domain": domain, "baseUrl": f"https://{domain}{_API[:-1]}"}
        job = replace(
            job, given={**job.given, "auth0": own}, secret_given={"auth0AccessToken": _TOKEN}
        )
    noted, engine = _Noted(hosts, domain), QuickJsEngine(1)
    try:
        return await engine.run(job, _TENANT, noted), noted.would
    finally:
        noted.close()
        await engine.close()


async def uncompiled(scripts: Sequence[Script]) -> dict[str, ScriptFault]:
    """Return the fault of each script that is not one function, by its id; none is run."""
    engine, noted = QuickJsEngine(1), _Noted((), "")
    found = {}
    try:
        for script in scripts:
            job = ScriptJob(kind=Kind.RULES, scripts=[script], given={}, is_compiled_only=True)
            result = await engine.run(job, _TENANT, noted)
            if result.fault is not None:
                found[script.id] = result.fault
    finally:
        noted.close()
        await engine.close()
    return found


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None
