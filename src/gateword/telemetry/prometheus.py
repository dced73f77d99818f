"""Numbers in Prometheus's text formats, by its client library.

The library is loaded at the first scrape: a server that nobody watches does not pay for it.
"""

import os
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import accumulate
from typing import Any, Final

from gateword.ports.meter import MEASURES, Count, Duration, Exposition, Level, Measure
from gateword.telemetry.counters import Snapshot

_BY_NAME: Final = {measure.name: measure for measure in MEASURES}


def rendered(snapshot: Snapshot, pids: Sequence[int], accept: str) -> Exposition:
    """Return the numbers in the format that the asker likes best.

    Args:
        snapshot: Numbers of all processes.
        pids: Processes whose memory, time and open files are told.
        accept: `Accept` header of the scrape.
    """
    library: Any = import_module("prometheus_client")  # 4 MiB that only a scrape needs
    formats: Any = import_module("prometheus_client.exposition")
    registry = library.CollectorRegistry(auto_describe=False)
    registry.register(_Numbers(snapshot))
    registry.register(_Processes(pids))
    encoder, media_type = formats.choose_encoder(accept)
    return Exposition(encoder(registry), media_type)


class _Numbers:
    """What Gateword measures itself; measures without a number yet are named all the same."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterator[Any]:
        core: Any = import_module("prometheus_client.metrics_core")
        families = {measure.name: _family(core, measure) for measure in MEASURES}
        for (name, *labels), sum_ in self._snapshot.counts:
            families[name].add_metric(labels, sum_)
        for (name, *labels), buckets, sum_s in self._snapshot.times:
            families[name].add_metric(labels, _cumulative(name, buckets), sum_s)
        for name, value in self._snapshot.levels:
            families[name].add_metric([], value)
        yield from families.values()


def _family(core: Any, measure: Measure) -> Any:
    kinds = {
        Count: core.CounterMetricFamily,
        Duration: core.HistogramMetricFamily,
        Level: core.GaugeMetricFamily,
    }
    return kinds[type(measure)](measure.name, measure.doc, labels=measure.labels)


def _cumulative(name: str, buckets: Sequence[int]) -> list[tuple[str, int]]:
    measure = _BY_NAME[name]
    bounds = [f"{bound:g}" for bound in measure.buckets] if isinstance(measure, Duration) else []
    return list(zip([*bounds, "+Inf"], accumulate(buckets), strict=True))


class _Processes:
    """Memory, processor time and open files; of several processes each by its id."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._pids = pids

    def collect(self) -> Iterator[Any]:
        library: Any = import_module("prometheus_client")
        families: dict[str, Any] = {}
        for pid in self._pids:
            labels = {"pid": str(pid)} if len(self._pids) > 1 else {}
            collector = library.ProcessCollector(pid=_constant(pid), registry=None)
            for found in collector.collect():
                family = families.setdefault(
                    found.name, type(found)(found.name, found.documentation, labels=tuple(labels))
                )
                for sample in found.samples:
                    family.add_metric(list(labels.values()), sample.value)
        yield from families.values()


def _constant(pid: int) -> Any:
    return lambda: "self" if pid == os.getpid() else pid
