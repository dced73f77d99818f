"""An Action as Auth0's Management API writes it: code, its secrets' names, its deployed versions.

Rule 1: pure. Rule 2: what is kept is the wire form without `id`, and `versions` beside it; values
of secrets stand elsewhere. Rule 3: nothing is compiled here, so what was stored counts as built.
Source: Auth0 Management API v2 "Actions"; members as typed in auth0-python.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

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

PRESENT: Final = ""
"""Under it stand the values of the present contents' secrets; a version's under its id."""

Values: TypeAlias = Mapping[str, Mapping[str, str]]

_PERMANENT: Final = ("name", "supported_triggers", "created_at", "updated_at")
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
        "supported_triggers": _triggers(members, stored["supported_triggers"]),
        "code": code if isinstance(code, str) else "" if "code" in members else stored["code"],
        "dependencies": _dependencies(members, stored["dependencies"]),
        "runtime": members.text(
            "runtime", str(stored["runtime"]), DEFAULT_RUNTIME, choices=RUNTIMES
        ),
        "secrets": _secrets(members, stored["secrets"], at),
        "status": "built",
        "built_at": at,
        "updated_at": at,
        "all_changes_deployed": False,
    }
    if members.given("modules"):
        members.fault("modules are not supported", "modules")
    members.only()
    return action


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
        for one in _objects(given)
        if isinstance(one.get("value"), str)
    }
    known = {**values.get(PRESENT, {}), **sent}
    names = [str(one["name"]) for one in _objects(action["secrets"])]
    found = {name: known[name] for name in names if name in known}
    return {**values, PRESENT: found}, [name for name in names if name not in known]


def kept_values(action: Mapping[str, object], values: Values) -> Values:
    """Return the values that an Action's contents and its kept versions still need.

    A version that was deployed just now has those of the present contents.
    """
    ids = [str(version["id"]) for version in _objects(action["versions"])]
    present = values.get(PRESENT, {})
    return {PRESENT: present, **{id_: values.get(id_, present) for id_ in ids}}


def deployed(action: Mapping[str, object], version_id: str, at: str) -> dict[str, object]:
    """Return an Action whose present contents are its deployed version."""
    before = _objects(action["versions"])
    number = max((_number(one) for one in before), default=0) + 1
    version: dict[str, object] = {
        "id": version_id,
        **{name: action[name] for name in _OF_VERSION},
        "status": "built",
        "number": number,
        "created_at": at,
        "updated_at": at,
        "built_at": at,
    }
    versions = [version, *before][:MAX_VERSIONS]
    return {**action, "versions": versions, "deployed": version_id, "all_changes_deployed": True}


def rolled_back(
    action: Mapping[str, object], old: Mapping[str, object], at: str
) -> dict[str, object]:
    """Return an Action whose present contents are those of an earlier version."""
    return {**action, **{name: old[name] for name in _OF_VERSION}, "updated_at": at}


def shown(id_: str, action: Mapping[str, object]) -> dict[str, object]:
    """Return an Action's wire form."""
    wire: dict[str, object] = {
        "id": id_,
        **{name: value for name, value in action.items() if name not in ("versions", "deployed")},
    }
    current = version_of(action, str(action.get("deployed", "")))
    if current is not None:
        wire["deployed_version"] = shown_version(id_, action, current)
    return wire


def version_of(action: Mapping[str, object], version_id: str) -> Mapping[str, object] | None:
    """Return one of the versions that are kept, newest first."""
    for version in _objects(action["versions"]):
        if version["id"] == version_id:
            return version
    return None


def versions(id_: str, action: Mapping[str, object]) -> list[dict[str, object]]:
    """Return the wire form of every version that is kept, the newest first."""
    return [shown_version(id_, action, version) for version in _objects(action["versions"])]


def shown_version(
    id_: str, action: Mapping[str, object], version: Mapping[str, object]
) -> dict[str, object]:
    """Return a version's wire form."""
    base = {"id": id_, **{name: action[name] for name in _PERMANENT}}
    return {
        **version,
        "action_id": id_,
        "deployed": version["id"] == action.get("deployed"),
        "errors": [],
        "action": base | {"all_changes_deployed": action["all_changes_deployed"]},
    }


def supports(action: Mapping[str, object], trigger: str) -> bool:
    """Say whether an Action can be bound to a trigger."""
    return any(one.get("id") == trigger for one in _objects(action["supported_triggers"]))


def bound(bindings: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return what is bound to a trigger, in order, as it is kept."""
    return list(_objects(bindings.get("bindings")))


def _triggers(members: Members, kept: object) -> object:
    items = members.items("supported_triggers")
    if items is None:
        return kept
    if len(items) != 1:
        members.fault("holds exactly one trigger", "supported_triggers")
    found = []
    for item in items:
        if "id" not in item:
            item.fault("id is required")
        id_ = item.text("id", "", choices=TRIGGERS)
        known = TRIGGERS.get(id_, ("",))
        version = item.text("version", known[0], known[0], choices=known)
        for described in ("status", "runtimes", "default_runtime", "compatible_triggers",
                          "binding_policy"):  # fmt: skip
            item.given(described)
        item.only()
        found.append({"id": id_, "version": version})
    return found


def _dependencies(members: Members, kept: object) -> object:
    items = members.items("dependencies")
    if items is None:
        return kept
    found = []
    for item in items:
        one = {"name": item.required_text("name"), "version": item.text("version", "latest", "")}
        registry = item.optional_text("registry_url", None)
        item.only()
        found.append(one if registry is None else one | {"registry_url": registry})
    return found


def _secrets(members: Members, kept: object, at: str) -> object:
    items = members.items("secrets")
    if items is None:
        return kept
    before = {str(one["name"]): one for one in _objects(kept)}
    found: dict[str, object] = {}
    for item in items:
        name = item.required_text("name")
        is_new = item.given("value") is not None
        item.given("updated_at")
        item.only()
        if name in found:
            item.fault("is there twice", "name")
        found[name] = (
            before[name] if name in before and not is_new else {"name": name, "updated_at": at}
        )
    return list(found.values())


def _objects(value: object) -> Sequence[Mapping[str, object]]:
    if not isinstance(value, list | tuple):
        return []
    return [one for one in value if isinstance(one, Mapping)]


def _number(version: Mapping[str, object]) -> int:
    number = version["number"]
    return number if isinstance(number, int) else 0
