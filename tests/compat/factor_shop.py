"""The shop of the SDK tests where every login shows a second factor."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.compat.shop import CONFIG, PASSWORD
from tests.support.mailbox import Mailbox, mailbox_beside
from tests.support.served import Served, running

_GRANTS: Final = "".join(
    f"      - http://auth0.com/oauth/grant-type/mfa-{name}\n"
    for name in ("otp", "oob", "recovery-code")
)
_PEOPLE: Final = "".join(
    f"  - connection: Customers\n    email: {name}@example.com\n"
    f"    email_verified: {str(name == 'mail').lower()}\n    password: {PASSWORD}\n"
    for name in ("app", "mail", "recovery", "python", "node", "stranger", "deleter")
)
_FACTORS: Final = """
guardianFactors:
  - name: otp
    enabled: true
  - name: email
    enabled: true
  - name: recovery-code
    enabled: true
guardianPolicies:
  policies: [all-applications]
"""
_MACHINE: Final = "      - client_credentials\n"


@contextmanager
def a_factor_shop(folder: Path) -> Iterator[tuple[Served, Mailbox]]:
    """Serve the shop beside a mail server."""
    config = CONFIG.replace(_MACHINE, _MACHINE + _GRANTS) + _PEOPLE + _FACTORS
    with mailbox_beside() as box:
        lines = {"smtp_url": box.url, "mail_from": "Shop <shop@shop.example>"}
        text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items())
        (folder / "gateword.toml").write_text(text, encoding="utf-8")
        with running(folder, config) as served:
            yield served, box
