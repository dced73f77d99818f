"""`options` of a database connection: defaults, what excludes what, what they mean for a login.

Rule 1: pure. Source: Auth0 Management API v2 "Create a connection", "Update a connection",
recorded creations, changes and refusals; Auth0 "Flexible identifiers".
"""

from collections.abc import Mapping
from typing import Final

from gateword.policy import documented
from gateword.policy.members import Members
from gateword.policy.password_options import FLEXIBLE_MAX_BYTES, LARGE, SMALL
from gateword.policy.password_rules import Characters

PASSWORD_POLICIES: Final = ("none", "low", "fair", "good", "excellent")
DEFAULTS: Final[Mapping[str, object]] = {
    "passwordPolicy": "good",
    "brute_force_protection": True,
    "strategy_version": 2,
    "mfa": {"active": True, "return_enroll_settings": True},
    "authentication_methods": {
        "password": {"enabled": True, "api_behavior": "required", "signup_behavior": "allow"},
        "passkey": {"enabled": False},
        "email_otp": {"enabled": False},
        "phone_otp": {"enabled": False},
    },
    "passkey_options": {
        "challenge_ui": "both",
        "progressive_enrollment_enabled": True,
        "local_enrollment_enabled": True,
    },
}
"""What a new connection has, as recorded at Auth0."""

MAX_SCRIPT_BYTES: Final = 100 * 1024
SCRIPTS: Final = (
    "login", "get_user", "create", "verify", "change_password", "delete", "change_email",
    "change_username", "change_phone_number",
)  # fmt: skip

_STAY: Final = ("passkey_options", "authentication_methods")
"""What a change that leaves it out does not remove, as recorded."""

_OLDER_NAMES: Final = ("requires_username", "validation")
_OLDER_POLICY: Final = (
    "passwordPolicy", "password_complexity_options", "password_history",
    "password_no_personal_info", "password_dictionary",
)  # fmt: skip

_SIGNUP: Final = ("required", "optional", "inactive")
_KINDS: Final = {"email": "email", "phone_number": "phone", "username": "username"}
"""Attribute to kind of login name, in the order in which Auth0 tries them."""

_FLAGS: Final = (
    "brute_force_protection", "requires_username", "disable_signup", "import_mode",
    "disable_self_service_change_password", "enabledDatabaseCustomization",
    "enable_script_context",
)  # fmt: skip
_ROOT_ATTRIBUTES: Final = ("on_each_login", "on_first_login", "never_on_login")
_MAX_USERNAME_CHARS: Final = 128
_MAX_HISTORY: Final = 24
_MAX_WORDS: Final = 200
_MAX_FIELDS: Final = 12
_COMPLEXITY: Final[Mapping[str, tuple[str, ...]]] = {
    "character_type_rule": ("all", "three_of_four"),
    "identical_characters": ("allow", "block"),
    "sequential_characters": ("allow", "block"),
    "max_length_exceeded": ("error", "truncate"),
}


def created(
    stored: Mapping[str, object],  # noqa: ARG001  there are none: one of three ways to combine
    given: Mapping[str, object],
) -> dict[str, object]:
    """Return the options of a new connection."""
    options = {**DEFAULTS, **given}
    if "password_options" in given and "passwordPolicy" not in given:
        del options["passwordPolicy"]  # the newer schema replaces the older one
    return options


def replaced(stored: Mapping[str, object], given: Mapping[str, object]) -> dict[str, object]:
    """Return the options after a change: what it leaves out disappears, but for two members."""
    return {name: stored[name] for name in _STAY if name in stored} | dict(given)


def merged(stored: Mapping[str, object], given: Mapping[str, object]) -> dict[str, object]:
    """Return stored options with those of a file over them, as Auth0's Deploy CLI merges them.

    What the given ones exclude gives way: `attributes` and the older `requires_username` and
    `validation`, `password_options` and the older password policy.
    """
    gone: set[str] = set()
    if given.get("attributes"):
        gone.update(_OLDER_NAMES)
    elif any(given.get(name) for name in _OLDER_NAMES):
        gone.add("attributes")
    if given.get("password_options"):
        gone.update(_OLDER_POLICY)
    elif any(given.get(name) for name in _OLDER_POLICY):
        gone.add("password_options")
    kept = {name: value for name, value in stored.items() if name not in gone}
    return {**kept, **given}


def conflict(options: Mapping[str, object]) -> str | None:
    """Return Auth0's text for options that exclude each other, if they do."""
    attributes = options.get("attributes")
    if attributes is None:
        return None
    for other in ("validation", "requires_username"):
        if options.get(other):
            return f"Cannot set both options.attributes and options.{other}"
    if not identifiers(options):
        return "attributes must contain one active identifier"
    for name in _KINDS:
        attribute = _inner(attributes, name)
        status = _inner(attribute, "signup").get("status")
        if attribute.get("profile_required") is True and status not in {None, "required"}:
            return f"attribute {name} must also be required on signup"
    if _inner(attributes, "email").get("unique") is False:
        return "cannot add non-unique email attribute"
    return None


def identifiers(options: Mapping[str, object]) -> tuple[str, ...]:
    """Return the kinds of name that `attributes` let users log in by, in their precedence.

    Returns:
        Kinds of `Connection.identifiers`; none when there are no `attributes`.
    """
    attributes = options.get("attributes")
    precedence = options.get("precedence")
    first = [one for one in precedence if one in _KINDS] if isinstance(precedence, list) else []
    return tuple(
        _KINDS[name]
        for name in dict.fromkeys((*first, *_KINDS))
        if _inner(_inner(attributes, name), "identifier").get("active") is True
    )


