"""Every verb of the Management API is shown by a golden."""

import re
from pathlib import Path
from typing import Final

import pytest

from gateword.domain.refused import Refused
from gateword.management.desk import Directory
from gateword.management.resource import Verb
from gateword.resources import RESOURCES
from tests.support.golden import parse

GOLDENS: Final = Path(__file__).parent / "golden"
PREFIX: Final = "/api/v2/"
VERBS: Final = [verb for resource in RESOURCES for verb in resource.verbs]


def _granted() -> set[tuple[str, str]]:
    """Return method and path of each verb that some golden shows with its own status."""
    directory, shown = Directory(RESOURCES), set()
    for path in GOLDENS.glob("*.http"):
        for step in parse(path.read_text(encoding="utf-8")).steps:
            method, _, target = step.request.first.partition(" ")
            if step.answer is None or not target.startswith(PREFIX):
                continue
            plain = re.sub(r"\{\{.*?\}\}", "x", target.removeprefix(PREFIX)).partition("?")[0]
            try:
                verb = directory.find(method, plain).verb
            except Refused:
                continue
            if int(step.answer.first.split()[1]) in (verb.status, *verb.also):
                shown.add((verb.method, verb.path))
    return shown


GRANTED: Final = _granted()


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: f"{verb.method} {verb.path}")
def test_verb_is_shown_by_a_golden(verb: Verb) -> None:
    """Whoever declares a verb shows on the wire what it answers when it is granted."""
    name = (verb.method, verb.path)

    assert name in GRANTED
