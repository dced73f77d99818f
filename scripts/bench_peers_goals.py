"""What the project promises itself beside others; the report says where a figure falls short."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from scripts.bench_peers_contestant import Grant
from scripts.bench_peers_figures import Summary

_GATEWORD: Final = "gateword"
_BCRYPT: Final = "gateword-bcrypt"
_MANY: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A figure and what it should be.

    Attributes:
        what: In words.
        found: The figure.
        wanted: The bound.
        is_least: The bound is from below.
    """

    what: str
    found: float
    wanted: float
    is_least: bool = True

    @property
    def is_met(self) -> bool:
        """Whether the figure is on the right side of its bound."""
        return self.found >= self.wanted if self.is_least else self.found <= self.wanted


def goals(figures: Mapping[str, Any], summary: Summary) -> Iterator[Goal]:
    """Yield the goals of which everything was measured."""
    yield from _of_passwords(summary)
    others = [one for one in figures["servers"] if not one["key"].startswith(_GATEWORD)]
    durable = [one["key"] for one in others if one["is_durable"]]
    in_memory = [one["key"] for one in others if not one["is_durable"]]
    yield from _against(summary, Grant.REFRESH, "the best peer in memory", in_memory, 1.2)
    yield from _against(summary, Grant.REFRESH, "the best peer that stores", durable, 10)
    yield from _against(summary, Grant.MACHINE, "the best peer", [*in_memory, *durable], 1.2)
    refresh = summary.cell(_GATEWORD, Grant.REFRESH, _MANY)
    if refresh:
        yield Goal(
            what="CPU of a refresh, in bare RS256 signatures",
            found=refresh.cpu_ms / refresh.limit_cpu_ms,
            wanted=2.0,
            is_least=False,
        )


def _of_passwords(summary: Summary) -> Iterator[Goal]:
    own = summary.cell(_GATEWORD, Grant.PASSWORD, _MANY)
    if own:
        yield Goal(what="passwords, of the bare Argon2id limit", found=own.share, wanted=0.97)
    brought = summary.cell(_BCRYPT, Grant.PASSWORD, _MANY)
    if brought:
        yield Goal(what="passwords, of the bare bcrypt limit", found=brought.share, wanted=2.8)
        yield Goal(
            what="bcrypt passwords, p50 at 64 in flight, seconds",
            found=brought.p50_ms / 1000,
            wanted=0.6,
            is_least=False,
        )


def _against(
    summary: Summary, grant: Grant, whom: str, keys: Sequence[str], wanted: float
) -> Iterator[Goal]:
    own, best = summary.cell(_GATEWORD, grant, _MANY), summary.best(keys, grant, _MANY)
    if own and best:
        what = f"{grant.value} at 64 in flight, times {whom}"
        yield Goal(what=what, found=own.per_s / best, wanted=wanted)
