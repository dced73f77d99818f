"""The recipes for APIs, run as they stand in the documentation, with real tokens."""

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest

from tests.compat.shop import AUDIENCE, CLIENT_ID, CLIENT_SECRET, OTHER_AUDIENCE, PASSWORD
from tests.support import node, ran_against
from tests.support.served import Served, free_port

HOW_TO = Path(__file__).resolve().parent.parent.parent / "docs" / "how-to"
DOCUMENTED_PORT = "8000"
START_TIMEOUT_S = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One program of the documentation, the command below it, and what it is about.

    Attributes:
        no_token: Status it answers to a request without a token.
        challenges_scope: A 403 carries `WWW-Authenticate`.
    """

    page: str
    program: str
    distribution: str | None = None
    npm_package: str | None = None
    no_token: int = 401
    challenges_scope: bool = True

    def note(self) -> None:
        """Note the library of the recipe as run against."""
        if self.distribution is not None:
            ran_against.note(self.distribution, version(self.distribution))
        if self.npm_package is not None:
            node.note(self.npm_package)


RECIPES = (
    Recipe(
        page="verify-tokens-python.md",
        program="orders_fastapi.py",
        distribution="auth0-fastapi-api",
        no_token=400,
        challenges_scope=False,
    ),
    Recipe(
        page="verify-tokens-python.md",
        program="orders_starlette.py",
        distribution="auth0-api-python",
        no_token=400,
    ),
    Recipe(page="verify-tokens-python.md", program="orders_pyjwt.py", distribution="PyJWT"),
    Recipe(
        page="verify-tokens-node.md",
        program="orders.mjs",
        npm_package="express-oauth2-jwt-bearer",
    ),
)


def extract(recipe: Recipe) -> tuple[str, str]:
    """Return a recipe's program and the command that starts it, as documented."""
    text = (HOW_TO / recipe.page).read_text(encoding="utf-8")
    found = re.search(
        rf"```(?:python|js)\n((?:#|//) {re.escape(recipe.program)}\n.*?)```"
        r".*?```console\n\$ (.*?)\n```",
        text,
        re.DOTALL,
    )
    assert found is not None, f"{recipe.page} has no program {recipe.program}"
    return found[1], found[2]


def is_listening(port: int) -> bool:
    """Say whether something accepts connections on a port of the loopback interface."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def started(recipe: Recipe, folder: Path, env: Mapping[str, str]) -> Iterator[httpx.Client]:
    """Start a recipe by its documented command, on a free port instead of the documented one."""
    program, command = extract(recipe)
    (folder / recipe.program).write_text(program, encoding="utf-8")
    (folder / "node_modules").symlink_to(node.COMPAT / "node_modules")
    port = free_port()
    words = [str(port) if word == DOCUMENTED_PORT else word for word in shlex.split(command)]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            words,
            cwd=folder,
            env={**os.environ, **env, "PATH": path},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        give_up = time.monotonic() + START_TIMEOUT_S
        while not is_listening(port):
            assert process.poll() is None, (folder / "output").read_text(encoding="utf-8")
            assert time.monotonic() < give_up, "the recipe does not listen"
            time.sleep(0.05)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            yield client
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module", params=RECIPES, ids=lambda recipe: recipe.program)
def recipe(request: pytest.FixtureRequest) -> Recipe:
    """Each recipe of the documentation."""
    chosen = request.param
    assert isinstance(chosen, Recipe)
    return chosen


@pytest.fixture(scope="module")
def api(
    recipe: Recipe, shop: Served, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client of the running recipe."""
    env = {**shop.env, "AUTH_DOMAIN": shop.domain, "AUTH_AUDIENCE": AUDIENCE}
    with started(recipe, tmp_path_factory.mktemp("recipe"), env) as client:
        yield client


def token(shop: Served, audience: str, scope: str) -> dict[str, str]:
    """Log Ann in for an API and return the header that carries her access token."""
    ask = {
        "grant_type": "password",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "username": "ann@example.com",
        "password": PASSWORD,
        "audience": audience,
        "scope": scope,
    }
    with shop.client() as client:
        answer = client.post("/oauth/token", data=ask)
    assert answer.is_success, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def test_api_answers_with_data_when_the_token_is_good(
    recipe: Recipe, api: httpx.Client, shop: Served
) -> None:
    """A token for this API with the scope opens the endpoint."""
    answer = api.get("/orders", headers=token(shop, AUDIENCE, "read:orders"))

    assert 200 == answer.status_code, answer.text
    assert ["a lamp", "a chair"] == answer.json()["orders"]
    recipe.note()


def test_api_refuses_when_there_is_no_token(recipe: Recipe, api: httpx.Client) -> None:
    """Without a token the answer is a challenge."""
    answer = api.get("/orders")

    assert recipe.no_token == answer.status_code
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_api_refuses_when_the_token_is_for_another_api(api: httpx.Client, shop: Served) -> None:
    """A token of the same issuer with the same scope, but another audience, opens nothing."""
    answer = api.get("/orders", headers=token(shop, OTHER_AUDIENCE, "read:orders"))

    assert 401 == answer.status_code
    assert "invalid_token" in answer.headers["WWW-Authenticate"]


def test_api_refuses_when_the_signature_is_changed(api: httpx.Client, shop: Served) -> None:
    """One changed character in the middle of the signature makes a token worthless."""
    good = token(shop, AUDIENCE, "read:orders")["Authorization"]
    head, _, signature = good.rpartition(".")
    flipped = "A" if signature[100] != "A" else "B"
    forged = f"{head}.{signature[:100]}{flipped}{signature[101:]}"

    answer = api.get("/orders", headers={"Authorization": forged})

    assert 401 == answer.status_code
    assert "invalid_token" in answer.headers["WWW-Authenticate"]


def test_api_refuses_when_the_scope_is_missing(
    recipe: Recipe, api: httpx.Client, shop: Served
) -> None:
    """A good token without the endpoint's scope is understood, and refused."""
    answer = api.get("/orders", headers=token(shop, AUDIENCE, "write:orders"))

    assert 403 == answer.status_code
    assert recipe.challenges_scope == ("WWW-Authenticate" in answer.headers)
    assert "insufficient_scope" in answer.text
