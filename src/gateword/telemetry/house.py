"""All that a process knows of its server: what it measured itself, and what the others left."""

import asyncio
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from starlette.routing import Router

from gateword.ports.crypto import Hasher
from gateword.ports.log_sink import LogSink
from gateword.ports.meter import HASH_QUEUE, HASH_WAIT, Count, Duration, Exposition
from gateword.storage.engine import Database
from gateword.telemetry import prometheus, tracing
from gateword.telemetry.counters import Counters, Snapshot, merged
from gateword.telemetry.metered import MeteredDatabase, MeteredHasher, MeteredSink
from gateword.telemetry.sharing import EVERY_S, FOLDER_VARIABLE, Shared, is_running


class HouseTelemetry:
    """Measures, tells, and traces when that is switched on.

    Args:
        counters: Of this process.
        folder: Where the processes of one server leave their numbers; None when there is one.
        tracer: OpenTelemetry's; None traces nothing.
    """

    def __init__(
        self,
        counters: Counters,
        folder: Path | None = None,
        tracer: tracing.Tracer | None = None,
    ) -> None:
        self._counters = counters
        self._shared = Shared(folder) if folder is not None else None
        self._tracer = tracer

    def count(self, what: Count, *labels: str) -> None:
        self._counters.count(what, *labels)

    def took(self, what: Duration, seconds: float, *labels: str) -> None:
        self._counters.took(what, seconds, *labels)

    async def exposition(self, accept: str) -> Exposition:
        own = self._counters.snapshot()
        # Files, a library to load and some hundred lines of text: not in the event loop.
        return await asyncio.to_thread(self._rendered, own, accept)

    def hasher(self, real: Hasher, depth: Callable[[], int], wait_s: Callable[[], float]) -> Hasher:
        """Return a hasher that is measured, and whose queue is.

        Args:
            real: Does the work.
            depth: Tells how many hashes are unfinished.
            wait_s: Tells how long one would wait.
        """
        self._counters.watch(HASH_QUEUE, depth)
        self._counters.watch(HASH_WAIT, wait_s)
        hasher: Hasher = MeteredHasher(real, self._counters, self._counters.now_s)
        return hasher if self._tracer is None else tracing.TracedHasher(hasher, self._tracer)

    def database(self, real: Database) -> Database:
        """Return a database that is measured."""
        database: Database = MeteredDatabase(real, self._counters, self._counters.now_s)
        if self._tracer is None:
            return database
        return tracing.TracedDatabase(database, self._tracer)

    def sinks(
        self, real: Mapping[str, LogSink], now: Callable[[], datetime]
    ) -> Mapping[str, LogSink]:
        """Return sinks by type whose batches are counted."""
        return {
            type_: MeteredSink(sink, type_, self._counters, now) for type_, sink in real.items()
        }

    def trace(self, router: Router) -> Router:
        """Have each route of an application traced, when that is switched on."""
        if self._tracer is not None:
            tracing.trace_routes(router, self._tracer)
        return router

    async def share(self) -> None:
        """Leave this process's numbers for the others, again and again, until cancelled."""
        if self._shared is None:
            return
        try:
            while True:
                self._shared.write(self._counters.snapshot())
                await asyncio.sleep(EVERY_S)
        finally:
            self._shared.write(self._counters.snapshot())

    def _rendered(self, own: Snapshot, accept: str) -> Exposition:
        others = self._shared.others() if self._shared is not None else {}
        live = {pid: one for pid, one in others.items() if is_running(pid)}
        sums = merged([own, *others.values()], [own, *live.values()])
        return prometheus.rendered(sums, [os.getpid(), *live], accept)


def of_process(otel: str) -> HouseTelemetry:
    """Return the telemetry that this process's settings and environment ask for.

    Args:
        otel: `on`, `off`, or `auto`: on where OpenTelemetry's own variables name a receiver.

    Raises:
        MissingExtra: Traces are wanted and the library is not installed.
    """
    folder = os.environ.get(FOLDER_VARIABLE)
    return HouseTelemetry(Counters(), Path(folder) if folder else None, tracing.tracer(otel))
