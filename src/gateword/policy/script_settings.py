"""How a tenant wants its scripts to be treated: one object, `x-gateword-scripts`.

Rule 1: pure. Source: ruling 16, rules §5, §6; the members are our own (ADR 0016).
"""

from collections.abc import Mapping
from typing import Final

from gateword.domain.script_settings import ScriptSettings
from gateword.policy import egress
from gateword.policy.members import Members

KIND: Final = "script_settings"
ID: Final = "scripts"
SECTION: Final = "x-gateword-scripts"
"""Of a file of configuration."""

PATH: Final = "/x-gateword/scripts"
"""Of the Management API."""

MOST_HOSTS: Final = 100
MAX_HOST_CHARS: Final = 253
REDIRECT_ERRORS: Final = ("invalid_request", "interaction_required")

DEFAULTS: Final[Mapping[str, object]] = {
    "allowed_hosts": [],
    "mask_runtime_errors": False,
    "redirect_error": REDIRECT_ERRORS[0],
}

MEANING: Final[Mapping[str, str]] = {
    "allowed_hosts": "Where scripts may send requests: `api.example.com`, `api.example.com:8443`, "
    "`*.example.com`, or `*` for every public host. What is private is reached only when its own "
    "address or network is listed (`10.1.0.0/16`, `127.0.0.1`, `localhost`).",
    "mask_runtime_errors": "Clients are told of an exception in a script by an id, under which the "
    "log has its text.",
    "redirect_error": "What a rule or Action that redirects is answered with: `invalid_request` "
    "(400), as it was seen, or `interaction_required` (403), as it is documented.",
}


def effective(stored: Mapping[str, object] | None) -> dict[str, object]:
    """Return the whole object; what was never set shows its default."""
    return {**DEFAULTS, **(stored or {})}


def changed(members: Members, stored: Mapping[str, object] | None) -> dict[str, object]:
    """Return the object with what a document says of it; null takes a member to its default."""
    kept = effective(stored)
    hosts = _hosts(members, kept["allowed_hosts"])
    redirect = members.text(
        "redirect_error",
        str(kept["redirect_error"]),
        REDIRECT_ERRORS[0],
        choices=REDIRECT_ERRORS,
    )
    masks = members.flag(
        "mask_runtime_errors", kept=kept["mask_runtime_errors"] is True, reset=False
    )
    members.only()
    return {"allowed_hosts": hosts, "mask_runtime_errors": masks, "redirect_error": redirect}


def settings(stored: Mapping[str, object] | None) -> ScriptSettings:
    """Return what is kept, as it acts."""
    kept = effective(stored)
    hosts = kept["allowed_hosts"]
    return ScriptSettings(
        allowed_hosts=tuple(map(str, hosts)) if isinstance(hosts, list) else (),
        mask_runtime_errors=kept["mask_runtime_errors"] is True,
        redirect_error_is_interaction=kept["redirect_error"] == REDIRECT_ERRORS[1],
    )


def _hosts(members: Members, kept: object) -> list[str]:
    given = members.given("allowed_hosts")
    if "allowed_hosts" not in members:
        return list(kept) if isinstance(kept, list) else []
    if given is None:
        return []
    if not isinstance(given, list) or len(given) > MOST_HOSTS:
        members.fault(f"must be a list of at most {MOST_HOSTS} hosts", "allowed_hosts")
        return []
    for index, host in enumerate(given):
        if not isinstance(host, str) or not 0 < len(host) <= MAX_HOST_CHARS:
            members.fault("must be a host", "allowed_hosts", index)
        elif fault := egress.fault(host):
            members.fault(fault, "allowed_hosts", index)
    return [str(host) for host in given]
