"""A phone that a golden's user has, and the proofs that it signs.

`{{phone:x}}` is a member of its key, `{{proof:PATH}}` a proof for `/mfa/device/PATH`; behind it may
stand claims of another value (`{{proof:answer,counter=3,sub=…,accepted=yes}}`), and `late=SECONDS`.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm

from gateword.domain.mfa import Authenticator, Kind
from gateword.domain.secret import Secret
from tests.support.house import House
from tests.support.phone import BASE
from tests.wire.world import VALUES

_KEY: Final = ec.derive_private_key(20260105, ec.SECP256R1())
_ID: Final = "push|dev_GivenPhone000000"
_SAID: Final = {"yes": True, "no": False}

_JWK: Final = ECAlgorithm.to_jwk(_KEY.public_key(), as_dict=True)


async def _has_phone(house: House, who: str) -> None:
    user = await house.parts.stores.users.by_id(VALUES[who])
    if user is None:
        raise LookupError(f"{who} is gone")
    pem = _KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    made = Authenticator(
        id=_ID,
        user_key=user.key,
        kind=Kind.PUSH,
        created_at=house.clock.now(),
        confirmed_at=house.clock.now(),
        name="Phone",
        seed=Secret(pem.decode()),
    )
    if not await house.parts.stores.authenticators.add([made], 99):
        raise LookupError(f"{who} cannot have a phone")


def _proof(argument: str, _known: Mapping[str, str], seconds: int) -> str:
    """Return what the phone signs."""
    path, *pairs = argument.split(",")
    claims: dict[str, Any] = {"iss": _ID, "aud": f"{BASE}/mfa/device/{path}", "counter": 1}
    claims |= dict(pair.split("=", 1) for pair in pairs)
    claims["iat"] = seconds - int(claims.pop("late", 0))
    claims["counter"] = int(claims["counter"])
    if "accepted" in claims:
        claims["accepted"] = _SAID[claims["accepted"]]
    return jwt.encode(claims, _KEY, "ES256")


def _public(member: str, _known: Mapping[str, str], _seconds: int) -> str:
    """Return a member of the phone's public key."""
    return str(_JWK[member])


DEVICE_VALUES: Final[Mapping[str, Callable[[str, Mapping[str, str], int], str]]] = {
    "proof": _proof,
    "phone": _public,
}
"""What goldens may ask of the phone."""

DEVICE_GIVENS: Final[dict[str, Callable[..., Awaitable[None]]]] = {
    r"(\w+) has a phone with its key": _has_phone,
}
"""Pattern of a sentence to what makes it true."""
