"""The Management API of one tenant: finds the verb, checks the call, does it, logs it.

The order is fixed (promise M1): token, scope, path, query, body. Whoever lacks the scope learns
nothing about the rest.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import unquote_to_bytes

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management import asked, pages
from gateword.management.journal import Journal
from gateword.management.resource import Answer, Call, Document, Resource, Slice, Verb
from gateword.ports.parts import Parts
from gateword.values import dataclass, replace

_CHECKPOINT: Final = "management checkpoint"


@dataclass(frozen=True, slots=True)
class Found:
    """A verb and the values of its path."""

    verb: Verb
    values: Mapping[str, str]


class Directory:
    """All verbs, by path and method.

    Args:
        resources: Of the registry.
    """

    def __init__(self, resources: Sequence[Resource]) -> None:
        self._by_length: dict[int, list[tuple[tuple[str, ...], dict[str, Verb]]]] = {}
        for resource in resources:
            for verb in resource.verbs:
                self._add(verb)

    def _add(self, verb: Verb) -> None:
        steps = tuple(verb.path.strip("/").split("/"))
        paths = self._by_length.setdefault(len(steps), [])
        for known, verbs in paths:
            if known == steps:
                verbs[verb.method] = verb
                return
        paths.append((steps, {verb.method: verb}))
        # Fixed words win over names: `/users/search` is no user.
        paths.sort(key=lambda one: [step.startswith("{") for step in one[0]])

    def find(self, method: str, raw_path: str) -> Found:
        """Return the verb for a path behind `/api/v2`, still percent-encoded.

        Raises:
            Refused: NO_SUCH_ENDPOINT, METHOD_NOT_ALLOWED (with the methods there are).
        """
        segments = raw_path.split("/")  # an empty one is no name: `users/x/roles/` is no list
        allowed: list[str] = []
        for steps, verbs in self._by_length.get(len(segments), ()):
            values = _matched(steps, segments)
            if values is None:
                continue
            if method in verbs:
                return Found(verbs[method], values)
            allowed += verbs
        if allowed:
            methods = ", ".join(dict.fromkeys(allowed))
            raise Refused(ManagementRefusal.METHOD_NOT_ALLOWED, detail=methods)
        raise Refused(ManagementRefusal.NO_SUCH_ENDPOINT)


def _matched(steps: Sequence[str], segments: Sequence[str]) -> dict[str, str] | None:
    values = {}
    for step, segment in zip(steps, segments, strict=True):
        text = unquote_to_bytes(segment).decode("utf-8", "replace")
        if step.startswith("{"):
            if not text:
                return None
            values[step[1:-1]] = text
        elif step != text:
            return None
    return values


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers calls for one tenant."""

    parts: Parts

    async def answer(
        self,
        found: Found,
        call: Call,
        query: Sequence[tuple[str, str]],
        body: bytes | Mapping[str, object],
        journal: Journal,
    ) -> Answer:
        """Answer one call and log it.

        Args:
            found: The verb.
            call: Who calls and when; path, query and body are not in it yet.
            query: Parameters as they were sent.
            body: As it was sent; a mapping of texts and files for multipart bodies.
            journal: Tells the log of the request.

        Raises:
            Refused: Any row of the table; it has been logged as its row says.
        """
        verb = found.verb
        try:
            _check_scope(verb, call)
            call = self._checked(found, call, query, body)
            answer = self._rendered(verb, call, await verb.run(call))
        except Refused as refused:
            if refused.refusal.row.log:
                await self.parts.stores.logs.append([journal.refused(verb, call, refused)])
            raise
        if verb.is_logged:
            event = journal.granted(verb, call, answer.status, answer.body)
            await self.parts.stores.logs.append([event])
        return answer

    def _checked(
        self,
        found: Found,
        call: Call,
        query: Sequence[tuple[str, str]],
        body: bytes | Mapping[str, object],
    ) -> Call:
        verb = found.verb
        call = replace(call, path=asked.path(found.values))
        read = asked.query(verb, query, lambda stamped: self._opened(verb, stamped))
        call = replace(call, query=read.values, paging=read.paging)
        if isinstance(body, bytes):
            value = asked.body(verb, body)
        else:
            value, files = asked.form(verb, body)
            call = replace(call, files=files)
        if isinstance(value, list):
            return replace(call, items=value)
        return replace(call, body=value if isinstance(value, dict) else {})

    def _rendered(self, verb: Verb, call: Call, done: object) -> Answer:
        if isinstance(done, Answer):
            return done
        if verb.listed is None:
            if verb.fields and isinstance(done, Mapping):
                return Answer(verb.status, pages.chosen(done, call.query))
            return Answer(verb.status, done)
        listed = verb.listed
        page = done
        if not isinstance(page, Slice):
            items = list(_documents(page))
            page = pages.cut(items, call.paging, lambda item: str(item.get(listed.id)))
        if verb.fields:
            page = replace(page, items=[pages.chosen(item, call.query) for item in page.items])
        return Answer(
            verb.status,
            pages.wrapped(page, call.paging, listed, lambda text: self._sealed(verb, text)),
        )

    def _sealed(self, verb: Verb, text: str) -> str:
        return self.parts.stamp.sealed(text, f"{_CHECKPOINT} {verb.path}")

    def _opened(self, verb: Verb, stamped: str) -> str:
        text = self.parts.stamp.opened(stamped, f"{_CHECKPOINT} {verb.path}")
        if text is None:
            raise pages.refuse_checkpoint()
        return text


def _check_scope(verb: Verb, call: Call) -> None:
    if not call.actor.may(*verb.scopes):
        raise Refused(ManagementRefusal.INSUFFICIENT_SCOPE, scopes=",".join(verb.scopes))


def _documents(done: object) -> Sequence[Document]:
    return done if isinstance(done, list | tuple) else ()
