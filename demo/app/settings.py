"""What the application must be told, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the demo application.

    Attributes:
        domain: Host and port of the login server, without scheme.
        client_id: Who this application is at the login server.
        client_secret: How it proves that; never shown, never logged.
        office_id: Who the page of the rules is at the Management API.
        office_secret: How it proves that.
        closed_days: What the rules config `CLOSED_DAYS` was set to when the demo started.
        office_networks: The same of `OFFICE_NETWORKS`.
        audience: The API the access tokens are for.
        api_url: Where that API answers, without trailing slash.
        realms: Choices of the dropdown; the first one is preselected.
        ca_cert: Path of the development CA, for the curl lines on the about page.
        secret_file: Path of a file with `DEMO_CLIENT_SECRET=…` that a shell can source.
        device_url: Where the demo's phone is; empty when there is none.
        mail_port: TCP port on which letters are taken; 0 takes none.
        phone_secret: Key of the signatures of messages to phones; empty takes none.
        app_seeds: What the demo's authenticator app has from the start: labels and seeds.
        host: Address to listen on.
        port: TCP port to listen on.
    """

    domain: str
    client_id: str
    client_secret: str = field(repr=False)
    office_id: str
    office_secret: str = field(repr=False)
    closed_days: str
    office_networks: str
    audience: str
    api_url: str
    realms: tuple[str, ...]
    ca_cert: str
    secret_file: str
    device_url: str = ""
    mail_port: int = 0
    phone_secret: str = field(default="", repr=False)
    app_seeds: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    host: str = "127.0.0.1"
    port: int = 3000

    @property
    def issuer(self) -> str:
        """Issuer of every token this application accepts."""
        return f"https://{self.domain}/"

    @property
    def mfa_audience(self) -> str:
        """The API at which users change their second factors."""
        return f"https://{self.domain}/mfa/"

    @property
    def origins(self) -> frozenset[str]:
        """Addresses under which a browser may post to this application."""
        return frozenset(f"http://{name}:{self.port}" for name in ("localhost", "127.0.0.1"))


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; a missing one raises `KeyError` with its name."""
    return Settings(
        domain=environment["DEMO_DOMAIN"],
        client_id=environment["DEMO_CLIENT_ID"],
        client_secret=environment["DEMO_CLIENT_SECRET"],
        office_id=environment["DEMO_OFFICE_ID"],
        office_secret=environment["DEMO_OFFICE_SECRET"],
        closed_days=environment["DEMO_CLOSED_DAYS"],
        office_networks=environment["DEMO_OFFICE_NETWORKS"],
        audience=environment["DEMO_AUDIENCE"],
        api_url=environment["DEMO_API_URL"],
        realms=tuple(environment["DEMO_REALMS"].split(",")),
        ca_cert=environment["DEMO_CA_CERT"],
        secret_file=environment["DEMO_SECRET_FILE"],
        device_url=environment["DEMO_DEVICE_URL"],
        mail_port=int(environment["DEMO_MAIL_PORT"]),
        phone_secret=environment["DEMO_PHONE_SECRET"],
        app_seeds=((environment["DEMO_APP_LABEL"], environment["DEMO_APP_SEED"]),),
        port=int(environment["DEMO_APP_PORT"]),
    )
