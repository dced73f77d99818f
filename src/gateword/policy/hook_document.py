"""A hook as Auth0's Management API writes it: a script that runs where machines ask for tokens.

Rule 1: pure. Rule 2: what is kept is the wire form without `id`; values of secrets stand elsewhere.
Source: Auth0 Management API v2 "Hooks", "Client Credentials Exchange".
"""

from collections.abc import Iterable, Mapping
from typing import Final

from gateword.policy import script_modules

KIND: Final = "hook"
TRIGGERS: Final = ("credentials-exchange",)
MAX_SCRIPT_CHARS: Final = 100_000
MAX_NAME_CHARS: Final = 140
NAME: Final = r"^[^-\s][a-zA-Z0-9-\s]+[^-\s]$"
SECRET_NAME: Final = r"^[A-Za-z0-9_-]{1,128}$"
NOT_SHOWN: Final = "_VALUE_NOT_SHOWN_"
MOST_SECRETS: Final = 20
MAX_SECRET_CHARS: Final = 4096
_FRESH: Final[Mapping[str, object]] = {"dependencies": {}, "enabled": False}


def created(body: Mapping[str, object]) -> dict[str, object]:
    """Return the hook that a checked body creates."""
    return changed(body, _FRESH)


def changed(body: Mapping[str, object], stored: Mapping[str, object]) -> dict[str, object]:
    """Return a kept hook with what a checked body says of it."""
    return {**stored, **body}


def unknown(dependencies: object) -> list[str]:
    """Return the modules among a hook's dependencies that scripts cannot have."""
    names: Iterable[object] = dependencies if isinstance(dependencies, Mapping) else ()
    return script_modules.unknown(map(str, names))


def shown(id_: str, hook: Mapping[str, object]) -> dict[str, object]:
    """Return a hook's wire form."""
    return {"id": id_, **hook}
