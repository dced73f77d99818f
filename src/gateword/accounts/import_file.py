"""An import whose input is a file at hand: it goes on where it was when it is begun again."""

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from gateword.accounts.import_users import Import
from gateword.domain.connection import Connection
from gateword.policy import json_stream
from gateword.ports.parts import Parts
from gateword.ports.queues import Job
from gateword.values import dataclass

CHUNK: Final = 500
CLAIM: Final = timedelta(seconds=5)
"""How long nobody else may go on with an import after its last sign of life."""

_BLOCK_BYTES: Final = 256 * 1024
_LOOK_AGAIN_S: Final = 0.25
_LOOKS: Final = 30


class BeingImported(Exception):
    """Another process is at that file."""


@dataclass(frozen=True, slots=True)
class UserFile:
    """A file that has been read through once.

    Attributes:
        total: How many items it has.
        digest: SHA-256 of its bytes, in hex.
    """

    path: Path
    total: int
    digest: str

    def items(self) -> Iterator[str]:
        """Return the items, each as JSON text."""
        return json_stream.items(_blocks(self.path))


def checked(path: Path) -> UserFile:
    """Read a file through; no more than one item is held.

    Raises:
        Unreadable: It is no JSON array and no JSON lines.
        OSError: It cannot be read.
    """
    digest = hashlib.sha256()

    def noted() -> Iterator[bytes]:
        for block in _blocks(path):
            digest.update(block)
            yield block

    total = sum(1 for _ in json_stream.items(noted()))
    return UserFile(path, total, digest.hexdigest())


async def import_file(
    parts: Parts,
    connection: Connection,
    file: UserFile,
    *,
    upsert: bool,
    told: Callable[[Job], None],
    waits: Callable[[Job], None] = lambda _: None,
) -> Job:
    """Import a file, or go on with it.

    Args:
        parts: The tenant's.
        connection: Database that the users arrive in.
        file: The file.
        upsert: Change who is there already.
        told: Is called with the job at its begin and after each chunk.
        waits: Is called with a job that the run before has not let go of yet.

    Raises:
        BeingImported: Another process is at it.
        OSError: The file cannot be read any more.
    """
    job = await _begun(parts, connection, file, upsert=upsert, waits=waits)
    told(job)
    work = Import(parts, connection, file.total, chunk=CHUNK, claim=CLAIM, told=told, numbered=True)
    done = await work.run(job, file.items())
    if done is None:
        raise BeingImported(file.path.name)
    return done


async def _begun(
    parts: Parts,
    connection: Connection,
    file: UserFile,
    *,
    upsert: bool,
    waits: Callable[[Job], None],
) -> Job:
    """Return the job of this file, connection and way of importing, claimed."""
    jobs = parts.stores.jobs
    name = f"{file.digest} {connection.id} {upsert}"
    id_ = f"job_{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    before = await jobs.get(id_)
    if before is not None and before.status in {"completed", "failed"}:
        await jobs.remove(id_)
        before = None
    if before is None:
        document = {"connection_id": connection.id, "upsert": upsert, "external_id": file.path.name}
        now = parts.clock.now()
        job = Job(id=id_, type="users_file", status="pending", document=document, created_at=now)
        await jobs.add(job, None)
    for _ in range(_LOOKS):
        now = parts.clock.now()
        taken = await jobs.take(id_, now, now + CLAIM)
        if taken is not None:
            return taken
        if before is not None:
            waits(before)
        await asyncio.sleep(_LOOK_AGAIN_S)
    raise BeingImported(file.path.name)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as opened:
        while block := opened.read(_BLOCK_BYTES):
            yield block
