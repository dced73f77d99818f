"""Plays a golden: sends its requests to a house and writes down what comes back.

In requests: `{{name}}` is a value of `world.VALUES` or one that an earlier answer brought
(`{{made}}` is the `id` that the first step's answer has, `{{made3}}` that of the third),
`{{basic:CLIENT}}` and `{{basic_literal:CLIENT}}` a client's Basic credentials with and without
form-encoding, `{{base64:TEXT}}` a text in base64, `{{assertion:KIND}}` a client's assertion, and
`{{x*N}}` N times x. In answers: `{{jwt:NAME}}`, `{{opaque:LENGTH:NAME}}` and `{{refresh:NAME}}` are
tokens that later requests call by that name, `{{now+N}}` is a time of the house, `{{epoch}}` one of
the machine, and `{{hex:N}}`, `{{letters:N}}`, `{{base64url:N}}` are of that form and length;
`{{certificate}}`, `{{pkcs7}}`, `{{fingerprint}}` and `{{thumbprint}}` belong to a signing key,
`{{sealed}}` is ciphertext in base64, which begins with the id of the encryption key.
`# asked before: N` sends the request N times before. What second factors bring: `mfa_values.py`.
"""

import base64
import json
import re
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import httpx
import jwt
from cryptography.x509 import load_pem_x509_certificate

from gateword.provision.management_api import SCOPES
from gateword.rules.engine import QuickJsEngine
from tests.support.busy import meanwhile
from tests.support.golden import Golden, Message, Step, parse, render
from tests.support.house import DOMAIN, House, a_house, signing_key
from tests.support.management import management_token
from tests.support.on_a_socket import Socket
from tests.wire import mfa_values
from tests.wire.assertions import assertion
from tests.wire.forging import unb64
from tests.wire.gates import may_compare
from tests.wire.givens import carry_out
from tests.wire.varying import VARYING
from tests.wire.world import CLIENTS, VALUES

_PLACEHOLDER: Final = re.compile(r"\{\{([^{}]+)\}\}")
_SHOWN_BY_NAME: Final = ("kid", "next_kid", "later_kid", "ann", "customer_ann")
_TOKENS: Final = {
    "access_token": "access",
    "id_token": "id",
    "refresh_token": "refresh",
    "mfa_token": "mfa",
    "oob_code": "oob",
    "recovery_code": "recovery",
}
_UNTIMED: Final[Any] = {"verify_exp": False, "verify_aud": False, "verify_iat": False}


