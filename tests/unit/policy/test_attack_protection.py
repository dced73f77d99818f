from collections.abc import Mapping
from typing import Any

import pytest

from gateword.policy import attack_protection as policy
from gateword.policy.members import Fault, Members


def changed(
    name: str, document: Mapping[str, object], stored: Mapping[str, object] | None = None
) -> tuple[dict[str, Any], list[tuple[str | int, ...]]]:
    """Return what a document makes of one of the five, and where it is at fault."""
    faults: list[Fault] = []
    made = policy.changed(name, Members(document, (), faults), stored)
    return made, [fault.path for fault in faults]


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
