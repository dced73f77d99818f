"""The npm registry: what it says about packages, and their tarballs, held against the lock."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, Final

from scripts.modules_errors import ModulesError, UnreachableError
from scripts.modules_lock import Locked

PUBLIC: Final = "https://registry.npmjs.org"
TRIES: Final = 3
TIMEOUT_S: Final = 20
_NOT_FOUND: Final = 404
_BUSY: Final = (408, 425, 429)
_SERVER_FAULT: Final = 500


class Registry:
    """Answers from a registry, by way of a folder that keeps what was downloaded.

    Args:
        address: Where it is; `npm_config_registry` or npm's own where none is named.
        cache: The folder; the user's cache folder where none is named.
        pause_s: Seconds before the second try; doubled before the third.
    """

    def __init__(
        self, address: str | None = None, cache: Path | None = None, pause_s: float = 1.0
    ) -> None:
        npm_writes_it_so = os.environ.get("npm_config_registry")  # noqa: SIM112  both are npm's
        named = npm_writes_it_so or os.environ.get("NPM_CONFIG_REGISTRY")
        self.address = (address or named or PUBLIC).rstrip("/")
        if urllib.parse.urlsplit(self.address).scheme not in {"http", "https"}:
            raise ModulesError(f"npm_config_registry is no web address: {self.address}")
        home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        self._cache = cache or Path(home).expanduser() / "gateword" / "npm"
        self._pause_s = pause_s

    def about(self, name: str, version: str = "") -> Any:
        """Return what the registry says about one version of a package, or about all of them."""
        path = urllib.parse.quote(name, safe="@")
        return json.loads(self._get(f"{path}/{version}" if version else path))

    def tarball(self, package: Locked) -> bytes:
        """Return a package as it was locked.

        Raises:
            ModulesError: What came is something else.
            UnreachableError: Nothing came.
        """
        digest = _digest(package)
        kept = self._cache / f"{digest.hex()}.tgz"
        try:
            content = kept.read_bytes()
        except OSError:
            content = b""
        if _is(content, digest):
            return content
        base = package.name.rpartition("/")[2]
        content = self._get(f"{package.name}/-/{base}-{package.version}.tgz")
        if not _is(content, digest):
            raise ModulesError(
                f"{package.key} from {self.address} is not what the lock names: its checksum "
                "differs. Nothing was packed. Ask another registry (npm_config_registry), and find "
                "out what this one sent before you trust it."
            )
        self._keep(kept, content)
        return content

    def _keep(self, path: Path, content: bytes) -> None:
        part = path.with_suffix(f".{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(content)
            part.replace(path)
        except OSError:
            return  # a home that cannot be written costs the next download, nothing else

    def _get(self, path: str) -> bytes:
        for left in reversed(range(TRIES)):
            try:
                return self._once(path)
            except _AgainError as again:
                if not left:
                    raise UnreachableError(
                        f"{self.address} did not answer ({again}). Look at the network, at "
                        "https_proxy and SSL_CERT_FILE, or name another registry in "
                        "npm_config_registry; then run scripts/modules."
                    ) from None
                time.sleep(self._pause_s * 2 ** (TRIES - 1 - left))
        raise AssertionError

    def _once(self, path: str) -> bytes:
        request = urllib.request.Request(f"{self.address}/{path}")  # noqa: S310  only the web
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in _BUSY or error.code >= _SERVER_FAULT:
                raise _AgainError(str(error)) from None
            raise ModulesError(
                f"{self.address}/{path}: {error}. "
                + (
                    "The registry lacks it; name another in npm_config_registry."
                    if error.code == _NOT_FOUND
                    else "Look at npm_config_registry and at the proxy."
                )
            ) from None
        except (OSError, http.client.HTTPException) as error:
            raise _AgainError(str(error) or type(error).__name__) from None


class _AgainError(Exception):
    """This try failed; the next may not."""


def _digest(package: Locked) -> bytes:
    algorithm, _, text = package.integrity.partition("-")
    try:
        digest = base64.b64decode(text, validate=True)
    except ValueError:
        digest = b""
    if algorithm != "sha512" or len(digest) != hashlib.sha512().digest_size:
        raise ModulesError(f"The lock has no SHA-512 checksum of {package.key}: it is refused.")
    return digest


def _is(content: bytes, digest: bytes) -> bool:
    return hmac.compare_digest(hashlib.sha512(content).digest(), digest)
