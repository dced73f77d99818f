"""Keys rotate under load, and no verification fails (promise K4)."""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import jwt
from jwt import PyJWK, PyJWKClient

from tests.served.asks import KEY_SET, TOKEN, machine, trust, wait_until
from tests.served.house import AUDIENCE, STEADY
from tests.support.served import Served

SWITCHED_WITHIN_S: Final = 1.0
ASKERS: Final = 3
AFTER_SWITCH: Final = 24
"""Tokens looked at after the workers must have switched."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A token, and when it was asked for by the monotonic clock."""

    token: str
    asked_at_s: float

    @property
    def kid(self) -> str:
        """The key that signed it."""
        found: str = jwt.get_unverified_header(self.token)["kid"]
        return found


class Load:
    """Machines that ask for tokens without a pause, each time over a new connection."""

    def __init__(self, served: Served) -> None:
        self.issued: list[Issued] = []
        self.refused: list[str] = []
        self._served = served
        self._done = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(ASKERS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def asked_since(self, moment_s: float) -> list[Issued]:
        """Return the tokens that were asked for at that moment or later."""
        return [one for one in list(self.issued) if one.asked_at_s >= moment_s]

    def _ask(self) -> None:
        with self._served.client() as client:
            headers = {"connection": "close"}
            while not self._done.is_set():
                asked_at_s = time.monotonic()
                answer = client.post(TOKEN, data=machine(STEADY), headers=headers)
                if answer.status_code == 200:
                    self.issued.append(Issued(answer.json()["access_token"], asked_at_s))
                else:
                    self.refused.append(answer.text)


def test_rotation_under_load_fails_no_verification(pair: Served) -> None:
    """Who cached the key set before a rotation verifies what is signed after it, and before."""
    caching = PyJWKClient(f"{pair.base_url}{KEY_SET}", ssl_context=trust(pair), lifespan=300)
    with Load(pair) as load:
        wait_until(lambda: load.issued, within_s=10)
        cached = [_key_set(pair)]
        for _ in range(2):
            _rotate_and_wait_for_switch(pair, load)
            cached.append(_key_set(pair))

    assert [] == load.refused
    for one in load.issued:
        _verify(pair, one, caching.get_signing_key_from_jwt(one.token))
    # A verifier that never looks again is good until the second rotation after it looked.
    first_cache, second_cache, last_cache = cached
    turn = list(dict.fromkeys(one.kid for one in sorted(load.issued, key=lambda i: i.asked_at_s)))
    for one in load.issued:
        if one.kid in turn[:2]:
            _verify(pair, one, first_cache[one.kid])
        _verify(pair, one, second_cache[one.kid])
        _verify(pair, one, last_cache[one.kid])


def test_keys_when_rotated_are_all_published(pair: Served) -> None:
    """The key set shows the current key first, then the next one, then the previous ones."""
    keys = _rotate(pair)

    states = [_state(key) for key in keys]
    assert ["current", "next", *["previous"] * (len(keys) - 2)] == states
    current, following, *previous = [str(key["kid"]) for key in keys]

    def is_published() -> bool:
        kids = list(_key_set(pair))
        return [current, following] == kids[:2] and set(previous) == set(kids[2:])

    wait_until(is_published, SWITCHED_WITHIN_S)


def _rotate_and_wait_for_switch(served: Served, load: Load) -> None:
    """Rotate, and check that whatever is asked for a second later is signed by the new key."""
    new = next(key["kid"] for key in _rotate(served) if key["current"])
    switched_at_s = time.monotonic() + SWITCHED_WITHIN_S
    wait_until(lambda: len(load.asked_since(switched_at_s)) >= AFTER_SWITCH, within_s=15)
    assert {str(new)} == {one.kid for one in load.asked_since(switched_at_s)}


def _rotate(served: Served) -> list[Mapping[str, object]]:
    keys: list[Mapping[str, object]] = json.loads(served.gateword("keys", "rotate", "--json"))
    return keys


def _state(key: Mapping[str, object]) -> str:
    return next(state for state in ("current", "next", "previous", "revoked") if key[state])


def _key_set(served: Served) -> dict[str, PyJWK]:
    with served.client() as client:
        keys = client.get(KEY_SET).json()["keys"]
    return {key["kid"]: PyJWK(key) for key in keys}


def _verify(served: Served, issued: Issued, key: PyJWK) -> None:
    jwt.decode(issued.token, key, ["RS256"], audience=AUDIENCE, issuer=served.issuer)
