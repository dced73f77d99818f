"""One served instance for Auth0's own SDKs, and what they need to trust it."""

from collections.abc import Iterator

import pytest

from tests.compat.shop import CONFIG
from tests.support import served
from tests.support.served import Served


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served tenant with two realms, a shop and an API."""
    with served.running(tmp_path_factory.mktemp("shop"), CONFIG) as instance:
        yield instance


@pytest.fixture
def trust(shop: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment in which every SDK trusts the instance's development CA."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in shop.env.items():
        monkeypatch.setenv(name, value)
