"""Signatures and keys of `require("crypto")`, checked with Python's `cryptography`."""

import base64
import json
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import PrivateFormat, PublicFormat
from joserfc.jwk import ECKey, RSAKey

from tests.unit.rules_js.keys import (
    certificate,
    ec_key,
    private_pem,
    public_pem,
    rsa_key,
)
from tests.unit.rules_js.sandbox import Sandbox, ScriptError

HASHES: dict[str, hashes.HashAlgorithm] = {
    "SHA1": hashes.SHA1(),  # noqa: S303  # rules of old sign with it
    "SHA224": hashes.SHA224(),
    "SHA256": hashes.SHA256(),
    "SHA384": hashes.SHA384(),
    "SHA512": hashes.SHA512(),
}
CRYPTO = 'const crypto = require("crypto"); const { Buffer } = require("buffer");'
SIGN = """const parts = [text.slice(0, 2), text.slice(2)];
return crypto.createSign(name).update(parts[0]).update(parts[1]).sign(key, "hex");"""
VERIFY = 'return crypto.createVerify(name).update(text).verify(key, signature, "hex");'
TEXT = "Größe"


def run(body: str, **given: object) -> Any:
    """Return what a script with `crypto` returns."""
    return Sandbox().run(CRYPTO + body, **given)


def flipped(signature: str) -> str:
    """Return the signature with another last byte."""
    return f"{signature[:-2]}{int(signature[-2:], 16) ^ 1:02x}"


@pytest.mark.parametrize("bits", [1024, 2048, 3072, 2047])
@pytest.mark.parametrize("name", HASHES)
def test_rsa_when_it_signs(name: str, bits: int) -> None:
    """RFC 8017 §8.2: a signature is the one that OpenSSL makes, and verifies."""
    key = rsa_key(bits)
    expected = key.sign(TEXT.encode(), PKCS1v15(), HASHES[name]).hex()
    signature = run(SIGN, name=f"RSA-{name}", text=TEXT, key=private_pem(key))
    assert expected == signature
    given = {"name": name, "text": TEXT, "signature": signature}
    assert run(VERIFY, key=public_pem(key), **given)


@pytest.mark.parametrize(
    ("change", "text"),
    [(lambda s: s[:-2], TEXT), (flipped, TEXT), (lambda s: "00" + s, TEXT),
     (lambda _: "ff" * 256, TEXT), (lambda _: "", TEXT), (lambda s: s, "other")],
)  # fmt: skip
def test_rsa_when_a_signature_is_forged(change: Any, text: str) -> None:
    """A signature that is not this key's over this text is refused."""
    key = rsa_key()
    signature = change(key.sign(TEXT.encode(), PKCS1v15(), hashes.SHA256()).hex())
    assert not run(VERIFY, name="sha256", text=text, signature=signature, key=public_pem(key))


def test_rsa_when_a_signature_is_of_another_hash() -> None:
    """The hash is part of what is signed."""
    key = rsa_key()
    signature = key.sign(TEXT.encode(), PKCS1v15(), hashes.SHA512()).hex()
    assert not run(VERIFY, name="sha256", text=TEXT, signature=signature, key=public_pem(key))


@pytest.mark.parametrize(
    "pem",
    [
        private_pem(rsa_key()),
        private_pem(rsa_key(), PrivateFormat.TraditionalOpenSSL),
        public_pem(rsa_key()),
        public_pem(rsa_key(), PublicFormat.PKCS1),
        certificate(rsa_key()),
        public_pem(rsa_key()).replace("\n", "\r\n"),
        "text before\n" + public_pem(rsa_key()),
    ],
    ids=["pkcs8", "pkcs1", "spki", "rsa-public", "certificate", "crlf", "explained"],
)
def test_key_when_it_comes_in_any_form(pem: str) -> None:
    """Any PEM with an RSA key in it verifies."""
    signature = rsa_key().sign(TEXT.encode(), PKCS1v15(), hashes.SHA256()).hex()
    assert run(VERIFY, name="sha256", text=TEXT, signature=signature, key=pem)


@pytest.mark.parametrize("encoding", ["der", "ieee-p1363"])
@pytest.mark.parametrize("alg", ["ES256", "ES384", "ES512", "ES256K"])
def test_ec_when_it_signs(alg: str, encoding: str) -> None:
    """FIPS 186: what one side signs the other verifies, in both forms."""
    key = ec_key(alg)
    sign = "return crypto.sign(name, Buffer.from(text), { key, dsaEncoding }).toString('hex')"
    signature = bytes.fromhex(
        run(sign, name="sha512", text=TEXT, key=private_pem(key), dsaEncoding=encoding)
    )
    der = signature
    if encoding != "der":
        half = len(signature) // 2
        assert (key.curve.key_size + 7) // 8 == half
        r, s = (int.from_bytes(part) for part in (signature[:half], signature[half:]))
        der = encode_dss_signature(r, s)
    key.public_key().verify(der, TEXT.encode(), ec.ECDSA(hashes.SHA512()))
    verify = """return [pem, other].map((key) => crypto.verify(name, Buffer.from(text),
      { key, dsaEncoding }, Buffer.from(signature, "hex")))"""
    other = public_pem(ec_key("ES384" if alg == "ES256" else "ES256"))
    seen = run(
        verify, name="sha512", text=TEXT, pem=public_pem(key), other=other,
        signature=signature.hex(), dsaEncoding=encoding,
    )  # fmt: skip
    assert [True, False] == seen


