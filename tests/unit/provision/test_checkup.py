from dataclasses import replace
from datetime import timedelta

import pytest

from gateword.domain.client import AuthMethod, RefreshPolicy
from gateword.domain.connection import Connection
from gateword.domain.secret import Secret
from gateword.provision.checkup import findings
from tests.support.stand_ins import START
from tests.unit.provision.checked import GRANTS, KEYS, a_draft, said


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
