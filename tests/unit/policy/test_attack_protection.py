from collections.abc import Mapping
from typing import Any

import pytest

from gateword.policy import attack_protection as policy
from gateword.policy.members import Fault, Members
from gateword.policy.protection_extras import EXTRAS, MEANING, MOST

FAR: dict[str, dict[str, Any]] = {
    policy.BRUTE_FORCE: {"enabled": False, "shields": [], "mode": "count_per_identifier",
                         "allowlist": ["192.0.2.1"], "max_attempts": 3},
    policy.SUSPICIOUS_IP: {"enabled": False, "shields": [], "allowlist": ["192.0.2.1"],
                           "stage": {"pre-login": {"max_attempts": 5, "rate": 5}}},
    policy.BREACHED_PASSWORD: {"enabled": True, "shields": ["block"], "method": "enhanced",
                               "admin_notification_frequency": ["daily"]},
    policy.BOT_DETECTION: {"challenge_password_policy": "always", "allowlist": ["192.0.2.1"],
                           "bot_detection_level": "low", "monitoring_mode_enabled": True},
    policy.CAPTCHA: {"active_provider_id": "arkose", "auth_challenge": {"fail_open": True}},
    policy.PHONE_PROVIDER: {"type": "exponential"},
    EXTRAS: {"lockout_style": "backoff", "account_cap": 0, "same_user_per_minute": 0,
             "client_ceiling": 0, "distinct_identifiers": 0, "names_per_address": 0,
             "strict_forwarded_for": True, "alarms": False, "admin_email": "a@b.example"},
}  # fmt: skip
"""Each of the objects with nothing left as it is by default."""


def changed(
    name: str, document: Mapping[str, object], stored: Mapping[str, object] | None = None
) -> tuple[dict[str, Any], list[tuple[str | int, ...]]]:
    """Return what a document makes of one of the objects, and where it is at fault."""
    faults: list[Fault] = []
    made = policy.changed(name, Members(document, (), faults), stored)
    return made, [fault.path for fault in faults]


@pytest.mark.parametrize("name", policy.DEFAULTS)
def test_null_goes_back_to_the_default(name: str) -> None:
    """attack-protection §9: every member may be null, and then is as nobody has set it."""
    before, faults = changed(name, FAR[name])
    assert [] == faults
    assert FAR[name].keys() == {
        member for member in before if before[member] != policy.DEFAULTS[name].get(member)
    }

    made, faults = changed(name, dict.fromkeys(FAR[name]), before)

    assert (policy.DEFAULTS[name], []) == (made, faults)


@pytest.mark.parametrize("null", [None, {"pre-login": {"max_attempts": None, "rate": None}}])
def test_null_goes_back_at_each_depth(null: object) -> None:
    """All stages, or one number."""
    before, _ = changed(policy.SUSPICIOUS_IP, FAR[policy.SUSPICIOUS_IP])

    made, faults = changed(policy.SUSPICIOUS_IP, {"stage": null}, before)

    assert (policy.DEFAULTS[policy.SUSPICIOUS_IP]["stage"], []) == (made["stage"], faults)


def test_what_was_stored_before_a_member_was_known_has_its_default() -> None:
    """An object stored by an older release is as whole as a new one."""
    assert {**policy.DEFAULTS[EXTRAS], "account_cap": 7} == policy.effective(
        EXTRAS, {"account_cap": 7}
    )


@pytest.mark.parametrize("name", policy.DEFAULTS)
def test_change_of_nothing_changes_nothing(name: str) -> None:
    """An empty PATCH answers the whole as it is; an export imports again."""
    once, faults = changed(name, {})
    twice, more = changed(name, once, once)

    assert (policy.DEFAULTS[name], [], []) == (once, faults, more)
    assert once == twice


def test_sets_have_one_order() -> None:
    """Recorded answers change their order; ours never do."""
    made, _ = changed(policy.BRUTE_FORCE, {"shields": ["user_notification", "block"]})

    assert ["block", "user_notification"] == made["shields"]


def test_stage_is_merged_down_to_its_numbers() -> None:
    """attack-protection §9: one number of one stage leaves the rest."""
    made, _ = changed(policy.SUSPICIOUS_IP, {"stage": {"pre-login": {"max_attempts": 5}}})
    stages: Any = policy.DEFAULTS[policy.SUSPICIOUS_IP]["stage"]

    assert {**stages, "pre-login": {"max_attempts": 5, "rate": 864_000}} == made["stage"]


