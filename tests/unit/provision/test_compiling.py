"""Scripts in use are found, and named when the engine will not have them."""

from collections.abc import Mapping
from dataclasses import replace

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.script import Fault, Kind, ScriptFault, ScriptJob, ScriptResult
from gateword.domain.script_settings import ScriptSettings
from gateword.ports.documents import Kept
from gateword.provision import compiling
from gateword.provision.compiling import InUse
from tests.support.house import House
from tests.unit.provision.checked import a_draft

FAULT = "SyntaxError: no ! (line 1)"
HANDLES = "exports.onExecutePostLogin = 1;"


class Compiler:
    """Compiles what has no `!` in it; is busy when it meets a `?` (port `Scripts`)."""

    async def run(self, job: ScriptJob) -> ScriptResult:
        """Compile."""
        (script,) = job.scripts
        assert job.is_compiled_only
        if "?" in script.source:
            raise Refused(Refusal.SCRIPTS_BUSY)
        if "!" not in script.source:
            return ScriptResult()
        message = f"{script.name} failed to compile: {FAULT}"
        return ScriptResult(fault=ScriptFault(Fault.COMPILE, message, script))

    async def settings(self) -> ScriptSettings:
        """Return those of a fresh tenant."""
        return ScriptSettings()


async def told(*in_use: InUse) -> list[str]:
    """Return what is found of scripts."""
    found = await compiling.findings(Compiler(), in_use)
    assert {"error"} >= {one.level for one in found}
    return [f"{one.about} {one.text}" for one in found]


async def test_fault_is_named_with_its_script() -> None:
    """By kind, with what it costs; a busy engine says nothing."""
    assert [
        f"rule R does not compile: {FAULT}; every login ends there",
        f"hook H does not compile: {FAULT}; every machine's token is refused there",
    ] == await told(
        InUse(Kind.RULES, "rule R", "!"),
        InUse(Kind.RULES, "rule Busy", "?!"),
        InUse(Kind.RULES, "rule Good", "x"),
        InUse(Kind.HOOK, "hook H", "!"),
    )


async def test_action_needs_the_handler_of_its_trigger() -> None:
    """Also one that compiles."""
    assert [
        "Action B does not export onExecutePostLogin, as it seems; whatever comes to it ends there"
    ] == await told(
        InUse(Kind.ACTIONS, "Action A", HANDLES, "post-login"),
        InUse(Kind.ACTIONS, "Action B", "exports.other = 1;", "post-login"),
    )


async def test_only_an_enabled_hook_is_in_use(house: House) -> None:
    """No file holds hooks, so they come from the store."""
    documents = house.parts.stores.documents
    for id_, enabled in (("1", True), ("2", False)):
        hook = {"name": f"H{id_}", "script": id_, "enabled": enabled, "dependencies": {}}
        await documents.put("hook", Kept(id=id_, name=id_, document=hook), house.clock.now())

    assert [InUse(Kind.HOOK, "hook H1", "1")] == await compiling.hooks(documents)


def scripted(options: Mapping[str, object]) -> list[str]:
    """Return the database scripts in use where a database has two, with such options."""
    draft = a_draft()
    scripts = {"login": "x", "delete": "x"}
    draft.connections["D"] = replace(
        draft.connections["D"], options={"customScripts": scripts, **options}
    )
    return [one.about for one in compiling.drafted(draft, ["databases"])]


def test_only_database_scripts_that_are_asked_are_in_use() -> None:
    """None where scripts are off, and two of them where users move in."""
    on = {"enabledDatabaseCustomization": True}

    assert [] == scripted({})
    assert ["database D script login", "database D script delete"] == scripted(on)
    assert ["database D script login"] == scripted({**on, "import_mode": True})
