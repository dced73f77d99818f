"""django-oauth-toolkit on SQLite; `python django_app.py` makes its database.

What the bench wants stands in the file that PEER_CONFIG names.
"""

import json
import os
import time
import uuid
from pathlib import Path
from typing import Any, Final

import django
import jwt
from django.conf import settings
from django.contrib.auth.hashers import BCryptPasswordHasher
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import path

WANTED: Final[dict[str, Any]] = json.loads(Path(os.environ["PEER_CONFIG"]).read_text())
_RS256: Final = jwt.get_algorithm_by_name("RS256")
_KEY: Final = _RS256.prepare_key(WANTED["key_pem"])
_LIFETIME_S: Final[int] = WANTED["lifetime_s"]


class Bcrypt(BCryptPasswordHasher):
    """Bcrypt of the cost that every side of the comparison has."""

    rounds = 10


def token(request: Any, *, refresh_token: bool = False) -> str:
    """Return an access token of the form that every side gives out."""
    del refresh_token
    now, client = int(time.time()), request.client.client_id
    claims = {
        "iss": f"http://127.0.0.1:{WANTED['port']}/",
        "sub": request.user.get_username() if request.user else f"{client}@clients",
        "aud": WANTED["audience"],
        "azp": client,
        "scope": " ".join(request.scopes),
        "iat": now,
        "exp": now + _LIFETIME_S,
        "jti": str(uuid.uuid4()),
    }
    return jwt.encode(claims, _KEY, "RS256", {"kid": "bench"})


settings.configure(
    ALLOWED_HOSTS=["*"],
    AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(Path(WANTED["folder"]) / "django.sqlite3"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "oauth2_provider"],
    LOGGING_CONFIG=None,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    OAUTH2_PROVIDER={
        "ACCESS_TOKEN_EXPIRE_SECONDS": _LIFETIME_S,
        "ACCESS_TOKEN_GENERATOR": token,
        "DEFAULT_SCOPES": ["read:things"],
        "REFRESH_TOKEN_GENERATOR": "oauthlib.oauth2.rfc6749.tokens.random_token_generator",
        "SCOPES": {"read:things": "See things"},
    },
    PASSWORD_HASHERS=[f"{__name__}.Bcrypt"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="of no use here, and no secret",
    USE_TZ=True,
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402  models need their settings
from oauth2_provider.models import Application  # noqa: E402
from oauth2_provider.views import TokenView  # noqa: E402

urlpatterns = [path("token", TokenView.as_view())]


def prepare() -> None:
    """Make the tables, the users and the clients."""
    call_command("migrate", verbosity=0)
    for name in WANTED["users"]:
        User.objects.create(username=name, password=f"bcrypt${WANTED['hash']}")
    for client in WANTED["clients"]:
        is_machine = client["grants"] == ["client_credentials"]
        Application.objects.create(
            client_id=client["id"],
            client_secret=client["secret"],
            hash_client_secret=False,  # else each request costs a PBKDF2 of a million rounds
            client_type=Application.CLIENT_CONFIDENTIAL,
            authorization_grant_type=(
                Application.GRANT_CLIENT_CREDENTIALS if is_machine else Application.GRANT_PASSWORD
            ),
        )


if __name__ == "__main__":
    prepare()
else:
    application = get_wsgi_application()
