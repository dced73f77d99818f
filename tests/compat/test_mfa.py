"""Auth0's SDKs, unmodified, show second factors to Gateword as they do to Auth0.

Of those that are tested here only npm `@auth0/auth0-auth-js` has calls of the MFA API; npm `auth0`
and auth0-python hand the application an error with the `mfa_token` in it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import auth0
import pyotp
import pytest
from auth0.authentication import GetToken
from auth0.authentication.exceptions import Auth0Error

from tests.compat.factor_shop import a_factor_shop
from tests.compat.shop import AUDIENCE, CLIENT_ID, CLIENT_SECRET, PASSWORD
from tests.support import node, ran_against
from tests.support.mailbox import Mailbox
from tests.support.served import Served

SCOPE: Final = "openid email offline_access read:orders"
WAYS_TO_ENROL: Final = {"enroll": [{"type": "otp"}]}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Mailbox]]:
    """A shop where every login shows a second factor, and its letters."""
    with a_factor_shop(tmp_path_factory.mktemp("factors")) as both:
        yield both


@dataclass(frozen=True, slots=True)
class Sdk:
    """npm `@auth0/auth0-auth-js` in Node, one call at a time."""

    served: Served

    def call(self, call: str, **params: Any) -> dict[str, Any]:
        """Return `{"value": …}` or `{"error": …}` of one call of the SDK's MFA client."""
        ask = {
            "domain": self.served.domain,
            "clientId": CLIENT_ID,
            "clientSecret": CLIENT_SECRET,
            "call": call,
            "params": params,
        }
        answer = node.run("auth0-mfa.mjs", ask, self.served.env, "@auth0/auth0-auth-js")
        assert isinstance(answer, dict)
        return answer

    def value(self, call: str, **params: Any) -> Any:
        """Return what a call that succeeds brings."""
        answer = self.call(call, **params)
        assert "error" not in answer, answer
        return answer["value"]

    def login(self, name: str, **more: Any) -> dict[str, Any]:
        """Give the right password; return what the SDK's own error of that name has in it."""
        who = {"username": f"{name}@example.com", "password": PASSWORD, "realm": "Customers"}
        asked = {"audience": AUDIENCE, "scope": SCOPE, **more}
        found: dict[str, Any] = self.value("required", **who, **asked)
        return found

    def enrol_app(self, name: str) -> dict[str, Any]:
        """Set up an app; return its seed, what it shows now, and the recovery codes."""
        token = self.login(name)["mfa_token"]
        begun = self.value("enrollAuthenticator", authenticatorTypes=["otp"], mfaToken=token)
        now = pyotp.TOTP(begun["secret"]).now()
        verified = self.value("verify", factorType="otp", mfaToken=token, otp=now)
        return {**begun, "tokens": verified, "otp": now}


@pytest.fixture
def sdk(opened: tuple[Served, Mailbox]) -> Sdk:
    """The SDK, pointed at the served shop."""
    return Sdk(opened[0])


def test_sdk_enrols_an_app_and_gets_the_tokens_that_the_password_was_for(sdk: Sdk) -> None:
    """List, enrol, verify: the answer has the audience, the scopes and the user of the login."""
    required = sdk.login("app")
    token = required["mfa_token"]
    assert "TokenByPasswordError" == required["class"]
    assert "mfa_required" == required["error"]
    assert WAYS_TO_ENROL == required["mfa_requirements"]
    assert [] == sdk.value("listAuthenticators", mfaToken=token)

    begun = sdk.value("enrollAuthenticator", authenticatorTypes=["otp"], mfaToken=token)
    assert "otp" == begun["authenticatorType"]
    assert begun["barcodeUri"].startswith("otpauth://totp/")
    assert 1 == len(begun["recoveryCodes"])
    now = pyotp.TOTP(begun["secret"]).now()
    tokens = sdk.value("verify", factorType="otp", mfaToken=token, otp=now)

    assert {"accessToken", "idToken", "refreshToken", "expiresAt", "scope"} <= set(tokens)
    assert "app@example.com" == tokens["claims"]["email"]
    again = sdk.login("app")
    assert {"type": "otp"} in again["mfa_requirements"]["challenge"]
    listed = sdk.value("listAuthenticators", mfaToken=again["mfa_token"])
    assert {("otp", True), ("recovery-code", True)} == {
        (one["authenticatorType"], one["active"]) for one in listed
    }
    asked = sdk.value("challengeAuthenticator", challengeType="otp", mfaToken=again["mfa_token"])
    assert {"challengeType": "otp"} == asked
    error = sdk.call("verify", factorType="otp", mfaToken=again["mfa_token"], otp=now)["error"]
    assert ("MfaVerifyError", "invalid_grant") == (error["class"], error["error"])
    assert "Invalid otp_code." == error["error_description"]


def test_sdk_answers_a_code_that_came_by_mail(opened: tuple[Served, Mailbox], sdk: Sdk) -> None:
    """A verified address needs no enrolment: challenge, read the letter, verify."""
    required = sdk.login("mail")
    token = required["mfa_token"]
    assert {"challenge": [{"type": "email"}]} == required["mfa_requirements"]
    [listed] = sdk.value("listAuthenticators", mfaToken=token)
    assert ("oob", "****@exam*******") == (listed["authenticatorType"], listed["name"])

    asked = sdk.value(
        "challengeAuthenticator",
        challengeType="oob",
        authenticatorId=listed["id"],
        mfaToken=token,
    )
    assert ("oob", "prompt") == (asked["challengeType"], asked["bindingMethod"])
    found = re.search(r"\b[0-9]{6}\b", opened[1].wait().text)
    assert found is not None
    shown = {"factorType": "oob", "mfaToken": token, "oobCode": asked["oobCode"]}
    wrong = sdk.call("verify", **shown, bindingCode="000000")["error"]
    tokens = sdk.value("verify", **shown, bindingCode=found[0])

    assert "Invalid binding_code." == wrong["error_description"]
    assert "mail@example.com" == tokens["claims"]["email"]


