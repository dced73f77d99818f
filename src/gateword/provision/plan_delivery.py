"""The sections `logStreams` and `emailTemplates` of a file."""

from collections.abc import Iterable, Mapping
from typing import Final

from gateword.accounts import letter_templates
from gateword.domain.secret import Secret
from gateword.policy import email_template, log_stream_document
from gateword.policy.members import Members, did_you_mean
from gateword.ports.documents import Kept
from gateword.provision.draft import Draft, KeptWrite
from gateword.provision.naming import by_name

_ID_CHARS: Final = 16
_OTHERS: Final = ("syntax", "urlLifetimeInSeconds", "includeEmailInRedirect", "enabled")


def plan_log_streams(draft: Draft, items: Iterable[Members]) -> None:
    """Note what the log streams of the file come to; they are matched by name."""
    kept = draft.documents.setdefault(log_stream_document.KIND, {})
    for name, item in by_name(items, "a log stream"):
        _plan_stream(draft, item, name, kept)


def _plan_stream(draft: Draft, item: Members, name: str, kept: dict[str, Kept]) -> None:
    stored = next((one for one in kept.values() if one.name == name), None)
    if stored is None:
        id_ = f"{log_stream_document.ID_PREFIX}{draft.dice.letters(_ID_CHARS)}"
        stream = log_stream_document.created(item, draft.at, without_name=name)
    else:
        id_ = stored.id
        kind = item.given("type")
        if kind is not None and kind != stored.document["type"]:
            item.fault(f"is {stored.document['type']}, which cannot change", "type")
        stream = log_stream_document.changed(item, stored.document, draft.at)
    secret = _authorization(item, stream, stored)
    now = Kept(id=id_, name=name, document=stream, secret=secret)
    before = None if stored is None else _compared(stored.document, stored.secret)
    kept[id_] = now
    draft.note(
        KeptWrite(log_stream_document.KIND, now),
        "log stream",
        name,
        before,
        _compared(stream, secret),
    )


def _authorization(
    item: Members, stream: Mapping[str, object], stored: Kept | None
) -> Secret | None:
    """Return what the stream is authorized with; another server never gets the old one."""
    sent = item.member("sink").given(log_stream_document.SECRET)
    if isinstance(sent, str):
        return Secret(sent)
    if stored is None:
        return None
    is_same = log_stream_document.server(stored.document) == log_stream_document.server(stream)
    return stored.secret if is_same else None


def _compared(stream: Mapping[str, object], secret: Secret | None) -> dict[str, object]:
    shown = {name: value for name, value in stream.items() if not name.startswith("_")}
    return {**shown, "secret": secret}


def plan_email_templates(draft: Draft, items: Iterable[Members]) -> None:
    """Note what the letters of the file come to; they are matched by template."""
    kept = draft.documents.setdefault(email_template.KIND, {})
    for item in items:
        name = item.required_text("template")
        if name and name not in email_template.NAMES:
            hint = did_you_mean(name, email_template.NAMES)
            item.fault(f"there is no letter {name}{hint}", "template")
            continue
        stored = kept.get(name)
        document = _letter(item, name, stored.document if stored else {})
        kept[name] = Kept(id=name, document=document)
        draft.note(
            KeptWrite(email_template.KIND, kept[name]),
            "email template",
            name,
            stored.document if stored else None,
            document,
        )


def _letter(item: Members, name: str, stored: Mapping[str, object]) -> dict[str, object]:
    for member in email_template.WRITTEN:
        text = item.given(member)
        if isinstance(text, str):
            wrong = letter_templates.fault(text)
            if wrong is not None:
                item.fault(wrong, member)
        elif text is not None:
            item.fault("must be text", member)
    for member in _OTHERS:
        item.given(member)
    item.flag("enabled", kept=True, reset=True)
    item.only()
    merged = {**stored, **item.present(), "template": name}
    return {member: value for member, value in merged.items() if member not in item.nulls()}
