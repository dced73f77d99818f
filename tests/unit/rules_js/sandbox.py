"""A room for the modules that rules may require, with a host that notes what it is asked."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import quickjs  # type: ignore[import-untyped]  # it brings no types

import gateword.rules
from gateword.rules.frames import TURN_S
from gateword.rules.room import MEMORY_BYTES, STACK_BYTES

RULES: Final = Path(gateword.rules.__file__).parent
MOST_STEPS: Final = 10_000
NEEDED: Final = (
    "buffer",
    "noble-ciphers",
    "noble-curves",
    "noble-hashes",
    "oauth-sign",
    "whatwg-url",
)
Answer = Callable[[str, dict[str, Any]], Any]


class HostError(Exception):
    """What the host answers when it could not do what it was asked.

    Args:
        code: As Node's errors have it.
        message: What the script reads.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ScriptError(Exception):
    """A script ended with an error.

    Args:
        told: Its name, message and code.
    """

    def __init__(self, told: Mapping[str, Any]) -> None:
        super().__init__(f"{told['name']}: {told['message']}")
        self.name, self.message, self.code = told["name"], told["message"], told.get("code")


@cache
def npm_module(name: str) -> str:
    """Return the packed source of an npm module, which `scripts/setup` makes."""
    path = RULES / "npm" / f"{name}.js"
    if not path.is_file():
        pytest.fail(f"The npm module {name} is not packed: run scripts/setup")
    return path.read_text(encoding="utf-8")


@cache
def sources() -> dict[str, str]:
    """Return the source of every module, own and packed, by file name."""
    for name in NEEDED:
        npm_module(name)
    found = {path.stem: path.read_text("utf-8") for path in (RULES / "npm").glob("*.js")}
    own = {path.stem: path.read_text("utf-8") for path in (RULES / "modules").glob("*.js")}
    return found | own


@dataclass
class Sandbox:
    """One fresh engine; `asked` holds what the scripts wanted of the host.

    Args:
        answer: Gives the host's answer to a kind and its arguments.
    """

    answer: Answer = lambda kind, _: pytest.fail(f"nothing answers {kind}")
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    log: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        context = quickjs.Context()
        context.set_memory_limit(MEMORY_BYTES)
        context.set_max_stack_size(STACK_BYTES)
        context.set_time_limit(TURN_S)
        make = context.eval(Path(__file__).with_suffix(".js").read_text(encoding="utf-8"))
        random = context.eval("(() => { let last = 0; return () => (last += 61) % 256; })()")
        self._room = make(context.globalThis, context.parse_json(json.dumps(sources())), random)
        self._context = context
        member = context.eval("(room, name) => room[name]")
        self._start, self._result, self._asked, self._reply, self._tick = (
            member(self._room, name) for name in ("start", "result", "asked", "answer", "tick")
        )

    def run(self, body: str, **given: object) -> Any:
        """Return what the body of an async function returns, in JSON.

        Args:
            body: JavaScript, with the names of `given` as constants.
            given: What the body finds, as JSON.
        """
        names = "".join(f"const {name} = {json.dumps(value)};" for name, value in given.items())
        self._start(self._context.eval(f"(async () => {{ {names}\n{body}\n}})"))
        for _ in range(MOST_STEPS):
            while self._context.execute_pending_job():
                pass
            asks = json.loads(self._asked())
            for ask in asks:
                self._reply(ask["id"], self._answered(ask["kind"], ask["args"]))
            if not asks and not self._tick():
                break
        result = json.loads(self._result() or '{"error": {"name": "Hung", "message": ""}}')
        self.log = result.get("log", [])
        if "error" in result:
            raise ScriptError(result["error"])
        return result.get("value")

    def _answered(self, kind: str, args: dict[str, Any]) -> str:
        self.asked.append((kind, args))
        try:
            return json.dumps({"value": self.answer(kind, args)})
        except HostError as error:
            return json.dumps({"error": {"code": error.code, "message": str(error)}})

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The HTTP requests so far."""
        return [args for kind, args in self.asked if kind == "http"]


def http(
    body: str | bytes = "",
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (),
    url: str | None = None,
) -> Answer:
    """Return a host that gives this answer to every HTTP request."""
    content = body.encode() if isinstance(body, str) else body

    def answer(kind: str, args: dict[str, Any]) -> dict[str, Any]:
        assert kind == "http"
        return {
            "status": status,
            "reason": {200: "OK", 404: "Not Found"}.get(status, ""),
            "url": url or args["url"],
            "headers": [list(line) for line in headers],
            "body": base64.b64encode(content).decode(),
        }

    return answer


def refusing(code: str, message: str) -> Answer:
    """Return a host that cannot carry anything out."""

    def answer(_kind: str, _args: dict[str, Any]) -> Any:
        raise HostError(code, message)

    return answer
