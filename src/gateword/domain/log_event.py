"""What happened, in Auth0's letters: one row of a tenant's log."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum, unique

from gateword.values import dataclass, field


@unique
class LogCode(Enum):
    """Type codes of tenant log events (Auth0: "Log event type codes")."""

    F = "f"
    FP = "fp"
    FU = "fu"
    SEPFT = "sepft"
    FEPFT = "fepft"
    SERTFT = "sertft"
    FERTFT = "fertft"
    FERRT = "ferrt"
    SECCFT = "seccft"
    FECCFT = "feccft"
    SRRT = "srrt"
    RESOURCE_CLEANUP = "resource_cleanup"
    API_LIMIT = "api_limit"
    SAPI = "sapi"
    FAPI = "fapi"
    SS = "ss"
    FS = "fs"
    SCPR = "scpr"
    FCPR = "fcpr"
    SCP = "scp"
    FCP = "fcp"
    SVR = "svr"
    FVR = "fvr"
    SV = "sv"
    FV = "fv"
    LIMIT_MU = "limit_mu"
    LIMIT_WC = "limit_wc"
    LIMIT_SUL = "limit_sul"
    PWD_LEAK = "pwd_leak"
    SIGNUP_PWD_LEAK = "signup_pwd_leak"
    RESET_PWD_LEAK = "reset_pwd_leak"
    PLA = "pla"
    UBLKDU = "ublkdu"
    W = "w"
    FN = "fn"
    MFAR = "mfar"
    SEOTPFT = "seotpft"
    FEOTPFT = "feotpft"
    SEOOBFT = "seoobft"
    FEOOBFT = "feoobft"
    SERCFT = "sercft"
    FERCFT = "fercft"
    GD_START_ENROLL = "gd_start_enroll"
    GD_START_ENROLL_FAILED = "gd_start_enroll_failed"
    GD_ENROLLMENT_COMPLETE = "gd_enrollment_complete"
    GD_START_AUTH = "gd_start_auth"
    GD_AUTH_SUCCEED = "gd_auth_succeed"
    GD_AUTH_FAILED = "gd_auth_failed"
    GD_AUTH_REJECTED = "gd_auth_rejected"
    GD_OTP_LIMIT = "gd_otp_rate_limit_exceed"
    GD_RECOVERY_SUCCEED = "gd_recovery_succeed"
    GD_RECOVERY_FAILED = "gd_recovery_failed"
    GD_RECOVERY_LIMIT = "gd_recovery_rate_limit_exceed"
    GD_SEND_PN = "gd_send_pn"
    GD_UNENROLL = "gd_unenroll"
    GD_UPDATE_DEVICE = "gd_update_device_account"
    GD_TENANT_UPDATE = "gd_tenant_update"
    TOO_MANY_RECORDS = "too_many_records"
    GD_SEND_SMS = "gd_send_sms"
    GD_SEND_SMS_FAILURE = "gd_send_sms_failure"
    GD_SEND_VOICE = "gd_send_voice"
    GD_SEND_VOICE_FAILURE = "gd_send_voice_failure"
    GD_SEND_EMAIL = "gd_send_email"


@dataclass(frozen=True, slots=True, kw_only=True)
class Also:
    """One more event to be logged with an ask, about the same people.

    Attributes:
        description: In one sentence.
    """

    code: LogCode
    description: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFacts:
    """What the steps of a login found out that its log row should say.

    Attributes:
        user_id: User id, or empty when nobody was recognised.
        user_name: Login name as it was typed.
        notes: What the asker may wonder about (dropped scopes, no refresh token).
        also: Further events; they come before the ask's own.
    """

    user_id: str = ""
    user_name: str = ""
    connection: str = ""
    connection_id: str = ""
    strategy: str = ""
    audience: str | None = None
    notes: tuple[str, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)
    also: tuple[Also, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvent:
    """One row of the log; absent information is an empty string or None, as Auth0 writes it."""

    code: LogCode
    at: datetime
    description: str | None = None
    client_id: str = ""
    client_name: str = ""
    ip: str = ""
    client_ip: str | None = None
    hostname: str = ""
    user_agent: str = ""
    auth0_client: Mapping[str, object] | None = None
    user_id: str = ""
    user_name: str = ""
    connection: str = ""
    connection_id: str = ""
    strategy: str = ""
    strategy_type: str = ""
    audience: str | None = None
    scope: tuple[str, ...] | None = None
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLogEvent:
    """A log event as the store gave it back: with its sortable id and its wire document."""

    position: int
    log_id: str
    document: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedDay:
    """How often something happened on one UTC day, as far as the log goes back.

    Attributes:
        begin: First moment of the day.
        leaked: Passwords that were found to be known.
        first: Time of the first of these events.
        last: Time of the last.
    """

    begin: datetime
    logins: int
    signups: int
    leaked: int
    first: datetime
    last: datetime
