"""The line to the login server: one request, one answer, and a record of both."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import httpx

from . import exchange
from .browser import Browser
from .exchange import Exchange, Record
from .problem import Failure, Problem
from .settings import Settings

_log: Final = logging.getLogger("demo.login_server")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked.

    Attributes:
        browser: Where the user sits. The server counts wrong passwords and codes against it and
            not against us, because this client is trusted to speak for its users.
        form: Body as a form.
        json: Body as JSON.
        bearer: Token for the header `Authorization`.
    """

    method: str
    path: str
    browser: Browser
    form: Mapping[str, str] | None = None
    json: Mapping[str, object] | None = None
    bearer: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered.

    Attributes:
        status: HTTP status.
        body: The JSON in it; None when there was none.
        retry_after_s: Seconds to wait, when it named a number.
    """

    status: int
    body: object
    retry_after_s: int | None

    @property
    def is_success(self) -> bool:
        """The status says yes."""
        return 200 <= self.status < 300  # noqa: PLR2004

    @property
    def members(self) -> dict[str, object]:
        """The body, if it is an object; empty else."""
        return self.body if isinstance(self.body, dict) else {}

    @property
    def said(self) -> str:
        """What a refusal says, `error: error_description`; it holds nothing secret."""
        error, text = self.members.get("error"), self.members.get("error_description")
        return f"{error or 'no error code'}: {text or 'no description'}"


class ServerLine:
    """Speaks to the login server; what an answer means is for others to say.

    Args:
        settings: Where the server is.
        http: Connection pool; it must trust the server's certificate.
    """

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self._domain = settings.domain
        self._http = http

    async def ask(self, request: Request, record: Record | None = None) -> Reply:
        """Send a request and return its answer, whatever it is.

        Args:
            request: What is asked.
            record: Where it is noted for the pages; None notes nothing.

        Raises:
            Failure: `Problem.UNREACHABLE`: no answer came.
        """
        began_at, began = time.time(), time.monotonic()
        headers = {"auth0-forwarded-for": request.browser.address}
        if request.browser.user_agent:
            headers["user-agent"] = request.browser.user_agent
        if request.bearer:
            headers["authorization"] = f"Bearer {request.bearer}"
        try:
            answer = await self._http.request(
                request.method,
                f"https://{self._domain}{request.path}",
                data=request.form,
                json=request.json,
                headers=headers,
            )
        except httpx.HTTPError as error:
            _log.warning("%s: no answer: %s", request.path, type(error).__name__)
            raise Failure(
                Problem.UNREACHABLE, said=f"no answer ({type(error).__name__})"
            ) from error
        reply = Reply(answer.status_code, _json(answer), _whole(answer.headers.get("retry-after")))
        if not reply.is_success:
            _log.warning("%s: %s %s", request.path, reply.status, reply.said)
        if record is not None:
            record.add(_noted(request, reply, began_at, time.monotonic() - began))
        return reply


def _noted(request: Request, reply: Reply, at: float, took_s: float) -> Exchange:
    sent = exchange.shown(dict(request.form or request.json or {}))
    return Exchange(
        at=at,
        took_ms=round(took_s * 1000),
        method=request.method,
        path=request.path,
        bearer=exchange.beginning(request.bearer),
        sent=sent if isinstance(sent, dict) else {},
        status=reply.status,
        answer="" if reply.body is None else exchange.pretty(exchange.shown(reply.body)),
    )


def _json(answer: httpx.Response) -> object:
    try:
        body: object = answer.json()
    except ValueError:
        return None
    return body


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None
