from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from gateword.cli.rehearsal.answers import compared
from gateword.cli.rehearsal.limits import Shield
from gateword.cli.rehearsal.loopback import Answer
from gateword.cli.rehearsal.tenants import changed
from gateword.cli.rehearsal.tries import HOME, account, guess, right
from gateword.cli.rehearsal.verdicts import Seen, Verdict, judged, locked_out, stopped_by
from gateword.policy.attack_protection import BOT_DETECTION, BRUTE_FORCE, SUSPICIOUS_IP
from gateword.policy.protection import read

DEFAULTS = read(changed({}, {}))
OFF = read(changed({}, {BRUTE_FORCE: {"enabled": False}}))
WRONG = Answer(403, (("content-type", "application/json"),), b"wrong")
SHUT = Answer(429, (("content-type", "application/json"), ("retry-after", "60")), b"shut")


def seen(statuses: Sequence[int], checked: int, **more: Any) -> Seen:
    """Return guesses at one account from one address, and how they were answered."""
    given: dict[str, Any] = {
        "tries": [guess(account(0), number, HOME) for number in range(len(statuses))],
        "answers": [Answer(status) for status in statuses],
        "checked": checked,
        "refusals": {},
        "seconds": 0.5,
        "at_once": 8,
    }
    return Seen(**given | more)


TEN_OF_FIFTEEN = [*[403] * 10, *[429] * 5]


def test_limit_that_was_kept_held() -> None:
    """Ten were looked at, as ten may be."""
    assert Verdict.HELD is judged(DEFAULTS, Shield.BRUTE_FORCE, seen(TEN_OF_FIFTEEN, 10)).verdict


def test_one_password_more_breaks_the_promise() -> None:
    """Whatever the answers say: what counts is what was looked at."""
    found = judged(DEFAULTS, Shield.BRUTE_FORCE, seen(TEN_OF_FIFTEEN, 11))
    assert Verdict.BROKEN is found.verdict
    assert "passwords that were looked at: 11; allowed: brute-force protection 10" == found.note


def test_wrong_password_that_gets_in_breaks_everything() -> None:
    """Even while nothing is switched on."""
    assert Verdict.BROKEN is judged(OFF, Shield.BRUTE_FORCE, seen([403, 200], 2)).verdict


def test_right_password_that_gets_in_is_no_fault() -> None:
    """Nothing promises to stop who knows it at once."""
    got_in = seen([200], 1, tries=[right(account(0), HOME)])
    assert Verdict.OPEN is judged(DEFAULTS, None, got_in).verdict


@pytest.mark.parametrize(
    ("members", "verdict"),
    [
        ({"enabled": False}, Verdict.OFF),
        ({"shields": ["user_notification"]}, Verdict.WATCHES),
        ({"allowlist": [HOME]}, Verdict.EXEMPT),
    ],
)
def test_shield_that_does_not_act_is_named(members: Mapping[str, object], verdict: Verdict) -> None:
    """It is said why, and is no failure."""
    found = judged(
        read(changed({}, {BRUTE_FORCE: members})), Shield.BRUTE_FORCE, seen([403] * 15, 15)
    )
    assert verdict is found.verdict
    assert found.note.startswith("brute-force protection ")


def test_another_shield_still_has_to_keep_its_promise() -> None:
    """Brute-force protection is off, and one user may log in twenty times from one address."""
    found = judged(OFF, Shield.BRUTE_FORCE, seen([403] * 25, 25))
    assert Verdict.BROKEN is found.verdict
    assert "same_user_per_minute" in found.note


def test_limit_that_was_not_reached_is_not_said_to_hold() -> None:
    """Ten tries show nothing of a limit of ten."""
    found = judged(DEFAULTS, Shield.BRUTE_FORCE, seen([403] * 10, 10))
    assert Verdict.NOT_REACHED is found.verdict


def test_attack_that_no_shield_is_against_can_be_stopped_all_the_same() -> None:
    """It is open only while everything was looked at."""
    assert Verdict.OPEN is judged(DEFAULTS, None, seen([403, 403], 2)).verdict
    assert Verdict.HELD is judged(DEFAULTS, None, seen([403, 429], 1)).verdict


def test_budget_that_refilled_meanwhile_is_no_broken_promise() -> None:
    """A hundred in a moment, and one more for each 14.4 minutes that it took."""
    tries = [guess(account(number % 20), number, HOME) for number in range(120)]
    answers = [Answer(403)] * 102 + [Answer(429)] * 18
    slow = seen([], 102, tries=tries, answers=answers, seconds=1800.0)
    quick = seen([], 102, tries=tries, answers=answers, seconds=18.0)
    assert Verdict.HELD is judged(DEFAULTS, Shield.SUSPICIOUS_IP, slow).verdict
    assert Verdict.BROKEN is judged(DEFAULTS, Shield.SUSPICIOUS_IP, quick).verdict


