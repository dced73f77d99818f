"""What Actions want of second factors, besides what the goldens show."""

from typing import Any, Final

import pytest

from tests.support.factories import MFA_OTP, MFA_RECOVERY_CODE
from tests.support.house import House
from tests.wire.givens import carry_out
from tests.wire.mfa_values import CODES
from tests.wire.test_actions import post_login
from tests.wire.test_rules import log_in
from tests.wire.world import VALUES

APP: Final = {"client_id": VALUES["app"], "client_secret": VALUES["app_secret"]}
CODE: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
EITHER: Final = "[{ type: 'otp' }, { type: 'recovery-code' }]"
SHOWN: Final = "event.authentication.methods.some((one) => one.name === 'mfa')"
ENDS: Final = {
    "mfa_required": "api.authentication.enrollWith({ type: 'phone' });",
    "access_denied": f"if ({SHOWN}) api.access.deny('no');",
}


async def _begun(house: House) -> str:
    return str((await log_in(house, **APP)).json()["mfa_token"])


async def _recovered(house: House, token: str, code: str) -> Any:
    grant = {"grant_type": MFA_RECOVERY_CODE, "mfa_token": token, "recovery_code": code}
    return await house.token(**grant, **APP)


@pytest.mark.parametrize("error", ENDS)
async def test_new_recovery_code_is_shown_though_the_login_does_not_end_well(
    house: House, error: str
) -> None:
    """The old code is used up with the login: its successor is in whatever is answered."""
    await carry_out(house, "factors otp, sms, recovery-code are on")
    await carry_out(house, "the policy of second factors is all-applications")
    await carry_out(house, "ann has the app Phone")
    await carry_out(house, f"ann has the recovery code {CODE}")
    wants = post_login("Wants", f"api.authentication.challengeWithAny({EITHER});")
    await carry_out(house, wants)
    await carry_out(house, post_login("Then", ENDS[error]))

    answer = (await _recovered(house, await _begun(house), CODE)).json()
    again = (await _recovered(house, await _begun(house), answer["recovery_code"])).json()

    assert [error, error] == [answer["error"], again["error"]]
    assert answer["recovery_code"] != again["recovery_code"]


async def test_app_that_was_begun_elsewhere_is_not_the_phone_that_is_wanted(house: House) -> None:
    """Whoever is to set up a phone is not done with an app that another login began."""
    await carry_out(house, "factors otp, sms are on")
    await carry_out(house, "the policy of second factors is all-applications")
    bearer = {"authorization": f"Bearer {await _begun(house)}"}
    otp = {"authenticator_types": ["otp"]}
    begun = await house.http.post("/mfa/associate", headers=bearer, json=otp)
    await carry_out(house, post_login("Wants", "api.authentication.enrollWith({type: 'phone'});"))
    seconds = int(house.clock.now().timestamp())
    code = CODES["otp"]("mine", {"mine": begun.json()["secret"]}, seconds)
    proof = {"grant_type": MFA_OTP, "mfa_token": await _begun(house), "otp": code}

    answer = await house.token(**proof, **APP)

    assert (401, "unsupported_challenge_type") == (answer.status_code, answer.json()["error"])


@pytest.mark.parametrize(("has_app", "status"), [(True, 200), (False, 403)])
async def test_action_may_want_the_recovery_code_itself(
    house: House,
    has_app: bool,  # noqa: FBT001
    status: int,
) -> None:
    """It stands for a factor that was lost: who never had one does not log in by it."""
    await carry_out(house, "factors otp, recovery-code are on")
    await carry_out(house, f"ann has the recovery code {CODE}")
    if has_app:
        await carry_out(house, "ann has the app Phone")
    wish = "api.authentication.challengeWith({ type: 'recovery-code' });"
    await carry_out(house, post_login("Wants", wish))
    begun = (await log_in(house, **APP)).json()

    answer = await _recovered(house, begun.get("mfa_token", "none"), CODE)

    assert status == answer.status_code
