from collections.abc import Mapping
from typing import Any

from gateword.policy import action_document as policy
from gateword.policy.members import Fault, Members

NOON = "2026-01-05T12:00:00.000Z"
LATER = "2026-01-05T13:00:00.000Z"
ASKED: dict[str, object] = {
    "name": "enrich",
    "supported_triggers": [{"id": "post-login"}],
    "secrets": [{"name": "KEY", "value": "hush"}],
}


def created(**more: object) -> tuple[dict[str, Any], list[str]]:
    """Return the Action that a document creates, and the texts of its faults."""
    faults: list[Fault] = []
    action = policy.created(Members({**ASKED, **more}, (), faults), NOON)
    return action, [fault.text for fault in faults]


def changed(action: Mapping[str, object], **members: object) -> dict[str, Any]:
    """Return an Action changed at LATER."""
    faults: list[Fault] = []
    made = policy.changed(Members(members, (), faults), action, LATER)
    assert [] == faults
    return made


def test_trigger_without_a_version_gets_the_current_one() -> None:
    """As Auth0's dashboard offers it."""
    assert [{"id": "post-login", "version": "v3"}] == created()[0]["supported_triggers"]


def test_values_of_secrets_stand_nowhere_in_the_document() -> None:
    """They go in, and never come out."""
    action, faults = created()

    assert [] == faults
    assert "hush" not in repr(action)
    assert "hush" not in repr(policy.shown("id", policy.deployed(action, "v", NOON)))


def test_secret_without_a_value_keeps_the_one_it_had() -> None:
    """Whoever sends back what was read erases nothing; a new one wants a value."""
    action, _ = created()
    values, without = policy.present_values(ASKED["secrets"], action, {})
    named = changed(action, secrets=[{"name": "KEY"}, {"name": "OTHER"}])
    after, missing = policy.present_values([{"name": "KEY"}, {"name": "OTHER"}], named, values)

    assert ([], ["OTHER"]) == (without, missing)
    assert {"KEY": "hush"} == after[policy.PRESENT]
    assert NOON == named["secrets"][0]["updated_at"]


def test_version_keeps_the_values_it_was_deployed_with() -> None:
    """A new value of a secret changes no version; a version that is dropped takes its own along."""
    action, _ = created()
    values, _ = policy.present_values(ASKED["secrets"], action, {})
    first = policy.deployed(action, "v1", NOON)
    values = policy.kept_values(first, values)
    new = [{"name": "KEY", "value": "new"}]
    values, _ = policy.present_values(new, changed(first, secrets=new), values)
    second = policy.deployed(first, "v2", LATER)
    values = policy.kept_values(second, values)

    assert {policy.PRESENT: {"KEY": "new"}, "v1": {"KEY": "hush"}, "v2": {"KEY": "new"}} == values


def test_versions_are_numbered_on_and_the_oldest_go() -> None:
    """A hundred deployments do not make a document of a hundred versions."""
    action: Mapping[str, object] = created()[0]
    for number in range(1, 16):
        action = policy.deployed(action, f"v{number}", NOON)
    kept = policy.versions("id", action)

    assert list(range(15, 5, -1)) == [version["number"] for version in kept]
    assert [True] + [False] * 9 == [version["deployed"] for version in kept]


def test_change_is_not_deployed_until_it_is() -> None:
    """`all_changes_deployed` says whether what runs is what stands there."""
    deployed = policy.deployed(created()[0], "v1", NOON)
    shown = policy.shown("id", changed(deployed, code="new"))
    version: Any = shown["deployed_version"]

    assert (True, False) == (deployed["all_changes_deployed"], shown["all_changes_deployed"])
    assert ("new", "") == (shown["code"], version["code"])


def test_faults_are_told() -> None:
    """One trigger, known versions, no secret twice, no modules."""
    assert created(supported_triggers=[])[1]
    assert created(supported_triggers=[{"id": "post-login"}] * 2)[1]
    assert created(supported_triggers=[{"id": "post-login", "version": "v9"}])[1]
    assert created(secrets=[{"name": "A", "value": "1"}, {"name": "A", "value": "2"}])[1]
    assert created(modules=[{"module_id": "m"}])[1]
    assert created(runtime="node8")[1]
    assert created(code="x" * 100_001)[1]


def test_action_that_wants_what_is_not_there_fails_to_build() -> None:
    """It is kept; deploying it makes a version that failed, and what was deployed goes on."""
    action, faults = created()
    running = policy.deployed(action, "v1", NOON)
    draft = changed(running, dependencies=[{"name": "left-pad", "version": "1"}])
    after = policy.deployed(draft, "v2", LATER)

    assert [] == faults
    assert ("built", "failed") == (running["status"], draft["status"])
    assert "v1" == after["deployed"]
    assert after["all_changes_deployed"] is False
    failed, good = policy.versions("id", after)
    assert ("failed", False, "The module left-pad is not available.") == (
        failed["status"],
        failed["deployed"],
        failed["errors"][0]["msg"],  # type: ignore[index]
    )
    assert ("built", True, []) == (good["status"], good["deployed"], good["errors"])


def test_deployed_version_outlives_those_that_failed() -> None:
    """Whatever is deployed in vain, what runs is kept."""
    action, _ = created()
    action = policy.deployed(action, "v1", NOON)
    action = changed(action, dependencies=[{"name": "left-pad"}])
    for number in range(policy.MAX_VERSIONS + 2):
        action = policy.deployed(action, f"w{number}", LATER)

    assert policy.MAX_VERSIONS + 1 == len(policy.versions("id", action))
    assert policy.running(action) == policy.version_of(action, "v1") is not None
