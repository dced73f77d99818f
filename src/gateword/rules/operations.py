"""What the server does for scripts that ask for it; each is checked like a stranger's request."""

import base64
import binascii
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import SplitResult, urljoin, urlsplit

from gateword.policy import egress
from gateword.policy.script_settings import PATH, SECTION
from gateword.ports.outbound import MOST_BODY_BYTES, HttpAnswer, HttpCall, Outbound
from gateword.ports.scripts import OperationFailed
from gateword.rules.hashing import ScriptHashes
from gateword.values import dataclass, field, replace

MOST_REDIRECTS: Final = 10
MOST_TIMEOUT_S: Final = 15.0
_MOST_BODY_CHARS: Final = 1 << 20
_MOST_HEADERS: Final = 64
_MS: Final = 1000.0
_PORTS: Final[Mapping[str, int]] = {"http": 80, "https": 443}
_METHOD: Final = re.compile(r"[A-Z]{1,16}")
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_NOT_OURS_TO_SAY: Final = frozenset(
    {
        *("host", "content-length", "transfer-encoding", "connection", "upgrade", "te"),
        *("accept-encoding", "proxy-authorization", "proxy-connection", "trailer", "expect"),
    }
)
_ABOUT_THE_CALLER: Final = ("forwarded", "x-forwarded-", "x-real-ip", "auth0-forwarded-for")
_OPEN_TO_SCRIPTS: Final = ("/api/v2/", "/oauth/token", "/userinfo", "/.well-known/")
"""Of the tenant itself; not what stands open to who asks from the same machine."""

_MOST_NOTES: Final = 8
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_KEEPS_METHOD: Final = frozenset({307, 308})
_LOOKS: Final = frozenset({"GET", "HEAD"})
_SEE_OTHER: Final = 303


@dataclass(slots=True)
class ScriptOperations:
    """Carries out what one tenant's scripts ask for (port `Operations`).

    Attributes:
        hashes: Makes hashes for scripts of all tenants.
        own: Answers requests to the tenant itself; None outside a server.
        domain: Where the tenant itself is.
        allowed: Returns the hosts that may be asked.
        has_asked: Something was asked for.
        notes: What operators should know of a refusal, and scripts need not.
    """

    outbound: Outbound
    hashes: ScriptHashes
    own: Callable[[HttpCall], Awaitable[HttpAnswer]] | None
    tenant: str
    domain: str
    allowed: Callable[[], Awaitable[Sequence[str]]]
    notes: list[str] = field(default_factory=list)
    has_asked: bool = False

    async def carry_out(self, kind: str, asked: Mapping[str, object]) -> object:
        self.has_asked = True
        match kind:
            case "http":
                return await self._http(asked)
            case "bcrypt_compare":
                return await self.hashes.compared(self.tenant, asked)
            case "bcrypt_hash":
                return await self.hashes.hashed(self.tenant, asked)
            case "pbkdf2":
                return await self.hashes.derived(self.tenant, asked)
            case _:
                raise OperationFailed("no such operation", "EINVAL")

    async def _http(self, asked: Mapping[str, Any]) -> object:
        call, left = _call(asked), asked.get("redirects")
        left = min(left, MOST_REDIRECTS) if isinstance(left, int) else 0
        while True:
            answer = await self._sent(call)
            location = next((value for name, value in answer.headers if name == "location"), None)
            if answer.status not in _REDIRECTS or location is None or left <= 0:
                return _answered(call, answer)
            call, left = _redirected(call, answer.status, location), left - 1

    async def _sent(self, call: HttpCall) -> HttpAnswer:
        url = _url(call.url)
        if url.netloc.lower().removesuffix(":443") == self.domain.lower() and self.own is not None:
            if not url.path.startswith(_OPEN_TO_SCRIPTS):
                raise OperationFailed(f"scripts may not ask {url.path[:80]} here", "EACCES")
            return await self.own(replace(call, headers=_without_caller(call.headers)))
        host, port = url.hostname or "", url.port or _PORTS[url.scheme]
        allowed = await self.allowed()
        if not egress.admits(allowed, host, port):
            self._note(f"list {host} in allowed_hosts of {SECTION} (PATCH /api/v2{PATH})")
            raise OperationFailed(f"{host}:{port} is not allowed", "EACCES")
        try:
            return await self.outbound.fetch(call, allowed)
        except OperationFailed as failed:
            if failed.code == "EACCES":
                self._note(f"{host} has a private address: list that in allowed_hosts of {SECTION}")
            raise

    def _note(self, text: str) -> None:
        if text not in self.notes and len(self.notes) < _MOST_NOTES:
            self.notes.append(text)


