"""What `gateword doctor` says of second factors that are demanded."""

import pytest

from gateword.policy import guardian_document
from gateword.ports.documents import Kept
from gateword.provision.factor_findings import findings
from tests.support.factories import CLIENT_CREDENTIALS, MFA_OTP, PASSWORD, PASSWORD_REALM, a_client
from tests.unit.provision.checked import a_draft


def told(*policies: str, grants: tuple[str, ...]) -> list[str]:
    """Return whom the findings are about, with one client and these policies."""
    draft = a_draft()
    client = a_client("app", grant_types=grants)
    draft.clients.clear()
    draft.clients[client.client_id] = client
    policy = Kept(id=guardian_document.POLICIES_ID, document={"policies": list(policies)})
    draft.documents[guardian_document.KIND] = {policy.id: policy}
    return [f"{one.level} {one.about}" for one in findings(draft)]


@pytest.mark.parametrize("grants", [(PASSWORD,), (PASSWORD_REALM,)])
def test_client_that_cannot_go_on_is_named(grants: tuple[str, ...]) -> None:
    """Its users meet `mfa_required`, and nothing that it may send ends it."""
    assert ["warning client App"] == told("all-applications", grants=grants)


@pytest.mark.parametrize(
    ("policies", "grants"),
    [
        ((), (PASSWORD,)),
        (("confidence-score",), (PASSWORD, MFA_OTP)),
        (("all-applications",), (CLIENT_CREDENTIALS,)),
    ],
)
def test_others_are_not_named(policies: tuple[str, ...], grants: tuple[str, ...]) -> None:
    """Who is asked for nothing, or can answer, or logs nobody in."""
    assert [] == told(*policies, grants=grants)
