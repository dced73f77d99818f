"""Access tokens for the MFA API that were had with the password alone (mfa-api §3)."""

from dataclasses import replace
from typing import Any, Final

import httpx
import pytest

from gateword.policy.user_document import linked_profile
from tests.support.factories import MFA_OTP, PASSWORD, PASSWORD_REALM
from tests.support.house import House
from tests.wire.givens import carry_out
from tests.wire.mfa_values import CODES
from tests.wire.test_actions import post_login
from tests.wire.test_rules import log_in
from tests.wire.world import VALUES

SCOPE: Final = "enroll read:authenticators remove:authenticators offline_access"
APP: Final = {"client_id": VALUES["app"], "client_secret": VALUES["app_secret"]}
OTP: Final = {"authenticator_types": ["otp"]}
WANTS: Final = post_login("Wants", "api.authentication.challengeWithAny([{ type: 'otp' }]);")
DENIES: Final = post_login("Denies", "api.access.deny('no way');")


async def _tokens(house: House) -> dict[str, Any]:
    """Return tokens for the MFA API of Ann, who has no factor yet."""
    answer = await log_in(house, **APP, audience=VALUES["mfa_api"], scope=SCOPE)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


async def _ask(house: House, token: str, method: str, path: str, **more: Any) -> httpx.Response:
    bearer = {"authorization": f"Bearer {token}"}
    return await house.http.request(method, f"/mfa/{path}", headers=bearer, **more)


async def _refreshed(house: House, token: str) -> httpx.Response:
    return await house.token(grant_type="refresh_token", refresh_token=token, **APP)


@pytest.mark.parametrize("first_enrollment", ["open", "ticket"])
async def test_token_changes_nothing_beside_a_factor_that_it_has_not_seen(
    house: House, first_enrollment: str
) -> None:
    """G8: who got a token with the password alone cannot use it once the user has a factor."""
    await carry_out(house, "factor otp is on")
    begun = await _tokens(house)
    token = str(begun["access_token"])
    seed = (await _ask(house, token, "POST", "associate", json=OTP)).json()["secret"]
    await carry_out(house, f'second factors have {{"first_enrollment":"{first_enrollment}"}}')
    await carry_out(house, "ann has the app Phone")
    code = CODES["otp"]("mine", {"mine": seed}, int(house.clock.now().timestamp()))

    answers = [
        await _ask(house, token, "POST", "associate", json=OTP),
        await _ask(house, token, "DELETE", "authenticators/totp%7Cdev_Given000000Phone"),
        await house.token(grant_type=MFA_OTP, mfa_token=token, otp=code, **APP),
    ]

    assert [401, 401, 403] == [answer.status_code for answer in answers]
    assert answers[-1].json()["error_description"] == "Malformed mfa_token"
    assert (await _ask(house, token, "GET", "authenticators")).status_code == 200


@pytest.mark.parametrize("on_refresh", ["auth0", "never", "max_age"])
async def test_token_is_not_renewed_beside_a_factor_that_was_not_shown(
    house: House, on_refresh: str
) -> None:
    """G8: no setting of refreshes renews a token of the MFA API that has shown no factor."""
    await carry_out(house, "factor otp is on")
    await carry_out(house, f'second factors have {{"on_refresh":"{on_refresh}"}}')
    begun = await _tokens(house)
    await carry_out(house, "ann has the app Phone")

    answer = await _refreshed(house, str(begun["refresh_token"]))

    assert (403, "mfa_required") == (answer.status_code, answer.json()["error"])


async def test_token_is_renewed_as_long_as_its_factor_is_young_enough(house: House) -> None:
    """With `max_age`, a token of the MFA API asks for a factor that was shown too long ago."""
    await carry_out(house, "factor otp is on")
    await carry_out(house, "ann has the app Phone")
    await carry_out(house, 'second factors have {"on_refresh":"max_age","max_age_s":60}')
    asked = await log_in(house, **APP, audience=VALUES["mfa_api"], scope=SCOPE)
    code = CODES["otp"]("Phone", {}, int(house.clock.now().timestamp()))
    shown = {"mfa_token": asked.json()["mfa_token"], "otp": code}
    begun = (await house.token(grant_type=MFA_OTP, **shown, **APP)).json()

    young = await _refreshed(house, begun["refresh_token"])
    await carry_out(house, "61 s later")
    old = await _refreshed(house, begun["refresh_token"])

    assert [200, 403] == [young.status_code, old.status_code]


async def test_action_behind_one_that_is_spared_its_factor_runs(house: House) -> None:
    """A refresh that is spared a factor is not spared the Actions behind the one that wants it."""
    await carry_out(house, "factor otp is on")
    await carry_out(house, 'second factors have {"on_refresh":"never"}')
    token = (await log_in(house, **APP)).json()["refresh_token"]
    for action in (WANTS, DENIES):
        await carry_out(house, action)

    answer = await _refreshed(house, token)

    assert (403, "no way") == (answer.status_code, answer.json()["error_description"])


