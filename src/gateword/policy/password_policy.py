"""Whether a new password may be taken, and in which words it is refused.

Rule 1: pure; what is common and what was used before is looked up by the caller. Source: Auth0
"Signup", "Password options"; bodies as Auth0's SDKs test them.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, TypeAlias

from gateword.domain.user import NewUser, User
from gateword.policy.password_options import PasswordPolicy
from gateword.policy.password_rules import Told, items_of, sentence
from gateword.values import dataclass

Person: TypeAlias = NewUser | User

LEAST_PERSONAL_CHARS: Final = 3
"""Shorter names stand in too many words to be forbidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Why a password is refused.

    Attributes:
        name: Which check refused it (`PasswordStrengthError`, …).
        message: The same for people.
        description: The rules with what is kept of them, or a text.
        policy: All rules as lines, where they are what refused it.
    """

    name: str
    message: str
    description: Mapping[str, object] | str
    policy: str | None = None

    def members(self) -> dict[str, object]:
        """Return description and policy as members of an answer."""
        policy = {} if self.policy is None else {"policy": self.policy}
        return {"description": self.description, **policy}


def told(complaint: Complaint) -> str:
    """Return a complaint as one sentence, with the rules that are not kept."""
    text = complaint.description
    if isinstance(text, str):
        return text.rstrip(".")
    rules = text.get("rules")
    broken = [rule for rule in rules if not rule["verified"]] if isinstance(rules, list) else []
    return f"{complaint.message}: {'; '.join(map(_whole_sentence, broken))}"


def _whole_sentence(rule: Told) -> str:
    items = ", ".join(str(item["message"]) for item in items_of(rule))
    return f"{sentence(rule)} {items}".strip()


COMMON: Final = Complaint(
    name="PasswordDictionaryError",
    message="Password is too common",
    description="Password is not allowed, it might be too common.",
)
PERSONAL: Final = Complaint(
    name="PasswordNoUserInfoError",
    message="Password contains user information",
    description="Password contains user information",
)


def too_weak(policy: PasswordPolicy, password: str) -> Complaint | None:
    """Return the complaint about a password that breaks a rule of the policy's strength."""
    rules = policy.strength.rules(password)
    if all(rule["verified"] for rule in rules):
        return None
    return Complaint(
        name="PasswordStrengthError",
        message="Password is too weak",
        description={"rules": rules, "verified": False},
        policy=policy.strength.text(),
    )


def too_common(
    policy: PasswordPolicy, password: str, common: frozenset[str] = frozenset()
) -> Complaint | None:
    """Return the complaint about a password that is, as a whole, a word of a dictionary.

    Args:
        policy: Its own words count as well.
        password: What was typed.
        common: Case-folded words of the policy's dictionary; empty when it has none.
    """
    folded = password.casefold()
    return COMMON if folded in policy.own_words or folded in common else None


def too_personal(policy: PasswordPolicy, password: str, person: Person) -> Complaint | None:
    """Return the complaint about a password that holds something of the person's profile."""
    folded = password.casefold()
    values = (value for path in policy.personal_fields for value in _values(person, path))
    is_found = any(len(one) >= LEAST_PERSONAL_CHARS and one in folded for one in values)
    return PERSONAL if is_found else None


def used_before(policy: PasswordPolicy, ago: timedelta) -> Complaint:
    """Return the complaint about a password that was in use that long ago."""
    text = f"You may not reuse any of the last {policy.history_size} passwords."
    return Complaint(
        name="PasswordHistoryError",
        message="Password has previously been used",
        description=f"{text} This password was used {in_words(ago)}.",
    )


def in_words(ago: timedelta) -> str:
    """Return a length of time as people say it: `a day ago`, `3 months ago`."""
    seconds = max(0.0, ago.total_seconds())
    for one, most, unit_s, unit in _SPANS:
        if seconds < most * unit_s:
            count = round(seconds / unit_s)
            return one if count <= 1 else f"{count} {unit} ago"
    return "long ago"


_DAY_S: Final = 86400
_SPANS: Final = (
    ("a few seconds ago", 0.75, 60, ""),
    ("a minute ago", 45, 60, "minutes"),
    ("an hour ago", 22, 3600, "hours"),
    ("a day ago", 26, _DAY_S, "days"),
    ("a month ago", 10.5, 30.4 * _DAY_S, "months"),
    ("a year ago", 1000, 365 * _DAY_S, "years"),
)
"""Words for about one, how many units are said at most, seconds of a unit, its plural."""


def _values(person: Person, path: str) -> list[str]:
    name, _, inner = path.partition(".")
    if name in ("user_metadata", "app_metadata") and inner:
        metadata = person.user_metadata if name == "user_metadata" else person.app_metadata
        value = metadata.get(inner)
    elif name in ("email", "username", "phone_number"):
        value = getattr(person, name)
    else:
        value = person.profile.get(path)
    if not isinstance(value, str):
        return []
    folded = value.casefold()
    return [folded, folded.partition("@")[0]] if name == "email" else [folded]
