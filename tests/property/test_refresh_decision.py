"""What a refresh token is worth, for every state a token can be in."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateword.domain.client import RefreshPolicy
from gateword.domain.token import RefreshToken
from gateword.policy.refresh import Convert, Keep, Refuse, Rotate, decide
from tests.unit.makers import NOW, a_refresh_token

times = st.none() | st.integers(-100, 100).map(lambda seconds: NOW + timedelta(seconds=seconds))
policies = st.builds(
    RefreshPolicy, rotating=st.booleans(), leeway_s=st.sampled_from([0, 1, 10, 1000])
)
tokens = st.builds(
    lambda counter, behind, **more: a_refresh_token(
        counter=counter, latest_counter=counter + behind, **more
    ),
    counter=st.integers(1, 5),
    behind=st.integers(0, 3),
    rotating=st.booleans(),
    expires_at=times,
    idle_expires_at=times,
    used_at=times,
    revoked_at=times,
)


@given(tokens, policies)
def test_ended_token_is_always_refused(token: RefreshToken, policy: RefreshPolicy) -> None:
    """§3: revoked, or past its absolute end: refused in whatever other state it is."""
    decision = decide(token, "shop", policy, NOW)
    ended = token.grant.expires_at is not None and token.grant.expires_at <= NOW
    if token.revoked_at is not None or ended:
        assert isinstance(decision, Refuse)
        assert not decision.retire


@given(tokens, policies)
def test_foreign_client_never_harms(token: RefreshToken, policy: RefreshPolicy) -> None:
    """Promise O4: whatever the token's state, a foreign client's answer is the same."""
    assert Refuse("other_client") == decide(token, "else", policy, NOW)


@given(tokens, policies)
def test_family_is_retired_for_reuse_alone(token: RefreshToken, policy: RefreshPolicy) -> None:
    """§3: only a used token presented again ends its family."""
    decision = decide(token, "shop", policy, NOW)
    if isinstance(decision, Refuse):
        assert decision.retire == (decision.reason == "reused")
        assert token.used_at is not None or not decision.retire


@given(tokens, policies)
def test_used_token_is_worth_a_sibling_at_most(token: RefreshToken, policy: RefreshPolicy) -> None:
    """§3: a used token is never kept, converted, or rotated as if it were fresh."""
    decision = decide(token, "shop", policy, NOW)
    if token.used_at is not None and not isinstance(decision, Refuse):
        assert Rotate(token.counter + 1, sibling=True) == decision
        assert token.latest_counter <= token.counter + 1
        assert abs(NOW - token.used_at) < timedelta(seconds=policy.leeway_s)


@given(tokens, policies)
def test_without_leeway_every_token_is_good_once(
    token: RefreshToken, policy: RefreshPolicy
) -> None:
    """RFC 9700 §4.14.2: with a leeway of zero no used token buys anything."""
    if token.used_at is not None and token.used_at <= NOW:
        strict = RefreshPolicy(rotating=policy.rotating)
        assert isinstance(decide(token, "shop", strict, NOW), Refuse)


@given(tokens, policies)
def test_fresh_token_follows_the_clients_setting(
    token: RefreshToken, policy: RefreshPolicy
) -> None:
    """§3: kept, rotated by one, or converted to how the client is set now."""
    decision = decide(token, "shop", policy, NOW)
    if token.used_at is None and not isinstance(decision, Refuse):
        expected = {
            (True, True): Rotate(token.counter + 1),
            (False, False): Keep(),
        }.get((token.rotating, policy.rotating), Convert(rotating=policy.rotating))
        assert expected == decision


@given(tokens, policies, st.integers(0, 1000))
def test_time_only_ends_things(token: RefreshToken, policy: RefreshPolicy, seconds: int) -> None:
    """Promise O1: what is refused now is not good later, however the clock runs on."""
    now = decide(token, "shop", policy, NOW)
    later = decide(token, "shop", policy, NOW + timedelta(seconds=seconds))
    if isinstance(now, Refuse):
        assert isinstance(later, Refuse)
