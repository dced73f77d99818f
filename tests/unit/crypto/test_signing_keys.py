import base64
import hashlib
import re
from datetime import timedelta

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateword.crypto.jws import KeyringSigner
from gateword.crypto.key_documents import JwkDocuments
from gateword.crypto.signing_keys import new_signing_key
from gateword.crypto.system import SystemDice
from tests.unit.crypto.keyrings import NOW, Keys, a_key, b64, good_claims, private_key

DICE = SystemDice()


def certificate_of(pem: str) -> x509.Certificate:
    """Return the certificate in a PEM text."""
    return x509.load_pem_x509_certificate(pem.encode())


def test_new_key_is_rsa_2048_with_a_certificate_of_its_own() -> None:
    """A signing key is RSA 2048, its certificate signed by itself, its CN the tenant's host."""
    key = new_signing_key("auth.example.com:8443", "next", NOW, DICE)
    certificate = certificate_of(key.certificate_pem)

    assert ("next", NOW, None) == (key.state, key.created_at, key.revoked_at)
    assert re.fullmatch(r"[A-Za-z0-9_-]{21}", key.kid)
    assert (2048, 65537) == (
        private_key(key).key_size,
        private_key(key).public_key().public_numbers().e,
    )
    assert certificate.public_key() == private_key(key).public_key()
    certificate.verify_directly_issued_by(certificate)
    assert "CN=auth.example.com" == certificate.subject.rfc4514_string()
    assert (NOW, NOW + timedelta(days=5000)) == (
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
    )


def test_new_key_has_a_certificate_also_for_a_long_host() -> None:
    """A common name has 64 characters at most (RFC 5280, ub-common-name)."""
    key = new_signing_key(f"{'a' * 60}.example.com", "current", NOW, DICE)
    assert f"CN={'a' * 60}.exa" == certificate_of(key.certificate_pem).subject.rfc4514_string()


def test_private_half_does_not_show() -> None:
    """Promise K5: a printed key has no private half."""
    assert "PRIVATE" not in repr(a_key())


async def test_document_verifies_what_the_key_signs() -> None:
    """RFC 7517: PyJWT verifies with the published document alone."""
    token = await KeyringSigner(Keys([a_key()])).sign(good_claims(), alg="RS256")
    document = JwkDocuments().jwk(a_key())
    seen = jwt.decode(
        token.reveal(),
        jwt.PyJWK(dict(document)),
        audience="api",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert good_claims() == seen


def test_document_has_its_members_in_the_known_order() -> None:
    """The members and the order of recorded key sets; thumbprint and certificate agree."""
    document = JwkDocuments().jwk(a_key())
    der = certificate_of(a_key().certificate_pem).public_bytes(Encoding.DER)
    assert ["kty", "use", "n", "e", "kid", "x5t", "x5c", "alg"] == list(document)
    assert ("RSA", "sig", "AQAB", a_key().kid, "RS256") == tuple(
        document[name] for name in ("kty", "use", "e", "kid", "alg")
    )
    assert [base64.b64encode(der).decode()] == document["x5c"]
    assert b64(hashlib.sha1(der, usedforsecurity=False).digest()) == document["x5t"]


def test_document_has_nothing_private() -> None:
    """Promise K5: none of the private members of RFC 7518 §6.3.2 is published."""
    assert not {"d", "p", "q", "dp", "dq", "qi", "oth"} & set(JwkDocuments().jwk(a_key()))


@pytest.mark.parametrize("length", [0, 1, 21, 32, 61])
def test_dice_answer_what_was_asked(length: int) -> None:
    """Handles, hex and letters have their length and alphabet."""
    assert re.fullmatch(rf"[A-Za-z0-9_-]{{{length}}}", DICE.handle(length))
    assert re.fullmatch(rf"[0-9a-f]{{{length}}}", DICE.hex(length))
    assert re.fullmatch(rf"[A-Za-z0-9]{{{length}}}", DICE.letters(length))


def test_dice_use_every_character_of_their_alphabet() -> None:
    """No character of an alphabet is left out, and none is added."""
    assert (64, 16, 62) == (
        len(set(DICE.handle(10_000))),
        len(set(DICE.hex(10_000))),
        len(set(DICE.letters(10_000))),
    )


def test_dice_never_answer_the_same() -> None:
    """Handles do not repeat."""
    assert 10_000 == len({DICE.handle(21) for _ in range(10_000)})
