from typing import Any

import pytest

from gateword.domain.connection import Connection, ScriptSetting
from gateword.domain.secret import Secret
from gateword.policy import connection_document
from gateword.policy.connection_options import DEFAULTS
from gateword.policy.members import Fault, Members


def attempt(
    stored: Connection | None = None,
    name: str = "Customers",
    *,
    merges: bool = False,
    **document: Any,
) -> tuple[Connection, list[Fault]]:
    """Return what a document makes of a connection, and its faults."""
    members = Members({"name": name, **document}, (), [])
    if stored is None:
        return connection_document.created(members, name, "con_1"), members.faults
    return connection_document.changed(members, stored, merges=merges), members.faults


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
    """What a change leaves out disappears, but passkey_options and authentication_methods stay."""
    stored, _ = attempt(options={"disable_signup": True, "passwordPolicy": "low"})

    connection, _ = attempt(stored, options={"requires_username": True})

    assert {
        "passkey_options": DEFAULTS["passkey_options"],
        "authentication_methods": DEFAULTS["authentication_methods"],
        "requires_username": True,
    } == connection.options
    assert connection.requires_username


def test_options_of_a_file_are_merged() -> None:
    """As Auth0's Deploy CLI sends them: what the file leaves out stays, null takes away."""
    stored, _ = attempt(options={"disable_signup": True, "passwordPolicy": "low"})

    connection, _ = attempt(
        stored, merges=True, options={"requires_username": True, "disable_signup": None}
    )

    assert {
        **DEFAULTS, "passwordPolicy": "low", "requires_username": True,
    } == connection.options  # fmt: skip


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


def test_a_change_that_leaves_the_methods_out_does_not_open_the_login_again() -> None:
    """What stays in options stays in force."""
    stored, _ = attempt(options={"authentication_methods": {"password": {"enabled": False}}})

    connection, _ = attempt(stored, options={"disable_signup": True})

    assert not connection.passwords_enabled


@pytest.mark.parametrize("name", ["-a", "a b", "a" * 129, "ä", "a-"])
def test_name_that_cannot_be_a_realm_is_refused(name: str) -> None:
    """Letters, digits and inner hyphens, at most 128 (Auth0: "Create a connection")."""
    _, faults = attempt(name=name)

    assert [("name",)] == [fault.path for fault in faults]


@pytest.mark.parametrize("realms", [[], None])
def test_no_realm_means_the_connections_name(realms: list[str] | None) -> None:
    """Empty or null, `realms` becomes the name (auth0-python, `realms` of a connection)."""
    stored, _ = attempt(realms=["staff"])

    connection, _ = attempt(stored, realms=realms)

    assert ("Customers",) == connection.realms


def test_script_settings_stand_apart_from_the_other_options() -> None:
    """A value goes in, and the options that are stored and logged do not hold it."""
    connection, faults = attempt(options={"configuration": {"KEY": "s3cr3t"}})

    assert [] == faults
    assert {"KEY": ScriptSetting(value=Secret("s3cr3t"))} == connection.configuration
    assert "configuration" not in connection.options


@pytest.mark.parametrize("sent", ["ciphertext", "s3cr3t"])
def test_ciphertext_that_was_read_keeps_its_value(sent: str) -> None:
    """Callers read, merge and write; what they read of a setting is its ciphertext."""
    kept = ScriptSetting(value=Secret("s3cr3t"), shown="ciphertext")
    stored, _ = attempt()
    stored = Connection(key=1, id="con_1", name="C", strategy="auth0", configuration={"KEY": kept})

    connection, _ = attempt(stored, options={"configuration": {"KEY": sent, "NEW": "x"}})

    assert {
        "KEY": kept, "NEW": ScriptSetting(value=Secret("x")),
    } == connection.configuration  # fmt: skip
    assert {"KEY": "ciphertext", "NEW": ""} == connection_document.rendered(connection)["options"][  # type: ignore[index]
        "configuration"
    ]


def test_script_settings_left_out_of_options_are_gone_unless_merged() -> None:
    """`options` is replaced as a whole by the API; a file that leaves it out keeps it."""
    stored, _ = attempt(options={"configuration": {"KEY": "s3cr3t"}})

    replaced, _ = attempt(stored, options={"disable_signup": True})
    merged, _ = attempt(stored, merges=True, options={"disable_signup": True})

    assert ({}, stored.configuration) == (replaced.configuration, merged.configuration)


@pytest.mark.parametrize(
    ("options", "is_scripted", "imports"),
    [
        ({}, False, False),
        ({"import_mode": True}, False, False),
        ({"enabledDatabaseCustomization": True}, True, False),
        ({"enabledDatabaseCustomization": True, "import_mode": True}, True, True),
    ],
)
def test_scripts_have_a_say_only_when_switched_on(
    options: dict[str, bool], *, is_scripted: bool, imports: bool
) -> None:
    """`import_mode` means something only with `enabledDatabaseCustomization`."""
    connection, faults = attempt(options=options)

    assert [] == faults
    assert (is_scripted, imports) == (connection.is_scripted, connection.imports_users)


def test_strategy_cannot_be_changed() -> None:
    """Auth0: the strategy of a connection is fixed when it is created."""
    stored, _ = attempt()

    _, faults = attempt(stored, strategy="samlp")

    assert [("strategy",)] == [fault.path for fault in faults]


def test_options_of_another_strategy_are_kept_as_they_are() -> None:
    """No default of databases is in them, and none is checked."""
    connection, faults = attempt(strategy="samlp", options={"signInEndpoint": "https://idp"})

    assert [] == faults
    assert {"signInEndpoint": "https://idp"} == connection.options


def test_realms_are_for_databases() -> None:
    """Seen at Auth0: only a database connection has realms of its own."""
    other, _ = attempt(strategy="samlp", realms=["staff"])
    database, _ = attempt(realms=["staff"])

    assert "Realms is only supported for database connections." == connection_document.conflict(
        other
    )
    assert None is connection_document.conflict(database)


def test_a_connection_reads_back_what_it_renders() -> None:
    """An exported connection imports again unchanged."""
    stored, _ = attempt(
        realms=["staff"], options={"passwordPolicy": "fair"}, authentication={"active": False}
    )

    document: dict[str, Any] = connection_document.rendered(stored)
    again, faults = attempt(stored, **document)

    assert [] == faults
    assert connection_document.rendered(stored) == connection_document.rendered(again)
