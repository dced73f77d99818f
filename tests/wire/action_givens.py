"""What goldens may say is given of Actions and hooks."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from gateword.policy import action_document, sealed
from gateword.policy.members import Fault, Members
from gateword.policy.timestamp import written
from gateword.ports.documents import Kept
from tests.support.house import House


async def _action(house: House, name: str, code: str, trigger: str = "post-login") -> None:
    documents, at = house.parts.stores.documents, house.clock.now()
    number = len(await documents.all(action_document.KIND)) + 1
    id_, time = f"00000000-0000-4000-8000-{number:012d}", written(at)
    item = {"name": name, "code": code, "supported_triggers": [{"id": trigger}]}
    faults: list[Fault] = []
    action = action_document.created(Members(item, (), faults), time)
    if faults:
        raise LookupError(f"no Action: {faults}")
    action = action_document.deployed(action, f"{id_[:-12]}{number + 1000:012d}", time)
    await documents.put(action_document.KIND, Kept(id=id_, name=name, document=action), at)
    bindings = await documents.get(action_document.BINDINGS_KIND, trigger)
    bound = [*(bindings.document["bindings"] if bindings else ()), {"action_id": id_}]  # type: ignore[misc]
    kept = Kept(id=trigger, document={"bindings": bound})
    await documents.put(action_document.BINDINGS_KIND, kept, at)


async def _exchange_action(house: House, name: str, code: str) -> None:
    await _action(house, name, code, "credentials-exchange")


async def _action_secret(house: House, name: str, key: str, value: str) -> None:
    documents = house.parts.stores.documents
    for kept in await documents.all(action_document.KIND):
        if kept.name == name:
            version = str(kept.document["deployed"])
            known = sealed.opened(kept.secret, {}, dict[str, dict[str, str]]).get(version, {})
            secret = sealed.closed({version: known | {key: value}})
            await documents.put(
                action_document.KIND, replace(kept, secret=secret), house.clock.now()
            )


async def _hook(house: House, script: str) -> None:
    hook = {"name": "Exchange", "script": script, "triggerId": "credentials-exchange"}
    document = {**hook, "enabled": True, "dependencies": {}}
    kept = Kept(id="hook_1", name="Exchange", document=document)
    await house.parts.stores.documents.put("hook", kept, house.clock.now())


async def _hook_secret(house: House, key: str, value: str) -> None:
    documents = house.parts.stores.documents
    for kept in await documents.all("hook"):
        secret = sealed.closed({key: value})
        await documents.put("hook", replace(kept, secret=secret), house.clock.now())


ACTION_GIVENS: Final[dict[str, Callable[..., Awaitable[None]]]] = {
    r"action ([\w ]+): (.+)": _action,
    r"exchange action ([\w ]+): (.+)": _exchange_action,
    r"action ([\w ]+) has secret (\w+) (.+)": _action_secret,
    r"hook: (.+)": _hook,
    r"hook has secret (\w+) (.+)": _hook_secret,
}
"""Pattern of a sentence to what makes it true."""
