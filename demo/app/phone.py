"""The demo's own phone: Gateword's reference device, as a page on this computer."""

import httpx

from .problem import Failure, Problem


class Phone:
    """Holds the phone before a picture; what it is asked, it is answered on its own page.

    Args:
        url: Where its page is, with a slash at the end; empty when there is none.
        http: Connection pool.
    """

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self._url = url
        self._http = http

    async def scan(self, barcode_uri: str) -> None:
        """Enrol it, as if it had seen the QR code.

        Raises:
            Failure: It is not there, or it cannot be enrolled with this.
        """
        if not self._url:
            raise Failure(Problem.NO_PHONE)
        try:
            answer = await self._http.post(f"{self._url}enroll", data={"uri": barcode_uri})
        except httpx.HTTPError as error:
            raise Failure(Problem.NO_PHONE) from error
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise Failure(Problem.NO_PHONE, answer.status_code)
