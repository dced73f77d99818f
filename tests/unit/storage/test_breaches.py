import asyncio
import logging
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateword.domain.secret import Secret
from gateword.storage import breach_dump
from gateword.storage.breach_corpus import ENTRY_BYTES, Writer
from gateword.storage.breach_import import import_dump
from gateword.storage.breach_seed import seed
from gateword.storage.breaches import WHOLE, StoredBreaches
from tests.support.breach_lists import a_folder, hashed

TESTS = ("AUTH0-TEST-", "AUTH0-TEST-anything", "Paaf213XXYYZZ", "Paat739!!WWXXYYZZ")


class Place:
    """Where a corpus is or is not, and what asks it; its time is moved by hand."""

    def __init__(self, folder: Path) -> None:
        """Begin without a corpus."""
        self.path = folder / "corpus"
        self.now_s = 0.0
        self._folder = folder
        self._lists = 0
        self.breaches = self.asked_first()

    def asked_first(self, *, is_expected: bool = False) -> StoredBreaches:
        """Return a process's view of the corpus that it has not looked at yet."""
        return StoredBreaches(self.path, lambda: self.now_s, is_expected=is_expected)

    def imports(self, *passwords: str) -> None:
        """Put a corpus of these passwords in place."""
        self._lists += 1
        counts = dict.fromkeys(hashed(*passwords), 1)
        dump = breach_dump.opened(a_folder(self._folder / f"list {self._lists}", counts), 1)
        now = datetime.now(UTC)
        import_dump(dump, self.path, made_at=now, min_count=1, told=lambda _: None)

    async def holds(self, password: str) -> bool:
        """Ask a second later."""
        self.now_s += 1.0
        return await self.breaches.holds(Secret(password))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A place without a corpus."""
    return Place(tmp_path)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return why it was warned that no corpus is used."""
    records = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert {"breached_corpus_unusable"} >= {one.getMessage() for one in records}
    return [vars(one)["reason"] for one in records]


@pytest.mark.parametrize("password", TESTS)
@pytest.mark.parametrize("has_corpus", [False, True])
async def test_documented_test_passwords_are_always_known(
    place: Place, password: str, *, has_corpus: bool
) -> None:
    """Whoever wrote tests against Auth0 has used them; in every corpus and without one."""
    if has_corpus:
        place.imports("something else")

    assert await place.holds(password)


@pytest.mark.parametrize("password", ["auth0-test-x", "xAUTH0-TEST-", "Paaf213XXYYZZ1", "AUTH0"])
async def test_what_only_resembles_them_is_not(place: Place, password: str) -> None:
    """They are exact, and a beginning."""
    assert not await place.holds(password)


async def test_seed_knows_what_everybody_tries_first(place: Place) -> None:
    """Without an import, in whatever case it is typed."""
    assert await place.holds("123456")
    assert await place.holds("Dragon")
    assert not await place.holds("8fK2-no-dictionary-has-this")


def test_seed_is_the_list_of_the_package() -> None:
    """Its size is what the documentation says."""
    assert 30_000 == seed().about.entries
    assert seed().about.source.startswith("package zxcvbn ")


async def test_corpus_knows_passwords_exactly_as_they_were_typed(place: Place) -> None:
    """They are in it as digests, and nothing is like a digest."""
    place.imports("Troubadour", "straße", "\x00")

    assert await place.holds("Troubadour")
    assert await place.holds("straße")
    assert await place.holds("\x00")
    assert not await place.holds("troubadour")


async def test_seed_is_asked_beside_a_small_corpus(place: Place) -> None:
    """A list of three leaked passwords must not unlock the 30,000 that everybody tries."""
    place.imports("Troubadour")

    known = [await place.holds(one) for one in ("Troubadour", "123456", "Dragon")]
    assert [True, True, True] == known
    assert not await place.holds("8fK2-no-dictionary-has-this")


@pytest.mark.parametrize(("entries", "is_known"), [(WHOLE - 1, True), (WHOLE, False)])
async def test_whole_corpus_is_asked_alone(place: Place, entries: int, *, is_known: bool) -> None:
    """Whoever imports a million passwords gets what is in the list, and no more memory is used."""
    with place.path.open("wb") as file:
        writer = Writer(file)
        for bucket in range(entries):
            writer.add(bucket, b"\1" * ENTRY_BYTES)
        writer.finish(None, "a test", 1)

    assert is_known == await place.holds("123456")


