"""An Action as Auth0's Management API writes it: code, its secrets' names, its deployed versions.

Rule 1: pure. Rule 2: what is kept is the wire form without `id`, and `versions` beside it; values
of secrets stand elsewhere. Rule 3: nothing is compiled here; what the engine said of the code is
kept beside it as `faults`, and where that is missing nobody has looked.
Source: Auth0 Management API v2 "Actions"; members as typed in auth0-python.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from gateword.policy import action_members, script_modules
from gateword.policy.action_members import objects
from gateword.policy.members import Members

KIND: Final = "action"
BINDINGS_KIND: Final = "action_binding"
RUNTIMES: Final = ("node12", "node16", "node18", "node18-actions", "node22", "node22-actions")
DEFAULT_RUNTIME: Final = "node22"
TRIGGERS: Final[Mapping[str, tuple[str, ...]]] = {
    "post-login": ("v3", "v2"),
    "credentials-exchange": ("v2", "v1"),
    "pre-user-registration": ("v2", "v1"),
    "post-user-registration": ("v2", "v1"),
    "post-change-password": ("v2", "v1"),
    "send-phone-message": ("v2", "v1"),
}
"""Where Actions can be bound, and the versions of each, the current one first."""

MAX_CODE_CHARS: Final = 100_000
MAX_VERSIONS: Final = 10
"""So many deployed versions of an Action are kept; the oldest goes first."""

BUILT: Final = "built"
FAILED: Final = "failed"
PRESENT: Final = ""
"""Under it stand the values of the present contents' secrets; a version's under its id."""

Values: TypeAlias = Mapping[str, Mapping[str, str]]

_PERMANENT: Final = ("name", "supported_triggers", "created_at", "updated_at")
_FAULTS: Final = "faults"
_NOT_SHOWN: Final = ("versions", "deployed", _FAULTS)
_JUDGED: Final = ("code", "supported_triggers")
"""What the engine looked at."""

_OF_VERSION: Final = ("code", "dependencies", "runtime", "secrets", "supported_triggers")


def triggers() -> list[dict[str, object]]:
    """Return every trigger in every version, as they are listed."""
    return [
        {
            "id": id_,
            "version": version,
            "status": "CURRENT" if version == versions[0] else "DEPRECATED",
            "runtimes": list(RUNTIMES),
            "default_runtime": DEFAULT_RUNTIME,
            "compatible_triggers": [],
            "binding_policy": "trigger-bound",
        }
        for id_, versions in TRIGGERS.items()
        for version in versions
    ]


def created(members: Members, at: str) -> dict[str, object]:
    """Return the Action that a document creates.

    Args:
        members: The document.
        at: Time in Auth0's text form.
    """
    members.required_text("name")
    if not members.given("supported_triggers"):
        members.fault("supported_triggers is required")
    fresh: dict[str, object] = {
        "name": "", "supported_triggers": [], "code": "", "dependencies": [],
        "runtime": DEFAULT_RUNTIME, "secrets": [], "created_at": at, "versions": [],
        "all_changes_deployed": False,
    }  # fmt: skip
    members.given("deploy")
    return changed(members, fresh, at)


def changed(members: Members, stored: Mapping[str, object], at: str) -> dict[str, object]:
    """Return a kept Action with what a document says of it; null takes a member to its default."""
    code = members.given("code")
    if isinstance(code, str) and len(code) > MAX_CODE_CHARS:
        members.fault(f"must be at most {MAX_CODE_CHARS} characters", "code")
    action = {
        **stored,
        "name": members.text("name", str(stored["name"])),
        "supported_triggers": action_members.triggers(
            members, stored["supported_triggers"], TRIGGERS
        ),
        "code": code if isinstance(code, str) else "" if "code" in members else stored["code"],
        "dependencies": action_members.dependencies(members, stored["dependencies"]),
        "runtime": members.text(
            "runtime", str(stored["runtime"]), DEFAULT_RUNTIME, choices=RUNTIMES
        ),
        "secrets": action_members.secrets(members, stored["secrets"], at),
        "status": BUILT,
        "built_at": at,
        "updated_at": at,
        "all_changes_deployed": False,
    }
    if members.given("modules"):
        members.fault("modules are not supported", "modules")
    members.only()
    if any(action[name] != stored[name] for name in _JUDGED):
        action.pop(_FAULTS, None)
    return _with_status(action)


def judged(action: Mapping[str, object], faults: Sequence[object] | None) -> dict[str, object]:
    """Return an Action with what the engine says of its code; None takes that away."""
    rest = {name: value for name, value in action.items() if name != _FAULTS}
    return _with_status(rest if faults is None else rest | {_FAULTS: list(faults)})


def judged_like(action: Mapping[str, object], other: Mapping[str, object]) -> dict[str, object]:
    """Return an Action with what the engine said of another one, if their code is the same."""
    if is_judged(action) or any(action[name] != other[name] for name in _JUDGED):
        return dict(action)
    return judged(action, objects(other[_FAULTS]) if is_judged(other) else None)


def is_judged(action: Mapping[str, object]) -> bool:
    """Say whether the engine has looked at an Action's code."""
    return _FAULTS in action


