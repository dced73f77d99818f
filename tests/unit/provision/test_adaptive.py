from dataclasses import replace
from typing import Any

import pytest

from gateword.domain.client import AuthMethod
from gateword.policy import guardian_document
from gateword.ports.documents import Kept
from gateword.provision.adaptive import findings
from gateword.provision.draft import Draft
from gateword.settings import Settings
from tests.unit.provision.checked import a_draft

ADAPTIVE, ALWAYS = ["confidence-score"], ["all-applications"]


def adapting(policies: list[str] = ADAPTIVE, **client: Any) -> Draft:
    """Return a tenant with a factor on and these policies."""
    draft = a_draft(**client)
    draft.documents[guardian_document.KIND] = {
        "policies": Kept(id="policies", document={"policies": policies}),
        "otp": Kept(id="otp", document={"enabled": True}),
    }
    return draft


SEES = Settings(geo_database="cities.mmdb")


def said(draft: Draft, **changed: Any) -> list[str]:
    """Return level and first words of each finding, where settings are changed."""
    found = findings(draft, replace(SEES, **changed))
    return [f"{one.level}: {one.text}"[:30] for one in found]


def test_nothing_is_said_where_every_signal_sees() -> None:
    """A geo database, addresses of its own, and a client that tells them."""
    assert [] == said(adapting())


def test_signal_that_cannot_see_is_told() -> None:
    """Each by itself: without a database, behind a silent proxy, by a client's own address."""
    assert ["hint: says nothing of impossib"] == said(adapting(), geo_database="")
    assert ["warning: tls is off and truste"] == said(adapting(), tls="off")
    blind = adapting(is_ip_header_trusted=False)
    assert ["warning: all users of client S"] == said(blind)


@pytest.mark.parametrize(
    "client",
    [
        {"auth_method": AuthMethod.NONE, "secret": None, "is_ip_header_trusted": False},
        {"grant_types": ("refresh_token",), "is_ip_header_trusted": False},
    ],
)
def test_client_that_hides_nobody_is_fine(client: dict[str, Any]) -> None:
    """An application on the user's own device, and one that takes no passwords."""
    assert [] == said(adapting(**client))


def test_policy_without_a_factor_is_told() -> None:
    """Whoever is found to be new would be refused, and everybody is at first."""
    draft = adapting()
    del draft.documents[guardian_document.KIND]["otp"]

    assert ["warning: no factor is on: who "] == said(draft)


@pytest.mark.parametrize("policies", [[], ALWAYS])
def test_nothing_is_said_while_the_policy_is_off(policies: list[str]) -> None:
    """What is not looked at need not see."""
    draft = adapting(policies, is_ip_header_trusted=False)

    assert [] == said(draft, geo_database="", tls="off")
