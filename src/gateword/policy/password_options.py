"""What a connection's options ask of passwords; both schemas, the newer one wins as a whole.

Rule 1: pure. Source: Auth0 "Password options", "Flexible password policy", package
auth0-password-policies. Options that cannot be read count as absent: a connection is checked when
it is stored, not when somebody signs up.
"""

from collections.abc import Mapping
from typing import Final

from gateword.policy.password_rules import MAX_BYTES, Characters, Strength
from gateword.values import dataclass, field, replace

Options = Mapping[str, object]

FLEXIBLE_MIN_LENGTH: Final = 15
FLEXIBLE_MAX_BYTES: Final = 72
MAX_HISTORY: Final = 24
DEFAULT_HISTORY: Final = 5
SMALL: Final = "en_10k"
LARGE: Final = "en_100k"
NOWHERE: Final[Options] = {}

PERSONAL_FIELDS: Final = (
    "name", "username", "nickname", "email",
    "user_metadata.name", "user_metadata.first", "user_metadata.last",
)  # fmt: skip
"""What `password_no_personal_info` forbids, and the newer schema when it names no fields."""

_ALL: Final = (Characters.LOWER, Characters.UPPER, Characters.NUMBER, Characters.SPECIAL)
LEVELS: Final[Mapping[str, Strength]] = {
    "none": Strength(),
    "low": Strength(min_length=6),
    "fair": Strength(min_length=8, classes=_ALL[:3], at_least=3),
    "good": Strength(min_length=8, classes=_ALL, at_least=3),
    "excellent": Strength(min_length=10, classes=_ALL, at_least=3, no_identical=True),
}
_DEFAULT_LEVEL: Final = "good"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPolicy:
    """What a new password must be like.

    Attributes:
        history_size: How many of the last passwords, the current one included, may not come again.
        dictionary: `en_10k` or `en_100k` when common passwords are refused, else None.
        own_words: Further words that are refused, in case-folded form.
        personal_fields: Members of the profile that may not be in it, dotted.
    """

    strength: Strength
    history_size: int = 0
    dictionary: str | None = None
    own_words: frozenset[str] = field(default_factory=frozenset)
    personal_fields: tuple[str, ...] = ()

    @property
    def former(self) -> int:
        """How many former hashes are kept: the current one counts as the first."""
        return max(0, self.history_size - 1)


def policy_of(options: Options) -> PasswordPolicy:
    """Return the policy that a connection's options make."""
    flexible = options.get("password_options")
    return _flexible(flexible) if isinstance(flexible, Mapping) else _legacy(options)


def _legacy(options: Options) -> PasswordPolicy:
    level = LEVELS.get(str(options.get("passwordPolicy")), LEVELS[_DEFAULT_LEVEL])
    least = _whole(_inner(options, "password_complexity_options").get("min_length"))
    strength = level if least is None else replace(level, min_length=least)
    history = _inner(options, "password_history")
    words = _inner(options, "password_dictionary")
    personal = _inner(options, "password_no_personal_info").get("enable") is True
    return PasswordPolicy(
        strength=strength,
        history_size=_size(history, "enable"),
        dictionary=SMALL if words.get("enable") is True else None,
        own_words=_words(words.get("dictionary")),
        personal_fields=PERSONAL_FIELDS if personal else (),
    )


def _flexible(options: Options) -> PasswordPolicy:
    words, personal = _inner(options, "dictionary"), _inner(options, "profile_data")
    fields = _texts(personal.get("blocked_fields")) or PERSONAL_FIELDS
    chosen = LARGE if words.get("default") == LARGE else SMALL
    return PasswordPolicy(
        strength=_strength(_inner(options, "complexity")),
        history_size=_size(_inner(options, "history"), "active"),
        dictionary=chosen if words.get("active") is True else None,
        own_words=_words(words.get("custom")),
        personal_fields=fields if personal.get("active") is True else (),
    )


def _strength(complexity: Options) -> Strength:
    three_of_four = complexity.get("character_type_rule") == "three_of_four"
    named = _texts(complexity.get("character_types"))
    classes = _ALL if three_of_four else tuple(one for one in _ALL if one.option in named)
    least = _whole(complexity.get("min_length"))
    refuses_long = complexity.get("max_length_exceeded") == "error"
    return Strength(
        min_length=FLEXIBLE_MIN_LENGTH if least is None else least,
        classes=classes,
        at_least=3 if three_of_four else len(classes),
        no_identical=complexity.get("identical_characters") == "block",
        no_sequential=complexity.get("sequential_characters") == "block",
        # `truncate`: nothing has to be cut off, because a long password is hashed whole.
        max_bytes=FLEXIBLE_MAX_BYTES if refuses_long else MAX_BYTES,
    )


def _inner(options: Options, name: str) -> Options:
    inner = options.get(name)
    return inner if isinstance(inner, Mapping) else NOWHERE


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _size(history: Options, switch: str) -> int:
    if history.get(switch) is not True:
        return 0
    size = _whole(history.get("size"))
    return min(DEFAULT_HISTORY if size is None else max(0, size), MAX_HISTORY)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()


def _words(value: object) -> frozenset[str]:
    return frozenset(word.casefold() for word in _texts(value))
