"""`scripts/soak`: every fault in turn, with counts."""

import argparse
import json
import logging
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

from scripts import (
    soak_clients,
    soak_clock,
    soak_disk,
    soak_kills,
    soak_postgres,
    soak_stop,
    soak_valkey,
    soak_versions,
)
from scripts.soak_case import Case, Ground, Report

CASES: Final[Mapping[str, Case]] = {
    "kills-sqlite": soak_kills.on_sqlite,
    "kills-postgres": soak_kills.on_postgres,
    "postgres-stopped": soak_postgres.stopped,
    "postgres-killed": soak_postgres.killed,
    "postgres-frozen": soak_postgres.frozen,
    "valkey-stopped": soak_valkey.stopped,
    "valkey-frozen": soak_valkey.frozen,
    "clock-sqlite": soak_clock.on_sqlite,
    "clock-postgres": soak_clock.on_postgres,
    "clock-codes": soak_clock.of_codes,
    "disk-full-sqlite": soak_disk.of_sqlite,
    "disk-full-postgres": soak_disk.of_postgres,
    "clients": soak_clients.misbehaving,
    "sigterm-1-worker": soak_stop.with_one_worker,
    "sigterm-2-workers": soak_stop.with_two_workers,
    "two-versions": soak_versions.mixed,
}
KILLS: Final = 50
TIMES: Final = 5
LOAD_S: Final = 2.0
QUICK_KILLS: Final = 6
QUICK_TIMES: Final = 2
QUICK_LOAD_S: Final = 1.0


class _Progress:
    """Says on stderr what is being done, so that stdout holds the report alone."""

    def __init__(self) -> None:
        self._began_s = time.monotonic()

    def __call__(self, name: str, what: str) -> None:
        print(
            f"{time.monotonic() - self._began_s:6.0f} s  {name}: {what}",
            file=sys.stderr,
            flush=True,
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=CASES, metavar="NAME",
        help=f"only this fault, or these: {', '.join(CASES)}",
    )  # fmt: skip
    parser.add_argument("--kills", type=int, metavar="N", help=f"kills an engine ({KILLS})")
    parser.add_argument("--quick", action="store_true", help="few kills, short load")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all counts there as well")
    return parser.parse_args()


def _played(case: Case, ground: Ground) -> Report:
    """Play one fault; a case that breaks is a fault, and the others are played all the same."""
    try:
        return case(ground)
    except Exception as error:  # noqa: BLE001  # whatever a broken server does to a client
        traceback.print_exc()
        return Report(faults=[f"the case broke: {error!r}"])


def main() -> int:
    """Play the faults; the status says whether everything that was promised held."""
    asked = _arguments()
    if not sys.platform.startswith("linux"):
        print("scripts/soak reads /proc, so it needs Linux", file=sys.stderr)
        return 2
    say = _Progress()
    # The PostgreSQL of the tests does without fsync, and each command would say so.
    logging.getLogger("gateword").setLevel(logging.ERROR)
    reports: dict[str, Report] = {}
    for name in asked.only or CASES:
        with tempfile.TemporaryDirectory(prefix="gateword-soak-", ignore_cleanup_errors=True) as at:
            ground = Ground(
                folder=Path(at),
                kills=asked.kills or (QUICK_KILLS if asked.quick else KILLS),
                times=QUICK_TIMES if asked.quick else TIMES,
                load_s=QUICK_LOAD_S if asked.quick else LOAD_S,
                say=partial(say, name),
            )
            say(name, "begins")
            reports[name] = _played(CASES[name], ground)
            print("\n".join(reports[name].lines(name)), flush=True)
    if asked.json:
        kept = {name: report.plain() for name, report in reports.items()}
        asked.json.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 1 if any(report.faults for report in reports.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
