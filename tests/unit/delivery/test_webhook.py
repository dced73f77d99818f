import ssl
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest
import trustme

from gateword.delivery.webhook import Webhook, is_public
from gateword.domain.log_event import StoredLogEvent
from gateword.ports.log_sink import Destination, NotTaken
from tests.support.webhook import Catcher, a_catcher

PUBLIC = ["93.184.215.14", "2606:4700::6810:84e5"]
PRIVATE = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd00::1",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    "2002:7f00:1::", "2002:a00:1::", "::127.0.0.1", "::ffff:0:127.0.0.1", "fec0::1", "4000::1",
    "5f00::1", "3fff::1", "192.0.0.8", "192.88.99.1", "168.63.129.16",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address_may_be_reached(address: str) -> None:
    """A webhook on the internet is what streams are for."""
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_private_address_may_not_be_reached(address: str) -> None:
    """Loopback, link-local, private, multicast, and IPv4 in the clothes of IPv6."""
    assert not is_public(ip_address(address))


def to(url: str) -> Destination:
    """Return the end of a stream to a URL."""
    sink = {
        "httpEndpoint": url,
        "httpContentType": "application/json",
        "httpContentFormat": "JSONLINES",
    }
    return Destination(tenant="default", sink=sink)


EVENTS = [StoredLogEvent(position=1, log_id="1", document={})]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"])
async def test_host_with_a_private_address_is_told_which_setting_lets_it(host: str) -> None:
    """The refusal names the setting, and holds for every spelling of the host."""
    with pytest.raises(NotTaken, match="log_stream_private_hosts is off"):
        await Webhook().deliver(to(f"https://{host}:1/"), EVENTS)


async def test_host_without_an_address_is_told() -> None:
    """A name that nobody knows is a failure like any other: it is tried again later."""
    with pytest.raises(NotTaken, match="is no host that can be found"):
        await Webhook().deliver(to(f"https://{'a' * 64}.example/"), EVENTS)


async def test_closed_port_is_told() -> None:
    """Nobody listens: the stream waits and tries again."""
    with pytest.raises(NotTaken, match="was not reached: ConnectError"):
        await Webhook(reaches_private=True).deliver(to("http://127.0.0.1:1/"), EVENTS)


@pytest.fixture
def tls_catcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Catcher]:
    """A server with a certificate for `localhost` of an authority that this process trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with a_catcher(context) as caught:
        yield caught


async def test_certificate_is_checked_for_the_name_in_the_url(tls_catcher: Catcher) -> None:
    """The connection goes to the address that was looked up, and TLS speaks of the host."""
    port = tls_catcher.url.rpartition(":")[2]
    sink = Webhook(reaches_private=True)

    await sink.deliver(to(f"https://localhost:{port}/in"), EVENTS)
    with pytest.raises(NotTaken, match="was not reached"):
        await sink.deliver(to(f"https://127.0.0.1:{port}/in"), EVENTS)

    assert [f"localhost:{port}"] == [headers["host"] for headers in tls_catcher.headers]
