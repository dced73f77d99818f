"""`gateword env`: the exports that make Python, Node and curl trust the development CA."""

import shlex

import typer

from gateword.cli.common import BAD_USE, Data, fail, settings_of
from gateword.crypto.dev_ca import DevCertificates


def env(data: Data = None) -> None:
    """Print shell exports for the development CA: eval "$(gateword env --data DIR)"."""
    settings = settings_of(data)
    files = DevCertificates((settings.data_dir / "tls").resolve())
    if not files.ca.exists():
        fail(f"{settings.data_dir} has no development CA. Run gateword init first.", BAD_USE)
    for name, path in (
        ("SSL_CERT_FILE", files.bundle),
        ("REQUESTS_CA_BUNDLE", files.bundle),
        ("CURL_CA_BUNDLE", files.bundle),
        ("NODE_EXTRA_CA_CERTS", files.ca),
    ):
        typer.echo(f"export {name}={shlex.quote(str(path))}")
