"""Every SDK proves its client with a signed assertion instead of a secret (RFC 7523)."""

import textwrap

import jwt
import pytest
from auth0.authentication import GetToken
from auth0.authentication.exceptions import Auth0Error
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.compat.shop import AUDIENCE
from tests.support import node
from tests.support.served import Served

ROBOT = "Robot000000000000000000000000000"

CONFIG = """
clients:
  - name: Robot
    client_id: {client_id}
    app_type: non_interactive
    grant_types: [client_credentials]
    client_authentication_methods:
      private_key_jwt:
        credentials:
          - name: first
            credential_type: public_key
            alg: RS256
            pem: |
{pem}
clientGrants:
  - client_id: Robot
    audience: {audience}
    scope: [read:orders]
"""

# auth0-python asks the clock with a function that Python 3.12 calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


def a_key() -> rsa.RSAPrivateKey:
    """Make a key pair."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(key: rsa.RSAPrivateKey) -> str:
    """Return a private key in the form that every SDK reads."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture(scope="module")
def robot(shop: Served) -> str:
    """The private key of a client that was added while the server runs."""
    key = a_key()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    pem = textwrap.indent(public.decode(), " " * 14)
    shop.apply(CONFIG.format(client_id=ROBOT, audience=AUDIENCE, pem=pem))
    return private_pem(key)


def scope_of(token: object) -> object:
    """Read a token's scope without verifying it; the recipes verify."""
    return jwt.decode(str(token), options={"verify_signature": False})["scope"]


@pytest.mark.usefixtures("trust")
def test_auth0_python_proves_itself_with_a_key(shop: Served, robot: str) -> None:
    """auth0-python gets a token with an assertion signed by the client's key."""
    sdk = GetToken(shop.domain, ROBOT, client_assertion_signing_key=robot)

    assert "read:orders" == scope_of(sdk.client_credentials(AUDIENCE)["access_token"])


@pytest.mark.usefixtures("trust", "robot")
def test_auth0_python_with_another_key_raises_its_own_error(shop: Served) -> None:
    """An assertion signed by another key proves nothing."""
    stranger = private_pem(a_key())
    sdk = GetToken(shop.domain, ROBOT, client_assertion_signing_key=stranger)

    with pytest.raises(Auth0Error) as raised:
        sdk.client_credentials(AUDIENCE)
    assert 401 == raised.value.status_code
    assert "invalid_client" == raised.value.error_code


@pytest.mark.parametrize(
    ("program", "package", "call", "member"),
    [
        ("auth0.mjs", "auth0", "clientCredentialsGrant", "access_token"),
        (
            "auth0-auth-js.mjs",
            "@auth0/auth0-auth-js",
            "getTokenByClientCredentials",
            "accessToken",
        ),
    ],
    ids=["auth0", "auth0-auth-js"],
)
def test_node_sdk_proves_itself_with_a_key(
    shop: Served, robot: str, program: str, package: str, call: str, member: str
) -> None:
    """Both Node SDKs get a token with an assertion signed by the client's key."""
    ask = {
        "domain": shop.domain,
        "clientId": ROBOT,
        "clientAssertionSigningKey": robot,
        "call": call,
        "params": {"audience": AUDIENCE},
    }

    answer = node.run(program, ask, shop.env, package)

    assert isinstance(answer, dict)
    assert "value" in answer, answer
    assert "read:orders" == scope_of(answer["value"][member])
