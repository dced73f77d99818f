"""Whose address counts, seen in the log."""

from typing import Final

import pytest

from tests.support.factories import PASSWORD
from tests.support.house import PEER, House
from tests.wire.world import PASSWORDS, VALUES

SENT: Final = "203.0.113.9"
SENDERS: Final = {
    # header values, client, secret sent, whose address counts
    "trusted and proved": ([SENT], "web", "web_secret", SENT),
    "wrong secret": ([SENT], "web", "other_secret", PEER),
    "no secret": ([SENT], "web", None, PEER),
    "client without the switch": ([SENT], "other", "other_secret", PEER),
    "public client": ([SENT], "spa", None, PEER),
    "public client with a secret": ([SENT], "spa", "web_secret", PEER),
    "unknown client": ([SENT], "issuer", "web_secret", PEER),
    "sent twice": ([SENT, SENT], "web", "web_secret", PEER),
    "a list": ([f"{SENT}, 10.0.0.1"], "web", "web_secret", PEER),
    "with a port": ([f"{SENT}:80"], "web", "web_secret", PEER),
    "a host name": (["localhost"], "web", "web_secret", PEER),
    "leading zeros": (["203.0.113.009"], "web", "web_secret", PEER),
    "empty": ([""], "web", "web_secret", PEER),
    "unspecified": (["0.0.0.0"], "web", "web_secret", PEER),
    "mapped into IPv6": ([f"::ffff:{SENT}"], "web", "web_secret", SENT),
}


@pytest.mark.parametrize(("values", "client", "secret", "expected"), SENDERS.values(), ids=SENDERS)
async def test_address_that_counts(
    house: House, values: list[str], client: str, secret: str | None, expected: str
) -> None:
    """G6: the sent address counts only from a trusted client that proved itself just now."""
    form = {
        "grant_type": PASSWORD,
        "username": "ann",
        "password": PASSWORDS["password"],
        "client_id": VALUES[client],
    }
    headers = [("auth0-forwarded-for", value) for value in values]
    await house.http.post(
        "/oauth/token",
        data=form | ({"client_secret": VALUES[secret]} if secret else {}),
        headers=headers,
    )
    row = (await house.log())[-1].document

    assert expected == row["ip"]


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip", "true-client-ip"])
async def test_other_headers_do_not_count(house: House, header: str) -> None:
    """G6: no other header names the caller, unless a proxy of the operator's own sent it."""
    await house.http.post(
        "/oauth/token",
        data={"grant_type": PASSWORD, "client_id": "nobody"},
        headers={header: SENT},
    )

    assert PEER == (await house.log())[-1].document["ip"]
