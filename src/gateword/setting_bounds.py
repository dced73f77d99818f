"""What a setting may be, beyond its type."""

from collections.abc import Mapping
from typing import Any, Final

from gateword.setting_values import is_private_url, not_networks

MAX_PORT: Final = 65535
_MIN_MEMORY_KIB: Final = 8
_MIN_PERIOD_S: Final = 0.01
_MIN_KEY_CHARS: Final = 32
_VALKEY_SCHEMES: Final = ("valkey://", "valkeys://", "redis://", "rediss://", "unix://")


def out_of_range(values: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with settings that have the right types; nothing when all fit."""
    faults = []
    if values["tls"] not in ("dev", "off", "files"):
        faults.append("tls is dev, off or files")
    if values["metrics"] not in ("off", "local", "open"):
        faults.append("metrics is off, local or open")
    if values["otel"] not in ("auto", "on", "off"):
        faults.append("otel is auto, on or off")
    if values["tls"] == "files" and not (values["tls_cert"] and values["tls_key"]):
        faults.append("tls files needs tls_cert and tls_key")
    if not 0 <= values["port"] <= MAX_PORT:
        faults.append(f"port is 0 to {MAX_PORT}")
    if values["valkey_url"] and not values["valkey_url"].startswith(_VALKEY_SCHEMES):
        faults.append(f"valkey_url begins with {', '.join(_VALKEY_SCHEMES)}")
    if values["smtp_url"] and not values["smtp_url"].startswith(("smtp://", "smtps://")):
        faults.append("smtp_url begins with smtp:// or smtps://")
    return [
        *faults,
        *_unfit_for_codes(values),
        *_too_small(values),
        *(
            f"trusted_proxies: {one} is no address or network"
            for one in not_networks(values["trusted_proxies"])
        ),
    ]


def _unfit_for_codes(values: Mapping[str, Any]) -> list[str]:
    faults = [
        f"{name} begins with https://, or with http:// and names this machine"
        for name, url in (
            ("twilio_url", values["twilio_url"]),
            ("phone_webhook_url", values["phone_webhook_url"] or values["twilio_url"]),
        )
        if not is_private_url(url)
    ]
    if values["phone_webhook_url"] and len(values["phone_webhook_secret"]) < _MIN_KEY_CHARS:
        faults.append(f"phone_webhook_url needs a phone_webhook_secret of {_MIN_KEY_CHARS} or more")
    return faults


def _too_small(values: Mapping[str, Any]) -> list[str]:
    least: dict[str, float] = {
        "workers": 1,
        "hash_threads": 0,
        "hash_max_wait_s": 0,
        "argon2_memory_kib": _MIN_MEMORY_KIB,
        "argon2_passes": 1,
        "token_rate_per_s": 0,
        "userinfo_rate_per_min": 0,
        "management_rate_per_s": 0,
        "change_password_burst": 0,
        "log_retention_days": 0,
        "body_timeout_s": _MIN_PERIOD_S,
        "drain_s": 0,
        "purge_every_s": _MIN_PERIOD_S,
    }
    return [
        f"{name} is at least {bound:g}" for name, bound in least.items() if values[name] < bound
    ]
