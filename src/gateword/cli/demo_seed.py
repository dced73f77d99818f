"""What the demo's tenant is made of: the shipped file, and secrets made for one data folder."""

import base64
import importlib.util
import json
import os
import re
import secrets
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from gateword.values import dataclass

CLIENT_ID: Final = "harbour-pine-website"
OFFICE_ID: Final = "harbour-pine-office"
AUDIENCE: Final = "https://api.harbourpine.example"
REALMS: Final = ("Employees", "Customers")
CLOSED_DAYS: Final = "none"
"""Everybody gets in on every day, or the demo would be a poor one on a Saturday."""
OFFICE_NETWORKS: Final = "127.0.0.0/8, ::1"
"""Whoever sits at this computer sits in the office."""

APP_EMAIL: Final = "nora.quist@mail.example"
APP_REALM: Final = "Customers"
"""Whose account the demo's own authenticator app has from the start, and in which realm."""

_SECRETS: Final = ("DEMO_CLIENT_SECRET", "DEMO_OFFICE_SECRET", "DEMO_PHONE_SECRET")
_SEED: Final = "DEMO_APP_SEED"
_SEED_BYTES: Final = 20
_VARIABLE: Final = re.compile(r"##([A-Z0-9_]+)##")
_WORDS: Final = (
    "amber anchor aspen basil beacon birch breeze bridge cedar cinder clover cobalt copper coral "
    "cotton cypress delta ember fern fjord flint forest garnet ginger granite grove harvest hazel "
    "heron indigo island ivory jasper juniper lagoon lantern larch lemon linen lotus maple marble "
    "meadow mint moss oasis olive onyx orchid pebble pepper plum quartz raven reef river saffron "
    "sage sierra silver slate spruce thistle timber topaz tulip velvet willow winter"
)


@dataclass(frozen=True, slots=True)
class Package:
    """Where the demo's own code lives.

    Attributes:
        name: Name of the Python package: `demo` in a checkout, `gateword._demo` when installed.
        folder: Its folder, which holds `tenant.yaml`.
        search_path: Folder that Python must search for it; None when it is found anyway.
    """

    name: str
    folder: Path
    search_path: Path | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can log in to the demo."""

    email: str
    realm: str
    password: str
    roles: tuple[str, ...]
    blocked: bool
    variable: str


def find_package() -> Package | None:
    """Find the demo's code, installed or in a checkout; None when neither has it."""
    installed = Path(__file__).parents[1] / "_demo"
    if installed.is_dir():
        return Package("gateword._demo", installed, None)
    root = Path(__file__).parents[3]
    if (root / "demo" / "tenant.yaml").is_file():
        return Package("demo", root / "demo", root)
    return None


def missing_extra() -> list[str]:
    """Return which modules of the extra `demo` are not installed."""
    needed = ("aiosmtpd", "auth0_api_python", "httpx", "jinja2", "python_multipart")
    return [name for name in needed if importlib.util.find_spec(name) is None]


def load_or_make(file: Path, tenant_file: Path) -> dict[str, str]:
    """Return the secrets of a data folder, and make those it lacks.

    They are random, so that no secret is the same in two places; passwords are readable, because
    people type them and the demo listens on loopback only.

    Args:
        file: A file a shell can source; made with mode 0600.
        tenant_file: Says which passwords are needed.
    """
    known = _read(file)
    names = _VARIABLE.findall(tenant_file.read_text("utf-8"))
    wanted = [name for name in dict.fromkeys(names) if name.startswith("DEMO_PASSWORD_")]
    made = {name: _passphrase() for name in wanted if name not in known}
    made |= {name: secrets.token_urlsafe(48) for name in _SECRETS if name not in known}
    if _SEED not in known:
        made[_SEED] = base64.b32encode(secrets.token_bytes(_SEED_BYTES)).decode()
    if made:
        _append(file, made)
    return {**known, **made}


def write_factors(file: Path, variables: Mapping[str, str]) -> None:
    """Write an import, readable by its owner only, that brings one user an authenticator app."""
    brought = {"email": APP_EMAIL, "mfa_factors": [{"totp": {"secret": variables[_SEED]}}]}
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        json.dump([brought], output)


def people(tenant_file: Path, variables: Mapping[str, str]) -> list[Person]:
    """Return everybody the tenant file seeds, with the passwords filled in."""
    text = tenant_file.read_text("utf-8")
    filled = _users(_VARIABLE.sub(lambda match: variables[match[1]], text))
    named = _users(_VARIABLE.sub(lambda match: match[1], text))
    return [
        Person(
            email=user["email"],
            realm=user["connection"],
            password=user["password"],
            roles=tuple(user["roles"]),
            blocked=user.get("blocked", False),
            variable=name["password"],
        )
        for user, name in zip(filled, named, strict=True)
    ]


def _users(text: str) -> list[dict[str, Any]]:
    users: list[dict[str, Any]] = yaml.safe_load(text)["x-gateword-users"]
    return users


def _passphrase() -> str:
    words = [secrets.choice(_WORDS.split()) for _ in range(3)]
    return f"{'-'.join(words)}-{10 + secrets.randbelow(90)}"


def _read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    lines = shlex.split(file.read_text("utf-8"), comments=True)
    return dict(line.split("=", 1) for line in lines)


def _append(file: Path, made: Mapping[str, str]) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as output:
        output.writelines(f"{name}={shlex.quote(value)}\n" for name, value in made.items())
