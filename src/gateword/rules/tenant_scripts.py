"""The scripts of one tenant (port `Scripts`): its settings, and what may be done for it."""

from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from typing import Final

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.script import Kind, ScriptJob, ScriptResult
from gateword.domain.script_settings import ScriptSettings
from gateword.domain.tenant import Tenant
from gateword.policy import script_settings
from gateword.policy.script_modules import wants_own_object
from gateword.ports.documents import Documents
from gateword.ports.outbound import HttpAnswer, HttpCall, Outbound
from gateword.ports.stores import TenantSettings
from gateword.rules.action_cache import ActionCache
from gateword.rules.engine import QuickJsEngine
from gateword.rules.hashing import ScriptHashes
from gateword.rules.operations import ScriptOperations
from gateword.rules.own_token import OwnToken
from gateword.values import replace

Own = Callable[[HttpCall], Awaitable[HttpAnswer]]
_inside: Final = ContextVar("_inside", default=False)
"""This very request was sent by a script."""


class TenantScripts:
    """Runs one tenant's scripts.

    Args:
        engine: Shared by all tenants.
        outbound: Sends requests to other servers.
        own: Returns what answers requests to this server itself; None outside a server.
    """

    def __init__(
        self,
        engine: QuickJsEngine,
        outbound: Outbound,
        own: Callable[[], Own | None],
        *,
        tenant: TenantSettings,
        documents: Documents,
        hashes: ScriptHashes,
        token: OwnToken,
    ) -> None:
        self._engine = engine
        self._outbound = outbound
        self._own = own
        self._tenant = tenant
        self._documents = documents
        self._hashes = hashes
        self._token = token
        self._cache = ActionCache()

    async def run(self, job: ScriptJob) -> ScriptResult:
        if _inside.get():
            raise Refused(
                Refusal.SCRIPTS_BUSY, detail="a script asked for a login", retry_after_s=1
            )
        tenant = await self._tenant.get()
        runs_rules = job.kind is Kind.RULES and not job.is_compiled_only
        if runs_rules and wants_own_object(one.source for one in job.scripts):
            job = await self._with_own_object(job, tenant)
        operations = ScriptOperations(
            self._outbound,
            self._hashes,
            self._asks_us(),
            tenant.name,
            tenant.domain,
            self._allowed_hosts,
        )
        if job.cache:
            there = {**job.secret_given, "cache": self._cache.given(job.cache)}
            job = replace(job, secret_given=there)
        result = await self._engine.run(job, tenant.name, operations)
        if job.cache:
            self._cache.keep(job.cache, result.value.get("cache"))
        if not operations.has_asked:
            return result
        console = (*result.console, *operations.notes)
        return replace(result, console=console, has_asked=True)

    async def settings(self) -> ScriptSettings:
        kept = await self._documents.get(script_settings.KIND, script_settings.ID)
        return script_settings.settings(kept.document if kept else None)

    async def _allowed_hosts(self) -> Sequence[str]:
        return (await self.settings()).allowed_hosts

    async def _with_own_object(self, job: ScriptJob, tenant: Tenant) -> ScriptJob:
        """Return the job with what rules find as `auth0`."""
        own = {"domain": tenant.domain, "baseUrl": tenant.management_audience.rstrip("/")}
        token = await self._token.get(tenant)
        return replace(
            job,
            given={**job.given, "auth0": own},
            secret_given={**job.secret_given, "auth0AccessToken": token},
        )

    def _asks_us(self) -> Own | None:
        own = self._own()
        if own is None:
            return None

        async def ask(call: HttpCall) -> HttpAnswer:
            token = _inside.set(True)
            try:
                return await own(call)
            finally:
                _inside.reset(token)

        return ask
