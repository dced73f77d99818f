"""Where the Deploy CLI's directory format keeps what: folders and files of each section.

Source: npm auth0-deploy-cli 8.44.0, what `a0deploy export --format=directory` writes.
"""

from collections.abc import Mapping
from typing import Final

LISTS: Final[Mapping[str, str]] = {
    "clients": "clients",
    "resourceServers": "resource-servers",
    "clientGrants": "grants",
    "roles": "roles",
    "rules": "rules",
    "rulesConfigs": "rules-configs",
    "actions": "actions",
    "guardianFactors": "guardian/factors",
    "guardianFactorTemplates": "guardian/templates",
    "guardianFactorProviders": "guardian/providers",
    "logStreams": "log-streams",
    "emailTemplates": "emails",
}
"""Section to the folder with one JSON file for each item."""

DATABASES: Final = ("databases", "database-connections", "database.json")
"""Section, folder, and the file in the folder of each database."""

OBJECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "tenant.json": ("tenant",),
    "guardian/policies.json": ("guardianPolicies",),
    "guardian/phoneFactorMessageTypes.json": ("guardianPhoneFactorMessageTypes",),
    "guardian/phoneFactorSelectedProvider.json": ("guardianPhoneFactorSelectedProvider",),
    "triggers/triggers.json": ("triggers",),
    "attack-protection/brute-force-protection.json": ("attackProtection", "bruteForceProtection"),
    "attack-protection/suspicious-ip-throttling.json": (
        "attackProtection", "suspiciousIpThrottling",
    ),
    "attack-protection/breached-password-detection.json": (
        "attackProtection", "breachedPasswordDetection",
    ),
    "attack-protection/bot-detection.json": ("attackProtection", "botDetection"),
    "attack-protection/captcha.json": ("attackProtection", "captcha"),
    "attack-protection/x-gateword.json": ("x-gateword-attack-protection",),
    "x-gateword-scripts.json": ("x-gateword-scripts",),
    "x-gateword-mfa.json": ("x-gateword-mfa",),
}  # fmt: skip
"""File to the members that lead to its place in the document."""

ELSEWHERE: Final[Mapping[str, str]] = {
    "action-modules": "actionModules",
    "branding": "branding",
    "connection-profiles": "connectionProfiles",
    "connections": "connections",
    "custom-domains": "customDomains",
    "emails/provider.json": "emailProvider",
    "event-streams": "eventStreams",
    "flow-vault-connections": "flowVaultConnections",
    "flows": "flows",
    "forms": "forms",
    "hooks": "hooks",
    "network-acls": "networkACLs",
    "organizations": "organizations",
    "pages": "pages",
    "phone-providers": "phoneProviders",
    "phone-templates": "phoneTemplates",
    "prompts": "prompts",
    "rate-limit-policies": "rateLimitPolicies",
    "risk-assessment": "riskAssessment",
    "self-service-profiles": "selfServiceProfiles",
    "supplemental-signals.json": "supplementalSignals",
    "themes": "themes",
    "token-exchange-profiles": "tokenExchangeProfiles",
    "user-attribute-profiles": "userAttributeProfiles",
}
"""File or folder to the section of which only the first value is looked at: whether it is empty."""

UNSAFE_IN_NAMES: Final = r'[/?<>\\:*|"\x00-\x1f\x80-\x9f]'
"""What the Deploy CLI puts `-` for when a name becomes the name of a file."""
