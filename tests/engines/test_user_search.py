"""What a search of users finds; the same on both engines."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.query import QueryError
from gateword.domain.refused import Refused
from gateword.policy.query_syntax import query
from gateword.storage.statement import AcrossTenants
from tests.engines.house import House, a_house
from tests.engines.people import move_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgres"])
async def people(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """A tenant with three people, and a neighbour with another ann, on each engine."""
    url = f"sqlite:///{tmp_path_factory.mktemp('people')}/gateword.db"
    if request.param == "postgres":
        url = request.getfixturevalue("shared_postgres_url")
    async with a_house(url) as house:
        await move_in(house)
        yield house


async def found(house: House, text: str, order: str = "created_at:1") -> list[str]:
    """Return the local ids of those who fit, and check that as many are counted."""
    asked = query(text)
    users = await house.stores.users.search(asked, order=order, start=0, limit=10)
    assert len(users) == await house.stores.users.count(asked)
    return [user.user_id.removeprefix("auth0|") for user in users]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("*", "ann bob cat"),
        ('email:"ANN@example.test"', "ann"),
        ("email:*@example.test", "ann bob"),
        ("email:A*", "ann"),
        ('user_id:"auth0|bob"', "bob"),
        ("user_id:auth0|BOB", ""),
        ("username:ann", "ann"),
        ('phone_number:"+15551234"', "cat"),
        ("email_verified:true", "ann"),
        ("blocked:true", "bob"),
        ("_exists_:email_verified", "ann bob cat"),
        ("_exists_:username", "ann"),
        ("NOT _exists_:email", "cat"),
        ("-email:ann@example.test", "bob cat"),
        ('name:"ann ångström"', "ann"),
        ("name:*ÅNGSTRÖM", "ann cat"),
        ("name:?nn*", "ann"),
        ('name:"100% _bob_ [X] \\\\ *"', "bob"),
        ("name:100\\%*\\[?\\]*", "bob"),
        ("name:*\\%\\ \\_bob*", "bob"),
        ("name:*\\%_?ob*", ""),
        ("ann", "ann"),
        ("bob OR ann*", "ann bob"),
        ("identities.connection:Customers", "cat"),
        ("identities.user_id:bob", "bob"),
        ("identities.provider:auth0", "ann bob cat"),
        ("identities.isSocial:true", ""),
        ("app_metadata.plan:gold", "ann"),
        ("app_metadata.plan:(gold OR silver)", "ann cat"),
        ("app_metadata.plan:s*r", "cat"),
        ("app_metadata.beta:true", "ann cat"),
        ("app_metadata.n:2", "cat"),
        ("_exists_:app_metadata.none", ""),
        ("_exists_:app_metadata.plan", "ann cat"),
        ("_exists_:user_metadata", "ann bob"),
        ("app_metadata.since:[2026-01-01 TO 2026-02-01]", "ann"),
        ("user_metadata.n:2", "ann"),
        ("user_metadata.n:2.0", "ann"),
        ("user_metadata.n:[3 TO *]", "bob"),
        ("user_metadata.n:{2 TO 10]", "bob"),
        ("user_metadata.n:[2 TO 10}", "ann"),
        ("user_metadata.tags:Blue", "ann"),
        ("user_metadata.tags:blue", ""),
        ("user_metadata.tags:r*", "ann"),
        ("user_metadata.pets.name:Rex", "ann"),
        ("user_metadata.pets.age:[3 TO 4]", "ann"),
        ("user_metadata.pets.age.deeper:1", ""),
        ("logins_count:[3 TO *]", "ann"),
        ("logins_count:0", "bob cat"),
        ("_exists_:last_login", "ann"),
        ("last_login:2027-01-02", "ann"),
        ("last_ip:192.0.2.1", "ann"),
        ("created_at:[2026-11-23T13:00:00Z TO *]", "bob cat"),
        ("created_at:{2026-11-23T13:00 TO *]", "cat"),
        ("created_at:[2026-11-01 TO 2026-11-23]", "ann bob cat"),
        ("created_at:[2026-11-01 TO 2026-11-23}", ""),
        ("NOT (app_metadata.plan:gold OR name:*bob*)", "cat"),
        ("app_metadata.plan:gold AND -blocked:true", "ann"),
    ],
)
async def test_search_finds(people: House, text: str, who: str) -> None:
    """Auth0 "User Search Query Syntax": each form of the subset, and what it leaves out."""
    assert who.split() == await found(people, text)


@pytest.mark.parametrize(
    ("order", "who"),
    [
        ("created_at:-1", "cat bob ann"),
        ("email:-1", "bob ann cat"),
        ("last_login:1", "ann bob cat"),
        ("logins_count:-1", "ann cat bob"),
        ("nickname:-1", "bob ann cat"),
        ("user_id:1", "ann bob cat"),
    ],
)
async def test_search_sorts(people: House, order: str, who: str) -> None:
    """Auth0: `field:1` or `field:-1`; who lacks the field comes last."""
    assert who.split() == await found(people, "*", order)


@pytest.mark.parametrize(
    "text",
    [
        "password_hash:x",
        "key:1",
        "tenant:1",
        "email.domain:x",
        "identities:x",
        "app_metadata:x",
        "logins_count:many",
        "logins_count:1*",
        "email_verified:maybe",
        "email_verified:[0 TO 1]",
        "created_at:yesterday",
        "created_at:[1 TO x]",
        "users\\.email:x",
    ],
)
async def test_search_of_what_is_no_field_or_no_value_is_refused(people: House, text: str) -> None:
    """Promise M5: fields are an allow-list; hashes and keys are none of them."""
    with pytest.raises(QueryError):
        await found(people, text)


@pytest.mark.parametrize("order", ["email", "email:2", "password_hash:1", "app_metadata:1", ":1"])
async def test_search_sorted_by_what_is_no_field_is_refused(people: House, order: str) -> None:
    """Promise M5: what is sorted by is of the same allow-list."""
    with pytest.raises(QueryError):
        await found(people, "*", order)


ENDLESS = AcrossTenants("""
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers)
    SELECT COUNT(*) FROM numbers
