"""A URL becomes a database, a database becomes stores."""

from importlib import import_module
from pathlib import Path

from gateword.ports.clock import Clock, Dice
from gateword.ports.crypto import Vault
from gateword.ports.geography import Geography
from gateword.ports.meter import Meter
from gateword.ports.parts import Stores
from gateword.ports.stores import Tenants
from gateword.storage.attempts import SqlAttempts
from gateword.storage.authenticators import SqlAuthenticators
from gateword.storage.cache import ConfigCache
from gateword.storage.census import SqlCensus
from gateword.storage.challenges import SqlChallenges
from gateword.storage.client_grants import SqlClientGrants
from gateword.storage.clients import SqlClients
from gateword.storage.connections import SqlConnections
from gateword.storage.cursors import SqlCursors
from gateword.storage.documents import SqlDocuments
from gateword.storage.engine import Database
from gateword.storage.familiar import SqlFamiliar
from gateword.storage.families import SqlFamilies
from gateword.storage.half_logins import SqlHalfLogins
from gateword.storage.hash_kinds import HashKinds
from gateword.storage.jobs import SqlJobs
from gateword.storage.logins import SqlLogins
from gateword.storage.outbox import SqlOutbox
from gateword.storage.passwords import SqlPasswords
from gateword.storage.proofs import SqlProofs
from gateword.storage.protection import SqlProtections
from gateword.storage.resource_servers import SqlResourceServers
from gateword.storage.roles import SqlRoles
from gateword.storage.sampled_logs import SampledLogs
from gateword.storage.signing_keys import SqlSigningKeys
from gateword.storage.sqlite import SqliteDatabase
from gateword.storage.tallies import SqlTallies
from gateword.storage.tenant_database import TenantDatabase
from gateword.storage.tenants import SqlTenants, SqlTenantSettings
from gateword.storage.tickets import SqlTickets
from gateword.storage.tokens import SqlTokens
from gateword.storage.url import is_postgres, sqlite_path
from gateword.storage.user_import import SqlUserImports
from gateword.storage.users import SqlUsers
from gateword.storage.valkey_attempts import ValkeyAttempts
from gateword.storage.valkey_scripts import Server


async def open_database(url: str, *, data_dir: Path) -> Database:
    """Open a database whose tables are current (`migrate.upgrade` sees to that).

    Args:
        url: `sqlite:///path` (relative paths begin in `data_dir`) or `postgresql://…`.
        data_dir: Directory of this installation.

    Raises:
        ValueError: No such kind of database.
        Refused: STORE_UNREACHABLE.
    """
    if is_postgres(url):
        postgres = import_module("gateword.storage.postgres")  # its driver costs 20 MB
        database: Database = await postgres.open_postgres(url)
        return database
    return SqliteDatabase(sqlite_path(url, data_dir))


def open_counters(url: str, prefix: str, meter: Meter, clock: Clock) -> Server | None:
    """Return the server that counts velocity for all processes; nothing is asked of it yet.

    Args:
        url: As the setting `valkey_url` has it; empty means that the database counts.
        prefix: Begins every key of this installation.
        meter: Counts how it answers.
        clock: Tells when it may be asked again.

    Raises:
        ValueError: A URL that cannot be read, or the driver is not installed.
    """
    if not url:
        return None
    try:
        valkey = import_module("gateword.storage.valkey_server")  # its driver costs 12 MB
    except ModuleNotFoundError as error:
        raise ValueError(f"valkey_url needs `pip install 'gateword[valkey]'`: {error}") from None
    server: Server = valkey.ValkeyServer(url, prefix, meter, clock.monotonic_s)
    return server


def open_geography(path: str) -> Geography | None:
    """Return where addresses are; None without a file.

    Args:
        path: As the setting `geo_database` has it.

    Raises:
        ValueError: The file is missing or no such database.
    """
    if not path:
        return None
    geo = import_module("gateword.storage.geo_database")  # most installations have no such file
    found: Geography = geo.GeoDatabase(Path(path))
    return found


def open_stores(
    database: Database,
    tenant_key: int,
    vault: Vault,
    clock: Clock,
    dice: Dice,
    *,
    counters: Server | None = None,
) -> Stores:
    """Return every store of one tenant; none of them reaches a row of another."""
    rows = TenantDatabase(database, tenant_key)
    logs, counted = SampledLogs(rows, clock.monotonic_s), SqlAttempts(rows, clock, dice)
    attempts: SqlAttempts | ValkeyAttempts = counted
    if counters:
        attempts = ValkeyAttempts(counted, counters, tenant_key, logs, dice)
    cache = ConfigCache(rows, clock.monotonic_s)
    authenticators = SqlAuthenticators(rows, vault, dice)
    return Stores(
        settings=SqlTenantSettings(cache),
        clients=SqlClients(rows, cache, vault),
        connections=SqlConnections(rows, cache, vault),
        resource_servers=SqlResourceServers(cache, vault),
        client_grants=SqlClientGrants(rows, cache),
        roles=SqlRoles(rows),
        users=SqlUsers(rows, dice, HashKinds(rows, clock.monotonic_s), vault),
        passwords=SqlPasswords(rows, counted.forget),
        tokens=SqlTokens(rows, logs),
        families=SqlFamilies(rows),
        signing_keys=SqlSigningKeys(cache, vault),
        logs=logs,
        documents=SqlDocuments(cache, vault),
        jobs=SqlJobs(rows, vault),
        tickets=SqlTickets(rows),
        outbox=SqlOutbox(rows, vault),
        cursors=SqlCursors(rows),
        user_imports=SqlUserImports(rows, vault, dice, authenticators),
        attempts=attempts,
        logins=SqlLogins(rows, attempts),
        census=SqlCensus(rows),
        protection=SqlProtections(cache),
        tallies=SqlTallies(rows),
        authenticators=authenticators,
        half_logins=SqlHalfLogins(rows, vault),
        challenges=SqlChallenges(rows),
        proofs=SqlProofs(rows),
        familiar=SqlFamiliar(rows),
    )


def open_tenants(database: Database) -> Tenants:
    """Return the list of tenants."""
    return SqlTenants(database)
