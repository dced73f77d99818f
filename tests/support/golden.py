"""Goldens: requests and answers in one readable file.

A file holds steps, parted by lines that begin with `###`. A step is comment lines, the request,
the answer, and a trailer of comment lines that say what the answer does not show: decoded tokens
and the rows of the log. Lines of a request's body are joined without a break.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_ANSWER: Final = "HTTP/1.1 "
_STEP: Final = "###"


@dataclass(slots=True, kw_only=True)
class Message:
    """A request (`first` is method and target) or an answer (`first` is the status)."""

    first: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The body in one piece."""
        return "".join(self.body)

    def lines(self) -> list[str]:
        """Return the message as it stands in a file."""
        head = [self.first, *(f"{name}: {value}" for name, value in self.headers)]
        return [*head, "", *self.body] if self.body else head


@dataclass(slots=True, kw_only=True)
class Step:
    """One request and its answer.

    Attributes:
        title: What stands behind `###`; empty for the first step.
        comments: (name, text) of the lines above the request.
        answer: None in a file that was never recorded.
        trailer: Lines behind the answer, without `# `.
    """

    title: str
    comments: list[tuple[str, str]]
    request: Message
    answer: Message | None
    trailer: list[str]

    def said(self, name: str) -> list[str]:
        """Return the texts of all comments of that name."""
        return [text for said, text in self.comments if said == name]


@dataclass(slots=True, kw_only=True)
class Golden:
    """One file."""

    steps: list[Step]

    def said(self, name: str) -> list[str]:
        """Return the texts of all comments of that name, in all steps."""
        return [text for step in self.steps for text in step.said(name)]


def parse(text: str) -> Golden:
    """Read a file."""
    steps: list[list[str]] = [[]]
    titles = [""]
    for line in text.splitlines():
        if line.startswith(_STEP):
            titles.append(line.removeprefix(_STEP).strip())
            steps.append([])
        else:
            steps[-1].append(line)
    return Golden(steps=[_step(*one) for one in zip(titles, steps, strict=True)])


def _step(title: str, lines: list[str]) -> Step:
    rest = iter(lines)
    comments: list[tuple[str, str]] = []
    first = ""
    for line in rest:
        if line.startswith("#"):
            name, _, text = line[1:].partition(":")
            comments.append((name.strip(), text.strip()))
        elif line:
            first = line
            break
    request = Message(first=first, headers=_headers(rest))
    answer, trailer = None, []
    for line in rest:
        if line.startswith(_ANSWER):
            answer = Message(first=line, headers=_headers(rest))
        elif line.startswith("#"):
            trailer.append(line[1:].strip())
        elif line:
            (answer or request).body.append(line)
    return Step(title=title, comments=comments, request=request, answer=answer, trailer=trailer)


def _headers(lines: Iterator[str]) -> list[tuple[str, str]]:
    headers = []
    for line in lines:
        if not line:
            break
        name, _, value = line.partition(": ")
        headers.append((name, value))
    return headers


def render(golden: Golden) -> str:
    """Return the text of a file."""
    lines: list[str] = []
    for step in golden.steps:
        if step.title:
            lines += ["", f"{_STEP} {step.title}"]
        lines += [f"# {name}: {text}" for name, text in step.comments]
        lines += ["", *step.request.lines()]
        if step.answer is not None:
            lines += ["", *step.answer.lines()]
        if step.trailer:
            lines += ["", *(f"# {line}" for line in step.trailer)]
    return "\n".join(lines).strip() + "\n"
