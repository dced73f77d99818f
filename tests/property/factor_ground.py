"""A running server in which every login shows a second factor, and one account in it."""

import asyncio
import tempfile
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx
import jwt

from gateword.domain.secret import Secret
from gateword.domain.user import NewUser, User
from gateword.policy import guardian_document
from gateword.ports.documents import Kept
from tests.property.second_steps import TOKENS, Answer, Session
from tests.support.factories import EVERY_GRANT, PASSWORD_REALM
from tests.support.house import House, a_house
from tests.support.protection import unprotected
from tests.support.stand_ins import START
from tests.wire.world import API, CUSTOMERS, VALUES, furnish

T = TypeVar("T")

GRANT: Final = "http://auth0.com/oauth/grant-type/mfa-"
CLIENTS: Final = ("web", "other")
PASSWORDS: Final = ("first horse battery", "second horse battery")
_A_YEAR: Final = timedelta(days=365)


@dataclass
class Ground:
    """A running server.

    Attributes:
        hashes: Of the passwords.
    """

    loop: asyncio.AbstractEventLoop
    house: House
    hashes: list[Secret]
    people: int = 0

    def do(self, work: Awaitable[T]) -> T:
        """Wait for something."""
        return self.loop.run_until_complete(_awaited(work))

    def new_email(self) -> str:
        """Return an address that nobody has had."""
        self.people += 1
        return f"person{self.people}@example.com"

    def token(self, *forms: dict[str, str]) -> list[httpx.Response]:
        """Ask the token endpoint, everything at once."""

        async def asked() -> list[httpx.Response]:
            return await asyncio.gather(*(self.house.token(**form) for form in forms))

        return self.do(asked())

    def post(self, path: str, body: dict[str, Any], bearer: str = "") -> httpx.Response:
        """Ask the MFA API."""
        headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
        return self.do(self.house.http.post(path, json=body, headers=headers))

    def listed(self, bearer: str) -> httpx.Response:
        """Ask for the authenticators behind an `mfa_token`."""
        headers = {"authorization": f"Bearer {bearer}"}
        return self.do(self.house.http.get("/mfa/authenticators", headers=headers))

    def add_user(self, email: str) -> User:
        """Add a user with the first password."""
        stores, at = self.house.parts.stores, self.house.clock.now()
        connection = self.do(stores.connections.named(CUSTOMERS))
        assert connection is not None
        new = NewUser(connection=CUSTOMERS, email=email, password_hash=self.hashes[0])
        user = self.do(stores.users.add(new, connection, at))
        assert user is not None
        return user

    def change_password(self, user: User, number: int) -> None:
        """Give a user one of the passwords."""
        passwords, at = self.house.parts.stores.passwords, self.house.clock.now()
        connection = self.do(self.house.parts.stores.connections.named(CUSTOMERS))
        assert connection is not None
        key = self.do(passwords.identity_key(user.key, connection.key))
        assert key is not None
        changed = passwords.change(user.key, self.hashes[number], at, identity_key=key, keep=0)
        assert self.do(changed)

    def put(self, id_: str, document: dict[str, Any]) -> None:
        """Set one of the switches."""
        self.do(put(self.house, id_, document))

    def newest_code(self) -> str:
        """Return the code of the last letter."""
        at = self.house.clock.now()
        letters = self.do(self.house.parts.stores.outbox.claim(at, at + _A_YEAR, 100))
        # A notice of wrong codes may be the last.
        return [one.letter.order["code"] for one in letters if "code" in one.letter.order][-1]

    def forget_tries(self, user: User) -> None:
        """Fill up what bounds tries and messages; their bounds have tests of their own."""
        keys = [f"mfa-{what}:{user.key}" for what in ("code", "recovery", "phone")]
        self.do(self.house.parts.stores.attempts.refill(keys))


async def put(house: House, id_: str, document: dict[str, Any]) -> None:
    """Store a document of the tenant's second factors."""
    kept = Kept(id=id_, document=document)
    await house.parts.stores.documents.put(guardian_document.KIND, kept, house.clock.now())


async def _awaited(work: Awaitable[T]) -> T:
    return await work


@contextmanager
def grounds() -> Iterator[Ground]:
    """Open a house, and close it."""
    loop = asyncio.new_event_loop()
    with tempfile.TemporaryDirectory(prefix="gateword-factors-") as folder:
        opened = a_house(Path(folder))
        house = loop.run_until_complete(opened.__aenter__())
        try:
            yield Ground(loop, house, loop.run_until_complete(_prepared(house)))
        finally:
            loop.run_until_complete(opened.__aexit__(None, None, None))
            loop.close()


async def _prepared(house: House) -> list[Secret]:
    await furnish(house)
    await unprotected(house.parts, START)
    grants = (*EVERY_GRANT, *(f"{GRANT}{name}" for name in ("otp", "oob", "recovery-code")))
    for name in CLIENTS:
        client = await house.parts.stores.clients.get(VALUES[name])
        assert client is not None
        await house.parts.stores.clients.put(replace(client, grant_types=grants), START)
    await put(house, guardian_document.POLICIES_ID, {"policies": ["all-applications"]})
    return [await house.parts.hasher.hash(Secret(text)) for text in PASSWORDS]


def login_form(client: str, email: str, password: str) -> dict[str, str]:
    """Return the form of a login."""
    form = {"grant_type": PASSWORD_REALM, "realm": CUSTOMERS, "username": email, "audience": API}
    return {**form, "password": password, **proof(client)}


def grant_form(session: Session, client: str, name: str, **shown: str) -> dict[str, str]:
    """Return the form that shows a factor."""
    form = {"grant_type": f"{GRANT}{name}", "mfa_token": session.token}
    return {**form, **shown, **proof(client)}


def proof(client: str) -> dict[str, str]:
    """Return the parameters with which a client proves itself."""
    return {"client_id": VALUES[client], "client_secret": VALUES[f"{client}_secret"]}


def kind_of(answer: httpx.Response) -> Answer:
    """Return what tells answers apart."""
    if answer.status_code == TOKENS[0]:
        return TOKENS
    return answer.status_code, answer.json()["error_description"]


def subject(answer: httpx.Response) -> str:
    """Return whose tokens they are."""
    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    return str(claims["sub"])
