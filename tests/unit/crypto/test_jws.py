from typing import Any

import jwt
import pytest

from gateword.crypto.jws import KeyringSigner
from gateword.domain.secret import Secret
from tests.unit.crypto.keyrings import KID, Keys, a_key, good_claims, parts_of, public_key

KEY = Secret("a shared secret that is long enough for HMAC")
CHECKS: dict[str, Any] = {"options": {"verify_exp": False, "verify_iat": False}, "audience": "api"}


@pytest.mark.parametrize("alg", ["RS256", "PS256"])
async def test_signature_holds_for_an_independent_library(alg: str) -> None:
    """RFC 7518 §3.3, §3.5: PyJWT verifies what was signed, with the key of the certificate."""
    token = await KeyringSigner(Keys([a_key()])).sign(good_claims(name="Ü"), alg=alg)
    seen = jwt.decode(token.reveal(), public_key(a_key()), algorithms=[alg], **CHECKS)
    assert good_claims(name="Ü") == seen


def test_hs256_signature_holds_for_an_independent_library() -> None:
    """RFC 7518 §3.2: PyJWT verifies what was signed with the API's secret."""
    token = KeyringSigner(Keys()).sign_hs256(good_claims(), KEY)
    assert good_claims() == jwt.decode(token.reveal(), KEY.reveal(), algorithms=["HS256"], **CHECKS)


@pytest.mark.parametrize("alg", ["RS256", "PS256"])
async def test_signature_fails_under_another_key(alg: str) -> None:
    """The signature is this key's, not just any."""
    token = await KeyringSigner(Keys([a_key()])).sign(good_claims(), alg=alg)
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token.reveal(), public_key(a_key(1)), algorithms=[alg], **CHECKS)


@pytest.mark.parametrize("typ", ["JWT", "at+jwt"])
@pytest.mark.parametrize("alg", ["RS256", "PS256"])
async def test_header_says_algorithm_type_and_key(alg: str, typ: str) -> None:
    """§2.3: alg, typ, kid, in this order."""
    header, _, signature = parts_of(
        await KeyringSigner(Keys([a_key()])).sign(good_claims(), alg=alg, typ=typ)
    )
    assert [("alg", alg), ("typ", typ), ("kid", KID)] == list(header.items())
    assert 256 == len(signature)


def test_header_says_no_key_under_a_shared_secret() -> None:
    """§2.3: HS256 tokens have no kid."""
    header, _, signature = parts_of(KeyringSigner(Keys()).sign_hs256({}, KEY, typ="at+jwt"))
    assert [("alg", "HS256"), ("typ", "at+jwt")] == list(header.items())
    assert 32 == len(signature)


async def test_claims_keep_their_order_and_values() -> None:
    """The payload is the claims, in the order they were given."""
    claims = {"z": 1, "a": [True, None, "ü\0"], "m": {"y": 0.5, "b": 2**53}}
    _, payload, _ = parts_of(await KeyringSigner(Keys([a_key()])).sign(claims, alg="RS256"))
    assert list(claims.items()) == list(payload.items())


async def test_current_key_signs_as_soon_as_it_changes() -> None:
    """Promise K4: whichever key is current at that moment signs, and no other."""
    keys = Keys([a_key(1, "next"), a_key(), a_key(2, "previous")])
    signer = KeyringSigner(keys)
    before = await signer.sign(good_claims(), alg="RS256")
    keys.held = [a_key(0, "previous"), a_key(3)]
    after = await signer.sign(good_claims(), alg="RS256")

    assert (KID, f"{KID}-3") == (parts_of(before)[0]["kid"], parts_of(after)[0]["kid"])
    assert jwt.decode(after.reveal(), public_key(a_key(3)), algorithms=["RS256"], **CHECKS)


async def test_signed_token_is_a_secret() -> None:
    """A token does not show itself in logs."""
    token = await KeyringSigner(Keys([a_key()])).sign(good_claims(), alg="RS256")
    assert "Secret(…)" == repr(token)
