"""`gateword doctor`: what is wrong with an installation, and what could be better."""

import json
import stat
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import typer
from cryptography import x509
from rich.markup import escape

from gateword.app import opened
from gateword.cli.common import (
    FAILED,
    AsJson,
    Data,
    DatabaseUrl,
    TenantName,
    existing,
    out,
    run,
)
from gateword.cli.doctor_lanes import lane_findings
from gateword.domain.refused import Refused
from gateword.ports.opened import Opened
from gateword.provision import adaptive, code_findings, compiling, factor_findings
from gateword.provision.checkup import findings
from gateword.provision.draft import Draft, drawn
from gateword.provision.finding import Finding
from gateword.settings import DATABASE_FILE, Settings
from gateword.storage.breach_corpus import Corpus, Unusable
from gateword.storage.breaches import WHOLE, corpus_file
from gateword.storage.open import open_geography
from gateword.values import replace

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_EXPIRES_SOON: Final = timedelta(days=30)
_EARLIEST: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Before this version was made; a clock that says so is wrong."""

_STYLES: Final = {"error": "bold red", "warning": "yellow", "hint": "cyan"}


def doctor(
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Look for faults: files, database, keys, certificate, clients, realms.

    Ends with status 1 when there is an error; warnings and hints leave it at 0.
    """
    settings = existing(data, database_url)
    found = [*_files(settings), *_certificate(settings), *_clock()]
    if unusable := _unusable_geo(settings):
        found.append(unusable)
        settings = replace(settings, geo_database="")
    found += run(_tenant(settings, tenant))
    is_healthy = all(finding.level != "error" for finding in found)
    if as_json:
        document = {"ok": is_healthy, "findings": [asdict(finding) for finding in found]}
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        _print(found)
    if not is_healthy:
        raise typer.Exit(FAILED)


def _print(found: Sequence[Finding]) -> None:
    for finding in found:
        level = f"[{_STYLES[finding.level]}]{finding.level:<8}[/]"
        out.print(f"{level}[bold]{escape(finding.about)}[/]: {escape(finding.text)}")
    if not found:
        out.print("[green]Nothing to mend.[/]")


async def _tenant(settings: Settings, tenant: str) -> list[Finding]:
    try:
        async with opened(settings, tenant) as house:  # brings the tables up to date as well
            stores = house.parts.stores
            draft = await drawn(house.parts)
            found = findings(
                draft,
                await stores.signing_keys.all(),
                house.parts.clock.now(),
                few_leaks=_few_leaks(settings),
            )
            told = [*code_findings.findings(draft, settings), *adaptive.findings(draft, settings)]
            told += factor_findings.findings(draft)
            told += await lane_findings(stores.users, draft.connections.values())
            return [*await _counters(house), *await _scripts(house, draft), *told, *found]
    except Refused as refused:
        text = f"cannot be used: {refused.detail or refused.description}"
        return [Finding(level="error", about="database", text=text)]
    except ValueError as bad:  # another encryption key than the one the secrets were sealed with
        return [Finding(level="error", about="encryption key", text=str(bad))]


async def _scripts(house: Opened, draft: Draft) -> list[Finding]:
    hooks = await compiling.hooks(house.parts.stores.documents)
    return await compiling.findings(house.parts.scripts, [*compiling.drafted(draft), *hooks])


def _unusable_geo(settings: Settings) -> Finding | None:
    try:
        open_geography(settings.geo_database)
    except ValueError as bad:
        return Finding(
            level="error", about="geo_database", text=f"{bad}; the server will not start"
        )
    return None


def _few_leaks(settings: Settings) -> int | None:
    """Return how many passwords a small corpus holds: 0 of none that can be used, None of more."""
    try:
        entries = Corpus.of_file(corpus_file(settings)).about.entries
    except (Unusable, OSError):
        return 0
    return entries if entries < WHOLE else None


async def _counters(house: Opened) -> list[Finding]:
    if house.counters is None or await house.counters.ask("PING") is not None:
        return []
    text = (
        "names a server that does not answer, so nobody is throttled; blocks of accounts stay: "
        "start it, or mend or unset valkey_url"
    )
    return [Finding(level="warning", about="valkey_url", text=text)]


def _files(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    names = ("encryption.key", DATABASE_FILE, f"{DATABASE_FILE}-wal", f"{DATABASE_FILE}-shm")
    keys = sorted((folder / "tls").glob("*.key"))
    given = [Path(settings.tls_key)] if settings.tls_key else []
    for path in (folder, *(folder / name for name in names), *keys, *given):
        if path.exists() and path.stat().st_mode & _OTHERS:
            mode = "700" if path.is_dir() else "600"
            yield Finding(
                level="error",
                about=str(path),
                text=f"is open to other users of this machine; chmod {mode} {path}",
            )


def _certificate(settings: Settings) -> Iterator[Finding]:
    if settings.tls == "off":
        return
    is_dev = settings.tls == "dev"
    path = settings.data_dir / "tls" / "server.pem" if is_dev else Path(settings.tls_cert)
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        step = "gateword init makes it" if is_dev else "set tls_cert to a PEM file"
        yield Finding(level="error", about=str(path), text=f"is no readable certificate; {step}")
        return
    left = certificate.not_valid_after_utc - datetime.now(UTC)
    if left < _EXPIRES_SOON:
        step = "restart the server, which renews it" if is_dev else "renew it"
        yield Finding(
            level="error" if left < timedelta(0) else "warning",
            about=str(path),
            text=f"expires on {certificate.not_valid_after_utc:%Y-%m-%d}; {step}",
        )


def _clock() -> Iterator[Finding]:
    now = datetime.now(UTC)
    if now < _EARLIEST:
        yield Finding(
            level="error", about="clock", text=f"it says {now:%Y-%m-%d}; set it, or tokens fail"
        )
