"""`gateword export`: a tenant's configuration as files that `gateword apply` reads."""

from enum import StrEnum, unique
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.markup import escape

from gateword.app import opened
from gateword.cli import diff, remote
from gateword.cli.common import (
    BAD_USE,
    Data,
    DatabaseUrl,
    TenantName,
    err,
    existing,
    fail,
    out,
    run,
)
from gateword.cli.remote import CaFile, ClientId, ClientSecret, ServerUrl
from gateword.provision import written
from gateword.provision.export import Exported, exported
from gateword.settings import Settings

_YAML_SUFFIXES: Final = (".yaml", ".yml")
_TENANT_FILE: Final = "tenant.yaml"
_STDOUT: Final = "-"


@unique
class Format(StrEnum):
    """How a configuration is laid out."""

    YAML = "yaml"
    DIRECTORY = "directory"


Target = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE|DIR",
        help="NAME.yaml, or a folder; with - or without it YAML goes to standard output, scripts "
        "inside.",
    ),
]
Layout = Annotated[
    Format | None,
    typer.Option(
        "--format",
        help="yaml: one file and its scripts; directory: a file for each thing. By the name of "
        "the target unless given.",
    ),
]


WithIds = Annotated[
    bool,
    typer.Option(
        "--with-ids",
        help="Also each client_id, so that a new installation made from it keeps them.",
    ),
]


def export(
    target: Target = None,
    layout: Layout = None,
    with_ids: WithIds = False,
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    url: ServerUrl = None,
    client_id: ClientId = None,
    client_secret: ClientSecret = None,
    ca: CaFile = None,
) -> None:
    """Write a tenant's configuration in the format of Auth0's Deploy CLI, without secrets and ids.

    Applied to the same tenant it changes nothing. Files of the same name are overwritten. A new
    tenant made from it has new client ids unless --with-ids is given, and new secrets always.
    """
    server = remote.server(url, client_id, client_secret, ca, data)
    place = server or existing(data, database_url)
    if str(target) == _STDOUT:
        target = None
    _check(target, layout)
    if isinstance(place, Settings):
        found = run(_exported(place, tenant, with_ids=with_ids))
    else:
        found = place.export(with_ids=with_ids)
    if target is None:
        typer.echo(written.as_yaml(found.document, found.left_out), nl=False)
        return
    folder, files = _files(target, layout, found)
    _write(folder, files)
    for one in found.left_out:
        err.print(f"[yellow]left out[/] {escape(one)}")
    out.print(f"Wrote {diff.counted(len(files), 'file')} to {escape(str(folder))}.")


def _check(target: Path | None, layout: Format | None) -> None:
    if layout is Format.DIRECTORY:
        if target is None:
            fail("say where to write the folder: gateword export DIR --format directory", BAD_USE)
        return
    suffix = target.suffix if target is not None and not target.is_dir() else ""
    if suffix and suffix not in _YAML_SUFFIXES:
        fail(
            f"{escape(str(target))} is neither NAME.yaml nor a folder's name; for a folder called "
            "so, say --format directory",
            BAD_USE,
        )


async def _exported(settings: Settings, tenant: str, *, with_ids: bool) -> Exported:
    async with opened(settings, tenant) as house:
        return await exported(house.parts, with_ids=with_ids)


def _files(target: Path, layout: Format | None, found: Exported) -> tuple[Path, written.Files]:
    is_file = target.suffix in _YAML_SUFFIXES
    if layout is Format.DIRECTORY or (layout is None and not is_file):
        return target, written.as_folder(found.document)
    folder, name = (target.parent, target.name) if is_file else (target, _TENANT_FILE)
    return folder, written.as_yaml_files(found.document, found.left_out, name)


def _write(folder: Path, files: written.Files) -> None:
    try:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
    except OSError as error:
        fail(f"{escape(str(error.filename))} cannot be written: {error.strerror}")
