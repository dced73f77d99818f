"""The tenant that every golden and wire test begins with: who lives in it, and who may do what.

Names a golden may use in `{{…}}` are the keys of `VALUES`.
"""

import base64
from dataclasses import replace
from typing import Final

import bcrypt

from gateword.domain.client import AuthMethod, ClientKey, RefreshPolicy
from gateword.domain.resource_server import ClientGrant, Role
from gateword.domain.secret import Secret
from gateword.ports.parts import Parts
from gateword.provision.management_api import SCOPES
from tests.support.factories import (
    CLIENT_CREDENTIALS,
    EVERY_GRANT,
    MFA_GRANTS,
    PASSWORD,
    a_client,
    a_connection,
    a_user,
    an_api,
    local_id,
    secret_of,
)
from tests.support.house import DOMAIN, House, signing_key
from tests.support.stand_ins import START
from tests.wire.assertions import client_key_pem

ISSUER: Final = f"https://{DOMAIN}/"
MANAGEMENT: Final = f"{ISSUER}api/v2/"
API: Final = "https://api.example"
EMPLOYEES: Final = "Employees"
CUSTOMERS: Final = "Customers"
ORIGIN: Final = "https://shop.example"
PASSWORDS: Final = {
    "password": "correct horse battery",
    "customer_password": "another horse battery",
    "odd_password": " pässwörd\t😀 ",
}
BASIC_SECRET: Final = "p:ss +%2Fü&=word"
API_SECRET: Final = "an-hs256-api-secret-that-is-long-enough"
ROTATING: Final = RefreshPolicy(rotating=True, absolute_s=2592000, idle_s=1296000)

CLIENTS: Final = {
    client.name.lower(): client
    for client in (
        a_client("web", origins=frozenset({ORIGIN}), is_ip_header_trusted=True),
        a_client("other", origins=frozenset({"https://other.example"})),
        a_client("spa", auth_method=AuthMethod.NONE, origins=frozenset({"https://spa.example"})),
        a_client("basic", auth_method=AuthMethod.BASIC, secret=Secret(BASIC_SECRET)),
        a_client(
            "signed",
            auth_method=AuthMethod.PRIVATE_KEY_JWT,
            secret=None,
            keys=(
                ClientKey(
                    id="cred_1", name="one", kid="one", alg="RS256", pem=client_key_pem("one")
                ),
            ),
        ),
        a_client("machine", grant_types=(CLIENT_CREDENTIALS,)),
        a_client("bare", grant_types=()),
        a_client("third", is_first_party=False),
        a_client("online", grant_types=(PASSWORD,)),
        a_client("rotating", refresh=ROTATING),
        a_client("overlapping", refresh=replace(ROTATING, leeway_s=60)),
        a_client("idle", refresh=RefreshPolicy(absolute_s=7200, idle_s=3600)),
        a_client("hs256", id_token_alg="HS256"),
        a_client("ps256", id_token_alg="PS256", id_token_lifetime_s=600),
        a_client("public-hs256", auth_method=AuthMethod.NONE, id_token_alg="HS256"),
        a_client(
            "app",
            grant_types=(*EVERY_GRANT, *MFA_GRANTS),
            origins=frozenset({"https://app.example"}),
        ),
        a_client("mobile", grant_types=(*EVERY_GRANT, *MFA_GRANTS), auth_method=AuthMethod.NONE),
    )
}

SEEDS: Final = {
    name: base64.b32encode(f"{name:.<20.20}".encode()).decode()
    for name in ("Phone", "Tablet", "Device")
}
"""Seeds of the apps that a golden may give to somebody, by the app's name."""


def app_id(kind: str, name: str) -> str:
    """Return the id of an authenticator that a golden gives to somebody."""
    return f"{kind}|dev_Given{name:0>11}"


VALUES: Final = {
    "mfa_api": f"{ISSUER}mfa/",
    "otp_grant": MFA_GRANTS[0],
    "oob_grant": MFA_GRANTS[1],
    "recovery_grant": MFA_GRANTS[2],
    "issuer": ISSUER,
    "kid": signing_key(DOMAIN, "current").kid,
    "next_kid": signing_key(DOMAIN, "next").kid,
    "later_kid": signing_key(DOMAIN, "later").kid,
    "ann": f"auth0|{local_id(EMPLOYEES, 'ann')}",
    "customer_ann": f"auth0|{local_id(CUSTOMERS, 'ann')}",
    "api_secret": API_SECRET,
    "public_pem": client_key_pem("one"),
    **PASSWORDS,
    **{name: client.client_id for name, client in CLIENTS.items()},
    **{f"{name}_secret": secret_of(name) for name in CLIENTS},
    "basic_secret": BASIC_SECRET,
}

_ADMITTED: Final = tuple(client.client_id for name, client in CLIENTS.items() if name != "machine")


