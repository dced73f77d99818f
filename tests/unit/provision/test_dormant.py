"""What is stored and does not act yet is told, by apply and by doctor alike."""

import pytest

from gateword.policy import attack_protection
from gateword.ports.documents import Kept
from gateword.provision import dormant
from gateword.provision.apply import Applied, apply
from gateword.provision.draft import drawn
from gateword.provision.files import load_text
from tests.support.house import House

NOTHING = (
    'rules: [{name: Asleep, script: "x()", enabled: false}]\n'
    "attackProtection: {bruteForceProtection: {max_attempts: 5}, captcha: {hcaptcha: {}}}\n"
    "x-gateword-attack-protection: {account_cap: 50}\n"
    "guardianFactors: [{name: sms, enabled: false}]\n"
    "databases: [{name: D, strategy: auth0}]\n"
)
SCRIPTED = """
databases:
  - name: D
    options:
      enabledDatabaseCustomization: true
      customScripts:
        login: function login() {}
        change_email: function () { require('bcrypt'); }
"""
IMPORTING = """
databases:
  - name: D
    options:
      enabledDatabaseCustomization: true
      import_mode: true
      customScripts:
        get_user: function () { require('mongodb'); require('pg@7'); }
        delete: x
"""
PROTECTED = """
attackProtection:
  bruteForceProtection: {max_attempts: 5}
  suspiciousIpThrottling: {stage: {pre-custom-token-exchange: {max_attempts: 5}}}
  breachedPasswordDetection: {enabled: true, shields: [block]}
  botDetection: {challenge_password_policy: always, challenge_passwordless_policy: when_risky}
  captcha: {active_provider_id: hcaptcha, hcaptcha: {site_key: site}}
"""
FACTORS = """
guardianFactors: [{name: webauthn-roaming, enabled: true}, {name: recovery-code, enabled: true}]
guardianPolicies: {policies: [all-applications]}
"""
ASKED_FACTORS = """
guardianFactors: [{name: otp, enabled: true}]
guardianPolicies: {policies: [all-applications]}
"""
PROTECTION = "attack protection has settings without effect"
UNUSED = "stage pre-custom-token-exchange, challenge_passwordless_policy, captcha hcaptcha"
ACTS_AS_ANOTHER = """
attackProtection:
  breachedPasswordDetection: {enabled: true, shields: [block], method: enhanced}
  botDetection: {challenge_password_reset_policy: when_risky}
"""
ACTS_AS_SAID = """
attackProtection:
  breachedPasswordDetection: {enabled: false, method: enhanced}
  botDetection: {challenge_password_reset_policy: always}
"""
METHOD = "method enhanced, which acts as standard"
RESET = "challenge_password_reset_policy when_risky, which acts as never"
ACTION = """
actions:
  - {name: Greet, code: x, deployed: true, supported_triggers: [{id: post-login, version: v3}]}
  - {name: Draft, code: require('left-pad'), supported_triggers: [{id: post-login}]}
  - {name: Late, code: x, deployed: true, supported_triggers: [{id: pre-user-registration}]}
  - {name: Pad, code: require('left-pad'), deployed: true, supported_triggers: [{id: post-login}]}
"""
RULES = """
rules:
  - {name: Bbb, script: "function () { require('mongodb@3'); require('lodash'); }", order: 2}
  - {name: Aaa, script: "function () { auth0.users.x(); require(`x`); mongo('y'); }", order: 1}
  - {name: Ccc, script: "require('left-pad')", order: 3, enabled: false}
"""
NO_LOGIN = "asks its scripts and has no login script"
CASES = [
    (
        RULES,
        (
            "rule Aaa ends logins where it wants x, auth0.users.x, mongo: not there",
            "rule Bbb ends logins where it wants mongodb: not there",
        ),
    ),
    (
        ACTION,
        (
            "Action Late is stored, and its trigger does not run yet",
            "Action Pad ends logins where it wants left-pad: not there yet",
        ),
    ),
    (
        PROTECTED,
        (f"{PROTECTION}: {UNUSED}",),
    ),
    (
        FACTORS,
        (
            "second factors that need a browser are never asked for: webauthn-roaming",
            "policy all-applications ends logins: no second factor is on that could be shown",
        ),
    ),
    (ASKED_FACTORS, ()),
    (ACTS_AS_ANOTHER, (f"{PROTECTION}: {METHOD}, {RESET}",)),
    (ACTS_AS_SAID, ()),
    (SCRIPTED, ()),
    (
        IMPORTING,
        (
            f"database D {NO_LOGIN}, so users it does not have yet are unknown",
            "database D fails at script get_user where it wants mongodb, pg: not there",
            "database D has scripts that are never asked: delete",
        ),
    ),
    (NOTHING, ()),
]


async def done(house: House, text: str, *, dry_run: bool) -> Applied:
    """Apply a text."""
    source = load_text("f.yaml", text, {})
    return await apply(source.root, house.parts, dry_run=dry_run)


@pytest.mark.parametrize(("text", "notes"), CASES)
async def test_apply_tells_what_does_not_act(
    house: House, text: str, notes: tuple[str, ...]
) -> None:
    """In a dry run, when it is stored, and when it has been there before."""
    dry = await done(house, text, dry_run=True)
    first = await done(house, text, dry_run=False)
    second = await done(house, text, dry_run=False)

    assert [notes] * 3 == [one.notes for one in (dry, first, second)]


async def test_sections_that_a_file_has_not_are_not_told_of(house: House) -> None:
    """A file about roles says nothing of rules."""
    await done(house, CASES[0][0], dry_run=False)

    assert () == (await done(house, "roles: [{name: Clerk}]", dry_run=False)).notes


OFF = """
attackProtection:
  suspiciousIpThrottling: {enabled: false, stage: {pre-custom-token-exchange: {rate: 5}}}
  captcha: {recaptcha_v2: {site_key: site}}
"""


async def test_what_would_act_nowhere_is_not_told_of(house: House) -> None:
    """A stage of what is off, and a provider that nobody chose."""
    assert () == (await done(house, OFF, dry_run=False)).notes


async def test_back_off_of_phones_is_told_of(house: House) -> None:
    """No file has it; the Management API may have stored it."""
    kept = Kept(id=attack_protection.PHONE_PROVIDER, document={"type": "exponential"})
    await house.parts.stores.documents.put(attack_protection.KIND, kept, house.clock.now())

    (told,) = dormant.stored(await drawn(house.parts))

    assert f"{PROTECTION}: phone provider protection" == str(told)


@pytest.mark.parametrize(("text", "notes"), CASES[:4])
async def test_the_tenant_itself_tells_the_same(
    house: House, text: str, notes: tuple[str, ...]
) -> None:
    """What doctor warns of comes from the stores, whoever put it there."""
    before = dormant.stored(await drawn(house.parts))
    await done(house, text, dry_run=False)

    after = dormant.stored(await drawn(house.parts))

    assert ([], list(notes)) == (before, [str(one) for one in after])
