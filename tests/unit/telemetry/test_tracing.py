import json
import logging
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from gateword.crypto.hash_pool import HashPool
from gateword.crypto.passwords import PooledHasher
from gateword.domain.secret import Secret
from gateword.logging_setup import JsonLines
from gateword.ports.crypto import Hasher
from gateword.storage.sqlite import SqliteDatabase
from gateword.storage.statement import Sql
from gateword.telemetry import tracing
from gateword.telemetry.counters import Counters
from gateword.telemetry.house import HouseTelemetry

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
CANARY = "canary-of-what-a-caller-typed"


class Traced:
    """Telemetry whose spans stay in memory."""

    def __init__(self) -> None:
        provider = TracerProvider()
        self._kept = InMemorySpanExporter()
        provider.add_span_processor(SimpleSpanProcessor(self._kept))
        self.tracer: Any = provider.get_tracer("test")
        self.telemetry = HouseTelemetry(Counters(), None, self.tracer)

    def spans(self) -> dict[str, ReadableSpan]:
        """Return the finished spans by name."""
        return {span.name: span for span in self._kept.get_finished_spans()}


def application(traced: Traced, hasher: Hasher) -> Router:
    """Return an application with one route, which hashes and logs."""

    async def answer(request: Request) -> Response:
        await hasher.verify(Secret(CANARY), None)
        record = logging.makeLogRecord({"msg": "said"})
        said = json.loads(JsonLines().format(record))
        return Response(str(said.get("trace_id")), 418 if request.url.query else 200)

    return traced.telemetry.trace(Router([Route("/at/{name}", answer)]))


@pytest.fixture
def traced() -> Traced:
    """Telemetry whose spans stay in memory."""
    return Traced()


async def answered(traced: Traced, url: str, headers: dict[str, str]) -> httpx.Response:
    """Return the application's answer."""
    pool = HashPool(1, 1.0)
    real = PooledHasher(pool, memory_kib=8, passes=1)
    hasher = traced.telemetry.hasher(real, pool.depth, pool.expected_wait_s)
    transport = httpx.ASGITransport(application(traced, hasher))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as http:
        answer = await http.get(url, headers=headers)
    pool.stop()
    return answer


async def test_request_is_a_span_of_its_callers_trace(traced: Traced) -> None:
    """A request's span belongs to the trace that its caller names; the hash is inside it."""
    answer = await answered(
        traced,
        f"/at/{CANARY}?q={CANARY}",
        {"traceparent": f"00-{TRACE_ID}-b7ad6b7169203331-01"},
    )
    spans = traced.spans()
    request, hash_ = spans["GET /at/{name}"], spans["verify"]

    assert int(TRACE_ID, 16) == request.context.trace_id
    assert hash_.parent is not None
    assert request.context.span_id == hash_.parent.span_id
    assert {
        "http.request.method": "GET",
        "http.route": "/at/{name}",
        "http.response.status_code": 418,
    } == dict(request.attributes or {})
    assert {"gateword.algorithm": "argon2id"} == dict(hash_.attributes or {})
    assert TRACE_ID == answer.text


async def test_span_holds_nothing_that_a_caller_typed(traced: Traced) -> None:
    """D10: no path, query or secret of a request is in a span."""
    await answered(traced, f"/at/{CANARY}?q={CANARY}", {"x-custom": CANARY})

    assert CANARY not in " ".join(span.to_json() for span in traced.spans().values())


async def test_what_the_database_is_asked_is_a_span_without_its_values(
    traced: Traced, tmp_path: Path
) -> None:
    """D10: a statement's text is shown, its parameters are not."""
    database = traced.telemetry.database(SqliteDatabase(tmp_path / "some.sqlite3"))
    with traced.tracer.start_as_current_span("request"):
        await database.one(Sql("SELECT 1 WHERE :name = :name"), name=CANARY)
        await database.search(Sql("SELECT 1 WHERE :name = :name"), {"name": CANARY})
    await database.close()
    spans = traced.spans()

    assert {"read", "search", "request"} == set(spans)
    assert {
        "db.system.name": "sqlite",
        "db.operation.name": "read",
        "db.query.text": "SELECT 1 WHERE :name = :name",
    } == dict(spans["read"].attributes or {})
    assert CANARY not in " ".join(span.to_json() for span in spans.values())


async def test_what_the_server_does_by_itself_is_no_trace(traced: Traced, tmp_path: Path) -> None:
    """Chores ask again and again; only what a request asks is traced."""
    database = traced.telemetry.database(SqliteDatabase(tmp_path / "some.sqlite3"))
    await database.one(Sql("SELECT 1"))
    await database.close()

    assert {} == traced.spans()


def test_traces_are_off_unless_somebody_is_there_to_take_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`auto` traces nothing while no receiver is named; `off` never does."""
    for name in tracing.ENDPOINT_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    assert tracing.tracer("auto") is None

    monkeypatch.setenv(tracing.ENDPOINT_VARIABLES[0], "http://127.0.0.1:4318")
    assert tracing.tracer("off") is None
