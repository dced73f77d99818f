"""A flood: requests at a fixed pace over many connections, whatever becomes of them.

A process of its own, so that what measures meanwhile is not delayed by it, and as cheap as Python
can be: ready-made bytes, plain sockets, one epoll. Reads its orders as JSON from standard input and
writes what it saw as JSON to standard output. A request that is due while every connection still
waits for an answer cannot be sent, and is counted as that.
"""

import gc
import json
import select
import socket
import sys
import time
from collections import Counter
from itertools import cycle
from typing import Any, Final

HOST: Final = "127.0.0.1"
_TICK_S: Final = 0.001
_LAST_WAIT_S: Final = 5.0
_READ_BYTES: Final = 65536
_STATUS: Final = slice(9, 12)
_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length: "


class Flood:
    """One run."""

    def __init__(self, port: int, connections: int, requests: list[bytes]) -> None:
        """Open the connections.

        Args:
            port: Of the server.
            connections: How many requests can be under way at once.
            requests: What is sent, in turn.
        """
        self._requests = cycle(requests)
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._sent_at_s: dict[int, float] = {}
        self._begun: dict[int, bytes] = {}
        self._free: list[int] = []
        self.statuses: Counter[str] = Counter()
        self.latencies_s: list[float] = []
        self.unsent = 0
        for _ in range(connections):
            one = socket.create_connection((HOST, port))
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            one.settimeout(0)
            self._sockets[one.fileno()] = one
            self._free.append(one.fileno())
            self._poll.register(one.fileno(), select.EPOLLIN)

    def run(self, per_s: float, seconds: float) -> None:
        """Send so many requests a second, and wait for the last answers."""
        began_s = time.perf_counter()
        total, due, offered = int(per_s * seconds), 0, 0
        while offered < total:
            due = min(total, int((time.perf_counter() - began_s) * per_s))
            for _ in range(due - offered):
                self._send()
            offered = due
            self._take(_TICK_S)
        give_up_s = time.perf_counter() + _LAST_WAIT_S
        while self._sent_at_s and time.perf_counter() < give_up_s:
            self._take(_TICK_S)
        self.statuses["none"] += len(self._sent_at_s)

    def _send(self) -> None:
        if not self._free:
            self.unsent += 1
            return
        number = self._free.pop()
        self._sent_at_s[number] = time.perf_counter()
        self._sockets[number].send(next(self._requests))

    def _take(self, within_s: float) -> None:
        for number, _ in self._poll.poll(within_s):
            data = self._sockets[number].recv(_READ_BYTES)
            if not data or number not in self._sent_at_s:
                self._sent_at_s.pop(number, None)
                self._poll.unregister(number)
                self.statuses["broken"] += 1
                continue
            if number in self._begun:
                data = self._begun.pop(number) + data
            if not _is_whole(data):
                self._begun[number] = data
                continue
            self.latencies_s.append(time.perf_counter() - self._sent_at_s.pop(number))
            self.statuses[data[_STATUS].decode()] += 1
            self._free.append(number)


def _is_whole(data: bytes) -> bool:
    """Say whether an answer has come to its end."""
    end, at = data.find(_HEAD_END), data.find(_LENGTH)
    if end < 0 or at < 0:
        return False
    length = int(data[at + len(_LENGTH) : data.index(b"\r\n", at)])
    return len(data) == end + len(_HEAD_END) + length


def main() -> None:
    """Carry out the orders."""
    orders: dict[str, Any] = json.load(sys.stdin)
    flood = Flood(
        orders["port"],
        orders["connections"],
        [text.encode() for text in orders["requests"]],
    )
    gc.disable()
    began_s, began_cpu_s = time.perf_counter(), time.process_time()
    flood.run(orders["per_s"], orders["seconds"])
    seconds = time.perf_counter() - began_s
    ordered = sorted(flood.latencies_s)
    answered = len(ordered)
    json.dump(
        {
            "offered": int(orders["per_s"] * orders["seconds"]),
            "offered_s": orders["seconds"],
            "unsent": flood.unsent,
            "answered": answered,
            "statuses": dict(flood.statuses),
            "seconds": seconds,
            "generator_cpu_share": (time.process_time() - began_cpu_s) / seconds,
            "p50_ms": 1000 * ordered[answered // 2] if ordered else None,
            "p99_ms": 1000 * ordered[answered * 99 // 100] if ordered else None,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
