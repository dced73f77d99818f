from collections.abc import Mapping

import pytest

from gateword.policy import rule_document
from gateword.policy.members import Fault, Members


def created(document: Mapping[str, object], order: int = 3) -> tuple[dict[str, object], list[str]]:
    """Return the rule that a document creates, and the members at fault."""
    faults: list[Fault] = []
    rule = rule_document.created(Members(document, (), faults), order)
    return rule, [str(fault.path[-1]) if fault.path else "" for fault in faults]


def test_rule_has_the_documented_defaults() -> None:
    """management-api §6: enabled, behind all others, at login_success."""
    rule = {"name": "a rule", "script": "f", "enabled": True, "order": 3, "stage": "login_success"}

    assert (rule, []) == created({"name": "a rule", "script": "f"})


@pytest.mark.parametrize(
    "name", ["-no", "no-", " no", "no ", "ab", "a_b", "a.b", "aäb", "", "a" * 141]
)
def test_name_that_auth0_refuses_is_a_fault(name: str) -> None:
    """Letters, digits, spaces and inner hyphens, three characters at least."""
    assert "name" in created({"name": name, "script": "f"})[1]


@pytest.mark.parametrize("name", ["abc", "a b", "A-1", "1 rule - of two", "a" * 140])
def test_name_that_auth0_takes_is_good(name: str) -> None:
    """The pattern is that of Auth0's Deploy CLI."""
    assert [] == created({"name": name, "script": "f"})[1]


@pytest.mark.parametrize(
    ("document", "at"),
    [
        ({"script": "f"}, "name"),
        ({"name": "a rule"}, ""),
        ({"name": "a rule", "script": 1}, "script"),
        ({"name": "a rule", "script": "f" * 100_001}, "script"),
        ({"name": "a rule", "script": "f", "order": -1}, "order"),
        ({"name": "a rule", "script": "f", "enabled": "yes"}, "enabled"),
        ({"name": "a rule", "script": "f", "stage": "pre_authorize"}, "stage"),
        ({"name": "a rule", "script": "f", "colour": "red"}, "colour"),
    ],
)
def test_fault_names_the_member(document: Mapping[str, object], at: str) -> None:
    """What cannot be kept is said where it stands."""
    assert at in created(document)[1]


def test_change_keeps_what_it_does_not_name() -> None:
    """PATCH: absent stays, null goes back to the default."""
    before, _ = created({"name": "a rule", "script": "f", "enabled": False})
    faults: list[Fault] = []

    after = rule_document.changed(Members({"enabled": None, "order": 9}, (), faults), before)

    assert ({**before, "enabled": True, "order": 9}, []) == (after, faults)


def test_next_order_is_behind_all() -> None:
    """A gap is not filled: the rule runs last."""
    assert [1, 8] == [rule_document.next_order(rules) for rules in ([], [{"order": 7}])]


@pytest.mark.parametrize(
    ("orders", "to", "changed"),
    [
        ({"a": 1, "b": 2, "c": 3}, 1, {"c": 1, "a": 2, "b": 3}),
        ({"a": 1, "c": 2, "b": 3}, 3, {"c": 3, "b": 4}),
        ({"a": 1, "b": 2, "c": 5}, 2, {"c": 2, "b": 3}),
        ({"a": 1, "b": 4, "c": 5}, 1, {"c": 1, "a": 2}),
        ({"a": 1, "b": 2, "c": 3}, 9, {"c": 9}),
        ({"a": 1, "c": 2}, 2, {}),
        ({"c": 2}, 1, {"c": 1}),
    ],
)
def test_rule_that_moves_pushes_only_whom_it_must(
    orders: dict[str, int], to: int, changed: dict[str, int]
) -> None:
    """Gaps take up the push; whoever need not move keeps the place that files know."""
    assert changed == rule_document.moved(orders, "c", to)
