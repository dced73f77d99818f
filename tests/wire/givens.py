"""What goldens may say is given: each sentence is carried out just before its step's request."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

from gateword.accounts import passwords
from gateword.accounts.job_runner import JobRunner
from gateword.domain.client import RefreshPolicy
from gateword.domain.connection import ScriptSetting
from gateword.domain.secret import Secret
from gateword.policy import script_settings
from gateword.ports.documents import Kept
from tests.support.house import DOMAIN, House, signing_key
from tests.support.protection import protect
from tests.wire.action_givens import ACTION_GIVENS
from tests.wire.device_givens import DEVICE_GIVENS
from tests.wire.mfa_givens import MFA_GIVENS
from tests.wire.world import CLIENTS, EMPLOYEES, ROTATING, VALUES

Given = Callable[..., Awaitable[None]]


async def carry_out(house: House, sentence: str) -> None:
    """Make a sentence true.

    Raises:
        LookupError: Nobody knows the sentence.
    """
    for pattern, given in GIVENS.items():
        match = re.fullmatch(pattern, sentence)
        if match:
            await given(house, *match.groups())
            return
    raise LookupError(f"unknown given: {sentence}")


async def _later(house: House, seconds: str) -> None:
    house.clock.passed_s += int(seconds)


async def _setting(house: House, name: str, value: str) -> None:
    settings = house.parts.stores.settings
    tenant = await settings.get()
    members: dict[str, Any] = {name: None if value == "unset" else value}
    await settings.save(replace(tenant, **members))


async def _flag(house: House, name: str, value: str) -> None:
    settings = house.parts.stores.settings
    tenant = await settings.get()
    await settings.save(replace(tenant, flags=dict(tenant.flags) | {name: value == "on"}))


async def _resource_profile(house: House) -> None:
    settings = house.parts.stores.settings
    document = {"resource_parameter_profile": "compatibility"}
    await settings.save(replace(await settings.get(), document=document))


async def _user(house: House, name: str, **changed: Any) -> None:
    user = await house.parts.stores.users.by_id(VALUES[name])
    if user is None:
        raise LookupError(f"{name} is gone")
    await house.parts.stores.users.save(replace(user, **changed), house.clock.now())


async def _blocked(house: House, name: str) -> None:
    await _user(house, name, blocked=True)


async def _unblocked(house: House, name: str) -> None:
    await _user(house, name, blocked=False)


async def _renamed(house: House, name: str, full_name: str) -> None:
    user = await house.parts.stores.users.by_id(VALUES[name])
    await _user(house, name, profile=dict(user.profile if user else {}) | {"name": full_name})


async def _deleted(house: House, name: str) -> None:
    await house.parts.stores.users.remove(VALUES[name])


async def _new_password(house: House, name: str, password: str = "a new password") -> None:
    stores = house.parts.stores
    user = await stores.users.by_id(VALUES[name])
    connection = await stores.connections.named(EMPLOYEES)
    if user is None or connection is None:
        raise LookupError(f"{name} is gone")
    encoded = await house.parts.hasher.hash(Secret(password))
    await passwords.replaced(house.parts, user, connection, encoded)


async def _client(house: House, name: str, **changed: Any) -> None:
    clients = house.parts.stores.clients
    client = await clients.get(CLIENTS[name].client_id)
    if client is None:
        raise LookupError(f"client {name} is gone")
    await clients.put(replace(client, **changed), house.clock.now())


async def _rotates(house: House, name: str) -> None:
    await _client(house, name, refresh=ROTATING)


async def _rotates_no_more(house: House, name: str) -> None:
    await _client(house, name, refresh=RefreshPolicy())


async def _may_not_refresh(house: House, name: str) -> None:
    await _client(house, name, grant_types=("password",))


async def _default_audience_of(house: House, name: str, audience: str) -> None:
    await _client(house, name, default_audience=audience)


async def _client_deleted(house: House, name: str) -> None:
    await house.parts.stores.clients.remove(CLIENTS[name].client_id)


async def _connection(house: House, name: str, **changed: Any) -> None:
    connections = house.parts.stores.connections
    connection = await connections.named(name)
    if connection is None:
        raise LookupError(f"connection {name} is gone")
    await connections.put(replace(connection, **changed), house.clock.now())


async def _off(house: House, name: str) -> None:
    await _connection(house, name, is_active=False)


async def _not_enabled(house: House, name: str, client: str) -> None:
    rest = {one.client_id for one in CLIENTS.values()} - {CLIENTS[client].client_id}
    await _connection(house, name, enabled_clients=frozenset(rest))


async def _passwords_off(house: House, name: str) -> None:
    await _connection(house, name, passwords_enabled=False)


async def _options(house: House, name: str, text: str) -> None:
    await _connection(house, name, options=json.loads(text))


async def _custom(house: House, name: str, **more: Any) -> None:
    connection = await house.parts.stores.connections.named(name)
    before = dict(connection.options) if connection else {}
    options = {**before, "enabledDatabaseCustomization": True, **more}
    await _connection(house, name, options=options)


async def _database_script(house: House, name: str, operation: str, script: str) -> None:
    connection = await house.parts.stores.connections.named(name)
    scripts: Any = connection.options.get("customScripts", {}) if connection else {}
    await _custom(house, name, customScripts={**scripts, operation: script})


async def _script_setting(house: House, name: str, key: str, value: str) -> None:
    connection = await house.parts.stores.connections.named(name)
    before = dict(connection.configuration) if connection else {}
    setting = {key: ScriptSetting(value=Secret(value))}
    await _connection(house, name, configuration=before | setting)


async def _imports(house: House, name: str) -> None:
    await _custom(house, name, import_mode=True)


async def _custom_option(house: House, name: str, option: str, text: str) -> None:
    await _custom(house, name, **{option: json.loads(text)})


async def _loses_role(house: House, identifier: str) -> None:
    roles = house.parts.stores.roles
    for role in await roles.all():
        if role.name == identifier:
            await roles.put(replace(role, permissions=frozenset()))


async def _rotated(house: House) -> None:
    keys = house.parts.stores.signing_keys
    await keys.rotate(replace(signing_key(DOMAIN, "later"), state="next"), house.clock.now())


async def _revoked(house: House) -> None:
    keys = house.parts.stores.signing_keys
    await keys.revoke(VALUES["kid"], house.clock.now())


async def _away(house: House) -> None:
    house.engines.watched.away = True


async def _back(house: House) -> None:
    house.engines.watched.away = False


async def _broken(house: House, word: str) -> None:
    house.engines.watched.broken = word


async def _another_tenant(house: House, domain: str) -> None:
    await house.add_tenant("another", domain)


async def _protection(house: House, name: str, text: str) -> None:
    await protect(house.parts, name, house.clock.now(), **json.loads(text))


async def _failed_logins(house: House, count: str, user: str, password: str) -> None:
    for _ in range(int(count)):
        await house.token(
            grant_type="password", username=user, password=VALUES.get(password, password), **_WEB
        )


async def _failed_names(house: House, count: str) -> None:
    for number in range(int(count)):
        await house.token(grant_type="password", username=f"name{number}", password="x", **_WEB)


async def _jobs(house: House) -> None:
    await JobRunner().run(house.parts)


_WEB: Final = {"client_id": VALUES["web"], "client_secret": VALUES["web_secret"]}


async def _rule(house: House, name: str, script: str, *, enabled: bool = True) -> None:
    documents = house.parts.stores.documents
    order = len(await documents.all("rule")) + 1
    rule = {"name": name, "script": script, "enabled": enabled, "order": order}
    document = {**rule, "stage": "login_success"}
    kept = Kept(id=f"rul_{order:016d}", name=name, position=order, document=document)
    await documents.put("rule", kept, house.clock.now())


async def _idle_rule(house: House, script: str) -> None:
    await _rule(house, "Idle", script, enabled=False)


async def _rules_config(house: House, key: str, value: str) -> None:
    kept = Kept(id=key, document={}, secret=Secret(value))
    await house.parts.stores.documents.put("rules_config", kept, house.clock.now())


async def _scripts(house: House, changes: str) -> None:
    kept = Kept(id=script_settings.ID, document=json.loads(changes))
    await house.parts.stores.documents.put(script_settings.KIND, kept, house.clock.now())


GIVENS: Final[dict[str, Given]] = {
    r"rule ([\w ]+): (.+)": _rule,
    r"a rule that is off: (.+)": _idle_rule,
    r"rules config (\w+) is (.+)": _rules_config,
    **ACTION_GIVENS,
    **DEVICE_GIVENS,
    **MFA_GIVENS,
    r"scripts have (\{.*\})": _scripts,
    r"(\d+) s later": _later,
    r"(default_directory|default_audience) is (.+)": _setting,
    r"flag (\w+) is (on|off)": _flag,
    r"resource_parameter_profile is compatibility": _resource_profile,
    r"(\w+) is blocked": _blocked,
    r"(\w+) is not blocked": _unblocked,
    r"(\w+) is deleted": _deleted,
    r"(\w+) is now called (.+)": _renamed,
    r"(\w+) has a new password": _new_password,
    r"(\w+) has the password (\S+)": _new_password,
    r"client (\w+) rotates refresh tokens": _rotates,
    r"client (\w+) rotates refresh tokens no more": _rotates_no_more,
    r"client (\w+) may not refresh": _may_not_refresh,
    r"client (\w+) has default audience (.+)": _default_audience_of,
    r"client (\w+) is gone": _client_deleted,
    r"connection (\w+) is off": _off,
    r"connection (\w+) is not enabled for client (\w+)": _not_enabled,
    r"connection (\w+) takes no passwords": _passwords_off,
    r"options of (\w+) are (\{.*\})": _options,
    r"connection (\w+) has script (\w+): (.+)": _database_script,
    r"connection (\w+) has script setting (\w+) (.+)": _script_setting,
    r"connection (\w+) imports users": _imports,
    r"connection (\w+) has option (\w+) (.+)": _custom_option,
    r"ann has no permissions at (.+)": _loses_role,
    r"signing keys were rotated": _rotated,
    r"the previous signing key was revoked": _revoked,
    r"protection (\S+) has (\{.*\})": _protection,
    r"(\d+) logins of (\S+) with (\S+)": _failed_logins,
    r"logins of (\d+) names that nobody has": _failed_names,
    r"the jobs have run": _jobs,
    r"the database is away": _away,
    r"the database is back": _back,
    r"statements with (\w+) fail": _broken,
    r"another tenant lives at (.+)": _another_tenant,
}
"""Pattern of a sentence to what makes it true."""
