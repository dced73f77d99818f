"""Users on their way out: in Auth0's shape, and in the shape that an import reads.

Rule 1: pure. Source: Auth0 "Bulk User Exports", "Bulk user import database schema and examples".
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.domain.user_import import Credentials
from gateword.policy.imported_hash import ImportedHash, is_imported, parse
from gateword.policy.user_document import PROFILE
from gateword.values import dataclass

DEFAULT_COLUMNS: Final = (
    "user_id", "email", "email_verified", "username", "phone_number", "phone_verified", "name",
    "nickname", "given_name", "family_name", "picture", "blocked", "user_metadata",
    "app_metadata", "created_at", "updated_at", "last_login", "last_ip", "logins_count",
)  # fmt: skip
"""Columns of a CSV file for which nobody named fields."""

EXPORTABLE: Final = (*DEFAULT_COLUMNS, "identities", "last_password_reset")
"""Members of a user that a field can begin with."""

_LDAP_ONLY: Final = frozenset({"sha384"})
_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Field:
    """One member of an export.

    Attributes:
        name: Path into the user: `email`, `user_metadata.plan`, `identities[0].connection`.
        export_as: Its name in the file.
    """

    name: str
    export_as: str


def import_item(user: User, credentials: Credentials | None = None) -> dict[str, object]:
    """Return a user as an import reads it.

    Args:
        user: Their primary identity is in the exported database.
        credentials: Hash and second factors, when they were explicitly asked for.
    """
    members: dict[str, object] = {
        "user_id": user.identities[0].local_id,
        "email": user.email,
        "email_verified": user.email_verified,
        "username": user.username,
        "phone_number": user.phone_number,
        "phone_verified": user.phone_verified or None,
        "blocked": user.blocked or None,
        **{name: user.profile[name] for name in PROFILE if user.profile.get(name)},
        "user_metadata": user.user_metadata or None,
        "app_metadata": user.app_metadata or None,
    }
    if credentials is not None:
        members |= _hash(credentials.password_hash)
        factors = credentials.factors
        members["mfa_factors"] = json.loads(factors.reveal()) if factors else None
    return {name: value for name, value in members.items() if value is not None}


def chosen(members: Mapping[str, object], fields: Sequence[Field]) -> dict[str, object]:
    """Return the fields of a user that are there, under their names in the file."""
    found = {field.export_as: _at(members, field.name) for field in fields}
    return {name: value for name, value in found.items() if value is not None}


def cell(value: object) -> str:
    """Return a value as it stands in a CSV file."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _at(members: object, path: str) -> object:
    for name, position in _STEP.findall(path):
        if isinstance(members, Mapping) and name:
            members = members.get(name)
        elif isinstance(members, list) and position and int(position) < len(members):
            members = members[int(position)]
        else:
            return None
    return members


def _hash(stored: Secret | None) -> dict[str, object]:
    if stored is None:
        return {}
    text = stored.reveal()
    if text.startswith("$2"):
        return {"password_hash": text}
    if not is_imported(text):
        return {"custom_password_hash": _custom("argon2", text, "utf8")}
    found = parse(text)
    return {} if found is None else {"custom_password_hash": _of_imported(found)}


def _of_imported(found: ImportedHash) -> dict[str, object]:
    custom = _FORMS.get(found.algorithm, _of_digest)(found)
    if found.codec != "utf8":
        custom["password"] = {"encoding": found.codec}
    return custom


def _of_digest(found: ImportedHash) -> dict[str, object]:
    if found.algorithm in _LDAP_ONLY:
        scheme = f"{'S' if found.salt else ''}SHA384"
        return _custom("ldap", f"{{{scheme}}}{_b64(found.value + found.salt)}", "utf8")
    return _salted(found, _custom(found.algorithm, found.value.hex(), "hex"))


def _of_hmac(found: ImportedHash) -> dict[str, object]:
    key = {"value": found.key.hex(), "encoding": "hex"}
    hash_ = {"value": found.value.hex(), "encoding": "hex", "digest": found.digest, "key": key}
    return _salted(found, {"algorithm": "hmac", "hash": hash_})


def _of_pbkdf2(found: ImportedHash) -> dict[str, object]:
    salt, value = (_b64(raw).rstrip("=") for raw in (found.salt, found.value))
    cost = f"i={found.cost['i']},l={found.cost['l']}"
    return _custom("pbkdf2", f"$pbkdf2-{found.digest}${cost}${salt}${value}", "utf8")


def _of_scrypt(found: ImportedHash) -> dict[str, object]:
    cost = found.cost
    return _salted(found, _custom("scrypt", found.value.hex(), "hex")) | {
        "keylen": cost["l"],
        "cost": cost["n"],
        "blockSize": cost["r"],
        "parallelization": cost["p"],
    }


def _of_text(found: ImportedHash) -> dict[str, object]:
    return _salted(found, _custom(found.algorithm, found.value.decode(), "utf8"))


_FORMS: Final = {
    "hmac": _of_hmac,
    "pbkdf2": _of_pbkdf2,
    "scrypt": _of_scrypt,
    "bcrypt": _of_text,
    "argon2": _of_text,
}


def _custom(algorithm: str, value: str, encoding: str) -> dict[str, object]:
    return {"algorithm": algorithm, "hash": {"value": value, "encoding": encoding}}


def _salted(found: ImportedHash, custom: dict[str, object]) -> dict[str, object]:
    if not found.salt:
        return custom
    position = "suffix" if found.is_suffix else "prefix"
    salt = {"value": found.salt.hex(), "encoding": "hex", "position": position}
    return custom | {"salt": salt}


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
