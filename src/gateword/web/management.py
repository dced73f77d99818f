"""`/api/v2/…`: the Management API over HTTP; what it can do is declared in `management/`."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeAlias
from urllib.parse import parse_qsl

import msgspec
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive

from gateword.domain.login import Caller
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.management import openapi
from gateword.management.desk import Desk, Directory, Found
from gateword.management.journal import Journal
from gateword.management.resource import MULTIPART, Actor, Answer, Call, Resource, Verb
from gateword.policy.caller import caller, counted
from gateword.ports.crypto import ASKER, Asker
from gateword.ports.meter import CALLS, Meter
from gateword.values import dataclass
from gateword.web import bearer, peer, wire
from gateword.web.endpoint import Visit
from gateword.web.metered import ROUTE
from gateword.web.rate_limit import RateLimit

PREFIX: Final = "/api/v2/"
_MAX_QUERY_CHARS: Final = 16 * 1024
_MAX_PARTS: Final = 10


Resources: TypeAlias = Callable[[], Sequence[Resource]]
"""Returns what the API can do; always the same."""


@dataclass(frozen=True, slots=True)
class ManagementEndpoint:
    """One handler for every method and path behind the prefix."""

    resources: Resources
    body_timeout_s: float
    trusted_proxies: tuple[str, ...]
    limit: RateLimit
    meter: Meter

    async def answer(self, visit: Visit) -> Response:
        """Answer one call of the API."""
        tenant = await visit.tenancy.tenant()
        who = caller(peer.read(visit.request, self.trusted_proxies), None)
        try:
            actor = await self._actor(visit, who)
        except Refused:
            # Strangers use up what their own address may ask, and not what the tenant may.
            self._admit(visit, f"{tenant.key} {counted(who.ip)}")
            raise
        self._admit(visit, str(tenant.key))
        ASKER.set(Asker(tenant.domain, actor.client_id, counted(who.ip)))
        request = visit.request
        method = "GET" if request.method == "HEAD" else request.method
        found = _directory(self.resources).find(method, _raw_path(request))
        request.scope[ROUTE] = f"{PREFIX.rstrip('/')}{found.verb.path}"
        try:
            answer = await self._done(visit, found, actor)
        except Refused as refused:
            self.meter.count(CALLS, method, found.verb.path, refused.refusal.name)
            raise
        self.meter.count(CALLS, method, found.verb.path, "ok")
        return _response(answer)

    def _admit(self, visit: Visit, key: str) -> None:
        visit.taken = self.limit.take(key)
        if visit.taken is not None and not visit.taken.admitted:
            wait_s = max(1, math.ceil(visit.taken.reset_s))
            raise Refused(ManagementRefusal.TOO_MANY_REQUESTS, retry_after_s=wait_s)

    async def _done(self, visit: Visit, found: Found, actor: Actor) -> Answer:
        request = visit.request
        call = Call(
            parts=visit.tenancy.parts,
            tenant=await visit.tenancy.tenant(),
            actor=actor,
            at=visit.tenancy.parts.clock.now(),
        )
        journal = Journal(
            method=request.method, target=request.url.path, hostname=request.headers.get("host", "")
        )
        may = actor.may(*found.verb.scopes)
        query = _query(request) if may else []  # who may not learns nothing of them (promise M1)
        body = await self._body(request, found.verb) if may else b""
        return await Desk(visit.tenancy.parts).answer(found, call, query, body, journal)

    async def _actor(self, visit: Visit, who: Caller) -> Actor:
        """Return who calls; only a token of ours for this audience is anybody (promise K2)."""
        token = _token(visit.request.headers.get("authorization"))
        claims = await bearer.claims_of(visit.tenancy, token)
        tenant = await visit.tenancy.tenant()
        if claims is None:
            raise await _unusable(visit, token)
        audiences = bearer.audiences(claims)
        if tenant.management_audience not in audiences:
            raise _for_another(audiences)
        return Actor(
            subject=str(claims.get("sub", "")),
            client_id=bearer.owner(claims),
            scopes=frozenset(str(claims.get("scope", "")).split()),
            jti=str(claims.get("jti", "")),
            ip=who.ip,
            user_agent=who.user_agent,
        )

    async def _body(self, request: Request, verb: Verb) -> bytes | Mapping[str, object]:
        if verb.body is None:
            return b""
        try:
            if verb.media == MULTIPART:
                return await _parts(request, verb.max_body_bytes, self.body_timeout_s)
            return await wire.read_body(request, self.body_timeout_s, verb.max_body_bytes)
        except Refused as refused:
            if refused.refusal is Refusal.BODY_TOO_LARGE:
                most = str(verb.max_body_bytes)
                raise Refused(ManagementRefusal.BODY_TOO_LARGE, bytes=most) from None
            raise


@dataclass(frozen=True, slots=True)
class OpenApiEndpoint:
    """The OpenAPI document of what is declared."""

    resources: Resources

    async def get(self, visit: Visit) -> Response:
        """Answer the document; its server is the tenant that was asked."""
        tenant = await visit.tenancy.tenant()
        document = _document(self.resources, tenant.issuer)
        return Response(document, media_type="application/json")


@lru_cache(maxsize=16)
def _document(resources: Resources, issuer: str) -> bytes:
    return msgspec.json.encode(openapi.document(resources(), issuer))


@lru_cache(maxsize=4)
def _directory(resources: Resources) -> Directory:
    return Directory(resources())


async def _unusable(visit: Visit, token: Secret) -> Refused:
    """Return why a token is nobody's here; what we signed or keep says itself what it is for."""
    parts, tenant = visit.tenancy.parts, await visit.tenancy.tenant()
    audiences = await bearer.audiences_of_another_kind(visit.tenancy, token)
    if audiences and tenant.management_audience not in audiences:
        return _for_another(audiences)
    is_old = await parts.verifier.is_expired(token, tenant.issuer)
    return Refused(ManagementRefusal.OLD_TOKEN if is_old else ManagementRefusal.BAD_TOKEN)


