"""The templates: every value is escaped by Jinja."""

from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from . import token_view


class Rendering:
    """Makes pages of templates."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["clock_time"] = token_view.clock_time
        self._templates.filters["euros"] = _euros
        self._templates.filters["weekday"] = _weekday

    def page(
        self, template: str, request: Request, status: int = 200, /, **told: object
    ) -> Response:
        """Return a page.

        Args:
            template: Name of its file.
            request: Whom it is for.
            status: HTTP status.
            **told: What the template is told.
        """
        told.setdefault("session", None)
        text = self._templates.get_template(template).render(path=request.url.path, **told)
        return HTMLResponse(text, status)


def _euros(cents: int) -> str:
    return f"€{cents / 100:,.2f}"


def _weekday(day: str) -> str:
    return f"{datetime.fromisoformat(day).replace(tzinfo=UTC):%a %-d %b}"
