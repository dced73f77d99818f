"""Settings of a process, from the environment (`GATEWORD_*`) and a TOML file; nothing else."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

from gateword.setting_bounds import out_of_range
from gateword.setting_values import KINDS, from_environment
from gateword.values import dataclass, field

T = TypeVar("T")

PREFIX: Final = "GATEWORD_"
FILE_NAME: Final = "gateword.toml"
_DATA_DIR: Final = "gateword-data"
DATABASE_FILE: Final = "gateword.sqlite3"
"""SQLite database in the data folder, where no other database is named."""


def _setting(default: T, unit: str, doc: str, *, shown: bool = True) -> T:
    made: T = field(
        default=default, repr=shown, metadata=MappingProxyType({"unit": unit, "doc": doc})
    )
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a process can be told; tenants' own switches are data, not settings."""

    data_dir: Path = _setting(
        Path("gateword-data"),
        "path",
        "Folder of the database, the keys and the development certificates.",
    )
    database_url: str = _setting(
        "",
        "URL",
        "`sqlite:///PATH` or `postgresql://USER@HOST/NAME`; empty is SQLite in the data folder.",
        shown=False,
    )
    valkey_url: str = _setting(
        "",
        "URL",
        "Valkey or Redis that counts velocity for all servers (extra `valkey`): "
        "`valkey://USER:PASSWORD@HOST:6379/0`, `valkeys://…` (TLS) or `unix:///PATH`; empty counts "
        "in the database.",
        shown=False,
    )
    encryption_key: str = _setting(
        "",
        "base64 of 32 bytes",
        "Encrypts secrets at rest; empty is the file `encryption.key` in the data folder, which "
        "only `gateword init` makes where `database_url` is set.",
        shown=False,
    )
    host: str = _setting("127.0.0.1", "address", "Address to listen on.")
    port: int = _setting(
        0, "TCP port", "Port to listen on; 0 is the port of the default tenant's domain."
    )
    workers: int = _setting(1, "processes", "Server processes.")
    tls: str = _setting(
        "dev",
        "dev, off, files",
        "Certificate from the development CA, none (behind a reverse proxy), or from files.",
    )
    tls_cert: str = _setting("", "path", "Certificate chain for `tls` = `files`, PEM.")
    tls_key: str = _setting("", "path", "Private key for `tls` = `files`, PEM.")
    hash_threads: int = _setting(
        0, "threads", "Password hashes at once in each process; 0 is one a core."
    )
    hash_max_wait_s: float = _setting(
        1.0,
        "seconds",
        "Expected wait for a hash, over which a login is answered 503: of a tenant, client and "
        "address that has most waiting.",
    )
    argon2_memory_kib: int = _setting(19456, "KiB", "Memory of one Argon2id hash.")
    argon2_passes: int = _setting(2, "passes", "Passes of one Argon2id hash over its memory.")
    upgrade_hashes: bool = _setting(
        default=True,
        unit="true or false",
        doc="Whether a right password whose hash is weaker than ours is hashed anew; false keeps "
        "hashes as they were brought, from imports with `upsert` too.",
    )
    trusted_proxies: str = _setting(
        "",
        "addresses or networks, comma separated",
        "Reverse proxies whose X-Forwarded-For is believed.",
    )
    token_rate_per_s: int = _setting(
        5000, "requests a second, per tenant and process", "Limit of /oauth/token; 0 is none."
    )
    userinfo_rate_per_min: int = _setting(
        600, "requests a minute, per user and process", "Limit of /userinfo; 0 is none."
    )
    management_rate_per_s: int = _setting(
        1000, "requests a second, per tenant and process", "Limit of /api/v2; 0 is none."
    )
    change_password_burst: int = _setting(
        10,
        "requests, per address, e-mail and process",
        "Limit of /dbconnections/change_password at once; one more comes back each minute. "
        "0 is none.",
    )
    log_retention_days: int = _setting(
        30, "days", "Log events older than this are deleted; 0 keeps them for ever."
    )
    log_stream_private_hosts: bool = _setting(
        default=False,
        unit="true or false",
        doc="Whether log streams may be sent to loopback, link-local and private addresses, and by "
        "http.",
    )
    breached_corpus: str = _setting(
        "",
        "path",
        "Corpus of breached passwords that `gateword breached import` makes; empty is "
        "`breached-passwords.gwb` in the data folder.",
    )
    geo_database: str = _setting(
        "",
        "path",
        "MaxMind file (`.mmdb`, City) of where addresses are, for adaptive MFA and scripts; "
        "read at the start. Empty is none.",
    )
    smtp_url: str = _setting(
        "",
        "URL",
        "Mail server: `smtp://USER:PASSWORD@HOST:587` (STARTTLS) or `smtps://…`; empty prints "
        "letters on the server's terminal.",
        shown=False,
    )
    mail_from: str = _setting(
        "no-reply@localhost", "address", "Sender of letters, `name@host` or `Name <name@host>`."
    )
    twilio_url: str = _setting(
        "https://api.twilio.com",
        "URL",
        "Where messages to phones go for tenants that selected `twilio`: Twilio, or a service that "
        "speaks as it does.",
    )
    phone_webhook_url: str = _setting(
        "",
        "URL",
        "Receiver of messages to phones, for tenants that selected `phone-message-hook` or "
        "`auth0`; empty prints those of the latter on the server's terminal.",
        shown=False,
    )
    phone_webhook_secret: str = _setting(
        "",
        "text",
        "Key of the signatures that `phone_webhook_url` checks, 32 characters or more.",
        shown=False,
    )
    metrics: str = _setting(
        "local",
        "off, local, open",
        "Who may read `/metrics`: nobody, processes of this machine, or everybody.",
    )
    metrics_token: str = _setting(
        "",
        "text",
        "Bearer token that readers of `/metrics` must send besides; empty asks for none.",
        shown=False,
    )
    otel: str = _setting(
        "auto",
        "auto, on, off",
        "Traces by OpenTelemetry (extra `otel`); auto is on where OTEL_EXPORTER_OTLP_ENDPOINT is "
        "set.",
    )
    body_timeout_s: float = _setting(15.0, "seconds", "Time a request has to send its body.")
    drain_s: float = _setting(
        0.0,
        "seconds",
        "How long `/readyz` says 503 after SIGTERM before the server stops listening.",
    )
    purge_every_s: float = _setting(600.0, "seconds", "How often expired tokens are deleted.")


