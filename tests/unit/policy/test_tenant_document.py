from typing import Any

import pytest

from gateword.domain.tenant import Tenant
from gateword.policy import tenant_document
from gateword.policy.members import Fault, Members

TENANT = Tenant(key=1, name="t", domain="t.example")


def attempt(stored: Tenant = TENANT, **document: Any) -> tuple[Tenant, list[Fault]]:
    """Return what a document makes of the settings, and its faults."""
    members = Members(document, (), [])
    changed = tenant_document.changed(members, stored, {"Employees"}, {"urn:api"})
    return changed, members.faults


def test_unset_settings_show_their_recorded_defaults() -> None:
    """What nobody has set has a value on the wire all the same."""
    shown = tenant_document.rendered(TENANT)

    assert {
        "default_directory": "",
        "default_audience": "",
        "enabled_locales": ["en"],
        "session_lifetime": 168,
        "idle_session_lifetime": 72,
        "sandbox_version": "22",
        "sandbox_versions_available": ["22", "18", "16", "12"],
    } == {name: value for name, value in shown.items() if name != "flags"}


def test_flags_merge_and_null_takes_one_back() -> None:
    """PATCH names only the flags it means."""
    stored, _ = attempt(flags={"oauth_strict_status": True, "enable_sso": False})

    tenant, faults = attempt(stored, flags={"enable_sso": None, "universal_login": False})

    assert [] == faults
    assert {"oauth_strict_status": True, "universal_login": False} == tenant.flags


def test_null_takes_all_flags_back() -> None:
    """Each flag goes back to its default."""
    stored, _ = attempt(flags={"oauth_strict_status": True})

    tenant, _ = attempt(stored, flags=None)

    assert {} == tenant.flags


@pytest.mark.parametrize(("minutes", "hours"), [(181, 181 / 60), (120, 2)])
def test_lifetimes_may_be_written_in_minutes(minutes: int, hours: float) -> None:
    """Auth0's Deploy CLI does; answers are in hours."""
    tenant, faults = attempt(session_lifetime_in_minutes=minutes)

    assert [] == faults
    assert hours == tenant_document.rendered(tenant)["session_lifetime"]


@pytest.mark.parametrize("member", ["default_directory", "default_audience"])
@pytest.mark.parametrize("nothing", ["", None])
def test_default_is_taken_back_by_null_and_by_nothing(member: str, nothing: str | None) -> None:
    """Auth0 knows both."""
    stored, _ = attempt(default_directory="Employees", default_audience="urn:api")

    tenant, faults = attempt(stored, **{member: nothing})

    assert [] == faults
    assert "" == tenant_document.rendered(tenant)[member]


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"default_directory": "Nobody"}, ("default_directory",)),
        ({"default_audience": "urn:nothing"}, ("default_audience",)),
        ({"flags": {"fly": True}}, ("flags", "fly")),
        ({"flags": {"enable_sso": "yes"}}, ("flags", "enable_sso")),
        ({"sandbox_version": "4"}, ("sandbox_version",)),
        ({"session_lifetime_in_minutes": "long"}, ("session_lifetime_in_minutes",)),
        ({"domain": "evil.example"}, ("domain",)),
    ],
)
def test_fault_names_its_member(document: dict[str, Any], path: tuple[str, ...]) -> None:
    """Each fault stands at the member that is wrong, and what names something names what is."""
    _, faults = attempt(**document)

    assert [path] == [fault.path for fault in faults]
