"""What the API must be told, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the demo API.

    Attributes:
        domain: Host and port of the login server, without scheme; its issuer is `https://{domain}/`.
        audience: Identifier of this API; a token must carry it in `aud`.
        host: Address to listen on.
        port: TCP port to listen on.
    """

    domain: str
    audience: str
    host: str = "127.0.0.1"
    port: int = 3001


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; a missing one raises `KeyError` with its name."""
    return Settings(
        domain=environment["DEMO_DOMAIN"],
        audience=environment["DEMO_AUDIENCE"],
        port=int(environment["DEMO_API_PORT"]),
    )
