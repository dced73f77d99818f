"""Assertions by which the client `signed` proves itself (RFC 7523), good ones and bad ones."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.house import DOMAIN
from tests.wire.forging import by_nobody, by_rsa, by_secret, forged

CLIENT_ID: Final = "signed-client-id"
_GOOD: Final = {"iss": CLIENT_ID, "sub": CLIENT_ID, "aud": f"https://{DOMAIN}/"}

KINDS: Final[dict[str, dict[str, Any]]] = {
    "good": {},
    "fresh": {"jti": "another"},
    "endpoint_aud": {"aud": f"https://{DOMAIN}/oauth/token"},
    "expired": {"iat": -400, "exp": -100},
    "long_lived": {"exp": 301},
    "future": {"iat": 11, "exp": 120},
    "wrong_aud": {"aud": "https://elsewhere.example/"},
    "wrong_iss": {"iss": "somebody-else"},
    "without_jti": {"jti": None},
    "without_exp": {"exp": None},
}
"""What differs from the good one; times are seconds from now, None leaves a claim out."""


@lru_cache
def _key(name: str) -> RSAPrivateKey:
    del name  # tells one key from another
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def client_key_pem(name: str) -> str:
    """Return the public half of one of the client's keys, made once a session."""
    public = _key(name).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def assertion(kind: str, now: int) -> str:
    """Return an assertion of a kind, as it would be made at that time (Unix seconds).

    Besides KINDS there are `wrong_key`, `wrong_alg`, `wrong_kid`, `unsigned`, `hs256` and `long`.
    """
    claims: dict[str, Any] = _GOOD | {"jti": kind, "iat": 0, "exp": 180} | KINDS.get(kind, {})
    for name in ("iat", "exp"):
        if claims[name] is not None:
            claims[name] += now
    claims = {name: value for name, value in claims.items() if value is not None}
    alg = {"unsigned": "none", "hs256": "HS256", "wrong_alg": "PS256"}.get(kind, "RS256")
    header = {"alg": alg, "typ": "JWT", "kid": "two" if kind == "wrong_kid" else "one"}
    if kind == "long":
        claims["padding"] = "x" * 2048
    return forged(header, claims, _signer(kind))


def _signer(kind: str) -> Callable[[bytes], bytes]:
    if kind == "unsigned":
        return by_nobody
    if kind == "hs256":
        # The public key as a shared secret: the classic confusion of algorithms.
        return by_secret(client_key_pem("one").encode())
    key = _key("stranger" if kind == "wrong_key" else "one")
    return by_rsa(key, "PS256" if kind == "wrong_alg" else "RS256")
