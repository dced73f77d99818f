"""The settings of attack protection of an installation; they are read, and nothing is changed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.markup import escape

from gateword.cli.common import BAD_USE, existing, fail, settings_of
from gateword.cli.house import opened
from gateword.cli.rehearsal.tenants import Documents
from gateword.policy import attack_protection
from gateword.settings import DATABASE_FILE, Settings, database_url
from gateword.storage import migrate
from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installation says.

    Attributes:
        source: Whose settings they are, in words.
        documents: Objects that somebody has changed, by id.
        unguarded: Connections that switch brute-force protection off for themselves.
    """

    source: str
    documents: Documents
    unguarded: Sequence[str] = ()


def found(data: Path | None, url: str | None) -> Settings | None:
    """Return the installation that the options mean; None when they mean none and there is none."""
    if data is not None or url is not None:
        return existing(data, url)
    settings = settings_of(None)
    is_there = settings.database_url or (settings.data_dir / DATABASE_FILE).exists()
    return settings if is_there else None


async def read(settings: Settings, tenant: str) -> Installed:
    """Return a tenant's settings of attack protection.

    Raises:
        NoSuchTenant: None has that name.
        Refused: STORE_UNREACHABLE.
    """
    folder = settings.data_dir
    _check_untouched(settings)
    async with opened(settings, tenant) as house:
        stores = house.parts.stores
        kept = await stores.documents.all(attack_protection.KIND)
        connections = await stores.connections.all()
    documents: Mapping[str, Mapping[str, object]] = {
        one.id: one.document for one in kept if one.id in attack_protection.DEFAULTS
    }
    unguarded = [
        one.name for one in connections if one.options.get("brute_force_protection") is False
    ]
    return Installed(f"tenant {tenant} of {folder}", documents, unguarded)


def _check_untouched(settings: Settings) -> None:
    """End the command where opening the installation would change it: tables, or a new key."""
    folder = escape(str(settings.data_dir))
    if not migrate.is_current(database_url(settings), data_dir=settings.data_dir):
        fail(
            "the installation's tables are those of another version. Bring them up to date: "
            f"gateword doctor --data {folder}",
            BAD_USE,
        )
    if not settings.encryption_key and not (settings.data_dir / "encryption.key").exists():
        fail(f"{folder} holds no encryption.key; give the installation's own folder", BAD_USE)
