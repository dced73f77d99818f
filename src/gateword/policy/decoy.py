"""Which kind of hash a name that nobody has would have, if it were somebody's.

Rule 1: pure. A directory may hold hashes of several costs, brought along from elsewhere. If every
unknown name were checked against one and the same kind, the time of the answer would tell the
others' owners apart (promise T2). So unknown names are spread over the kinds in the proportion in
which the directory holds them, and one name always falls on the same kind. Between light kinds it
makes no difference: a failure costs the same under each of them (`hash_kind`).
"""

from collections.abc import Mapping
from typing import Final

NEWEST: Final = ""
"""Stands for today's own kind of hash."""


def kind_of(fraction: float, kinds: Mapping[str, int]) -> str:
    """Return the kind for a name.

    Args:
        fraction: Where the name falls between 0 and 1, fixed for the name.
        kinds: Kind to how many hashes are of it; NEWEST for today's own.
    """
    total = sum(kinds.values())
    reached = 0
    # Old kinds first: as they die out, names on the edge move to the newest, as real users do.
    for kind in sorted(kinds, reverse=True):
        reached += kinds[kind]
        if fraction * total < reached:
            return kind
    return NEWEST
