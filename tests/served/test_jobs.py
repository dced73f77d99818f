"""Jobs on a server with two workers: each is done once, and its file is whole."""

import gzip
import json

import httpx

from tests.served.asks import trust, wait_until
from tests.support.served import Served

USERS = 2000


def bearer(served: Served, http: httpx.Client) -> dict[str, str]:
    """Return the header with a token of the management client."""
    clients = json.loads(served.gateword("clients", "list", "--json"))
    [client_id] = [one["client_id"] for one in clients if one["name"] == "Gateword Management"]
    shown = json.loads(served.gateword("clients", "show", client_id, "--reveal-secret", "--json"))
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": shown["client_secret"],
        "audience": f"{served.issuer}api/v2/",
    }
    answer = http.post("/oauth/token", data=form)
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


def done(http: httpx.Client, begun: httpx.Response) -> dict[str, object]:
    """Wait for a job and return it."""
    assert begun.is_success, begun.text
    url = f"/api/v2/jobs/{begun.json()['id']}"

    def look() -> dict[str, object] | None:
        job: dict[str, object] = http.get(url).json()
        return job if job["status"] in {"completed", "failed"} else None

    return wait_until(look, 60) or {}


def test_import_and_export_are_done_once_by_two_workers(pair: Served) -> None:
    """Every item is counted once, whoever takes the job; the export holds them all."""
    served = pair
    served.apply("databases: [{name: Imported, strategy: auth0}]\n")
    items = [{"email": f"imported{number}@example.com"} for number in range(USERS - 1)]
    with httpx.Client(base_url=served.base_url, verify=trust(served), timeout=30) as http:
        http.headers.update(bearer(served, http))
        known = http.get("/api/v2/connections", params={"name": "Imported"}).json()
        connection = {"connection_id": known[0]["id"]}
        begun = http.post(
            "/api/v2/jobs/users-imports",
            data=connection,
            files={"users": ("users.json", json.dumps([*items, items[0]]))},
        )
        summary = {"failed": 1, "updated": 0, "inserted": USERS - 1, "total": USERS}
        assert summary == done(http, begun)["summary"]
        export = done(http, http.post("/api/v2/jobs/users-exports", json=connection))
        file = httpx.get(str(export["location"]), verify=trust(served))
    lines = gzip.decompress(file.content).splitlines()
    assert {item["email"] for item in items} == {json.loads(line)["email"] for line in lines}
    assert USERS - 1 == len(lines)
