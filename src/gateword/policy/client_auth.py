"""Which proof of itself did the client send with the request.

Rule 1: pure. Rule 2: exactly one mechanism (RFC 6749 §2.3).
"""

import base64
from typing import Final, TypeAlias
from urllib.parse import unquote_plus

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.policy.token_params import Fields
from gateword.values import dataclass

JWT_BEARER: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MAX_ASSERTION_BYTES: Final = 2048
MAX_CLIENT_ID_CHARS: Final = 2048


@dataclass(frozen=True, slots=True)
class NoProof:
    """Only a name."""

    client_id: str


@dataclass(frozen=True, slots=True)
class SecretProof:
    """A shared secret.

    Attributes:
        secrets: Readings of what was sent; with Basic, RFC 6749 §2.3.1 form-encodes id and
            secret, which many clients forget, so the literal text is one reading as well.
        basic: It came in the Authorization header.
    """

    client_id: str
    secrets: tuple[Secret, ...]
    basic: bool


@dataclass(frozen=True, slots=True)
class AssertionProof:
    """A signed assertion (RFC 7523); `client_id` only when it was sent beside it."""

    client_id: str | None
    assertion: Secret


Proof: TypeAlias = NoProof | SecretProof | AssertionProof


def presented(authorization: str | None, fields: Fields) -> Proof:
    """Return the one proof in a request.

    Raises:
        Refused: TWO_CLIENT_AUTHENTICATIONS, CLIENT_ID_MISSING, CLIENT_ASSERTION_BAD, or
            INVALID_PARAMETER when the body names another client than the header.
    """
    basic = _basic(authorization)
    secret = fields.secrets.get("client_secret")
    assertion = fields.secrets.get("client_assertion")
    if sum(proof is not None for proof in (basic, secret, assertion)) > 1:
        raise Refused(Refusal.TWO_CLIENT_AUTHENTICATIONS)
    client_id = fields.params.get("client_id")
    if basic is not None:
        if client_id not in (None, basic.client_id):
            raise Refused(Refusal.INVALID_PARAMETER, name="client_id")
        return basic
    if assertion is not None:
        return _assertion(client_id, assertion, fields.params.get("client_assertion_type"))
    if client_id is None:
        raise Refused(Refusal.CLIENT_ID_MISSING)
    if secret is not None:
        return SecretProof(client_id, (secret,), basic=False)
    return NoProof(client_id)


def _assertion(client_id: str | None, assertion: Secret, kind: str | None) -> AssertionProof:
    if kind != JWT_BEARER:
        raise Refused(
            Refusal.CLIENT_ASSERTION_BAD, detail="client_assertion_type is not jwt-bearer"
        )
    if len(assertion.reveal()) > MAX_ASSERTION_BYTES:
        raise Refused(Refusal.CLIENT_ASSERTION_BAD, detail="assertion is longer than 2048 bytes")
    return AssertionProof(client_id, assertion)


def _basic(authorization: str | None) -> SecretProof | None:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(token.strip(), validate=True).decode("utf-8")
    except ValueError:  # no base64, no UTF-8, or no ASCII to begin with
        text = ""
    client_id, _, secret = text.partition(":")
    readings = dict.fromkeys((unquote_plus(secret), secret))
    name = unquote_plus(client_id)
    # A name that no store may be asked for is nobody's.
    name = "" if "\0" in name or len(name) > MAX_CLIENT_ID_CHARS else name
    return SecretProof(name, tuple(map(Secret, readings)), basic=True)
