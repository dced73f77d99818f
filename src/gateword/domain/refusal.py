"""Every way in which the OAuth endpoints say no: status, error, text and log codes."""

from enum import unique
from typing import Final

from gateword.domain.log_event import LogCode
from gateword.domain.refused import OWN_FAILURE, Logged, RefusalTable, Row

_WRONG: Final = "Wrong email or password."
_REFRESH: Final = "Unknown or invalid refresh token."
_SUSPICIOUS: Final = "We have detected suspicious login behavior and further attempts will be blocked. Please contact the administrator."
_TOO_OFTEN: Final = "You have made too many login attempts. Try again later."
_OWN: Final[Logged] = (OWN_FAILURE,)
_GUESS: Final[Logged] = (LogCode.FP, OWN_FAILURE)


@unique
class Refusal(RefusalTable):
    """The table of the OAuth endpoints. Rows may share their wire form and differ in the log or the source."""

    # transport (authentication-api §1.1)
    METHOD_NOT_ALLOWED = Row(405, "method_not_allowed", "Method Not Allowed", (), "§1.1 method")
    NOT_FOUND = Row(404, "not_found", "Not Found", (), "our own")
    ENDPOINT_DISABLED = Row(
        404, "endpoint_disabled", "This endpoint is disabled.", (), "§4.5 legacy endpoints"
    )
    MISDIRECTED = Row(
        421, "misdirected_request", "No tenant answers to the host {host}.", (), "our own"
    )
    BODY_TOO_LARGE = Row(
        413, "invalid_request", "Request body is larger than 64 KiB.", (), "§1.1 size"
    )
    BODY_TOO_SLOW = Row(
        408, "invalid_request", "Request body took too long to arrive.", (), "promise I5"
    )
    MALFORMED_BODY = Row(400, "invalid_body", "Bad Request", (), "§1.1 malformed body")
    CONTENT_ENCODING = Row(
        400, "invalid_request", "Content-Encoding is not supported.", (), "promise I1"
    )
    DUPLICATE_PARAMETER = Row(
        400, "invalid_request", "Duplicate parameter: {name}", (), "§1.1 repeated parameter"
    )
    INVALID_PARAMETER = Row(
        400, "invalid_request", "Invalid parameter: {name}", (), "§1.1 other JSON types"
    )
    RATE_LIMITED = Row(
        429,
        "too_many_requests",
        "Too many requests. Check the X-RateLimit-Limit, X-RateLimit-Remaining and "
        "X-RateLimit-Reset headers.",
        (LogCode.API_LIMIT,),
        "§1.5 row 38",
    )
    FORM_FORGED = Row(
        403, "invalid_request", "The form was not sent by our own page.", (), "promise M7"
    )

    # grant and client (§1.5 rows 2 to 10)
    GRANT_TYPE_MISSING = Row(
        400, "invalid_request", "Missing required parameter: grant_type", (), "§1.5 row 2"
    )
    GRANT_TYPE_UNKNOWN = Row(
        400, "unsupported_grant_type", "Unsupported grant type: {grant_type}", (), "§1.5 row 3"
    )
    CLIENT_ID_MISSING = Row(401, "invalid_client", "Missing client_id", (), "§1.5 row 4")
    TWO_CLIENT_AUTHENTICATIONS = Row(
        400,
        "invalid_request",
        "More than one client authentication mechanism was used.",
        (),
        "§1.2 two mechanisms",
    )
    CLIENT_UNKNOWN = Row(401, "access_denied", "Unauthorized", _OWN, "§1.5 row 5")
    CLIENT_SECRET_WRONG = Row(401, "access_denied", "Unauthorized", _OWN, "§1.5 row 6")
    CLIENT_SECRET_MISSING = Row(401, "access_denied", "Unauthorized", _OWN, "§1.5 row 7")
    CLIENT_METHOD_WRONG = Row(401, "access_denied", "Unauthorized", _OWN, "§1.2 method")
    CLIENT_ASSERTION_BAD = Row(
        401, "invalid_client", "Failed client authentication", _OWN, "§1.5 row 8"
    )
    GRANT_NOT_ALLOWED = Row(
        403,
        "unauthorized_client",
        "Grant type '{grant_type}' not allowed for the client.",
        _OWN,
        "§1.5 row 9",
    )
    CLIENT_THIRD_PARTY = Row(
        403,
        "unauthorized_client",
        "Grant type '{grant_type}' not allowed for the client.",
        _OWN,
        "§1.5 row 10",
    )

    # password grants (§1.5 rows 11 to 25)
    PARAMETER_MISSING = Row(
        400, "invalid_request", "Missing required parameter: {name}", (), "§1.5 rows 11 to 13, §1.6"
    )
    ORGANIZATION_UNSUPPORTED = Row(
        400,
        "invalid_request",
        "Organizations are not supported with this grant type.",
        (),
        "§1.3 organization",
    )
    DEFAULT_DIRECTORY_UNSET = Row(
        500,
        "server_error",
        "Authorization server not configured with default connection.",
        _OWN,
        "§1.5 row 14",
    )
    REALM_UNKNOWN = Row(400, "invalid_request", "Unknown realm {realm}.", _OWN, "§1.5 row 15")
    REALM_DISABLED = Row(400, "invalid_request", "the connection was disabled", _OWN, "§1.5 row 16")
    REALM_WITHOUT_PASSWORDS = Row(
        400,
        "invalid_request",
        "specified strategy does not support requested operation",
        _OWN,
        "§1.5 row 17",
    )
    AUDIENCE_UNKNOWN = Row(
        403, "access_denied", "Service not enabled within domain: {audience}", _OWN, "§1.5 row 18"
    )
    AUDIENCE_FORBIDDEN = Row(
        403,
        "access_denied",
        'Client "{client_id}" is not authorized to access resource server "{audience}".',
        _OWN,
        "§1.5 row 19",
    )
    SCOPE_MALFORMED = Row(
        400, "invalid_scope", "Scope must be an array or a string", (), "§1.5 row 20"
    )
    WRONG_PASSWORD = Row(403, "invalid_grant", _WRONG, _GUESS, "§1.5 row 21")
    UNKNOWN_USER = Row(403, "invalid_grant", _WRONG, (LogCode.FU, OWN_FAILURE), "§1.5 row 22")
    NO_PASSWORD = Row(403, "invalid_grant", _WRONG, _GUESS, "§1.5 row 23")
    USER_BLOCKED = Row(
        401, "unauthorized", "user is blocked", (LogCode.F,), "§1.5 row 24, ruling 1"
    )
    BLOCKED_WRONG_PASSWORD = Row(403, "invalid_grant", _WRONG, _GUESS, "§1.5 row 25")
    REALM_UNREACHABLE = Row(
        503,
        "temporarily_unavailable",
        "The user directory is not available. Try again later.",
        _OWN,
        "our own; promise D2",
    )
    REALM_FAILED = Row(
        500,
        "server_error",
        "The user directory could not answer.",
        _OWN,
        "realms §5 Error, throw, time-out",
    )
    REALM_DENIES = Row(401, "unauthorized", "{message}", _OWN, "realms §5 UnauthorizedError")
    USER_TAKEN = Row(
        403,
        "access_denied",
        "The user already exists.",
        _OWN,
        "realms §5 import_mode, a name or an id that is somebody else's",
    )

    # rules (§1.5 rows 32 to 34; rules §5, §6)
    SCRIPT_UNAUTHORIZED = Row(401, "unauthorized", "{message}", _OWN, "§1.5 row 32")
    SCRIPT_DENIED = Row(403, "access_denied", "{message}", _OWN, "§1.5 row 33")
    SCRIPT_THREW = Row(403, "access_denied", "{message}", _OWN, "rules §5 exception")
    SCRIPT_BROKEN = Row(403, "access_denied", "{message}", _OWN, "rules §5 does not compile")
    SCRIPT_TOO_LONG = Row(403, "access_denied", "{message}", _OWN, "rules §5 time, memory")
    RULE_REDIRECTS = Row(
        400,
        "invalid_request",
        "Redirection is not available on /oauth/token endpoint.",
        _OWN,
        "§1.5 row 34; rules §6",
    )
    RULE_WANTS_INTERACTION = Row(
        403,
        "interaction_required",
        "Redirection is not available on /oauth/token endpoint.",
        _OWN,
        "rules §6 with redirect_error",
    )
    PRIMARY_USER_WRONG = Row(
        403,
        "access_denied",
        "{member} must be the user that the authenticated identity is linked to.",
        _OWN,
        "rules §8 primaryUser",
    )
    PRIMARY_USER_TWICE = Row(
        403,
        "access_denied",
        "The primary user can be set only once in a login.",
        _OWN,
        "rules §11 setPrimaryUser",
    )
    ACTION_INVALID = Row(400, "invalid_request", "{message}", _OWN, "rules §11 validation.error")
    SCRIPTS_BUSY = Row(
        503,
        "temporarily_unavailable",
        "Too many scripts are running.",
        _OWN,
        "rules §5 concurrency",
    )

    # attack protection (§1.5 rows 26 to 31)
    ACCOUNT_SHUT = Row(
        429,
        "too_many_attempts",
        "Your account has been blocked after multiple consecutive login attempts. We've sent you a notification via your preferred contact method with instructions on how to unblock it.",
        _OWN,
        "§1.5 rows 26, 27; attack-protection §7 distributed guessing",
    )
    ADDRESS_THROTTLED = Row(429, "too_many_attempts", _SUSPICIOUS, _OWN, "§1.5 row 28")
    CLIENT_THROTTLED = Row(
        429, "too_many_attempts", _SUSPICIOUS, _OWN, "attack-protection §7 header spoof"
    )
    SAME_USER_TOO_OFTEN = Row(429, "too_many_attempts", _TOO_OFTEN, _OWN, "§1.5 row 29, ruling 7")
    TRIES_UNDER_WAY = Row(429, "too_many_attempts", _TOO_OFTEN, _OWN, "attack-protection §6")
    PASSWORD_LEAKED = Row(
        401,
        "password_leaked",
        "This login attempt has been blocked because the password you're using was previously disclosed through a data breach (not in this application). Please check your email for more information.",
        _OWN,
        "§1.5 row 30",
    )
    VERIFICATION_REQUIRED = Row(
        401,
        "requires_verification",
        "Suspicious request requires verification",
        _OWN,
        "§1.5 row 31",
    )
    FORWARDED_FOR_INVALID = Row(
        400,
        "invalid_request",
        "auth0-forwarded-for must be one IP address.",
        _OWN,
        "attack-protection §3 option strict",
    )

    # refresh tokens (§1.6, §3)
    REFRESH_UNKNOWN = Row(403, "invalid_grant", _REFRESH, _OWN, "§1.6 refresh unknown")
    REFRESH_OTHER_CLIENT = Row(
        403, "invalid_grant", _REFRESH, _OWN, "§1.6 refresh of another client"
    )
    REFRESH_REVOKED = Row(403, "invalid_grant", _REFRESH, _OWN, "§1.6 refresh revoked")
    REFRESH_EXPIRED_IDLE = Row(403, "invalid_grant", _REFRESH, _OWN, "§3 idle lifetime")
    REFRESH_EXPIRED_ABSOLUTE = Row(403, "invalid_grant", _REFRESH, _OWN, "§3 absolute lifetime")
    REFRESH_REUSED = Row(403, "invalid_grant", _REFRESH, (LogCode.FERRT,), "§3 reuse")
    REFRESH_USER_GONE = Row(
        403,
        "invalid_grant",
        "The refresh_token was generated for a user who doesn't exist anymore.",
        _OWN,
        "§1.6 user deleted",
    )
    REFRESH_USER_BLOCKED = Row(403, "invalid_grant", _REFRESH, _OWN, "§1.6 user blocked")
    REFRESH_CONNECTION_OFF = Row(403, "invalid_grant", _REFRESH, _OWN, "promise O6")

    # client credentials (§1.6)
    AUDIENCE_MISSING = Row(
        403,
        "access_denied",
        "Non-global clients are not allowed access to APIv1",
        _OWN,
        "§1.6 without audience",
    )
    CLIENT_GRANT_MISSING = Row(
        403,
        "access_denied",
        'Client is not authorized to access "{audience}". You need to create a "client-grant" '
        "associated to this API. See: "
        "https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants",
        _OWN,
        "§1.6 no client grant",
    )
    CLIENT_GRANT_SCOPE = Row(
        403,
        "access_denied",
        "Client has not been granted scopes: {scopes}",
        _OWN,
        "§1.6 scope beyond the grant",
    )
    EXCHANGE_INVALID_SCOPE = Row(
        400, "invalid_scope", "{message}", _OWN, "§1.6 client-credentials hook or script refusal"
    )
    EXCHANGE_INVALID_REQUEST = Row(
        400, "invalid_request", "{message}", _OWN, "§1.6 client-credentials hook or script refusal"
    )
    EXCHANGE_SERVER_ERROR = Row(
        500, "server_error", "{message}", _OWN, "§1.6 client-credentials hook or script refusal"
    )

    # other endpoints (§3.1, §4)
    CLIENT_AUTH_FAILED = Row(
        401,
        "invalid_client",
        "Client authentication failed",
        (),
        "§3.1 client authentication failed",
    )
    BEARER_MISSING = Row(401, "invalid_token", "Missing bearer token", (), "§4.1 no token")
    BEARER_INVALID = Row(
        401,
        "invalid_token",
        "The access token is invalid, expired or revoked.",
        (),
        "§4.1 expired, forged, unknown",
    )

    METRICS_CLOSED = Row(
        403, "access_denied", "Metrics are not shown to this address.", (), "our own"
    )

    # load and faults (§1.5 rows 39 and 40)
    BUSY = Row(
        503,
        "temporarily_unavailable",
        "Too many logins are waiting. Try again later.",
        _OWN,
        "§1.5 row 40, promise D4",
    )
    STORE_UNREACHABLE = Row(
        503,
        "temporarily_unavailable",
        "The server cannot reach its database. Try again later.",
        (),
        "promise D2",
    )
    CLIENT_GONE = Row(
        499,
        "temporarily_unavailable",
        "The client closed the connection before the answer.",
        _OWN,
        "our own: the row is only logged",
    )
    FAULT = Row(500, "server_error", "A server error occurred.", (LogCode.F,), "§1.5 row 39")