def database_url(settings: Settings) -> str:
    """Return the database that the settings mean."""
    return settings.database_url or f"sqlite:///{DATABASE_FILE}"


class BadSettings(Exception):
    """Settings that cannot be used; the message lists all faults at once."""


def load(environ: Mapping[str, str] | None = None, **given: object) -> Settings:
    """Return settings: given ones first, then the environment, then the file, then defaults.

    Args:
        environ: Environment variables; the process's own when None.
        **given: From the command line; None means not given.

    Raises:
        BadSettings: A value of the wrong type or out of range, an unknown name, or a secret's file
            that cannot be read or is empty.
    """
    environ = os.environ if environ is None else environ
    told = {name: value for name, value in given.items() if value is not None}
    folder = Path(str(told.get("data_dir") or environ.get(f"{PREFIX}DATA_DIR") or _DATA_DIR))
    raw: dict[str, object] = _from_file(folder / FILE_NAME)
    names = {f"{PREFIX}{one.name.upper()}": one for one in fields(Settings)}
    try:
        raw |= from_environment(environ, names)
    except ValueError as bad:
        raise BadSettings(str(bad)) from None
    raw |= told
    return _checked(raw)


def _from_file(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        is_beneath_file = isinstance(error, NotADirectoryError)
        fault = f"{path.parent} is no folder" if is_beneath_file else f"{path}: {error.strerror}"
        raise BadSettings(fault) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path}: {error}") from None


def _checked(raw: Mapping[str, object]) -> Settings:
    known = {one.name: one.type for one in fields(Settings)}
    faults = [f"unknown setting {name}" for name in raw if name not in known]
    values: dict[str, object] = {}
    for name, value in raw.items():
        kind = known.get(name)
        if kind is None:
            continue
        try:
            values[name] = KINDS[getattr(kind, "__name__", str(kind))](value)
        except (TypeError, ValueError):
            faults.append(f"{name} is not of type {getattr(kind, '__name__', kind)}")
    settings = Settings(**values) if not faults else Settings()  # type: ignore[arg-type]
    faults += out_of_range({name: getattr(settings, name) for name in known})
    if faults:
        raise BadSettings("; ".join(faults))
    return settings
