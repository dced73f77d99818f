"""The same login as a line for the terminal."""

import shlex

from .login_server import PASSWORD_REALM, SCOPE
from .settings import Settings


def login(settings: Settings, email: str, realm: str) -> str:
    """Return shell lines that do what the login form does; secret and password stay out of them."""
    fields = {
        "grant_type": PASSWORD_REALM,
        "client_id": settings.client_id,
        "username": email,
        "realm": realm,
        "audience": settings.audience,
        "scope": SCOPE,
    }
    parts = [
        f". {shlex.quote(settings.secret_file)}",
        "printf 'Password: '; read -rs PASSWORD; echo",
        f"curl -sS https://{settings.domain}/oauth/token \\",
        f"  --cacert {shlex.quote(settings.ca_cert)} \\",
        *(
            f"  --data-urlencode {shlex.quote(f'{name}={value}')} \\"
            for name, value in fields.items()
        ),
        '  --data-urlencode "client_secret=$DEMO_CLIENT_SECRET" \\',
        '  --data-urlencode "password=$PASSWORD"',
    ]
    return "\n".join(parts)


def api_call(settings: Settings, path: str) -> str:
    """Return the shell line that calls the API with a token in `$TOKEN`."""
    return f'curl -sSi {settings.api_url}{path} -H "Authorization: Bearer $TOKEN"'


def second_factor(settings: Settings) -> str:
    """Return shell lines that go on from an `mfa_token` in `$MFA_TOKEN` with a code in `$CODE`."""
    server, trust = f"https://{settings.domain}", f"--cacert {shlex.quote(settings.ca_cert)}"
    return "\n".join(
        [
            f"curl -sS {server}/mfa/authenticators {trust} \\",
            '  -H "Authorization: Bearer $MFA_TOKEN"',
            f"curl -sS {server}/oauth/token {trust} \\",
            "  -d grant_type=http://auth0.com/oauth/grant-type/mfa-otp \\",
            f"  -d client_id={settings.client_id} \\",
            '  --data-urlencode "client_secret=$DEMO_CLIENT_SECRET" \\',
            '  --data-urlencode "mfa_token=$MFA_TOKEN" -d "otp=$CODE"',
        ]
    )
