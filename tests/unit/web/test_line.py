"""The line before the token endpoint."""

import asyncio

from gateword.web.line import Line


async def _in_line(line: Line, count: int) -> list[int]:
    """Let so many stand in the line at once; return how many had gone on after each pass."""
    gone: list[int] = []

    async def stand(number: int) -> None:
        await line.stand()
        gone.append(number)

    standing = [asyncio.ensure_future(stand(number)) for number in range(count)]
    after: list[int] = []
    while len(gone) < count:
        await asyncio.sleep(0)
        after.append(len(gone))
    await asyncio.gather(*standing)
    assert sorted(gone) == gone  # who comes first goes first
    return after


async def test_few_go_on_at_once() -> None:
    """As many as a pass lets in do not wait for the next one."""
    assert [3] == await _in_line(Line(3), 3)


async def test_many_go_on_a_few_in_each_pass() -> None:
    """A crowd gives the loop back between its members: between two looks at most so many begin."""
    after = await _in_line(Line(3), 20)
    steps = [now - before for before, now in zip([0, *after], after, strict=False)]

    assert 3 == max(steps)


async def test_others_have_their_turn_meanwhile() -> None:
    """What comes when a crowd is there already is served long before the crowd is."""
    line, gone = Line(3), []

    async def stand(number: int) -> None:
        await line.stand()
        gone.append(number)

    crowd = [asyncio.ensure_future(stand(number)) for number in range(300)]
    await asyncio.sleep(0)
    await asyncio.ensure_future(asyncio.sleep(0))
    served = len(gone)
    await asyncio.gather(*crowd)

    assert served < 20


async def test_line_is_empty_again_after_a_crowd() -> None:
    """A crowd that has passed costs nobody who comes later anything."""
    line = Line(3)
    await _in_line(line, 20)
    await asyncio.sleep(0)

    assert [3] == await _in_line(line, 3)


async def test_who_leaves_the_line_takes_nobodys_turn() -> None:
    """Those who are cancelled while they wait are passed over."""
    line = Line(1)
    _, leaving, staying = standing = [asyncio.ensure_future(line.stand()) for _ in range(3)]
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.wait(standing, timeout=1)

    assert leaving.cancelled()
    assert staying.done()
