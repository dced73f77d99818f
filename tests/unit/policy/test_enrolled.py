"""What scripts and administrators are told of a user's second factors."""

import pytest

from gateword.policy import enrolled


@pytest.mark.parametrize(
    ("kinds", "providers"),
    [
        ((), []),
        (("email", "recovery-code"), []),
        (("totp",), ["google-authenticator"]),
        (("sms",), ["guardian"]),
        (("push", "totp"), ["guardian"]),
        (("totp", "voice"), ["guardian", "google-authenticator"]),
        (("imported",), []),
    ],
)
def test_providers_are_those_that_rules_know(kinds: tuple[str, ...], providers: list[str]) -> None:
    """`user.multifactor` names guardian for devices and phones, and an app; no address."""
    assert providers == enrolled.providers(kinds)


def test_factors_have_the_words_of_actions() -> None:
    """`event.user.enrolledFactors` tells types, and of a phone how codes go there."""
    assert [
        {"type": "otp"},
        {"type": "phone", "method": "sms"},
        {"type": "phone", "method": "voice"},
        {"type": "email"},
        {"type": "recovery-code"},
    ] == enrolled.factors(("email", "recovery-code", "sms", "totp", "voice", "imported"))
