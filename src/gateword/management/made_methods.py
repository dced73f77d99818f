"""Authentication methods that an operator makes: bodies, and the authenticators they come to.

Source: Auth0 Management API v2 "Create an authentication method"; members as recorded.
"""

from collections.abc import Sequence
from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.mfa import Authenticator, Kind
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.login import mfa
from gateword.management.resource import Call, Document
from gateword.management.schema import array, obj, secret, text
from gateword.policy import totp
from gateword.policy.authentication_method import CHANNELS, PHONE
from gateword.policy.identifier import is_email
from gateword.policy.mfa_params import MAX_EMAIL_CHARS
from gateword.ports.factor import ID_CHARS

_WAY: Final = "preferred_authentication_method"
_OWN: Final = {
    "phone": ("phone_number", _WAY),
    "email": ("email",),
    "totp": ("totp_secret",),
}
"""Type to the members that only it has; the first of them must be there."""

_PHONE: Final = r"^\+[0-9]{1,15}$"
BODY: Final = obj(
    {
        "type": text(choices=tuple(_OWN)),
        "name": text("What it is called.", most=64),
        "phone_number": text("E.164, of a phone.", pattern=_PHONE, most=16),
        "email": text("Of an e-mail address.", most=MAX_EMAIL_CHARS),
        "totp_secret": secret("Base32 without padding, of an authenticator app.", most=256),
        _WAY: text("Of a phone; by default text messages.", choices=("sms", "voice")),
    },
    required=("type",),
)
MADE: Final = obj(
    {
        "id": text(),
        "type": text(),
        "name": text(),
        "email": text(),
        "phone_number": text(),
        "created_at": text(),
        "last_auth_at": text(),
        _WAY: text(),
        "authentication_methods": array(obj({"id": text(), "type": text()})),
    },
    required=("id", "type", "created_at"),
)


async def made(call: Call, user: User, body: Document) -> list[Authenticator]:
    """Return the authenticators that a body comes to, confirmed; the preferred one is the first.

    Raises:
        Refused: INVALID_BODY.
    """
    type_ = str(body["type"])
    _check(type_, body)
    if type_ == PHONE:
        return await _phone(call, user, body)
    if type_ == Kind.EMAIL.value:
        return [_one(call, user, body, Kind.EMAIL, target=str(body["email"]))]
    return [_one(call, user, body, Kind.TOTP, seed=Secret(str(body["totp_secret"])))]


def refuse_twins(rows: Sequence[Authenticator]) -> None:
    """Refuse one address or number twice: nobody could tell the two apart.

    Raises:
        Refused: CONFLICT.
    """
    known = [(one.kind, one.target) for one in rows if one.target and one.is_confirmed]
    if len(set(known)) < len(known):
        text_ = "The user already has an authentication method with this email or phone number"
        raise Refused(ManagementRefusal.CONFLICT, text=text_)


def _check(type_: str, body: Document) -> None:
    needed = _OWN[type_][0]
    fault = None
    if needed not in body:
        fault = f"Missing required property: {needed}"
    others = {name for kind, names in _OWN.items() if kind != type_ for name in names}
    if stray := sorted(others & body.keys()):
        fault = f"Additional properties not allowed: {stray[0]}"
    elif "email" in body and not is_email(str(body["email"])):
        fault = "Object didn't pass validation for format email on property email"
    elif "totp_secret" in body and not totp.is_seed(str(body["totp_secret"])):
        fault = "String does not match pattern: base32 without padding on property totp_secret"
    if fault:
        raise Refused(ManagementRefusal.INVALID_BODY, fault=fault)


async def _phone(call: Call, user: User, body: Document) -> list[Authenticator]:
    """Return one authenticator for each way in which codes go to phones, and the preferred one."""
    on = (await mfa.in_force_at(call.parts)).channels
    way = Kind(str(body.get(_WAY, Kind.SMS.value if Kind.SMS.value in on else on[0])))
    kinds = [way, *(kind for kind in CHANNELS if kind is not way and kind.value in on)]
    device = call.parts.dice.letters(ID_CHARS)
    return [
        _one(
            call,
            user,
            body,
            kind,
            target=str(body["phone_number"]),
            device=device,
            group=f"{way.value}:{device}",
        )
        for kind in kinds
    ]


def _one(
    call: Call,
    user: User,
    body: Document,
    kind: Kind,
    *,
    target: str = "",
    seed: Secret | None = None,
    device: str = "",
    group: str = "",
) -> Authenticator:
    return Authenticator(
        id=f"{kind.value}|dev_{device or call.parts.dice.letters(ID_CHARS)}",
        user_key=user.key,
        kind=kind,
        created_at=call.at,
        name=str(body.get("name", "")),
        target=target,
        seed=seed,
        group=group,
        confirmed_at=call.at,
    )
