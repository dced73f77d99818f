import pytest

from gateword.domain.resource_server import ResourceServer
from gateword.provision.apply import apply
from gateword.provision.changes import HIDDEN, Change, Difference, compared
from gateword.provision.files import load_text
from gateword.provision.plan import Faulty
from tests.support.house import House
from tests.unit.provision.applying import SHOP, applied, faults, fits, user


async def test_file_makes_the_tenant(house: House) -> None:
    """Names stand for ids, and every section arrives where logins look for it."""
    await applied(house, SHOP)

    stores = house.parts.stores
    tenant = await stores.settings.get()
    connections = {one.name: one for one in await stores.connections.all()}
    grant = await stores.client_grants.find("shop", "https://orders.example/")
    ann = await user(house, "Customers", "ann@example.com")
    assert ("Customers", "https://orders.example/", True) == (
        tenant.default_directory, tenant.default_audience, tenant.flag("oauth_strict_status"),
    )  # fmt: skip
    assert {"Customers": {"shop"}, "Employees": {"shop"}} == {
        name: set(one.enabled_clients) for name, one in connections.items()
    }
    assert grant is not None
    assert ("read:orders",) == grant.scope
    assert ("ann@example.com", True, "Ann") == (
        ann.email, ann.email_verified, ann.profile["given_name"],
    )  # fmt: skip
    assert {"write:orders"} == await stores.roles.permissions_of(ann.key, "https://orders.example/")
    assert await fits(house, "Customers", "ann@example.com", "Correct horse")


async def test_second_run_changes_nothing(house: House) -> None:
    """Applying is idempotent, secrets and passwords included."""
    await applied(house, SHOP)

    assert [] == await applied(house, SHOP)


async def test_a_tenants_export_applies_unchanged(house: House) -> None:
    """Generated secrets and ids of the first run are kept by the second."""
    text = "clients:\n  - {name: A}\n  - {name: B, app_type: spa}\n"
    await applied(house, text)
    before = await house.parts.stores.clients.all()

    assert [] == await applied(house, text)
    assert before == await house.parts.stores.clients.all()


async def test_only_what_differs_is_named(house: House) -> None:
    """A change lists the members that were changed, old and new."""
    await applied(house, SHOP)

    changes = await applied(
        house, SHOP.replace("[password, refresh_token]", "[password]").replace("Ann\n", "Anna\n")
    )

    assert [
        Change(
            kind="client",
            name="Shop",
            action="updated",
            members=("grant_types",),
            differences=(
                Difference(
                    member="grant_types", before=["password", "refresh_token"], after=["password"]
                ),
            ),
        ),
        Change(
            kind="user",
            name="ann@example.com in Customers",
            action="updated",
            members=("given_name",),
            differences=(Difference(member="given_name", before="Ann", after="Anna"),),
        ),
    ] == changes


async def test_diff_shows_no_secret(house: House) -> None:
    """What a client's secret or a user's password was and will be stays between the two."""
    await applied(house, SHOP)

    changes = await applied(
        house,
        SHOP.replace("a secret of the shop", "another of the shop").replace("Correct h", "Other h"),
    )

    assert [("client_secret", HIDDEN, HIDDEN), ("password", HIDDEN, HIDDEN)] == [
        (one.member, one.before, one.after) for change in changes for one in change.differences
    ]


async def test_diff_shows_scopes(house: House) -> None:
    """The value of a scope is its name, and no secret."""
    await applied(house, SHOP)

    (change,) = await applied(
        house, SHOP.replace('"write:orders"}]', '"write:orders"}, {value: x}]')
    )

    (difference,) = change.differences
    assert [{"value": one} for one in ("read:orders", "write:orders", "x")] == difference.after


@pytest.mark.parametrize("kind", ["action", "log stream", "rules config"])
def test_values_that_are_secrets_stay_hidden(kind: str) -> None:
    """A header of a log stream has a `value` as well."""
    (difference,) = compared(kind, "A", {"held": []}, {"held": [{"value": "hush"}]}).differences

    assert [{"value": HIDDEN}] == difference.after


@pytest.mark.parametrize("foreign", ["https://shop.eu.auth0.com/api/v2/", "https://a.b/api/v2/"])
async def test_management_api_of_another_tenant_means_our_own(house: House, foreign: str) -> None:
    """However little the two addresses look alike."""
    grant = f'clientGrants: [{{client_id: A, audience: "{foreign}", scope: []}}]'

    (line,) = await faults(house, f"clients: [{{name: A}}]\n{grant}")

    own = (await house.parts.stores.settings.get()).management_audience
    assert line.endswith(f"no resource server has this identifier; did you mean {own}?")


async def test_dry_run_writes_nothing(house: House) -> None:
    """It says what would change, and it is still to be changed afterwards."""
    source = load_text("f.yaml", SHOP, {})

    would = await apply(source.root, house.parts, dry_run=True)
    did = await apply(source.root, house.parts)

    assert would.changes == did.changes
    assert any(change.action == "created" for change in did.changes)


async def test_unsupported_sections_can_be_left_out(house: House) -> None:
    """They are named then; empty ones need no name, and nothing else is let pass."""
    document = {"branding": {"logo_url": "x"}, "prompts": {"customText": {}}, "hooks": []}

    applied_ = await apply(document, house.parts, leave_out=True)
    with pytest.raises(Faulty) as faulty:
        await apply({**document, "cleints": []}, house.parts, leave_out=True)

    assert (("branding",), ()) == (applied_.left_out, applied_.changes)
    assert [("cleints",)] == [fault.path for fault in faulty.value.faults]


