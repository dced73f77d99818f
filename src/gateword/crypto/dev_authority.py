"""Makes the certificates of the development CA."""

import os
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import trustme
from cryptography import x509

from gateword.crypto.dev_ca import DevCertificates

# Browsers and Apple's trust store refuse leaf certificates that live longer.
_LEAF_DAYS: Final = 397
_RENEW_BEFORE_DAYS: Final = 30
_LOCAL: Final = ("localhost", "127.0.0.1", "::1")


def complete(files: DevCertificates, hosts: Iterable[str]) -> None:
    """Make what is missing or will soon have expired."""
    files.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = _authority(files)
    wanted = dict.fromkeys([*hosts, *_LOCAL])
    if not _covers(files, wanted):
        end = datetime.now(UTC) + timedelta(days=_LEAF_DAYS)
        leaf = authority.issue_cert(*wanted, not_after=end)
        chain = b"".join(pem.bytes() for pem in leaf.cert_chain_pems)
        _write(files.key, leaf.private_key_pem.bytes())
        _write(files.certificate, chain)


def _authority(files: DevCertificates) -> trustme.CA:
    if files.ca.exists() and files.ca_key.exists():
        authority = trustme.CA.from_pem(files.ca.read_bytes(), files.ca_key.read_bytes())
    else:
        authority = trustme.CA(organization_name="Gateword development")
        for stale in (files.bundle, files.certificate):  # they tell of an authority that is gone
            stale.unlink(missing_ok=True)
        _write(files.ca_key, authority.private_key_pem.bytes())
        _write(files.ca, authority.cert_pem.bytes())
    if not files.bundle.exists():
        _write(files.bundle, _machine_authorities() + authority.cert_pem.bytes())
    return authority


def _covers(files: DevCertificates, hosts: Iterable[str]) -> bool:
    if not (files.certificate.exists() and files.key.exists()):
        return False
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    renew_at = certificate.not_valid_after_utc - timedelta(days=_RENEW_BEFORE_DAYS)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    listed = {str(name.value) for name in names}
    return datetime.now(UTC) < renew_at and listed.issuperset(hosts)


def _machine_authorities() -> bytes:
    path = ssl.get_default_verify_paths().cafile
    return Path(path).read_bytes() + b"\n" if path and Path(path).exists() else b""


def _write(path: Path, data: bytes) -> None:
    """Write a file readable by its owner alone, whole or not at all."""
    part = path.with_suffix(path.suffix + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    part.replace(path)
