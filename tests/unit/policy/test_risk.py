import pytest

from gateword.policy.risk import is_risky


@pytest.mark.parametrize(("level", "spent"), [("low", 0.75), ("medium", 0.5), ("high", 0.25)])
def test_login_is_risky_from_an_address_that_spent_much(level: str, spent: float) -> None:
    """ADR 0012: the higher the level, the less it takes."""
    assert [False, True, True] == [
        is_risky(share, level, is_known=False) for share in (spent - 0.01, spent, 1.0)
    ]


@pytest.mark.parametrize("level", ["low", "medium", "high"])
def test_login_from_where_the_user_logged_in_before_is_not_risky(level: str) -> None:
    """A user is not sent elsewhere because of what neighbours do."""
    assert not is_risky(1.0, level, is_known=True, is_alarmed=True)


@pytest.mark.parametrize(("level", "spent"), [("low", 0.5), ("medium", 0.25), ("high", 0.25)])
def test_alarm_makes_it_stricter(level: str, spent: float) -> None:
    """While a tenant is under attack the next higher level counts; there is none above high."""
    assert [False, True] == [
        is_risky(share, level, is_known=False, is_alarmed=True) for share in (spent - 0.01, spent)
    ]
