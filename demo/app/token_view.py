"""Tokens made readable: decoded, and each claim explained in plain words."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

_MEANINGS: Final = {
    "iss": "Who issued it. An API accepts tokens of this issuer only.",
    "sub": "Who it is about. The same e-mail in another realm is another sub.",
    "aud": "Whom it is for. Anyone else must turn it down.",
    "iat": "When it was issued.",
    "exp": "When it expires. From this second on the API answers 401.",
    "scope": "What this application may do in your name.",
    "permissions": "What your roles allow you to do at this API.",
    "gty": "How it was obtained: with a password, or refreshed later.",
    "azp": "Which application asked for it.",
    "name": "Your name, because the scope profile was granted.",
    "nickname": "What to call you.",
    "email": "Your address, because the scope email was granted.",
    "email_verified": "Whether the address is known to be yours.",
    "updated_at": "When your profile last changed.",
    "https://pine.example/department": "Which department of ours you belong to.",
    "alg": "How it is signed: with a private key only the login server has.",
    "typ": "What it is: a JSON Web Token.",
    "kid": "Which key signed it. The API looks it up in the published key set.",
}
_TIMES: Final = frozenset({"iat", "exp"})


@dataclass(frozen=True, slots=True)
class Decoded:
    """The two readable parts of a JWT, unverified: for showing, never for deciding."""

    header: dict[str, Any]
    claims: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One member of a token as the page shows it.

    Attributes:
        name: Its name.
        value: Its value, written for people.
        meaning: What it says, in plain words; empty when that is not known.
        by_rule: The tenant put it there, not the server: only a tenant's claims are named by an
            address.
    """

    name: str
    value: str
    meaning: str
    by_rule: bool


def decoded(token: str) -> Decoded:
    """Read header and claims of a compact JWS; `ValueError` or `TypeError` when it is none."""
    header, claims, _ = token.split(".")
    return Decoded(_part(header), _part(claims))


def lines(members: dict[str, Any]) -> list[Line]:
    """Explain every member; unknown ones are shown without a meaning."""
    return [
        Line(
            name=name,
            value=_shown(name, value),
            meaning=_MEANINGS.get(name, ""),
            by_rule=name.startswith(("https://", "http://")),
        )
        for name, value in members.items()
    ]


def display_name(claims: dict[str, Any]) -> str:
    """Say how to greet somebody; the server fills an unknown `name` with the e-mail address."""
    name = str(claims.get("name", ""))
    return name if "@" not in name else name.partition("@")[0].replace(".", " ").title()


def clock_time(unix_s: float) -> str:
    """Write a Unix time as a UTC clock time."""
    return f"{datetime.fromtimestamp(unix_s, UTC):%H:%M:%S} UTC"


def _part(encoded: str) -> dict[str, Any]:
    read = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    if not isinstance(read, dict):
        raise TypeError("part of the token is not an object")
    return read


def _shown(name: str, value: object) -> str:
    if name in _TIMES and isinstance(value, int):
        return f"{value}  ({clock_time(value)})"
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
