"""Rules, Actions, attack protection, second factors and delivery of a file."""

import pytest

from gateword.login import mfa
from gateword.policy import action_document, log_stream_document, rule_document
from gateword.ports.documents import Kept
from tests.support.house import House
from tests.unit.provision.applying import applied, faults

ACTION = """
actions:
  - name: Greet
    code: "exports.x = 1;"
    supported_triggers: [{id: post-login, version: v3}]
    secrets: [{name: TOKEN, value: hush}]
    deployed: true
"""
STREAM = """
logStreams:
  - name: Archive
    type: http
    sink: {httpEndpoint: "https://logs.example/in", httpAuthorization: hush}
"""


def rules(*order: str) -> str:
    """Return a file with rules in that order."""
    items = [
        f'  - {{name: {name}, script: "x()", order: {place}}}' for place, name in enumerate(order)
    ]
    return "\n".join(["rules:", *items])


async def kept(house: House, kind: str, name: str) -> Kept:
    """Return the document of that name."""
    found = {one.name: one for one in await house.parts.stores.documents.all(kind)}
    return found[name]


async def test_rules_may_change_places_in_one_file(house: House) -> None:
    """No two have the same place at any moment, and still they all end where they should."""
    await applied(house, rules("Aaa", "Bbb", "Ccc"))

    changes = await applied(house, rules("Ccc", "Aaa", "Bbb"))

    stored = await house.parts.stores.documents.all(rule_document.KIND)
    assert ["Ccc", "Aaa", "Bbb"] == [one.name for one in stored]
    assert [("order",)] * 3 == [change.members for change in changes]
    assert [] == await applied(house, rules("Ccc", "Aaa", "Bbb"))


async def test_two_rules_cannot_have_one_place(house: House) -> None:
    """Neither two of the file, nor one of the file and one that is there."""
    await applied(house, rules("Aaa"))

    (line,) = await faults(house, 'rules: [{name: Bbb, script: "x()", order: 0}]')

    assert "f.yaml:1: rules[0].order: is the order of the rule Aaa too" == line


async def test_rule_without_an_order_stands_behind_the_others(house: House) -> None:
    """And keeps its place when the file is applied again."""
    await applied(house, rules("Aaa", "Bbb"))
    text = 'rules: [{name: Ccc, script: "x()"}]'

    await applied(house, text)

    assert 2 == (await kept(house, rule_document.KIND, "Ccc")).position
    assert [] == await applied(house, text)


async def test_value_for_rules_is_changed_and_never_shown(house: House) -> None:
    """Only that it differs is told."""
    await applied(house, "rulesConfigs: [{key: API, value: one}]")

    (change,) = await applied(house, "rulesConfigs: [{key: API, value: two}]")

    stored = await house.parts.stores.documents.get("rules_config", "API")
    assert stored is not None
    assert stored.secret is not None
    assert ("two", ("value",)) == (stored.secret.reveal(), change.members)
    assert "two" not in repr(change)


async def test_action_is_deployed_once_for_each_content(house: House) -> None:
    """Applied again it makes no new version; other code makes one."""
    await applied(house, ACTION)
    again = await applied(house, ACTION)
    changed = await applied(house, ACTION.replace("x = 1", "x = 2"))

    stored = (await kept(house, action_document.KIND, "Greet")).document
    assert [] == again
    assert [("code",)] == [change.members for change in changed]
    assert (2, True) == (
        len(action_document.versions("", stored)), stored["all_changes_deployed"],
    )  # fmt: skip


async def test_secret_of_an_action_is_kept_when_its_value_is_left_out(house: House) -> None:
    """A new one needs a value."""
    await applied(house, ACTION)

    unchanged = await applied(house, ACTION.replace(", value: hush", ""))
    (line,) = await faults(house, ACTION.replace("TOKEN, value: hush", "OTHER"))

    assert [] == unchanged
    assert "f.yaml:6: actions[0].secrets: the secret OTHER needs a value" in line


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{post-logn: []}", "post-logn: unknown member; did you mean post-login?"),
        ("{post-login: [{action_name: Gret}]}", "no Action is named Gret; did you mean Greet?"),
        ("{credentials-exchange: [{action_name: Greet}]}", "Greet is not for this trigger"),
    ],
)
async def test_binding_that_cannot_be_is_a_fault(house: House, text: str, fault: str) -> None:
    """What is bound must be there, be made for the trigger, and be deployed."""
    (line,) = await faults(house, f"{ACTION}triggers: {text}\n")

    assert fault in line


async def test_action_must_be_deployed_to_be_bound(house: House) -> None:
    """As at Auth0: a binding to nothing would run nothing."""
    bound = f"{ACTION}triggers: {{post-login: [{{action_name: Greet}}]}}\n"

    (line,) = await faults(house, bound.replace("    deployed: true\n", ""))

    assert "is not deployed; set deployed: true" in line


