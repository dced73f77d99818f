"""Spans for OpenTelemetry: requests, hashes, what the database is asked.

Only where the extra `otel` is installed and switched on; else nothing here stands in anybody's way.
Names and attributes follow OpenTelemetry's semantic conventions for HTTP and databases. No span
holds a parameter of a statement, a query string, or anything else that a caller typed (D10).
"""

import logging
import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import Any, Final, Protocol, TypeVar

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateword.domain.secret import Secret
from gateword.logging_setup import TRACE
from gateword.ports.crypto import Hasher
from gateword.settings import BadSettings
from gateword.storage.engine import SEARCH_TIMEOUT_S, Database, Dialect, Row, Value, Work
from gateword.storage.statement import Sql
from gateword.telemetry.metered import algorithm

T = TypeVar("T")
_log = logging.getLogger("gateword.telemetry")

ENDPOINT_VARIABLES: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_SYSTEM: Final = {Dialect.SQLITE: "sqlite", Dialect.POSTGRES: "postgresql"}


class MissingExtra(BadSettings):
    """Traces were asked for, and the libraries for them are not installed."""


class Tracer(Protocol):
    """OpenTelemetry's `Tracer`, as far as it is used here."""

    def start_as_current_span(
        self, name: str, context: Any = None, kind: Any = ..., attributes: Any = None
    ) -> AbstractContextManager[Any]: ...


def tracer(wanted: str) -> Tracer | None:
    """Return a tracer that sends its spans by OTLP over HTTP, or None.

    Args:
        wanted: `on`, `off`, or `auto`: on when one of ENDPOINT_VARIABLES is set.

    Raises:
        MissingExtra: It is `on` and not installed; with `auto` that is only logged.
    """
    is_told = any(os.environ.get(name) for name in ENDPOINT_VARIABLES)
    if wanted == "off" or (wanted == "auto" and not is_told):
        return None
    try:  # an optional extra, and 15 MiB
        sdk: Any = import_module("opentelemetry.sdk.trace")
        export: Any = import_module("opentelemetry.sdk.trace.export")
        otlp: Any = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
        resources: Any = import_module("opentelemetry.sdk.resources")
    except ModuleNotFoundError as error:
        if wanted == "on":
            raise MissingExtra(f"otel is on, but its extra is not installed: {error}") from None
        _log.warning("not_traced", extra={"reason": f"the extra `otel` is missing: {error}"})
        return None
    named = resources.Resource.create(
        {"service.name": os.environ.get("OTEL_SERVICE_NAME", "gateword")}
    )
    provider = sdk.TracerProvider(resource=named)
    provider.add_span_processor(export.BatchSpanProcessor(otlp.OTLPSpanExporter()))
    made: Tracer = provider.get_tracer("gateword")
    return made


class _Inside:
    """Makes spans inside those of requests; what the server does by itself has none.

    Chores ask the database every second: as traces of their own they would drown all others.
    """

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._current: Any = import_module("opentelemetry.trace").get_current_span

    def span(self, name: str, attributes: Mapping[str, str]) -> AbstractContextManager[Any]:
        """Return a span of the request that is being answered, or nothing outside of one."""
        if not self._current().get_span_context().is_valid:
            return nullcontext()
        return self._tracer.start_as_current_span(name, attributes=attributes)


class TracedHasher:
    """A hasher whose hashes are spans."""

    def __init__(self, real: Hasher, tracer: Tracer) -> None:
        self._real = real
        self._inside = _Inside(tracer)

    def check_queue(self) -> None:
        self._real.check_queue()

    async def hash(self, password: Secret) -> Secret:
        with self._inside.span("hash", {}):
            return await self._real.hash(password)

    async def verify(
        self, password: Secret, encoded: Secret | None, kinds: Mapping[str, int] | None = None
    ) -> bool:
        with self._inside.span("verify", {"gateword.algorithm": algorithm(encoded)}):
            return await self._real.verify(password, encoded, kinds)

    def decoy(self, name: str, kinds: Mapping[str, int]) -> Secret:
        return self._real.decoy(name, kinds)

    def is_outdated(self, encoded: Secret) -> bool:
        return self._real.is_outdated(encoded)

    def recognises(self, encoded: Secret) -> bool:
        return self._real.recognises(encoded)


class TracedDatabase:
    """A database whose reads, searches and transactions are spans."""

    def __init__(self, real: Database, tracer: Tracer) -> None:
        self._real = real
        self._inside = _Inside(tracer)
        self.shares_commits = real.shares_commits
        self.dialect: Dialect = real.dialect

    def _span(self, name: str, statement: Sql | None = None) -> AbstractContextManager[Any]:
        told = {"db.system.name": _SYSTEM[self.dialect], "db.operation.name": name}
        if statement is not None:
            told["db.query.text"] = statement.text
        return self._inside.span(name, told)

    async def one(self, statement: Sql, /, **params: Value) -> Row | None:
        with self._span("read", statement):
            return await self._real.one(statement, **params)

    async def all(self, statement: Sql, /, **params: Value) -> list[Row]:
        with self._span("read", statement):
            return await self._real.all(statement, **params)

    async def search(
        self, statement: Sql, params: Mapping[str, Value], timeout_s: float = SEARCH_TIMEOUT_S
    ) -> list[Row]:
        with self._span("search", statement):
            return await self._real.search(statement, params, timeout_s)

    async def transact(self, work: Work[T], *, durable: bool = True) -> T:
        with self._span("transact"):
            return await self._real.transact(work, durable=durable)

    async def call(self, statement: Sql, /, **params: Value) -> list[Row]:
        with self._span("transact", statement):
            return await self._real.call(statement, **params)

    async def ping(self) -> None:
        await self._real.ping()

    async def close(self) -> None:
        await self._real.close()


def trace_routes(router: Router, tracer: Tracer) -> None:
    """Put a span around each route of an application."""
    for route in router.routes:
        if isinstance(route, Route):
            route.app = TracedRoute(route.app, route.path, tracer)


class TracedRoute:
    """An ASGI application whose requests are spans, part of their caller's trace if it has one."""

    def __init__(self, app: ASGIApp, route: str, tracer: Tracer) -> None:
        self._app = app
        self._route = route
        self._tracer = tracer
        self._propagate: Any = import_module("opentelemetry.propagate")
        self._kind: Any = import_module("opentelemetry.trace").SpanKind.SERVER

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request inside its span."""
        sent = {name.decode("latin-1"): text.decode("latin-1") for name, text in scope["headers"]}
        told = {"http.request.method": scope["method"], "http.route": self._route}
        with self._tracer.start_as_current_span(
            f"{scope['method']} {self._route}",
            context=self._propagate.extract(sent),
            kind=self._kind,
            attributes=told,
        ) as span:
            TRACE.set(f"{span.get_span_context().trace_id:032x}")

            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                await send(message)

            await self._app(scope, receive, noted)
