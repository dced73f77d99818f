"""Hashing and signing, as the story sees them."""

import asyncio
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import Final, NamedTuple, Protocol

from gateword.domain.secret import Secret


class HashDropped(asyncio.CancelledError):
    """Who waited for a hash was cancelled before it began: no password was looked at."""


class Asker(NamedTuple):
    """For whom hashes are computed, from the widest: at each level all get equal shares.

    Attributes:
        tenant: Its domain; empty for what the server does by itself.
        client: Its id; empty where no client is known.
        address: The end user's, as shields count it.
    """

    tenant: str = ""
    client: str = ""
    address: str = ""


_HOUSE: Final = Asker()

ASKER: Final[ContextVar[Asker]] = ContextVar("asker", default=_HOUSE)
"""For whom the request is that is being answered; it decides whose turn it is, and nothing else."""


class Lanes(Protocol):
    """bcrypt of several passwords at once, interleaved in one thread.

    Attributes:
        width: How many at most.
    """

    @property
    def width(self) -> int: ...

    def verify(self, jobs: Sequence[tuple[bytes, bytes]]) -> Sequence[bool]:
        """Say of each password whether it fits its hash, just as one by one.

        Args:
            jobs: Up to `width` passwords, at most 72 bytes each, with bcrypt hashes of equal cost.
        """
        ...


class Hasher(Protocol):
    """Password hashing behind a bounded, fair queue of low-priority threads."""

    def check_queue(self) -> None:
        """Return when a hash asked for now would be taken.

        Raises:
            Refused: BUSY when the expected wait is over the bound.
        """
        ...

    async def hash(self, password: Secret) -> Secret:
        """Return the encoded hash by which new passwords are kept (Argon2id, PHC form).

        Raises:
            Refused: BUSY when the expected wait is over the bound.
        """
        ...

    async def verify(
        self, password: Secret, encoded: Secret | None, kinds: Mapping[str, int] | None = None
    ) -> bool:
        """Say whether the password fits; costs one hash also when there is nothing to fit.

        Args:
            password: What was typed. Over 1024 bytes of UTF-8 it never fits, and is not hashed.
            encoded: Argon2 (PHC) or bcrypt (`$2a$`, `$2b$`, `$2y$`); None for nobody's password.
            kinds: As of `decoy`: a failure costs the same under each of them that is cheaper than
                ours. Left out where the time of a failure tells nobody anything.

        Raises:
            Refused: BUSY when the expected wait is over the bound.
            HashDropped: It was cancelled before it began.
        """
        ...

    def decoy(self, name: str, kinds: Mapping[str, int]) -> Secret:
        """Return a hash that nothing fits, to check an unknown name's password against.

        Args:
            name: The name; the same one always gets a hash of the same cost.
            kinds: How the directory's hashes begin, up to their cost, and how many begin so.
        """
        ...

    def is_outdated(self, encoded: Secret) -> bool:
        """Say whether a hash that just fitted should be replaced by one of today's kind."""
        ...

    def recognises(self, encoded: Secret) -> bool:
        """Say whether a hash brought along is of a kind that `verify` reads."""
        ...


class Signer(Protocol):
    """Signs with the tenant's current key."""

    async def sign(self, claims: Mapping[str, object], *, alg: str, typ: str = "JWT") -> Secret:
        """Return a JWS in compact form, signed with the current key.

        Args:
            claims: Payload; its order is kept.
            alg: RS256 or PS256.
            typ: `JWT`, or `at+jwt` for RFC 9068.
        """
        ...

    def sign_hs256(self, claims: Mapping[str, object], key: Secret, *, typ: str = "JWT") -> Secret:
        """Return a JWS signed with a shared secret (HS256 APIs, HS256 ID tokens)."""
        ...


class TokenVerifier(Protocol):
    """Reads what comes in; the algorithm is fixed by the key, never by the header alone."""

    async def access_claims(self, token: Secret, issuer: str) -> Mapping[str, object] | None:
        """Return the claims of an access token signed by this tenant, or None.

        Checks signature, `iss`, `exp`, `nbf`, `iat` (5 s leeway) and the kind of the token;
        the audience is the caller's business. HS256 tokens are not read here.
        """
        ...

    async def is_expired(self, token: Secret, issuer: str) -> bool:
        """Say whether nothing but its age keeps a token from being such an access token."""
        ...

    def assertion_claims(
        self, assertion: Secret, keys: Mapping[str, tuple[str, str]]
    ) -> Mapping[str, object] | str:
        """Return the claims of a client's assertion, or the reason (for the log) why not.

        Args:
            assertion: Compact JWS.
            keys: Key id to (algorithm, PEM).
        """
        ...

    def unverified_subject(self, assertion: Secret) -> str | None:
        """Return the `sub` an assertion claims, only to find whose keys to check it with."""
        ...


class DeviceKeys(Protocol):
    """Reads what push devices sign; a device's key decides the algorithm."""

    def public_pem(self, jwk: Mapping[str, object]) -> Secret | None:
        """Return a public key (RFC 7517: P-256 or Ed25519) as PEM; None for anything else."""
        ...

    def claims(self, proof: Secret, public_pem: Secret) -> Mapping[str, object] | None:
        """Return the claims that the key signed (compact JWS), or None."""
        ...

    def unverified_issuer(self, proof: Secret) -> str | None:
        """Return the `iss` a proof claims, only to find whose key to check it with."""
        ...


class Vault(Protocol):
    """Encrypts what must be read back, under a key that is not in the database."""

    def seal(self, plain: Secret, context: str) -> bytes:
        """Return ciphertext that opens only under the same `context` (table and row it is for)."""
        ...

    def open(self, sealed: bytes, context: str) -> Secret:
        """Return what was sealed.

        Raises:
            ValueError: Wrong key, wrong context, or changed ciphertext.
        """
        ...


class Stamp(Protocol):
    """Marks texts that go out and come back, so that only our own are believed (promise M4)."""

    def sealed(self, text: str, purpose: str) -> str:
        """Return the text with its mark, safe in a URL; it can be read, but not changed."""
        ...

    def opened(self, stamped: str, purpose: str) -> str | None:
        """Return the text that was sealed for this purpose, or None."""
        ...

    def digest(self, text: str, purpose: str) -> str:
        """Return a name for the text: always the same, and telling nothing of it (64 hex digits).

        The text itself may be longer than any name may be, and is nowhere kept by it.
        """
        ...
