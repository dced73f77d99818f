from dataclasses import replace
from datetime import timedelta

import pytest

from gateword.domain.client import AuthMethod, RefreshPolicy
from gateword.domain.connection import Connection
from gateword.domain.secret import Secret
from gateword.ports.documents import Kept
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
def test_database_without_a_login_script_is_a_warning(text: str, *, import_mode: bool) -> None:
    """Nobody should find that out by a failed login."""
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


def with_rule(script: str, *, enabled: bool = True) -> list[str]:
    """Return what is said of a tenant with such a rule, hosts of its own and a value."""
    draft = a_draft()
    rule = {"name": "R", "script": script, "enabled": enabled, "order": 1, "stage": "login_success"}
    settings = {"allowed_hosts": ["api.example"]}
    draft.documents |= {
        "rule": {"r": Kept(id="r", name="R", position=1, document=rule)},
        "rules_config": {"KEY": Kept(id="KEY", document={})},
        "script_settings": {"scripts": Kept(id="scripts", document=settings)},
    }
    return [f"{one.level} {one.about} {one.text}" for one in findings(draft, KEYS, START)]


def test_rules_are_looked_through() -> None:
    """Redirects, hosts and values by line; what is missing once, with all that does not act."""
    body = """function (user, context, callback) {
      context.redirect = { url: 'https://go.example' };
      request('https://api.example/x', () => request('https://b.example/' + configuration.KEY));
      configuration.OTHER; require('left-pad');
      callback(null, user, context);
    }"""

    told = with_rule(body)

    assert 4 == len(told)
    assert "warning rule R ends logins where it wants left-pad: not there" == told[0]
    assert told[1].startswith("warning rule R line 2 may redirect: ")
    assert "line 3 asks b.example" in told[2]
    assert "allowed_hosts of x-gateword-scripts" in told[2]
    assert "line 4 reads configuration.OTHER" in told[3]


def test_rule_that_does_not_run_is_not_looked_through() -> None:
    """Nor is anything said of one that is sound."""
    assert [] == with_rule("function (u, c, cb) { }", enabled=False)
    assert [] == with_rule("function (u, c, cb) { configuration.KEY; cb(null, u, c); }")
