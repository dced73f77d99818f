"""The load balancers of compose and of the page on PostgreSQL, before nodes that are not ready."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

import httpx
import pytest

from tests.served.asks import KEY_SET, TOKEN, wait_until
from tests.served.test_documents import ROOT
from tests.support import fleet
from tests.support.served import free_port

WITHIN_S: Final = 10
BUSY_S: Final = 0.05
"""Between two checks here; the files say half a second."""

PAGE: Final = "docs/how-to/run-on-postgresql.md"
COMPOSE: Final = "deploy/compose/haproxy.cfg"


class Node(ThreadingHTTPServer):
    """Lives, answers with its name, and is ready or not (`/readyz`)."""

    def __init__(self, name: str) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.name = name
        self.is_ready = True


class Answer(BaseHTTPRequestHandler):
    """Answers as a node does."""

    server: Node

    def do_GET(self) -> None:
        self.send_response(503 if self.path == "/readyz" and not self.server.is_ready else 200)
        self.end_headers()
        self.wfile.write(self.server.name.encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def running(name: str) -> Iterator[Node]:
    """Run a node for as long as the context lasts."""
    with Node(name) as node:
        Thread(target=node.serve_forever, args=(BUSY_S,), daemon=True).start()
        yield node
        node.shutdown()


def text_of(path: str) -> str:
    """Return HAProxy's configuration: the file, or the block of a page."""
    text = (ROOT / path).read_text("utf-8")
    block = re.search(r"^```haproxy\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return block[1] if block else text


@pytest.fixture(params=[COMPOSE, PAGE], ids=["compose", "page"])
def fronted(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[httpx.Client, list[Node]]]:
    """The load balancer without its certificate, and the two nodes behind it."""
    program, port, text = fleet.program(), free_port(), text_of(request.param)
    with ExitStack() as stack:
        nodes = [stack.enter_context(running(f"node{number}")) for number in (1, 2)]
        for number, node in enumerate(nodes, 1):
            here = f"server {node.name} 127.0.0.1:{node.server_port}"
            text, count = re.subn(rf"server node{number} [\w.]+:\d+", here, text)
            assert 2 == count
        text = re.sub(r"bind :8443.*", f"bind 127.0.0.1:{port}", text)
        text = text.replace("parse-resolv-conf", "nameserver none 127.0.0.1:9")
        text = text.replace("inter 500ms", f"inter {BUSY_S * 1000:.0f}ms")
        (tmp_path / "haproxy.cfg").write_text(text, "utf-8")
        proxy = subprocess.Popen(
            [program, "-db", "-f", tmp_path / "haproxy.cfg"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        stack.callback(proxy.wait, WITHIN_S)
        stack.callback(proxy.terminate)
        client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}"))
        wait_until(lambda: answer(client, TOKEN) == "node1", WITHIN_S)
        yield client, nodes


def answer(client: httpx.Client, path: str) -> str:
    """Return the name of the node that answered; empty when none did."""
    try:
        got = client.get(path)
    except httpx.TransportError:
        return ""
    return got.text if got.is_success else ""


def test_key_set_is_published_when_no_node_is_ready(
    fronted: tuple[httpx.Client, list[Node]],
) -> None:
    """Only what grants nothing goes through then; who leaves is spared while another is ready."""
    client, (leaving, staying) = fronted

    leaving.is_ready = False
    wait_until(lambda: {answer(client, TOKEN) for _ in range(4)} == {"node2"}, WITHIN_S)
    spared = {answer(client, KEY_SET) for _ in range(4)}
    staying.is_ready = False
    wait_until(lambda: answer(client, TOKEN) == "", WITHIN_S)
    published = {answer(client, KEY_SET) for _ in range(4)}

    assert {"node2"} == spared
    assert {"node1", "node2"} == published
    assert "" == answer(client, TOKEN)
