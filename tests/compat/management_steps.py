"""Steps of a Node program that drives npm `auth0`'s ManagementClient, and their results."""

import secrets
from dataclasses import dataclass
from typing import Any

from tests.support import node
from tests.support.served import Served


@dataclass(frozen=True, slots=True)
class Step:
    """One call of the SDK.

    Attributes:
        call: Path of the method, `clients.create`.
        args: Its arguments; `"$made.id"` is a member of what the step named `made` brought.
        name: By which later steps call what this one brought.
        everything: The answer is a pager, to be read to its end.
        until: Ask again until the answer's `status` is one of these.
    """

    call: str
    args: tuple[Any, ...] = ()
    name: str = ""
    everything: bool = False
    until: tuple[str, ...] = ()


def do(call: str, *args: Any, name: str = "", until: tuple[str, ...] = ()) -> Step:
    """Return a step that makes one call."""
    return Step(call, args, name=name, until=until)


def every(call: str, *args: Any) -> Step:
    """Return a step that reads a list to its last page."""
    return Step(call, args, everything=True)


@dataclass(frozen=True, slots=True)
class Sdk:
    """One version of the package against one server.

    Attributes:
        package: Folder of the package in `node_modules`.
    """

    served: Served
    package: str

    def results(self, *steps: Step) -> list[dict[str, Any]]:
        """Return `{"value": …}` or `{"error": …}` of each step."""
        ask = {
            "package": self.package,
            "client": {
                "domain": self.served.domain,
                "clientId": self.served.management.client_id,
                "clientSecret": self.served.management.client_secret,
            },
            "steps": [
                {
                    "call": step.call,
                    "args": step.args,
                    "as": step.name,
                    "all": step.everything,
                    "until": step.until or None,
                }
                for step in steps
            ],
        }
        answer = node.run("management.mjs", ask, self.served.env, self.package)
        assert isinstance(answer, list)
        return answer

    def values(self, *steps: Step) -> list[Any]:
        """Return what each step brought; none may fail."""
        results = self.results(*steps)
        failed = [
            (step.call, result["error"])
            for step, result in zip(steps, results, strict=True)
            if "error" in result
        ]
        assert failed == []
        return [result["value"] for result in results]


def a_name(kind: str) -> str:
    """Return a name that nothing else has."""
    return f"{kind}-{secrets.token_hex(4)}"


def ids(items: list[dict[str, Any]], member: str = "id") -> set[str]:
    """Return a member of each item."""
    return {item[member] for item in items}