@pytest.mark.parametrize(
    ("document", "left"),
    [
        ({"stage": {}}, ["daily"]),
        ({"stage": {"pre-change-password": {}, "pre-user-registration": {}}}, ["daily"]),
        ({"enabled": True}, ["daily"]),
        ({"stage": {"pre-change-password": {"shields": []}}}, []),
        (
            {
                "stage": {"pre-change-password": {"shields": []}},
                "admin_notification_frequency": ["weekly"],
            },
            ["weekly"],
        ),
    ],
)
def test_stage_without_a_frequency_empties_the_frequency(
    document: Mapping[str, object], left: list[str]
) -> None:
    """Recorded: a stage that is given takes the frequency with it; an empty one changes nothing."""
    before, _ = changed(policy.BREACHED_PASSWORD, {"admin_notification_frequency": ["daily"]})

    made, _ = changed(policy.BREACHED_PASSWORD, document, before)

    assert left == made["admin_notification_frequency"]


@pytest.mark.parametrize(
    ("name", "document", "at"),
    [
        (policy.BRUTE_FORCE, {"max_attempts": 0}, ("max_attempts",)),
        (policy.BRUTE_FORCE, {"max_attempts": 101}, ("max_attempts",)),
        (policy.BRUTE_FORCE, {"max_attempts": True}, ("max_attempts",)),
        (policy.BRUTE_FORCE, {"allowlist": ["10.0.0.1", "ten"]}, ("allowlist", 1)),
        (policy.BRUTE_FORCE, {"mode": "count"}, ("mode",)),
        (policy.BRUTE_FORCE, {"shields": ["moat"]}, ("shields", 0)),
        (policy.SUSPICIOUS_IP, {"stage": {"x": {}}}, ("stage", "x")),
        (policy.SUSPICIOUS_IP, {"stage": {"pre-login": {"rate": 0}}},
         ("stage", "pre-login", "rate")),
        (policy.BOT_DETECTION, {"allowlist": ["10.0.0.0/8"] + [f"10.0.0.{n}" for n in range(100)]},
         ("allowlist",)),
        (policy.CAPTCHA, {"hcaptcha": {"site_key": 1}}, ("hcaptcha", "site_key")),
        (policy.CAPTCHA, {"riddle": {}}, ("riddle",)),
        (policy.PHONE_PROVIDER, {"type": "none"}, ("type",)),
        (EXTRAS, {"lockout_style": "forever"}, ("lockout_style",)),
        (EXTRAS, {"account_cap": 10_001}, ("account_cap",)),
        (EXTRAS, {"account_cap": -1}, ("account_cap",)),
        (EXTRAS, {"same_user_per_minute": 100_001}, ("same_user_per_minute",)),
        (EXTRAS, {"client_ceiling": 1_001}, ("client_ceiling",)),
        (EXTRAS, {"distinct_identifiers": 10_001}, ("distinct_identifiers",)),
        (EXTRAS, {"names_per_address": 1_000_001}, ("names_per_address",)),
        (EXTRAS, {"strict_forwarded_for": 1}, ("strict_forwarded_for",)),
        (EXTRAS, {"admin_email": "a@example.com\r\nBcc: b@example.com"}, ("admin_email",)),
        (EXTRAS, {"admin_email": ["a@example.com"]}, ("admin_email",)),
        (EXTRAS, {"max_attempts": 3}, ("max_attempts",)),
    ],
)  # fmt: skip
def test_fault_names_the_place(
    name: str, document: Mapping[str, object], at: tuple[str | int, ...]
) -> None:
    """Out of range, of another kind, or unknown."""
    assert [at] == changed(name, document)[1]


def test_captcha_secrets_are_taken_and_not_kept() -> None:
    """Nobody here has a use for them, so there is nothing to lose."""
    made, faults = changed(policy.CAPTCHA, {"hcaptcha": {"site_key": "s", "secret": "hush"}})

    assert ({"site_key": "s"}, []) == (made["hcaptcha"], faults)


@pytest.mark.parametrize("name", MOST)
def test_own_numbers_may_be_nothing_and_their_most(name: str) -> None:
    """0 is off, and a bound is inside."""
    for number in (0, MOST[name]):
        made, faults = changed(EXTRAS, {name: number})
        assert (number, []) == (made[name], faults)


def test_every_own_setting_is_explained() -> None:
    """The OpenAPI document and the reference say what each member does."""
    assert list(policy.DEFAULTS[EXTRAS]) == list(MEANING)
