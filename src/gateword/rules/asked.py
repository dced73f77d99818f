"""What a process is asked to run, written for it."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from gateword.domain.script import Kind, Script
from gateword.rules.frames import ASKED, RUN, SCRIPTS, framed
from gateword.values import dataclass

_FORMS: Final[Mapping[Kind, str]] = {Kind.ACTIONS: "module", Kind.HOOK: "module"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One run.

    Attributes:
        set_: Names the scripts.
        what: `IS_TRIAL`, `IS_COMPILED_ONLY`.
        configuration: What all scripts read as `configuration`, JSON.
        own: What each alone is given, by its id, JSON.
        given: What they are given, JSON.
    """

    set_: bytes
    kind: Kind
    scripts: Sequence[Script]
    what: int
    configuration: bytes
    own: bytes
    given: bytes

    def __repr__(self) -> str:  # what scripts are given has secrets in it
        return f"Asked(set_={self.set_!r})"

    def frame(self, id_: int) -> bytes:
        """Return the frame that begins it; its scripts are there already.

        Args:
            id_: Number of the run.
        """
        head = ASKED.pack(self.set_, self.what, len(self.configuration), len(self.own))
        return framed(RUN, id_, b"".join((head, self.configuration, self.own, self.given)))

    def introduction(self, *, forgets: bool) -> bytes:
        """Return the frame that tells its scripts.

        Args:
            forgets: All scripts told before are to be forgotten.
        """
        form = _FORMS.get(self.kind, "function")
        told = {
            "kind": self.kind.value,
            "scripts": [{"id": one.id, "source": one.source, "form": form} for one in self.scripts],
            "forgets": forgets,
        }
        return framed(SCRIPTS, 0, ASKED.pack(self.set_, 0, 0, 0) + json.dumps(told).encode())
