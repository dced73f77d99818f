"""What is known of leaked passwords: an imported corpus, and the seed where that is small."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gateword.domain.secret import Secret
from gateword.policy.breached_password import is_for_tests
from gateword.settings import Settings
from gateword.storage.breach_corpus import About, Corpus, Unusable, digest
from gateword.storage.breach_seed import seed
from gateword.values import dataclass

LOOK_AGAIN_S: Final = 1.0
"""How long a new file may stay unnoticed."""

FILE: Final = "breached-passwords.gwb"
"""Corpus in the data folder, where no other is named."""

WHOLE: Final = 1_000_000
"""Entries from which on a corpus is asked alone: every list of that size has the seed's."""

_log = logging.getLogger("gateword")


def corpus_file(settings: Settings) -> Path:
    """Return where the corpus is, or would be."""
    return Path(settings.breached_corpus or settings.data_dir / FILE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a password.

    Attributes:
        by: The one corpus that knows it, or all that were asked; none for a documented test
            password.
    """

    is_known: bool
    by: tuple[About, ...]


@dataclass(frozen=True, slots=True)
class _InForce:
    """What answers: an imported corpus, the seed, or both."""

    imported: Corpus | None
    seed: Corpus | None


class StoredBreaches:
    """The corpus of an installation (port `Breaches`).

    Nothing is read before the first question. A file that comes, goes or changes is noticed while
    the server runs.

    Args:
        path: Where an import puts the corpus.
        monotonic_s: Clock that never runs backwards.
        is_expected: Warn when there has never been a file.
    """

    def __init__(self, path: Path, monotonic_s: Callable[[], float], *, is_expected: bool) -> None:
        self._path = path
        self._monotonic_s = monotonic_s
        self._is_expected = is_expected
        self._looking = asyncio.Lock()
        self._look_at_s = float("-inf")
        self._seen: object = None
        self._in_force: _InForce | None = None

    async def holds(self, password: Secret) -> bool:
        return (await self.verdict(password)).is_known

    async def verdict(self, password: Secret) -> Verdict:
        """Return whether a password is known from a breach, and which corpus says so."""
        text = password.reveal()
        if is_for_tests(text):
            return Verdict(is_known=True, by=())
        in_force = await self._current()
        asked: list[About] = []
        if in_force.imported is not None:
            try:
                # The disk may have to be asked, and that must not hold the event loop.
                is_known = await asyncio.to_thread(in_force.imported.holds, digest(text))
            except (Unusable, OSError) as fault:
                await self._give_up(in_force, fault)
                return await self.verdict(password)
            asked.append(in_force.imported.about)
            if is_known:
                return Verdict(is_known=True, by=tuple(asked))
        if in_force.seed is not None:
            # The seed is in lower case, whatever people typed once.
            if in_force.seed.holds(digest(text.casefold())):
                return Verdict(is_known=True, by=(in_force.seed.about,))
            asked.append(in_force.seed.about)
        return Verdict(is_known=False, by=tuple(asked))

    async def _current(self) -> _InForce:
        if self._in_force is None or self._monotonic_s() >= self._look_at_s:
            async with self._looking:
                if self._in_force is None or self._monotonic_s() >= self._look_at_s:
                    self._in_force = await asyncio.to_thread(self._looked, self._in_force)
                    self._look_at_s = self._monotonic_s() + LOOK_AGAIN_S
        return self._in_force

    def _looked(self, before: _InForce | None) -> _InForce:
        """Return what is in force after a look at the file."""
        seen, was_there = _state(self._path), self._seen is not None
        if before is not None and seen == self._seen:
            return before
        self._seen = seen
        try:
            corpus = Corpus.of_file(self._path)
        except FileNotFoundError:
            if was_there or self._is_expected:
                self._warn("it is not there")
        except (Unusable, OSError) as fault:
            self._warn(str(fault))
        else:
            if before is not None:
                extra = {"path": str(self._path), "entries": corpus.about.entries}
                _log.info("breached_corpus_in_force", extra=extra)
            is_whole = corpus.about.entries >= WHOLE
            return _InForce(corpus, None if is_whole else _seed_of(before))
        return _InForce(None, _seed_of(before))

    async def _give_up(self, failed: _InForce, fault: Exception) -> None:
        """Let the seed answer after a file failed; the file comes back when it changes."""
        async with self._looking:
            if self._in_force is failed:
                self._warn(str(fault))
                seed_ = await asyncio.to_thread(_seed_of, failed)
                self._in_force = _InForce(None, seed_)

    def _warn(self, reason: str) -> None:
        extra = {"path": str(self._path), "reason": reason, "in_force": "seed"}
        _log.warning("breached_corpus_unusable", extra=extra)


def _seed_of(before: _InForce | None) -> Corpus:
    """Return the seed, which is made when it is needed first."""
    return before.seed if before and before.seed else seed()


def _state(path: Path) -> object:
    """Return what changes when a file does; None when there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        return error.strerror
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size
