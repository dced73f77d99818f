import pytest

from gateword.crypto.jws import KeyringSigner
from gateword.crypto.verify import KeyringVerifier
from gateword.ports.token_stores import SigningKey
from tests.unit.crypto.keyrings import AT, ISSUER, Clock, Keys, a_key, good_claims

OURS = a_key()


async def is_expired(signed_by: SigningKey, **claims: object) -> bool:
    """Say what our verifier tells of a token with some claims."""
    token = await KeyringSigner(Keys([signed_by])).sign(good_claims(**claims), alg="RS256")
    return await KeyringVerifier(Keys([OURS]), Clock()).is_expired(token, ISSUER)


@pytest.mark.parametrize(
    ("claims", "expired"),
    [
        ({}, False),
        ({"exp": AT - 4}, False),
        ({"exp": AT - 5}, True),
        ({"exp": "yesterday"}, False),
        ({"exp": AT - 5, "iss": "https://another.example/"}, False),
        ({"exp": AT - 5, "sub": None}, False),
        ({"nbf": AT + 6}, False),
    ],
)
async def test_only_age_makes_a_token_expired(claims: dict[str, object], *, expired: bool) -> None:
    """Whoever is told that a token is too old has had one; leeway is five seconds."""
    assert expired is await is_expired(OURS, **claims)


async def test_forged_token_is_no_expired_one() -> None:
    """Nothing is said of the times of what we have not signed."""
    assert not await is_expired(a_key(9), exp=AT - 60)
