"""Lists of passwords that everybody tries first.

They are the frequency lists of the package zxcvbn: `en_10k` is its first 10,000 passwords,
`en_100k` all of its lists together (30,000 passwords, English words, names; about 87,000 words).
"""

import asyncio
from functools import cache
from importlib import import_module
from typing import Any, Final

from gateword.policy.password_options import SMALL

_SMALL_WORDS: Final = 10_000


async def words(dictionary: str | None) -> frozenset[str]:
    """Return the case-folded words of `en_10k` or `en_100k`; none when there is no dictionary."""
    if dictionary is None:
        return frozenset()
    return await asyncio.to_thread(_loaded, dictionary)


@cache
def _loaded(dictionary: str) -> frozenset[str]:
    library: Any = import_module("zxcvbn.frequency_lists")  # 0.25 s and 10 MB, seldom needed
    lists = library.FREQUENCY_LISTS
    if dictionary == SMALL:
        return frozenset(word.casefold() for word in lists["passwords"][:_SMALL_WORDS])
    return frozenset(word.casefold() for one in lists.values() for word in one)
