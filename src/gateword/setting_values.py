"""How the values of settings are read: from text in the environment, typed in a file.

Rule: no value is coerced from one type into another.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import Field
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

FILE_SUFFIX: Final = "_FILE"
"""Ends the name of a variable that names a file, whose text is the secret."""

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


def _text(value: object) -> str:
    if not isinstance(value, str | Path):
        raise TypeError(value)
    return str(value)


def _path(value: object) -> Path:
    return Path(_text(value))


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError(value)
    return int(value)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError(value)
    if not math.isfinite(number := float(value)):
        raise ValueError(value)
    return number


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    words = {"true": True, "1": True, "false": False, "0": False}
    if (word := _text(value).lower()) not in words:
        raise ValueError(value)
    return words[word]


KINDS: Final[Mapping[str, Callable[[object], object]]] = {
    "str": _text, "int": _whole, "float": _number, "bool": _flag, "Path": _path
}  # fmt: skip
"""Reader by the name of a type; it raises TypeError or ValueError."""


def from_environment(
    environ: Mapping[str, str], names: Mapping[str, Field[Any]]
) -> dict[str, object]:
    """Return what the environment says, by the names of settings.

    By our names only: container platforms put variables of their own under any prefix. Empty is
    not set: compose files pass variables on that nobody gave. A secret may lie in a file that a
    variable with `_FILE` at its end names, without its last line break; the secret's own variable
    goes before it. Such a file is never empty: whoever names it means a secret.

    Args:
        environ: Environment variables.
        names: Settings by their variables; those that `repr` hides are secrets.

    Raises:
        ValueError: A file cannot be read or is empty; the message names it, and nothing that it
            holds.
    """
    told: dict[str, object] = {}
    for variable, setting in names.items():
        if value := environ.get(variable):
            told[setting.name] = value
        elif not setting.repr and (path := environ.get(f"{variable}{FILE_SUFFIX}")):
            told[setting.name] = _secret_in(path, f"{variable}{FILE_SUFFIX}")
    return told


def _secret_in(path: str, variable: str) -> str:
    try:
        text = Path(path).read_text("utf-8").removesuffix("\n")
    except OSError as error:
        raise ValueError(f"{variable}: {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{variable}: {path} is no text") from None
    if not text.strip():
        raise ValueError(f"{variable}: {path} is empty")
    return text


def is_private_url(url: str) -> bool:
    """Say whether nobody between reads what is sent there: by https, or to this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # a port that is none raises
    except ValueError:
        return False
    is_near = parts.scheme == "http" and host in _LOOPBACK
    return bool(host) and (parts.scheme == "https" or is_near)


def not_networks(listed: str) -> list[str]:
    """Return what is no address and no network of a list with commas."""
    faults = []
    for one in filter(None, map(str.strip, listed.split(","))):
        try:
            ip_network(one, strict=False)
        except ValueError:
            faults.append(one)
    return faults
