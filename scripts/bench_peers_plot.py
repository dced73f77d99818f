"""The side-by-side as pictures: a bar for each server, written as SVG."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

from scripts.bench_peers_contestant import Grant
from scripts.bench_peers_figures import Cell, Summary

_MANY: Final = 64
_WIDTH: Final = 860
_NAMES: Final = 250
_BARS: Final = 400
_ROW: Final = 34
_BAR: Final = 18
_TOP: Final = 66
_BOTTOM: Final = 40
_GATEWORD, _DURABLE, _IN_MEMORY, _LIMIT = "#0b6e4f", "#8a94a6", "#c9cfd9", "#c2410c"
_TITLES: Final = {
    Grant.PASSWORD: "Password grants a second",
    Grant.REFRESH: "Refresh grants a second, the token rotates",
    Grant.MACHINE: "client_credentials grants a second",
}
_SUBTITLE: Final = f"{_MANY} requests in flight; beside each bar its median latency"
_STYLE: Final = (
    "text{font:14px system-ui,sans-serif;fill:#1f2933}"
    ".title{font-size:17px;font-weight:600}.small{font-size:12px;fill:#52606d}"
)


def chart(figures: Mapping[str, Any], summary: Summary, grant: Grant) -> str:
    """Return a picture of a grant's rates with 64 requests in flight."""
    measured = [
        (server, cell)
        for server in figures["servers"]
        if (cell := summary.cell(server["key"], grant, _MANY))
    ]
    has_limits = grant is Grant.PASSWORD
    most = max((_reach(cell, has_limits=has_limits) for _, cell in measured), default=1.0)
    height = _TOP + _ROW * len(measured) + _BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
        f"<title>{escape(_TITLES[grant])}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect width="{_WIDTH}" height="{height}" rx="8" fill="#ffffff"/>',
        f'<text class="title" x="20" y="32">{escape(_TITLES[grant])}</text>',
        f'<text class="small" x="20" y="52">{_SUBTITLE}</text>',
    ]
    for number, (server, cell) in enumerate(measured):
        parts += _bar(server, cell, _TOP + _ROW * number, _BARS / most, has_limit=has_limits)
    parts += _legend(height - 18, has_limits=has_limits)
    return "\n".join([*parts, "</svg>", ""])


def _reach(cell: Cell, *, has_limits: bool) -> float:
    return max(cell.per_s, cell.limit_per_s) if has_limits else cell.per_s


def _bar(
    server: Mapping[str, Any], cell: Cell, top: float, scale: float, *, has_limit: bool
) -> Iterator[str]:
    length, limit = cell.per_s * scale, _NAMES + cell.limit_per_s * scale
    base = top + _BAR - 4
    yield f'<text x="{_NAMES - 12}" y="{base}" text-anchor="end">{escape(server["name"])}</text>'
    yield (
        f'<rect x="{_NAMES}" y="{top}" width="{length:.1f}" height="{_BAR}" rx="3" '
        f'fill="{_colour(server)}"/>'
    )
    if has_limit:
        yield (
            f'<rect x="{limit - 1:.1f}" y="{top - 4}" width="2" height="{_BAR + 8}" '
            f'fill="{_LIMIT}"/>'
        )
    right = max(_NAMES + length, limit if has_limit else 0) + 10
    told = f"{cell.per_s:,.0f}/s, {_time(cell.p50_ms)}"
    yield f'<text x="{right:.1f}" y="{base}">{told}</text>'


def _legend(y: float, *, has_limits: bool) -> Iterator[str]:
    entries = [(_GATEWORD, "Gateword, durable"), (_DURABLE, "stores tokens")]
    entries += [(_IN_MEMORY, "keeps tokens in memory")]
    entries += [(_LIMIT, "the machine's bare limit for the same hash")] if has_limits else []
    x = 20.0
    for colour, text in entries:
        yield f'<rect x="{x}" y="{y - 10}" width="12" height="12" rx="2" fill="{colour}"/>'
        yield f'<text class="small" x="{x + 18}" y="{y}">{text}</text>'
        x += 40 + 6.4 * len(text)


def _colour(server: Mapping[str, Any]) -> str:
    if server["key"].startswith("gateword"):
        return _GATEWORD
    return _DURABLE if server["is_durable"] else _IN_MEMORY


def _time(ms: float) -> str:
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"  # noqa: PLR2004  of a second
