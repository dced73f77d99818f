"""Refresh rotation as a state machine: the SQLite store against a model in plain Python."""

import asyncio
import itertools
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
)

from gateword.domain.client import RefreshPolicy
from gateword.domain.secret import Secret
from gateword.ports.token_stores import Exchange, Exchanged, NotExchanged
from tests.engines.house import CLIENT, NOON, Furnished, House, a_client, a_handle, a_house

LEEWAY_S: Final = 10
IDLE_S: Final = 100
ABSOLUTE_S: Final = 1000
OTHER_CLIENT: Final = "other"


@dataclass
class Family:
    """What the model knows of a family."""

    number: int
    ends: datetime
    latest: int = 1
    revoked: bool = False


@dataclass
class Token:
    """What the model knows of a refresh token."""

    family: Family
    counter: int
    rotating: bool
    idle_ends: datetime
    used: datetime | None = None


class RefreshRotation(RuleBasedStateMachine):
    """Begins, exchanges, revokes, lets time pass and switches rotation, in every order."""

    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory(prefix="gateword-rotation-")
        self.opened = a_house(f"sqlite:///{Path(self.folder.name) / 'gateword.db'}")
        self.house: House = self.loop.run_until_complete(self.opened.__aenter__())
        self.furnished: Furnished = self.loop.run_until_complete(self.house.furnish())
        self.loop.run_until_complete(self.house.stores.clients.put(a_client(OTHER_CLIENT), NOON))
        self.now = NOON
        self.policy = RefreshPolicy(
            rotating=True, leeway_s=LEEWAY_S, absolute_s=ABSOLUTE_S, idle_s=IDLE_S
        )
        self.numbers = itertools.count()
        self.model: dict[Secret, Token] = {}

    def teardown(self) -> None:
        """Close the database and remove it."""
        self.loop.run_until_complete(self.opened.__aexit__(None, None, None))
        self.loop.close()
        self.folder.cleanup()

    @rule(target=tokens)
    def begin(self) -> Secret:
        """A login begins a family."""
        refresh = a_handle()
        ends = self.now + timedelta(seconds=ABSOLUTE_S)
        grant = self.furnished.grant(created_at=self.now, expires_at=ends)
        access = self.furnished.access()
        self.loop.run_until_complete(
            self.house.stores.tokens.begin_family(grant, refresh, self.policy, access)
        )
        family = Family(next(self.numbers), ends)
        self.model[refresh] = Token(family, 1, self.policy.rotating, self.idle_ends())
        return refresh

    @rule(target=tokens, refresh=tokens)
    def exchange(self, refresh: Secret) -> object:
        """The owner presents a token; the answer is the model's, and so is what it leaves."""
        successor = a_handle()
        answer = self.presented(refresh, CLIENT, successor)

        assert self.expected(self.model[refresh], successor) == (
            answer.reason if isinstance(answer, NotExchanged) else answer.rotated
        )
        return successor if answer == Exchanged(rotated=True) else multiple()

    @rule(target=tokens, refresh=tokens)
    def exchange_twice(self, refresh: Secret) -> object:
        """A token is copied: it comes twice at one time."""
        return multiple(
            *(
                each
                for each in (self.exchange(refresh), self.exchange(refresh))
                if each in self.model
            )
        )

    @rule(refresh=tokens)
    def steal(self, refresh: Secret) -> None:
        """Another client presents a token; it is refused and harms nothing."""
        answer = self.presented(refresh, OTHER_CLIENT, a_handle())

        assert isinstance(answer, NotExchanged)
        assert "other_client" == answer.reason

    @rule(refresh=tokens)
    def revoke(self, refresh: Secret) -> None:
        """The owner ends a family; a second time there is nothing to end."""
        answer = self.loop.run_until_complete(
            self.house.stores.tokens.revoke_refresh(refresh, CLIENT, self.now, whole_grant=False)
        )
        family = self.model[refresh].family

        assert family.revoked is (answer is None)
        family.revoked = True

    @rule(seconds=st.sampled_from([1, 1, LEEWAY_S - 1, LEEWAY_S, IDLE_S - 1, IDLE_S, ABSOLUTE_S]))
    def pass_time(self, seconds: int) -> None:
        """Time goes by."""
        self.now += timedelta(seconds=seconds)

    @rule()
    def switch_rotation(self) -> None:
        """Somebody changes the client's setting."""
        self.policy = replace(self.policy, rotating=not self.policy.rotating)

    @invariant()
    def store_agrees_with_the_model(self) -> None:
        """Whatever happened, the store knows each token as the model does."""
        for refresh, token in self.model.items():
            stored = self.loop.run_until_complete(self.house.stores.tokens.find_refresh(refresh))
            assert stored is not None
            assert (
                token.counter,
                token.family.latest,
                token.rotating,
                token.idle_ends,
                token.used,
                token.family.revoked,
            ) == (
                stored.counter,
                stored.latest_counter,
                stored.rotating,
                stored.idle_expires_at,
                stored.used_at,
                stored.revoked_at is not None,
            )

    def presented(self, refresh: Secret, client_id: str, successor: Secret) -> Exchange:
        """Present a token to the store."""
        return self.loop.run_until_complete(
            self.house.stores.tokens.exchange(
                refresh, client_id, successor, self.policy, self.furnished.access(), self.now
            )
        )

    def expected(self, token: Token, successor: Secret) -> str | bool:
        """Return what the rules of rotation answer, and note what they change."""
        family = token.family
        if family.revoked:
            return "revoked"
        if self.now >= family.ends:
            return "expired_absolute"
        if token.used is None and self.now >= token.idle_ends:
            return "expired_idle"
        if token.used is not None:
            return self.expected_again(token, token.used, successor)
        if not token.rotating and not self.policy.rotating:
            token.idle_ends = self.idle_ends()
            return False
        if token.rotating and not self.policy.rotating:
            family.revoked = True
            new = Family(next(self.numbers), family.ends)
            self.model[successor] = Token(new, 1, rotating=False, idle_ends=self.idle_ends())
            return True
        if not token.rotating:
            self.end_standing(family)
        token.used = self.now
        return self.expected_successor(token, successor)

    def expected_again(self, token: Token, used: datetime, successor: Secret) -> str | bool:
        """A used token: a sibling within the leeway, reuse after it or a generation later."""
        is_previous = token.counter >= token.family.latest - 1
        if is_previous and self.now < used + timedelta(seconds=LEEWAY_S):
            return self.expected_successor(token, successor)
        token.family.revoked = True
        return "reused"

    def expected_successor(self, token: Token, successor: Secret) -> bool:
        """The successor is one generation on."""
        family, counter = token.family, token.counter + 1
        family.latest = max(family.latest, counter)
        self.model[successor] = Token(family, counter, rotating=True, idle_ends=self.idle_ends())
        return True

    def end_standing(self, but: Family) -> None:
        """Switched to rotation, the other families that never rotated end."""
        rotated = {token.family.number for token in self.model.values() if token.rotating}
        for token in self.model.values():
            if token.family is not but and token.family.number not in rotated:
                token.family.revoked = True

    def idle_ends(self) -> datetime:
        """Return when a token that is used now ends without further use."""
        return self.now + timedelta(seconds=IDLE_S)


TestRefreshRotation = RefreshRotation.TestCase
TestRefreshRotation.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
