"""The served OpenAPI document is valid, and what is answered is what it says.

schemathesis makes requests from the document, right ones and wrong ones; every answer must have a
status that is listed, and a body of the form that is told. The same requests are made in each run.
"""

import asyncio
import shutil
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import AsyncExitStack
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from gateword.management import asked, openapi
from gateword.resources import RESOURCES
from tests.support.factories import a_connection
from tests.support.house import FILE, House, a_house
from tests.support.management import management_token
from tests.support.verbs import VERBS
from tests.wire.world import API, EMPLOYEES, ISSUER, VALUES, furnish

T = TypeVar("T")

EXAMPLES: Final = 5
"""Requests of each kind for each verb; with some 180 verbs that is half a minute."""

load_all_checks()
MOST_CHARS: Final = 60_000
CHECKED: Final = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
    ]
)
REFUSED: Final = ["400", "403", "404", "409", "413"]
"""What a wrong request may be answered with."""

KNOWN: Final = {
    "clients": VALUES["web"],
    "connections": a_connection(EMPLOYEES).id,
    "resource-servers": API,
    "users": VALUES["ann"],
    "user-blocks": VALUES["ann"],
    "roles": "rol_20",
    "client-grants": f"cgr_machine_{API.removeprefix('https://')}",
    "keys": VALUES["kid"],
    "factors": "otp",
    "ips": "203.0.113.9",
    "email-templates": "verify_email",
}
"""What stands in the world that every wire test begins with, by the segment before its id."""


class Loop:
    """An event loop in a thread of its own: schemathesis is not asynchronous."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do the work in the loop, and return what comes of it."""
        done: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return done.result(30)

    def close(self) -> None:
        """Stop the loop."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    """A loop for all houses of this file."""
    one = Loop()
    yield one
    one.close()


@pytest.fixture(scope="module")
def furnished(loop: Loop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Database file of a furnished house."""
    folder = tmp_path_factory.mktemp("world")

    async def furnish_it() -> None:
        async with a_house(folder) as house:
            await furnish(house)

    loop.run(furnish_it())
    return folder / FILE


@pytest.fixture
def house(loop: Loop, furnished: Path, tmp_path: Path) -> Iterator[House]:
    """A house of one's own, open in the loop."""
    stack = AsyncExitStack()
    yield loop.run(stack.enter_async_context(a_house(tmp_path, furnished)))
    loop.run(stack.aclose())
    shutil.rmtree(tmp_path, ignore_errors=True)


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the document that a tenant serves."""
    return dict(openapi.document(RESOURCES, ISSUER))


def test_document_is_valid_openapi() -> None:
    """The document is OpenAPI 3.1, judged by a library that is not ours."""
    assert [] == [error.message for error in OpenAPIV31SpecValidator(document()).iter_errors()]


def _known(path: str) -> str | None:
    """Return the id of something that is there, for the first name in a path."""
    before = path.partition("/{")[0].rpartition("/")[2]
    return KNOWN.get(before)


def _ask(case: Any, token: str, *, is_known: bool) -> dict[str, Any]:
    """Return the request of a case as an httpx client sends it."""
    known = _known(case.path)
    if is_known and known is not None and case.path_parameters:
        case.path_parameters[next(iter(case.path_parameters))] = known
    sent: dict[str, Any] = case.as_transport_kwargs(base_url=f"{ISSUER}api/v2")
    sent["headers"] = {
        name: value for name, value in sent["headers"].items() if name.lower() == "content-type"
    } | {"authorization": f"Bearer {token}"}
    if files := sent.get("files"):
        sent["files"] = [(name, _part(part)) for name, part in files]
    return {
        {"data": "content"}.get(name, name): value
        for name, value in sent.items()
        if name in _SENT and value is not None
    }


def _part(part: Any) -> tuple[str | None, str | bytes]:
    """Return a part of a form as httpx sends it; wrong ones may hold anything."""
    name, content, *_ = part if isinstance(part, tuple) else (None, part)
    return name, content if isinstance(content, str | bytes) else str(content)


async def _answered(house: House, request: dict[str, Any]) -> httpx.Response:
    answer = await house.http.request(**request)
    await answer.request.aread()  # an upload is a stream, which the checks read as well
    return answer


_SENT: Final = frozenset({"method", "url", "params", "headers", "json", "data", "files"})


def _can_be_wrong(name: str) -> bool:
    """Say whether there is anything in a verb's requests that could be of another form."""
    verb = VERBS[name]
    return verb.body is not None or bool(asked.parameters(verb)) or "{" in verb.path


ASKS: Final = [
    pytest.param(name, mode, id=f"{name} {mode.value}")
    for name in VERBS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or _can_be_wrong(name)
]


@lru_cache(maxsize=1)
def made() -> Any:
    """Return schemathesis's view of the document; who asks has a token, whatever it says."""
    config = schemathesis.Config.from_dict(
        {"checks": {"negative_data_rejection": {"expected-statuses": REFUSED}}}
    )
    return schemathesis.openapi.from_dict(document() | {"security": []}, config=config)


@pytest.mark.parametrize(("name", "mode"), ASKS)
def test_answers_are_those_of_the_document(
    house: House, loop: Loop, name: str, mode: GenerationMode
) -> None:
    """A status and a body that the document tells are the answer; wrong requests are refused."""
    method, _, path = name.partition(" ")
    token = loop.run(management_token(house))
    sent = 0

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=made()[path][method].as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        nonlocal sent
        sent += 1
        request = _ask(case, token, is_known=sent % 2 == 0)
        if len(str(request["url"])) + len(str(request.get("params"))) > MOST_CHARS:
            return  # httpx sends no longer ones
        answer = loop.run(_answered(house, request))
        case.validate_response(answer, checks=CHECKED)

    ask()

    assert sent > 0
