"""`scripts/bench --peers`: Gateword beside other servers, in one run on one machine."""

import argparse
import gc
import json
import os
import platform
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, TypeAlias

from scripts import bench_limits as limits
from scripts import bench_peers_gateword as gateword
from scripts import bench_peers_keycloak as keycloak
from scripts import bench_peers_report as report
from scripts.bench_peers_contestant import Contestant, Missing
from scripts.bench_peers_postgres import Postgres, programs_of
from scripts.bench_peers_rounds import QUICK, Arena, Plan
from scripts.bench_peers_scratch import NotInstalled, Scratch
from scripts.bench_peers_servers import node_peers, python_peers
from scripts.bench_server import Failed

KEYS: Final = (
    "gateword",
    "gateword-postgresql",
    "gateword-bcrypt",
    "oidc-provider",
    "oauth2-server",
    "django-oauth-toolkit",
    "authlib",
    "keycloak",
)
_DOCS: Final = Path(__file__).resolve().parent.parent / "docs"
_ERRORS, _MISSING = 1, 3

Say: TypeAlias = Callable[[str], None]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench --peers", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round; rough figures")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    parser.add_argument(
        "--scratch",
        type=Path,
        default=Path(tempfile.gettempdir()) / "gateword-peers",
        metavar="FOLDER",
        help="where the peers are installed, and stay (default: %(default)s)",
    )
    parser.add_argument(
        "--only", action="append", choices=KEYS, metavar="NAME", help=f"of {', '.join(KEYS)}"
    )
    parser.add_argument(
        "--docs",
        action=argparse.BooleanOptionalAction,
        help="write the table and the plots to docs/ (default: unless --quick or --only is given)",
    )
    return parser.parse_args()


class _Entries:
    """Who takes part; a kit that cannot be installed is told, and its servers are missing."""

    def __init__(self, scratch: Scratch, wanted: Sequence[str], say: Say) -> None:
        self._scratch = scratch
        self._wanted = wanted
        self._say = say
        self.postgres: Postgres | None = None
        self.contestants: list[Contestant] = []
        self.missing: list[Missing] = []

    def collect(self) -> None:
        """Install what is wanted, and start PostgreSQL for those that store in it."""
        self._add(["gateword"], lambda: [gateword.on_sqlite()])
        self._add(["gateword-postgresql"], lambda: [gateword.on_postgres(self._postgres())])
        self._add(["gateword-bcrypt"], lambda: [gateword.with_bcrypt()])
        self._add(["oidc-provider", "oauth2-server"], lambda: node_peers(self._scratch.node()))
        self._add(["django-oauth-toolkit", "authlib"], lambda: python_peers(self._scratch.python()))
        self._add(
            ["keycloak"],
            lambda: [keycloak.contestant(self._scratch.keycloak(), self._postgres(), self._say)],
        )

    def _add(self, keys: Sequence[str], make: Callable[[], Sequence[Contestant]]) -> None:
        if not set(keys) & set(self._wanted):
            return
        try:
            self.contestants += [one for one in make() if one.key in self._wanted]
        except (NotInstalled, Failed) as reason:
            self._say(f"not installed: {', '.join(keys)}: {reason}")
            self.missing += [
                Missing(key=key, name=key, reason=str(reason))
                for key in keys
                if key in self._wanted
            ]

    def _postgres(self) -> Postgres:
        if self.postgres is None:
            programs = programs_of(self._scratch.python())
            self.postgres = Postgres(self._scratch.folder / "postgres", programs)
        return self.postgres


def _measured(asked: argparse.Namespace, plan: Plan, say: Say) -> dict[str, Any]:
    scratch = Scratch(asked.scratch.resolve(), say)
    load_before = os.getloadavg()[0]
    entries = _Entries(scratch, asked.only or KEYS, say)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=scratch.folder))
    try:
        entries.collect()
        arena = Arena(folder, entries.postgres, plan, say)
        try:
            for contestant in entries.contestants:
                arena.enter(contestant)
            gc.disable()  # the generator's own pauses are no latency of a server
            arena.measure()
        finally:
            arena.leave()
    finally:
        if entries.postgres:
            entries.postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return {
        "machine": {
            "cores": limits.cores(),
            "python": platform.python_version(),
            "load_before": load_before,
            "date": time.strftime("%Y-%m-%d"),
            "rounds": plan.rounds,
        },
        "servers": arena.entered,
        "missing": [asdict(one) for one in (*entries.missing, *arena.missing)],
        "rows": arena.rows,
    }


def main() -> int:
    """Run the side-by-side; the status says whether anything is missing or went wrong."""
    asked = _arguments()
    if not sys.platform.startswith("linux"):
        print("scripts/bench reads /proc, so it needs Linux", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_ERRORS))  # what was started is stopped
    began = time.perf_counter()

    def say(what: str) -> None:
        print(f"{time.perf_counter() - began:6.1f} s  {what}", file=sys.stderr, flush=True)

    figures = _measured(asked, QUICK if asked.quick else Plan(), say)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print("\n".join(report.lines(figures)))
    is_whole = not asked.quick and not asked.only
    if is_whole if asked.docs is None else asked.docs:
        report.write(figures, _DOCS)
        say(f"written to {_DOCS.name}/")
    if figures["missing"]:
        return _MISSING
    return _ERRORS if report.errors(figures) else 0


if __name__ == "__main__":
    sys.exit(main())
