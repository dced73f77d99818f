"""A flood of logins that are blocked: what others feel of it, and what it costs."""

import asyncio
import json
import subprocess
import sys
from typing import Any, Final

from scripts.bench_client import at_a_pace, connect
from scripts.bench_commits import counting
from scripts.bench_phases import Bench, latency
from scripts.bench_server import Failed
from scripts.bench_tenant import PASSWORD, email, guess, key_set

PER_S: Final = 4000
CONNECTIONS: Final = 200
SECONDS: Final = 10.0
_JWKS_PER_S: Final = 50
_BEGINS_S: Final = 0.5
"""How long the flood takes to start and to open its connections."""

_VICTIM: Final = "user0"
_SHUT_AT: Final = "198.51.100.1"
_THROTTLED: Final = "198.51.100.2"
_WRONG: Final = "not the password of anybody"
_BLOCKED: Final = 429
_LIMIT: Final = 10
_BELOW_LIMIT: Final = 9
_BUDGET: Final = 100
_NAMES: Final = 16

Figures = dict[str, Any]


async def measure(bench: Bench) -> Figures:
    """Measure the key set alone, and beside a flood of an account and an address that are shut."""
    seconds = SECONDS * bench.scale
    await _shut(bench.port)
    bench.say("JWKS on an idle server")
    alone = await at_a_pace(bench.port, [key_set()], seconds, per_s=_JWKS_PER_S)
    bench.say(f"JWKS beside {PER_S} blocked logins a second")
    with counting(bench.database_url, bench.file) as counter:
        before_s = bench.server.cpu_s()
        flooding = asyncio.ensure_future(_flood(bench.port, seconds + 2 * _BEGINS_S))
        await asyncio.sleep(_BEGINS_S)
        beside = await at_a_pace(bench.port, [key_set()], seconds, per_s=_JWKS_PER_S)
        flood = await flooding
        commits = counter.commits()
    cpu_s = bench.server.cpu_s() - before_s
    others = sum(flood["statuses"].values()) - flood["statuses"].get(str(_BLOCKED), 0)
    return flood | {
        "connections": CONNECTIONS,
        "alone": latency(alone),
        "beside": latency(beside),
        "commits": commits,
        "server_cpu_share": cpu_s / flood["seconds"],
        "server_cpu_ms": 1000 * cpu_s / max(1, flood["answered"]),
        "errors": others,
    }


async def _shut(port: int) -> None:
    """Guess at one account until it is blocked, and from one address until that is throttled."""
    same = [guess(email(_VICTIM, 0), _WRONG, _SHUT_AT)] * (_LIMIT + 1)
    others = [
        guess(email(_VICTIM, 1 + number // _BELOW_LIMIT), _WRONG, _THROTTLED)
        for number in range(_BUDGET + 1)
    ]
    connection = await connect(port)
    for requests in (same, others):
        for request in requests:
            answer = await connection.ask(request)
        if answer.status != _BLOCKED:
            raise Failed(f"the last of many wrong passwords was answered {answer.status}")
    connection.close()


async def _flood(port: int, seconds: float) -> Figures:
    """Let a process of its own offer the flood; return what it saw."""
    own = guess(email(_VICTIM, 0), PASSWORD, _SHUT_AT)
    orders = {
        "port": port,
        "connections": CONNECTIONS,
        "per_s": PER_S,
        "seconds": seconds,
        "requests": [
            request.decode()
            for number in range(_NAMES)
            for request in (own, guess(email(_VICTIM, number), PASSWORD, _THROTTLED))
        ],
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "scripts.bench_flooder",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    output, _ = await process.communicate(json.dumps(orders).encode())
    if process.returncode != 0:
        raise Failed("the flood did not run; what it said is above")
    figures: Figures = json.loads(output)
    return figures
