"""What rules and Actions are told of a user's second factors."""

import pytest

from gateword.domain.mfa import Kind
from gateword.policy import enrolled


@pytest.mark.parametrize("kind", ["push", "totp", "sms", "voice"])
def test_provider_is_guardian_when_a_factor_is_enrolled(kind: str) -> None:
    """`user.multifactor` names Auth0's provider of apps, devices and phones."""
    assert ["guardian"] == enrolled.providers((kind,))


@pytest.mark.parametrize("kinds", [(), ("email",), ("recovery-code",)])
def test_no_provider_when_only_an_address_or_a_recovery_code_is_there(
    kinds: tuple[str, ...],
) -> None:
    """Neither counts as enrolled."""
    assert [] == enrolled.providers(kinds)


def test_each_factor_is_named_once() -> None:
    """A phone both ways is one factor, and a recovery code is none."""
    found = enrolled.factors(tuple(kind.value for kind in Kind))

    assert ["push-notification", "otp", "phone", "email"] == [one["type"] for one in found]