def test_sdk_shows_a_recovery_code_and_gets_the_next_one(sdk: Sdk) -> None:
    """The next code is the SDK's `recoveryCode`; the one before is worth nothing."""
    [code] = sdk.enrol_app("recovery")["recoveryCodes"]
    shown = {"factorType": "recovery-code", "recoveryCode": code}

    tokens = sdk.value("verify", **shown, mfaToken=sdk.login("recovery")["mfa_token"])
    error = sdk.call("verify", **shown, mfaToken=sdk.login("recovery")["mfa_token"])["error"]

    assert "recovery@example.com" == tokens["claims"]["email"]
    assert re.fullmatch("[A-Z0-9]{24}", tokens["recoveryCode"])
    assert code != tokens["recoveryCode"]
    assert ("MfaVerifyError", "MFA Authorization rejected.") == (
        error["class"],
        error["error_description"],
    )


def test_sdk_deletes_an_authenticator_with_a_token_for_the_mfa_api(sdk: Sdk) -> None:
    """Auth0 "Manage Authenticator Factors": list and delete with what the second factor opened."""
    begun = sdk.enrol_app("deleter")
    scope = "enroll read:authenticators remove:authenticators"
    token = sdk.login("deleter", audience=f"{sdk.served.issuer}mfa/", scope=scope)["mfa_token"]
    soon = datetime.now(UTC) + timedelta(seconds=30)
    code = pyotp.TOTP(begun["secret"]).at(soon)
    access = sdk.value("verify", factorType="otp", mfaToken=token, otp=code)["accessToken"]

    listed = sdk.value("listAuthenticators", mfaToken=access)
    [app] = [one["id"] for one in listed if one["authenticatorType"] == "otp"]
    sdk.value("deleteAuthenticator", authenticatorId=app, mfaToken=access)

    left = sdk.value("listAuthenticators", mfaToken=access)
    assert app not in {one["id"] for one in left}
    again = sdk.call("deleteAuthenticator", authenticatorId=app, mfaToken=access)["error"]
    assert ("MfaDeleteAuthenticatorError", "not_found") == (again["class"], again["error"])


def test_sdk_throws_its_own_errors(sdk: Sdk) -> None:
    """Each call that is refused throws the SDK's class of that call, with Auth0's code and text."""
    token = sdk.login("stranger")["mfa_token"]
    refused = {
        "listAuthenticators": sdk.call("listAuthenticators", mfaToken="none"),
        "enrollAuthenticator": sdk.call(
            "enrollAuthenticator",
            authenticatorTypes=["oob"],
            oobChannels=["sms"],
            phoneNumber="+4915112345678",
            mfaToken=token,
        ),
        "deleteAuthenticator": sdk.call(
            "deleteAuthenticator", authenticatorId="totp|dev_1", mfaToken=token
        ),
        "challengeAuthenticator": sdk.call(
            "challengeAuthenticator", challengeType="oob", mfaToken=token
        ),
        "verify": sdk.call("verify", factorType="otp", otp="123456", mfaToken="none"),
    }

    seen = {
        name: (answer["error"]["class"], answer["error"]["error"])
        for name, answer in refused.items()
    }
    assert {
        "listAuthenticators": ("MfaListAuthenticatorsError", "invalid_token"),
        "enrollAuthenticator": ("MfaEnrollmentError", "unsupported_challenge_type"),
        "deleteAuthenticator": ("MfaDeleteAuthenticatorError", "access_denied"),
        "challengeAuthenticator": ("MfaChallengeError", "unsupported_challenge_type"),
        "verify": ("MfaVerifyError", "invalid_grant"),
    } == seen


def test_node_auth0_hands_over_the_mfa_token(opened: tuple[Served, Mailbox]) -> None:
    """Package `auth0` has no MFA calls: its AuthApiError keeps code, status and body."""
    params = {"username": "node@example.com", "password": PASSWORD, "realm": "Customers"}
    ask = {
        "domain": opened[0].domain,
        "clientId": CLIENT_ID,
        "clientSecret": CLIENT_SECRET,
        "params": params,
    }
    answer = node.run("auth0-required.mjs", ask, opened[0].env, "auth0")

    assert isinstance(answer, dict)
    value = answer["value"]
    assert ("AuthApiError", 403, "mfa_required") == (
        value["class"],
        value["status"],
        value["error"],
    )
    assert WAYS_TO_ENROL == value["mfa_requirements"]
    assert value["mfa_token"].startswith("Fe26.2*")


def test_python_auth0_hands_over_the_mfa_token(
    opened: tuple[Served, Mailbox], sdk: Sdk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """auth0-python has no MFA calls: its Auth0Error has the body in `content` for this code."""
    ran_against.note("auth0-python", auth0.__version__)
    for name, value in opened[0].env.items():
        monkeypatch.setenv(name, value)
    tokens = GetToken(opened[0].domain, CLIENT_ID, client_secret=CLIENT_SECRET)

    with pytest.raises(Auth0Error) as raised:
        tokens.login("python@example.com", PASSWORD, realm="Customers", audience=AUDIENCE)

    assert (403, "mfa_required") == (raised.value.status_code, raised.value.error_code)
    assert "Multifactor authentication required" == raised.value.message
    content = raised.value.content
    assert WAYS_TO_ENROL == content["mfa_requirements"]
    assert [] == sdk.value("listAuthenticators", mfaToken=content["mfa_token"])
