"""The ID tokens of a client (`jwt_configuration`) as Auth0's Management API writes it, and back.

Rule 1: pure. Rule 2: an answer shows what was set and `secret_encoded`; all of it has a default.
Source: Auth0 Management API v2 "Create a client", recorded creations.
"""

from collections.abc import Mapping
from typing import Final

from gateword.domain.client import Client
from gateword.policy.members import Members
from gateword.values import replace

NAME: Final = "jwt_configuration"
ALG: Final = f"{NAME}.alg"
LIFETIME: Final = f"{NAME}.lifetime_in_seconds"
ALGORITHMS: Final = ("RS256", "HS256", "PS256")
MAX_LIFETIME_S: Final = 2_592_000

_LIFETIME_S: Final = 36_000
_WITHOUT_EFFECT: Final = ("secret_encoded", "scopes")


def read(members: Members, client: Client) -> Client:
    """Return the client with what the member `jwt_configuration` says of it."""
    jwt = members.member(NAME)
    if NAME not in members:
        return client
    kept = client.document.get(NAME)
    document = {name: value for name, value in client.document.items() if name != NAME}
    if members.given(NAME) is None:
        return replace(
            client, id_token_alg="RS256", id_token_lifetime_s=_LIFETIME_S,
            implied=client.implied - {LIFETIME} | {ALG}, document=document,
        )  # fmt: skip
    client = replace(
        client,
        id_token_alg=jwt.text("alg", client.id_token_alg, "RS256", choices=ALGORITHMS),
        id_token_lifetime_s=jwt.whole(
            "lifetime_in_seconds",
            client.id_token_lifetime_s,
            _LIFETIME_S,
            least=1,
            most=MAX_LIFETIME_S,
        ),
        implied=jwt.still_implied(client.implied, "alg", "lifetime_in_seconds", within=f"{NAME}."),
    )
    others = jwt.others(kept if isinstance(kept, Mapping) else {}, _WITHOUT_EFFECT)
    return replace(client, document=document | ({NAME: others} if others else {}))


def rendered(client: Client) -> dict[str, object]:
    """Return the member as an answer shows it."""
    kept = client.document.get(NAME)
    shown: dict[str, object] = {"secret_encoded": False}
    shown |= kept if isinstance(kept, Mapping) else {}
    if ALG not in client.implied:
        shown["alg"] = client.id_token_alg
    if LIFETIME not in client.implied:
        shown["lifetime_in_seconds"] = client.id_token_lifetime_s
    return shown
