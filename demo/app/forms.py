"""Forms as they come in: small, and sealed."""

from typing import Final

from starlette.datastructures import FormData
from starlette.requests import Request

from .guard import FormSeal
from .problem import Failure, Problem

_MAX_FIELDS: Final = 8
_MAX_BYTES: Final = 16 * 1024


async def sealed(request: Request, seal: FormSeal) -> FormData:
    """Return a form that one of our own pages sent; else raise `Failure(Problem.FORM_TOO_OLD)`."""
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdigit() and int(length) <= _MAX_BYTES):
        raise Failure(Problem.FORM_TOO_OLD)
    form = await request.form(max_files=0, max_fields=_MAX_FIELDS)
    seal.check(request, text(form, "seal"))
    return form


def text(form: FormData, name: str) -> str:
    """Return the text of a field; empty when it is missing."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
