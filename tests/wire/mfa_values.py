"""What goldens know of second factors.

Answers bring `{{mfa}}` and `{{oob}}` (the `mfa_token` and `oob_code` of the first step; `{{mfa3}}`
of the third), `{{seed}}`, `{{recovery}}`, and from a list `{{totp_id}}` and the like; `{{code}}` is
the last that was sent. `{{otp:NAME}}` is what an app shows now, `{{otp:NAME-1}}` what it showed
before: NAME is one of `world.SEEDS`, or a seed that an answer brought. `{{spaced:NAME}}` and
`{{arabic:NAME}}` are the same with spaces, or in Arabic digits. `{{proof:…}}` and `{{phone:…}}` are
of `device_givens`.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

import pyotp

from tests.support.house import House
from tests.wire.device_givens import DEVICE_VALUES
from tests.wire.world import SEEDS

VARYING: Final = (
    (re.compile(r"(\|dev_)(?!Given)[A-Za-z0-9]{16}"), r"\1{{letters:16}}"),
    (re.compile(r"(enrollment_tx_id=)\w{32}"), r"\1{{letters:32}}"),
)
_ARABIC: Final = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_ID: Final = re.compile(r'"id": ?"([a-z-]+)\|(dev_\w{16})"')
_TOLD: Final = ("gd_", "mfar", "too_many_records")


def _code(shown: str, known: Mapping[str, str], seconds: int) -> str:
    """Return the code that an app shows, judged by a library that is not ours."""
    name, sign, steps = re.split(r"([+-])", f"{shown}+0")[:3]
    return pyotp.TOTP(SEEDS.get(name) or known[name]).at(seconds, counter_offset=int(sign + steps))


def _spaced(shown: str, known: Mapping[str, str], seconds: int) -> str:
    code = _code(shown, known, seconds)
    return f" {code[:3]} {code[3:]} "


def _arabic(shown: str, known: Mapping[str, str], seconds: int) -> str:
    return _code(shown, known, seconds).translate(_ARABIC)


CODES: Final[Mapping[str, Callable[[str, Mapping[str, str], int], str]]] = {
    "otp": _code,
    "spaced": _spaced,
    "arabic": _arabic,
    **DEVICE_VALUES,
}


def learnt(members: Mapping[str, Any], text: str, suffix: str) -> tuple[str, dict[str, str]]:
    """Return an answer with seeds and codes shown by name, and what it brings under these names."""
    found = {f"{kind.replace('-', '_')}_id": f"{kind}|{id_}" for kind, id_ in _ID.findall(text)}
    shown = {}
    if "barcode_uri" in members and "secret" in members:
        shown["seed"] = str(members["secret"])
    if "recovery_codes" in members:
        shown["recovery"] = str(members["recovery_codes"][0])
    for name, secret in shown.items():
        text = text.replace(secret, f"{{{{opaque:{len(secret)}:{name}{suffix}}}}}")
    return text, {f"{name}{suffix}": value for name, value in (found | shown).items()}


async def letters(house: House, known: dict[str, str]) -> list[str]:
    """Return what was sent, and remember the code that was last."""
    outbox, now = house.parts.stores.outbox, house.clock.now()
    lines = []
    while waiting := await outbox.claim(now, now + timedelta(days=1), 9):
        for letter in (one.letter for one in waiting if "code" in one.letter.order):
            known["code"] = letter.order["code"]
            what = "enrolment" if letter.order["is_enrollment"] else "login"
            lines.append(f"letter: {letter.kind} to {letter.to} ({what})")
    return lines


def told(event: Mapping[str, Any]) -> Iterator[str]:
    """Return the details of an event of a second factor."""
    if event["type"].startswith(_TOLD):
        yield json.dumps(event["details"], separators=(",", ":"))
