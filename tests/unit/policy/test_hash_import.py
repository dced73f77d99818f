from typing import Any

import pytest

from gateword.policy.hash_import import BadHash, custom_password_hash, password_hash
from gateword.policy.imported_hash import nobodys, parse
from tests.support.hash_vectors import VECTORS

SHA256 = "7d777d69f280e19ee3b670d8cda88bad447d07008dff8ab48ca85c585b93fffa"
BCRYPT = "$2b$10$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO"
PHC = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$uLr/Ne5H3XmoXWybVVYbBlJBwNjfRWBk"
PBKDF2 = "$AAECAwQFBgcICQoLDA0ODw$EaOu3EnGhiDkod2VuoAAIeb27hd5IwxAMJi40FPSmYc"


def sha256(**more: Any) -> dict[str, Any]:
    """Return a good sha256 hash with members changed."""
    return {"algorithm": "sha256", "hash": {"value": SHA256, "encoding": "hex"}} | more


def of(algorithm: str, value: str, **more: Any) -> dict[str, Any]:
    """Return a hash in its own text form."""
    return {"algorithm": algorithm, "hash": {"value": value, "encoding": "utf8"}} | more


def scrypt(**more: Any) -> dict[str, Any]:
    """Return a good scrypt hash with members changed."""
    hash_ = {"value": SHA256, "encoding": "hex"}
    return {"algorithm": "scrypt", "hash": hash_, "salt": {"value": "s"}, "keylen": 32} | more


def hmac(digest: str, **more: Any) -> dict[str, Any]:
    """Return an HMAC of 32 bytes."""
    hash_: dict[str, Any] = {"value": SHA256, "encoding": "hex", "digest": digest}
    return {"algorithm": "hmac", "hash": hash_ | {"key": {"value": "k"}} | more}


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no algorithm": ({"hash": {"value": "x"}}, "algorithm"),
    "unknown algorithm": (of("crc32", "x"), "algorithm"),
    "algorithm that is only a part": (of("sha384", "x"), "algorithm"),
    "no hash": ({"algorithm": "md5"}, "hash"),
    "hash that is text": ({"algorithm": "md5", "hash": "x"}, "hash"),
    "unknown member": (sha256(pepper="x"), "pepper"),
    "unknown member of the hash": (of("md5", "x") | {"hash": {"value": "x", "a": 1}}, "hash"),
    "digest without an encoding": (sha256(hash={"value": SHA256}), "hash.encoding"),
    "digest in utf8": (sha256(hash={"value": SHA256, "encoding": "utf8"}), "hash.encoding"),
    "digest that is not hex": (sha256(hash={"value": "zz", "encoding": "hex"}), "hash.value"),
    "digest too short": (sha256(hash={"value": SHA256[2:], "encoding": "hex"}), "hash.value"),
    "wrong position": (sha256(salt={"value": "s", "position": "middle"}), "salt.position"),
    "salt that is not hex": (sha256(salt={"value": "NaCl-7", "encoding": "hex"}), "salt.value"),
    "salt in rot13": (sha256(salt={"value": "s", "encoding": "rot13"}), "salt.encoding"),
    "salt without a value": (sha256(salt={"position": "prefix"}), "salt.value"),
    "password of no known encoding": (sha256(password={"encoding": "ebcdic"}), "password.encoding"),
    "bcrypt $2x$": (of("bcrypt", BCRYPT.replace("$2b", "$2x")), "hash.value"),
    "bcrypt $2$": (of("bcrypt", BCRYPT.replace("$2b", "$2")), "hash.value"),
    "bcrypt of cost 17": (of("bcrypt", BCRYPT.replace("$10$", "$17$")), "hash.value"),
    "bcrypt in hex": (of("bcrypt", BCRYPT) | {"hash": {"value": BCRYPT, "encoding": "hex"}},
                      "hash.encoding"),
    "ldap crypt": (of("ldap", "{CRYPT}$1$abc$def"), "hash.value"),
    "ldap without a salt that needs one": (of("ldap", "{SSHA}hPJ0xh4mMAJASpvxRhW1rdbg4Xo="),
                                           "hash.value"),
    "ldap of the wrong length": (of("ldap", "{SHA}AAAA"), "hash.value"),
    "ldap with a salt member": (of("ldap", "{SHA}hPJ0xh4mMAJASpvxRhW1rdbg4Xo=",
                                   salt={"value": "s"}), "salt"),
    "pbkdf2 with crc32": (of("pbkdf2", f"$pbkdf2-crc32$i=1,l=32{PBKDF2}"), "hash.value"),
    "pbkdf2 with whirlpool": (of("pbkdf2", f"$pbkdf2-whirlpool$i=1,l=32{PBKDF2}"), "hash.value"),
    "pbkdf2 with mdc2": (of("pbkdf2", f"$pbkdf2-mdc2$i=1,l=32{PBKDF2}"), "hash.value"),
    "pbkdf2 of another length": (of("pbkdf2", f"$pbkdf2-sha256$i=1,l=31{PBKDF2}"), "hash.value"),
    "pbkdf2 with its default length": (of("pbkdf2", f"$pbkdf2-sha256$i=1{PBKDF2}"), "hash.value"),
    "pbkdf2 of unbearable cost": (of("pbkdf2", f"$pbkdf2-sha256$i=99999999,l=32{PBKDF2}"),
                                  "hash.value"),
    "pbkdf2 with an unknown parameter": (of("pbkdf2", f"$pbkdf2-sha256$x=1{PBKDF2}"), "hash.value"),
    "pbkdf2 with a salt member": (of("pbkdf2", f"$pbkdf2-sha256$i=1,l=32{PBKDF2}",
                                     salt={"value": "s"}), "salt"),
    "scrypt without keylen": (scrypt(keylen=None), "keylen"),
    "scrypt without a salt": ({**scrypt(), "salt": {"value": ""}}, "salt.value"),
    "scrypt of another length": (scrypt(keylen=31), "hash.value"),
    "scrypt of a cost that is no power": (scrypt(cost=16000), "cost"),
    "scrypt of unbearable memory": (scrypt(cost=2**20, blockSize=32), "hash.value"),
    "scrypt of unbearable work": (scrypt(parallelization=2**20), "hash.value"),
    "argon2 with a salt": (of("argon2", PHC, salt={"value": "s"}), "salt"),
    "argon2 that is none": (of("argon2", "$argon2x$v=19$m=8,t=1,p=1$a$b"), "hash.value"),
    "hmac without a key": (of("hmac", "x") | {"hash": {"value": SHA256, "encoding": "hex",
                                                       "digest": "sha256"}}, "hash.key"),
    "hmac without a digest": (sha256(algorithm="hmac"), "hash.digest"),
    "hmac with whirlpool": (hmac("whirlpool"), "hash.digest"),
    "hmac with an unknown digest": (hmac("sha3-256"), "hash.digest"),
}  # fmt: skip


