"""A custom database may know more spellings of a name than we do: they count as one account."""

import asyncio
from typing import Any, Final

import pytest

from gateword.domain.script import Fault, ScriptFault, ScriptJob, ScriptResult
from gateword.policy import subject
from tests.support.house import House
from tests.wire.doors import logged_in
from tests.wire.scripted import KNOWN, ZOE, Played, scripted

RIGHT: Final = "the right one"
MOST: Final = 10
WRONG: Final = ScriptFault(Fault.WRONG_PASSWORD, "", None, code="z9")


def spelling(number: int) -> str:
    """Return one more name that such a database takes for zoe's."""
    return f"zoe{chr(0x300 + number)}@mail.example"


async def lenient(house: House, *, imports: bool = False, wrong: object = WRONG) -> Played:
    """Give the customers' database a script that takes every name for zoe's."""
    played = await scripted(house, imports=imports)

    async def run(job: ScriptJob) -> ScriptResult:
        played.jobs.append(job)
        await asyncio.sleep(0)
        if job.secret_given["password"].reveal() == RIGHT:
            return ScriptResult(value={"value": KNOWN})
        if isinstance(wrong, ScriptFault):
            return ScriptResult(fault=wrong)
        return ScriptResult(value={"value": wrong})

    played.run = run  # type: ignore[method-assign]  # it looks at the password
    return played


async def guess(house: House, number: int, password: str = "wrong") -> Any:
    """Return the answer to a guess under a spelling of its own."""
    return await logged_in(house, password, spelling(number))


@pytest.mark.parametrize("imports", [True, False])
@pytest.mark.parametrize("is_known", [True, False])
async def test_spellings_have_the_tries_of_one_account(
    house: House, *, imports: bool, is_known: bool
) -> None:
    """Ten guesses under ten spellings: neither an eleventh nor the plain name gets in."""
    await lenient(house, imports=imports)
    if is_known:
        assert 200 == (await logged_in(house, RIGHT, ZOE)).status_code

    wrong = [await guess(house, number) for number in range(MOST)]
    later = [
        await guess(house, MOST, RIGHT),
        await guess(house, MOST + 1),
        await logged_in(house, RIGHT, ZOE),
    ]

    assert {403} == {answer.status_code for answer in wrong}
    assert {429} == {answer.status_code for answer in later}
    assert 1 == len({answer.text for answer in later})


async def test_right_password_of_a_shut_account_brings_it_no_new_tries(house: House) -> None:
    """The user whom it brought here is as shut as the stranger was."""
    await lenient(house)
    for number in range(MOST):
        await guess(house, number)

    answers = [await guess(house, MOST, RIGHT), await guess(house, MOST + 1, RIGHT)]
    answers.append(await logged_in(house, RIGHT, ZOE))

    assert {429} == {answer.status_code for answer in answers}


async def test_right_password_is_refused_where_the_plain_name_is_shut(house: House) -> None:
    """Also when the script names nobody for a wrong one, and so no spelling is charged."""
    await lenient(house, wrong=None)
    await logged_in(house, RIGHT, ZOE)
    for _ in range(MOST):
        await logged_in(house, "wrong", ZOE)

    plain, other = await logged_in(house, RIGHT, ZOE), await guess(house, 1, RIGHT)

    assert (429, plain.text) == (other.status_code, other.text)
    assert 429 == plain.status_code


async def test_success_under_a_spelling_forgives_like_the_plain_name(house: House) -> None:
    """Nine wrong ones and a right one, again and again, shut nobody out."""
    await lenient(house)
    for _ in range(2):
        for number in range(MOST - 1):
            assert 403 == (await guess(house, number)).status_code
        assert 200 == (await guess(house, 1, RIGHT)).status_code
    for number in range(MOST - 1):
        assert 403 == (await guess(house, number)).status_code

    assert 200 == (await logged_in(house, RIGHT, ZOE)).status_code


@pytest.mark.parametrize("is_known", [True, False])
async def test_no_more_verdicts_are_told_than_an_account_has_tries(
    house: House, *, is_known: bool
) -> None:
    """Twenty spellings in parallel: what the script says beyond the tenth is told to nobody."""
    await lenient(house)
    if is_known:
        await logged_in(house, RIGHT, ZOE)

    wrong = await asyncio.gather(*(guess(house, number) for number in range(20)))
    right = await asyncio.gather(*(guess(house, number, RIGHT) for number in range(20)))

    assert [403] * MOST == [one.status_code for one in wrong if one.status_code != 429]
    assert {429} == {answer.status_code for answer in right}


@pytest.mark.parametrize("wrong", [None, ScriptFault(Fault.WRONG_PASSWORD, "", None)])
async def test_script_that_names_nobody_leaves_twice_the_tries(house: House, wrong: object) -> None:
    """Spellings that look alike share their failures; those of the plain name are the user's."""
    await lenient(house, wrong=wrong)
    await logged_in(house, RIGHT, ZOE)

    others = [(await guess(house, number)).status_code for number in range(MOST + 1)]
    right = (await guess(house, MOST + 1, RIGHT)).status_code
    plain = [(await logged_in(house, "wrong", ZOE)).status_code for _ in range(MOST + 1)]

    assert [403] * MOST + [429] == others
    assert 429 == right
    assert [403] * MOST + [429] == plain


async def test_right_password_forgives_no_other_spelling(house: House) -> None:
    """Whose account it is may differ: who can log in under one has no more guesses at the rest."""
    await lenient(house, wrong=None)
    for number in range(MOST - 1):
        await guess(house, number)

    statuses = [
        (await guess(house, MOST, RIGHT)).status_code,
        (await guess(house, MOST + 1)).status_code,
        (await guess(house, MOST + 2)).status_code,
    ]

    assert [200, 403, 429] == statuses


async def test_success_of_another_user_forgives_the_named_one_nothing(house: House) -> None:
    """The script answers a user for the name of somebody else who is here."""
    other = {"user_id": "z8", "email": "other@mail.example"}
    await scripted(house, login=[KNOWN, *[WRONG] * (MOST - 1), other, WRONG, KNOWN])

    statuses = [(await logged_in(house, "x", ZOE)).status_code for _ in range(MOST + 3)]

    assert [200, *[403] * (MOST - 1), 200, 403, 429] == statuses


@pytest.mark.parametrize(
    "name",
    ["zòë@mail.example", "ZOE@mail.example", "\uff5aoe@mail.example", "zoe\u200b@mail.example "],
)
def test_names_that_collations_take_for_one_are_kin(name: str) -> None:
    """Accents, case, width, and what is invisible."""
    assert ZOE == subject.kin_of(name)
