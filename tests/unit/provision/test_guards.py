from typing import Any

import pytest

from gateword.policy import attack_protection
from gateword.policy.protection_extras import EXTRAS
from gateword.ports.documents import Kept
from gateword.provision.checkup import findings
from gateword.provision.draft import Draft
from tests.support.stand_ins import START
from tests.unit.provision.checked import KEYS, a_draft, said

BRUTE_FORCE = ("brute-force protection", attack_protection.BRUTE_FORCE)
THROTTLING = ("suspicious-IP throttling", attack_protection.SUSPICIOUS_IP)
BOTS = ("bot detection", attack_protection.BOT_DETECTION)
LEAKS = ("breached-password detection", attack_protection.BREACHED_PASSWORD)


def protected(id_: str, **members: Any) -> Draft:
    """Return a tenant with one object of attack protection changed."""
    draft = a_draft()
    document = {**attack_protection.DEFAULTS[id_], **members}
    draft.documents[attack_protection.KIND][id_] = Kept(id=id_, document=document)
    return draft


@pytest.mark.parametrize(("about", "id_"), [BRUTE_FORCE, THROTTLING])
def test_protection_that_stops_nobody_is_told(about: str, id_: str) -> None:
    """Off is a warning; somebody may well want to watch first."""
    assert [("warning", about)] == said(protected(id_, enabled=False))
    assert [("hint", about)] == said(protected(id_, shields=[]))


@pytest.mark.parametrize(
    ("members", "style", "is_told"),
    [
        ({"mode": "count_per_identifier"}, "auth0", True),
        ({"mode": "count_per_identifier"}, "backoff", False),
        ({"mode": "count_per_identifier_and_ip"}, "auth0", False),
        ({"mode": "count_per_identifier", "shields": ["user_notification"]}, "auth0", False),
    ],
)
def test_lockout_by_strangers_is_a_warning(
    members: dict[str, Any], style: str, *, is_told: bool
) -> None:
    """Whoever knows a login name could keep its owner out for good."""
    draft = protected(BRUTE_FORCE[1], **members)
    document = {"admin_email": "admin@x.example", "lockout_style": style}
    draft.documents[attack_protection.KIND][EXTRAS] = Kept(id=EXTRAS, document=document)

    texts = [one.text for one in findings(draft, KEYS, START) if one.level == "warning"]

    assert is_told == any("10 wrong passwords of a stranger" in one for one in texts)
    assert is_told == any("set lockout_style: backoff" in one for one in texts)


@pytest.mark.parametrize(("about", "id_"), [BRUTE_FORCE, THROTTLING, BOTS])
@pytest.mark.parametrize(
    ("network", "is_told"),
    [
        ("10.0.0.0/15", True),
        ("0.0.0.0/0", True),
        ("10.1.0.0/16", False),
        ("192.0.2.1", False),
        ("2001:db8::/31", True),
        ("2001:db8::/32", False),
    ],
)
def test_wide_allowlist_is_a_warning(about: str, id_: str, network: str, *, is_told: bool) -> None:
    """Protection ends for everybody in it."""
    expected = [("warning", about)] if is_told else []

    assert expected == said(protected(id_, allowlist=[network]))


@pytest.mark.parametrize(
    ("id_", "members", "level"),
    [
        (None, {}, "hint"),
        (THROTTLING[1], {}, "warning"),
        (THROTTLING[1], {"shields": ["block"]}, None),
        (LEAKS[1], {"enabled": True, "shields": ["admin_notification"]}, "warning"),
        (LEAKS[1], {"enabled": False, "shields": ["admin_notification"]}, "hint"),
    ],
)
def test_admin_who_is_nobody_is_told(
    id_: str | None, members: dict[str, Any], level: str | None
) -> None:
    """By default it is a hint; where somebody asked for letters, a warning."""
    draft = protected(id_, **members) if id_ else a_draft()
    del draft.documents[attack_protection.KIND][EXTRAS]

    assert ([(level, "attack protection")] if level else []) == said(draft)
    texts = [one.text for one in findings(draft, KEYS, START)]
    assert all("admin_email is empty; set it in x-gateword-attack-" in one for one in texts)


@pytest.mark.parametrize(
    ("is_on", "few_leaks", "text"),
    [
        (True, 0, "knows only the short list"),
        (True, 1234, "knows only the 1,234 imported passwords and the short list"),
        (True, None, None),
        (False, 0, None),
    ],
)
def test_detection_with_a_small_corpus_is_a_warning(
    few_leaks: int | None, text: str | None, *, is_on: bool
) -> None:
    """The list that comes along is short, and so is one of somebody's own incident."""
    draft = protected(LEAKS[1], enabled=is_on, shields=["block"])

    found = findings(draft, KEYS, START, few_leaks=few_leaks)

    expected = [("warning", LEAKS[0])] if text else []
    assert expected == [(one.level, one.about) for one in found]
    assert all(one.text.startswith(text or "") for one in found)


@pytest.mark.parametrize(
    ("members", "is_told"),
    [
        ({"shields": []}, True),
        ({"shields": ["user_notification"]}, False),
        ({"stage": {"pre-user-registration": {"shields": ["block"]}}}, False),
        ({"stage": {"pre-change-password": {"shields": ["block"]}}}, False),
        ({"enabled": False}, False),
    ],
)
def test_detection_that_does_nothing_is_a_hint(members: dict[str, Any], *, is_told: bool) -> None:
    """Leaked passwords are logged then, and accepted; a shield in one stage is enough."""
    draft = protected(LEAKS[1], **{"enabled": True, **members})

    assert ([("hint", LEAKS[0])] if is_told else []) == said(draft)


@pytest.mark.parametrize(("about", "id_"), [BRUTE_FORCE, THROTTLING, BOTS])
@pytest.mark.parametrize(
    ("network", "better"),
    [
        ("::ffff:192.0.2.1", "192.0.2.1/32"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
        ("2001:db8::1", None),
    ],
)
def test_allowlist_that_names_nobody_is_a_warning(
    about: str, id_: str, network: str, better: str | None
) -> None:
    """An IPv4 address is known as such, however it was sent."""
    found = findings(protected(id_, allowlist=[network]), KEYS, START)

    assert ([about] if better else []) == [one.about for one in found]
    assert all(one.text.endswith(f"write {better}") for one in found)


@pytest.mark.parametrize(
    ("policy", "throttling", "is_told"),
    [
        ("when_risky", {"enabled": False}, True),
        ("when_risky", {"shields": []}, False),
        ("always", {"enabled": False}, False),
        ("never", {"enabled": False}, False),
    ],
)
def test_risk_that_nothing_measures_is_a_warning(
    policy: str, throttling: dict[str, Any], *, is_told: bool
) -> None:
    """Throttling that only watches still counts what an address has left."""
    draft = protected(BOTS[1], challenge_password_policy=policy)
    document = {**attack_protection.DEFAULTS[THROTTLING[1]], **throttling}
    kept = Kept(id=THROTTLING[1], document=document)
    draft.documents[attack_protection.KIND][THROTTLING[1]] = kept

    assert is_told == (("warning", BOTS[0]) in said(draft))