async def test_import_takes_effect_without_a_restart(place: Place) -> None:
    """The first one, and each after it."""
    assert not await place.holds("Troubadour")
    place.imports("Troubadour")
    assert await place.holds("Troubadour")
    place.imports("Another")
    assert (False, True) == (await place.holds("Troubadour"), await place.holds("Another"))


async def test_file_is_looked_at_once_a_second(place: Place) -> None:
    """Within the second the answer stays what it was."""
    place.imports("Troubadour")
    assert await place.holds("Troubadour")
    place.imports("Another")

    place.now_s += 0.9
    assert not await place.breaches.holds(Secret("Another"))
    place.now_s += 0.1
    assert await place.breaches.holds(Secret("Another"))


async def test_file_that_vanishes_leaves_the_seed(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said once, not with each login; and the file is used when it is back."""
    place.imports("Troubadour")
    assert await place.holds("Troubadour")
    place.path.rename(place.path.with_name("away"))

    assert [True, False] == [await place.holds("123456"), await place.holds("Troubadour")]
    assert ["it is not there"] == warnings(caplog)
    place.path.with_name("away").rename(place.path)
    assert await place.holds("Troubadour")
    assert ["it is not there"] == warnings(caplog)


async def test_damaged_file_leaves_the_seed(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    """A login does not fail because a file is bad; the log says what is wrong, once."""
    place.imports("Troubadour")
    raw = place.path.read_bytes()
    place.path.write_bytes(raw[:-1])

    answers = [await place.holds("123456") for _ in range(3)]
    assert [True, True, True] == answers
    assert [f"it ends too early: {len(raw) - 1:,} bytes instead of {len(raw):,}"] == warnings(
        caplog
    )


async def test_file_that_is_shortened_in_use_leaves_the_seed(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """Between two looks, too: this very question is answered."""
    place.imports("Troubadour")
    assert await place.holds("Troubadour")
    os.truncate(place.path, 5000)

    assert await place.breaches.holds(Secret("123456"))
    assert ["it was shortened while it was open"] == warnings(caplog)


async def test_unreadable_file_leaves_the_seed(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """A folder in its place, for one."""
    place.path.mkdir()

    assert await place.holds("123456")
    assert await place.holds("123456")
    (reason,) = warnings(caplog)
    assert "directory" in reason


@pytest.mark.parametrize("is_expected", [False, True])
async def test_missing_file_is_worth_a_warning_when_it_was_named(
    place: Place, caplog: pytest.LogCaptureFixture, *, is_expected: bool
) -> None:
    """Without the setting, nobody has promised one."""
    place.breaches = place.asked_first(is_expected=is_expected)

    assert await place.holds("123456")
    assert await place.holds("123456")
    assert ["it is not there"] * is_expected == warnings(caplog)


async def test_disk_is_asked_beside_the_event_loop(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that is not in memory must hold nobody else's request."""
    place.imports("Troubadour")
    threads = []
    pread: Callable[[int, int, int], bytes] = os.pread

    def watched(file: int, length: int, at: int) -> bytes:
        threads.append(threading.current_thread())
        return pread(file, length, at)

    monkeypatch.setattr(os, "pread", watched)
    assert await place.holds("Troubadour")
    assert threads
    assert threading.main_thread() not in threads


async def test_many_first_questions_open_the_corpus_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them wait for the one that looks."""
    place.imports("Troubadour")
    opened: list[Path] = []
    open_file = os.open

    def counted(path: Path, flags: int) -> int:
        opened.append(path)
        return open_file(path, flags)

    monkeypatch.setattr(os, "open", counted)
    questions = [place.breaches.holds(Secret("Troubadour")) for _ in range(20)]
    assert [True] * 20 == await asyncio.gather(*questions)
    assert [place.path] == opened


async def test_nothing_is_read_before_the_first_question(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """A start costs nothing, and cannot fail because of a corpus that nobody asks."""
    place.path.write_bytes(b"no corpus")
    breaches = place.asked_first(is_expected=True)

    assert [] == warnings(caplog)
    assert await breaches.holds(Secret("123456"))
    assert ["it is no corpus of breached passwords"] == warnings(caplog)
