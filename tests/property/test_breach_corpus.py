"""A corpus answers as a set of the digests' first 68 bits does, whatever list it was made of."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from gateword.storage import breach_dump
from gateword.storage.breach_corpus import Corpus
from gateword.storage.breach_import import import_dump
from tests.support.breach_lists import a_file, a_folder

NOW = datetime(2026, 11, 28, tzinfo=UTC)
KEPT_DIGITS = 17

# Few beginnings and few ends: so that buckets are shared, entries are neighbours, and some digests
# differ only in what is dropped.
begins = st.sampled_from(("00000", "00001", "7ffff", "80000", "ffffe", "fffff"))
entries = st.sampled_from(("000000000000", "000000000001", "0000ffffffff", "ffffffffffff"))
rests = st.sampled_from(("0" * 23, "f" * 23))
digests = st.builds(
    "{}{}{}".format, begins, entries | st.text("0123456789abcdef", min_size=12, max_size=12), rests
)
lists = st.lists(digests, min_size=1, max_size=60)


def corpus_of(path: Path, source: Path) -> Corpus:
    """Return the corpus that an import makes of a list."""
    dump = breach_dump.opened(source, 1)
    import_dump(dump, path, made_at=NOW, min_count=1, told=lambda _: None)
    return Corpus.of_file(path)


@settings(max_examples=40)
@given(listed=lists, asked=lists, in_folder=st.booleans())
def test_corpus_answers_as_a_set_does(
    listed: list[str], asked: list[str], *, in_folder: bool
) -> None:
    """Every digest of the list is found, and of others only those that begin like one."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        if in_folder:
            source = a_folder(folder / "list", {one.upper(): 1 for one in listed})
        else:
            source = a_file(folder / "list", sorted(listed))
        corpus = corpus_of(folder / "corpus", source)

        kept = {one[:KEPT_DIGITS] for one in listed}
        assert len(kept) == corpus.about.entries
        assert all(corpus.holds(bytes.fromhex(one)) for one in listed)
        for one in asked:
            assert (one[:KEPT_DIGITS] in kept) == corpus.holds(bytes.fromhex(one))
