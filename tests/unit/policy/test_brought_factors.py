"""Second factors that users bring along: which are some, and what they demand."""

import pytest

from gateword.domain.mfa import Kind
from gateword.domain.mfa_settings import MfaSettings
from gateword.domain.secret import Secret
from gateword.policy import brought_factors, mfa_demand
from gateword.policy.brought_factors import UNREAD, Brought
from tests.unit.makers import a_login, a_person


@pytest.mark.parametrize(
    ("item", "found"),
    [
        (
            {"totp": {"secret": "JBSWY3DPEHPK3PXP"}},
            Brought(Kind.TOTP, "", Secret("JBSWY3DPEHPK3PXP")),
        ),
        ({"totp": {"secret": "MFRGG==="}}, None),
        ({"totp": {"secret": "MFRGGZDFMY======"}}, Brought(Kind.TOTP, "", Secret("MFRGGZDFMY"))),
        ({"totp": {"secret": "AAAAAAAAA"}}, None),
        ({"totp": {"secret": "not base32"}}, None),
        ({"phone": {"value": "+15550100"}}, Brought(Kind.SMS, "+15550100")),
        ({"phone": {"value": "5550100"}}, None),
        ({"email": {"value": "a@x.test"}}, Brought(Kind.EMAIL, "a@x.test")),
        ({"email": {"value": "a@x.test", "more": 1}}, None),
        ({"totp": {"secret": "JBSWY3DPEHPK3PXP"}, "email": {"value": "a@x.test"}}, None),
        ({"fax": {"value": "1"}}, None),
        ("totp", None),
    ],
)
def test_what_is_a_factor(item: object, found: Brought | None) -> None:
    """A seed that cannot be decoded is none: no code of it could ever be right."""
    assert found == brought_factors.factor(item)


@pytest.mark.parametrize(
    ("factors", "is_asked"), [((), False), (("email",), False), (("sms",), True), ((UNREAD,), True)]
)
def test_factors_that_nobody_has_read_count_as_enrolled(
    factors: tuple[str, ...],
    is_asked: bool,  # noqa: FBT001  a parameter of the table
) -> None:
    """No token for the MFA API goes to who may have a factor and shows none (mfa-api §3)."""
    login = a_login(user=a_person(factors=factors))
    login = a_login(user=login.user, audience=login.ask.tenant.mfa_audience)

    demand = mfa_demand.of_login(login, [], MfaSettings())

    assert is_asked == (demand is not None)
