"""A certificate authority for development: HTTPS on the first run, trusted by one variable."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class DevCertificates:
    """Where the files are.

    Attributes:
        ca: The authority's certificate alone; what `NODE_EXTRA_CA_CERTS` wants.
        bundle: The machine's authorities and ours; what `SSL_CERT_FILE` wants.
    """

    folder: Path

    @property
    def ca(self) -> Path:
        return self.folder / "ca.pem"

    @property
    def ca_key(self) -> Path:
        return self.folder / "ca.key"

    @property
    def bundle(self) -> Path:
        return self.folder / "bundle.pem"

    @property
    def certificate(self) -> Path:
        return self.folder / "server.pem"

    @property
    def key(self) -> Path:
        return self.folder / "server.key"


def ensure(data_dir: Path, hosts: Iterable[str]) -> DevCertificates:
    """Make what is missing: the authority once, a certificate whenever it lacks a host or time.

    Args:
        data_dir: Folder of the installation; the files live in `tls` below it.
        hosts: Names and addresses of the tenants, without ports.
    """
    files = DevCertificates(data_dir / "tls")
    authority = import_module("gateword.crypto.dev_authority")  # X.509 costs 70 ms and 9 MB
    authority.complete(files, hosts)
    return files
