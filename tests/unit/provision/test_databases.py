import pytest

from tests.support.house import House
from tests.unit.provision.applying import applied, faults

STAFF = """
databases:
  - name: Staff
    options: {passwordPolicy: low, disable_signup: true}
"""


async def test_options_of_a_stored_database_are_merged(house: House) -> None:
    """As with Auth0's Deploy CLI: what the file leaves out of options stays."""
    await applied(house, STAFF)

    await applied(house, "databases:\n  - {name: Staff, options: {requires_username: true}}\n")
    stored = await house.parts.stores.connections.named("Staff")

    assert stored is not None
    assert ("low", True, True) == (
        stored.options["passwordPolicy"], stored.options["disable_signup"],
        stored.requires_username,
    )  # fmt: skip


async def test_script_settings_are_kept_sealed_and_applied_once(house: House) -> None:
    """The same file applied again changes nothing, though ciphertexts are never the same."""
    text = STAFF + "    # the scripts' own\n" + (
        "  - name: Old\n    options:\n      enabledDatabaseCustomization: true\n"
        "      customScripts: {login: 'function login() {}'}\n"
        "      configuration: {KEY: s3cr3t}\n"
    )  # fmt: skip
    await applied(house, text)
    before = await house.parts.stores.connections.named("Old")

    again = await applied(house, text)

    assert before is not None
    assert before.configuration["KEY"].shown
    assert [] == again
    assert before == await house.parts.stores.connections.named("Old")


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (
            "{attributes: {email: {identifier: {active: true}}}, requires_username: true}",
            "databases[0].options: Cannot set both options.attributes and options.requires_usern",
        ),
        ("{attributes: {email: {}}}", "databases[0].options: attributes must contain one active"),
        ("{pasword_policy: low}", "databases[0].options.pasword_policy: unknown member; did you"),
        ("{disable_signup: 1}", "databases[0].options.disable_signup: must be true or false"),
    ],
)
async def test_option_that_cannot_be_is_named(house: House, options: str, fault: str) -> None:
    """Files are checked by the same rules as the Management API's bodies."""
    (line,) = await faults(house, f"databases: [{{name: D, options: {options}}}]")

    assert line.startswith(f"f.yaml:1: {fault}")


async def test_database_of_another_strategy_is_refused(house: House) -> None:
    """The section `databases` holds databases."""
    (line,) = await faults(house, "databases: [{name: D, strategy: samlp}]")

    assert "f.yaml:1: databases[0].strategy: a database has the strategy auth0" == line
