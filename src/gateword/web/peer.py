"""The other end of a connection, read off the transport and the headers."""

import base64
from typing import Final

import msgspec
from starlette.requests import Request

from gateword.domain.login import Peer
from gateword.policy.caller import peer_address

_MAX_HEADER_CHARS: Final = 512
_MAX_TELEMETRY_CHARS: Final = 2048


def read(request: Request, trusted_proxies: tuple[str, ...]) -> Peer:
    """Return the peer; nothing it says of itself is believed here."""
    headers = request.headers
    socket_address = request.client.host if request.client else "127.0.0.1"
    chain = ",".join(headers.getlist("x-forwarded-for"))
    return Peer(
        address=peer_address(socket_address, chain, trusted_proxies),
        forwarded_for=tuple(headers.getlist("auth0-forwarded-for")),
        user_agent=_text(headers.get("user-agent", "")),
        hostname=_text(headers.get("host", "")),
        auth0_client=_telemetry(headers.get("auth0-client")),
    )


def _text(value: str) -> str:
    return value[:_MAX_HEADER_CHARS].replace("\0", "")


def _telemetry(header: str | None) -> dict[str, object] | None:
    """Return the decoded `Auth0-Client` header; an unreadable one is as good as none."""
    if header is None or len(header) > _MAX_TELEMETRY_CHARS:
        return None
    try:
        padded = header + "=" * (-len(header) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(padded), type=dict[str, object])
    except (ValueError, msgspec.DecodeError, RecursionError):
        return None
