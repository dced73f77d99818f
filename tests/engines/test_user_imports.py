"""Bulk imports: what lands, what is met, and what a crash leaves behind."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateword.domain.secret import Secret
from gateword.domain.user import NewUser
from gateword.domain.user_import import Outcome
from gateword.policy.identifier import login_names
from gateword.ports.user_import import Step
from tests.engines.house import NOON, House
from tests.engines.importing import UNTIL, Imports, always, an_arrival, an_import

WEAK = "$import-md5$$e=utf8,s=prefix$$AAAAAAAAAAAAAAAAAAAAAA"
BCRYPT = "$2b$10$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO"
MD5 = {"algorithm": "md5", "hash": {"value": "0" * 32, "encoding": "hex"}}


@pytest.fixture
async def imports(house: House) -> Imports:
    """An import into the database Customers."""
    return await an_import(house)


def never(_: Secret) -> bool:
    """No stored hash may be replaced."""
    return False


async def test_hundreds_arrive_with_everything_they_bring(imports: Imports) -> None:
    """Names in normal form, defaults of the profile, the id with its prefix, the job's progress."""
    many = [an_arrival(email=f"U{number}@X.test") for number in range(250)]
    full = an_arrival(
        email="Ann@Example.com", user_id="ann", username="Ann", phone_number="+15550100",
        phone_verified=True, email_verified=True, blocked=True, given_name="Ann",
        user_metadata={"a": 1}, app_metadata={"b": [1]}, password_hash=BCRYPT,
    )  # fmt: skip
    assert ["INSERTED"] * 251 == await imports.land(*many, full)

    ann = await imports.user("ann@example.com")
    assert ("auth0|ann", "ann@example.com", "ann", True, True, True) == (
        ann.user_id, ann.email, ann.username, ann.email_verified, ann.phone_verified, ann.blocked,
    )  # fmt: skip
    assert {"name": "ann@example.com", "nickname": "ann", "given_name": "Ann"}.items() <= (
        ann.profile.items()
    )
    assert ({"a": 1}, {"b": [1]}) == (ann.user_metadata, ann.app_metadata)
    assert BCRYPT == await imports.hash_of("ann")
    assert ann == await imports.user("+15550100")
    assert 251 == imports.job.done
    stored = await imports.house.stores.jobs.get("job_1")
    assert stored is not None
    assert 251 == stored.done
    assert [{"n": 1}] == await imports.house.stores.jobs.errors("job_1", start=0, limit=9)


@pytest.mark.parametrize(
    "item",
    [
        {"email": "ANN@example.com"},
        {"email": "x@x.test", "username": "ann"},
        {"email": "x@x.test", "phone_number": "+15550100"},
        {"email": "x@x.test", "user_id": "ann"},
    ],
)
async def test_who_is_there_is_not_inserted_again(imports: Imports, item: dict[str, Any]) -> None:
    """realms.md §6: without upsert a match on e-mail, id, phone or username is an error."""
    ann = an_arrival(
        email="ann@example.com", user_id="ann", username="ann", phone_number="+15550100"
    )
    await imports.land(ann)
    before = await imports.user("ann")
    assert ["TAKEN", "INSERTED"] == await imports.land(
        an_arrival(**item), an_arrival(email="other@x.test")
    )
    assert before == await imports.user("ann")


async def test_second_of_two_in_one_chunk_meets_the_first(imports: Imports) -> None:
    """The first of a file wins, as it would in two chunks."""
    twice = [an_arrival(email="a@x.test", name="1"), an_arrival(email="A@x.test", name="2")]
    assert ["INSERTED", "TAKEN"] == await imports.land(*twice)
    assert "1" == (await imports.user("a@x.test")).profile["name"]
    assert ["UPDATED", "UPDATED"] == await imports.land(*twice, may_replace=always)
    assert "2" == (await imports.user("a@x.test")).profile["name"]


async def test_upsert_changes_what_is_given_alone(imports: Imports) -> None:
    """Absent members stay, metadata are merged at the first level, others replace."""
    await imports.land(
        an_arrival(
            email="a@x.test", user_id="1", given_name="A", email_verified=True,
            app_metadata={"plan": {"x": 1}, "kept": 1, "none": None, "gone": 1},
        )
    )  # fmt: skip
    assert ["UPDATED"] == await imports.land(
        an_arrival(
            user_id="1",
            email="b@x.test",
            family_name="B",
            app_metadata={"plan": {"y": 2}, "gone": None},
        ),
        may_replace=always,
    )
    user = await imports.user("b@x.test")
    assert ("A", "B", False) == (  # a new address is nobody's yet
        user.profile["given_name"], user.profile["family_name"], user.email_verified,
    )  # fmt: skip
    assert {"plan": {"y": 2}, "kept": 1} == user.app_metadata


