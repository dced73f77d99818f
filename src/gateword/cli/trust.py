"""Whose certificates a command believes when it asks a server, and why one cannot be asked."""

import ssl
from pathlib import Path

import httpx
from rich.markup import escape

from gateword.cli.common import BAD_USE, fail, settings_of
from gateword.crypto.dev_ca import DevCertificates


def trusting(ca: Path | None, data: Path | None) -> ssl.SSLContext:
    """Return what to trust besides the system's authorities; the command ends on a bad file.

    Args:
        ca: Certificate authority that was named.
        data: Installation whose development CA is looked for where none was named.
    """
    trust = ssl.create_default_context()
    try:
        for path in _authorities(ca, data):
            trust.load_verify_locations(path)
    except (OSError, ssl.SSLError) as error:
        fail(f"{escape(str(ca))} is no certificate authority: {error}", BAD_USE)
    return trust


def _authorities(ca: Path | None, data: Path | None) -> list[Path]:
    if ca is not None:
        return [ca]
    own = DevCertificates(settings_of(data).data_dir / "tls").ca
    return [own] if own.exists() else []


def unreachable(error: httpx.HTTPError) -> str:
    """Return why a server cannot be asked, and what to do."""
    told = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in told:
        why = told.partition("certificate verify failed: ")[2].partition(" (_ssl")[0]
        return (
            f"has a certificate that is not trusted here ({why or told}): name its authority with "
            "--ca FILE, or the installation whose development CA it has with --data DIR"
        )
    if isinstance(error, httpx.TimeoutException):
        return f"did not answer in time ({told or type(error).__name__})"
    if isinstance(error, httpx.ConnectError):
        return f"cannot be reached ({told}): is the server running, and is this its address?"
    return f"cannot be asked: {told}"
