"""Keys of push devices: what is taken for one, and what counts as signed with it."""

import base64
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateword.crypto.device_keys import JoseDeviceKeys
from gateword.crypto.own_device_key import DeviceKey
from gateword.domain.secret import Secret

CLAIMS = {"iss": "push|dev_1", "counter": 7}


def signed_with_ed25519(key: ed25519.Ed25519PrivateKey, alg: str = "Ed25519") -> Secret:
    """Return the claims as RFC 8037 signs them, by the primitives alone."""
    parts = (json.dumps({"alg": alg}), json.dumps(CLAIMS))
    text = ".".join(unpadded(part.encode()) for part in parts)
    return Secret(f"{text}.{unpadded(key.sign(text.encode()))}")


def unpadded(data: bytes) -> str:
    """Return base64url as JOSE writes it."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def ed25519_jwk(key: ed25519.Ed25519PrivateKey) -> dict[str, object]:
    """Return the public half."""
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "x": unpadded(raw)}


def test_ed25519_key_signs() -> None:
    """A device may have a key on Ed25519 (RFC 8037), under its name of RFC 9864."""
    key, keys = ed25519.Ed25519PrivateKey.generate(), JoseDeviceKeys()
    public = keys.public_pem(ed25519_jwk(key))
    assert public is not None

    assert CLAIMS == keys.claims(signed_with_ed25519(key), public)
    assert keys.claims(signed_with_ed25519(key, "ES256"), public) is None
    assert keys.claims(signed_with_ed25519(ed25519.Ed25519PrivateKey.generate()), public) is None


def test_reference_device_signs_es256() -> None:
    """What `gateword device` signs, another library reads with the key it hands in."""
    key, keys = DeviceKey.made(), JoseDeviceKeys()
    proof = key.signed(CLAIMS).reveal()
    public = jwt.PyJWK(dict(key.public_jwk), "ES256").key

    claims = jwt.decode(proof, public, ["ES256"])

    assert CLAIMS == claims
    kept = keys.public_pem(key.public_jwk)
    assert kept is not None
    assert CLAIMS == keys.claims(DeviceKey.read(key.private_pem).signed(CLAIMS), kept)
    assert "d" not in key.public_jwk


def test_private_key_handed_in_by_mistake_is_not_kept() -> None:
    """Only the public half of a JWK is read, whatever else it holds."""
    private = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1())))

    kept = JoseDeviceKeys().public_pem(private)

    assert kept is not None
    assert "PUBLIC" in kept.reveal()
    assert "PRIVATE" not in kept.reveal()


@pytest.mark.parametrize("proof", ["", ".", "..", "a.b.c", "e30.e30.", "\ud800.e30.e30", "é.é.é"])
def test_text_that_is_no_proof_says_nothing(proof: str) -> None:
    """It has no issuer and no claims, and nothing breaks."""
    keys = JoseDeviceKeys()
    public = keys.public_pem(DeviceKey.made().public_jwk)
    assert public is not None

    assert keys.claims(Secret(proof), public) is None
    assert keys.unverified_issuer(Secret(proof)) is None


@pytest.mark.parametrize("payload", ["[]", "1", "null", '{"iss":5}', "{"])
def test_payload_that_is_no_object_says_nothing(payload: str) -> None:
    """Only an object with texts names somebody."""
    proof: Any = ".".join((unpadded(b'{"alg":"ES256"}'), unpadded(payload.encode()), "AA"))

    assert JoseDeviceKeys().unverified_issuer(Secret(proof)) is None
