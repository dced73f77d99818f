"""A client's public keys (credentials) as Auth0's Management API writes them, and back.

Rule 1: pure; ids, the time and the reading of keys come in.
Source: Auth0 Management API v2 "Create a client credential", recorded answers; RFC 7638 (kid).
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from gateword.domain.client import ClientKey
from gateword.policy.members import Members
from gateword.policy.timestamp import written
from gateword.values import dataclass, replace

ALGORITHMS: Final = ("RS256", "RS384", "PS256")
TYPES: Final = ("public_key", "x509_cert")

_READ_ONLY: Final = ("created_at", "updated_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMaker:
    """What making a key takes besides its document.

    Attributes:
        new_key_id: Returns a fresh id for a credential.
        read_pem: Returns a public key in its normal PEM form and its thumbprint (RFC 7638).
            Raises ValueError with the reason when it cannot be used.
        at: When this happens; None leaves the times of making out.
    """

    new_key_id: Callable[[], str]
    read_pem: Callable[[str], tuple[str, str]]
    at: datetime | None = None


def assigned(
    members: Members, stored: Sequence[ClientKey], maker: KeyMaker
) -> tuple[ClientKey, ...]:
    """Return a client's keys when these, given by id or by PEM, are those that count.

    Keys that are not given stay stored, and prove nothing.
    """
    methods = members.member("client_authentication_methods")
    private_key_jwt = methods.member("private_key_jwt")
    credentials = private_key_jwt.items("credentials") or []
    if not credentials:
        methods.fault("needs private_key_jwt.credentials, a list of public keys")
    keys = {key.id: replace(key, is_assigned=False) for key in stored}
    for credential in credentials:
        key = (
            _chosen(credential, stored)
            if _is_by_id(credential)
            else made(credential, stored, maker)
        )
        if key is not None:
            keys[key.id] = replace(key, is_assigned=True)
    for other in ("tls_client_auth", "self_signed_tls_client_auth"):
        if methods.given(other) is not None:
            methods.fault("is not supported yet; use private_key_jwt", other)
    methods.only()
    private_key_jwt.only()
    return tuple(keys.values())


def made(credential: Members, stored: Sequence[ClientKey], maker: KeyMaker) -> ClientKey | None:
    """Return the key that a document makes, in place of a stored one with the same kid."""
    credential.text("credential_type", "public_key", choices=TYPES)
    for name in ("id", *_READ_ONLY):
        credential.given(name)
    if credential.flag("parse_expiry_from_cert", kept=False, reset=False):
        credential.fault("is not supported; give expires_at", "parse_expiry_from_cert")
    alg = credential.text("alg", "RS256", "RS256", choices=ALGORITHMS)
    name = credential.text("name", "", "")
    pem = credential.required_text("pem")
    kid = credential.optional_text("kid", None)
    expires_at = _expiry(credential, None, maker.at)
    credential.only()
    if not pem:
        return None
    try:
        normal, thumbprint = maker.read_pem(pem)
    except ValueError as reason:
        credential.fault(str(reason), "pem")
        return None
    kid = kid or thumbprint
    known = next((key for key in stored if key.kid == kid), None)
    return ClientKey(
        id=known.id if known else maker.new_key_id(), name=name, kid=kid, alg=alg, pem=normal,
        created_at=known.created_at if known else maker.at, updated_at=maker.at,
        expires_at=expires_at,
    )  # fmt: skip


def changed(credential: Members, stored: ClientKey, at: datetime) -> ClientKey:
    """Return a stored key with what a document says of it: when it ends, and nothing else."""
    key = replace(stored, expires_at=_expiry(credential, stored.expires_at, at), updated_at=at)
    credential.only()
    return key


def rendered(key: ClientKey) -> dict[str, object]:
    """Return the key as the Management API answers it: without the key itself."""
    document: dict[str, object] = {"id": key.id}
    if key.name:
        document["name"] = key.name
    document |= {"kid": key.kid, "credential_type": "public_key", "alg": key.alg}
    times = {
        "created_at": key.created_at, "updated_at": key.updated_at, "expires_at": key.expires_at,
    }  # fmt: skip
    return document | {name: written(time) for name, time in times.items() if time is not None}


def _is_by_id(credential: Members) -> bool:
    return credential.present().keys() == {"id"}


def _chosen(credential: Members, stored: Sequence[ClientKey]) -> ClientKey | None:
    wanted = credential.required_text("id")
    credential.only()
    found = next((key for key in stored if key.id == wanted), None)
    if found is None:
        credential.fault("no credential of this client has this id", "id")
    return found


def _expiry(credential: Members, kept: datetime | None, now: datetime | None) -> datetime | None:
    text = credential.optional_text("expires_at", None)
    if text is None:
        return None if "expires_at" in credential else kept
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        credential.fault("must be a time such as 2027-01-31T12:00:00Z", "expires_at")
        return kept
    if now is not None and at <= now:
        credential.fault("must be in the future", "expires_at")
    return at.astimezone(UTC)