def _with_status(action: Mapping[str, object]) -> dict[str, object]:
    return {**action, "status": FAILED if errors(action) else BUILT}


def present_values(
    given: object, action: Mapping[str, object], values: Values
) -> tuple[Values, list[str]]:
    """Return the values after a change of the present contents, and the secrets without one.

    Args:
        given: `secrets` as the request has it; a secret without a value keeps the one it had.
        action: The Action after the change.
        values: Values before.
    """
    sent = {
        str(one["name"]): str(one["value"])
        for one in objects(given)
        if isinstance(one.get("value"), str)
    }
    known = {**values.get(PRESENT, {}), **sent}
    names = [str(one["name"]) for one in objects(action["secrets"])]
    found = {name: known[name] for name in names if name in known}
    return {**values, PRESENT: found}, [name for name in names if name not in known]


def kept_values(action: Mapping[str, object], values: Values) -> Values:
    """Return the values that an Action's contents and its kept versions still need.

    A version that was deployed just now has those of the present contents.
    """
    ids = [str(version["id"]) for version in objects(action["versions"])]
    present = values.get(PRESENT, {})
    return {PRESENT: present, **{id_: values.get(id_, present) for id_ in ids}}


def errors(action: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return why an Action or a version of it cannot be built: its modules, then its code."""
    return [*missing(action), *objects(action.get(_FAULTS))]


def missing(action: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return the modules that an Action depends on and that are not there."""
    names = (str(one["name"]) for one in objects(action["dependencies"]))
    return [
        {"id": "missing_dependency", "msg": f"The module {name} is not available.", "url": ""}
        for name in script_modules.unknown(names)
    ]


def deployed(action: Mapping[str, object], version_id: str, at: str) -> dict[str, object]:
    """Return an Action whose present contents are its deployed version.

    One that cannot be built becomes a version that failed; what was deployed before goes on.
    """
    before = objects(action["versions"])
    failed = bool(errors(action))
    number = max((_number(one) for one in before), default=0) + 1
    version: dict[str, object] = {
        "id": version_id,
        **_contents(action),
        "status": FAILED if failed else BUILT,
        "number": number,
        "created_at": at,
        "updated_at": at,
        "built_at": at,
    }
    if failed:
        return {**action, "versions": _cut([version, *before], action.get("deployed"))}
    versions = _cut([version, *before], version_id)
    return {**action, "versions": versions, "deployed": version_id, "all_changes_deployed": True}


def _cut(versions: Sequence[Mapping[str, object]], deployed_id: object) -> list[object]:
    """Return the versions that are kept: the newest, and the one that is deployed."""
    newest = versions[:MAX_VERSIONS]
    return [*newest, *(one for one in versions[MAX_VERSIONS:] if one["id"] == deployed_id)]


def rolled_back(
    action: Mapping[str, object], old: Mapping[str, object], at: str
) -> dict[str, object]:
    """Return an Action whose present contents are those of an earlier version."""
    return _with_status({**judged(action, None), **_contents(old), "updated_at": at})


def _contents(action: Mapping[str, object]) -> dict[str, object]:
    return {name: action[name] for name in (*_OF_VERSION, _FAULTS) if name in action}


def shown(id_: str, action: Mapping[str, object]) -> dict[str, object]:
    """Return an Action's wire form."""
    wire: dict[str, object] = {
        "id": id_,
        **{name: value for name, value in action.items() if name not in _NOT_SHOWN},
    }
    if faults := errors(action):
        wire["errors"] = faults
    current = running(action)
    if current is not None:
        wire["deployed_version"] = shown_version(id_, action, current)
    return wire


def version_of(action: Mapping[str, object], version_id: str) -> Mapping[str, object] | None:
    """Return one of the versions that are kept, newest first."""
    for version in objects(action["versions"]):
        if version["id"] == version_id:
            return version
    return None


def versions(id_: str, action: Mapping[str, object]) -> list[dict[str, object]]:
    """Return the wire form of every version that is kept, the newest first."""
    return [shown_version(id_, action, version) for version in objects(action["versions"])]


def shown_version(
    id_: str, action: Mapping[str, object], version: Mapping[str, object]
) -> dict[str, object]:
    """Return a version's wire form."""
    base = {"id": id_, **{name: action[name] for name in _PERMANENT}}
    return {
        **{name: value for name, value in version.items() if name != _FAULTS},
        "action_id": id_,
        "deployed": version["id"] == action.get("deployed"),
        "errors": errors(version),
        "action": base | {"all_changes_deployed": action["all_changes_deployed"]},
    }


def running(action: Mapping[str, object]) -> Mapping[str, object] | None:
    """Return the deployed version, which is what runs."""
    return version_of(action, str(action.get("deployed", "")))


def supports(action: Mapping[str, object], trigger: str) -> bool:
    """Say whether an Action can be bound to a trigger."""
    return any(one.get("id") == trigger for one in objects(action["supported_triggers"]))


def bound(bindings: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return what is bound to a trigger, in order, as it is kept."""
    return list(objects(bindings.get("bindings")))


def _number(version: Mapping[str, object]) -> int:
    number = version["number"]
    return number if isinstance(number, int) else 0