class Play:
    """One golden on its way through a house.

    Attributes:
        known: Values by name: those of the world, and what answers brought.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self.known: dict[str, str] = {"crlf": "\r\n", **VALUES}
        self._position = 0

    @property
    def now(self) -> int:
        """The time of the house in Unix seconds."""
        return int(self._house.clock.now().timestamp())

    async def step(self, number: int, step: Step) -> Step:
        """Carry out a step; return it with the answer and the trailer that came of it.

        Raises:
            LookupError: A password was looked at that no gate let in (promise G8).
        """
        for sentence in step.said("given"):
            await carry_out(self._house, sentence)
            if re.search("logins of|wrong (recovery )?codes were", sentence):
                await self._log()  # what was asked before is not what the step shows
        await self._mint(step.request)
        self._check_gate("/oauth/token")
        for _ in range(sum(map(int, step.said("asked before")))):
            await self._asked(step.request)
            await mfa_values.letters(self._house, self.known)
            await self._log()
        async with meanwhile(self._house, step.said("meanwhile")):
            response = await self._asked(step.request)
        body, tokens = self._shown_body(response, number)
        first, shown = f"HTTP/1.1 {response.status_code}", self._shown_headers(response)
        answer = Message(first=first, headers=shown, body=[body] if body else [])
        trailer = [line for name in tokens for line in self._decoded(name)]
        if "oob_code" in response.text:
            trailer += await mfa_values.letters(self._house, self.known)
        return replace(step, answer=answer, trailer=[*trailer, *await self._log()])

    async def _asked(self, request: Message) -> httpx.Response:
        method, _, target = request.first.partition(" ")
        response = await self._house.http.request(
            method,
            self.filled(target, quote),
            headers=[(name, self.filled(value, str)) for name, value in request.headers],
            content=self._content(request),
        )
        self._check_gate(target)
        return response

    def _check_gate(self, path: str) -> None:
        watch = self._house.engines.watch
        if watch.unleased and not may_compare(path):
            raise LookupError(f"a password was looked at without a lease before or at {path}")
        watch.unleased = 0

    def _content(self, request: Message) -> bytes:
        media = dict(request.headers).get("content-type", "")
        quoted = next((how for name, how in _QUOTED.items() if media.startswith(name)), _escaped)
        return self.filled(request.text, quoted).encode()

    async def _mint(self, request: Message) -> None:
        for text in (request.first, request.text, *(value for _, value in request.headers)):
            for name in _PLACEHOLDER.findall(text):
                kind, _, scopes = name.partition(":")
                if kind == "management":
                    asked = scopes.split(",") if scopes else list(SCOPES)
                    self.known[name] = await management_token(self._house, *asked)

    def filled(self, text: str, quoted: Callable[[str], str]) -> str:
        """Return a text with its placeholders filled in."""
        return _PLACEHOLDER.sub(lambda match: quoted(self._value(match[1])), text)

    def _value(self, name: str) -> str:
        kind, _, argument = name.partition(":")
        if name in self.known:
            return self.known[name]
        if repeated := re.fullmatch(r"(.+)\*(\d+)", name):
            return repeated[1] * int(repeated[2])
        if kind == "assertion":
            return assertion(argument, self.now)
        if kind in mfa_values.CODES:
            return mfa_values.CODES[kind](argument, self.known, self.now)
        if kind == "base64":
            return base64.b64encode(argument.encode()).decode()
        client = CLIENTS[argument]
        pair = client.client_id, client.secret.reveal() if client.secret else ""
        if kind == "basic":
            pair = _quoted(pair[0]), _quoted(pair[1])
        elif kind != "basic_literal":
            raise LookupError(f"unknown placeholder: {name}")
        return base64.b64encode(":".join(pair).encode()).decode()

    def _shown_headers(self, response: httpx.Response) -> list[tuple[str, str]]:
        headers = []
        for name, value in response.headers.multi_items():
            if name == "x-ratelimit-reset" and value.isdecimal():
                headers.append((name, "{{epoch}}"))
            elif name != "content-length":
                headers.append((name, value))
        return headers

    def _shown_body(self, response: httpx.Response, number: int) -> tuple[str, list[str]]:
        text, tokens = response.text, []
        members = _members(text)
        text, learnt = mfa_values.learnt(members, text, "" if number == 1 else str(number))
        self.known |= learnt
        if isinstance(members.get("id"), str):
            self.known["made" if number == 1 else f"made{number}"] = str(members["id"])
        for member, short in _TOKENS.items():
            value = members.get(member)
            if isinstance(value, str):
                name = short if number == 1 else f"{short}{number}"
                self.known[name] = value
                text = text.replace(value, f"{{{{{_kind(value)}:{name}}}}}")
                if _kind(value) == "jwt":
                    tokens.append(name)
        return self._shown(text), tokens

    def _shown(self, text: str) -> str:
        for name in _SHOWN_BY_NAME:
            text = text.replace(f'"{self.known[name]}"', f'"{{{{{name}}}}}"')
        for pattern, shown in VARYING:
            text = pattern.sub(shown, text)
        return re.sub(r'("(?:iat|exp)":)(\d+)', lambda match: match[1] + self._time(match[2]), text)

    def _time(self, seconds: str) -> str:
        return f"{{{{now{int(seconds) - self.now:+d}}}}}".replace("+0}}", "}}")

    def _decoded(self, name: str) -> list[str]:
        header, payload, _ = self.known[name].split(".")
        return [
            f"{name} header: {self._shown(unb64(header).decode())}",
            f"{name} payload: {self._shown(unb64(payload).decode())}",
            f"{name} signed with: {_signed_with(self.known[name])}",
        ]

    async def _log(self) -> list[str]:
        if self._house.engines.watched.away:
            return []
        rows = await self._house.log(self._position)
        lines = []
        for row in rows:
            self._position = row.position
            event: dict[str, Any] = dict(row.document)
            text = ": ".join(str(part) for part in (event["type"], event["description"]) if part)
            shown = ("ip", "client_ip") if "client_ip" in event else ()
            also = [f"{name} {event[name]}" for name in (*shown, "auth0_client") if name in event]
            if also:
                text += f" ({', '.join(also)})"
            lines.append(f"log: {re.sub('error_id=[0-9a-f]{32}', 'error_id={{hex:32}}', text)}")
            lines += [f"note: {note}" for note in event["details"].get("notes", ())]
            lines += [f"told: {self._shown(told)}" for told in mfa_values.told(event)]
        return lines


def _members(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _kind(token: str) -> str:
    if token.count(".") == 2:
        return "jwt"
    return "refresh" if token.startswith("v1.") else f"opaque:{len(token)}"


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _as_it_is(text: str) -> str:
    return text


def _escaped(text: str) -> str:
    return json.dumps(text)[1:-1]


def _signed_with(token: str) -> str:
    """Say by name which key a token was signed with, judged by a library that is not ours."""
    candidates: dict[str, Any] = {name: VALUES[name] for name in ("api_secret", "hs256_secret")}
    for name, state in (("kid", "current"), ("next_kid", "next")):
        pem = signing_key(DOMAIN, state).certificate_pem.encode()
        candidates[name] = load_pem_x509_certificate(pem).public_key()
    alg = jwt.get_unverified_header(token)["alg"]
    for name, key in candidates.items():
        if isinstance(key, str) == (alg == "HS256"):
            try:
                jwt.decode(token, key, [alg], options=_UNTIMED)
            except jwt.InvalidTokenError:
                continue
            return f"{{{{{name}}}}}"
    return "NO KEY OF THIS TENANT"


async def played(
    text: str,
    folder: Path,
    world: Path,
    *,
    scripts: QuickJsEngine | None = None,
    at: Socket | None = None,
) -> str:
    """Return the text of a golden as a house answers it today.

    Args:
        text: A golden, recorded or not.
        folder: Empty folder for the database.
        world: Database file of a furnished house.
        scripts: As for `a_house`.
        at: Requests go over this socket to the server that operators start.
    """
    golden = parse(text)
    settings = {}
    for said in golden.said("settings"):
        name, _, value = said.partition("=")
        settings[name.strip()] = json.loads(value)
    if at is not None:
        settings["trusted_proxies"] = "127.0.0.1"
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(a_house(folder, world, scripts, **settings))
        if at is not None:
            house = await stack.enter_async_context(at.of(house))
        play = Play(house)
        steps = [await play.step(number, step) for number, step in enumerate(golden.steps, 1)]
    return render(Golden(steps=steps))


_QUOTED: Final = {
    "application/x-www-form-urlencoded": _quoted,
    "multipart/": _as_it_is,
}
"""By media type how a value is written into a body; into any other it is written as JSON text."""
