"""Letters: to whom they go, when, and what is said while they wait."""

from datetime import timedelta

from gateword.policy import attack_protection
from gateword.ports.delivery import Undeliverable
from tests.support.house import House
from tests.support.letters import Drawer, form_behind, link_of
from tests.support.protection import protect
from tests.wire.doors import ANN, NEW, asked, submitted, with_options
from tests.wire.world import CLIENTS, CUSTOMERS, ISSUER, VALUES


async def test_link_is_built_from_the_tenants_domain(house: House) -> None:
    """I7: no Host of a stranger comes into a letter."""
    body = {"connection": CUSTOMERS, "email": ANN}
    await house.http.post(
        "/dbconnections/change_password", json=body, headers={"host": "evil.example"}
    )

    [letter] = await Drawer().emptied(house)

    assert link_of(letter).startswith(f"{ISSUER}u/reset-password?ticket=")
    assert "evil" not in letter.text + letter.html


async def test_newer_letter_ends_the_older_links(house: House) -> None:
    """Of several letters only the newest opens the door."""
    first = await asked(house)
    second = await asked(house)

    assert 410 == (await house.http.get(first)).status_code
    assert 200 == (await house.http.get(second)).status_code


async def test_former_password_is_refused(house: House) -> None:
    """With a history of two, neither the current password nor the one before comes again."""
    await with_options(house, password_history={"enable": True, "size": 2})
    old = VALUES["customer_password"]
    form = await form_behind(house.http, await asked(house))
    assert (
        "Password has previously been used"
        not in (await submitted(house, form, password=NEW, again=NEW)).text
    )
    form = await form_behind(house.http, await asked(house))

    for former in (NEW, old):
        answer = await submitted(house, form, password=former, again=former)
        assert 400 == answer.status_code
    assert (
        "You may not reuse any of the last 2 passwords."
        in (await submitted(house, form, password=NEW, again=NEW)).text
    )


async def test_nobody_gets_no_letter(house: House) -> None:
    """An order for somebody who does not exist comes to nothing."""
    body = {"connection": CUSTOMERS, "email": "nobody@mail.example"}
    await house.http.post("/dbconnections/change_password", json=body)

    assert [] == await Drawer().emptied(house)


async def test_same_statements_run_for_everybody(house: House) -> None:
    """T3: whether there is such a user shows in no statement of the request."""
    said = []
    for email in ("warm@mail.example", ANN, "nobody@mail.example"):
        before = len(house.engines.watched.said)
        body = {"connection": CUSTOMERS, "email": email}
        await house.http.post("/dbconnections/change_password", json=body)
        said.append(house.engines.watched.said[before:])

    assert said[1] == said[2]


async def test_taken_name_costs_the_same_hash(house: House) -> None:
    """T3: a sign-up with a name that is taken hashes as one with a free name."""
    costs = []
    for email in (ANN, "zoe@mail.example"):
        before = house.engines.hasher.hashed
        body = {"connection": CUSTOMERS, "email": email, "password": NEW}
        await house.http.post("/dbconnections/signup", json=body)
        costs.append(house.engines.hasher.hashed - before)

    assert [1, 1] == costs


async def test_refresh_tokens_end_with_the_password(house: House) -> None:
    """O6: after a new password no refresh token of the user works."""
    answer = await house.token(
        grant_type="http://auth0.com/oauth/grant-type/password-realm",
        realm=CUSTOMERS,
        username=ANN,
        password=VALUES["customer_password"],
        scope="offline_access",
        client_id=CLIENTS["web"].client_id,
        client_secret=VALUES["web_secret"],
        audience="https://api.example",
    )
    form = await form_behind(house.http, await asked(house))
    await submitted(house, form, password=NEW, again=NEW)

    refreshed = await house.token(
        grant_type="refresh_token",
        refresh_token=answer.json()["refresh_token"],
        client_id=CLIENTS["web"].client_id,
        client_secret=VALUES["web_secret"],
    )

    assert 403 == refreshed.status_code


async def test_letters_wait_while_the_mail_server_is_away(house: House) -> None:
    """T3: the answer does not wait for mail; what cannot be delivered comes again later."""
    body = {"connection": CUSTOMERS, "email": ANN}
    await house.http.post("/dbconnections/change_password", json=body)
    drawer = Drawer(refuses=Undeliverable("away"))

    assert [] == await drawer.emptied(house)
    drawer.refuses = None
    assert [] == await drawer.emptied(house)
    house.clock.passed_s += 10

    assert 1 == len(await drawer.emptied(house))


async def test_letter_to_a_deleted_user_does_not_leave(house: House) -> None:
    """D9: what still waits in the outbox for somebody who is gone is thrown away."""
    await house.http.post(
        "/dbconnections/change_password", json={"connection": CUSTOMERS, "email": ANN}
    )
    await Drawer(refuses=Undeliverable("away")).emptied(house)
    await house.parts.stores.users.remove(VALUES["customer_ann"])
    house.clock.passed_s += 3600

    assert [] == await Drawer().emptied(house)
    later = house.clock.now() + timedelta(days=3)
    assert [] == list(await house.parts.stores.outbox.claim(later, later, 10))


async def test_letter_is_given_up_after_two_days(house: House) -> None:
    """A letter that nobody takes is deleted in the end, and the log says so."""
    body = {"connection": CUSTOMERS, "email": ANN}
    await house.http.post("/dbconnections/change_password", json=body)
    drawer, hours = Drawer(refuses=Undeliverable("away")), 0
    while not any(row.document["type"] == "fn" for row in await house.log()):
        await drawer.emptied(house)
        house.clock.passed_s += 3600
        hours += 1

    assert 48 <= hours <= 60


async def test_letter_that_is_refused_for_good_is_given_up_at_once(house: House) -> None:
    """Where trying again will not help, nobody tries again."""
    body = {"connection": CUSTOMERS, "email": ANN}
    await house.http.post("/dbconnections/change_password", json=body)
    await Drawer(refuses=Undeliverable("550 no such box", is_final=True)).emptied(house)

    row = (await house.log())[-1].document

    assert ("fn", "550 no such box", ANN) == (row["type"], row["description"], row["user_name"])


async def test_no_secret_of_a_door_is_at_rest(house: House) -> None:
    """K5, D10: neither passwords nor links stand in the database or the log, used or waiting."""
    link = await asked(house)
    form = await form_behind(house.http, link)
    await submitted(house, form, password="Waiting-pass-77", again="Waiting-pass-77")
    body = {"connection": CUSTOMERS, "email": "zoe@mail.example", "password": "Signup-pass-88"}
    await house.http.post("/dbconnections/signup", json=body)
    waiting = await asked(house)
    secrets = [form["ticket"], waiting.partition("ticket=")[2], "Waiting-pass-77", "Signup-pass-88"]

    folder = house.engines.settings.data_dir
    at_rest = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())

    assert b"zoe@mail.example" in at_rest
    assert [] == [secret for secret in secrets if secret.encode() in at_rest]


async def test_monitored_challenge_is_in_the_log_and_the_letter_leaves(house: House) -> None:
    """Whoever watches first sees how many would be sent elsewhere."""
    await protect(
        house.parts,
        attack_protection.BOT_DETECTION,
        house.clock.now(),
        challenge_password_reset_policy="always",
        monitoring_mode_enabled=True,
    )
    body = {"connection": CUSTOMERS, "email": ANN}
    await house.http.post("/dbconnections/change_password", json=body)

    (row,) = [row.document for row in await house.log() if row.document["type"] == "scpr"]

    assert {"requiresVerification": True} == row["details"]
    assert 1 == len(await Drawer().emptied(house))
