"""Counts what every URL answers."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateword.logging_setup import HEADERS
from gateword.ports.meter import REQUEST_TIME, REQUESTS, Count, Duration, Exposition, Meter

ROUTE: Final = "gateword.route"
"""Where an application notes in the scope which declared path it found, to be counted by it."""

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Unmetered:
    """A `Telemetry` that measures nothing."""

    def count(self, what: Count, *labels: str) -> None: ...

    def took(self, what: Duration, seconds: float, *labels: str) -> None: ...

    async def exposition(self, accept: str) -> Exposition:  # noqa: ARG002  nothing in any format
        return Exposition(b"", "text/plain")


class Metered:
    """An ASGI application that counts the requests of one route.

    Args:
        app: Answers them.
        route: Its path as it is declared: what was asked for may be anything.
        meter: Counts.
        now_s: Clock that measures.
    """

    def __init__(
        self,
        app: ASGIApp,
        route: str,
        meter: Meter,
        now_s: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._app = app
        self._route = route
        self._meter = meter
        self._now_s = now_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and count it when its answer is out."""
        began_s = self._now_s()
        HEADERS.set(scope["headers"])
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            route = scope.get(ROUTE, self._route)
            self._meter.count(REQUESTS, route, method, str(int(status)))
            self._meter.took(REQUEST_TIME, self._now_s() - began_s, route, method)
