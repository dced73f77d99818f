"""A server that runs elsewhere, asked through its Management API."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import httpx
import typer
from rich.markup import escape

from gateword.cli.common import BAD_USE, fail
from gateword.cli.trust import trusting, unreachable
from gateword.domain.secret import Secret
from gateword.policy.members import Fault
from gateword.provision.apply import Applied
from gateword.provision.changes import Change, Difference
from gateword.provision.export import Exported
from gateword.provision.plan import Faulty
from gateword.values import dataclass, field

_TIMEOUT_S: Final = 120.0
_BAD_REQUEST: Final = 400
_UNAUTHORIZED: Final = 401
_API: Final = "api/v2/"

ServerUrl = Annotated[
    str | None,
    typer.Option(
        "--url",
        help="Ask the server at https://HOST[:PORT] instead of opening its data.",
        envvar="GATEWORD_MANAGEMENT_URL",
    ),
]
ClientId = Annotated[
    str | None,
    typer.Option(
        "--client-id",
        help="Management client, for --url.",
        envvar="GATEWORD_MANAGEMENT_CLIENT_ID",
    ),
]
ClientSecret = Annotated[
    str | None,
    typer.Option(
        "--client-secret",
        help="Its secret, for --url; better in the environment.",
        envvar="GATEWORD_MANAGEMENT_CLIENT_SECRET",
    ),
]
CaFile = Annotated[
    Path | None,
    typer.Option(
        "--ca",
        help="Certificate authority to trust as well, for --url; without it the development CA "
        "of --data (DIR/tls/ca.pem) is found by itself.",
        envvar="GATEWORD_MANAGEMENT_CA",
    ),
]


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and the client that may manage it."""

    url: str
    client_id: str
    client_secret: Secret
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def apply(self, document: Mapping[str, object], *, dry_run: bool, leave_out: bool) -> Applied:
        """Apply a configuration.

        Raises:
            Faulty: The server found faults; nothing was changed.
        """
        body = {"configuration": document, "dry_run": dry_run, "leave_out": leave_out}
        with self._client() as http:
            answer = self._answered(http, "POST", "gateword/apply", body)
        return _applied(answer)

    def export(self, *, with_ids: bool) -> Exported:
        """Return the configuration."""
        with self._client() as http:
            answer = self._answered(
                http, "GET", f"gateword/export{'?with_ids=true' if with_ids else ''}", None
            )
        return Exported(answer["configuration"], tuple(answer["left_out"]))

    def _client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, verify=self.trust, timeout=_TIMEOUT_S)

    def _answered(self, http: httpx.Client, method: str, path: str, body: object) -> dict[str, Any]:
        try:
            token = self._token(http)
            answer = http.request(
                method, f"{_API}{path}", json=body, headers={"authorization": f"Bearer {token}"}
            )
            document = answer.json()
        except httpx.HTTPError as error:
            fail(f"{escape(self.url)} {escape(unreachable(error))}")
        except ValueError:
            fail(f"{escape(self.url)} does not answer like Gateword")
        if answer.status_code == _BAD_REQUEST and "faults" in document:
            raise Faulty([Fault(tuple(one["path"]), one["text"]) for one in document["faults"]])
        if not answer.is_success:
            told = document.get("message") or document.get("error_description") or answer.text
            fail(f"{escape(self.url)} refused: {escape(str(told))}")
        return dict(document)

    def _token(self, http: httpx.Client) -> str:
        answer = http.post(
            "oauth/token",
            json={
                "grant_type": "client_credentials",
                "client_id": self.client_id,
                "client_secret": self.client_secret.reveal(),
                "audience": f"{self.url}{_API}",
            },
        )
        document = answer.json()
        if answer.status_code == _UNAUTHORIZED or document.get("error") == "invalid_client":
            fail(f"{escape(self.url)} gave no token: client id or secret is wrong", BAD_USE)
        if not answer.is_success:
            told = document.get("error_description") or document.get("error")
            fail(f"{escape(self.url)} gave no token: {escape(str(told))}", BAD_USE)
        return str(document["access_token"])


def server(
    url: str | None,
    client_id: str | None,
    client_secret: str | None,
    ca: Path | None,
    data: Path | None,
) -> Server | None:
    """Return the server that the options mean; None when they mean an installation here."""
    if url is None:
        return None
    base = _base(url)
    if not (client_id and client_secret):
        fail(
            "--url needs a management client: --client-id and --client-secret, or "
            "GATEWORD_MANAGEMENT_CLIENT_ID and GATEWORD_MANAGEMENT_CLIENT_SECRET",
            BAD_USE,
        )
    return Server(base, client_id, Secret(client_secret), trusting(ca, data))


def _base(url: str) -> str:
    parts = urlsplit(url if "//" in url else f"https://{url}")
    if parts.scheme != "https" or not parts.netloc or parts.path.strip("/"):
        fail(f"--url is https://HOST or https://HOST:PORT, not {escape(url)}", BAD_USE)
    return f"https://{parts.netloc}/"


def _applied(answer: Mapping[str, Any]) -> Applied:
    changes = [
        Change(
            kind=one["kind"],
            name=one["name"],
            action=one["action"],
            members=tuple(one["members"]),
            differences=tuple(Difference(**difference) for difference in one["differences"]),
        )
        for one in answer["changes"]
    ]
    return Applied(tuple(changes), tuple(answer["left_out"]), tuple(answer.get("notes", ())))
