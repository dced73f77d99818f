"""Does the time of an answer tell anything (promise T2)? Interleaved calls, one at a time."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Any, Final, TypeAlias

import bcrypt
from argon2 import PasswordHasher

from scripts.bench_admin import OWN, STANDING, protect
from scripts.bench_client import connect
from scripts.bench_phases import Bench
from scripts.bench_samples import difference, kolmogorov_smirnov
from scripts.bench_server import command
from scripts.bench_tenant import BROUGHT, DIRECTORY, OF_A_KIND, PASSWORD, email, guess

CALLS: Final = 500
_WARM_UP: Final = 10
_TRIES: Final = 10
_REFUSED: Final = 403
_BLOCKED: Final = 429
_WRONG: Final = "not the password of anybody"
_SHUT_AT: Final = "198.51.100.7"
_ADDRESSES: Final = count(1)

_MD5: Final = "imported, MD5"
_BCRYPT: Final = "imported, bcrypt of cost 4"
_STRANGER: Final = "unknown name beside those"
_BESIDE: Final = "wrong password beside those"
"""Of a user of the same directory whose hash is of our own kind. In that directory every refusal
pays for one bcrypt of cost 4, so its times are compared with each other."""

Figures = dict[str, Any]
Samples: TypeAlias = Mapping[str, Sequence[float]]
Kinds: TypeAlias = Mapping[str, Callable[[int], bytes]]
"""Name of a kind of call to the request of each round."""

LENIENT: Final = {
    **STANDING,
    "brute-force-protection": {"enabled": True, "shields": ["block"], "max_attempts": 100},
    OWN: {**STANDING[OWN], "account_cap": 0, "client_ceiling": 0},
}
"""Every shield counts, and who fails from ever new addresses runs into none."""


async def measure(bench: Bench, options: Sequence[str]) -> Figures:
    """Measure refusals of every kind of name, and those of names that are shut out.

    Args:
        bench: The server.
        options: Of the commands that say where its data is.
    """
    _bring(bench.file.parent, options)
    calls = CALLS if bench.scale == 1 else CALLS // 5
    bench.say(f"the time of a refusal, {calls} calls of each kind")
    await protect(bench.port, bench.domain, LENIENT)
    refused, errors = await _interleaved(bench.port, _refused(), calls, _REFUSED)
    rows = _compared(refused, refused["wrong password"])
    beside = {name: refused[name] for name in (_BESIDE, _MD5, _BCRYPT, _STRANGER)}
    rows |= _compared(beside, refused[_BESIDE])
    bench.say(f"the time of a refusal during a block, {calls} calls of each kind")
    await protect(bench.port, bench.domain, STANDING)
    connection = await connect(bench.port)
    for name in (email("plain", 0), email("nobody", 0)):
        for _ in range(_TRIES):
            await connection.ask(guess(name, _WRONG, _SHUT_AT))
    connection.close()
    blocked, more = await _interleaved(bench.port, _blocked(), calls, _BLOCKED)
    return {
        "calls": calls,
        "refused": rows,
        "blocked": _compared(blocked, blocked["wrong password"]),
        "errors": errors + more,
    }


def _refused() -> Kinds:
    """Return calls of all kinds of names, each under an address of its own."""
    return {
        "wrong password": partial(_from_anew, "plain", DIRECTORY),
        "unknown name": partial(_from_anew, "nobody", DIRECTORY),
        "blocked by an administrator": partial(_from_anew, "blocked", DIRECTORY),
        "user without a password": partial(_from_anew, "bare", DIRECTORY),
        _BESIDE: partial(_from_anew, "ours", BROUGHT),
        _MD5: partial(_from_anew, "md5", BROUGHT),
        _BCRYPT: partial(_from_anew, "bcrypt", BROUGHT),
        _STRANGER: partial(_from_anew, "nobody", BROUGHT, names=CALLS),
    }


def _from_anew(kind: str, realm: str, number: int, names: int = OF_A_KIND) -> bytes:
    high, low = divmod(next(_ADDRESSES), 250)
    return guess(email(kind, number % names), _WRONG, f"10.1.{high}.{low + 1}", realm)


def _blocked() -> Kinds:
    """Return calls of names that are shut out at their one address."""
    return {
        "wrong password": lambda _: guess(email("plain", 0), _WRONG, _SHUT_AT),
        "right password": lambda _: guess(email("plain", 0), PASSWORD, _SHUT_AT),
        "unknown name": lambda _: guess(email("nobody", 0), _WRONG, _SHUT_AT),
    }


async def _interleaved(
    port: int, kinds: Kinds, calls: int, status: int
) -> tuple[dict[str, list[float]], int]:
    """Return the times of each kind in ms, and how many answers had another status.

    One call of each kind a round, in an order that is drawn anew: what a call leaves to be done
    after its answer must not always fall on the same kind.
    """
    samples: dict[str, list[float]] = {name: [] for name in kinds}
    order, dice, errors = list(kinds), Random(4), 0  # noqa: S311  no secret is drawn
    connection = await connect(port)
    for number in range(_WARM_UP + calls):
        dice.shuffle(order)
        for name in order:
            request = kinds[name](number)
            began = perf_counter()
            answer = await connection.ask(request)
            took_ms = 1000 * (perf_counter() - began)
            errors += answer.status != status
            if number >= _WARM_UP:
                samples[name].append(took_ms)
    connection.close()
    return samples, errors


def _compared(samples: Samples, against: Sequence[float]) -> Figures:
    return {
        name: {
            "median_ms": median(sample),
            "difference": difference(sample, against),
            "p": kolmogorov_smirnov(sample, against),
        }
        for name, sample in samples.items()
    }


def _bring(data: Path, options: Sequence[str]) -> None:
    """Import users whose hashes are cheaper than ours, and some whose hashes are as ours."""
    md5 = hashlib.md5(PASSWORD.encode(), usedforsecurity=False).hexdigest()
    cheap = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    ours = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).hash(PASSWORD)
    brought: dict[str, Figures] = {
        "ours": {
            "custom_password_hash": {
                "algorithm": "argon2",
                "hash": {"value": ours, "encoding": "utf8"},
            }
        },
        "md5": {
            "custom_password_hash": {
                "algorithm": "md5",
                "hash": {"value": md5, "encoding": "hex"},
            }
        },
        "bcrypt": {"password_hash": cheap},
    }
    users = [
        {"email": email(kind, number)} | members
        for kind, members in brought.items()
        for number in range(OF_A_KIND)
    ]
    file = data.parent / "brought.json"
    file.write_text(json.dumps(users), encoding="utf-8")
    command("users", "import", str(file), "--connection", BROUGHT, "--data", str(data), *options)
