"""Whatever comes in signed is parsed and checked here, by the JOSE library.

The key decides the algorithm; `jku`, `x5u`, `jwk` and the like in a header are never followed.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeGuard

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, RSAKey

from gateword.domain.secret import Secret
from gateword.policy.assertion import MAX_ID_CHARS
from gateword.ports.clock import Clock
from gateword.ports.token_stores import SigningKey, SigningKeys

LEEWAY_S: Final = 5
_ACCESS_ALGORITHMS: Final = ("RS256", "PS256")
_ACCESS_TYPES: Final = ("JWT", "at+jwt")


class _NoSuchKey(Exception):
    """No key of ours fits the header."""


class KeyringVerifier:
    """Checks access tokens against the tenant's keys, and assertions against clients' keys."""

    def __init__(self, keys: SigningKeys, clock: Clock) -> None:
        """Take the tenant's key store and the clock that expiries are held against."""
        self._keys = keys
        self._clock = clock
        self._imported: dict[str, RSAKey] = {}

    async def access_claims(self, token: Secret, issuer: str) -> Mapping[str, object] | None:
        """Return the claims of an access token of this tenant, or None."""
        claims = await self._own_claims(token, issuer)
        return claims if claims is not None and self._is_timely(claims) else None

    async def is_expired(self, token: Secret, issuer: str) -> bool:
        """Say whether a token of this tenant is only too old."""
        claims = await self._own_claims(token, issuer)
        expires = None if claims is None else claims.get("exp")
        return _is_number(expires) and self._clock.now().timestamp() >= expires + LEEWAY_S

    async def _own_claims(self, token: Secret, issuer: str) -> Mapping[str, object] | None:
        """Return the claims of an access token of this tenant, whatever its times say."""
        keys = {key.kid: key for key in await self._keys.all() if key.revoked_at is None}

        def find(guest: GuestProtocol) -> RSAKey:
            headers = guest.headers()
            kid = headers.get("kid")
            if headers.get("typ") not in _ACCESS_TYPES or "crit" in headers or kid not in keys:
                raise _NoSuchKey  # no extension is understood here, so none may be critical
            return self._public(keys[kid])

        try:
            parsed = jws.deserialize_compact(
                token.reveal(), find, algorithms=list(_ACCESS_ALGORITHMS)
            )
        except (JoseError, ValueError, TypeError, _NoSuchKey):
            return None
        claims = _object(parsed.payload)
        if claims is None or claims.get("iss") != issuer:
            return None
        return claims if isinstance(claims.get("sub"), str) else None

    def assertion_claims(
        self, assertion: Secret, keys: Mapping[str, tuple[str, str]]
    ) -> Mapping[str, object] | str:
        """Return the claims of a client's assertion, or why it does not count."""
        fault = "no key of the client has the assertion's kid and alg"
        # A header without kid may mean any of the client's keys, as while they are replaced.
        for key_id, (alg, pem) in keys.items():
            try:
                parsed = jws.deserialize_compact(
                    assertion.reveal(), _if_named(key_id, alg, pem), algorithms=[alg]
                )
            except _NoSuchKey:
                continue
            except (JoseError, ValueError, TypeError, RecursionError) as error:
                fault = f"assertion cannot be verified: {type(error).__name__}"
                continue
            return _object(parsed.payload) or "payload is not an object"
        return fault

    def unverified_subject(self, assertion: Secret) -> str | None:
        """Return the `sub` an assertion claims; good only for finding the client's keys."""
        try:
            parsed = jws.extract_compact(assertion.reveal().encode())
        except (JoseError, ValueError, TypeError):
            return None
        subject = (_object(parsed.payload) or {}).get("sub")
        is_name = isinstance(subject, str) and len(subject) <= MAX_ID_CHARS and "\0" not in subject
        return str(subject) if is_name else None

    def _public(self, key: SigningKey) -> RSAKey:
        imported = self._imported.get(key.kid)
        if imported is None:
            certificate = load_pem_x509_certificate(key.certificate_pem.encode())
            pem = certificate.public_key().public_bytes(
                Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
            )
            imported = self._imported[key.kid] = RSAKey.import_key(pem)
        return imported

    def _is_timely(self, claims: Mapping[str, object]) -> bool:
        now = self._clock.now().timestamp()
        expires, begins, issued = claims.get("exp"), claims.get("nbf", 0), claims.get("iat")
        return (
            _is_number(expires)
            and _is_number(begins)
            and _is_number(issued)
            and now < expires + LEEWAY_S
            and max(begins, issued) <= now + LEEWAY_S
        )


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _if_named(key_id: str, alg: str, pem: str) -> Callable[[GuestProtocol], RSAKey]:
    def find(guest: GuestProtocol) -> RSAKey:
        headers = guest.headers()
        if headers.get("alg") != alg or headers.get("kid") not in (None, key_id):
            raise _NoSuchKey
        return RSAKey.import_key(pem)

    return find


def _object(payload: bytes) -> Mapping[str, object] | None:
    try:
        return msgspec.json.decode(payload, type=dict[str, object])
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
