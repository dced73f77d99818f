"""Of two faults in one request the earlier check answers, so later ones show nothing."""

import json
from collections.abc import Callable
from itertools import combinations
from typing import Any, Final

import pytest

from tests.support.factories import MFA_OTP, PASSWORD, PASSWORD_REALM
from tests.support.house import House
from tests.wire.givens import carry_out
from tests.wire.world import API, EMPLOYEES, PASSWORDS, VALUES

GOOD: Final = {
    "grant_type": PASSWORD_REALM,
    "username": "ann",
    "password": PASSWORDS["password"],
    "realm": EMPLOYEES,
    "audience": API,
    "scope": "read:orders",
    "client_id": VALUES["web"],
    "client_secret": VALUES["web_secret"],
}

FAULTS: Final[dict[str, dict[str, Any]]] = {
    "too large": {"filler": "x" * 65536},
    "malformed": {},
    "duplicate": {},
    "grant type missing": {"grant_type": None},
    "secret wrong": {"client_secret": "wrong"},
    "grant not allowed": {
        "client_id": VALUES["bare"],
        "client_secret": VALUES["bare_secret"],
    },
    "username missing": {"username": None},
    "realm unknown": {"realm": "Nowhere"},
    "audience unknown": {"audience": "https://nowhere.example"},
    "scope malformed": {"scope": {"a": 1}},
    "password wrong": {"password": "wrong"},
    "user blocked": {"username": "bob@example.com"},
}
"""Faults in the order of the checks, each as the members it changes."""

_BENT: Final[dict[str, Callable[[str], str]]] = {
    "malformed": lambda body: f"{body}]",
    "duplicate": lambda body: body.replace("{", '{"twice":1,"twice":2,', 1),
}


def _body(*faults: str) -> str:
    """Return the good body with these faults in it, the first given last."""
    members: dict[str, Any] = dict(GOOD)
    for fault in reversed(faults):
        members |= FAULTS[fault]
    body = json.dumps(members)
    for fault in reversed(faults):
        body = _BENT.get(fault, str)(body)
    return body


async def _answer(house: House, *faults: str) -> tuple[int, bytes]:
    answer = await house.http.post(
        "/oauth/token", content=_body(*faults), headers={"content-type": "application/json"}
    )
    return answer.status_code, answer.content


async def test_good_request_is_granted(house: House) -> None:
    """Without a fault the request below is granted, so each fault is refused for itself."""
    assert 200 == (await _answer(house))[0]


async def test_faults_are_told_apart(house: House) -> None:
    """Each fault has an answer of its own."""
    answers = [await _answer(house, fault) for fault in FAULTS]

    assert len(FAULTS) == len(set(answers))
    assert 200 not in {status for status, _ in answers}


@pytest.mark.parametrize(("earlier", "later"), list(combinations(FAULTS, 2)))
async def test_earlier_fault_answers(house: House, earlier: str, later: str) -> None:
    """T5, §1.4: syntax, grant type, client, grant, parameters, realm, audience, scope, password."""
    assert await _answer(house, earlier) == await _answer(house, earlier, later)


SECOND: Final[dict[str, dict[str, Any]]] = {
    "secret wrong": {"client_secret": "wrong"},
    "grant not allowed": {"client_id": VALUES["web"], "client_secret": VALUES["web_secret"]},
    "token missing": {"mfa_token": None},
    "code missing": {"otp": None},
    "token unknown": {"mfa_token": "Fe26.2**nobody"},
    "code wrong": {"otp": "000000"},
}
"""Faults of a second factor in the order of the checks."""


async def _second(house: House, *faults: str) -> tuple[int, bytes]:
    app = {"client_id": VALUES["app"], "client_secret": VALUES["app_secret"]}
    login = {"grant_type": PASSWORD, "username": "ann", "password": PASSWORDS["password"]}
    token = (await house.token(**login, **app)).json()["mfa_token"]
    good = {"grant_type": MFA_OTP, "mfa_token": token, "otp": "000001", **app}
    for fault in reversed(faults):
        good |= SECOND[fault]
    answer = await house.token(**good)
    return answer.status_code, answer.content


@pytest.mark.parametrize(("earlier", "later"), list(combinations(SECOND, 2)))
async def test_earlier_fault_of_a_second_factor_answers(
    house: House, earlier: str, later: str
) -> None:
    """T5: client, grant, parameters, `mfa_token`, code."""
    for sentence in ("factor otp is on", "the policy of second factors is all-applications"):
        await carry_out(house, sentence)
    await carry_out(house, "ann has the app Phone")

    assert await _second(house, earlier) == await _second(house, earlier, later)
