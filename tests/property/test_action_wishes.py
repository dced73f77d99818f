"""Whatever JSON a process says an Action asked for: wishes of a known shape, or one clear no."""

import json
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateword.policy import action_wishes
from gateword.policy.action_wishes import NoWish, Wishes, after, merged

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
NAMES = st.sampled_from(sorted(action_wishes._READ))  # noqa: SLF001  every call there is
CALLS = st.lists(st.tuples(NAMES, st.lists(JSON, max_size=3)).map(lambda one: [one[0], *one[1]]))


@given(JSON | CALLS)
def test_any_json_is_wishes_or_a_no(calls: Any) -> None:
    """Nothing else is raised, and what is kept can be stored."""
    with suppress(NoWish):
        wishes = after(Wishes(), calls)
        json.dumps([wishes.user_metadata, wishes.app_metadata, wishes.told])
        assert wishes.denied is None or wishes.denied[1].isprintable() or not wishes.denied[1]


@given(st.dictionaries(st.text(), JSON), st.dictionaries(st.text(), JSON))
def test_merging_twice_is_merging_once(kept: dict[str, Any], wanted: dict[str, Any]) -> None:
    """What a later Action sees is what is stored."""
    once = merged(kept, wanted)

    assert once == merged(once, wanted)
    assert None not in once.values()
