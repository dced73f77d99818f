from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateword.domain.client import AuthMethod, Client, RefreshPolicy
from gateword.domain.connection import Connection
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.policy import attack_protection
from gateword.policy.protection_extras import EXTRAS
from gateword.ports.documents import Kept
from gateword.provision.checkup import findings
from gateword.provision.draft import Draft
from tests.support.house import signing_key
from tests.support.stand_ins import START, HouseDice

GRANTS = ("password", "http://auth0.com/oauth/grant-type/password-realm")
KEYS = [signing_key("x.example", state) for state in ("current", "next")]


def a_draft(**client: Any) -> Draft:
    """Return a tenant in which nothing is to be said, but for what is changed of its client."""
    given: dict[str, Any] = {
        "client_id": "shop",
        "name": "Shop",
        "secret": Secret("s" * 32),
        "grant_types": (*GRANTS, "refresh_token"),
        "is_ip_header_trusted": True,
        "refresh": RefreshPolicy(rotating=True, absolute_s=600),
    }
    connection = Connection(
        key=1, id="con_1", name="D", strategy="auth0", enabled_clients=frozenset({"shop"})
    )
    extras = Kept(id=EXTRAS, document={"admin_email": "admin@x.example"})
    return Draft(
        documents={attack_protection.KIND: {EXTRAS: extras}},
        tenant=Tenant(key=1, name="default", domain="x.example", default_directory="D"),
        clients={"shop": Client(**given | client)},
        connections={"D": connection},
        apis={},
        grants={},
        roles={},
        dice=HouseDice("checkup"),
    )


def said(draft: Draft) -> list[tuple[str, str]]:
    """Return level and subject of each finding."""
    return [(one.level, one.about) for one in findings(draft, KEYS, START)]


def test_sound_tenant_has_no_findings() -> None:
    """Silence means that there is nothing to mend."""
    assert [] == said(a_draft())


def test_missing_key_is_an_error() -> None:
    """Without a current key nothing is signed; without a next one nothing is rotated."""
    found = findings(a_draft(), KEYS[:1], START)

    assert [("error", "signing keys")] == [(one.level, one.about) for one in found]


def test_clock_behind_the_keys_is_an_error() -> None:
    """Tokens dated before their time are refused elsewhere."""
    found = findings(a_draft(), KEYS, START - timedelta(hours=1))

    assert {("error", "clock")} == {(one.level, one.about) for one in found}


def test_default_directory_must_exist() -> None:
    """Unset it closes grant `password`; naming nothing it is a mistake."""
    unset, wrong = a_draft(), a_draft()
    unset.tenant = replace(unset.tenant, default_directory=None)
    wrong.tenant = replace(wrong.tenant, default_directory="Nowhere")

    assert [("warning", "default_directory")] == said(unset)
    assert [("error", "default_directory")] == said(wrong)


def test_public_client_with_passwords_is_a_warning() -> None:
    """Anybody can try passwords in its name."""
    draft = a_draft(auth_method=AuthMethod.NONE, secret=None)

    assert [("warning", "client Shop")] == said(draft)


def test_untrusted_address_header_is_a_warning() -> None:
    """A confidential client hides the addresses of its users, so all of them count as one."""
    assert [("warning", "client Shop")] == said(a_draft(is_ip_header_trusted=False))


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


def test_exempt_directory_with_passwords_is_a_warning() -> None:
    """Protection looks on, and the directory has switched it off for itself."""
    draft = a_draft()
    exempt = replace(draft.connections["D"], options={"brute_force_protection": False})
    draft.connections["D"] = exempt
    unused = a_draft(grant_types=("refresh_token",))
    unused.connections["D"] = exempt

    assert [("warning", "database D")] == said(draft)
    assert [] == said(unused)


def test_refresh_tokens_without_an_end_are_a_warning() -> None:
    """Auth0's default for clients made here (ruling 8)."""
    assert [("warning", "client Shop")] == said(a_draft(refresh=RefreshPolicy()))


def test_one_of_the_two_password_grants_is_a_hint() -> None:
    """Libraries send either."""
    assert [("hint", "client Shop")] == said(a_draft(grant_types=GRANTS[:1]))


def test_short_secret_is_a_warning() -> None:
    """A client secret is the key of HS256 ID tokens, and it can be guessed at leisure."""
    assert [("warning", "client Shop")] == said(a_draft(secret=Secret("short")))


def test_realm_for_nobody_is_a_hint() -> None:
    """And a client that may use passwords, but has no realm, gets a warning."""
    draft = a_draft()
    draft.connections["D"] = replace(draft.connections["D"], enabled_clients=frozenset())

    assert [("warning", "client Shop"), ("hint", "database D")] == said(draft)


@pytest.mark.parametrize(
    ("import_mode", "text"), [(False, "every login is refused"), (True, "users it does not have")]
)
def test_database_that_asks_scripts_is_a_warning(text: str, *, import_mode: bool) -> None:
    """They do not run yet; nobody should find that out by a failed login."""
    draft = a_draft()
    options = {"enabledDatabaseCustomization": True, "import_mode": import_mode}
    draft.connections["D"] = replace(draft.connections["D"], options=options)

    (finding,) = findings(draft, KEYS, START)

    assert ("warning", "database D") == (finding.level, finding.about)
    assert text in finding.text


def test_connection_elsewhere_is_no_database() -> None:
    """A social connection that is only kept is spoken of as nothing that people log in through."""
    draft = a_draft()
    elsewhere = Connection(key=2, id="con_2", name="G", strategy="google-oauth2")
    draft.connections = {**draft.connections, "G": elsewhere}

    assert [] == said(draft)


def test_default_directory_must_be_a_database() -> None:
    """A social connection as default directory would refuse every login."""
    draft = a_draft()
    elsewhere = Connection(key=2, id="con_2", name="G", strategy="google-oauth2")
    draft.connections = {**draft.connections, "G": elsewhere}
    draft.tenant = replace(draft.tenant, default_directory="G")

    assert [("error", "default_directory")] == said(draft)