async def furnish(house: House) -> None:
    """Fill the default tenant of an empty house."""
    parts = house.parts
    stores = parts.stores
    for state in ("current", "next"):
        await stores.signing_keys.add(signing_key(DOMAIN, state))
    for client in CLIENTS.values():
        await stores.clients.put(client, START)
    await _connections(parts)
    await _apis(parts)
    await _users(parts)
    tenant = await stores.settings.get()
    await stores.settings.save(replace(tenant, default_directory=EMPLOYEES))


async def _connections(parts: Parts) -> None:
    for connection in (
        a_connection(EMPLOYEES, *_ADMITTED, requires_username=True),
        a_connection(CUSTOMERS, *_ADMITTED, realms=("Customers", "shop.example")),
        a_connection("Closed"),
        a_connection("Passwordless", *_ADMITTED, passwords_enabled=False),
        a_connection("google-oauth2", *_ADMITTED, strategy="google-oauth2"),
    ):
        await parts.stores.connections.put(connection, START)


async def _apis(parts: Parts) -> None:
    stores = parts.stores
    for api in (
        an_api(API),
        an_api("https://online.example", allow_offline_access=False, token_lifetime_s=3600),
        an_api("https://rbac.example", enforce_policies=True, token_dialect="access_token_authz"),
        an_api("https://rbac-plain.example", enforce_policies=True),
        an_api("https://rfc9068.example", token_dialect="rfc9068_profile"),
        an_api(
            "https://rfc9068-rbac.example",
            token_dialect="rfc9068_profile_authz",
            enforce_policies=True,
        ),
        an_api("https://hs256.example", signing_alg="HS256", signing_secret=Secret(API_SECRET)),
        an_api("https://ps256.example", signing_alg="PS256"),
        an_api("https://closed.example", user_policy="deny_all", client_policy="deny_all"),
        an_api("https://granted.example", user_policy="require_client_grant"),
        an_api("https://ungranted.example", user_policy="require_client_grant"),
        an_api("https://open.example", client_policy="allow_all"),
        an_api(MANAGEMENT, scopes=SCOPES, is_system=True),
    ):
        await stores.resource_servers.put(api, START)
    for grant in (
        _grant("machine", API, "read:orders", "write:orders"),
        _grant("machine", "https://hs256.example", "read:orders"),
        _grant("machine", "https://rfc9068.example"),
        _grant("machine", "https://rbac.example", "read:orders"),
        _grant("web", "https://granted.example", "read:orders", subject_type="user"),
    ):
        await stores.client_grants.put(grant, START)


def _grant(client: str, audience: str, *scope: str, subject_type: str = "client") -> ClientGrant:
    return ClientGrant(
        id=f"cgr_{client}_{audience.removeprefix('https://')}",
        client_id=CLIENTS[client].client_id,
        audience=audience,
        scope=scope,
        subject_type=subject_type,
    )


async def _users(parts: Parts) -> None:
    stores = parts.stores
    hashed = {name: await parts.hasher.hash(Secret(text)) for name, text in PASSWORDS.items()}
    right = hashed["password"]
    old = bcrypt.hashpw(PASSWORDS["password"].encode(), bcrypt.gensalt(4)).decode()
    people = (
        a_user(
            EMPLOYEES, "ann", username="ann", email_verified=True, password_hash=right,
            phone_number="+4915112345678", phone_verified=True, profile=_FULL,
        ),
        a_user(CUSTOMERS, "ann", password_hash=hashed["customer_password"]),
        a_user(EMPLOYEES, "bob", blocked=True, password_hash=right),
        a_user(EMPLOYEES, "carol"),
        a_user(EMPLOYEES, "old", password_hash=Secret(old)),
        a_user(EMPLOYEES, "odd", password_hash=hashed["odd_password"]),
        a_user("Passwordless", "ann", password_hash=right),
    )  # fmt: skip
    for person in people:
        connection = await stores.connections.named(person.connection)
        if connection is None or await stores.users.add(person, connection, START) is None:
            raise LookupError(f"{person.email} cannot live in {person.connection}")
    ann = await stores.users.by_id(VALUES["ann"])
    if ann is None:
        raise LookupError("ann is not there")
    for identifier in ("https://rbac.example", "https://rfc9068-rbac.example"):
        held = frozenset({(identifier, "read:orders"), (identifier, "delete:orders")})
        role = Role(id=f"rol_{len(identifier)}", name=identifier, permissions=held)
        await stores.roles.put(role)
        await stores.roles.assign(ann.key, [role.name])


_FULL: Final = {
    "name": "Ann Example",
    "nickname": "ann",
    "given_name": "Ann",
    "family_name": "Example",
    "middle_name": "B.",
    "picture": "https://img.example/ann.png",
    "address": {"country": "DE"},
}
