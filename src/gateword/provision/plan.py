"""A file against a tenant: everything that would change, or everything that is wrong.

Nothing is written here. Source of the format: Auth0 Deploy CLI, "Using as a CLI", YAML.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from gateword.policy import mfa_settings, script_settings
from gateword.policy.members import Fault, Members, did_you_mean
from gateword.ports.parts import Parts
from gateword.provision import compiling, dormant
from gateword.provision.changes import Change
from gateword.provision.draft import Draft, Write, drawn
from gateword.provision.plan_actions import plan_actions, plan_triggers
from gateword.provision.plan_apis import plan_apis, plan_roles
from gateword.provision.plan_clients import plan_clients, plan_grants
from gateword.provision.plan_databases import plan_databases, plan_tenant
from gateword.provision.plan_delivery import plan_email_templates, plan_log_streams
from gateword.provision.plan_protection import (
    EXTRAS_SECTION,
    plan_attack_protection,
    plan_extras,
    plan_factor_providers,
    plan_factor_templates,
    plan_guardian_factors,
    plan_guardian_policies,
    plan_phone_message_types,
    plan_phone_provider,
)
from gateword.provision.plan_rules import (
    plan_mfa_settings,
    plan_rules,
    plan_rules_configs,
    plan_script_settings,
)
from gateword.provision.plan_users import SECTION as USERS
from gateword.provision.plan_users import UserWrite, plan_users, writes_of
from gateword.values import dataclass

Section: TypeAlias = Callable[[Draft, Iterable[Members]], None]
Whole: TypeAlias = Callable[[Draft, Members], None]

SECTIONS: Final[tuple[tuple[str, Section], ...]] = (
    ("resourceServers", plan_apis),
    ("clients", plan_clients),
    ("databases", plan_databases),
    ("clientGrants", plan_grants),
    ("roles", plan_roles),
    ("rules", plan_rules),
    ("rulesConfigs", plan_rules_configs),
    ("actions", plan_actions),
    ("guardianFactors", plan_guardian_factors),
    ("guardianFactorTemplates", plan_factor_templates),
    ("guardianFactorProviders", plan_factor_providers),
    ("logStreams", plan_log_streams),
    ("emailTemplates", plan_email_templates),
)
"""Lists, in the order in which one may name things of another."""

WHOLE: Final[tuple[tuple[str, Whole], ...]] = (
    ("tenant", plan_tenant),
    ("triggers", plan_triggers),
    ("attackProtection", plan_attack_protection),
    (EXTRAS_SECTION, plan_extras),
    (script_settings.SECTION, plan_script_settings),
    (mfa_settings.SECTION, plan_mfa_settings),
    ("guardianPolicies", plan_guardian_policies),
    ("guardianPhoneFactorSelectedProvider", plan_phone_provider),
    ("guardianPhoneFactorMessageTypes", plan_phone_message_types),
)
"""Sections that are one object each."""

LATER: Final = frozenset({
    "actionModules", "branding", "connectionProfiles", "connections", "customDomains",
    "emailProvider", "eventStreams", "flowVaultConnections", "flows", "forms",
    "hooks", "migrations", "networkACLs", "organizations", "pages", "phoneProviders",
    "phoneTemplates", "prompts", "rateLimitPolicies", "riskAssessment", "selfServiceProfiles",
    "supplementalSignals", "themes", "tokenExchangeProfiles", "userAttributeProfiles",
})  # fmt: skip
"""Sections of the Deploy CLI's format that Gateword does not act on; empty ones are let pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a file comes to.

    Attributes:
        changes: One for each thing of the file, also when it is unchanged.
        writes: Configuration to be stored, in order.
        users: Users to be stored after it.
        left_out: Sections that are not supported and were passed over.
        notes: What is stored and does not act yet.
        scripts: Those of the file's sections that the next login may meet.
    """

    changes: tuple[Change, ...]
    writes: tuple[Write, ...]
    users: tuple[UserWrite, ...]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    scripts: tuple[compiling.InUse, ...] = ()


class Faulty(Exception):
    """A document that cannot be applied; `faults` says where and why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)


async def plan(document: Mapping[str, object], parts: Parts, *, leave_out: bool = False) -> Plan:
    """Return what a document would change.

    Args:
        document: Sections by name.
        parts: The tenant's.
        leave_out: Pass over sections that are not supported instead of refusing them.

    Raises:
        Faulty: With every fault of the document.
    """
    faults: list[Fault] = []
    root = Members(document, (), faults)
    draft = await drawn(parts)
    for name, section in SECTIONS:
        section(draft, root.items(name) or ())
    for name, whole in WHOLE:
        if root.given(name) is not None:
            whole(draft, root.member(name))
    users = await plan_users(draft, parts, root.items(USERS) or ())
    unsupported = _unsupported(root)
    for name in unsupported if not leave_out else ():
        root.fault("this section is not supported; take it out, or use --leave-out", name)
    if faults:
        raise Faulty(faults)
    return Plan(
        changes=(*draft.changes, *(change for _, change in users)),
        writes=tuple(draft.writes),
        users=writes_of(users),
        left_out=tuple(unsupported),
        notes=tuple(map(str, dormant.in_sections(draft, root.present()))),
        scripts=tuple(compiling.drafted(draft, root.present())),
    )


def _unsupported(root: Members) -> list[str]:
    """Return the sections that nobody here has a use for; what nobody knows is a fault."""
    known = {*dict(SECTIONS), *dict(WHOLE), USERS}
    found = []
    for name, value in root.present().items():
        if name in LATER:
            found += [] if _is_empty(value) else [name]
        elif name not in known:
            root.fault(f"unknown section{did_you_mean(name, {*known, *LATER})}", name)
    return found


def _is_empty(value: object) -> bool:
    if isinstance(value, dict):
        return all(map(_is_empty, value.values()))
    if isinstance(value, list):
        return all(map(_is_empty, value))
    return value in (None, "", False)
