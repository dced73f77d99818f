"""Tokens for `jsonwebtoken`, and scripts that look at them."""

from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from tests.unit.rules_js.keys import ec_key, private_pem, public_pem, rsa_key
from tests.unit.rules_js.sandbox import Sandbox

JWT = 'const jwt = require("jsonwebtoken"); const { Buffer } = require("buffer");'
SECRET = "a secret of the tenant that is long enough for SHA-512, so that nobody warns of it"
AT = 1_800_000_000
CLAIMS = {
    "iat": AT,
    "exp": AT + 60,
    "nbf": AT,
    "aud": ["a", "b"],
    "iss": "i",
    "sub": "s",
    "jti": "j",
}


def run(body: str, **given: object) -> Any:
    """Return what a script with `jwt` returns."""
    return Sandbox().run(JWT + body, **given)


def keys(alg: str) -> tuple[str, str, Any]:
    """Return the key that signs, the one that verifies, and the latter for joserfc."""
    if alg.startswith("HS"):
        return SECRET, SECRET, OctKey.import_key(SECRET)
    if alg.startswith("RS"):
        return private_pem(rsa_key()), public_pem(rsa_key()), RSAKey.import_key(rsa_key())
    return private_pem(ec_key(alg)), public_pem(ec_key(alg)), ECKey.import_key(ec_key(alg))


def signed(alg: str, claims: dict[str, Any], **header: Any) -> str:
    """Return a token that joserfc signed."""
    key = keys(alg)[2]
    return jwt.encode({"alg": alg, "typ": "JWT"} | header, claims, key, algorithms=[alg])


def verify(token: object, key: object, options: object = None) -> Any:
    """Return what `verify` returns."""
    return run(
        "return jwt.verify(token, key, options)", token=token, key=key, options=options or {}
    )
