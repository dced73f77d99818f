"""What scripts may `require`, and what they find without asking; and how to see what they want.

Rule 1: pure. Rule 2: a module is made before the script that names it comes; one that is only named
at run time is found too, by beginning again.
Source: Auth0 "Legacy Rules: modules", the public gallery of rules.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

MODULES: Final = frozenset(
    {
        *("@auth0/rule-utilities", "async", "auth0", "axios", "bcrypt", "bluebird", "buffer"),
        *("crypto", "ejs", "ipaddr.js", "jsonwebtoken", "lodash", "moment", "moment-timezone"),
        *("node-fetch", "oauth-sign", "pbkdf2", "querystring", "request", "request-promise"),
        "request-promise/errors",
        *("slack-notify", "url", "util", "uuid", "uuid/v1", "uuid/v3", "uuid/v4", "uuid/v5"),
        *("xmldom", "xpath"),
    }
)
"""By the names that scripts use; each may be followed by `@` and a version, which is not heeded."""

ALIASES: Final[Mapping[str, str]] = {
    "@xmldom/xmldom": "xmldom",
    "bcryptjs": "bcrypt",
    "bluebird-request-promise": "request-promise",
    "buffer/": "buffer",
    "cross-fetch": "node-fetch",
    "isomorphic-fetch": "node-fetch",
    "jwt": "jsonwebtoken",
    "node:buffer": "buffer",
    "node:crypto": "crypto",
    "node:querystring": "querystring",
    "node:url": "url",
    "node:util": "util",
    "request-promise-any": "request-promise",
    "request-promise-native": "request-promise",
    "request-promise-native/errors": "request-promise/errors",
    "underscore": "lodash",
}

GLOBALS: Final[Mapping[str, tuple[str, str | None]]] = {
    "Buffer": ("buffer", "Buffer"),
    "TextDecoder": ("web-url", "TextDecoder"),
    "TextEncoder": ("web-url", "TextEncoder"),
    "URL": ("web-url", "URL"),
    "URLSearchParams": ("web-url", "URLSearchParams"),
    "_": ("lodash", None),
    "async": ("async", None),
    "bcrypt": ("bcrypt", None),
    "crypto": ("crypto", None),
    "fetch": ("node-fetch", None),
    "jwt": ("jsonwebtoken", None),
    "pbkdf2": ("pbkdf2", None),
    "querystring": ("querystring", None),
    "request": ("request", None),
    "structuredClone": ("web-url", "structuredClone"),
    "uuid": ("uuid", None),
    "xmldom": ("xmldom", None),
    "xpath": ("xpath", None),
}
"""Global name to its module, and the member of the module that it is; None is the whole."""

_REQUIRED: Final = re.compile(
    r"""\brequire\(\s*['"`]((?:@[^'"`@\s]+)|[^'"`@\s]+)(?:@[^'"`]*)?['"`]"""
)
_GLOBAL: Final = re.compile(rf"(?<![\w$.'\"])({'|'.join(GLOBALS)})\s*[.(]")
_OWN_OBJECT: Final = re.compile(r"""(?<![\w$.'"/@-])auth0(?![\w$'"/-]|\.com\b)""")
_SIGNS: Final = re.compile(r"\bencodeToken\b")
"""`api.redirect.encodeToken` of Actions."""


def wanted(sources: Iterable[str]) -> tuple[str, ...]:
    """Return the modules that scripts want as far as it can be seen, each once and sorted."""
    found: set[str] = set()
    for source in sources:
        found |= {ALIASES.get(name, name) for name in _named(source)} & MODULES
        if _names_own_object(source):
            found.add("rule-auth0")
        if _SIGNS.search(source):
            found.add("jsonwebtoken")
        found |= {GLOBALS[match[1]][0] for match in _GLOBAL.finditer(source)}
    return tuple(sorted(found))


def missing(source: str) -> list[str]:
    """Return the modules that a script requires and will not find, in its order."""
    return unknown(_named(source))


def unknown(names: Iterable[str]) -> list[str]:
    """Return the names that are no module here, each once and in their order."""
    return [name for name in dict.fromkeys(names) if ALIASES.get(name, name) not in MODULES]


def wants_own_object(sources: Iterable[str]) -> bool:
    """Say whether scripts use `auth0`, the way to this server's own Management API."""
    return any(map(_names_own_object, sources))


@lru_cache(maxsize=512)
def _names_own_object(source: str) -> bool:
    return _OWN_OBJECT.search(source) is not None


def _named(source: str) -> Iterator[str]:
    return (match[1] for match in _REQUIRED.finditer(source))
