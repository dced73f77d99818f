"""A file against a tenant: everything that would change, or everything that is wrong.

Nothing is written here. Source of the format: Auth0 Deploy CLI, "Using as a CLI", YAML.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from gateword.policy.members import Fault, Members, did_you_mean
from gateword.ports.parts import Parts
from gateword.provision.changes import Change
from gateword.provision.draft import Draft, Write, drawn
from gateword.provision.plan_apis import plan_apis, plan_roles
from gateword.provision.plan_clients import plan_clients, plan_grants
from gateword.provision.plan_databases import plan_databases, plan_tenant
from gateword.provision.plan_users import SECTION as USERS
from gateword.provision.plan_users import UserWrite, plan_users, writes_of
from gateword.provision.source import Source

Section: TypeAlias = Callable[[Draft, Iterable[Members]], None]

TENANT: Final = "tenant"
SECTIONS: Final[tuple[tuple[str, Section], ...]] = (
    ("resourceServers", plan_apis),
    ("clients", plan_clients),
    ("databases", plan_databases),
    ("clientGrants", plan_grants),
    ("roles", plan_roles),
)
"""In the order in which one may name things of another."""

LATER: Final = frozenset({
    "actions", "attackProtection", "branding", "connectionProfiles", "connections",
    "customDomains", "emailProvider", "emailTemplates", "eventStreams", "flowVaultConnections",
    "flows", "forms", "guardianFactorProviders", "guardianFactorTemplates", "guardianFactors",
    "guardianPhoneFactorMessageTypes", "guardianPhoneFactorSelectedProvider", "guardianPolicies",
    "hooks", "logStreams", "migrations", "networkACLs", "organizations", "pages",
    "phoneProviders", "phoneTemplates", "prompts", "riskAssessment", "rules", "rulesConfigs",
    "selfServiceProfiles", "themes", "tokenExchangeProfiles", "triggers",
    "userAttributeProfiles",
})  # fmt: skip
"""Sections of the Deploy CLI's format that Gateword does not act on; empty ones are let pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a file comes to.

    Attributes:
        changes: One for each thing of the file, also when it is unchanged.
        writes: Configuration to be stored, in order.
        users: Users to be stored after it.
    """

    changes: tuple[Change, ...]
    writes: tuple[Write, ...]
    users: tuple[UserWrite, ...]


async def plan(source: Source, parts: Parts) -> Plan:
    """Return what the file would change.

    Raises:
        BadFile: With every fault of the file, each with its line.
    """
    faults: list[Fault] = []
    root = Members(source.root, (), faults)
    draft = await drawn(parts)
    for name, section in SECTIONS:
        section(draft, root.items(name) or ())
    if root.given(TENANT) is not None:
        plan_tenant(draft, root.member(TENANT))
    users = await plan_users(draft, parts, root.items(USERS) or ())
    _check_sections(root)
    if faults:
        raise source.refusal(faults)
    return Plan(
        changes=(*draft.changes, *(change for _, change in users)),
        writes=tuple(draft.writes),
        users=writes_of(users),
    )


def _check_sections(root: Members) -> None:
    known = {*(name for name, _ in SECTIONS), TENANT, USERS}
    for name, value in root.present().items():
        if name in LATER:
            if value not in ([], {}, "", False):
                root.fault("this section is not supported yet; take it out", name)
        elif name not in known:
            root.fault(f"unknown section{did_you_mean(name, {*known, *LATER})}", name)
