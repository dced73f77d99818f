from collections.abc import Mapping

import pytest

from gateword.policy import guardian_document as policy
from gateword.policy.members import Fault, Members

TWILIO = next(one for one in policy.SETTINGS if one.path == "sms/providers/twilio")


def replaced(about: policy.Setting, document: Mapping[str, object]) -> dict[str, object]:
    """Return a setting as a document has it."""
    faults: list[Fault] = []
    made = policy.replaced(about, Members(document, (), faults))
    assert [] == faults
    return made


@pytest.mark.parametrize("about", policy.SETTINGS, ids=lambda about: about.path)
def test_what_was_answered_can_be_set_again(about: policy.Setting) -> None:
    """An export imports again, unchanged."""
    shown = policy.setting(about, None)

    assert shown == replaced(about, shown)


@pytest.mark.parametrize("about", policy.SETTINGS, ids=lambda about: about.path)
def test_secrets_are_no_part_of_what_is_answered(about: policy.Setting) -> None:
    """They go in, and never come out."""
    document = {**about.default, **dict.fromkeys(about.secrets, "hush")}

    assert "hush" not in replaced(about, document).values()


@pytest.mark.parametrize(
    ("document", "left"),
    [({}, {"auth_token": "old"}), ({"auth_token": "new"}, {"auth_token": "new"}),
     ({"auth_token": None}, {}), ({"auth_token": ""}, {})],
)  # fmt: skip
def test_secret_that_is_left_out_stays(
    document: Mapping[str, object], left: Mapping[str, str]
) -> None:
    """Whoever sends back what was read erases nothing; null does."""
    assert left == policy.secrets(TWILIO, document, {"auth_token": "old"})


def test_there_are_eight_factors_and_all_are_off() -> None:
    """management-api §7, in the recorded order."""
    factors = [policy.factor(name, None) for name in policy.FACTORS]

    assert 8 == len(factors)
    assert {(False, False)} == {(one["enabled"], one["trial_expired"]) for one in factors}