async def test_absent_things_are_kept(house: House) -> None:
    """Nothing is deleted (Deploy CLI: AUTH0_ALLOW_DELETE is off by default)."""
    await applied(house, SHOP)

    await applied(house, "clients:\n  - {name: Other, client_id: other}\n")

    ids = {client.client_id for client in await house.parts.stores.clients.all()}
    assert {"shop", "other"} == ids


async def test_bad_file_changes_nothing(house: House) -> None:
    """One fault at the end keeps everything before it from being written."""
    lines = await faults(house, SHOP + "  - connection: Nowhere\n    email: x@example.com\n")

    line = SHOP.count("\n") + 1
    assert (
        f"f.yaml:{line}: x-gateword-users[1].connection: no database is named Nowhere",
    ) == lines  # fmt: skip
    stores = house.parts.stores
    assert ([], []) == (list(await stores.clients.all()), list(await stores.connections.all()))


async def test_client_id_of_a_name_cannot_change(house: House) -> None:
    """Tokens and grants hang on it; a secret may be replaced."""
    await applied(house, "clients:\n  - {name: Shop, client_id: shop}\n")

    (line,) = await faults(house, "clients:\n  - {name: Shop, client_id: shop2}\n")
    changes = await applied(house, "clients:\n  - {name: Shop, client_secret: another one}\n")

    assert line.startswith("f.yaml:2: clients[0].client_id: the client named Shop has")
    assert [("client_secret",)] == [change.members for change in changes]


async def test_realm_belongs_to_one_database(house: House) -> None:
    """A second connection with a realm name already taken is refused (ruling 18)."""
    await applied(house, "databases:\n  - {name: Staff, realms: [Staff, people]}\n")

    (line,) = await faults(house, "databases:\n  - name: Other\n    realms: [people]\n")
    (own_name,) = await faults(house, "databases:\n  - name: people\n")

    expected = "f.yaml:3: databases[0].realms: the realm people belongs to the database Staff"
    assert line.startswith(expected)
    assert own_name.startswith("f.yaml:2: databases[0].name: the realm people")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("pages: [{name: x}]", "f.yaml:1: pages: this section is not supported; take it out"),
        ("client: []", "f.yaml:1: client: unknown section; did you mean clients?"),
        ("tenant: {default_directory: X}", "f.yaml:1: tenant.default_directory: no database"),
        ("tenant: {flags: {oauth_strict_statu: true}}", "f.yaml:1: tenant.flags.oauth_stric"),
        ("clients: [{name: a}, {name: a}]", "f.yaml:1: clients[1].name: a client named a stands"),
        ("clients: [{naem: a}]", "f.yaml:1: clients[0]: name is required; did you misspell"),
        (
            "clients: [{name: a, app_type: spa, is_token_endpoint_ip_header_trusted: true}]",
            "f.yaml:1: clients[0].is_token_endpoint_ip_header_trusted: needs a client that proves",
        ),
        (
            "databases: [{name: D, enabled_clients: [Shpo]}]\nclients: [{name: Shop}]",
            "f.yaml:1: databases[0].enabled_clients[0]: no client is named Shpo; did you",
        ),
        (
            "clientGrants: [{client_id: X, audience: https://a.example/}]",
            "f.yaml:1: clientGrants[0].audience: no resource server",
        ),
        (
            "roles: [{name: R, permissions: [{permission_name: p}]}]",
            "f.yaml:1: roles[0].permissions[0]: resource_server_identifier is required",
        ),
        ("x-gateword-users: [{connection: X}]", "f.yaml:1: x-gateword-users[0].connection: no"),
    ],
)  # fmt: skip
async def test_fault_names_line_and_key(house: House, text: str, start: str) -> None:
    """Every fault says FILE:LINE: KEY: what is wrong."""
    lines = await faults(house, text)

    assert any(line.startswith(start) for line in lines), lines


async def test_empty_sections_of_later_releases_pass(house: House) -> None:
    """Exports of Auth0's tools hold every section, most of them empty."""
    assert [] == await applied(house, "rules: []\nactions: []\nattackProtection: {}\nhooks:\n")


async def test_the_management_api_is_left_alone(house: House) -> None:
    """It belongs to Gateword; a file cannot take its scopes away."""
    api = ResourceServer(id="1", identifier="https://x.example/", name="System", is_system=True)
    await house.parts.stores.resource_servers.put(api, house.clock.now())

    (line,) = await faults(house, "resourceServers: [{identifier: 'https://x.example/'}]")

    assert "Management API" in line


async def test_no_secret_is_in_a_fault(house: House) -> None:
    """Faults are printed, logged and pasted into tickets."""
    lines = await faults(
        house,
        "clients: [{name: A, client_secret: 7777, signing_secrets: hunter2}]\n"
        "databases: [{name: D}]\n"
        "x-gateword-users:\n"
        "  - {connection: D, username: a, password_hash: hunter2, passwort: hunter2}\n",
    )

    assert 4 == len(lines)
    assert not [line for line in lines if "hunter2" in line or "7777" in line]
