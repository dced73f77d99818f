"""Nouns of Auth0's that this house does not have, read as empty.

Auth0's Deploy CLI asks for all of them on every export and stops at a 404. What it passes over with
a 404 (organizations, e-mail provider and templates, themes, branding, …) is not here. None
can be created: a POST is a 405.
Source: the calls of npm auth0-deploy-cli 8.44.0, answers as typed in npm auth0 6.4.0.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from gateword.management.resource import Call, Document, Listed, Resource, Verb
from gateword.management.schema import Schema, free, obj

_DOC: Final = "Not part of this server: always empty."
_ANY: Final = free()


async def nothing(call: Call) -> list[Document]:  # noqa: ARG001  a `Run`: nobody's call has any
    """Answer an empty list."""
    return []


def _always(answer: Document) -> Callable[[Call], Awaitable[Document]]:
    async def run(call: Call) -> Document:  # noqa: ARG001  a `Run`: the same for everybody
        return answer

    return run


def _list(path: str, scope: str, key: str, *, wrapped: bool = False) -> Verb:
    return Verb(
        method="GET",
        path=path,
        scopes=(scope,),
        run=nothing,
        summary=f"Get no {key.replace('_', ' ')}",
        listed=Listed(key=key, item=_ANY, checkpoint=True, always=wrapped),
    )


def _object(path: str, scope: str, what: str, answer: Document, schema: Schema) -> Verb:
    return Verb(
        method="GET",
        path=path,
        scopes=(scope,),
        run=_always(answer),
        summary=f"Get empty {what}",
        answer=schema,
    )


def _kept_off(path: str, what: str, answer: Document, schema: Schema) -> Verb:
    return Verb(
        method="PATCH",
        path=path,
        scopes=("update:attack_protection",),
        run=_always(answer),
        summary=f"Leave {what} off",
        body=schema,
        answer=schema,
    )


_RISK: Final = obj({"enabled": {"type": "boolean", "const": False}}, required=("enabled",))

_NEW_DEVICE: Final = obj(
    {"remember_for": {"type": "integer", "const": 0}}, required=("remember_for",)
)

RESOURCE: Final = Resource(
    name="absent",
    doc=_DOC,
    verbs=(
        _list("/custom-domains", "read:custom_domains", "custom_domains"),
        _list(
            "/connections-directory-provisionings", "read:connections", "directory_provisionings",
            wrapped=True,
        ),
        _list("/event-streams", "read:event_streams", "eventStreams", wrapped=True),
        _list("/forms", "read:forms", "forms"),
        _list("/flows", "read:flows", "flows"),
        _list("/flows/vault/connections", "read:flows_vault_connections", "connections"),
        _list(
            "/self-service-profiles", "read:self_service_profiles", "self_service_profiles",
            wrapped=True,
        ),
        _list(
            "/token-exchange-profiles", "read:token_exchange_profiles", "token_exchange_profiles",
            wrapped=True,
        ),
        _list("/branding/phone/providers", "read:phone_providers", "providers", wrapped=True),
        _list("/branding/phone/templates", "read:phone_templates", "templates", wrapped=True),
        _object("/prompts", "read:prompts", "settings of prompts", {}, _ANY),
        _object(
            "/prompts/{prompt}/custom-text/{language}", "read:prompts", "texts of a prompt", {},
            _ANY,
        ),
        _object("/prompts/{prompt}/partials", "read:prompts", "partials of a prompt", {}, _ANY),
        _list("/prompts/rendering", "read:prompts", "configs"),
        _object("/supplemental-signals", "read:attack_protection", "signals", {}, _ANY),
        _object(
            "/risk-assessments/settings", "read:attack_protection", "settings of risk assessment",
            {"enabled": False}, _RISK,
        ),
        _kept_off("/risk-assessments/settings", "risk assessment", {"enabled": False}, _RISK),
        _object(
            "/risk-assessments/settings/new-device", "read:attack_protection",
            "settings of risk assessment for new devices", {"remember_for": 0}, _NEW_DEVICE,
        ),
        _kept_off(
            "/risk-assessments/settings/new-device", "risk assessment for new devices",
            {"remember_for": 0}, _NEW_DEVICE,
        ),
    ),
)  # fmt: skip
