from gateword.ports.meter import GRANTS, HASH_QUEUE, STORE_TIME
from gateword.telemetry.counters import Counters, Snapshot, merged


def counted() -> Counters:
    """Return counters that have seen a little of everything."""
    counters = Counters()
    counters.count(GRANTS, "password", "ok")
    counters.count(GRANTS, "password", "ok")
    counters.took(STORE_TIME, 0.0001, "read")
    counters.took(STORE_TIME, 100.0, "read")
    counters.watch(HASH_QUEUE, lambda: 3)
    return counters


def test_count_adds_one_by_its_labels() -> None:
    """A series is a measure and its labels; counting adds one to it."""
    snapshot = counted().snapshot()

    assert [(("gateword_grants", "password", "ok"), 2)] == list(snapshot.counts)


def test_duration_falls_into_the_bucket_that_bounds_it() -> None:
    """A bound belongs to its bucket; what is over all bounds has a bucket of its own."""
    ((series, buckets, sum_s),) = counted().snapshot().times

    assert ("gateword_store_seconds", "read") == series
    assert [1, *[0] * 10, 1] == list(buckets)
    assert 100.0001 == sum_s


def test_level_is_read_when_somebody_asks() -> None:
    """A level is what it is at the moment of the snapshot."""
    depth = [1]
    counters = Counters()
    counters.watch(HASH_QUEUE, lambda: depth[0])
    depth[0] = 7

    assert [("gateword_hash_queue_depth", 7)] == list(counters.snapshot().levels)


def test_processes_are_added_up() -> None:
    """What several processes counted is one sum, series by series, bucket by bucket."""
    one, other = counted().snapshot(), counted().snapshot()
    sums = merged([one, other], [one, other])

    assert [(("gateword_grants", "password", "ok"), 4)] == list(sums.counts)
    assert [2, *[0] * 10, 2] == list(sums.times[0][1])
    assert [("gateword_hash_queue_depth", 6)] == list(sums.levels)


def test_process_that_ended_keeps_its_counts_and_loses_its_levels() -> None:
    """A counter never shrinks because a process ended; nobody waits in its queue any more."""
    ended, live = counted().snapshot(), Snapshot()
    sums = merged([ended, live], [live])

    assert [(("gateword_grants", "password", "ok"), 2)] == list(sums.counts)
    assert [] == list(sums.levels)
