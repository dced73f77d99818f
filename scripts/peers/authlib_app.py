"""Authlib in Flask, with SQLAlchemy on SQLite; `python authlib_app.py` makes its database.

What the bench wants stands in the file that PEER_CONFIG names.
"""

import json
import os
import time
from pathlib import Path
from typing import Any, Final

import bcrypt
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.sqla_oauth2 import (
    OAuth2ClientMixin,
    OAuth2TokenMixin,
    create_query_client_func,
)
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from flask import Flask
from joserfc.jwk import KeySet, RSAKey
from sqlalchemy import ForeignKey, create_engine, event, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    mapped_column,
    relationship,
    scoped_session,
    sessionmaker,
)

WANTED: Final[dict[str, Any]] = json.loads(Path(os.environ["PEER_CONFIG"]).read_text())
_LIFETIME_S: Final[int] = WANTED["lifetime_s"]
_KEYS: Final = KeySet([RSAKey.import_key(WANTED["key_pem"], {"kid": "bench", "alg": "RS256"})])
_REFRESH_BYTES: Final = 32

engine = create_engine(
    f"sqlite:///{Path(WANTED['folder']) / 'authlib.sqlite3'}", connect_args={"timeout": 20}
)
session = scoped_session(sessionmaker(engine))


@event.listens_for(engine, "connect")
def durable(connection: Any, _record: Any) -> None:
    """Set what Gateword sets: readers beside one writer, and commits that survive a power cut."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


class Base(DeclarativeBase):
    """The tables."""


class User(Base):
    """Somebody with a password."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]

    def get_user_id(self) -> str:
        """Return what becomes the token's `sub`."""
        return self.name


class Client(Base, OAuth2ClientMixin):
    """An application."""

    __tablename__ = "clients"
    id: Mapped[int] = mapped_column(primary_key=True)


class Token(Base, OAuth2TokenMixin):
    """What was given out."""

    __tablename__ = "tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    user: Mapped[User | None] = relationship()


def save_token(token: dict[str, Any], request: Any) -> None:
    """Keep a token."""
    user_id = request.user.id if request.user else None
    session.add(Token(client_id=request.client.client_id, user_id=user_id, **token))
    session.commit()


class Password(grants.ResourceOwnerPasswordCredentialsGrant):
    """The password grant."""

    TOKEN_ENDPOINT_AUTH_METHODS: Final = ["client_secret_post"]

    def authenticate_user(self, username: str, password: str) -> User | None:
        """Return the user whom the password fits."""
        user = session.scalar(select(User).where(User.name == username))
        fits = user and bcrypt.checkpw(password.encode(), user.password_hash.encode())
        return user if fits else None


class Refresh(grants.RefreshTokenGrant):
    """The refresh grant; each token is good once."""

    TOKEN_ENDPOINT_AUTH_METHODS: Final = ["client_secret_post"]
    INCLUDE_NEW_REFRESH_TOKEN: Final = True

    def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
        """Return a token that may still be exchanged."""
        found = session.scalar(select(Token).where(Token.refresh_token == refresh_token))
        return found if found and not found.is_revoked() else None

    def authenticate_user(self, refresh_token: Token) -> User | None:
        """Return whose token it is."""
        return refresh_token.user

    def revoke_old_credential(self, refresh_token: Token) -> None:
        """Shut the exchanged token."""
        now = int(time.time())
        refresh_token.access_token_revoked_at = now
        refresh_token.refresh_token_revoked_at = now
        session.commit()


class Machine(grants.ClientCredentialsGrant):
    """The grant of clients that act for themselves."""

    TOKEN_ENDPOINT_AUTH_METHODS: Final = ["client_secret_post"]


class Tokens(JWTBearerTokenGenerator):
    """Access tokens of the form that every side gives out."""

    def get_jwks(self) -> KeySet:
        """Return the key that signs."""
        return _KEYS

    def get_audiences(self, client: Any, user: Any, scope: str) -> str:
        """Return the API's name."""
        del client, user, scope
        return str(WANTED["audience"])


app = Flask(__name__)
server = AuthorizationServer(app, create_query_client_func(session, Client), save_token)
server.register_token_generator(
    "default",
    Tokens(
        f"http://127.0.0.1:{WANTED['port']}/",
        refresh_token_generator=lambda **_: os.urandom(_REFRESH_BYTES).hex(),
        expires_generator=lambda *_: _LIFETIME_S,
    ),
)
for grant in (Password, Refresh, Machine):
    server.register_grant(grant)


@app.post("/token")
def token() -> Any:
    """Answer a token request."""
    return server.create_token_response()


@app.teardown_appcontext
def done(_error: BaseException | None) -> None:
    """Give the connection back."""
    session.remove()


def prepare() -> None:
    """Make the tables, the users and the clients."""
    Base.metadata.create_all(engine)
    session.add_all(User(name=name, password_hash=WANTED["hash"]) for name in WANTED["users"])
    for wanted in WANTED["clients"]:
        client = Client(client_id=wanted["id"], client_secret=wanted["secret"])
        client.set_client_metadata(
            {
                "grant_types": wanted["grants"],
                "scope": "read:things offline_access",
                "token_endpoint_auth_method": "client_secret_post",
            }
        )
        session.add(client)
    session.commit()


if __name__ == "__main__":
    prepare()
