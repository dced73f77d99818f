"""Requests of scripts to the very server that runs them: answered without leaving the process."""

import asyncio
from importlib import import_module
from typing import Any, Final

from gateword.ports.outbound import HttpAnswer, HttpCall
from gateword.ports.scripts import OperationFailed

_NOWHERE: Final = ("0.0.0.0", 0)  # nobody listens there: who asks has no address


class OwnServer:
    """Asks an ASGI application.

    Args:
        application: The server's own.
    """

    def __init__(self, application: Any) -> None:
        self._application = application

    async def ask(self, call: HttpCall) -> HttpAnswer:
        """Return what the application answers.

        Raises:
            OperationFailed: It did not answer in time.
        """
        httpx: Any = import_module("httpx")
        transport = httpx.ASGITransport(
            self._application, raise_app_exceptions=False, client=_NOWHERE
        )
        async with httpx.AsyncClient(transport=transport, follow_redirects=False) as client:
            try:
                async with asyncio.timeout(call.timeout_s):
                    answer = await client.request(
                        call.method, call.url, headers=call.headers, content=call.body
                    )
            except TimeoutError:
                raise OperationFailed(
                    f"no answer within {call.timeout_s:g} s", "ETIMEDOUT"
                ) from None
        return HttpAnswer(
            status=answer.status_code,
            reason=answer.reason_phrase,
            headers=[(name.lower(), value) for name, value in answer.headers.multi_items()],
            body=answer.content,
        )