@pytest.mark.parametrize("alg", ["ES256", "ES384", "ES512"])
def test_ec_when_openssl_signed(alg: str) -> None:
    """A signature of OpenSSL verifies under key, certificate and SEC1 form, and no forged one."""
    key = ec_key(alg)
    signature = key.sign(TEXT.encode(), ec.ECDSA(hashes.SHA256())).hex()
    forms = [public_pem(key), certificate(key), private_pem(key, PrivateFormat.TraditionalOpenSSL)]
    for pem in forms:
        assert run(VERIFY, name="sha256", text=TEXT, signature=signature, key=pem)
    for forged in (signature[:-2], "00", flipped(signature)):
        assert not run(VERIFY, name="sha256", text=TEXT, signature=forged, key=forms[0])


def test_ed25519_when_it_signs() -> None:
    """RFC 8032: without a hash an Ed25519 key signs and verifies."""
    key = ed25519.Ed25519PrivateKey.generate()
    script = """const data = Buffer.from(text);
    const signature = crypto.sign(null, data, key);
    return [signature.toString("hex"), crypto.verify(null, data, pem, signature),
      crypto.verify(null, Buffer.from("x"), pem, signature)]"""
    signature, good, bad = run(script, text=TEXT, key=private_pem(key), pem=public_pem(key))
    assert (key.sign(TEXT.encode()).hex(), True, False) == (signature, good, bad)


def test_key_when_it_is_an_object() -> None:
    """Keys can be made beforehand, and know what they are."""
    script = """const key = crypto.createPrivateKey(pem);
    const half = crypto.createPublicKey(key);
    const signature = crypto.sign("sha256", Buffer.from("x"), key);
    return [key.type, half.type, key.asymmetricKeyType, half.asymmetricKeyDetails.modulusLength,
      crypto.verify("sha256", Buffer.from("x"), half, signature), half.export({ format: "jwk" }),
      key.export({ type: "pkcs8", format: "pem" }) === pem]"""
    *seen, jwk, same = run(script, pem=private_pem(rsa_key()))
    assert (["private", "public", "rsa", 2048, True], True) == (seen, same)
    assert RSAKey.import_key(rsa_key().public_key()).as_dict(private=False).items() >= jwk.items()


@pytest.mark.parametrize("alg", ["ES256", "ES384", "ES512"])
def test_key_when_it_is_a_jwk(alg: str) -> None:
    """RFC 7517: a JWK is a key, and a key can be shown as one."""
    key = ec_key(alg)
    jwk = json.loads(json.dumps(ECKey.import_key(key).as_dict(private=True)))
    script = """const key = crypto.createPrivateKey({ key: jwk, format: "jwk" });
    const half = crypto.createPublicKey({ key: { ...jwk, d: undefined }, format: "jwk" });
    const signature = crypto.sign("sha256", Buffer.from("x"), key);
    const good = crypto.verify("sha256", Buffer.from("x"), half, signature);
    return [signature.toString("base64"), good,
      key.export({ format: "jwk" }), half.asymmetricKeyDetails.namedCurve]"""
    signature, good, shown, curve = run(script, jwk=jwk)
    names = {"ES256": "prime256v1", "ES384": "secp384r1", "ES512": "secp521r1"}
    assert (True, names[alg]) == (good, curve)
    assert shown.items() <= jwk.items()
    data = base64.b64decode(signature)
    try:
        key.public_key().verify(data, b"x", ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        pytest.fail("cryptography refuses what was signed")


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("nothing", "The PEM cannot be read"),
        (public_pem(rsa_key()), "This is no private key"),
        ("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----", "The key cannot be read"),
        (
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----",
            "passphrase",
        ),
        ("-----BEGIN DSA PRIVATE KEY-----\nMAA=\n-----END DSA PRIVATE KEY-----", "is no key"),
    ],
)
def test_error_when_a_key_cannot_sign(key: str, message: str) -> None:
    """What holds no private key is refused, and the message says why."""
    with pytest.raises(ScriptError, match=message):
        run(SIGN, name="sha256", text="x", key=key)


@pytest.mark.parametrize("cut", range(0, 200, 13))
def test_error_when_a_key_is_cut_off(cut: int) -> None:
    """A key that ends too early is refused, never read beyond its end."""
    lines = public_pem(rsa_key()).splitlines()
    content = base64.b64decode("".join(lines[1:-1]))[:cut]
    body = base64.b64encode(content).decode() or "="
    pem = f"{lines[0]}\n{body}\n{lines[-1]}"
    with pytest.raises(ScriptError, match="cannot be read"):
        run("crypto.createPublicKey(pem)", pem=pem)


def test_signature_when_padding_is_pss() -> None:
    """PSS is not there, and says so rather than to sign in another way."""
    script = (
        'crypto.createSign("sha256").sign({ key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING })'
    )
    with pytest.raises(ScriptError, match="PKCS #1"):
        run(script, key=private_pem(rsa_key()))
