"""`/metrics`: who may read it, what it counts, and what is never in it."""

import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Final

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateword.ports.meter import MEASURES, Count
from tests.support.factories import CLIENT_CREDENTIALS, PASSWORD
from tests.support.house import DOMAIN, House, a_house
from tests.support.management import management_token
from tests.wire.world import API, PASSWORDS, VALUES

PAGE: Final = Path(__file__).parents[2] / "docs" / "how-to" / "watch-it.md"
WEB: Final = {"client_id": VALUES["web"], "client_secret": VALUES["web_secret"]}
MACHINE: Final = {"client_id": VALUES["machine"], "client_secret": VALUES["machine_secret"]}


def _from(house: House, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(house.app, client=(address, 41000))
    return httpx.AsyncClient(transport=transport, base_url=f"https://{DOMAIN}")


@pytest.fixture
async def scraper(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody on the same machine."""
    async with _from(house, "127.0.0.1") as client:
        yield client


async def _samples(scraper: httpx.AsyncClient) -> Mapping[str, float]:
    """Return the value of each series, by its name and its labels' values in their order."""
    text = (await scraper.get("/metrics")).text
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1"])
async def test_machine_itself_may_read(house: House, address: str) -> None:
    """By default processes of the same machine read the numbers."""
    async with _from(house, address) as client:
        answer = await client.get("/metrics")

    assert 200 == answer.status_code
    assert "text/plain; version=0.0.4; charset=utf-8" == answer.headers["content-type"]


@pytest.mark.parametrize("name", ["x-forwarded-for", "forwarded", "x-real-ip", "via"])
async def test_proxy_of_the_machine_may_not_read(scraper: httpx.AsyncClient, name: str) -> None:
    """What a proxy on this machine passes on comes from elsewhere."""
    answer = await scraper.get("/metrics", headers={name: "203.0.113.9"})

    assert 403 == answer.status_code


@pytest.mark.parametrize(
    "media_type", ["application/openmetrics-text; version=1.0.0", "text/plain", "*/*"]
)
async def test_format_is_the_one_that_is_asked_for(
    scraper: httpx.AsyncClient, media_type: str
) -> None:
    """OpenMetrics is sent to those who ask for it, Prometheus's own format to others."""
    answer = await scraper.get("/metrics", headers={"accept": media_type})
    is_open = answer.headers["content-type"].startswith("application/openmetrics-text")

    assert media_type.startswith("application/openmetrics") == is_open


async def test_asks_are_counted_by_grant_and_outcome(
    house: House, scraper: httpx.AsyncClient
) -> None:
    """Each ask at the token endpoint is counted once, under the name of how it ended."""
    right = {"grant_type": PASSWORD, "username": "ann", "password": PASSWORDS["password"], **WEB}
    await house.token(**right)
    await house.token(**right | {"password": "wrong"})
    await house.token(**right | {"client_secret": "wrong"})
    await house.token(grant_type=CLIENT_CREDENTIALS, audience=API, **MACHINE)
    await house.token(grant_type="made-up", **MACHINE)
    samples = await _samples(scraper)

    assert {
        f"{PASSWORD} ok": 1.0,
        f"{PASSWORD} WRONG_PASSWORD": 1.0,
        f"{PASSWORD} CLIENT_SECRET_WRONG": 1.0,
        f"{CLIENT_CREDENTIALS} ok": 1.0,
        "none GRANT_TYPE_UNKNOWN": 1.0,
    } == {
        name.removeprefix("gateword_grants_total "): value
        for name, value in samples.items()
        if name.startswith("gateword_grants_total")
    }
    assert 2.0 == samples["gateword_hash_seconds_count argon2id verify"]
    assert 2.0 == samples["gateword_http_requests_total POST /oauth/token 200"]
    assert 0.0 == samples["gateword_hash_queue_depth"]
    assert samples["gateword_store_seconds_count read"] > 0
    assert samples["gateword_store_seconds_count transact"] > 0


async def test_management_calls_are_counted_by_verb(
    house: House, scraper: httpx.AsyncClient
) -> None:
    """A call is counted by the declared path of its verb, whatever stands in the path."""
    token = await management_token(house, "update:rules_configs")
    headers = {"authorization": f"Bearer {token}"}
    for body in ('{"value":"x"}', "{"):
        await house.http.put("/api/v2/rules-configs/KEY", content=body, headers=headers)
    await house.http.get("/api/v2/rules-configs", headers=headers)
    samples = await _samples(scraper)

    assert {
        "PUT ok /rules-configs/{key}": 1.0,
        "PUT INVALID_BODY /rules-configs/{key}": 1.0,
        "GET INSUFFICIENT_SCOPE /rules-configs": 1.0,
    } == {
        name.removeprefix("gateword_management_calls_total "): value
        for name, value in samples.items()
        if name.startswith("gateword_management_calls_total")
    }
    assert 2.0 == samples["gateword_http_request_seconds_count PUT /api/v2/rules-configs/{key}"]
    assert 1.0 == samples["gateword_http_requests_total GET /api/v2/rules-configs 403"]


async def test_strange_request_makes_no_series_of_its_own(
    house: House, scraper: httpx.AsyncClient
) -> None:
    """Labels come from closed sets: what strangers ask for cannot fill the memory."""
    for number in range(3):
        await house.http.request(f"STRANGE{number}", f"/nowhere/{number}")
    samples = await _samples(scraper)

    assert 3.0 == samples["gateword_http_requests_total other none 404"]


async def test_numbers_hold_no_secret_and_no_name(house: House, scraper: httpx.AsyncClient) -> None:
    """D10: nothing that a caller typed, and nothing of a user, is a label."""
    canary = "canary-of-what-was-typed"
    granted = (
        await house.token(
            grant_type=PASSWORD, username="ann", password=PASSWORDS["password"], **WEB
        )
    ).json()
    await house.token(grant_type=canary, username=canary, password=canary, client_id=canary)
    await house.token(grant_type=PASSWORD, username=canary, password=canary, realm=canary, **WEB)
    await house.http.get(f"/{canary}?{canary}={canary}", headers={"authorization": canary})
    headers = {"authorization": f"Bearer {await management_token(house)}"}
    await house.http.put(f"/api/v2/rules-configs/{canary}", json={"value": canary}, headers=headers)
    text = (await scraper.get("/metrics")).text

    hidden = (canary, "ann", VALUES["web"], VALUES["web_secret"], granted["access_token"], API)
    assert [] == [one for one in hidden if one in text]


async def test_page_names_what_is_shown(scraper: httpx.AsyncClient) -> None:
    """The table in docs/how-to/watch-it.md and the metrics there are, are the same."""
    rows = re.findall(
        r"^\| `(\w+)` \| (counter|gauge|histogram) \|([^|]*)\|",
        PAGE.read_text("utf-8"),
        re.MULTILINE,
    )
    told = {name: (kind, labels.replace("`", "").strip()) for name, kind, labels in rows}
    text = (await scraper.get("/metrics")).text
    shown = dict(re.findall(r"^# TYPE (\w+) (\w+)", text, re.MULTILINE))
    labels = {
        measure.name + ("_total" if isinstance(measure, Count) else ""): ", ".join(measure.labels)
        for measure in MEASURES
    }

    assert told == {name: (kind, labels.get(name, "")) for name, kind in shown.items()}
    assert set(labels) <= set(shown)


async def test_open_is_for_everybody(world: Path, tmp_path: Path) -> None:
    """`metrics = open` shows the numbers to every address."""
    async with a_house(tmp_path, world, metrics="open") as house:
        answer = await house.http.get("/metrics")

    assert 200 == answer.status_code
