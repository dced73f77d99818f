"""Applying texts to the tenant of a house."""

from pathlib import Path

import pytest

from gateword.domain.secret import Secret
from gateword.domain.user import Account, User
from gateword.policy.identifier import login_names
from gateword.provision.apply import apply
from gateword.provision.changes import Change
from gateword.provision.files import load_text
from gateword.provision.plan import Faulty
from tests.support.house import House

RICH = Path(__file__).with_name("rich.yaml").read_text(encoding="utf-8")
"""Something of every section but users."""

SHOP = """
tenant:
  default_directory: Customers
  default_audience: https://orders.example/
  flags: {oauth_strict_status: true}
resourceServers:
  - identifier: https://orders.example/
    scopes: [{value: "read:orders"}, {value: "write:orders"}]
clients:
  - name: Shop
    client_id: shop
    client_secret: a secret of the shop that is long enough
    grant_types: [password, refresh_token]
databases:
  - name: Customers
    strategy: auth0
    enabled_clients: [Shop]
  - name: Employees
    enabled_clients: [shop]
clientGrants:
  - {client_id: Shop, audience: "https://orders.example/", scope: ["read:orders"]}
roles:
  - name: Clerk
    permissions:
      - {permission_name: "write:orders", resource_server_identifier: "https://orders.example/"}
x-gateword-users:
  - connection: Customers
    email: Ann@Example.com
    password: Correct horse
    email_verified: true
    given_name: Ann
    user_metadata: {colour: red}
    roles: [Clerk]
"""


async def applied(house: House, text: str, **environ: str) -> list[Change]:
    """Apply a text and return what was not unchanged."""
    source = load_text("f.yaml", text, environ)
    done = await apply(source.root, house.parts)
    return [change for change in done.changes if change.action != "unchanged"]


async def faults(house: House, text: str) -> tuple[str, ...]:
    """Apply a bad text and return its faults."""
    source = load_text("f.yaml", text, {})
    with pytest.raises(Faulty) as faulty:
        await apply(source.root, house.parts)
    return source.refusal(faulty.value.faults).lines


async def user(house: House, connection: str, name: str) -> User:
    """Return the user with a login name."""
    return (await _account(house, connection, name)).user


async def fits(house: House, connection: str, name: str, password: str) -> bool:
    """Say whether a password is the one stored."""
    account = await _account(house, connection, name)
    return await house.parts.hasher.verify(Secret(password), account.password_hash)


async def _account(house: House, connection: str, name: str) -> Account:
    found = await house.parts.stores.connections.named(connection)
    assert found is not None
    account = await house.parts.stores.users.account(found.key, login_names(name))
    assert account is not None
    return account