""")
INJECTIONS = (
    "' OR '1'='1",
    "'; DROP TABLE users; --",
    '" OR ""="',
    "\\'; SELECT pg_sleep(10); --",
    "1) OR (1=1",
    "%' OR 1=1 --",
    "$.a') OR (1=1",
    '$."x" || (@ == 1)',
    "x' UNION SELECT password_hash FROM identities --",
    ":tenant",
    "%(tenant)s",
    "%s",
    "{tenant}",
    "?",
    "\\u0000",
    "a]*[b",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
)


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("field", ["", "email:", "name:", "app_metadata.plan:", "user_id:", "*"])
async def test_value_is_never_more_than_a_value(people: House, field: str, text: str) -> None:
    """Promise M5: what was typed is bound; it finds nobody, breaks nothing and shows nothing."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    escaped = "".join(f"\\{c}" for c in text)
    asked = f"*{escaped}*" if field == "*" else f'{field}"{quoted}"'

    assert [] == await found(people, asked)
    assert ["ann", "bob", "cat"] == await found(people, "*")


@pytest.mark.parametrize("text", INJECTIONS)
async def test_name_of_a_member_is_never_more_than_a_name(people: House, text: str) -> None:
    """Promise M5: names inside metadata are the caller's, so they are bound as well."""
    name = "".join(f"\\{c}" for c in text.replace(".", ""))

    assert [] == await found(people, f"app_metadata.{name}:1")
    assert [] == await found(people, f"_exists_:user_metadata.{name}")


async def test_search_that_takes_too_long_is_interrupted(people: House) -> None:
    """Promise M5: a search ends at its time-out, whatever it was about."""
    with pytest.raises(Refused) as caught:
        await people.database.search(ENDLESS, {}, 0.2)

    assert ManagementRefusal.SEARCH_TOO_SLOW is caught.value.refusal
    assert ["ann"] == await found(people, "email:ann@example.test")


async def test_slow_search_holds_nobody_up(people: House) -> None:
    """A search runs beside the event loop: a login meanwhile does not wait for it."""
    slow = asyncio.create_task(people.database.search(ENDLESS, {}, 0.5))
    await asyncio.sleep(0)

    user = await people.stores.users.by_id("auth0|ann")

    assert user is not None
    assert not slow.done()
    with pytest.raises(Refused):
        await slow


async def test_search_that_waits_too_long_for_its_turn_is_refused(people: House) -> None:
    """The time-out counts from the question: no queue of searches grows without end."""
    asked = [people.database.search(ENDLESS, {}, 0.3) for _ in range(12)]

    async with asyncio.timeout(5):
        outcomes = await asyncio.gather(*asked, return_exceptions=True)

    assert {ManagementRefusal.SEARCH_TOO_SLOW} == {
        one.refusal for one in outcomes if isinstance(one, Refused)
    }
    assert len(asked) == len(outcomes)


async def test_search_cannot_write(people: House) -> None:
    """A search has a connection, or a transaction, that only reads."""
    with pytest.raises(Refused) as caught:
        await people.database.search(AcrossTenants("DELETE FROM users"), {}, 1.0)

    assert re.search("read-?only", caught.value.detail or "")
    assert ["ann", "bob", "cat"] == await found(people, "*")
