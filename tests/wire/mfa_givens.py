"""What goldens may say is given of second factors."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from gateword.domain.mfa import Authenticator, Kind, Verdict
from gateword.domain.secret import Secret
from gateword.policy import guardian_document, mfa_settings
from gateword.ports.documents import Kept
from tests.support.factories import MFA_OTP, MFA_RECOVERY_CODE
from tests.support.house import House
from tests.wire.world import SEEDS, VALUES, app_id

MOST_IN_SESSION: Final = 5
_APP: Final = {"client_id": VALUES["app"], "client_secret": VALUES["app_secret"]}


async def _guardian(house: House, id_: str, document: dict[str, object]) -> None:
    kept = Kept(id=id_, document=document)
    await house.parts.stores.documents.put(guardian_document.KIND, kept, house.clock.now())


async def _factors(house: House, names: str) -> None:
    for name in names.split(", "):
        await _guardian(house, name, {"enabled": True})


async def _factor_off(house: House, name: str) -> None:
    await _guardian(house, name, {"enabled": False})


async def _policy(house: House, name: str) -> None:
    policies = [] if name == "never" else [name]
    await _guardian(house, guardian_document.POLICIES_ID, {"policies": policies})


async def _message_types(house: House, names: str) -> None:
    await _guardian(house, "phone/message-types", {"message_types": names.split(", ")})


async def _settings(house: House, text: str) -> None:
    kept = Kept(id=mfa_settings.ID, document=json.loads(text))
    await house.parts.stores.documents.put(mfa_settings.KIND, kept, house.clock.now())


async def _owns(house: House, who: str, kind: Kind, name: str, **more: Any) -> Authenticator:
    """Give a user a confirmed authenticator."""
    user = await house.parts.stores.users.by_id(VALUES[who])
    if user is None:
        raise LookupError(f"{who} is gone")
    at = house.clock.now()
    made = Authenticator(
        id=app_id(kind.value, name),
        user_key=user.key,
        kind=kind,
        created_at=at,
        confirmed_at=at,
        **more,
    )
    if not await house.parts.stores.authenticators.add([made], 99):
        raise LookupError(f"{who} cannot have {name}")
    return made


async def _app(house: House, who: str, name: str) -> None:
    await _owns(house, who, Kind.TOTP, name, seed=Secret(SEEDS[name]))


async def _phone(house: House, who: str, number: str, way: str) -> None:
    await _owns(house, who, Kind(way), "Phone", target=number)


async def _both_ways(house: House, who: str, number: str) -> None:
    for kind in (Kind.SMS, Kind.VOICE):
        await _owns(house, who, kind, "Phone", target=number, group="phone")


async def _address(house: House, who: str, address: str) -> None:
    await _owns(house, who, Kind.EMAIL, "Mail", target=address)


async def _device(house: House, who: str) -> None:
    await _owns(house, who, Kind.PUSH, "Device", group="device")
    seed = Secret(SEEDS["Device"])
    await _owns(house, who, Kind.TOTP, "Device", seed=seed, group="device")


async def _recovery_code(house: House, who: str, code: str) -> None:
    user = await house.parts.stores.users.by_id(VALUES[who])
    if user is None:
        raise LookupError(f"{who} is gone")
    at = house.clock.now()
    kind = Kind.RECOVERY_CODE
    made = Authenticator(
        id=app_id(kind.value, "Code"), user_key=user.key, kind=kind, created_at=at, confirmed_at=at
    )
    await house.parts.stores.authenticators.replace_recovery_code(made, Secret(code))


async def _said(house: House, said: str) -> None:
    verdict = Verdict.APPROVED if said == "approves" else Verdict.DENIED
    challenges, at = house.parts.stores.challenges, house.clock.now()
    asked = await challenges.waiting(app_id(Kind.PUSH.value, "Device"), at)
    if asked is None or not await challenges.answer(asked.id, verdict, at):
        raise LookupError("nothing is asked of the device")


async def _in_a_row(house: House, count: str, name: str) -> None:
    kind = Kind.TOTP.value if name in SEEDS else Kind.SMS.value
    await house.parts.stores.authenticators.fail([app_id(kind, name)] * int(count))


async def _removed(house: House, who: str, id_: str) -> None:
    user = await house.parts.stores.users.by_id(VALUES[who])
    gone = user and await house.parts.stores.authenticators.remove(user.key, [id_])
    if not gone:
        raise LookupError(f"{id_} is not there")


async def _wrong_codes(house: House, count: str, what: str = "codes") -> None:
    """Let Ann type wrong codes, in as many logins as that takes."""
    grant, name = {
        "codes": (MFA_OTP, "otp"),
        "recovery codes": (MFA_RECOVERY_CODE, "recovery_code"),
    }[what]
    token = ""
    for number in range(int(count)):
        if number % MOST_IN_SESSION == 0:
            login = {"username": "ann", "password": VALUES["password"]}
            answer = await house.token(grant_type="password", **login, **_APP)
            token = answer.json()["mfa_token"]
        wrong = {"mfa_token": token, name: "000000"}
        answer = await house.token(grant_type=grant, **wrong, **_APP)
        if answer.status_code != 403:
            raise LookupError(answer.text)


MFA_GIVENS: Final[dict[str, Callable[..., Awaitable[None]]]] = {
    r"factors? ([\w, -]+) (?:is|are) on": _factors,
    r"factor ([\w-]+) is off": _factor_off,
    r"the policy of second factors is (\S+)": _policy,
    r"codes go to phones by ([\w, ]+)": _message_types,
    r"second factors have (\{.*\})": _settings,
    r"(\w+) has the app (\w+)": _app,
    r"(\w+) has the phone (\S+) by (sms|voice)": _phone,
    r"(\w+) has the phone (\S+) both ways": _both_ways,
    r"(\w+) has enrolled the address (\S+)": _address,
    r"(\w+) has a device": _device,
    r"(\w+) has the recovery code (\w+)": _recovery_code,
    r"the device (approves|denies)": _said,
    r"(\d+) wrong codes in a row of (\w+)": _in_a_row,
    r"(\w+) has lost (\S+)": _removed,
    r"(\d+) wrong codes were typed": _wrong_codes,
    r"(\d+) wrong (recovery codes) were typed": _wrong_codes,
}
"""Pattern of a sentence to what makes it true."""
