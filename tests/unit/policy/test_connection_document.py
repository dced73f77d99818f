from typing import Any

import pytest

from gateword.domain.connection import Connection
from gateword.policy import connection_document
from gateword.policy.connection_document import DEFAULT_OPTIONS
from gateword.policy.members import Fault, Members


def attempt(
    stored: Connection | None = None, name: str = "Customers", **document: Any
) -> tuple[Connection, list[Fault]]:
    """Return what a document makes of a connection, and its faults."""
    members = Members({"name": name, **document}, (), [])
    if stored is None:
        return connection_document.created(members, name, "con_1"), members.faults
    return connection_document.changed(members, stored), members.faults


def test_new_connection_has_auth0s_defaults() -> None:
    """Its own name is its realm, its password policy is good, and it is enabled for nobody."""
    connection, faults = attempt()

    assert [] == faults
    assert (("Customers",), "good") == (
        connection.realms, connection.options["passwordPolicy"],
    )  # fmt: skip
    assert (frozenset(), True, True) == (
        connection.enabled_clients, connection.is_active, connection.passwords_enabled,
    )  # fmt: skip


def test_options_are_replaced_as_a_whole() -> None:
    """What a second document leaves out of options goes back to its default."""
    stored, _ = attempt(options={"disable_signup": True, "passwordPolicy": "low"})

    connection, _ = attempt(stored, options={"requires_username": True})

    assert {**DEFAULT_OPTIONS, "requires_username": True} == connection.options
    assert connection.requires_username


def test_options_left_out_are_kept() -> None:
    """A document without options changes none."""
    stored, _ = attempt(options={"passwordPolicy": "low"})

    connection, _ = attempt(stored, display_name="Our customers")

    assert stored.options == connection.options
    assert "Our customers" == connection.document["display_name"]


def test_password_method_switched_off_reaches_the_login() -> None:
    """`authentication_methods.password.enabled: false` closes the connection to passwords."""
    connection, _ = attempt(options={"authentication_methods": {"password": {"enabled": False}}})

    assert not connection.passwords_enabled


@pytest.mark.parametrize("name", ["-a", "a b", "a" * 129, "ä", "a-"])
def test_name_that_cannot_be_a_realm_is_refused(name: str) -> None:
    """Letters, digits and inner hyphens, at most 128 (Auth0: "Create a connection")."""
    _, faults = attempt(name=name)

    assert [("name",)] == [fault.path for fault in faults]


@pytest.mark.parametrize("option", ["enabledDatabaseCustomization", "import_mode"])
def test_custom_scripts_are_refused_while_they_cannot_run(option: str) -> None:
    """A file that counts on scripts must not fall back to our own store in silence."""
    _, faults = attempt(options={option: True})

    assert [("options", option)] == [fault.path for fault in faults]


def test_another_strategy_is_refused() -> None:
    """Only our own store is served yet."""
    _, faults = attempt(strategy="samlp")

    assert [("strategy",)] == [fault.path for fault in faults]


def test_attributes_exclude_requires_username() -> None:
    """Auth0: cannot set both options.attributes and options.requires_username."""
    _, faults = attempt(options={"requires_username": True, "attributes": {"email": {}}})

    assert [("options", "attributes")] == [fault.path for fault in faults]


def test_a_connection_reads_back_what_it_renders() -> None:
    """An exported connection imports again unchanged."""
    stored, _ = attempt(
        realms=["staff"], options={"passwordPolicy": "fair"}, authentication={"active": False}
    )

    document: dict[str, Any] = connection_document.rendered(stored)
    again, faults = attempt(stored, **document)

    assert [] == faults
    assert stored == again
