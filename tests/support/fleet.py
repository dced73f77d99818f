"""Two nodes on one PostgreSQL behind HAProxy, which a test uses like one served instance."""

import shutil
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from tests.support import ran_against
from tests.support.served import Served, free_port, spawn

NODES: Final = 2
_PROXY: Final = """
global
  maxconn 4096
  stats socket {socket}
defaults
  mode tcp
  timeout connect 2s
  timeout check 10s
  timeout client 60s
  timeout server 60s
listen gateword
  bind 127.0.0.1:{port}
  balance roundrobin
  option httpchk GET /readyz
  default-server check check-ssl verify none inter 100ms fall 1 rise 1
{nodes}
"""


@cache
def program() -> str:
    """Return the path of HAProxy; a desk without it skips, and the run is not whole."""
    found = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
    if found is None:
        pytest.skip("haproxy is not installed")
    said = subprocess.run([found, "-v"], capture_output=True, text=True, check=True).stdout
    ran_against.note("HAProxy", said.split()[2])
    return found


@dataclass(slots=True, kw_only=True)
class Fleet(Served):
    """Connections go to the nodes in turn, as they are: TLS ends at the nodes.

    Attributes:
        nodes: Each has a data folder and a port of its own, and the same keys.
    """

    nodes: tuple[Served, ...] = ()
    _home: TemporaryDirectory[str] = field(
        default_factory=lambda: TemporaryDirectory(prefix="gateword-")
    )

    @property
    def _socket(self) -> Path:
        """Where HAProxy tells of itself; the path of a socket must be short."""
        return Path(self._home.name) / "haproxy"

    def start(self) -> None:
        """Start the nodes, then what stands in front of them."""
        with ThreadPoolExecutor(NODES) as threads:
            list(threads.map(Served.start, self.nodes))
        path = self.data / "haproxy.cfg"
        lines = [f"  server node{node.port} 127.0.0.1:{node.port}" for node in self.nodes]
        text = _PROXY.format(port=self.port, socket=self._socket, nodes="\n".join(lines))
        path.write_text(text, encoding="utf-8")
        with (self.data / "haproxy.log").open("ab") as output:
            self.began(spawn([program(), "-db", "-f", str(path)], output))

    def up(self) -> int:
        """Return how many nodes get new connections, as the load balancer sees it."""
        with socket.socket(socket.AF_UNIX) as asked:
            asked.connect(str(self._socket))
            asked.sendall(b"show stat\n")
            told = b"".join(iter(lambda: asked.recv(65536), b"")).decode()
        return sum(",UP," in line for line in told.splitlines() if ",node" in line)

    def stop(self) -> None:
        """Stop them all."""
        Served.stop(self)  # no `super()`: a dataclass with slots is made twice
        for node in self.nodes:
            node.stop()
        self._home.cleanup()


def fleet_of(prepared: Served) -> Fleet:
    """Return nodes for an installation that is prepared and not started."""
    nodes = []
    for number in range(NODES):
        data = prepared.data.with_name(f"{prepared.data.name}-node{number}")
        shutil.copytree(prepared.data, data)  # encryption key, settings and certificates
        port = free_port()
        nodes.append(replace(prepared, data=data, port=port, base_url=f"https://localhost:{port}"))
    known = {name: getattr(prepared, name) for name in Served.__dataclass_fields__}
    return Fleet(**known, nodes=tuple(nodes))
