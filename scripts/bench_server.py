"""The server under test: a process of its own, its start, its memory, its processor time."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts.bench_client import HOST, OK

GATEWORD: Final = Path(sys.executable).with_name("gateword")
_READY_S: Final = 60.0
_LOOK_EVERY_S: Final = 0.002
_STOP_S: Final = 20.0
CPU_FIELDS: Final = slice(11, 13)
"""utime and stime, counted behind the name of the process (proc(5))."""

_NICE_FIELD: Final = 16
_NANOSECOND_S: Final = 1e-9


class Failed(Exception):
    """The server, or a command of it, did not do what the bench needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Memory of one process: resident, and its proportional share of what is shared, in MiB."""

    rss_mib: float
    pss_mib: float


def environment() -> dict[str, str]:
    """Return our environment without settings of Gateword, and with no limit on token requests."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("GATEWORD_")}
    return kept | {"GATEWORD_TOKEN_RATE_PER_S": "0"}


def command(*arguments: str) -> str:
    """Run a `gateword` command and return what it printed.

    Raises:
        Failed: It ended with another status than 0.
    """
    done = subprocess.run(
        [str(GATEWORD), *arguments], capture_output=True, text=True, env=environment(), check=False
    )
    if done.returncode != 0:
        raise Failed(f"gateword {' '.join(arguments)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def free_port() -> int:
    """Return a port of the loopback interface on which nothing listens."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process that leads its group to end; a group that does not listen is killed."""
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(_STOP_S)


class Server:
    """One `gateword serve` without TLS; `ready_s` says how long its start took."""

    def __init__(
        self,
        data: Path,
        port: int,
        options: Sequence[str] = (),
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Start it and wait for the first 200 of `/health`.

        `settings` are added to the environment.

        Raises:
            Failed: It ended, or did not answer.
        """
        self.port = port
        self._log = data.parent / f"serve-{port}.log"
        arguments = ["serve", "--data", str(data), "--port", str(port), "--tls", "off", *options]
        with self._log.open("ab") as output:
            began = time.perf_counter()
            self._process = subprocess.Popen(
                [str(GATEWORD), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**environment(), **(settings or {})},
                start_new_session=True,
            )
        self._wait(began + _READY_S)
        self.ready_s = time.perf_counter() - began

    def stop(self) -> None:
        """Ask the server to end; what does not listen is killed."""
        end(self._process)

    def cpu_s(self) -> float:
        """Return the processor time of the server and its workers so far."""
        ticks = 0
        for pid in self._processes():
            ticks += sum(map(int, stat_of(Path(f"/proc/{pid}"))[CPU_FIELDS]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def other_cpu_s(self) -> float:
        """Return the processor time of all threads that do not hash, so far.

        Raises:
            Failed: The bench runs with a lower priority, so they cannot be told apart.
        """
        if os.getpriority(os.PRIO_PROCESS, 0) != 0:
            raise Failed("run the bench without nice: threads that hash are known by theirs")
        threads = [
            thread
            for pid in self._processes()
            for thread in Path(f"/proc/{pid}/task").iterdir()
            if int(stat_of(thread)[_NICE_FIELD]) == 0
        ]
        return sum(map(process_ran_s, threads))

    def pin(self, core: int) -> None:
        """Keep every thread on one core."""
        for pid in self._processes():
            for thread in Path(f"/proc/{pid}/task").iterdir():
                os.sched_setaffinity(int(thread.name), {core})

    def move(self, group: Path) -> None:
        """Put every process into a control group.

        Args:
            group: Its file `cgroup.procs`.
        """
        for pid in self._processes():
            group.write_text(str(pid), encoding="ascii")

    def memory(self) -> Memory:
        """Return the memory of the worker that has most."""
        return max((memory_of(pid) for pid in self._processes()), key=lambda one: one.rss_mib)

    def scripts_memory(self) -> Memory:
        """Return the memory of the process that runs scripts and has most.

        Raises:
            Failed: None runs.
        """
        found = [
            memory_of(pid)
            for parent in self._processes()
            for pid in children(parent)
            if _runs_scripts(pid)
        ]
        if not found:
            raise Failed("no process runs scripts")
        return max(found, key=lambda one: one.rss_mib)

    def _processes(self) -> list[int]:
        parent = self._process.pid
        return [parent, *(pid for pid in children(parent) if not _runs_scripts(pid))]

    def _wait(self, give_up: float) -> None:
        while time.perf_counter() < give_up and self._process.poll() is None:
            with suppress(OSError, http.client.HTTPException):
                if _health(self.port) == OK:
                    return
            time.sleep(_LOOK_EVERY_S)
        self.stop()
        raise Failed(f"the server did not start:\n{self._log.read_text(encoding='utf-8')}")


def database_cpu_s() -> float:
    """Return the processor time of every PostgreSQL process that runs on this machine, so far.

    One that ends takes its time along, which a median of rounds forgives.
    """
    used_s = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has just ended
            if (process / "comm").read_text(encoding="utf-8").strip() == "postgres":
                used_s += process_ran_s(process)
    return used_s


def children(parent: int) -> list[int]:
    """Return the processes that a process started and that still run."""
    threads = Path(f"/proc/{parent}/task").iterdir()
    listed = [(thread / "children").read_text(encoding="utf-8") for thread in threads]
    return [int(pid) for children in listed for pid in children.split()]


def _runs_scripts(pid: int) -> bool:
    return b"gateword.rules.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()


def stat_of(process: Path) -> list[str]:
    """Return the fields behind the name of a process, or of a thread."""
    return (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()


def process_ran_s(process: Path) -> float:
    """Return how long a process of one thread, or a thread, has been on a processor."""
    return int((process / "schedstat").read_text(encoding="utf-8").split()[0]) * _NANOSECOND_S


def _health(port: int) -> int:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status
    finally:
        connection.close()


def memory_of(pid: int) -> Memory:
    """Return the memory of a process.

    Raises:
        Failed: The system does not tell it.
    """

    def kib(file: str, name: str) -> int:
        for line in Path(f"/proc/{pid}/{file}").read_text(encoding="utf-8").splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
        raise Failed(f"/proc/{pid}/{file} does not say {name}")

    return Memory(rss_mib=kib("status", "VmRSS") / 1024, pss_mib=kib("smaps_rollup", "Pss") / 1024)


def version() -> str:
    """Return what `gateword --version` says."""
    return command("--version").strip()


def initialise(data: Path, domain: str, options: Sequence[str] = ()) -> None:
    """Make an installation."""
    json.loads(command("init", "--data", str(data), "--domain", domain, "--json", *options))
