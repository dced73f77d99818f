"""Pages for people: rendered here, without a script, and shut against everything else (promise M7).

Source: OWASP Secure Headers; the pages are our own.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from gateword.domain.refused import Refused
from gateword.domain.tenant import Tenant
from gateword.policy.web_address import is_web_address, origin_of, with_query
from gateword.ports.parts import Parts
from gateword.values import dataclass
from gateword.web import wire
from gateword.web.endpoint import Visit

FOLDER: Final = Path(__file__).parent / "templates"
_HTTPS: Final = "https://"
_A_YEAR_S: Final = 31_536_000
_STYLE_HEADERS: Final = {"cache-control": "public, max-age=3600"}
_NOBODYS: Final = Tenant(key=0, name="", domain="")
_HELP: Final = {
    429: ("Too many tries", "Please wait a minute, then open the link of your letter again."),
    503: (
        "We are busy right now",
        "Please wait a moment, then open the link of your letter again.",
    ),
}
_BUSY: Final = (429, 503)
_ELSE: Final = ("This did not work", "Please open the link of your letter and try again.")


@dataclass(frozen=True, slots=True)
class Back:
    """Where people go on when they are done here.

    Attributes:
        name: What the application is called.
        url: Where it begins.
    """

    name: str
    url: str


def page(
    tenant: Tenant,
    template: str,
    title: str,
    *,
    status: int = 200,
    leads_to: str = "",
    headers: Mapping[str, str] | None = None,
    **words: object,
) -> Response:
    """Return a page.

    Args:
        tenant: Whose name stands on it.
        template: File in `templates/`.
        title: Heading.
        status: HTTP status.
        leads_to: Where the answer to the page's form may redirect to; empty is nowhere else.
        headers: Further headers.
        **words: What the template asks for.
    """
    brand = _brand(tenant)
    text = _templates().get_template(template).render(title=title, brand=brand, **words)
    shut = wire.NO_STORE | _shut(tenant, brand["picture"], leads_to) | dict(headers or {})
    return Response(text, status, headers=shut, media_type="text/html")


def note(
    tenant: Tenant, title: str, *texts: str, status: int = 200, back: Back | None = None
) -> Response:
    """Return a page that only says something, and may lead back to an application."""
    return page(tenant, "note.html", title, status=status, texts=texts, back=back)


async def back_to(parts: Parts, client_id: str) -> Back | None:
    """Return the way back to an application; None when none is known for sure.

    An `initiate_login_uri` is where the application begins a login; without one the only origin
    of the application is its beginning, and of several nobody knows which is.
    """
    client = await parts.stores.clients.get(client_id) if client_id else None
    if client is None:
        return None
    named = client.document.get("initiate_login_uri")
    url = named if isinstance(named, str) and named else "".join(sorted(client.origins)[:1])
    is_sure = bool(named) or len(client.origins) == 1
    is_safe = url.startswith(_HTTPS) and is_web_address(url)
    return Back(client.name, url) if is_sure and is_safe else None


def redirect(tenant: Tenant, url: str, said: Mapping[str, str]) -> Response:
    """Return a redirect to an application, which is told how it went."""
    answer = RedirectResponse(with_query(url, said), 303)
    answer.headers.update(wire.NO_STORE | _shut(tenant, "", ""))
    return answer


def face(
    refused: Refused, tenant: Tenant | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a refusal as a page."""
    status = refused.refusal.row.status
    title, text = _HELP.get(status, _ELSE)
    more = dict(headers or {})
    if refused.retry_after_s is not None:
        more["retry-after"] = str(refused.retry_after_s)
    texts = [text] if status in _BUSY else [refused.description, text]
    place = tenant or _NOBODYS
    return page(place, "note.html", title, status=status, headers=more, texts=texts)


async def style(_visit: Visit) -> Response:
    """Answer the style sheet."""
    return Response(_style(), headers=_STYLE_HEADERS, media_type="text/css")


def _brand(tenant: Tenant) -> dict[str, str]:
    settings = tenant.document
    texts = {
        name: str(settings.get(name) or "")
        for name in ("friendly_name", "picture_url", "support_url", "support_email")
    }
    picture, url, email = texts["picture_url"], texts["support_url"], texts["support_email"]
    support = url if is_web_address(url) else (f"mailto:{email}" if email else "")
    return {
        "name": texts["friendly_name"] or tenant.domain or "Gateword",
        "picture": picture if picture.startswith(_HTTPS) and is_web_address(picture) else "",
        "support": support,
        "support_text": email if support.startswith("mailto:") else "Contact support",
    }


def _shut(tenant: Tenant, picture: str, leads_to: str) -> dict[str, str]:
    # Browsers hold redirects of a form's answer against form-action as well.
    goals = " ".join(["'self'", *filter(None, [origin_of(leads_to)])])
    pictures = origin_of(picture) or "'none'"
    headers = {
        "content-security-policy": (
            f"default-src 'none'; style-src 'self'; img-src {pictures}; form-action {goals}; "
            "frame-ancestors 'none'; base-uri 'none'"
        ),
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        # With `no-referrer` browsers send `Origin: null` with a form, and none could be checked.
        "referrer-policy": "same-origin",
    }
    if tenant.domain and ":" not in tenant.domain:  # a port: development on a shared host name
        headers["strict-transport-security"] = f"max-age={_A_YEAR_S}"
    return headers


@cache
def _templates() -> Any:
    library: Any = import_module("jinja2")  # 40 ms and 5 MB, needed with the first page only
    return library.Environment(loader=library.FileSystemLoader(FOLDER), autoescape=True)


@cache
def _style() -> bytes:
    return (FOLDER / "style.css").read_bytes()
