"""Settings of a process, from the environment (`GATEWORD_*`) and a TOML file; nothing else."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

T = TypeVar("T")

PREFIX: Final = "GATEWORD_"
FILE_NAME: Final = "gateword.toml"
MAX_PORT: Final = 65535
_MIN_MEMORY_KIB: Final = 8


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
    encryption_key: str = _setting(
        "",
        "base64 of 32 bytes",
        "Encrypts secrets at rest; empty is the file `encryption.key` in the data folder.",
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
        1.0, "seconds", "Expected wait for a hash, over which a login is answered 503."
    )
    argon2_memory_kib: int = _setting(19456, "KiB", "Memory of one Argon2id hash.")
    argon2_passes: int = _setting(2, "passes", "Passes of one Argon2id hash over its memory.")
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
    body_timeout_s: float = _setting(15.0, "seconds", "Time a request has to send its body.")
    purge_every_s: float = _setting(600.0, "seconds", "How often expired tokens are deleted.")


class BadSettings(Exception):
    """Settings that cannot be used; the message lists all faults at once."""


def load(environ: Mapping[str, str] | None = None, **given: object) -> Settings:
    """Return settings: given ones first, then the environment, then the file, then defaults.

    Args:
        environ: Environment variables; the process's own when None.
        **given: From the command line; None means not given.

    Raises:
        BadSettings: A value of the wrong type or out of range, or an unknown name.
    """
    environ = os.environ if environ is None else environ
    told = {name: value for name, value in given.items() if value is not None}
    folder = Path(str(told.get("data_dir") or environ.get(f"{PREFIX}DATA_DIR") or _DATA_DIR))
    raw: dict[str, object] = _from_file(folder / FILE_NAME)
    # By our names only: container platforms put variables of their own under any prefix.
    names = {f"{PREFIX}{one.name.upper()}": one.name for one in fields(Settings)}
    raw |= {names[name]: value for name, value in environ.items() if name in names}
    raw |= told
    return _checked(raw)


_DATA_DIR: Final = "gateword-data"
_KINDS: Final = {"str": str, "int": int, "float": float, "Path": Path}


def _from_file(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
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
            values[name] = _KINDS[getattr(kind, "__name__", str(kind))](value)
        except (TypeError, ValueError):
            faults.append(f"{name} is not of type {getattr(kind, '__name__', kind)}")
    settings = Settings(**values) if not faults else Settings()  # type: ignore[arg-type]
    faults += _out_of_range(settings)
    if faults:
        raise BadSettings("; ".join(faults))
    return settings


def _out_of_range(settings: Settings) -> list[str]:
    faults = []
    if settings.tls not in ("dev", "off", "files"):
        faults.append("tls is dev, off or files")
    if settings.tls == "files" and not (settings.tls_cert and settings.tls_key):
        faults.append("tls files needs tls_cert and tls_key")
    if settings.workers < 1:
        faults.append("workers is at least 1")
    if not 0 <= settings.port <= MAX_PORT:
        faults.append("port is 0 to 65535")
    if settings.argon2_memory_kib < _MIN_MEMORY_KIB or settings.argon2_passes < 1:
        faults.append(f"argon2_memory_kib is at least {_MIN_MEMORY_KIB}, argon2_passes 1")
    return faults
