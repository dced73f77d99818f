"""Whatever the items and wherever the blocks end, they come back as they were."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateword.policy.json_stream import items

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(
    listed=st.lists(st.dictionaries(st.text(), VALUES, max_size=4), max_size=6),
    cuts=st.lists(st.integers(1, 40), max_size=30),
    is_array=st.booleans(),
    is_ascii=st.booleans(),
)
def test_items_come_back_however_the_blocks_end(
    listed: list[dict[str, Any]], cuts: list[int], *, is_array: bool, is_ascii: bool
) -> None:
    """A block may end inside a text, an escape, a number or a character of four bytes."""
    texts = [json.dumps(item, ensure_ascii=is_ascii) for item in listed]
    text = f"[{','.join(texts)}]" if is_array else "\n".join(texts)
    raw = text.encode("utf-8", "surrogatepass" if is_ascii else "replace")
    blocks = []
    for cut in cuts:
        blocks.append(raw[:cut])
        raw = raw[cut:]
    found = [json.loads(item) for item in items([*blocks, raw])]
    wanted = listed if is_ascii else [json.loads(t.encode("utf-8", "replace")) for t in texts]
    assert wanted == found
