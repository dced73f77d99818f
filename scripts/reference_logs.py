"""What each code of the tenant's log means."""

from collections.abc import Mapping
from typing import Final

from gateword.domain.log_event import LogCode

LOG_MEANING: Final[Mapping[LogCode, str]] = {
    LogCode.F: "A login failed for another reason than those below; a blocked user, for one.",
    LogCode.FP: "A login failed: wrong password. Beyond 1,000 failed logins a minute one in a "
    "hundred is written; `details.left_out` is how many rows of its type were not.",
    LogCode.FU: "A login failed: no such user, or none of that name in the realm. "
    "Sampled like `fp`.",
    LogCode.SEPFT: "Tokens were issued for a user name and a password.",
    LogCode.FEPFT: "A user name and a password were refused, or the ask itself was. Sampled with "
    "the `fp` or `fu` beside it.",
    LogCode.SERTFT: "Tokens were issued for a refresh token.",
    LogCode.FERTFT: "A refresh token was refused.",
    LogCode.FERRT: "A rotated refresh token was used again; its whole family was retired.",
    LogCode.SECCFT: "A token was issued to a machine for its own credentials.",
    LogCode.FECCFT: "A machine's own credentials were refused.",
    LogCode.SRRT: "A refresh token was revoked.",
    LogCode.RESOURCE_CLEANUP: "Old refresh tokens made room for new ones.",
    LogCode.API_LIMIT: "A rate limit of the API was reached.",
    LogCode.SAPI: "The Management API changed something.",
    LogCode.FAPI: "The Management API refused something.",
    LogCode.SS: "A user signed up.",
    LogCode.FS: "A sign-up was refused.",
    LogCode.SCPR: "A user was sent a link to choose a new password.",
    LogCode.FCPR: "A link to choose a new password was refused.",
    LogCode.SCP: "A user chose a new password.",
    LogCode.FCP: "A new password was refused.",
    LogCode.SVR: "A user was sent a link to verify an e-mail address.",
    LogCode.FVR: "A link to verify an e-mail address could not be sent.",
    LogCode.SV: "A user verified an e-mail address.",
    LogCode.FV: "An e-mail address could not be verified.",
    LogCode.FN: "A letter could not be delivered and was given up.",
    LogCode.LIMIT_MU: "Too much from one address (failed logins, sign-ups, requests for links), or "
    "from one client.",
    LogCode.LIMIT_WC: "An account was blocked: too many wrong passwords in a row.",
    LogCode.LIMIT_SUL: "The same user logged in too often from the same address.",
    LogCode.PWD_LEAK: "Somebody logged in with a password that is known from a breach.",
    LogCode.SIGNUP_PWD_LEAK: "Somebody signed up with a password that is known from a breach.",
    LogCode.RESET_PWD_LEAK: "Somebody chose a new password that is known from a breach.",
    LogCode.PLA: "What bot detection made of a login, or an alarm about many of them.",
    LogCode.UBLKDU: "A block after wrong passwords was lifted.",
    LogCode.W: "A warning: something sent or set has no effect, and probably should.",
    LogCode.FN: "A letter could not be delivered and was given up.",
    LogCode.MFAR: "A second factor was asked for",
    LogCode.SEOTPFT: "Tokens granted for a code of an authenticator app",
    LogCode.FEOTPFT: "No tokens for a code of an authenticator app",
    LogCode.SEOOBFT: "Tokens granted for a code that was sent, or a push",
    LogCode.FEOOBFT: "No tokens for a code that was sent, or a push",
    LogCode.SERCFT: "Tokens granted for a recovery code",
    LogCode.FERCFT: "No tokens for a recovery code",
    LogCode.GD_START_ENROLL: "Enrolment in a second factor begun",
    LogCode.GD_START_ENROLL_FAILED: "Enrolment in a second factor refused",
    LogCode.GD_ENROLLMENT_COMPLETE: "Second factor enrolled",
    LogCode.GD_START_AUTH: "Second factor challenged",
    LogCode.GD_AUTH_SUCCEED: "Second factor shown",
    LogCode.GD_AUTH_FAILED: "Wrong code of a second factor",
    LogCode.GD_AUTH_REJECTED: "Push denied on the device",
    LogCode.GD_OTP_LIMIT: "Too many wrong codes of one user",
    LogCode.GD_RECOVERY_SUCCEED: "Recovery code used",
    LogCode.GD_RECOVERY_FAILED: "Wrong recovery code",
    LogCode.GD_RECOVERY_LIMIT: "Too many wrong recovery codes of one user",
    LogCode.GD_SEND_PN: "Push sent",
    LogCode.GD_UNENROLL: "Second factor removed",
    LogCode.GD_UPDATE_DEVICE: "Second factor changed",
    LogCode.GD_TENANT_UPDATE: "Settings of second factors changed",
    LogCode.TOO_MANY_RECORDS: "A user has as many authenticators as one may have",
    LogCode.GD_SEND_SMS: "A one-time code was handed over as a text message.",
    LogCode.GD_SEND_SMS_FAILURE: "A one-time code did not leave as a text message; `description` "
    "says why.",
    LogCode.GD_SEND_VOICE: "A one-time code was handed over to be read out on the phone.",
    LogCode.GD_SEND_VOICE_FAILURE: "A one-time code was not read out on the phone; `description` "
    "says why.",
    LogCode.GD_SEND_EMAIL: "A one-time code was handed over as an e-mail. One that did not leave "
    "is an `fn`.",
}