def _call(asked: Mapping[str, Any]) -> HttpCall:
    method, headers, body = asked.get("method"), asked.get("headers"), asked.get("body")
    if not isinstance(method, str) or not _METHOD.fullmatch(method) or method == "CONNECT":
        raise OperationFailed("no such method", "EINVAL")
    _url(str(asked.get("url")))
    raw = b""
    if isinstance(body, str):
        if len(body) > _MOST_BODY_CHARS:
            raise OperationFailed(f"the body is longer than {_MOST_BODY_CHARS}", "EMSGSIZE")
        raw = _bytes(body) if asked.get("is_base64") is True else body.encode("utf-8", "replace")
    timeout = asked.get("timeout_ms")
    given_s = timeout / _MS if isinstance(timeout, int | float) and timeout > 0 else MOST_TIMEOUT_S
    return HttpCall(
        method=method,
        url=str(asked["url"]),
        headers=_headers(headers if isinstance(headers, dict) else {}),
        body=raw,
        timeout_s=min(given_s, MOST_TIMEOUT_S),
    )


def _headers(given: Mapping[str, object]) -> dict[str, str]:
    if len(given) > _MOST_HEADERS:
        raise OperationFailed(f"more than {_MOST_HEADERS} headers", "EINVAL")
    headers: dict[str, str] = {}
    for name, value in given.items():
        text = str(value)
        if not _NAME.fullmatch(name) or not text.isascii() or not text.isprintable():
            raise OperationFailed("no header that can be sent", "ERR_INVALID_CHAR")
        if name.lower() not in _NOT_OURS_TO_SAY:
            headers[name.lower()] = text
    return {"accept": "*/*", "user-agent": "gateword", **headers}


def _url(text: str) -> SplitResult:
    try:
        url = urlsplit(text)
        known = url.scheme in _PORTS and url.hostname and url.port != 0
    except ValueError:
        known = False
    if not known or not text.isascii() or not text.isprintable() or " " in text:
        raise OperationFailed("Invalid URI", "ERR_INVALID_URL")
    if url.username is not None or url.password is not None:
        raise OperationFailed("credentials belong into a header, not into the URL", "EINVAL")
    return url


def _redirected(call: HttpCall, status: int, location: str) -> HttpCall:
    url = urljoin(call.url, location)
    before, after = _url(call.url), _url(url)
    headers = dict(call.headers)
    if before.netloc != after.netloc or before.scheme != after.scheme:
        for name in ("authorization", "cookie"):
            headers.pop(name, None)
    if status in _KEEPS_METHOD or (call.method in _LOOKS and status != _SEE_OTHER):
        return replace(call, url=url, headers=headers)
    for name in ("content-type", "content-encoding"):
        headers.pop(name, None)
    method = call.method if call.method in _LOOKS else "GET"
    return replace(call, url=url, headers=headers, method=method, body=b"")


def _without_caller(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value for name, value in headers.items() if not name.startswith(_ABOUT_THE_CALLER)
    }


def _answered(call: HttpCall, answer: HttpAnswer) -> object:
    if len(answer.body) > MOST_BODY_BYTES:
        raise OperationFailed(f"the answer is longer than {MOST_BODY_BYTES} bytes", "EMSGSIZE")
    return {
        "status": answer.status,
        "reason": answer.reason,
        "url": call.url,
        "headers": [list(one) for one in answer.headers],
        "body": base64.b64encode(answer.body).decode(),
    }


def _bytes(value: object) -> bytes:
    try:
        return base64.b64decode(str(value), validate=True)
    except (binascii.Error, ValueError):
        raise OperationFailed("no base64", "EINVAL") from None
