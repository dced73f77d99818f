"""Actions and hooks in the real engine: what each of them sees, and what it cannot."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import jwt
import pytest

from gateword.domain.script import Fault, Kind, Script, ScriptJob, ScriptResult
from gateword.domain.secret import Secret
from gateword.ports.scripts import OperationFailed
from gateword.rules.engine import QuickJsEngine

EVENT: Final[Mapping[str, Any]] = {
    "user": {"user_id": "auth0|1", "app_metadata": {}},
    "request": {"ip": "203.0.113.7"},
    "transaction": {"metadata": {}},
}
SECRET: Final = "a secret of sixteen and more characters"
SPIES: Final = {
    "global": "globalThis.seen = event.secrets;",
    "prototype": "Object.prototype.secrets = event.secrets;",
    "module": "require('lodash').seen = event.secrets;",
    "array": "Array.prototype.push = function () { globalThis.seen = arguments; };",
    "parse": "JSON.parse = (text) => { globalThis.seen = text; return {}; };",
    "setter": "Object.defineProperty(Object.prototype, 'secrets',"
    " { set(v) { globalThis.seen = v; } });",
}


class NoOperations:
    """Nothing is carried out."""

    async def carry_out(self, kind: str, asked: Mapping[str, object]) -> object:
        raise OperationFailed(f"{kind} {len(asked)}", "EACCES")


@pytest.fixture
async def engine() -> AsyncIterator[QuickJsEngine]:
    """An engine of two processes."""
    made = QuickJsEngine(2)
    yield made
    await made.close()


def handler(body: str) -> str:
    """Return an Action with such a body."""
    return f"exports.onExecutePostLogin = async (event, api) => {{ {body} }};"


async def run(
    engine: QuickJsEngine, source: str, id_: str = "one", kind: Kind = Kind.ACTIONS, **more: Any
) -> ScriptResult:
    """Run one Action, or a hook."""
    secrets = {name: Secret(value) for name, value in more.pop("secrets", {}).items()}
    given = {"event": EVENT, "trigger": "post-login", "rulesRun": [], "domain": "t.example"}
    job = ScriptJob(
        kind=kind,
        scripts=[Script(id_, f"Action {id_}", source, secrets=secrets)],
        given=given | more,
    )
    return await engine.run(job, "t", NoOperations())


def calls(result: ScriptResult) -> Any:
    """Return what was asked for."""
    assert result.fault is None, result.fault
    return result.value["calls"]


@pytest.mark.parametrize("name", SPIES)
async def test_one_actions_secret_is_not_there_for_another(
    engine: QuickJsEngine, name: str
) -> None:
    """Whatever an Action does to the language around it, the next one has a room of its own."""
    await run(engine, handler(f"{SPIES[name]} {SPIES[name]}"), secrets={"KEY": "hush-hush"})
    looks = handler(
        "api.accessToken.setCustomClaim('seen', JSON.stringify([globalThis.seen, global.seen,"
        " ({}).secrets, require('lodash').seen, event.secrets]));"
    )

    seen = calls(await run(engine, looks, "two", secrets={"OTHER": "mine"}))[0][2]

    assert "hush-hush" not in seen
    assert "mine" in seen


async def test_source_that_steps_out_of_its_frame_sees_no_secret(engine: QuickJsEngine) -> None:
    """What runs while a script is compiled runs before anything is handed over."""
    source = (
        "}), (globalThis.setTimeout = null), (globalThis.found = Object.keys(globalThis)),"
        " (function (exports) { exports.onExecutePostLogin = async (event, api) =>"
        " api.accessToken.setCustomClaim('x', String(globalThis.found).includes('hush'));"
    )

    result = await run(engine, source, secrets={"KEY": "hush-hush"})

    assert "hush-hush" not in str(result.fault)
    assert result.fault is not None or calls(result)[0][2] is False


async def test_event_is_a_copy_for_each(engine: QuickJsEngine) -> None:
    """What an Action writes into the event stays with it."""
    before = repr(EVENT)
    await run(engine, handler("event.user.user_id = 'auth0|2'; event.mine = 1;"))

    seen = calls(await run(engine, handler("api.idToken.setCustomClaim('e', event);"), "two"))

    assert before == repr(EVENT)
    assert {**EVENT, "secrets": {}} == seen[0][2]


async def test_value_is_copied_when_it_is_set(engine: QuickJsEngine) -> None:
    """What happens to an object afterwards changes no claim."""
    result = await run(
        engine, handler("const o = { a: 1 }; api.idToken.setCustomClaim('o', o); o.a = 2;")
    )

    assert [["idToken.setCustomClaim", "o", {"a": 1}]] == calls(result)


async def test_encoded_token_is_a_jwt_of_this_login(engine: QuickJsEngine) -> None:
    """A library that is not ours reads it; neither subject nor issuer can be written over."""
    body = (
        f"api.idToken.setCustomClaim('t', api.redirect.encodeToken({{ secret: '{SECRET}',"
        " payload: { plan: 'gold', sub: 'mine' }, expiresInSeconds: 60 }));"
    )

    token = calls(await run(engine, handler(body)))[0][2]
    claims = jwt.decode(token, SECRET, ["HS256"], issuer="t.example")

    assert ("auth0|1", "gold", "203.0.113.7") == (claims["sub"], claims["plan"], claims["ip"])
    assert 60 == claims["exp"] - claims["iat"]


async def test_cache_is_within_its_limits(engine: QuickJsEngine) -> None:
    """Twenty entries, 4 kB a value, 8 kB together; more is an error that the Action is told."""
    body = """
      const told = [], large = 'x'.repeat(4000);
      const set = (...one) => told.push(api.cache.set(...one).code);
      for (let i = 0; i < 21; i++) set('k' + i, 'x', { ttl: 1000 });
      set('k0', 'x'.repeat(4097));
      set('', 'x');
      for (const key of ['k1', 'k2', 'k3']) set(key, large);
      set('k4', 1);
      told.push(api.cache.get('k1').value.length, api.cache.get('nobody'));
      told.push(api.cache.delete('k1').type);
      api.idToken.setCustomClaim('told', told.slice(20));
    """

    told = calls(await run(engine, handler(body)))[0][2]

    too_many, too_long, no_key, first, second, third, no_text, length, absent, gone = told
    assert ("ItemLimitExceeded", "CacheValueSizeExceeded") == (too_many, too_long)
    assert ("CacheKeySizeExceeded", "CacheSizeExceeded", "InvalidType") == (no_key, third, no_text)
    assert (None, None, 4000, None, "success") == (first, second, length, absent, gone)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("api.multifactor.enable('carrier-pigeon');", "The provider must be one of"),
        ("api.authentication.challengeWith('otp');", "A factor has a type"),
        ("api.authentication.enrollWithAny([]);", "The factors must be an array"),
        ("api.authentication.setPrimaryUser('x'.repeat(129));", "The id is longer than 128"),
        ("api.transaction.setMetadata('k'.repeat(65), 1);", "The key is longer than 64 bytes"),
        ("api.transaction.setMetadata('k', {});", "The value must be a string"),
        ("api.transaction.setMetadata('k', 'ä'.repeat(5000));", "The value is larger than 8 kB"),
        (
            "for (const k of ['a', 'b', 'c']) api.transaction.setMetadata(k, 'x'.repeat(8000));",
            "The metadata is larger than 16 kB",
        ),
        ("api.refreshToken.setExpiresAt('tomorrow');", "The end must be a time"),
        ("api.groups.list();", "api.groups.list is not available here"),
        ("api.accessToken.setCustomClaim('n', 1n);", "BigInt"),
    ],
)
async def test_wrong_call_is_told_where_it_is_made(
    engine: QuickJsEngine, body: str, message: str
) -> None:
    """An Action can catch what it got wrong; if it does not, the login ends with these words."""
    result = await run(engine, handler(body))
    caught = await run(engine, handler(f"try {{ {body} }} catch (error) {{}}"))

    assert result.fault is not None
    assert Fault.THREW is result.fault.kind
    assert message.lower() in result.fault.message.lower()
    assert caught.fault is None


async def test_action_that_waits_for_nothing_is_ended(engine: QuickJsEngine) -> None:
    """A promise that nobody keeps holds no place."""
    async with asyncio.timeout(2):
        result = await run(engine, handler("await new Promise(() => {});"))

    assert result.fault is not None
    assert Fault.LIMIT is result.fault.kind


async def test_hook_reads_its_secrets_and_calls_back_once(engine: QuickJsEngine) -> None:
    """`context.webtask.secrets`; only the first word counts."""
    source = (
        "module.exports = (client, scope, audience, context, cb) => {"
        " cb(null, { scope, key: context.webtask.secrets.KEY }); cb(new Error('late')); };"
    )
    given = {"client": {}, "scope": ["a"], "audience": "x", "context": {}}

    result = await run(engine, source, kind=Kind.HOOK, secrets={"KEY": "hush"}, **given)

    assert {"accessToken": {"scope": ["a"], "key": "hush"}} == result.value
