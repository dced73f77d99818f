"""Every way in which second factors say no: status, error, text and log codes.

Texts marked K in the specification are compared by Auth0's native SDKs, byte for byte.
"""

from enum import unique
from typing import Final

from gateword.domain.log_event import LogCode
from gateword.domain.refused import OWN_FAILURE, Logged, RefusalTable, Row

_OWN: Final[Logged] = (OWN_FAILURE,)
_REJECTED: Final = "MFA Authorization rejected."


@unique
class MfaRefusal(RefusalTable):
    """The table of second factors. Rows may share their wire form and differ in the log."""

    # the login that asks for one (mfa-api §2, §11)
    REQUIRED = Row(
        403, "mfa_required", "Multifactor authentication required", (LogCode.MFAR,), "mfa-api §2"
    )
    NO_FACTOR = Row(
        403,
        "access_denied",
        "A second factor is required, and there is none that could be used.",
        _OWN,
        "mfa-api §11 no factor enabled, ours",
    )
    PROVIDER_UNUSABLE = Row(
        403,
        "access_denied",
        "The second factor '{provider}' cannot be used with this grant.",
        _OWN,
        "mfa-api §11 provider duo, ours",
    )

    # mfa_token (mfa-api §8)
    TOKEN_EXPIRED = Row(401, "expired_token", "mfa_token is expired", _OWN, "mfa-api §8 K")
    TOKEN_MALFORMED = Row(403, "invalid_grant", "Malformed mfa_token", _OWN, "mfa-api §8 K")
    TOKEN_OF_NOBODY = Row(
        403, "invalid_grant", "Malformed mfa_token", _OWN, "mfa-api §12 checked at redemption"
    )

    # codes (mfa-api §8)
    OTP_WRONG = Row(403, "invalid_grant", "Invalid otp_code.", _OWN, "mfa-api §8 K")
    BINDING_CODE_WRONG = Row(403, "invalid_grant", "Invalid binding_code.", _OWN, "mfa-api §8 K")
    OOB_CODE_MALFORMED = Row(403, "invalid_grant", "Malformed oob_code", _OWN, "mfa-api §8")
    RECOVERY_CODE_WRONG = Row(403, "invalid_grant", _REJECTED, _OWN, "mfa-api §8 K")
    PUSH_DENIED = Row(400, "access_denied", _REJECTED, _OWN, "mfa-api §8 push denied")
    PENDING = Row(
        400,
        "authorization_pending",
        "Authorization pending: please repeat the request in a few seconds.",
        (),
        "mfa-api §8",
    )
    POLLS_TOO_FAST = Row(
        429, "slow_down", "You are polling faster than allowed", (), "mfa-api §8 polled too often"
    )
    TOO_MANY_CODES = Row(
        429,
        "too_many_attempts",
        "Too many failed codes. Wait for some minutes before retrying.",
        _OWN,
        "mfa-api §8, §9",
    )
    SUSPENDED = Row(
        429,
        "too_many_attempts",
        "Too many failed codes. Wait for some minutes before retrying.",
        _OWN,
        "mfa-api §9 100 in a row",
    )

    # which factor (mfa-api §8)
    NOT_ENROLLED = Row(
        401,
        "unsupported_challenge_type",
        "User is not enrolled. You can use /mfa/associate endpoint to enroll the first "
        "authenticator.",
        _OWN,
        "mfa-api §8",
    )
    NO_SUCH_FACTOR = Row(
        401,
        "unsupported_challenge_type",
        "User does not have any enrolled authenticator with the supported challenge type ({types})",
        _OWN,
        "mfa-api §8",
    )
    NO_RECOVERY_CODE = Row(
        403,
        "unsupported_challenge_type",
        "User does not have a recovery-code.",
        _OWN,
        "mfa-api §8",
    )

    # enrolment (mfa-api §5, §8)
    ALREADY_ENROLLED = Row(
        403, "access_denied", "User is already enrolled", (), "mfa-api §8 associate while enrolled"
    )
    ENROLLMENT_CLOSED = Row(
        403,
        "access_denied",
        "The first factor cannot be enrolled here.",
        (),
        "mfa-api §12 first_enrollment, ours",
    )
    FACTOR_OFF = Row(
        403, "unsupported_challenge_type", "Requested factor is not enabled", (), "mfa-api §8"
    )
    PHONE_NUMBER_INVALID = Row(
        400, "invalid_phone_number", "Invalid phone number", (), "mfa-api §8 bad phone"
    )
    TOO_MANY_AUTHENTICATORS = Row(
        403,
        "access_denied",
        "The user has as many authenticators as one may have.",
        (LogCode.TOO_MANY_RECORDS,),
        "mfa-api §5 maximum",
    )
    TOO_MANY_MESSAGES = Row(
        429,
        "too_many_attempts",
        "Too many codes were sent. Wait before asking for another one.",
        (),
        "mfa-api §9 SMS, e-mail",
    )
    TOO_MANY_PUSHES = Row(
        429,
        "too_many_attempts",
        "Too many push notifications were sent. Wait before asking for another one.",
        (),
        "mfa-api §9 push",
    )

    # push devices (docs/reference/device-protocol.md; ours)
    DEVICE_KEY_INVALID = Row(
        400,
        "invalid_request",
        "The public key must be a JWK: EC on P-256, or OKP on Ed25519.",
        (),
        "device protocol, enrolment, ours",
    )
    DEVICE_TICKET_GONE = Row(
        403,
        "invalid_ticket",
        "This enrollment was used already, or its time is over. Begin a new one.",
        (),
        "device protocol, enrolment, ours",
    )
    DEVICE_PROOF_INVALID = Row(
        401, "invalid_token", "Invalid device signature", (), "device protocol, proofs, ours"
    )
    DEVICE_CLOCK_OFF = Row(
        401,
        "clock_off",
        "The request was signed at another time than now. Set the clock of the device.",
        (),
        "device protocol, proofs, ours",
    )
    DEVICE_REPLAYED = Row(
        401,
        "replayed",
        "The counter of the request is not higher than all before. Sign it again.",
        (),
        "device protocol, proofs, ours",
    )
    DEVICE_QUESTION_GONE = Row(
        404,
        "not_found",
        "This question is not asked (any more).",
        (),
        "device protocol, answers, ours",
    )

    # bearer and authenticators (mfa-api §8)
    BEARER_INVALID = Row(401, "invalid_token", "Invalid MFA token", (), "mfa-api §8")
    SCOPE_MISSING = Row(
        403,
        "insufficient_scope",
        "Insufficient scope, expected any of: {scope}",
        _OWN,
        "mfa-api §8",
    )
    NEEDS_FACTOR = Row(
        403,
        "access_denied",
        "Authenticators can be deleted with an access token for the MFA API only.",
        (),
        "mfa-api §3 DELETE with mfa_token",
    )
    NO_AUTHENTICATOR = Row(404, "not_found", "Authenticator not found", (), "mfa-api §8")
