"""What Actions ask for: a list of calls of `api`, read as a stranger's text.

Rule 1: pure. Rule 2: the script's side has the same limits, and says so where they are crossed; who
gets round it there is stopped here. Rule 3: later Actions win.
Source: Auth0 "Post-login API object", "Credentials exchange API object", "Actions: limitations".
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from gateword.domain.login import FactorWish
from gateword.policy import json_text, rule_claims
from gateword.policy.user_import import RESERVED_METADATA
from gateword.values import dataclass, field, replace

PROVIDERS: Final = ("any", "none", "guardian", "google-authenticator", "duo")
DENIED: Final = "access_denied"
DENIALS: Final = ("invalid_scope", "invalid_request", "server_error")
MOST_CALLS: Final = 1000
MOST_METADATA_BYTES: Final = 32 * 1024
MOST_MESSAGE_CHARS: Final = 1024
MOST_ID_CHARS: Final = 128
MOST_FACTORS: Final = 20
MOST_KEY_BYTES: Final = 64
MOST_TOLD_BYTES: Final = 8 * 1024
MOST_ALL_TOLD_BYTES: Final = 16 * 1024
_MALFORMED: Final = "The Action did not return what it should"
_MS: Final = 1000
_LAST_S: Final = 253402300799  # 9999-12-31


class NoWish(Exception):
    """What an Action asks for is no wish; its argument says why, in words for the client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the Actions of a login have asked for so far.

    Attributes:
        scopes: (is it added, scope), in order.
        multifactor: As `context.multifactor` of a rule.
        primary_user: Id of the user whose login it is to be.
        denied: (code, reason) of an Action that said no.
        invalid: Why an Action calls the request invalid.
        redirect: What wants a browser: `redirect.sendUserTo`, `prompt.render`.
        told: Transaction metadata, which later Actions see.
        revoked: Why the refresh token is to end.
        unheeded: Calls without effect, for the log.
        left_out: Metadata that cannot be stored, for the log.
    """

    access_claims: Mapping[str, object] = field(default_factory=dict)
    id_claims: Mapping[str, object] = field(default_factory=dict)
    scopes: tuple[tuple[bool, str], ...] = ()
    multifactor: Mapping[str, object] | None = None
    factors: tuple[FactorWish, ...] = ()
    primary_user: str | None = None
    denied: tuple[str, str] | None = None
    invalid: str | None = None
    redirect: str | None = None
    user_metadata: Mapping[str, object] = field(default_factory=dict)
    app_metadata: Mapping[str, object] = field(default_factory=dict)
    told: Mapping[str, object] = field(default_factory=dict)
    revoked: str | None = None
    refresh_expires_at: datetime | None = None
    refresh_idle_expires_at: datetime | None = None
    unheeded: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def rescoped(self, scopes: tuple[str, ...]) -> list[str] | None:
        """Return the scopes with those that were added and without those removed; None for none."""
        if not self.scopes:
            return None
        left = dict.fromkeys(scopes)
        for is_added, scope in self.scopes:
            if is_added:
                left[scope] = None
            else:
                left.pop(scope, None)
        return list(left)


def after(before: Wishes, calls: object) -> Wishes:
    """Return the wishes with those of one more Action.

    Raises:
        NoWish: It asked for what nobody can ask for.
    """
    if not isinstance(calls, list) or len(calls) > MOST_CALLS:
        raise NoWish(_MALFORMED)
    wishes = before
    for call in calls:
        try:
            name, *values = call
            wishes = _READ[name](wishes, *values)
        except (TypeError, ValueError, LookupError, OverflowError):
            raise NoWish(_MALFORMED) from None
    for name, metadata in (("user", wishes.user_metadata), ("app", wishes.app_metadata)):
        if _bytes(metadata) > MOST_METADATA_BYTES:
            raise NoWish(f"The {name} metadata of one login is larger than 32 kB")
    if _bytes(wishes.told) > MOST_ALL_TOLD_BYTES:
        raise NoWish("The transaction metadata is larger than 16 kB")
    return wishes


def message(text: object) -> str:
    """Return a text for the client: one line, cut, without control characters."""
    shown = "".join(char if char.isprintable() else " " for char in _text(text))
    return shown[:MOST_MESSAGE_CHARS]


def merged(kept: Mapping[str, object], wanted: Mapping[str, object]) -> dict[str, object]:
    """Return metadata as they will be stored: merged at the first level, null takes away."""
    return {name: value for name, value in {**kept, **wanted}.items() if value is not None}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _bytes(value: object) -> int:
    return len(
        json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    )


def _access_claim(wishes: Wishes, name: object, value: object) -> Wishes:
    return replace(wishes, access_claims={**wishes.access_claims, _text(name): value})


def _id_claim(wishes: Wishes, name: object, value: object) -> Wishes:
    return replace(wishes, id_claims={**wishes.id_claims, _text(name): value})


def _add_scope(wishes: Wishes, scope: object) -> Wishes:
    word = _text(scope)
    if rule_claims.scopes({"scope": [word]}) != (word,):
        return wishes  # no scope at all, and left out like those of rules
    return replace(wishes, scopes=(*wishes.scopes, (True, word)))


def _remove_scope(wishes: Wishes, scope: object) -> Wishes:
    return replace(wishes, scopes=(*wishes.scopes, (False, _text(scope))))


def _enable(wishes: Wishes, provider: object, options: object) -> Wishes:
    if provider not in PROVIDERS or not isinstance(options, dict):
        raise ValueError(provider)
    return replace(wishes, multifactor={**options, "provider": provider})


def _factors(*, is_enrollment: bool) -> Callable[..., Wishes]:
    def read(wishes: Wishes, any_of: object, options: object) -> Wishes:
        if not isinstance(any_of, list) or not 0 < len(any_of) <= MOST_FACTORS:
            raise TypeError(any_of)
        if not isinstance(options, dict):
            raise TypeError(options)
        for factor in any_of:
            if not isinstance(factor, dict):
                raise TypeError(factor)
            _text(factor.get("type"))
        wish = FactorWish(is_enrollment=is_enrollment, any_of=tuple(any_of), options=options)
        return replace(wishes, factors=(*wishes.factors, wish)[:MOST_FACTORS])

    return read


def _primary_user(wishes: Wishes, id_: object) -> Wishes:
    if wishes.primary_user is not None:
        raise NoWish("The primary user can be set only once in a login")
    if len(_text(id_)) > MOST_ID_CHARS:
        raise ValueError(id_)
    return replace(wishes, primary_user=_text(id_))


def _deny(wishes: Wishes, code: object, reason: object) -> Wishes:
    if code not in (DENIED, *DENIALS):
        raise ValueError(code)
    return replace(wishes, denied=wishes.denied or (_text(code), message(reason)))


def _invalid(wishes: Wishes, code: object, text: object) -> Wishes:
    _text(code)  # Auth0 shows it on its own pages only
    return replace(wishes, invalid=wishes.invalid or message(text))


def _redirect(what: str) -> Callable[..., Wishes]:
    def read(wishes: Wishes, where: object) -> Wishes:
        _text(where)
        return replace(wishes, redirect=what)

    return read


def _metadata(part: str) -> Callable[..., Wishes]:
    def read(wishes: Wishes, name: object, value: object) -> Wishes:
        key, kept = _text(name), getattr(wishes, part)
        is_reserved = part == "app_metadata" and key in RESERVED_METADATA
        if is_reserved or not json_text.could_be_sent({part: {key: value}}):
            return replace(wishes, left_out=_noted(wishes.left_out, f"{part}.{key}"))
        changed = {**kept, key: value}
        return replace(wishes, **{part: changed})  # type: ignore[arg-type]  # one of two mappings

    return read


def _tell(wishes: Wishes, key: object, value: object) -> Wishes:
    if (
        len(_text(key).encode("utf-8", "replace")) > MOST_KEY_BYTES
        or len(str(value).encode("utf-8", "replace")) > MOST_TOLD_BYTES
    ):
        raise ValueError(key)
    if value is not None and not isinstance(value, str | int | float):
        raise TypeError(value)
    return replace(wishes, told=merged(wishes.told, {_text(key): value}))


def _revoke(wishes: Wishes, reason: object) -> Wishes:
    return replace(wishes, revoked=message(reason))


def _expire(wishes: Wishes, at: object) -> Wishes:
    return replace(wishes, refresh_expires_at=_time(at))


def _expire_idle(wishes: Wishes, at: object) -> Wishes:
    return replace(wishes, refresh_idle_expires_at=_time(at))


def _time(at: object) -> datetime:
    if not isinstance(at, int | float) or isinstance(at, bool):
        raise TypeError(at)
    return datetime.fromtimestamp(min(max(at / _MS, 0), _LAST_S), UTC)


def _without_effect(wishes: Wishes, name: object) -> Wishes:
    return replace(wishes, unheeded=_noted(wishes.unheeded, name))


def _noted(before: tuple[str, ...], name: object) -> tuple[str, ...]:
    told = message(name)[:MOST_ID_CHARS]
    return tuple(dict.fromkeys((*before, told)))[:MOST_FACTORS]


def _nothing(wishes: Wishes) -> Wishes:
    return wishes


_READ: Final[Mapping[str, Callable[..., Wishes]]] = {
    "access.deny": _deny,
    "accessToken.setCustomClaim": _access_claim,
    "accessToken.addScope": _add_scope,
    "accessToken.removeScope": _remove_scope,
    "idToken.setCustomClaim": _id_claim,
    "multifactor.enable": _enable,
    "authentication.challengeWith": _factors(is_enrollment=False),
    "authentication.enrollWith": _factors(is_enrollment=True),
    "authentication.setPrimaryUser": _primary_user,
    "redirect.sendUserTo": _redirect("redirect"),
    "prompt.render": _redirect("show a form"),
    "user.setAppMetadata": _metadata("app_metadata"),
    "user.setUserMetadata": _metadata("user_metadata"),
    "transaction.setMetadata": _tell,
    "refreshToken.revoke": _revoke,
    "refreshToken.setExpiresAt": _expire,
    "refreshToken.setIdleExpiresAt": _expire_idle,
    "validation.error": _invalid,
    "without effect": _without_effect,
    "nothing": _nothing,
}
"""Name of a call to what it makes of the wishes."""