async def test_upsert_of_the_same_again_touches_nothing(imports: Imports) -> None:
    """import(export) changes nothing, not even when it was."""
    item = {"email": "a@x.test", "custom_password_hash": MD5}
    await imports.land(an_arrival(**item))
    before = await imports.user("a@x.test")
    imports.house.clock.pass_s(60)
    assert ["UPDATED"] == await imports.land(an_arrival(**item), may_replace=always)
    assert before == await imports.user("a@x.test")


@pytest.mark.parametrize(
    ("item", "may_replace", "expected"),
    [
        ({"custom_password_hash": MD5}, always, WEAK),
        ({"custom_password_hash": MD5}, never, BCRYPT),
        ({"password_hash": BCRYPT.replace("$10$", "$11$")}, always, BCRYPT),
        ({}, always, BCRYPT),
    ],
)
async def test_upsert_replaces_only_an_unused_hash_by_a_custom_one(
    imports: Imports,
    item: dict[str, Any],
    may_replace: Callable[[Secret], bool],
    expected: str,
) -> None:
    """realms.md §6: password_hash cannot be updated; the custom one can until it was used."""
    await imports.land(an_arrival(email="a@x.test", password_hash=BCRYPT))
    await imports.land(an_arrival(email="a@x.test", **item), may_replace=may_replace)
    assert expected == await imports.hash_of("a@x.test")


async def test_upsert_refuses_what_is_not_one_user_of_this_connection(imports: Imports) -> None:
    """Two owners, another connection, another id: each is an error of that item."""
    other = await imports.house.add_connection("Other")
    await imports.land(an_arrival(email="a@x.test", user_id="1"), an_arrival(email="b@x.test"))
    stranger = NewUser(connection="Other", email="c@x.test", local_id="3")
    await imports.house.stores.users.add(stranger, other, NOON)
    assert ["SEVERAL", "ELSEWHERE", "OTHER_ID", "INSERTED"] == await imports.land(
        an_arrival(email="b@x.test", user_id="1"),
        an_arrival(email="d@x.test", user_id="3"),
        an_arrival(email="a@x.test", user_id="2"),
        an_arrival(email="c@x.test"),
        may_replace=always,
    )


async def test_job_that_moved_on_takes_nothing_more(imports: Imports) -> None:
    """A process whose claim ran out does no item a second time."""
    before = imports.job
    await imports.land(an_arrival(email="a@x.test"))
    imports.house.clock.pass_s(1)

    def judge(_: Sequence[Outcome]) -> Step:
        return Step(replace(before, done=1))

    assert None is await imports.house.stores.user_imports.land(
        imports.connection, [an_arrival(email="b@x.test")], judge, job=before, at=NOON,
        until=UNTIL, may_replace=None,
    )  # fmt: skip
    names = login_names("b@x.test")
    assert None is await imports.house.stores.users.account(imports.connection.key, names)


async def test_factors_and_hashes_come_out_for_an_export(imports: Imports) -> None:
    """Imported second factors come out again; what nobody asked for yet an upsert replaces."""
    first = [{"totp": {"secret": "JBSWY3DPEHPK3PXP"}}]
    second = [{"email": {"value": "a@x.test"}}]
    await imports.land(
        an_arrival(email="a@x.test", mfa_factors=first, password_hash=BCRYPT),
        an_arrival(email="b@x.test"),
    )
    await imports.land(an_arrival(email="a@x.test", mfa_factors=second), may_replace=always)
    keys = [(await imports.user(name)).key for name in ("a@x.test", "b@x.test")]
    found = await imports.house.stores.user_imports.credentials(imports.connection.key, keys)
    assert [Secret('[{"email": {"value": "a@x.test"}}]'), None] == [
        found[key].factors for key in keys
    ]
    assert [Secret(BCRYPT), None] == [found[key].password_hash for key in keys]


async def test_import_reaches_no_other_tenant(imports: Imports) -> None:
    """R9: the same people may live next door."""
    neighbour = await imports.house.neighbour()
    connection = await neighbour.add_connection("Customers")
    await imports.land(an_arrival(email="a@x.test", user_id="1"))
    await neighbour.stores.jobs.add(imports.job, None)
    theirs = Imports(neighbour, connection, imports.job)
    assert ["INSERTED"] == await theirs.land(an_arrival(email="a@x.test", user_id="1"))


async def test_file_of_a_command_is_no_servers_job(imports: Imports) -> None:
    """What a command imports is taken up by nobody else, and by one command at a time."""
    jobs = imports.house.stores.jobs
    later = NOON + timedelta(days=1)
    assert None is await jobs.claim(later, later)
    taken = await jobs.take("job_1", NOON, UNTIL)
    assert taken is not None
    assert None is await jobs.take("job_1", NOON, UNTIL)
    await jobs.remove("job_1")
    assert None is await jobs.get("job_1")
