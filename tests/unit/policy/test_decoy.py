"""Unknown names look like the directory's own mixture of hashes."""

import pytest

from gateword.policy.decoy import NEWEST, kind_of

MIXED = {NEWEST: 6, "$2b$10$": 3, "$2b$12$": 1}


@pytest.mark.parametrize(
    ("fraction", "expected"),
    [
        (0.0, "$2b$12$"),
        (0.09, "$2b$12$"),
        (0.1, "$2b$10$"),
        (0.39, "$2b$10$"),
        (0.4, NEWEST),
        (0.999, NEWEST),
    ],
)
def test_kind_of_follows_the_shares(fraction: float, expected: str) -> None:
    """Each kind takes its share of the names, old kinds first."""
    assert expected == kind_of(fraction, MIXED)


def test_kind_of_when_nothing_is_known_is_the_newest() -> None:
    """A directory without passwords checks unknown names against today's kind."""
    assert kind_of(0.5, {}) == NEWEST


def test_kind_of_when_old_hashes_die_out_moves_names_to_the_newest_only() -> None:
    """While users are upgraded, no unknown name goes back to an old kind."""
    later = {NEWEST: 8, "$2b$10$": 2}
    moved = [
        (kind_of(step / 100, MIXED), kind_of(step / 100, later))
        for step in range(100)
        if kind_of(step / 100, MIXED) == NEWEST
    ]
    assert {(NEWEST, NEWEST)} == set(moved)