def test_who_stopped_most_is_named_first() -> None:
    """Wrong passwords stop nobody; what has no shield's name keeps its own."""
    refusals = {"WRONG_PASSWORD": 9, "SAME_USER_TOO_OFTEN": 1, "ACCOUNT_SHUT": 5, "BUSY": 2}
    assert ("brute-force", "busy", "same-user") == stopped_by(
        seen([], 0, refusals=refusals), DEFAULTS
    )


@pytest.mark.parametrize(
    ("told", "names"),
    [
        (["suspicious-ip"], ("suspicious-ip",)),
        (["crowded-address"], ("crowded-address",)),
        (["crowded-address", "suspicious-ip"], ("suspicious-ip", "crowded-address")),
        ([], ("address-throttled",)),
    ],
)
def test_crowd_of_names_is_told_from_a_throttled_address(
    told: Sequence[str], names: Sequence[str]
) -> None:
    """Both are answered alike, so the log is asked; it may know of neither."""
    found = seen([], 0, refusals={"ADDRESS_THROTTLED": 1}, told=told)
    assert names == stopped_by(found, DEFAULTS)


def test_shield_that_only_watches_stopped_nobody() -> None:
    """The log names it as well, for it tells that the budget is gone."""
    watching = read(changed({}, {SUSPICIOUS_IP: {"shields": []}}))
    told = ["suspicious-ip", "crowded-address"]
    found = seen([], 0, refusals={"ADDRESS_THROTTLED": 1}, told=told)
    assert ("crowded-address",) == stopped_by(found, watching)


def test_names_under_way_at_the_bound_are_told() -> None:
    """Seven of eight at once get by the twenty, and not one more."""
    tries = [guess(account(number), 0, HOME) for number in range(60)]
    kept = seen([403] * 27 + [429] * 33, 27, tries=tries)
    broken = seen([403] * 28 + [429] * 32, 28, tries=tries)
    assert "7 more were under way at the limit" == judged(DEFAULTS, Shield.NAMES, kept).note
    assert Verdict.BROKEN is judged(DEFAULTS, Shield.NAMES, broken).verdict


def test_one_under_way_is_told_of_as_one() -> None:
    """Numbers are read by people."""
    tries = [guess(account(number), 0, HOME) for number in range(60)]
    kept = seen([403] * 21 + [429] * 39, 21, tries=tries)
    assert "1 more was under way at the limit" == judged(DEFAULTS, Shield.NAMES, kept).note


@pytest.mark.parametrize(
    ("mode", "policy", "status", "verdict"),
    [
        ("count_per_identifier", "never", 429, Verdict.LOCKED_OUT),
        ("count_per_identifier", "when_risky", 429, Verdict.LOCKED_OUT),
        ("count_per_identifier", "when_risky", 401, Verdict.HELD),
        ("count_per_identifier_and_ip", "when_risky", 401, Verdict.HELD),
        ("count_per_identifier_and_ip", "when_risky", 429, Verdict.BROKEN),
        ("count_per_identifier_and_ip", "never", 401, Verdict.BROKEN),
    ],
)
def test_user_is_locked_out_unless_bot_detection_asked(
    mode: str, policy: str, status: int, verdict: Verdict
) -> None:
    """Its answer is 401; every other says that a stranger can keep a user out."""
    changes = {BRUTE_FORCE: {"mode": mode}, BOT_DETECTION: {"challenge_password_policy": policy}}
    assert verdict is locked_out(read(changed({}, changes)), Answer(status))


@pytest.mark.parametrize(
    "other",
    [
        Answer(401, WRONG.headers, WRONG.body),
        Answer(403, WRONG.headers, b"wrong "),
        Answer(403, (*WRONG.headers, ("x-known", "yes")), WRONG.body),
        Answer(403, (("content-type", "text/plain"),), WRONG.body),
        Answer(403, (*WRONG.headers, ("retry-after", "60")), WRONG.body),
    ],
)
def test_answer_that_differs_anywhere_is_seen(other: Answer) -> None:
    """Status, bytes or headers: each would tell a guesser something."""
    assert Verdict.BROKEN is compared([WRONG, WRONG, other]).verdict


@pytest.mark.parametrize(
    ("wait", "verdict"), [("30", Verdict.HELD), ("600", Verdict.BROKEN), ("", Verdict.BROKEN)]
)
def test_waits_may_differ_by_the_time_between_two_asks(wait: str, verdict: Verdict) -> None:
    """But not by more, and not by being there."""
    headers = [(name, text) for name, text in SHUT.headers if name != "retry-after"]
    headers += [("retry-after", wait)] if wait else []
    assert verdict is compared([SHUT, Answer(429, tuple(headers), SHUT.body)]).verdict


def test_answers_of_different_seconds_are_alike() -> None:
    """The time of day tells nothing."""
    early, late = ((*WRONG.headers, ("date", f"Sat, 28 Nov 2026 03:00:0{n} GMT")) for n in (1, 2))
    alike = [Answer(403, early, WRONG.body), Answer(403, late, WRONG.body)]
    assert Verdict.HELD is compared(alike).verdict
