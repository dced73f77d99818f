"""The reference device as a page on this machine: what is asked, two buttons, and the code.

Rule 1: only this machine, only by an address nobody can guess. Rule 2: an answer belongs to the
question that was shown; looking at the page answers nothing.
"""

import hmac
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import typer

from gateword.cli.device_home import Account, Home, NotKept
from gateword.cli.device_talk import Question, Talk, Unanswered
from gateword.policy.device import INTERVAL_S
from gateword.values import dataclass

HOST: Final = "127.0.0.1"
_FOLDER: Final = Path(__file__).parent
_TOKEN_BYTES: Final = 24
_MAX_BODY_BYTES: Final = 8192
_HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
_SAID: Final = {
    "approved": "Approved.",
    "denied": "Denied.",
    "enrolled": "Enrolled. Approve the login that waits.",
}
_ANSWERS: Final = {"approve": True, "deny": False}


@dataclass(frozen=True, slots=True)
class Card:
    """One account on the page."""

    account: Account
    question: Question | None
    wrong: str
    code: str
    left_s: int


class _Server(ThreadingHTTPServer):
    """The page's server.

    Attributes:
        token: The first part of every address.
    """

    daemon_threads = True

    def __init__(self, port: int, kept: Home, talk: Talk, name: str) -> None:
        super().__init__((HOST, port), _Page)
        self.kept, self.talk, self.device_name = kept, talk, name
        self.token = secrets.token_urlsafe(_TOKEN_BYTES)
        engine: Any = import_module("jinja2")  # 40 ms that the other commands save
        loader = engine.FileSystemLoader(_FOLDER)
        self.template: Any = engine.Environment(loader=loader, autoescape=True).get_template(
            "device_page.html"
        )

    def own_hosts(self) -> set[str]:
        """Return how the page may be called; any other name was made to point here."""
        return {f"{host}:{self.server_port}" for host in (HOST, "localhost")}


class _Page(BaseHTTPRequestHandler):
    """Answers one request of the browser."""

    server: _Server
    timeout = 30
    server_version = "gateword"
    sys_version = ""

    def do_GET(self) -> None:
        """Show the page."""
        parts = urlsplit(self.path)
        match self._own_path(parts.path):
            case "":
                said = parse_qs(parts.query).get("said", [""])[0]
                self._show(said=_SAID.get(said, ""))
            case "enroll":
                self._show(form=True)
            case "style.css":
                self._send(HTTPStatus.OK, _read("device_page.css"), "text/css")
            case _:
                self._nowhere()

    def do_POST(self) -> None:
        """Carry out a form."""
        path, origin = self._own_path(self.path), self.headers.get("origin")
        if path is None or (origin and urlsplit(origin).netloc not in self.server.own_hosts()):
            self._nowhere()
            return
        form = self._form()
        try:
            if path == "enroll":
                self._enroll(form.get("uri", ""))
            elif path == "answer":
                self._answer(form)
            else:
                self._nowhere()
        except (NotKept, Unanswered, ValueError) as why:
            is_form = path == "enroll"
            uri = form.get("uri", "")
            self._show(wrong=str(why), form=is_form, uri=uri, status=HTTPStatus.CONFLICT)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its own name
        """Say nothing: addresses of the page open the device."""

    def _enroll(self, uri: str) -> None:
        account = self.server.talk.enroll(uri, self.server.device_name)
        self.server.kept.keep(account)
        self._go_to("./?said=enrolled")

    def _answer(self, form: Mapping[str, str]) -> None:
        accepted = _ANSWERS.get(form.get("answer", ""))
        if accepted is None:
            raise ValueError("Approve or deny.")
        account = self.server.kept.account(form.get("device", ""))
        self.server.talk.answer(account, form.get("challenge", ""), accepted=accepted)
        self._go_to(f"./?said={'approved' if accepted else 'denied'}")

    def _show(
        self,
        *,
        said: str = "",
        wrong: str = "",
        form: bool = False,
        uri: str = "",
        status: HTTPStatus = HTTPStatus.OK,
    ) -> None:
        try:
            cards = [] if form else [self._card(one) for one in self.server.kept.accounts()]
        except NotKept as lacks:
            cards, wrong = [], str(lacks)
        shows_form = form or not cards
        text = self.server.template.render(
            cards=cards,
            asked=any(card.question for card in cards),
            said=said,
            wrong=wrong,
            uri=uri,
            shows_form=shows_form,
            refresh_s=0 if shows_form else INTERVAL_S,
        )
        self._send(status, text.encode(), "text/html; charset=utf-8")

    def _card(self, account: Account) -> Card:
        question, wrong = None, ""
        try:
            question = self.server.talk.waiting(account)
        except Unanswered as why:
            wrong = str(why)
        return Card(account, question, wrong, *account.code())

    def _form(self) -> dict[str, str]:
        length = self.headers.get("content-length", "0")
        size = int(length) if length.isdecimal() and len(length) <= len(str(_MAX_BODY_BYTES)) else 0
        text = self.rfile.read(min(size, _MAX_BODY_BYTES)).decode(errors="replace")
        return {name: values[0] for name, values in parse_qs(text).items()}

    def _own_path(self, path: str) -> str | None:
        """Return what is asked behind the token; None for whoever does not know it."""
        _, token, *rest = [*path.split("/", 2), ""][:3]
        is_known = hmac.compare_digest(token.encode(), self.server.token.encode())
        if not is_known or self.headers.get("host") not in self.server.own_hosts():
            return None
        return rest[0]

    def _go_to(self, where: str) -> None:
        self._send(HTTPStatus.SEE_OTHER, b"", "text/plain", {"location": where})

    def _nowhere(self) -> None:
        self._send(HTTPStatus.NOT_FOUND, b"Not found.\n", "text/plain")

    def _send(
        self, status: HTTPStatus, body: bytes, media: str, more: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {**_HEADERS, **(more or {})}.items():
            self.send_header(name, value)
        self.send_header("content-type", media)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve(port: int, kept: Home, talk: Talk, name: str) -> None:
    """Serve the page until the process is stopped; its address is the first line printed.

    Raises:
        OSError: The port cannot be had.
    """
    with _Server(port, kept, talk, name) as server:
        typer.echo(f"http://{HOST}:{server.server_port}/{server.token}/")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


def _read(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()
