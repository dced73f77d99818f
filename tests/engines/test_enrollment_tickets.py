"""A ticket sets one factor up, however many are tried with it at once."""

import asyncio
from datetime import timedelta

from gateword.domain.mfa import Authenticator, Kind
from gateword.domain.secret import Secret
from gateword.domain.user import NewUser
from gateword.ports.mfa import ENROLLMENT
from gateword.ports.queues import Ticket
from tests.engines.house import NOON, House

SEED = Secret("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")


async def test_one_ticket_confirms_one_of_ten(house: House) -> None:
    """O3: the ticket is used in the transaction that confirms, so nine are taken back."""
    connection = await house.add_connection("Customers")
    user = await house.stores.users.add(
        NewUser(connection="Customers", email="a@x.test"), connection, NOON
    )
    assert user is not None
    stores, handle = house.stores, Secret("a-ticket")
    made = [
        Authenticator(
            id=f"totp|dev_{number:016d}",
            user_key=user.key,
            kind=Kind.TOTP,
            created_at=NOON,
            seed=SEED,
            expires_at=NOON + timedelta(minutes=10),
        )
        for number in range(10)
    ]
    assert await stores.authenticators.add(made, 20)
    ticket = Ticket(
        purpose=ENROLLMENT,
        user_key=user.key,
        document={},
        created_at=NOON,
        expires_at=NOON + timedelta(days=5),
    )
    await stores.tickets.add(handle, ticket)

    spent = await asyncio.gather(
        *(stores.proofs.step(None, user, one.id, 7, NOON, ticket=handle) for one in made)
    )

    owned = await stores.authenticators.of_user(user.key, NOON)
    assert 1 == spent.count(None)
    assert 1 == sum(one.is_confirmed for one in owned)
    assert await stores.tickets.find(handle, ENROLLMENT, NOON) is None