def _for_another(audiences: Sequence[str]) -> Refused:
    return Refused(ManagementRefusal.BAD_AUDIENCE, audience=",".join(audiences)[:200])


def _token(authorization: str | None) -> Secret:
    scheme, _, text = (authorization or "").partition(" ")
    if not text.strip():
        raise Refused(ManagementRefusal.NO_TOKEN)
    if scheme.lower() != "bearer":
        raise Refused(ManagementRefusal.BAD_TOKEN)
    return Secret(text.strip())


def _raw_path(request: Request) -> str:
    """Return what stands behind the prefix, still percent-encoded: `%2F` is no slash."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return raw.decode("latin-1").partition("?")[0].removeprefix(PREFIX)


def _query(request: Request) -> list[tuple[str, str]]:
    raw: bytes = request.scope.get("query_string", b"")
    if len(raw) > _MAX_QUERY_CHARS:
        raise Refused(ManagementRefusal.INVALID_QUERY, fault="Query is too long")
    try:
        return parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise Refused(ManagementRefusal.INVALID_QUERY, fault="Unreadable query") from None


async def _parts(request: Request, most: int, timeout_s: float) -> Mapping[str, object]:
    """Return the texts and files (as bytes) of a multipart body."""
    raw = await wire.read_body(request, timeout_s, most)
    bounded = Request(request.scope, _replay(raw))
    found: dict[str, object] = {}
    try:
        async with bounded.form(max_files=_MAX_PARTS, max_fields=_MAX_PARTS) as form:
            for name, part in form.multi_items():
                if name in found:
                    raise Refused(ManagementRefusal.INVALID_BODY, fault="Repeated part of the form")
                found[name] = part if isinstance(part, str) else await part.read()
    except (MultiPartException, AssertionError, UnicodeError):
        raise Refused(ManagementRefusal.INVALID_BODY, fault="Invalid multipart body") from None
    return found


def _replay(raw: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": raw, "more_body": False}

    return receive


def _response(answer: Answer) -> Response:
    if answer.body is None:
        return Response(None, answer.status, headers=wire.NO_STORE)
    return wire.answer(
        answer.body, answer.status, {"content-type": "application/json; charset=utf-8"}
    )
