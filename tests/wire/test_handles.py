"""Refresh tokens and opaque tokens: whose they are, what they may, when they end."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations, permutations
from typing import Any, Final

import pytest

from gateword.accounts import passwords
from gateword.domain.secret import Secret
from gateword.storage.engine import Tx
from gateword.storage.statement import AcrossTenants
from tests.support.factories import PASSWORD, REFRESH_TOKEN
from tests.support.house import House
from tests.support.protection import unprotected
from tests.support.stand_ins import START, CountedHasher
from tests.wire.givens import carry_out
from tests.wire.world import API, CLIENTS, PASSWORDS, VALUES


def _as(client: str) -> dict[str, str]:
    secret = {"client_secret": VALUES[f"{client}_secret"]} if CLIENTS[client].secret else {}
    return {"client_id": VALUES[client], **secret}


async def _log_in(house: House, client: str = "web", **more: str | None) -> dict[str, Any]:
    form: dict[str, str | None] = {
        "grant_type": PASSWORD,
        "username": "ann",
        "password": PASSWORDS["password"],
        "scope": "openid email read:orders offline_access",
        "audience": API,
        **_as(client),
    }
    granted: dict[str, Any] = (await house.token(**form | more)).json()
    return granted


async def _refresh(house: House, token: str, client: str = "web", **more: str) -> dict[str, Any]:
    form = {"grant_type": REFRESH_TOKEN, "refresh_token": token, **_as(client), **more}
    answer = await house.token(**form)
    body: dict[str, Any] = answer.json()
    return {"status": answer.status_code, **body}


async def _userinfo(house: House, token: str) -> int:
    answer = await house.http.get("/userinfo", headers={"authorization": f"Bearer {token}"})
    return answer.status_code


@pytest.mark.parametrize(
    ("client", "thief"), list(permutations(["web", "other", "rotating", "spa", "public-hs256"], 2))
)
async def test_handle_belongs_to_its_client(house: House, client: str, thief: str) -> None:
    """O4: a foreign client gets `invalid_grant`, revokes nothing, sees nothing, harms nothing."""
    token = (await _log_in(house, client))["refresh_token"]
    stolen = await _refresh(house, token, thief)
    for path in ("/oauth/revoke", "/oauth/introspect"):
        await house.http.post(path, data={"token": token, **_as(thief)})
    own = await _refresh(house, token, client)

    assert (403, "invalid_grant") == (stolen["status"], stolen["error"])
    assert 200 == own["status"]


ORIGINAL: Final = ("openid", "email", "read:orders", "offline_access")
BEYOND: Final = ("write:orders", "profile", "nonsense")


def _subsets() -> Iterator[tuple[str, ...]]:
    for size in range(len(ORIGINAL) + 1):
        for kept in combinations(ORIGINAL, size):
            yield kept
            yield (*kept, *BEYOND)


async def test_scope_is_never_wider_nor_narrowed_for_good(house: House) -> None:
    """O5: each exchange grants what is both asked and original; the next may have it all again."""
    token = (await _log_in(house))["refresh_token"]
    for asked in _subsets():
        narrowed = await _refresh(house, token, scope=" ".join(asked), audience="https://x.example")
        whole = await _refresh(house, token)
        expected = set(asked) & set(ORIGINAL) if asked else set(ORIGINAL)

        assert expected == set(narrowed.get("scope", "").split())
        assert set(ORIGINAL) == set(whole["scope"].split())


STATES: Final = {
    "ann is blocked": (403, 401, 401),
    "ann is deleted": (403, 403, 401),
    "ann has a new password": (403, 403, 401),
    "client {client} is gone": (401, 401, 401),
    "client {client} may not refresh": (403, 200, 200),
    "connection Employees is off": (403, 400, 200),
    "connection Employees is not enabled for client {client}": (403, 400, 200),
}
"""What happened, and the status of a refresh, of a new login, and of /userinfo after it."""


@pytest.mark.parametrize("audience", [API, None], ids=["jwt", "opaque"])
@pytest.mark.parametrize("client", ["web", "rotating"])
@pytest.mark.parametrize("state", STATES)
async def test_state_ends_what_it_must(
    house: House, state: str, client: str, audience: str | None
) -> None:
    """O6: after each of these there is no further refresh; access tokens end where we see them."""
    granted = await _log_in(house, client, audience=audience)
    await carry_out(house, state.format(client=client))
    refreshed = await _refresh(house, granted["refresh_token"], client)
    again = await house.token(
        grant_type=PASSWORD, username="ann", password=PASSWORDS["password"], **_as(client)
    )

    assert STATES[state] == (
        refreshed["status"],
        again.status_code,
        await _userinfo(house, granted["access_token"]),
    )


class _Meanwhile(CountedHasher):
    """A hasher during whose work a sentence comes true."""

    def __init__(self, house: House, sentence: str) -> None:
        super().__init__(house.engines.hasher.real)
        self.house, self.sentence = house, sentence

    async def verify(
        self, password: Secret, encoded: Secret | None, kinds: Mapping[str, int] | None = None
    ) -> bool:
        """Verify, and only then return to a changed world."""
        fits = await super().verify(password, encoded, kinds)
        await carry_out(self.house, self.sentence)
        return fits


MEANWHILE: Final = {
    "ann has a new password": "Wrong email or password.",
    "ann is deleted": "Wrong email or password.",
    "ann is blocked": "user is blocked",
}


@pytest.mark.parametrize("state", MEANWHILE)
async def test_state_is_looked_at_again_after_the_hash(house: House, state: str) -> None:
    """O6: what came true while the right password was hashed counts: nobody is let in."""
    house.engines.hasher.real = _Meanwhile(house, state)
    refused = await _log_in(house)

    assert MEANWHILE[state] == refused.get("error_description")


async def test_refresh_gives_no_more_than_the_api_admits_today(house: House) -> None:
    """O5: a client grant that was narrowed, or an API that was closed, counts for a refresh too."""
    stores, granted = house.parts.stores, "https://granted.example"
    token = (await _log_in(house, audience=granted))["refresh_token"]
    before = await _refresh(house, token)
    grant = await stores.client_grants.find(VALUES["web"], granted, "user")
    api = await stores.resource_servers.get(granted)
    assert grant is not None
    assert api is not None
    await stores.client_grants.put(replace(grant, scope=()), START)
    narrowed = await _refresh(house, token)
    await stores.resource_servers.put(replace(api, user_policy="deny_all"), START)
    closed = await _refresh(house, token)

    assert "openid email read:orders offline_access" == before["scope"]
    assert "openid email offline_access" == narrowed["scope"]
    assert (403, "access_denied") == (closed["status"], closed["error"])


def _edits(handle: str) -> Iterator[str]:
    yield from (handle[:length] for length in range(1, len(handle)))
    yield from (handle[begin:] for begin in range(1, len(handle)))
    for place in range(len(handle)):
        other = "A" if handle[place] != "A" else "B"
        yield handle[:place] + other + handle[place + 1 :]
        yield handle[:place] + handle[place] + handle[place:]
    yield from (f"{handle}{more}" for more in ("A", "=", "==", "%00", "\0", "\u00a0", ".x.y"))
    yield from (handle.swapcase(), handle.upper(), handle.lower(), handle * 2, handle[::-1])


async def test_edited_refresh_token_is_worth_nothing(house: House) -> None:
    """O7: a handle counts as a whole: cut, extended, changed or padded it is unknown."""
    token = (await _log_in(house, "rotating"))["refresh_token"]
    edits = {edit for edit in _edits(token) if edit != token}
    answers = {(await _refresh(house, edit, "rotating"))["status"] for edit in edits}

    assert 200 < len(edits)
    assert {403} == answers
    assert 200 == (await _refresh(house, token, "rotating"))["status"]


async def test_edited_access_token_is_worth_nothing(house: House) -> None:
    """O7: the same holds for opaque access tokens."""
    token = (await _log_in(house, audience=None))["access_token"]
    edits = {edit for edit in _edits(token) if edit not in {token, f"{token}\u00a0"}}
    printable = [edit for edit in edits if edit.isascii() and edit.isprintable()]
    answers = {await _userinfo(house, edit) for edit in printable}

    assert {401} == answers
    assert 200 == await _userinfo(house, token)


@pytest.mark.parametrize("word", ["refresh_families", "refresh_tokens", "logs"])
async def test_storage_error_is_no_success(house: House, word: str) -> None:
    """O8: when a statement of a revocation or an exchange fails, nobody is told it was done."""
    token = (await _log_in(house))["refresh_token"]
    house.engines.watched.broken = word
    revoked = await house.http.post("/oauth/revoke", data={"token": token, **_as("web")})
    refreshed = await _refresh(house, token)

    assert (500, 500) == (revoked.status_code, refreshed["status"])


async def test_storage_away_is_no_success(house: House) -> None:
    """O8: a database that is away is 503, with the time to come again."""
    token = (await _log_in(house))["refresh_token"]
    house.engines.watched.away = True
    answers = [
        await house.http.post("/oauth/revoke", data={"token": token, **_as("web")}),
        await house.token(grant_type=REFRESH_TOKEN, refresh_token=token, **_as("web")),
        await house.token(
            grant_type=PASSWORD, username="ann", password=PASSWORDS["password"], **_as("web")
        ),
    ]

    assert [(503, "1")] * 3 == [(one.status_code, one.headers["retry-after"]) for one in answers]


async def test_oldest_refresh_token_goes_when_there_are_too_many(house: House) -> None:
    """A user holds 200 refresh tokens at a client; one more ends the oldest, and is logged."""
    await unprotected(house.parts, house.clock.now())
    tokens = []
    for _ in range(201):
        house.clock.passed_s += 1
        tokens.append((await _log_in(house, scope="offline_access"))["refresh_token"])
    statuses = [(await _refresh(house, tokens[place]))["status"] for place in (0, 1, 200)]
    cleanups = [row for row in await house.log() if row.document["type"] == "resource_cleanup"]

    assert [403, 200, 200] == statuses
    assert [VALUES["ann"]] == [row.document["user_id"] for row in cleanups]


async def test_reuse_ends_the_family_when_the_user_is_blocked(house: House) -> None:
    """O2: a replay is a replay; once the user is unblocked nothing of the family works."""
    first = (await _log_in(house, "rotating"))["refresh_token"]
    second = (await _refresh(house, first, "rotating"))["refresh_token"]
    await carry_out(house, "ann is blocked")
    replayed = await _refresh(house, first, "rotating")
    await carry_out(house, "ann is not blocked")
    refreshed = await _refresh(house, second, "rotating")

    assert [403, 403] == [replayed["status"], refreshed["status"]]
    assert ["ferrt"] == [
        row.document["type"] for row in await house.log() if row.document["type"] == "ferrt"
    ]


async def test_opaque_token_ends_with_the_password_when_it_has_no_family(house: House) -> None:
    """O6: whoever had the old password has nothing left of it, without offline access too."""
    token = (await _log_in(house, scope="openid", audience=None))["access_token"]
    before = await _userinfo(house, token)
    await carry_out(house, "ann has a new password")

    assert [200, 401] == [before, await _userinfo(house, token)]


async def test_family_that_a_password_change_missed_is_worth_nothing(house: House) -> None:
    """O6: a login older than the password is not renewed, whatever became of its family."""
    token = (await _log_in(house))["refresh_token"]
    ann = await house.parts.stores.users.by_id(VALUES["ann"])
    assert ann is not None
    house.clock.passed_s += 1
    employees = await house.parts.stores.connections.named("Employees")
    assert employees is not None
    await passwords.replaced(house.parts, ann, employees, Secret("$2b$04$" + "." * 53))
    await house.engines.database.transact(_forget_revocations)

    assert 403 == (await _refresh(house, token))["status"]


async def _forget_revocations(tx: Tx) -> None:
    await tx.run(AcrossTenants("UPDATE refresh_families SET revoked_at = NULL"))