async def test_attack_protection_merges(house: House) -> None:
    """What the file leaves out stays as somebody set it."""
    await applied(house, "attackProtection: {bruteForceProtection: {max_attempts: 5}}")

    (change,) = await applied(house, "attackProtection: {bruteForceProtection: {enabled: false}}")

    stored = await house.parts.stores.documents.get("attack_protection", "brute-force-protection")
    assert stored is not None
    assert (5, False) == (stored.document["max_attempts"], stored.document["enabled"])
    assert ("enabled",) == change.members


async def test_own_attack_protection_merges(house: House) -> None:
    """The section that Auth0's tools do not know follows the habits of the one they know."""
    section = "x-gateword-attack-protection: {%s}"
    await applied(house, section % "account_cap: 50, admin_email: admin@example.com")

    (change,) = await applied(house, section % "account_cap: null, lockout_style: backoff")

    stored = await house.parts.stores.documents.get("attack_protection", "x-gateword")
    assert stored is not None
    assert (100, "admin@example.com", "backoff") == (
        stored.document["account_cap"],
        stored.document["admin_email"],
        stored.document["lockout_style"],
    )
    assert ("attack protection", "x-gateword") == (change.kind, change.name)
    assert ("lockout_style", "account_cap") == change.members
    assert [] == await applied(house, section % "lockout_style: backoff")


async def test_settings_of_scripts_merge(house: House) -> None:
    """The list of hosts is one value; what is left out stays."""
    await applied(house, "x-gateword-scripts: {allowed_hosts: [a.example, b.example]}")

    (change,) = await applied(
        house, "x-gateword-scripts: {allowed_hosts: [c.example], mask_runtime_errors: true}"
    )
    await applied(house, "x-gateword-scripts: {mask_runtime_errors: null}")

    settings = await house.parts.scripts.settings()
    assert (("c.example",), False) == (settings.allowed_hosts, settings.mask_runtime_errors)
    assert ("settings of scripts", "scripts") == (change.kind, change.name)
    assert ("allowed_hosts", "mask_runtime_errors") == change.members
    assert [] == await applied(house, "x-gateword-scripts: {allowed_hosts: [c.example]}")


async def test_settings_of_second_factors_merge(house: House) -> None:
    """What is left out stays, and null takes a member to its default."""
    await applied(house, "x-gateword-mfa: {first_enrollment: ticket, otp_window: 0}")

    (change,) = await applied(house, "x-gateword-mfa: {otp_window: null, writes_amr: true}")

    settings = await mfa.settings(house.parts)
    assert ("ticket", 1, True) == (
        settings.first_enrollment, settings.otp_window, settings.writes_amr
    )  # fmt: skip
    assert ("settings of second factors", "mfa") == (change.kind, change.name)
    assert ("otp_window", "writes_amr") == change.members
    assert [] == await applied(house, "x-gateword-mfa: {first_enrollment: ticket}")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("x-gateword-mfa: {otp_window: 3}", "otp_window: must be 0 to 2"),
        ("x-gateword-mfa: {first_enrolment: ticket}", "did you mean first_enrollment?"),
        ("x-gateword-mfa: {on_refresh: sometimes}", "is not possible here"),
        ("x-gateword-scripts: {allowed_hosts: [https://a.example/]}", "must be a host alone"),
        ("x-gateword-scripts: {allowed_hosts: a.example}", "allowed_hosts: must be a list of at"),
        ("x-gateword-scripts: {allow_hosts: []}", "did you mean allowed_hosts?"),
        ("x-gateword-attack-protection: {account_cap: -1}", "account_cap: must be 0 to 10000"),
        ("x-gateword-attack-protection: {admin_mail: x}", "did you mean admin_email?"),
        ("x-gateword-attackprotection: {}", "did you mean x-gateword-attack-protection?"),
        ("guardianFactors: [{name: opt, enabled: true}]", "no factor is named opt; did you mean"),
        ("guardianPolicies: {policies: [all]}", "'all' is not possible here"),
        ("attackProtection: {bruteForce: {}}", "attackProtection.bruteForce: unknown member"),
        ("guardianFactorTemplates: [{name: mail}]", "mail/templates is not known"),
        ("emailTemplates: [{template: reset_mail}]", "no letter reset_mail; did you mean reset_"),
        ('emailTemplates: [{template: reset_email, subject: "{{ a.__class__ }}"}]', "subject: "),
        ("logStreams: [{name: S, type: eventbridge, sink: {}}]", "logStreams[0].type: "),
    ],
)
async def test_fault_of_a_section_is_named(house: House, text: str, fault: str) -> None:
    """With its line and place, as in the older sections."""
    lines = await faults(house, text)

    assert any(fault in line for line in lines)
    assert all(line.startswith("f.yaml:1: ") for line in lines)


async def test_authorization_stays_with_its_server(house: House) -> None:
    """Left out it is kept; whoever turns the stream to another server does not take it along."""
    await applied(house, STREAM)
    bare = STREAM.replace(", httpAuthorization: hush", "")

    same = await applied(house, bare)
    elsewhere = await applied(house, bare.replace("logs.example", "thief.example"))

    assert [] == same
    assert [("sink", "secret")] == [change.members for change in elsewhere]
    assert (await kept(house, log_stream_document.KIND, "Archive")).secret is None
