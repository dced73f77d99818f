"""One account whose logins show a second factor: what is asked of it, and what is remembered."""

from typing import Any, ClassVar, Final

import httpx
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
)

from tests.property.factor_ground import (
    CLIENTS,
    Ground,
    kind_of,
    subject,
)
from tests.property.second_steps import (
    MALFORMED,
    RECOVERY,
    SENT,
    SMS,
    SWITCHES,
    TOKENS,
    TOTP,
    WAITS,
    WRONG,
    Answer,
    Enrolled,
    Person,
    Sent,
    Session,
)

OVER: Final = 5


class Account(RuleBasedStateMachine):
    """A user, the logins that wait, and the lists that tell what must come of them."""

    ground: ClassVar[Ground]

    def __init__(self) -> None:
        super().__init__()
        self.stores = self.ground.house.parts.stores
        self.email = self.ground.new_email()
        self.user = self.ground.add_user(self.email)
        self.person = Person(self.ground.house.clock.now())
        self.sessions: list[Session] = []
        self.codes = ["NOBODYSCODE"]
        for name in SWITCHES.values():
            self.ground.put(name, {"enabled": True})

    @invariant()
    def lists_agree(self) -> None:
        """What is enrolled, and what is told to the user's row, is what the lists say."""
        person = self.person
        user = self.ground.do(self.stores.users.by_key(self.user.key))
        owned = self.ground.do(self.stores.authenticators.of_user(self.user.key, person.now))

        assert user is not None
        assert person.factors() == set(user.factors)
        assert {(one.id, one.is_confirmed) for one in person.owned()} == {
            (one.id, one.is_confirmed) for one in owned
        }

    def tried(
        self, session: Session, form: dict[str, str], expected: Answer, times: int
    ) -> httpx.Response | None:
        """Show a factor; return the one good answer, if there is to be one."""
        answers = self.ground.token(*[form] * times)
        won = [answer for answer in answers if kind_of(answer) == TOKENS]
        self.ground.forget_tries(self.user)
        if expected == TOKENS:
            assert 1 == len(won)
            assert self.user.user_id == subject(won[0])
            assert {200, 403} >= {answer.status_code for answer in answers}
            session.is_used = True
            return won[0]
        assert {kind_of(answer) for answer in answers} <= {expected, MALFORMED}
        if expected in WRONG:
            session.failures += times
        return None

    def note_enrolment(self, session: Session, kind: str, answer: dict[str, Any]) -> None:
        """Remember what was begun."""
        person, ends = self.person, self.person.now + WAITS
        owned = self.ground.do(self.stores.authenticators.of_user(self.user.key, person.now))
        new = [one.id for one in owned if one.id not in {each.id for each in person.owned()}]
        ids = {id_.partition("|")[0]: id_ for id_ in new}
        one = Enrolled(kind, ends, ids[kind], seed=answer.get("secret", ""))
        assert person.gets_code() == ("recovery_codes" in answer)
        came = answer.get("recovery_codes", [])
        self.codes += came
        codes = [Enrolled(RECOVERY, ends, ids[RECOVERY], code=c, came_with=one) for c in came]
        person.enrolled += [one, *codes]
        if kind == SMS:
            self.note_sent(session, one, answer["oob_code"])

    def note_sent(self, session: Session, of: Enrolled, handle: str) -> None:
        """Remember what was sent; what was sent there before is worth nothing."""
        for before in self.person.sent:
            before.is_used |= before.of is of
        ends = self.person.now + SENT
        self.person.sent.append(Sent(handle, session, of, self.ground.newest_code(), ends))
        self.ground.forget_tries(self.user)

    def session(self, which: int) -> Session:
        """Return one of the logins, one that still waits more often."""
        waiting = [one for one in self.sessions if not one.is_used]
        found = waiting if waiting and which != OVER else self.sessions
        return found[-1 - which % len(found)]

    def apps(self) -> list[Enrolled]:
        """Return all apps there ever were, the latest first."""
        return [one for one in reversed(self.person.enrolled) if one.kind == TOTP]


def other(client: str) -> str:
    """Return the other client."""
    return next(one for one in CLIENTS if one != client)