@pytest.mark.parametrize(("document", "path"), BAD.values(), ids=BAD.keys())
def test_hash_that_cannot_be_checked_is_refused(document: dict[str, Any], path: str) -> None:
    """realms.md §6, negative cases: each is refused with the member that is wrong."""
    with pytest.raises(BadHash) as caught:
        custom_password_hash(document)
    assert path == caught.value.path
    assert SHA256 not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "hunter2", BCRYPT.replace("$2b", "$2x"), BCRYPT + "\n", PHC, SHA256]
)
def test_password_hash_is_bcrypt_alone(text: str) -> None:
    """realms.md §6: every other kind comes as custom_password_hash."""
    with pytest.raises(BadHash):
        password_hash(text)
    assert BCRYPT == password_hash(BCRYPT).reveal()


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("sha512", "sha512"),
        ("RSA-SHA256", "sha256"),
        ("sha512WithRSAEncryption", "sha512"),
        ("rmd160", "ripemd160"),
        ("ripemd160WithRSA", "ripemd160"),
        ("ssl3-md5", "md5"),
        ("RSA-SHA1-2", "sha1"),
        ("md4WithRSAEncryption", "md4"),
    ],
)
def test_digest_of_pbkdf2_goes_by_openssls_names(alias: str, name: str) -> None:
    """realms.md §6: OpenSSL's aliases mean their digest."""
    encoded = custom_password_hash(of("pbkdf2", f"$pbkdf2-{alias}$i=10,l=32{PBKDF2}"))
    found = parse(encoded.reveal())
    assert found is not None
    assert ("pbkdf2", name) == (found.algorithm, found.digest)


@pytest.mark.parametrize("case", VECTORS)
def test_stored_form_says_everything_again(case: str) -> None:
    """What is stored is read back to the same hash, and nobody's of its kind costs the same."""
    text = custom_password_hash(VECTORS[case]).reveal()
    found = parse(text)
    if found is None:
        assert text == VECTORS[case]["hash"]["value"]
        return
    assert text == found.encoded()
    other = parse(nobodys(found.kind()))
    assert other is not None
    assert found.kind() == other.kind()


@pytest.mark.parametrize(
    "text",
    [
        "$import-",
        "$import-crc32$$e=utf8$$AAAA",
        "$import-md5-sha1$$e=utf8$$AAAA",
        "$import-sha256$$e=ebcdic$$AAAA",
        "$import-scrypt$n=3,r=8,p=1,l=32$e=utf8$AAAA$AAAA",
        "$import-scrypt$n=1073741824,r=8,p=1,l=32$e=utf8$AAAA$AAAA",
        "$import-pbkdf2-sha256$i=999999999,l=32$e=utf8$AAAA$AAAA",
        "$import-pbkdf2-sha256$e=utf8$AAAA$AAAA",
        "$import-pbkdf2-whirlpool$i=1,l=32$e=utf8$AAAA$AAAA",
    ],
)
def test_stored_form_that_cannot_be_checked_is_none(text: str) -> None:
    """A damaged or unaffordable row is read as no hash at all."""
    assert parse(text) is None
