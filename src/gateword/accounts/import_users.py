"""A bulk import: items in chunks, each in one transaction with the progress of its job."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from itertools import islice
from typing import Final

from gateword.domain.connection import Connection
from gateword.domain.user_import import Arrival, Outcome
from gateword.policy import json_text, user_import
from gateword.policy.user_import import ItemFault
from gateword.ports.parts import Parts
from gateword.ports.queues import Job
from gateword.ports.user_import import Step
from gateword.values import dataclass, replace

CHUNK: Final = 25
"""Items of one transaction of a server: nobody else is answered meanwhile, for some 4 ms."""

CLAIM: Final = timedelta(seconds=30)
"""How long a job stays with a process that no longer says anything."""

NO_SUMMARY: Final = {"failed": 0, "updated": 0, "inserted": 0, "total": 0}
_UNUSABLE: Final = "The password hash cannot be checked here"


@dataclass(frozen=True, slots=True)
class Import:
    """One import under way.

    Attributes:
        parts: The tenant's.
        connection: Database that the users arrive in.
        total: How many items there are.
        chunk: Items of one transaction.
        claim: How long the job stays ours after each.
        told: Is called with the job after each chunk.
        numbered: Say of each failed item which one it is, the first being 1.
    """

    parts: Parts
    connection: Connection
    total: int
    chunk: int = CHUNK
    claim: timedelta = CLAIM
    told: Callable[[Job], None] = lambda _: None
    numbered: bool = False

    async def run(self, job: Job, items: Iterable[str]) -> Job | None:
        """Import the items behind those that are done already.

        Args:
            job: Ours, claimed.
            items: All of them, each as JSON text.

        Returns:
            The completed job; None when somebody else has gone on with it.
        """
        waiting = islice(items, job.done, None)
        while chunk := list(islice(waiting, self.chunk)):
            moved = await self._land(job, chunk)
            if moved is None:
                return None
            job = moved
            self.told(job)
        done = replace(
            job,
            status="completed",
            document={**job.document, "summary": _summary(job), "percentage_done": 100},
        )
        await self.parts.stores.jobs.save(done, self.parts.clock.now(), None)
        return done

    async def _land(self, job: Job, chunk: Sequence[str]) -> Job | None:
        read = [self._read(text) for text in chunk]
        arrivals = [found for _, found in read if isinstance(found, Arrival)]

        def judge(outcomes: Sequence[Outcome]) -> Step:
            return self._judged(job, read, outcomes)

        at = self.parts.clock.now()
        is_upsert = job.document.get("upsert") is True
        return await self.parts.stores.user_imports.land(
            self.connection,
            arrivals,
            judge,
            job=job,
            at=at,
            until=at + self.claim,
            may_replace=self.parts.hasher.is_outdated if is_upsert else None,
        )

    def _read(self, text: str) -> tuple[object, Arrival | list[ItemFault]]:
        try:
            item, repeated = json_text.read(text.encode("utf-8", "surrogatepass"))
        except ValueError as bad:
            return {}, [ItemFault("INVALID_JSON", f"The item cannot be read: {bad}")]
        if not json_text.is_storable(item):
            return {}, [ItemFault("INVALID_FORMAT", "The item holds an unusable character")]
        if repeated:
            fault = ItemFault("OBJECT_ADDITIONAL_PROPERTIES", "A member stands twice", repeated[0])
            return item, [fault]
        found = user_import.read(item, self.connection.name)
        if isinstance(found, Arrival) and not self._can_check(found):
            is_custom = found.is_custom
            path = "custom_password_hash.hash.value" if is_custom else "password_hash"
            return item, [ItemFault("INVALID_FORMAT", _UNUSABLE, path)]
        return item, found

    def _can_check(self, arrival: Arrival) -> bool:
        encoded = arrival.new.password_hash
        return encoded is None or self.parts.hasher.recognises(encoded)

    def _judged(
        self,
        job: Job,
        read: Sequence[tuple[object, Arrival | list[ItemFault]]],
        outcomes: Sequence[Outcome],
    ) -> Step:
        told = iter(outcomes)
        errors = []
        for number, (item, found) in enumerate(read, job.done + 1):
            faults = found if isinstance(found, list) else _faults(next(told))
            if faults:
                shown = user_import.without_secrets(item)
                place = {"item": number} if self.numbered else {}
                told_faults = [fault.document() for fault in faults]
                errors.append({**place, "user": shown, "errors": told_faults})
        done = job.done + len(read)
        counted = _summary(job)
        summary = {
            "failed": counted["failed"] + len(errors),
            "updated": counted["updated"] + outcomes.count(Outcome.UPDATED),
            "inserted": counted["inserted"] + outcomes.count(Outcome.INSERTED),
            "total": done,
        }
        percentage = min(99, done * 100 // max(1, self.total))
        document = dict(job.document) | {"summary": summary, "percentage_done": percentage}
        return Step(replace(job, done=done, document=document), errors)


def _faults(outcome: Outcome) -> list[ItemFault]:
    return [ItemFault("DUPLICATED_USER", outcome.value)] if outcome.is_failure else []


def _summary(job: Job) -> dict[str, int]:
    found = job.document.get("summary")
    counted = found if isinstance(found, dict) else {}
    return {name: int(counted.get(name, zero)) for name, zero in NO_SUMMARY.items()}
