"""Adaptive MFA: which logins take a second factor, and what they teach."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.support.house import House
from tests.wire.adaptive import ELSEWHERE, HOME, Ann
from tests.wire.world import VALUES

DAY_S = timedelta(days=1).total_seconds()
PROVIDER_NONE = """function (user, context, callback) {
  context.multifactor = { provider: 'none' };
  context.riskAssessment = { confidence: 'high' };
  callback(null, user, context);
}"""
ANY_WHEN_HIGH = """function (user, context, callback) {
  if (context.riskAssessment.confidence === 'high') context.multifactor = { provider: 'any' };
  callback(null, user, context);
}"""
NAY = "function (user, context, callback) { callback(new UnauthorizedError('no')); }"


@pytest.fixture
async def ann(house: House) -> Ann:
    """Ann, with adaptive MFA on."""
    one = Ann(house)
    await one.adapt()
    return one


async def test_first_login_takes_a_factor(ann: Ann) -> None:
    """Nothing is known of her, so the password is all there is; the log says what was found."""
    answer = await ann.log_in()

    assert (403, "mfa_required") == (answer.status_code, answer.json()["error"])
    signals = {
        "UntrustedIP": "new_address",
        "NewDevice": "initial_login",
        "ImpossibleTravel": "missing_geoip",
    }
    assert ("low", signals) == await ann.found()
    row = (await ann.house.log())[-1].document
    assert ("mfar", "confidence in the login is low") == (row["type"], row["details"]["reason"])


async def test_known_place_and_device_take_none(ann: Ann) -> None:
    """Once she has shown a factor there; the log of the login says why."""
    await ann.settle_in()

    answer = await ann.log_in()

    assert 200 == answer.status_code
    signals = {
        "UntrustedIP": "not_found_on_deny_list",
        "NewDevice": "match",
        "ImpossibleTravel": "missing_geoip",
    }
    assert ("high", signals) == await ann.found()


@pytest.mark.parametrize(
    ("ip", "agent", "signal", "code"),
    [
        (ELSEWHERE, "golden", "UntrustedIP", "new_address"),
        (HOME, "curl", "NewDevice", "no_match"),
        (HOME, "", "NewDevice", "unknown_device"),
    ],
)
async def test_new_place_or_device_takes_a_factor(
    ann: Ann, ip: str, agent: str, signal: str, code: str
) -> None:
    """Each alone: what an application sends of itself can be copied, and addresses are shared."""
    await ann.settle_in()

    answer = await ann.log_in(ip, agent)

    assert 403 == answer.status_code
    confidence, signals = await ann.found()
    assert ("low", code) == (confidence, signals[signal])


async def test_login_that_waits_teaches_nothing(ann: Ann) -> None:
    """Whoever has the password alone never makes a place or a device hers, however often."""
    await ann.settle_in()

    strangers = [await ann.log_in(ELSEWHERE, "curl") for _ in range(3)]
    here, there = await ann.log_in(HOME, "curl"), await ann.log_in(ELSEWHERE)

    assert [403] * 5 == [one.status_code for one in (*strangers, here, there)]
    assert {HOME} == await ann.places()
    assert 200 == (await ann.log_in()).status_code


async def test_complete_login_teaches_the_place_of_the_password(ann: Ann) -> None:
    """It is what was assessed; the code may come by another way."""
    await ann.settle_in()

    await ann.complete(await ann.log_in(ELSEWHERE, "curl"), ip="192.0.2.1")

    assert {HOME, ELSEWHERE} == await ann.places()
    assert 200 == (await ann.log_in(ELSEWHERE, "curl")).status_code


async def test_login_that_a_rule_ends_teaches_nothing(ann: Ann) -> None:
    """It was right, and not complete."""
    await ann.add_rule(NAY)

    answer = await ann.log_in()

    assert 401 == answer.status_code
    assert set() == await ann.places()


async def test_token_to_set_up_factors_teaches_nothing(ann: Ann) -> None:
    """Who has no factor gets it by the password alone: that makes no place her own."""
    answer = await ann.log_in(audience=f"{VALUES['issuer']}mfa/", scope="enroll")

    assert 200 == answer.status_code
    assert "low" == (await ann.found())[0]
    assert set() == await ann.places()


async def test_what_is_used_stays_known(ann: Ann) -> None:
    """Logins that ask for nothing keep place and device for another month."""
    await ann.settle_in()
    for _ in range(4):
        ann.later(29 * DAY_S)
        assert 200 == (await ann.log_in()).status_code

    ann.later(31 * DAY_S)
    answer = await ann.log_in()

    assert 403 == answer.status_code
    assert "no_device_history" == (await ann.found())[1]["NewDevice"]


async def test_provider_none_does_not_cancel_it(ann: Ann) -> None:
    """Nor does a rule's own idea of the risk (Auth0: "Customize MFA")."""
    await ann.add_rule(PROVIDER_NONE)

    assert 403 == (await ann.log_in()).status_code


async def test_rule_may_demand_a_factor_by_itself(ann: Ann) -> None:
    """Where confidence is high the policy demands none, and the rule decides."""
    await ann.settle_in()
    await ann.add_rule(ANY_WHEN_HIGH)

    answer = await ann.log_in()

    assert 403 == answer.status_code
    assert "a script wants any" == (await ann.house.log())[-1].document["details"]["reason"]


async def test_refresh_is_not_assessed(ann: Ann) -> None:
    """No password is shown: the token proves itself, wherever the application is by then."""
    token = (await ann.complete(await ann.log_in())).json()["refresh_token"]
    await ann.add_rule(
        "function (user, context, callback) {"
        " callback('riskAssessment' in context ? new Error('assessed') : null, user, context); }"
    )

    form = {"grant_type": "refresh_token", "refresh_token": token}
    answer = await ann.post(form, ELSEWHERE, "curl")

    assert 200 == answer.status_code


async def test_policy_that_is_off_costs_nothing(house: House) -> None:
    """Not one statement more than where no policy was ever set; a login teaches as it did."""
    ann, heard = Ann(house), []
    for policies in ([], ["all-applications"], []):
        await ann.put("guardian", "policies", {"policies": policies})
        await ann.log_in()
        house.engines.watched.said.clear()
        await ann.log_in()
        heard.append(Counter(house.engines.watched.said))

    assert heard[0] == heard[2]
    assert [] == [text for one in heard for text in one if "known_devices" in text]
    assert {HOME} == await ann.places()


async def test_policy_that_is_on_costs_one_read(ann: Ann) -> None:
    """Of a login that brings nothing new; the first from a device writes it, in one go."""
    said = ann.house.engines.watched.said
    await ann.settle_in()

    async def heard() -> Counter[str]:
        await ann.log_in()
        said.clear()
        await ann.log_in()
        return Counter(said)

    adaptive = await heard()
    await ann.put("guardian", "policies", {"policies": []})
    plain = await heard()

    assert Counter() == plain - adaptive
    (more,) = (adaptive - plain).elements()
    assert more.startswith("SELECT (SELECT seen_at FROM known_places")


@pytest.mark.parametrize("grant", ["password", "http://auth0.com/oauth/grant-type/password-realm"])
async def test_both_password_grants_are_assessed(ann: Ann, grant: str) -> None:
    """A realm is a directory, not another way in."""
    answer = await ann.log_in(grant_type=grant, realm="Employees")

    assert 403 == answer.status_code
