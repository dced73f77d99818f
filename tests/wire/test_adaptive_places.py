"""Adaptive MFA with a geo database: where logins come from, and what scripts see of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.support.house import a_house
from tests.support.places import BERLIN_IP, HIDDEN_IP, POTSDAM_IP, SYDNEY_IP, UNKNOWN_IP, geo_file
from tests.wire.adaptive import HOME, Ann
from tests.wire.givens import carry_out

CLAIM = "https://claims.example/"
RULE = f"""function (user, context, callback) {{
  context.accessToken['{CLAIM}rule'] = [context.riskAssessment, context.request.geoip];
  callback(null, user, context);
}}"""
ACTION = f"""exports.onExecutePostLogin = async (event, api) => {{
  api.accessToken.setCustomClaim('{CLAIM}action', [
    event.authentication.riskAssessment, event.request.geoip,
  ]);
}};"""
ASSESSED = {
    "confidence": "medium",
    "version": "1",
    "assessments": {
        "UntrustedIP": {"confidence": "high", "code": "not_found_on_deny_list"},
        "NewDevice": {
            "confidence": "high",
            "code": "match",
            "details": {"useragent": "known"},
        },
        "ImpossibleTravel": {
            "confidence": "medium",
            "code": "substantial_travel_from_last_login",
        },
    },
}
HOUR_S = 3600


@pytest.fixture
async def ann(world: Path, tmp_path: Path) -> AsyncIterator[Ann]:
    """Ann, at home in Berlin and in Sydney, with adaptive MFA on."""
    file = geo_file(tmp_path)
    async with a_house(tmp_path, world, geo_database=str(file)) as house:
        one = Ann(house)
        await one.adapt()
        await one.settle_in(SYDNEY_IP)
        one.later(24 * HOUR_S)
        await one.settle_in(BERLIN_IP)
        yield one


def claims(answer: Any) -> dict[str, Any]:
    """Return what a login's access token says."""
    token = answer.json()["access_token"]
    said: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return said


@pytest.mark.parametrize(
    ("ip", "hours", "status", "code"),
    [
        (BERLIN_IP, 0, 200, "minimal_travel_from_last_login"),
        (SYDNEY_IP, 24, 200, "substantial_travel_from_last_login"),
        (SYDNEY_IP, 2, 403, "impossible_travel_from_last_login"),
        (POTSDAM_IP, 0, 403, "minimal_travel_from_last_login"),
        (HIDDEN_IP, 24, 403, "anonymous_proxy"),
        (UNKNOWN_IP, 24, 403, "unknown_location"),
    ],
)
async def test_way_since_the_last_complete_login_counts(
    ann: Ann, ip: str, hours: float, status: int, code: str
) -> None:
    """Between two known places too; a near address that is new is a new address all the same."""
    ann.later(hours * HOUR_S)

    answer = await ann.log_in(ip)

    assert status == answer.status_code
    assert code == (await ann.found())[1]["ImpossibleTravel"]


async def test_login_that_waits_moves_nobody(ann: Ann) -> None:
    """Where somebody failed to show a factor is not where Ann was last."""
    await ann.log_in(SYDNEY_IP)

    answer = await ann.log_in(HOME)

    assert 200 == answer.status_code
    assert "minimal_travel_from_last_login" == (await ann.found())[1]["ImpossibleTravel"]


async def test_scripts_see_the_assessment_and_the_place(ann: Ann) -> None:
    """Rules as `context.riskAssessment`, Actions under `event.authentication`."""
    await ann.add_rule(RULE)
    await carry_out(ann.house, f"action Mine: {ACTION}".replace("\n", " "))
    ann.later(24 * HOUR_S)

    said = claims(await ann.log_in(SYDNEY_IP))

    (by_rule, rule_place), (by_action, action_place) = said[f"{CLAIM}rule"], said[f"{CLAIM}action"]
    assert [ASSESSED, ASSESSED] == [by_rule, by_action]
    assert ("AU", "AUS", "Zone/Sydney") == tuple(
        rule_place[name] for name in ("country_code", "country_code3", "time_zone")
    )
    assert ("AU", "Sydney", "Zone/Sydney") == tuple(
        action_place[name] for name in ("countryCode", "cityName", "timeZone")
    )


async def test_scripts_see_the_place_without_the_policy(ann: Ann) -> None:
    """The address has a place whether or not logins are assessed; the assessment is not there."""
    await ann.add_rule(RULE)
    await ann.put("guardian", "policies", {"policies": []})

    assessed, place = claims(await ann.log_in(BERLIN_IP))[f"{CLAIM}rule"]

    assert (None, "Berlin") == (assessed, place["city_name"])