async def test_action_may_want_a_factor_for_the_mfa_api(house: House) -> None:
    """What an Action wants, a token for the MFA API has to show as any other."""
    await carry_out(house, "factor otp is on")
    await carry_out(house, WANTS)

    answer = await log_in(house, **APP, audience=VALUES["mfa_api"], scope=SCOPE)

    assert (403, "mfa_required") == (answer.status_code, answer.json()["error"])


async def test_token_ends_with_its_connection(house: House) -> None:
    """O6: a connection that is off for the client opens nothing, not with an old token either."""
    await carry_out(house, "factor otp is on")
    token = str((await _tokens(house))["access_token"])
    await carry_out(house, "connection Employees is off")

    answer = await _ask(house, token, "POST", "associate", json=OTP)

    assert (401, "invalid_token") == (answer.status_code, answer.json()["error"])


async def test_id_that_no_database_can_hold_is_unknown(house: House) -> None:
    """PostgreSQL takes no NUL: an id with one is nobody's, and no store is asked for it."""
    await carry_out(house, "factor otp is on")
    token = str((await _tokens(house))["access_token"])
    house.engines.watched.said.clear()

    answer = await _ask(house, token, "DELETE", "authenticators/totp%7Cdev_%00")

    assert (404, "Authenticator not found") == (
        answer.status_code,
        answer.json()["error_description"],
    )
    assert [] == [text for text in house.engines.watched.said if "FROM authenticators" in text]


@pytest.mark.parametrize("name", ["challenge_type", "authenticator_id", "oob_channel"])
async def test_challenge_that_is_not_understood_asks_nobody(house: House, name: str) -> None:
    """I3: what narrows the choice and is no text is refused, not left out."""
    await carry_out(house, "factors otp, sms are on")
    await carry_out(house, "the policy of second factors is all-applications")
    await carry_out(house, "ann has the phone +4915112345678 by sms")
    token = (await log_in(house, **APP)).json()["mfa_token"]

    answer = await house.http.post(
        "/mfa/challenge", json={"mfa_token": token, name: ["otp"], **APP}
    )

    assert (400, f"Invalid parameter: {name}") == (
        answer.status_code,
        answer.json()["error_description"],
    )
    assert 0 == len(await house.parts.stores.outbox.claim(house.clock.now(), house.clock.now(), 9))


@pytest.mark.parametrize("grant_type", [PASSWORD, "refresh_token"])
async def test_login_that_waits_ends_with_the_grant_that_began_it(
    house: House, grant_type: str
) -> None:
    """O6: a client that lost the grant type redeems no login of it, and enrols nothing for it."""
    await carry_out(house, "factor otp is on")
    kept = (await log_in(house, **APP)).json()["refresh_token"]
    await carry_out(house, "the policy of second factors is all-applications")
    begun = await (log_in(house, **APP) if grant_type == PASSWORD else _refreshed(house, str(kept)))
    token = str(begun.json()["mfa_token"])
    seed = (await _ask(house, token, "POST", "associate", json=OTP)).json()["secret"]
    code = CODES["otp"]("mine", {"mine": seed}, int(house.clock.now().timestamp()))
    await house.parts.stores.clients.change(
        VALUES["app"],
        lambda one: replace(one, grant_types=tuple(g for g in one.grant_types if g != grant_type)),
        house.clock.now(),
    )

    answers = [
        await _ask(house, token, "POST", "associate", json=OTP),
        await house.token(grant_type=MFA_OTP, mfa_token=token, otp=code, **APP),
    ]

    assert [401, 403] == [answer.status_code for answer in answers]


async def test_holder_of_a_token_cannot_ask_without_end(house: House) -> None:
    """Each request of the MFA API writes rows and log: sixty at once, then one a second."""
    await carry_out(house, "factor otp is on")
    await carry_out(house, "the policy of second factors is all-applications")
    token = (await log_in(house, **APP)).json()["mfa_token"]
    asked = {"mfa_token": token, **APP}

    lists = [await _ask(house, token, "GET", "authenticators") for _ in range(60)]
    refused = [
        await _ask(house, token, "GET", "authenticators"),
        await _ask(house, token, "POST", "associate", json=OTP),
        await house.http.post("/mfa/challenge", json=asked),
    ]

    assert {200} == {answer.status_code for answer in lists}
    assert [429] * 3 == [answer.status_code for answer in refused]
    assert {"1"} == {answer.headers["retry-after"] for answer in refused}
    assert {"0"} == {answer.headers["x-ratelimit-remaining"] for answer in refused}


async def test_token_lives_by_any_connection_of_a_linked_account(house: House) -> None:
    """Who logs in by a linked directory is not shut out because the other one is off."""
    await carry_out(house, "factor otp is on")
    users, at = house.parts.stores.users, house.clock.now()
    await users.link(VALUES["ann"], VALUES["customer_ann"], linked_profile, at)
    await carry_out(house, "connection Employees is off")
    linked = {
        "grant_type": PASSWORD_REALM,
        "realm": "Customers",
        "username": "ann@example.com",
        "password": VALUES["customer_password"],
    }
    begun = await log_in(house, **APP, **linked, audience=VALUES["mfa_api"], scope=SCOPE)

    answer = await _ask(house, begun.json()["access_token"], "POST", "associate", json=OTP)

    assert 200 == answer.status_code
