"""Second factors that users bring along are asked for at the first login (mfa-api §5)."""

from dataclasses import replace
from typing import Any, Final

import httpx
import pyotp

from gateword.domain.user import User
from gateword.ports.documents import Kept
from gateword.storage.engine import Tx
from gateword.storage.statement import Statement
from tests.support.house import House
from tests.wire.givens import carry_out
from tests.wire.test_actions import post_login
from tests.wire.world import CUSTOMERS, VALUES

SEED: Final = "JBSWY3DPEHPK3PXP"
OTP: Final = "http://auth0.com/oauth/grant-type/mfa-otp"
LOGIN: Final = (
    "function (name, password, callback) { callback(null, { user_id: 'z1', email: name, "
    f"mfa_factors: [{{ totp: {{ secret: '{SEED}' }} }}, {{ fax: {{ value: '1' }} }}] }}); }}"
)
WEB: Final = {"client_id": VALUES["web"], "client_secret": VALUES["web_secret"]}


class Short(pyotp.TOTP):
    """An app that takes the 80 bits that many have."""

    min_secret_length_bits = 80


async def demanding(house: House) -> None:
    """Switch codes of an app on, and demand a second factor of everybody."""
    at, documents = house.clock.now(), house.parts.stores.documents
    await documents.put("guardian", Kept(id="otp", document={"enabled": True}), at)
    policies = {"policies": ["all-applications"]}
    await documents.put("guardian", Kept(id="policies", document=policies), at)


async def logged_in(house: House, name: str, **more: Any) -> httpx.Response:
    """Return the answer to a login of a customer."""
    return await house.token(
        grant_type="http://auth0.com/oauth/grant-type/password-realm",
        realm=CUSTOMERS,
        username=name,
        password="legacy",
        **WEB,
        **more,
    )


async def user_of(house: House, name: str) -> User:
    """Return a customer."""
    connection = await house.parts.stores.connections.named(CUSTOMERS)
    assert connection is not None
    account = await house.parts.stores.users.account(connection.key, [("email", name)])
    assert account is not None
    return account.user


async def test_factor_of_a_scripts_profile_is_asked_for_at_once(house: House) -> None:
    """The login that moves a user in is asked for the factor that the old database told of."""
    await demanding(house)
    await carry_out(house, f"connection {CUSTOMERS} imports users")
    await carry_out(house, f"connection {CUSTOMERS} has script login: {LOGIN}")

    answer = await logged_in(house, "zoe@legacy.example")

    assert (403, {"challenge": [{"type": "otp"}]}) == (
        answer.status_code, answer.json()["mfa_requirements"]
    )  # fmt: skip
    assert ("totp",) == (await user_of(house, "zoe@legacy.example")).factors


async def test_factor_that_came_along_proves_a_login(house: House) -> None:
    """Its codes are those of the seed that the old database had."""
    await demanding(house)
    await carry_out(house, f"connection {CUSTOMERS} imports users")
    await carry_out(house, f"connection {CUSTOMERS} has script login: {LOGIN}")
    clients = house.parts.stores.clients
    client = await clients.get(VALUES["web"])
    assert client is not None
    changed = replace(client, grant_types=(*client.grant_types, OTP))
    await clients.put(changed, house.clock.now())
    waiting = await logged_in(house, "zoe@legacy.example")

    code = Short(SEED).at(house.clock.now())
    answer = await house.token(
        grant_type=OTP, mfa_token=waiting.json()["mfa_token"], otp=code, **WEB
    )

    assert 200 == answer.status_code, answer.text


async def test_scripts_are_told_of_factors_that_nobody_has_read_yet(house: House) -> None:
    """An Action that asks whoever has a factor asks users of the release before, too."""
    await demanding(house)
    await carry_out(house, "the policy of second factors is never")
    await carry_out(house, f"connection {CUSTOMERS} imports users")
    await carry_out(house, f"connection {CUSTOMERS} has script login: {LOGIN}")
    await logged_in(house, "zoe@legacy.example")
    key = (await user_of(house, "zoe@legacy.example")).key

    tenant = await house.parts.stores.settings.get()

    async def as_the_migration_leaves_them(tx: Tx) -> None:
        mark = "UPDATE users SET factors = 'imported' WHERE tenant = :tenant AND key = :key"
        await tx.run(Statement(mark), tenant=tenant.key, key=key)

    await house.engines.database.transact(as_the_migration_leaves_them)
    asks = "if (event.user.enrolledFactors.length) api.authentication.challengeWithAny("
    await carry_out(house, post_login("Asks", f"{asks}[{{ type: 'otp' }}]);"))

    answer = await logged_in(house, "zoe@legacy.example")

    assert (403, {"challenge": [{"type": "otp"}]}) == (
        answer.status_code,
        answer.json().get("mfa_requirements"),
    )