def required(options: Mapping[str, object]) -> frozenset[str]:
    """Return which of `email`, `username` and `phone_number` every user of it must have."""
    attributes = options.get("attributes")
    if attributes is None:
        needed = {"email", "username"} if options.get("requires_username") is True else {"email"}
        return frozenset(needed)
    return frozenset(
        name for name in _KINDS if _inner(attributes, name).get("profile_required") is True
    )


def passwords_enabled(options: Mapping[str, object]) -> bool:
    """Say whether users may log in by password."""
    password = _inner(options.get("authentication_methods"), "password")
    return password.get("enabled") is not False


def check(options: Members) -> None:
    """Note a fault for each option that is unknown or of the wrong form."""
    for name in _FLAGS:
        options.flag(name, kept=False, reset=False)
    options.optional_text("passwordPolicy", None, choices=PASSWORD_POLICIES)
    options.optional_text("set_user_root_attributes", None, choices=_ROOT_ATTRIBUTES)
    options.texts("non_persistent_attrs", ())
    options.texts("precedence", (), choices=tuple(_KINDS))
    _check_older_policy(options)
    _check_newer_policy(options.member("password_options"))
    _check_username(options.member("validation").member("username"))
    _check_methods(options.member("authentication_methods"))
    _check_attributes(options.member("attributes"))
    _check_scripts(options.member("customScripts"))
    _check_settings(options.member("configuration"))
    for name in ("mfa", "upstream_params"):
        options.member(name)
    options.others({}, documented.CONNECTION_OPTIONS)


def _check_older_policy(options: Members) -> None:
    complexity = options.member("password_complexity_options")
    complexity.whole("min_length", 1, 1, least=1, most=128)
    history = options.member("password_history")
    history.flag("enable", kept=False, reset=False)
    history.whole("size", 0, 0, most=_MAX_HISTORY)
    dictionary = options.member("password_dictionary")
    dictionary.flag("enable", kept=False, reset=False)
    if len(dictionary.texts("dictionary", ())) > _MAX_WORDS:
        dictionary.fault(f"has more than {_MAX_WORDS} words", "dictionary")
    personal = options.member("password_no_personal_info")
    personal.flag("enable", kept=False, reset=False)
    for policy in (complexity, history, dictionary, personal):
        policy.only()


def _check_newer_policy(policy: Members) -> None:
    complexity = policy.member("complexity")
    complexity.whole("min_length", 1, 1, least=1, most=FLEXIBLE_MAX_BYTES)
    complexity.texts("character_types", (), choices=[one.option for one in Characters])
    for name, choices in _COMPLEXITY.items():
        complexity.optional_text(name, None, choices=choices)
    history = policy.member("history")
    history.flag("active", kept=False, reset=False)
    history.whole("size", 1, 1, least=1, most=_MAX_HISTORY)
    dictionary = policy.member("dictionary")
    dictionary.flag("active", kept=False, reset=False)
    dictionary.optional_text("default", None, choices=(SMALL, LARGE))
    dictionary.texts("custom", ())
    personal = policy.member("profile_data")
    personal.flag("active", kept=False, reset=False)
    if len(personal.texts("blocked_fields", ())) > _MAX_FIELDS:
        personal.fault(f"has more than {_MAX_FIELDS} fields", "blocked_fields")
    for one in (complexity, history, dictionary, personal, policy):
        one.only()


def _check_username(username: Members) -> None:
    bounds = {"least": 1, "most": _MAX_USERNAME_CHARS}
    least = username.whole("min", 1, 1, **bounds)
    if username.whole("max", _MAX_USERNAME_CHARS, _MAX_USERNAME_CHARS, **bounds) < least:
        username.fault("is less than min", "max")
    username.only()


def _check_methods(methods: Members) -> None:
    for name in ("password", "passkey", "email_otp", "phone_otp"):
        methods.member(name).flag("enabled", kept=False, reset=False)
    password = methods.member("password")
    password.optional_text("api_behavior", None, choices=("required", "optional"))
    password.optional_text("signup_behavior", None, choices=("allow", "block"))


def _check_attributes(attributes: Members) -> None:
    for name in _KINDS:
        attribute = attributes.member(name)
        attribute.flag("profile_required", kept=False, reset=False)
        attribute.flag("unique", kept=True, reset=True)
        attribute.member("identifier").flag("active", kept=False, reset=False)
        attribute.member("signup").optional_text("status", None, choices=_SIGNUP)
    attributes.only()


def _check_scripts(scripts: Members) -> None:
    for name, script in scripts.present().items():
        if name not in SCRIPTS:
            scripts.unknown(name, SCRIPTS)
        elif not isinstance(script, str):
            scripts.fault("must be text", name)
        elif len(script.encode()) > MAX_SCRIPT_BYTES:
            scripts.fault(f"is larger than {MAX_SCRIPT_BYTES // 1024} kB", name)


def _check_settings(configuration: Members) -> None:
    for name, value in configuration.present().items():
        if not isinstance(value, str) or not value or "\0" in value:
            configuration.fault("must be text that is not empty", name)


def _inner(value: object, name: str) -> Mapping[str, object]:
    inner = value.get(name) if isinstance(value, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}
