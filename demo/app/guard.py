"""What stands between a stranger's page and this application."""

import hashlib
import hmac
import secrets
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problem import Failure, Problem

COOKIE: Final = "harbour_session"
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # `no-referrer` would make browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class SecurityHeaders:
    """Adds the headers every page needs; caches may store style and script, never a page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything through and write the headers on the way out."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                if not scope["path"].startswith("/static/"):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, sending)


class FormSeal:
    """Seals forms against posts from other sites.

    A form carries an HMAC of the browser's cookie, keyed with a secret of this process. Nothing is
    stored before a login, so strangers cannot fill the session store.

    Args:
        origins: The only values of `Origin` a post may come with.
    """

    def __init__(self, origins: frozenset[str]) -> None:
        self._origins = origins
        self._key = secrets.token_bytes(32)

    def of(self, handle: str) -> str:
        """Return what a form must carry in the field `seal` for this cookie."""
        return hmac.new(self._key, handle.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def check(self, request: Request, seal: str) -> None:
        """Let only our own forms pass; else raise `Failure(Problem.FORM_TOO_OLD)`."""
        handle = request.cookies.get(COOKIE, "")
        right_origin = request.headers.get("origin") in self._origins
        right_seal = hmac.compare_digest(self.of(handle).encode(), seal.encode("utf-8", "replace"))
        if not (handle and right_origin and right_seal):
            raise Failure(Problem.FORM_TOO_OLD)


def new_handle() -> str:
    """Return an unguessable cookie value: 256 bits."""
    return secrets.token_urlsafe(32)


def set_cookie(answer: Response, handle: str) -> None:
    """Give the browser its cookie; it is not `Secure`, since the demo speaks http on localhost."""
    answer.set_cookie(COOKIE, handle, httponly=True, samesite="lax")
