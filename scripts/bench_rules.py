"""What rules add to a login, and what logins wait beside a script that never ends.

Latency is measured at refreshes: they run the same rules as logins with a password, and no hash
hides what is added.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any, Final

from scripts.bench_admin import administration
from scripts.bench_client import BUSY, Asker, Load, as_fast_as_answered, at_a_pace
from scripts.bench_phases import OFFLINE, Bench
from scripts.bench_tenant import WEB, Repeating, login

ROUNDS: Final = 16
SECONDS: Final = 1.5
_CALM_S: Final = 12.0
_CALLS_PER_S: Final = 150.0
"""A pace at which the engine has the next room ready, as it has between most logins."""

_PACE_PER_S: Final = 20.0
_HANGER: Final = 15
"""Number of the user whose logins never end."""

RULES: Final[Mapping[str, str]] = {
    "Add roles": """function addRoles(user, context, callback) {
      const namespace = 'https://bench.example/';
      context.accessToken[namespace + 'roles'] = (context.authorization || {}).roles;
      callback(null, user, context);
    }""",
    "Add plan": """function addPlan(user, context, callback) {
      user.app_metadata = user.app_metadata || {};
      context.accessToken['https://bench.example/plan'] = user.app_metadata.plan || 'free';
      callback(null, user, context);
    }""",
    "Only verified": """function onlyVerified(user, context, callback) {
      if (context.clientMetadata.verified === 'yes' && !user.email_verified)
        return callback(new UnauthorizedError('Please verify your email before logging in.'));
      callback(null, user, context);
    }""",
    "Weekdays": """function weekdays(user, context, callback) {
      const day = new Date().getDay();
      if (context.clientName === 'Office' && (day === 0 || day === 6))
        return callback(new UnauthorizedError('This app is available during the week'));
      callback(null, user, context);
    }""",
    "First login": """async function firstLogin(user, context, callback) {
      if (context.stats.loginsCount > 1) return callback(null, user, context);
      context.idToken['https://bench.example/new'] = true;
      return callback(null, user, context);
    }""",
    "With lodash": """function withLodash(user, context, callback) {
      const _ = require('lodash');
      context.accessToken['https://bench.example/groups'] = _.uniq(_.get(user, 'groups', []));
      callback(null, user, context);
    }""",
    "Hangs": f"""function hangs(user, context, callback) {{
      if (user.email.startsWith('user{_HANGER}@')) for (;;) {{}}
      callback(null, user, context);
    }}""",
}
"""Each of a kind that tenants write."""

_USUAL: Final = ("Add roles", "Add plan", "Only verified", "Weekdays", "First login")
STATES: Final[Mapping[str, Sequence[str]]] = {
    "none": (),
    "one": _USUAL[:1],
    "five": _USUAL,
    "lodash": ("With lodash",),
}

PACED: Final = ("none", "one", "five")
"""A large module is made anew for each login, which takes longer than this pace allows."""

Figures = dict[str, Any]


async def measure(bench: Bench) -> Figures:
    """Measure refreshes on one server whose rules change between the rounds."""
    ids = await _create(bench)
    asker = await _refreshing(bench)
    p50: dict[str, list[float]] = {state: [] for state in PACED}
    flat_out: dict[str, list[float]] = {state: [] for state in STATES}
    loads: list[Load] = []
    for number in range(max(2, round(ROUNDS * bench.scale))):
        bench.say(f"refreshes with and without rules, round {number + 1}")
        states = list(STATES)
        states = states[number % len(states) :] + states[: number % len(states)]
        for state in states:
            await _enable(bench, ids, STATES[state])
            await as_fast_as_answered(bench.port, [asker], 0.3)
            flat = await as_fast_as_answered(bench.port, [asker], SECONDS / 3)
            flat_out[state].append(flat.percentile_ms(50))
            loads.append(flat)
            if state in PACED:
                load = await at_a_pace(bench.port, [asker], SECONDS, per_s=_CALLS_PER_S)
                p50[state].append(load.percentile_ms(50))
                loads.append(load)
    memory = asdict(bench.server.scripts_memory())
    beside = await _beside_one_that_hangs(bench, ids)
    await _enable(bench, ids, ())
    return {
        "p50_ms": {state: median(each) for state, each in p50.items()},
        "added_ms": _added(p50),
        "added_flat_out_ms": _added(flat_out),
        "memory": memory,
        "requests": sum(load.granted for load in loads),
        "errors": sum(load.errors for load in loads) + beside["wrong"],
        "busy": sum(load.statuses[BUSY] for load in loads),
        "beside": beside,
    }


def _added(p50: Mapping[str, Sequence[float]]) -> Figures:
    return {
        state: median(
            with_rules - without for with_rules, without in zip(each, p50["none"], strict=True)
        )
        for state, each in p50.items()
    }


async def _beside_one_that_hangs(bench: Bench, ids: Mapping[str, str]) -> Figures:
    """Measure refreshes at a pace, alone and while two people's logins never end."""
    await _enable(bench, ids, ["Hangs"])
    people = [await _refreshing(bench, number) for number in range(4)]
    seconds = _CALM_S * bench.scale
    bench.say("refreshes beside no script that hangs")
    alone = await at_a_pace(bench.port, people, seconds, per_s=_PACE_PER_S)
    bench.say("refreshes beside scripts that hang")
    request = login(_HANGER, WEB, "read:things")
    hanging, beside = await asyncio.gather(
        as_fast_as_answered(bench.port, [Repeating(request), Repeating(request)], seconds),
        at_a_pace(bench.port, people, seconds, per_s=_PACE_PER_S),
    )
    return {
        "alone": _latency(alone),
        "beside": _latency(beside),
        "hung": dict(hanging.statuses),
        "wrong": alone.errors + beside.errors + hanging.granted,
    }


def _latency(load: Load) -> Figures:
    return {
        "p50_ms": load.percentile_ms(50),
        "p95_ms": load.percentile_ms(95),
        "max_ms": load.percentile_ms(100),
        "requests": load.granted,
        "refused": load.errors,
    }


async def _create(bench: Bench) -> dict[str, str]:
    async with administration(bench.port, bench.domain) as administrator:
        made = {
            name: await administrator.call(
                "POST", "rules", {"name": name, "script": script, "enabled": False}
            )
            for name, script in RULES.items()
        }
    return {name: rule["id"] for name, rule in made.items()}


async def _enable(bench: Bench, ids: Mapping[str, str], names: Sequence[str]) -> None:
    async with administration(bench.port, bench.domain) as administrator:
        for name, id_ in ids.items():
            await administrator.call("PATCH", f"rules/{id_}", {"enabled": name in names})


async def _refreshing(bench: Bench, number: int = 0) -> Asker:
    return (await bench.refreshing(WEB, 1, OFFLINE, first=number))[0]
