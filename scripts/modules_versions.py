"""Which versions go into the lock: those that are wanted, and what they ask for."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from scripts.modules_errors import ModulesError
from scripts.modules_lock import Locked
from scripts.modules_registry import Registry

_RANGE: Final = re.compile(r"(?P<kind>[~^]?)(?P<version>\d+\.\d+\.\d+(?:-[\w.]+)?)")
_RELEASE: Final = re.compile(r"\d+\.\d+\.\d+")


def is_in(version: str, wanted: str) -> bool:
    """Say whether a version is one that a range asks for: `1.2.3`, `~1.2.3` or `^1.2.3`.

    Raises:
        ModulesError: The range is of another kind.
    """
    found = _RANGE.fullmatch(wanted.strip())
    if found is None:
        raise ModulesError(f"Unknown kind of range: '{wanted}'. Teach it to modules_versions.py.")
    if version == found["version"] or not found["kind"]:
        return version == found["version"]
    if not _RELEASE.fullmatch(version):
        return False
    have, least = _numbers(version), _numbers(found["version"])
    fixed = 2
    if found["kind"] == "^":  # all up to the first number that is not zero
        fixed = next((at for at, number in enumerate(least, start=1) if number), len(least))
    return have >= least and have[:fixed] == least[:fixed]


def locked(
    registry: Registry,
    wanted: Mapping[str, str],
    left_out: Iterable[str],
    say: Callable[[str], None],
) -> list[Locked]:
    """Return the wanted packages and all they depend on.

    Args:
        registry: Whom to ask.
        wanted: Exact versions by name.
        left_out: Names that need no package, whoever depends on them.
        say: Hears what is done.
    """
    rows: dict[str, Locked] = {}
    left_out = frozenset(left_out)
    waiting = list(wanted.items())
    chosen = {name: {version} for name, version in wanted.items()}
    while waiting:
        name, version = waiting.pop(0)
        about = registry.about(name, version)
        depends = {}
        for needed, asked in sorted(about.get("dependencies", {}).items()):
            if needed in left_out:
                continue
            known = chosen.setdefault(needed, set())
            depends[needed] = pick = _newest(known, asked) or _asked(registry, needed, asked)
            if pick not in known:
                known.add(pick)
                waiting.append((needed, pick))
        row = Locked(name, version, about["dist"]["integrity"], _licence(about), depends)
        rows[row.key] = row
        say(f"{row.key}  {row.licence}")
    return list(rows.values())


def _asked(registry: Registry, name: str, wanted: str) -> str:
    newest = _newest(registry.about(name)["versions"], wanted)
    if newest is None:
        raise ModulesError(f"{registry.address} has no {name} that is {wanted}.")
    return newest


def _newest(versions: Iterable[str], wanted: str) -> str | None:
    return max((one for one in versions if is_in(one, wanted)), key=_numbers, default=None)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.partition("-")[0].split("."))


def _licence(about: Mapping[str, Any]) -> str:
    licence = about.get("license")
    if not isinstance(licence, str) or not licence:
        raise ModulesError(
            f"{about['name']} does not name its licence; look at it before you ship it."
        )
    return licence
