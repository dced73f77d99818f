"""The pages of second factors, and what each of them is told."""

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from .factors import LATER, Authenticator, Kind
from .login_server import Key
from .rendering import Rendering
from .sessions import Session
from .step import Purpose, Step

_GROUP = 4
_WORDS = {
    Purpose.LOGIN: "One more step",
    Purpose.RENEWAL: "One more step to go on",
    Purpose.UNLOCK: "One more step to change your factors",
    Purpose.ADD: "One more factor",
}


class SecondViews:
    """Renders pages.

    Args:
        rendering: The templates.
        device_url: Where the demo's phone is; empty when there is none.
    """

    def __init__(self, rendering: Rendering, device_url: str) -> None:
        self._rendering = rendering
        self._device_url = device_url

    def step(
        self,
        request: Request,
        step: Step,
        session: Session | None,
        *,
        seal: str,
        in_pocket: bool,
    ) -> Response:
        """What the user can do now: choose, set up, type a code, or wait for the phone."""
        enrollment = step.enrollment
        uri = enrollment.barcode_uri if enrollment else ""
        return self._rendering.page(
            _template(step),
            request,
            step.trouble.problem.value.status if step.trouble else 200,
            session=session,
            seal=seal,
            step=step,
            kind=step.kind.value if step.kind else None,
            heading=_WORDS[step.purpose],
            failure=step.trouble,
            picture=picture(uri) if uri else "",
            secret=in_groups(enrollment.secret) if enrollment else "",
            sent_to=_sent_to(step),
            in_pocket=in_pocket,
            device_link=self._device_url,
            is_recovery=step.kind is Kind.RECOVERY,
            exchanges=step.record.exchanges,
        )

    def recovery_code(self, request: Request, session: Session, seal: str) -> Response:
        """The code that the user must write down."""
        code = in_groups(session.recovery_code)
        return self._rendering.page(
            "recovery_code.html", request, session=session, seal=seal, code=code
        )

    def factors(
        self,
        request: Request,
        session: Session,
        *,
        seal: str,
        key: Key | None,
        owned: tuple[Authenticator, ...],
    ) -> Response:
        """What the user has set up, and what can be added."""
        return self._rendering.page(
            "factors.html",
            request,
            session.factor_trouble.problem.value.status if session.factor_trouble else 200,
            session=session,
            seal=seal,
            key=key,
            owned=owned,
            kinds=LATER,
            failure=session.factor_trouble,
            exchanges=session.record.exchanges,
        )


def picture(uri: str) -> Markup:
    """Return a QR code as SVG: black on white with its margin, whatever the page's colours."""
    code = segno.make_qr(uri, error="m")
    return Markup(code.svg_inline(border=4, light="#fff", omitsize=True, svgclass="qr"))  # noqa: S704 -- segno writes paths only


def in_groups(code: str) -> str:
    """Write a code so that it can be read and typed: in groups of four."""
    return " ".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def _template(step: Step) -> str:
    if step.kind is None:
        return "second_set_up.html" if step.can_set_up else "second_choose.html"
    if step.kind is Kind.PUSH:
        return "second_wait.html"
    return "second_app.html" if step.enrollment and step.kind is Kind.APP else "second_code.html"


def _sent_to(step: Step) -> str:
    if step.enrollment is not None:
        return step.enrollment.target
    return step.asked.name if step.asked is not None else ""
