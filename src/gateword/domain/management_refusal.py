"""Every way in which the Management API says no: `statusCode`, `errorCode`, `message`, log code.

Source: Auth0 Management API v2; recorded answers where there are any, else its documented texts.
"""

from enum import unique
from typing import Final

from gateword.domain.log_event import LogCode
from gateword.domain.refused import Logged, RefusalTable, Row

_FAPI: Final[Logged] = (LogCode.FAPI,)


@unique
class ManagementRefusal(RefusalTable):
    """The table of the Management API. An empty `error` leaves `errorCode` out, as Auth0 does."""

    # who asks (management-api §1)
    NO_TOKEN = Row(401, "", "Missing authentication", (), "§1 header missing")
    BAD_TOKEN = Row(401, "invalid_token", "Invalid token", (), "§1 invalid_token")
    OLD_TOKEN = Row(
        401,
        "invalid_token",
        "Expired token received for JSON Web Token validation",
        (),
        "§1 invalid_token; text from memory",
    )
    BAD_AUDIENCE = Row(401, "invalid_token", "Bad audience: {audience}", (), "§1 invalid_token")
    INSUFFICIENT_SCOPE = Row(
        403,
        "insufficient_scope",
        "Insufficient scope, expected any of: {scopes}",
        _FAPI,
        "§1 insufficient_scope",
    )
    TOO_MANY_REQUESTS = Row(
        429, "too_many_requests", "Global limit has been reached", (), "§1 too_many_requests"
    )

    TOO_MANY_JOBS = Row(
        429,
        "too_many_requests",
        "There are {count} active {kind} users jobs, please wait until some of them are finished "
        "and try again",
        _FAPI,
        "realms §6: two running imports at most, and as many exports; text from memory",
    )

    # what is asked (§1)
    NO_SUCH_ENDPOINT = Row(404, "", "Not Found", (), "our own")
    METHOD_NOT_ALLOWED = Row(405, "", "Method Not Allowed", (), "our own")
    INVALID_BODY = Row(
        400, "invalid_body", "Payload validation error: '{fault}'.", _FAPI, "§1 invalid_body"
    )
    BODY_CONFLICT = Row(400, "invalid_body", "{text}", _FAPI, "§1 cross-field violations")
    INVALID_QUERY = Row(
        400,
        "invalid_query_string",
        "Query validation error: '{fault}'.",
        _FAPI,
        "§1 invalid_query_string",
    )
    INVALID_PATH = Row(
        400, "invalid_uri", "Path validation error: '{fault}'.", _FAPI, "§1 invalid_uri"
    )
    FAULTY_CONFIGURATION = Row(
        400, "invalid_body", "The configuration has {count} faults", _FAPI, "our own"
    )
    NOT_SUPPORTED = Row(
        400, "operation_not_supported", "{text}", _FAPI, "§1 operation_not_supported"
    )
    PASSWORD_REFUSED = Row(
        400, "", "{name}: {message}", _FAPI, "authentication-api §5.3, last sentence"
    )
    SCRIPT_FAILED = Row(
        500, "custom_script_failed", "{text}", _FAPI, "realms §5 Error, throw, time-out; our own"
    )
    BODY_TOO_LARGE = Row(
        413, "", "Payload content length greater than maximum allowed: {bytes}", (), "promise I1"
    )

    SEARCH_TOO_SLOW = Row(
        503,
        "query_timeout",
        "The query exceeded the timeout. Please try refining your search criteria.",
        _FAPI,
        "promise M5",
    )

    SCRIPTS_BUSY = Row(
        503,
        "temporarily_unavailable",
        "Too many scripts are running.",
        _FAPI,
        "our own, for trying a rule",
    )

    # what is not there (§1)
    NO_CLIENT = Row(404, "inexistent_client", "The client does not exist", _FAPI, "§1")
    NO_CREDENTIAL = Row(
        404, "inexistent_credential", "The credential does not exist", _FAPI, "our own"
    )
    NO_SIGNING_KEY = Row(
        404, "inexistent_signing_key", "The signing key does not exist", _FAPI, "our own"
    )
    NO_USER = Row(404, "inexistent_user", "The user does not exist.", _FAPI, "§1")
    NO_CONNECTION = Row(404, "inexistent_connection", "The connection does not exist", _FAPI, "§1")
    NO_RESOURCE_SERVER = Row(
        404, "inexistent_resource_server", "The resource server does not exist", _FAPI, "§1"
    )
    NO_CLIENT_GRANT = Row(404, "inexistent_client_grant", "The grant does not exist.", _FAPI, "§1")
    NO_SUCH_AUDIENCE = Row(
        404,
        "inexistent_resource_server",
        "The resource server does not exist: '{identifier}'",
        _FAPI,
        "seen with permissions of roles",
    )
    NO_RULE = Row(404, "inexistent_rule", "The rule does not exist", _FAPI, "§1")
    NO_REFRESH_TOKEN = Row(404, "", "The refresh token does not exist.", _FAPI, "our own")
    NO_ENROLLMENT = Row(404, "enrollment_not_found", "Enrollment not found", _FAPI, "§1")
    NO_AUTHENTICATION_METHOD = Row(
        404,
        "inexistent_authentication_method",
        "The authentication method does not exist.",
        _FAPI,
        "pattern of §1, inferred",
    )
    NO_ROLE = Row(404, "", "The role does not exist.", _FAPI, "§1: role has no code")
    NO_JOB = Row(404, "inexistent_job", "The job does not exist", _FAPI, "§9, text inferred")
    NO_EMAIL_PROVIDER = Row(
        404,
        "inexistent_email_provider",
        "There is not a configured email provider",
        _FAPI,
        "recorded",
    )
    NO_TEMPLATE = Row(
        404, "inexistent_email_template", "The template does not exist.", _FAPI, "inferred"
    )
    NO_BLOCK = Row(404, "", "Not Found", _FAPI, "§1: anomaly block has no code")

    # what is there already (§1)
    TEMPLATE_EXISTS = Row(409, "", "{text}", _FAPI, "recorded: template has no code")
    USER_EXISTS = Row(409, "user_exists", "The user already exists.", _FAPI, "§1 user_exists")
    CONFLICT = Row(409, "conflict", "{text}", _FAPI, "§1, ruling 18")
    RULE_NAME_TAKEN = Row(
        409,
        "unique_rule_name",
        "A rule with the same name already exists",
        _FAPI,
        "§1 unique_rule…",
    )
    RULE_ORDER_TAKEN = Row(
        409,
        "unique_rule_order",
        "A rule with the same order already exists",
        _FAPI,
        "§1 unique_rule…",
    )
    CONNECTION_EXISTS = Row(
        409,
        "connection_conflict",
        "A connection with the same name already exists",
        _FAPI,
        "seen with POST /connections",
    )
    ROLE_EXISTS = Row(409, "", "The role already exists.", _FAPI, "§1: role has no code")
    NO_ACTION = Row(404, "", "That action does not exist.", _FAPI, "our own")
    NO_ACTION_VERSION = Row(404, "", "That version does not exist.", _FAPI, "our own")
    NO_HOOK = Row(404, "inexistent_hook", "The hook does not exist.", _FAPI, "our own")
    NO_TRIGGER = Row(404, "", "That trigger does not exist.", _FAPI, "our own")
    NO_LOG_EVENT = Row(404, "inexistent_log", "The log event does not exist", _FAPI, "our own")
    NO_LOG_STREAM = Row(
        404, "inexistent_log_stream", "The log stream does not exist", _FAPI, "our own"
    )
