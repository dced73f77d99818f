"""What `gateword attack` never does: go on, stay behind, or reach anybody else."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Final

import pytest
import typer
from typer.core import TyperGroup

from gateword.cli.main import application
from gateword.cli.rehearsal.rehearsal import rehearse
from gateword.cli.rehearsal.scenarios import SCENARIOS
from gateword.cli.rehearsal.server import ServerFailed, ground, ready
from gateword.cli.rehearsal.verdicts import Row
from tests.support.served import GATEWORD

STOPPED_S: Final = 20


async def test_rehearsal_ends_when_time_is_up() -> None:
    """Whatever it was at; what was not played is not said to hold."""
    rows: list[Row] = []
    with ground() as where, pytest.raises(TimeoutError):
        await rehearse(
            where, SCENARIOS, {}, most=60, timeout_s=0.1, says=lambda _: nullcontext(), rows=rows
        )
    assert [] == rows


def test_nothing_can_name_a_target() -> None:
    """It attacks what it started itself: no option says otherwise."""
    group = typer.main.get_command(application(["attack"]))
    assert isinstance(group, TyperGroup)
    names = {option for param in group.commands["attack"].params for option in param.opts}
    assert {
        "--data", "--tenant", "--database-url", "--scenario", "--max-requests", "--timeout",
        "--strict", "--json",
    } == names  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_rehearsal_leaves_nothing_behind(
    number: signal.Signals, tmp_path: Path
) -> None:
    """The server is stopped and its folder deleted before the command ends."""
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    command = [str(GATEWORD), "attack", "--scenario", "ipv6"]
    with subprocess.Popen(
        command, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as attacking:
        until_s = time.monotonic() + STOPPED_S
        while not list(tmp_path.glob("*/server.log")) and time.monotonic() < until_s:
            time.sleep(0.05)
        attacking.send_signal(number)
        _, complaint = attacking.communicate(timeout=STOPPED_S)

    assert 130 == attacking.returncode
    assert b"stopped, and its server with it" in complaint
    assert [] == list(tmp_path.iterdir())


def test_server_ends_with_whoever_started_it(tmp_path: Path) -> None:
    """Even when there was no time to stop it: nobody holds its standard input any more."""
    program = "from gateword.cli.rehearsal.child import serve; serve()"
    arguments = ["serve", "--data", str(tmp_path / "data"), "--tls", "off", "--port", "0"]
    with ground() as where:
        arguments[-1] = str(where.port)
        with subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as child:
            assert child.stdout is not None
            assert child.stdin is not None
            assert any(b"Ready" in line for line in child.stdout)
            child.stdin.close()
            assert 0 == child.wait(STOPPED_S)


async def test_another_server_in_its_place_is_not_attacked() -> None:
    """A port can be taken between choosing it and listening: who answers must know the mark."""
    answer = b"HTTP/1.1 200 OK\r\ncontent-length: 32\r\n\r\n" + b'{"issuer":"https://example.com"}'

    async def stranger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    with ground() as where:
        server = await asyncio.start_server(stranger, "127.0.0.1", where.port)
        async with server:
            with pytest.raises(ServerFailed, match="something else answers"):
                await ready(where, "default")
