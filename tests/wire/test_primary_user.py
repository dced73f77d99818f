"""Whom the tokens describe once a script has said whose login it is."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from gateword.domain.user import User
from gateword.policy.user_document import linked_profile
from tests.support.house import House
from tests.wire.givens import carry_out
from tests.wire.test_actions import Watching, post_login
from tests.wire.test_rules import add, log_in
from tests.wire.world import VALUES

MAIN = VALUES["customer_ann"]
VERIFIES = "user.email_verified = true; user.nickname = 'rulers';"
NAMES = f"context.primaryUser = '{MAIN}';"


def rule(body: str) -> str:
    """Return a rule with such a body."""
    return f"function (user, context, callback) {{ {body} callback(null, user, context); }}"


async def id_claims(house: House, run: int) -> Any:
    """Log ann in, whose account is linked to the main one beside that run; return her ID token."""
    watching, users = Watching(house), house.parts.stores.users
    at = house.clock.now()

    def unverified(user: User) -> User:
        return replace(user, email="main@mail.example", email_verified=False)

    await users.change(MAIN, unverified, at)

    async def link() -> None:
        if len(watching.seen) == run:
            await users.link(MAIN, VALUES["ann"], linked_profile, at)

    watching.beside = link
    answer = await log_in(house, scope="openid email profile")
    payload = answer.json()["id_token"].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=="))


@pytest.mark.parametrize("by_action", [True, False])
async def test_id_token_describes_the_primary_user_as_stored(
    house: House, *, by_action: bool
) -> None:
    """What rules said of the account that logged in is not said of the one it is linked to."""
    await add(house, rule(VERIFIES if by_action else VERIFIES + NAMES))
    if by_action:
        wish = f"api.authentication.setPrimaryUser('{MAIN}');"
        await carry_out(house, post_login("Link", wish))

    claims = await id_claims(house, 2 if by_action else 1)
    main = await house.parts.stores.users.by_id(MAIN)

    assert main is not None
    assert (MAIN, "main@mail.example", False) == tuple(
        claims[name] for name in ("sub", "email", "email_verified")
    )
    assert main.profile["nickname"] == claims["nickname"]


async def test_rules_describe_a_user_who_stays_the_same(house: House) -> None:
    """Who is the primary user already is described as rules left it."""
    await add(house, rule(f"{VERIFIES} context.primaryUser = user.user_id;"))

    answer = await log_in(house, scope="openid profile")
    payload = answer.json()["id_token"].split(".")[1]

    assert "rulers" == json.loads(base64.urlsafe_b64decode(payload + "=="))["nickname"]
