import re

import pytest

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.tenant import Tenant


@pytest.mark.parametrize("refusal", Refusal)
def test_row_is_an_error_with_a_text_and_a_source(refusal: Refusal) -> None:
    """Each row has an error status, a code of lower case words, a text, and its source."""
    row = refusal.row
    assert 400 <= row.status <= 599
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", row.error)
    assert row.description
    assert row.source


@pytest.mark.parametrize("refusal", Refusal)
def test_text_is_filled_once(refusal: Refusal) -> None:
    """What a row quotes of a request is text: braces in it mean nothing."""
    names = re.findall(r"\{(\w+)\}", refusal.row.description)
    refused = Refused(refusal, **dict.fromkeys(names, "{evil} {0}"))
    assert refusal.row.description.count("{") == refused.description.count("{evil}")


def test_detail_is_not_in_the_text() -> None:
    """Details are for the log alone."""
    refused = Refused(Refusal.WRONG_PASSWORD, detail="it was the third letter")
    assert "Wrong email or password." == refused.description
    assert "third" not in f"{refused!r} {refused}"


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal.WRONG_PASSWORD,
        Refusal.UNKNOWN_USER,
        Refusal.NO_PASSWORD,
        Refusal.BLOCKED_WRONG_PASSWORD,
    ],
)
def test_wrong_logins_answer_the_same(refusal: Refusal) -> None:
    """Promise T1: whatever was wrong, status, error and text are one."""
    row = refusal.row
    assert (403, "invalid_grant", "Wrong email or password.") == (
        row.status,
        row.error,
        row.description,
    )


@pytest.mark.parametrize(
    "refusal",
    [Refusal.CLIENT_UNKNOWN, Refusal.CLIENT_SECRET_WRONG, Refusal.CLIENT_SECRET_MISSING],
)
def test_failed_clients_answer_the_same(refusal: Refusal) -> None:
    """Promise T4: unknown client, wrong and missing secret are one."""
    row = refusal.row
    assert (401, "access_denied", "Unauthorized") == (row.status, row.error, row.description)


def test_tenant_names_its_issuer_and_audiences_by_domain() -> None:
    """Promise I7: issuer and links come from the tenant's own settings."""
    tenant = Tenant(key=1, name="default", domain="auth.example.com:8443", flags={"on": True})
    assert "https://auth.example.com:8443/" == tenant.issuer
    assert "https://auth.example.com:8443/userinfo" == tenant.userinfo_audience
    assert "https://auth.example.com:8443/api/v2/" == tenant.management_audience
    assert (True, False, True) == (
        tenant.flag("on"),
        tenant.flag("off"),
        tenant.flag("off", default=True),
    )
