"""A database whose scripts answer what a test tells them to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from msgspec.structs import force_setattr

from gateword.domain.script import ScriptFault, ScriptJob, ScriptResult
from gateword.domain.script_settings import ScriptSettings
from tests.support.house import House
from tests.wire.world import CUSTOMERS

ZOE: Final = "zoe@mail.example"
KNOWN: Final = {"user_id": "z9", "email": ZOE}
EVERY: Final = (
    *("login", "get_user", "create", "verify", "change_password", "change_email", "delete"),
)


class Played:
    """Scripts that answer what they are told to, call after call; the last answer stays."""

    def __init__(self, answers: Mapping[str, Sequence[object]]) -> None:
        self.answers = {operation: list(those) for operation, those in answers.items()}
        self.jobs: list[ScriptJob] = []

    async def run(self, job: ScriptJob) -> ScriptResult:
        """Answer a job."""
        self.jobs.append(job)
        those = self.answers.get(str(job.given["operation"]), [None])
        said = those.pop(0) if len(those) > 1 else those[0]
        if isinstance(said, ScriptFault):
            return ScriptResult(fault=said)
        return ScriptResult(value={"value": said})

    async def settings(self) -> ScriptSettings:
        """Return the settings of a tenant that has none."""
        return ScriptSettings()

    def operations(self) -> list[object]:
        """Return what was asked, in order."""
        return [job.given["operation"] for job in self.jobs]


async def scripted(house: House, *, imports: bool = False, **answers: Sequence[object]) -> Played:
    """Give the customers' database every script."""
    connections = house.parts.stores.connections
    stored = await connections.named(CUSTOMERS)
    assert stored is not None
    options = {
        "enabledDatabaseCustomization": True,
        "import_mode": imports,
        "customScripts": dict.fromkeys(EVERY, "function () {}"),
    }
    await connections.put(replace(stored, options=options), house.clock.now())
    played = Played(answers)
    tenancy = next(iter(house.houses._by_host.values()))  # noqa: SLF001  there is no other way in
    for parts in (tenancy.parts, house.parts):
        force_setattr(parts, "scripts", played)
    return played
