"""The lists of an Action's document: its trigger, its modules, the names of its secrets.

Rule: pure.
"""

from collections.abc import Mapping, Sequence

from gateword.policy.members import Members


def triggers(members: Members, kept: object, all_known: Mapping[str, Sequence[str]]) -> object:
    """Return the one trigger that a document names, else what is kept."""
    items = members.items("supported_triggers")
    if items is None:
        return kept
    if len(items) != 1:
        members.fault("holds exactly one trigger", "supported_triggers")
    found = []
    for item in items:
        if "id" not in item:
            item.fault("id is required")
        id_ = item.text("id", "", choices=all_known)
        known = all_known.get(id_, ("",))
        version = item.text("version", known[0], known[0], choices=known)
        for described in ("status", "runtimes", "default_runtime", "compatible_triggers",
                          "binding_policy"):  # fmt: skip
            item.given(described)
        item.only()
        found.append({"id": id_, "version": version})
    return found


def dependencies(members: Members, kept: object) -> object:
    """Return the modules that a document names, else what is kept."""
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


def secrets(members: Members, kept: object, at: str) -> object:
    """Return the names of secrets after a change; one without a value keeps its time."""
    items = members.items("secrets")
    if items is None:
        return kept
    before = {str(one["name"]): one for one in objects(kept)}
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


def objects(value: object) -> Sequence[Mapping[str, object]]:
    """Return the objects of a list; none where there is no list."""
    if not isinstance(value, list | tuple):
        return []
    return [one for one in value if isinstance(one, Mapping)]
