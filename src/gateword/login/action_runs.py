"""The Actions bound to a trigger, as they are deployed, one after another.

Rule 1: each runs in a room of its own, so that its secrets are its own. Rule 2: what one asked for
is judged before the next begins.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from gateword.domain.script import Fault, Kind, Script, ScriptFault, ScriptJob
from gateword.domain.script_limits import BUDGET_S, EXPIRED
from gateword.domain.secret import Secret
from gateword.policy import action_document, action_wishes, sealed
from gateword.policy.action_wishes import Wishes
from gateword.ports.parts import Parts

PREFIX: Final = "Action "
KIND: Final = "action"
MOST_CONSOLE_CHARS: Final = 256
"""What is kept of the text that one Action prints."""


async def bound(parts: Parts, trigger: str) -> Sequence[Script]:
    """Return what runs at a trigger, in its order; the deployed code, with its secrets."""
    documents = parts.stores.documents
    bindings = await documents.get(action_document.BINDINGS_KIND, trigger)
    found = []
    for one in action_document.bound(bindings.document) if bindings else ():
        kept = await documents.get(action_document.KIND, str(one["action_id"]))
        version = action_document.running(kept.document) if kept else None
        if kept is None or version is None:  # deleted, or not deployed any more
            continue
        values = sealed.opened(kept.secret, {}, dict[str, dict[str, str]])
        secrets = values.get(str(version["id"]), {})
        found.append(
            Script(
                kept.id,
                f"{PREFIX}{kept.name}",
                str(version["code"]),
                secrets={name: Secret(value) for name, value in secrets.items()},
            )
        )
    return found


class Runs:
    """Runs Actions of one trigger.

    Args:
        parts: The tenant's.
        trigger: Which.
        told: Transaction metadata that Actions before them have set.

    Attributes:
        wishes: What they have asked for.
        notes: What they have printed.
    """

    def __init__(
        self, parts: Parts, trigger: str, told: Mapping[str, object] | None = None
    ) -> None:
        self.wishes = Wishes(told=told or {})
        self.notes: tuple[str, ...] = ()
        self._parts = parts
        self._trigger = trigger
        self._left_s = BUDGET_S

    async def run(
        self, action: Script, event: Mapping[str, object], **given: object
    ) -> ScriptFault | None:
        """Run one, and note what it asks for.

        Raises:
            Refused: SCRIPTS_BUSY.
        """
        job = ScriptJob(
            kind=Kind.ACTIONS,
            scripts=[action],
            given={"event": event, "trigger": self._trigger, **given},
            within_s=self._left_s,
            cache=self._trigger,
        )
        result = await self._parts.scripts.run(job)
        self._left_s -= result.took_s
        self.notes = (*self.notes, *_cut(result.console, action.name))
        if result.fault is not None:
            return result.fault
        try:
            self.wishes = action_wishes.after(self.wishes, result.value.get("calls"))
        except action_wishes.NoWish as wrong:
            return ScriptFault(Fault.LIMIT, str(wrong), action)
        return ScriptFault(Fault.LIMIT, EXPIRED, action) if self._left_s <= 0 else None


def _cut(console: Sequence[str], name: str) -> list[str]:
    """Return what an Action printed, its name before each line, up to the limit."""
    left, kept = MOST_CONSOLE_CHARS, []
    for line in console:
        text = line.removeprefix(f"{name}: ")[:left]
        if not text:
            break
        kept.append(f"{name}: {text}")
        left -= len(text)
    return kept
