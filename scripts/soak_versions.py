"""The program before the last migration serves beside the present one (promise D7)."""

import asyncio
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Final

from scripts.soak_audit import Audit
from scripts.soak_case import Ground, Report
from scripts.soak_house import guarded, under_load
from scripts.soak_ledger import Ledger
from tests.support import postgres
from tests.support.served import Served, free_port

ROOT: Final = Path(__file__).resolve().parent.parent
MIGRATIONS: Final = "src/gateword/storage/migrations/versions"


def mixed(ground: Ground) -> Report:
    """Let both work on one PostgreSQL, and look at each for what either was told."""
    report = Report()
    former = ground.folder / "former"
    _unpack_former(former)
    with ExitStack() as stack:
        server = stack.enter_context(postgres.running())
        new = guarded(ground.folder / "data", stack.enter_context(server.database()))
        port = free_port()
        old = replace(new, port=port, base_url=f"https://localhost:{port}")
        ledger = Ledger(report)
        stack.callback(new.stop)
        new.start()
        stack.enter_context(_serving(old, former / "src"))
        for number in range(ground.times):
            asyncio.run(_both(ground, old, new, ledger))
            looked_at = old if number % 2 else new
            asyncio.run(Audit(looked_at, ledger).of_all())
            report.counts["rounds of both at once"] += 1
    for what in ("told to come again (503)", "asks that were not answered"):
        report.expect(f"{what}: {report.counts[what]}", holds=report.counts[what] == 0)
    return report


def _unpack_former(folder: Path) -> None:
    """Unpack the program as it was before the newest migration came."""
    newest = max((ROOT / MIGRATIONS).glob("[0-9]*.py")).relative_to(ROOT)
    added = _git("log", "--diff-filter=A", "--format=%H", "-1", "--", str(newest)).decode().strip()
    archive = BytesIO(_git("archive", f"{added}^", "src"))
    with tarfile.open(fileobj=archive) as files:
        files.extractall(folder, filter="data")


def _git(*arguments: str) -> bytes:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, check=True).stdout


@contextmanager
def _serving(served: Served, source: Path) -> Iterator[None]:
    """Serve by the program of another folder."""
    os.environ["PYTHONPATH"] = str(source)
    try:
        _must_come_from(source)
        served.start()
    finally:
        del os.environ["PYTHONPATH"]
    try:
        yield
    finally:
        served.stop()


def _must_come_from(source: Path) -> None:
    """Fail unless a program that starts now is that of a folder."""
    told = [sys.executable, "-c", "import gateword.app; print(gateword.app.__file__)"]
    found = subprocess.run(told, capture_output=True, text=True, check=True).stdout.strip()
    if not Path(found).is_relative_to(source):
        raise RuntimeError(f"{found} is not the former program")


async def _both(ground: Ground, old: Served, new: Served, ledger: Ledger) -> None:
    async with under_load(old, ledger), under_load(new, ledger):
        await asyncio.sleep(ground.load_s)
