"""A request's body, form or JSON, read into bounded parameters.

Rule 1: pure. Rule 2: nothing is coerced; empty and null are absent (RFC 6749 §3.2).
Rule 3: whatever is secret is wrapped before anything else sees it.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.policy import json_text
from gateword.values import dataclass

MAX_BODY_BYTES: Final = 64 * 1024
MAX_VALUE_CHARS: Final = 2048
MAX_SCOPES: Final = 100
MAX_FIELDS: Final = 100
_FORM: Final = "application/x-www-form-urlencoded"
_QUOTED_CHARS: Final = 64

SECRETS: Final = frozenset(
    {"password", "client_secret", "client_assertion", "refresh_token", "token", "access_token"}
    | {"mfa_token", "otp", "oob_code", "binding_code", "recovery_code"}
)
_UNBOUNDED: Final = SECRETS | {"username"}
KNOWN: Final = SECRETS | {
    "grant_type", "client_id", "client_assertion_type", "username", "realm", "audience",
    "resource", "organization", "token_type_hint", "challenge_type", "authenticator_id",
    "oob_channel",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Parameters of a request; what was empty or null is not in it.

    Attributes:
        params: Everything that is no secret, extra parameters included.
        secrets: Passwords, tokens, client secrets and assertions.
        scope: Asked scopes without duplicates; None when none was sent.
        scope_is_malformed: `scope` was neither text nor a list of texts; refused only after the
            client is known.
    """

    params: Mapping[str, str]
    secrets: Mapping[str, Secret]
    scope: tuple[str, ...] | None = None
    scope_is_malformed: bool = False

    def require(self, name: str) -> str:
        """Return a parameter, or refuse with `Missing required parameter`."""
        if name not in self.params:
            raise Refused(Refusal.PARAMETER_MISSING, name=name)
        return self.params[name]


def read(content_type: str, body: bytes) -> Fields:
    """Read a body by its content type; any type but JSON is tried as a form.

    Raises:
        Refused: MALFORMED_BODY, DUPLICATE_PARAMETER or INVALID_PARAMETER.
    """
    return sorted_out(members(content_type, body))


def members(content_type: str, body: bytes) -> dict[str, object]:
    """Return the members of a body as they are: JSON values, or the texts of a form.

    Raises:
        Refused: MALFORMED_BODY or DUPLICATE_PARAMETER.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "application/json":
        return _json_members(body)
    return _form_members(body, strict=media_type != _FORM)


def _malformed(why: str) -> Refused:
    return Refused(Refusal.MALFORMED_BODY, detail=why)


def _form_members(body: bytes, *, strict: bool) -> dict[str, object]:
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=strict and bool(body),
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError as error:
        raise _malformed(type(error).__name__) from None
    members: dict[str, object] = {}
    for name, value in pairs:
        if name in members:
            raise Refused(Refusal.DUPLICATE_PARAMETER, name=quoted(name))
        members[name] = value
    return members


def _json_members(body: bytes) -> dict[str, object]:
    try:
        value, repeated = json_text.read(body)
    except ValueError as error:
        raise _malformed(str(error)) from None
    if not isinstance(value, dict) or len(value) > MAX_FIELDS:
        raise _malformed("not an object of bounded size and depth")
    if repeated:  # said only of a body that is otherwise sound
        raise Refused(Refusal.DUPLICATE_PARAMETER, name=quoted(repeated[0]))
    return value


def sorted_out(members: Mapping[str, object]) -> Fields:
    """Return the members of a body as parameters; those that are no texts are left out.

    Raises:
        Refused: MALFORMED_BODY or INVALID_PARAMETER.
    """
    params: dict[str, str] = {}
    secrets: dict[str, Secret] = {}
    for name, value in members.items():
        _check_text(name, name)
        if name == "scope" or value is None or value == "":
            continue
        if not isinstance(value, str):
            if name in KNOWN:
                raise Refused(Refusal.INVALID_PARAMETER, name=name)
            continue
        _check_text(name, value)
        if name in SECRETS:
            secrets[name] = Secret(value)
        else:
            params[name] = value
    scope, malformed = _scope(members.get("scope"))
    return Fields(params=params, secrets=secrets, scope=scope, scope_is_malformed=malformed)


def _check_text(name: str, value: str) -> None:
    if not _encodes(value):
        raise _malformed("lone surrogate")
    if name in _UNBOUNDED:
        return
    if len(value) > MAX_VALUE_CHARS or "\0" in value:
        raise Refused(Refusal.INVALID_PARAMETER, name=quoted(name))


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _scope(value: object) -> tuple[tuple[str, ...] | None, bool]:
    if value is None or value in ("", []):
        return None, False
    if isinstance(value, list):
        if not all(isinstance(item, str) for item in value):
            return None, True
        value = " ".join(value)
    if not isinstance(value, str):
        return None, True
    _check_text("scope", value)
    scopes = tuple(dict.fromkeys(value.split()))
    if len(scopes) > MAX_SCOPES:
        raise Refused(Refusal.INVALID_PARAMETER, name="scope")
    return scopes or None, False


def quoted(value: str) -> str:
    """Return text of the request safe to repeat in an answer: printable ASCII, bounded."""
    return "".join(c if " " <= c <= "~" else "?" for c in value[:_QUOTED_CHARS])
