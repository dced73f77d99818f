"""What a stored hash costs is told from how it begins."""

import pytest

from gateword.policy import hash_kind


@pytest.mark.parametrize(
    ("encoded", "name", "algorithm", "bare_ms"),
    [
        ("$2y$08$abc", "bcrypt 08", "bcrypt", 15),
        ("$2a$99$abc", "bcrypt 99", "bcrypt", 4000),
        ("$argon2id$v=19$m=13000,t=2,p=1$a$b", "$argon2id$v=19$m=13000,t=2,p=1$", "argon2id", 20),
        ("$argon2i$m=999999999,t=9,p=1$", "$argon2i$m=999999999,t=9,p=1$", "argon2i", 4000),
        ("$import-md5$$e=utf8$$AA", "$import-md5$$", "md5", 0),
        ("$import-hmac-sha1$$e=utf8$$AA", "$import-hmac-sha1$$", "hmac", 0),
        ("$import-bcrypt$c=9$e", "$import-bcrypt$c=9$", "bcrypt", 30),
        ("$import-argon2$m=650,t=2,p=1$e", "$import-argon2$m=650,t=2,p=1$", "argon2", 1),
        ("$import-scrypt$n=1000,r=10,p=2,l=9$", "$import-scrypt$n=1000,r=10,p=2,l=9$", "scrypt", 6),
        ("$import-pbkdf2-md4$i=40,l=16$", "$import-pbkdf2-md4$i=40,l=16$", "pbkdf2", 1),
        ("$import-pbkdf2-sha1$i=5000,l=21$", "$import-pbkdf2-sha1$i=5000,l=21$", "pbkdf2", 4),
        ("$import-pbkdf2-sha1$i=9,l=x$", "$import-pbkdf2-sha1$i=9,l=x$", "pbkdf2", 30),
        ("$import-pbkdf2-crc$i=9,l=9$", "$import-pbkdf2-crc$i=9,l=9$", "pbkdf2", 30),
        ("$import-scrypt$n=9$", "$import-scrypt$n=9$", "scrypt", 30),
        ("$argon2id$m=128,t=64,p=16$", "$argon2id$m=128,t=64,p=16$", "argon2id", 211),
        ("$import-scrypt$n=2,r=1,p=24000$", "$import-scrypt$n=2,r=1,p=24000$", "scrypt", 58),
        (
            "$import-pbkdf2-sha3-512$i=9000,l=64$",
            "$import-pbkdf2-sha3-512$i=9000,l=64$",
            "pbkdf2",
            8,
        ),
        ("$import-pbkdf2-sha512$i=9000,l=64$", "$import-pbkdf2-sha512$i=9000,l=64$", "pbkdf2", 5),
        ("$import-crypt$$e", "$import-crypt$$", "other", 30),
        ("hunter2", "other", "other", 30),
    ],
)
def test_kind_is_algorithm_and_cost(
    encoded: str, name: str, algorithm: str, bare_ms: float
) -> None:
    """T2: nothing of salt or digest is in it, and no damaged number makes it last for hours."""
    kind = hash_kind.of(encoded)

    assert (name, algorithm) == (kind.name, kind.algorithm)
    assert round(bare_ms) == round(1000 * kind.bare_s)


@pytest.mark.parametrize(
    ("encoded", "guess_ms"), [("$2b$04$", 31), ("$import-md5$$", 30), ("$2b$08$", 15), ("", 30)]
)
def test_guess_reckons_with_what_pads_a_light_hash(encoded: str, guess_ms: int) -> None:
    """D4: a flood of light hashes does not fill the queue with more than its seconds."""
    assert guess_ms == round(1000 * hash_kind.of(encoded).guess_s)


def test_higher_cost_of_ours_pads_what_was_ours() -> None:
    """T2: who was hashed before the cost was raised pays today's; bcrypt keeps to its own bound."""
    raised = hash_kind.of("$argon2id$v=19$m=65536,t=3,p=1$")
    begins = ["$argon2id$v=19$m=19456,t=2,p=1$", "$2b$10$", "$2b$08$", "$2b$07$"]

    assert [True, False, False, True] == [
        hash_kind.is_light(hash_kind.of(begin), raised) for begin in begins
    ]
    assert ["$2b$07$", begins[0]] == hash_kind.light(begins, raised)


def test_refusal_makes_up_for_few_kinds_however_many_there_are() -> None:
    """T2, D4: who may import hashes does not make every refusal of the directory a long one."""
    own = hash_kind.of("$argon2id$v=19$m=19456,t=2,p=1$")
    many = [f"$argon2id$v=19$m={128 + number},t=1,p=1$" for number in range(1000)]
    wide = [f"$argon2id$v=19$m=128,t={passes},p=16$" for passes in (63, 64)]

    assert hash_kind.MOST_LIGHT == len(hash_kind.light(many, own))
    assert [] == hash_kind.light(wide, own)
