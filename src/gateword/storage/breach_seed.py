"""The passwords that everybody tries first: a corpus for installations that imported none."""

import io
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from gateword.storage.breach_corpus import Corpus, Writer, digest, placed

_LIBRARY: Final = "zxcvbn"


def seed() -> Corpus:
    """Make a corpus of the 30,000 passwords of the package zxcvbn, all in lower case."""
    image = io.BytesIO()
    writer = Writer(image)
    entries = sorted({placed(digest(word)) for word in _words()})
    for bucket, of_bucket in groupby(entries, key=lambda one: one[0]):
        writer.add(bucket, b"".join(entry for _, entry in of_bucket))
    metadata: Any = import_module("importlib.metadata")  # 30 ms that most processes never need
    writer.finish(None, f"package {_LIBRARY} {metadata.version(_LIBRARY)}", 1)
    return Corpus.of_bytes(image.getvalue())


def _words() -> list[str]:
    # The package as a whole makes tables of its lists that would stay: 13 MiB.
    package = find_spec(_LIBRARY)
    (folder,) = (package and package.submodule_search_locations) or ("",)
    lists = spec_from_file_location("frequency_lists", Path(folder) / "frequency_lists.py")
    if lists is None or lists.loader is None:
        raise ImportError(f"{_LIBRARY} has no lists")
    module: Any = module_from_spec(lists)
    lists.loader.exec_module(module)
    words: list[str] = module.FREQUENCY_LISTS["passwords"]
    return words
