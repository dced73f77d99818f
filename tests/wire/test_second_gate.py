"""A gate of its own stands before every code of a second factor (promises G8, G9)."""

import ast
from pathlib import Path
from typing import Any, Final

import pytest

import gateword
from gateword.ports.mfa import Proofs
from tests.support.factories import MFA_GRANTS, MFA_OOB, MFA_OTP, MFA_RECOVERY_CODE, PASSWORD
from tests.support.house import House
from tests.wire import gates
from tests.wire.givens import carry_out
from tests.wire.mfa_values import CODES, letters
from tests.wire.world import VALUES

SOURCES: Final = Path(gateword.__file__).parent
APP: Final = {"client_id": VALUES["app"], "client_secret": VALUES["app_secret"]}
RECOVERY_CODE: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
GIVEN: Final = (
    "factors otp, sms, recovery-code are on",
    "the policy of second factors is all-applications",
    "ann has the app Phone",
    "ann has the phone +4915112345678 by sms",
    f"ann has the recovery code {RECOVERY_CODE}",
)
RESERVED: Final = "INSERT INTO leases"
SETTLED: Final = "DELETE FROM leases"
USED: Final = {
    MFA_OTP: "SET last_step",
    MFA_OOB: "DELETE FROM challenges",
    MFA_RECOVERY_CODE: "SET code_hash",
}
"""Words of the statement that uses a right code up."""


def _looks(tree: ast.AST) -> list[ast.AST]:
    """Return the functions `look` that are handed to `tried`."""
    return [node for node in ast.walk(tree) if getattr(node, "name", "") == "look"]


def _uses(tree: ast.AST) -> int:
    """Return how many calls there are that use a proof up."""
    names = {name for name in vars(Proofs) if not name.startswith("_")}
    return sum(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in names
        and ast.unparse(node.func.value).endswith("proofs")
        for node in ast.walk(tree)
    )


def test_each_use_of_a_proof_is_known() -> None:
    """G8: a new file that uses up a code fails here, and so does one that has no `look`."""
    found = {
        path.relative_to(SOURCES).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in SOURCES.rglob("*.py")
    }

    assert set(gates.CODES) == {name for name, tree in found.items() if _uses(tree)}
    assert {1} == {len(_looks(found[name])) for name in gates.CODES}


async def _begun(house: House) -> dict[str, str]:
    """Log Ann in; return what is right and what is wrong for each grant."""
    for sentence in GIVEN:
        await carry_out(house, sentence)
    login = {"username": "ann", "password": VALUES["password"], "grant_type": PASSWORD}
    token = (await house.token(**login, **APP)).json()["mfa_token"]
    sms = {"mfa_token": token, "challenge_type": "oob"}
    asked = await house.http.post("/mfa/challenge", json={**sms, **APP})
    known = {"mfa_token": token, "oob_code": asked.json()["oob_code"]}
    await letters(house, known)
    return known


def _proof(house: House, grant_type: str, known: dict[str, str], right: bool) -> dict[str, Any]:  # noqa: FBT001
    now = int(house.clock.now().timestamp())
    codes = {
        MFA_OTP: {"otp": CODES["otp"]("Phone", known, now)},
        MFA_OOB: {"binding_code": known["code"]},
        MFA_RECOVERY_CODE: {"recovery_code": RECOVERY_CODE},
    }[grant_type]
    shown = codes if right else dict.fromkeys(codes, "000000")
    asked = {"oob_code": known["oob_code"]} if grant_type == MFA_OOB else {}
    return {"grant_type": grant_type, "mfa_token": known["mfa_token"], **asked, **shown}


def _at(said: list[str], words: str) -> list[int]:
    return [number for number, text in enumerate(said) if words in text]


@pytest.mark.parametrize("grant_type", MFA_GRANTS)
async def test_code_is_looked_at_while_a_try_is_reserved(house: House, grant_type: str) -> None:
    """G8, G9: a try is reserved before the code is used, and settled after, right or wrong."""
    known = await _begun(house)
    for right in (False, True):
        house.engines.watched.said.clear()
        answer = await house.token(**_proof(house, grant_type, known, right), **APP)
        said = house.engines.watched.said
        reserved, used = _at(said, RESERVED), _at(said, USED[grant_type])

        assert (200 if right else 403) == answer.status_code
        assert reserved
        assert not used or reserved[-1] < used[0]
        assert right is bool(used) or grant_type == MFA_RECOVERY_CODE  # its own digest decides
        assert _at(said, SETTLED)[-1] > max(used, default=reserved[-1])


@pytest.mark.parametrize("grant_type", MFA_GRANTS)
async def test_right_code_is_not_looked_at_behind_a_shut_door(
    house: House, grant_type: str
) -> None:
    """G8: whoever may not try the password may not try a code either."""
    known = await _begun(house)
    await carry_out(house, "10 logins of ann with wrong")
    house.engines.watched.said.clear()

    answer = await house.token(**_proof(house, grant_type, known, right=True), **APP)

    assert (429, "too_many_attempts") == (answer.status_code, answer.json()["error"])
    assert [] == _at(house.engines.watched.said, USED[grant_type])


@pytest.mark.parametrize("grant_type", MFA_GRANTS)
async def test_right_code_is_not_looked_at_after_too_many_wrong_ones(
    house: House, grant_type: str
) -> None:
    """G9: ten wrong codes of a user, in however many logins, and the next waits."""
    known = await _begun(house)
    kind = "recovery codes" if grant_type == MFA_RECOVERY_CODE else "codes"
    await carry_out(house, f"10 wrong {kind} were typed")
    house.engines.watched.said.clear()

    answer = await house.token(**_proof(house, grant_type, known, right=True), **APP)

    assert (429, "too_many_attempts") == (answer.status_code, answer.json()["error"])
    assert [] == _at(house.engines.watched.said, USED[grant_type])
