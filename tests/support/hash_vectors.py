"""Hashes of one password in every form that a bulk import may bring (computed for these tests)."""

# ruff: noqa: E501  a hash stands on one line
# fmt: off

from typing import Any, Final

PASSWORD: Final = "Tr0ub4dor&3 é"
BCRYPT_OF_80_AS: Final = "$2b$10$abcdefghijklmnopqrstuuiYfj.JCH/8Hff5KmeyaPABzfEqwvS.a"

VECTORS: Final[dict[str, dict[str, Any]]] = {
    "md4 hex, no salt": {"algorithm": "md4", "hash": {"value": "627eec9be48d2b4099e6030604c3138b", "encoding": "hex"}},
    "md4 base64, prefix": {"algorithm": "md4", "hash": {"value": "wv3WdHlYegsOWY42MIRPvQ==", "encoding": "base64"}, "salt": {"value": "NaCl-7"}},
    "md4 hex, suffix": {"algorithm": "md4", "hash": {"value": "3feb730f74a28aee727f5f7dbae196ba", "encoding": "hex"}, "salt": {"value": "NaCl-7", "position": "suffix"}},
    "md5 hex, no salt": {"algorithm": "md5", "hash": {"value": "27a1aee2958571ed76e2ad4eba5ff2ea", "encoding": "hex"}},
    "md5 base64, prefix": {"algorithm": "md5", "hash": {"value": "lzeBEZe5ciqAjDF0uy+R/A==", "encoding": "base64"}, "salt": {"value": "NaCl-7"}},
    "md5 hex, suffix": {"algorithm": "md5", "hash": {"value": "ce359b2514c951ed820fa73ed95f58fb", "encoding": "hex"}, "salt": {"value": "NaCl-7", "position": "suffix"}},
    "sha1 hex, no salt": {"algorithm": "sha1", "hash": {"value": "84f274c61e263002404a9bf14615b5add6e0e17a", "encoding": "hex"}},
    "sha1 base64, prefix": {"algorithm": "sha1", "hash": {"value": "u1y26QhDGdXYN9FuuyOcddg84hw=", "encoding": "base64"}, "salt": {"value": "NaCl-7"}},
    "sha1 hex, suffix": {"algorithm": "sha1", "hash": {"value": "7644bae89b3faf8ba9ded2bb775877b9fbe8d3c0", "encoding": "hex"}, "salt": {"value": "NaCl-7", "position": "suffix"}},
    "sha256 hex, no salt": {"algorithm": "sha256", "hash": {"value": "7d777d69f280e19ee3b670d8cda88bad447d07008dff8ab48ca85c585b93fffa", "encoding": "hex"}},
    "sha256 base64, prefix": {"algorithm": "sha256", "hash": {"value": "OiwQ9rBT754REjRKjbZtRZ8S8DMRWxHUzAVqrhgmU6g=", "encoding": "base64"}, "salt": {"value": "NaCl-7"}},
    "sha256 hex, suffix": {"algorithm": "sha256", "hash": {"value": "55589fa27907ff7646b2f614ad4772103bcbfc35f45fb97cf72004a29fc9eecb", "encoding": "hex"}, "salt": {"value": "NaCl-7", "position": "suffix"}},
    "sha512 hex, no salt": {"algorithm": "sha512", "hash": {"value": "6781ba23ebc7b7eba3b2d2dd8901b5c8ac91f76192f23172efe310e7497e4dd93e9eeb550376db93db9b53fd9464f22d674a791546dfca942e8afd1227fad240", "encoding": "hex"}},
    "sha512 base64, prefix": {"algorithm": "sha512", "hash": {"value": "ZiedFGg9yCrslckmfM0vKoBBSxom7MEn9xvMEk0Z83U9i/lhyBd+lBag0YkeofcMhm6vYOEHffeO+k5AW5p3EA==", "encoding": "base64"}, "salt": {"value": "NaCl-7"}},
    "sha512 hex, suffix": {"algorithm": "sha512", "hash": {"value": "dcde80124a48111b743a864d686070c9da9f06639cf74a992c716ecd59c5b1fb46b7313fb5fa71455cd200353300d80df1bb82b2dd3e9246d6cd6e181339883e", "encoding": "hex"}, "salt": {"value": "NaCl-7", "position": "suffix"}},
    "md5 hex, password.encoding=utf16le": {"algorithm": "md5", "hash": {"value": "113eaa6eb04770a7c8288c0b842b50a1", "encoding": "hex"}, "password": {"encoding": "utf16le"}},
    "sha1 hex, password.encoding=latin1": {"algorithm": "sha1", "hash": {"value": "17f11dab4f58958222179dadf35dda717d17d807", "encoding": "hex"}, "password": {"encoding": "latin1"}},
    "sha256 hex, salt base64 (TmFDbC03) prefix": {"algorithm": "sha256", "hash": {"value": "3a2c10f6b053ef9e1112344a8db66d459f12f033115b11d4cc056aae182653a8", "encoding": "hex"}, "salt": {"value": "TmFDbC03", "encoding": "base64", "position": "prefix"}},
    "hmac md5 hex key utf8 k3y": {"algorithm": "hmac", "hash": {"value": "96ac91fcece7e3c20bcc851f0b2bbc76", "encoding": "hex", "digest": "md5", "key": {"value": "k3y"}}},
    "hmac sha1 hex key utf8 k3y": {"algorithm": "hmac", "hash": {"value": "2282f35f2c529a6c05a1e2b7154f235006692127", "encoding": "hex", "digest": "sha1", "key": {"value": "k3y"}}},
    "hmac sha224 hex key utf8 k3y": {"algorithm": "hmac", "hash": {"value": "dbaee146fe7a178ae8df2a51dcf3ea0997bea5ea330d916602a841cc", "encoding": "hex", "digest": "sha224", "key": {"value": "k3y"}}},
    "hmac sha256 hex key utf8 k3y": {"algorithm": "hmac", "hash": {"value": "126200273464355d2e0c09d8f063fd565032c9e18d67e4ea20103dc890c7671c", "encoding": "hex", "digest": "sha256", "key": {"value": "k3y"}}},
    "hmac sha384 hex key utf8 k3y": {"algorithm": "hmac", "hash": {"value": "a95e7b4d77126f942497e7ec330cbc368abbae518895da1c080826ce6ced96fa8f1588b62399573483c8f361e65f1b16", "encoding": "hex", "digest": "sha384", "key": {"value": "k3y"}}},
    "hmac sha512 hex key utf8 k3y": {"algorithm": "hmac", "hash": {"value": "fbf886ecca0453318f22c86aad7846660e5b12a997327c0fa11e85768c07d80ed2331b2df726a6f693518064c2fbef45f7612f3eb928f1cd247fe6b4fcf530e1", "encoding": "hex", "digest": "sha512", "key": {"value": "k3y"}}},
    "hmac ripemd160 hex key utf8 k3y": {"algorithm": "hmac", "hash": {"value": "fb0a54abc3d8020b6c2b1d3387af300f627a5218", "encoding": "hex", "digest": "ripemd160", "key": {"value": "k3y"}}},
    "hmac md4 hex key utf8 k3y": {"algorithm": "hmac", "hash": {"value": "e331602f432efe53d5a81cbec91260d6", "encoding": "hex", "digest": "md4", "key": {"value": "k3y"}}},
    "ldap {MD5}": {"algorithm": "ldap", "hash": {"value": "{MD5}J6Gu4pWFce124q1Oul/y6g==", "encoding": "utf8"}},
    "ldap {SMD5}": {"algorithm": "ldap", "hash": {"value": "{SMD5}iYeGeh5qPPhl7Tpiyor3KAECAwQFBgcI", "encoding": "utf8"}},
    "ldap {SHA}": {"algorithm": "ldap", "hash": {"value": "{SHA}hPJ0xh4mMAJASpvxRhW1rdbg4Xo=", "encoding": "utf8"}},
    "ldap {SSHA}": {"algorithm": "ldap", "hash": {"value": "{SSHA}XlGj7YXmaqq/QsA9CY2EKP689d4BAgMEBQYHCA==", "encoding": "utf8"}},
    "ldap {SHA256}": {"algorithm": "ldap", "hash": {"value": "{SHA256}fXd9afKA4Z7jtnDYzaiLrUR9BwCN/4q0jKhcWFuT//o=", "encoding": "utf8"}},
    "ldap {SSHA256}": {"algorithm": "ldap", "hash": {"value": "{SSHA256}6f/ApqBCunKQfBG0YnA9pBDMvr+pgkbR47RhHDJJ5WsBAgMEBQYHCA==", "encoding": "utf8"}},
    "ldap {SHA384}": {"algorithm": "ldap", "hash": {"value": "{SHA384}Kz8H39BzxyiiHG4x1OGl+xSyqTZ2BgSb8w9IwSXApEykSEsV8m7yvqTJ89WPbLed", "encoding": "utf8"}},
    "ldap {SSHA384}": {"algorithm": "ldap", "hash": {"value": "{SSHA384}hFv6fgEtt+1Xnvm1QuwwroSWxs854+3r/atFIBex3GGj6TJrYwQdGVY3iZ+CjfxeAQIDBAUGBwg=", "encoding": "utf8"}},
    "ldap {SHA512}": {"algorithm": "ldap", "hash": {"value": "{SHA512}Z4G6I+vHt+ujstLdiQG1yKyR92GS8jFy7+MQ50l+Tdk+nutVA3bbk9ubU/2UZPItZ0p5FUbfypQuiv0SJ/rSQA==", "encoding": "utf8"}},
    "ldap {SSHA512}": {"algorithm": "ldap", "hash": {"value": "{SSHA512}hK2MNYJlam+syWFR+1bh1NlEhBrNg+3t7TlgaVTek/Llu5V7KHC4BicOOJ3LipRWlpAodFFz0+BFwh14qRxBLAECAwQFBgcI", "encoding": "utf8"}},
    "pbkdf2-sha1": {"algorithm": "pbkdf2", "hash": {"value": "$pbkdf2-sha1$i=10000,l=32$AAECAwQFBgcICQoLDA0ODw$kiU01k6g1Fi6yo3gkiWBJ03xb2kGjBFW59p0thfBvss", "encoding": "utf8"}},
    "pbkdf2-sha256": {"algorithm": "pbkdf2", "hash": {"value": "$pbkdf2-sha256$i=10000,l=32$AAECAwQFBgcICQoLDA0ODw$EaOu3EnGhiDkod2VuoAAIeb27hd5IwxAMJi40FPSmYc", "encoding": "utf8"}},
    "pbkdf2-sha512": {"algorithm": "pbkdf2", "hash": {"value": "$pbkdf2-sha512$i=10000,l=32$AAECAwQFBgcICQoLDA0ODw$akNHkgTax9vkQWB6jomS3LNGaAEVS7Ihwj4NS5uvi0E", "encoding": "utf8"}},
    "scrypt n=16384 r=8 p=1 keylen=32 salt utf8 NaCl-7 hex": {"algorithm": "scrypt", "hash": {"value": "2d1c0f0e682323662db7515acaf33ce239e1568491a6fd9d5607bbfdcba79e0a", "encoding": "hex"}, "salt": {"value": "NaCl-7", "encoding": "utf8"}, "keylen": 32, "cost": 16384, "blockSize": 8, "parallelization": 1},
    "scrypt n=4096 r=8 p=2 keylen=64 salt hex 4e61436c2d37 base64": {"algorithm": "scrypt", "hash": {"value": "0i7AVsSvkbdUN45wMYQlRsZFulFs8fN9cqdZDGhmRZuHhtZFitrgOkC4wjme0lco9qYmxrYIgCoHLaPcnFUu/w==", "encoding": "base64"}, "salt": {"value": "4e61436c2d37", "encoding": "hex"}, "keylen": 64, "cost": 4096, "blockSize": 8, "parallelization": 2},
    "argon2id": {"algorithm": "argon2", "hash": {"value": "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$uLr/Ne5H3XmoXWybVVYbBlJBwNjfRWBk1JiVPxwCPuw", "encoding": "utf8"}},
    "argon2i": {"algorithm": "argon2", "hash": {"value": "$argon2i$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$i87flxLMkGLuUTDwa+thP37q8RiR6ddRID6GpdmnzdY", "encoding": "utf8"}},
    "argon2d": {"algorithm": "argon2", "hash": {"value": "$argon2d$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$cVulDmjPvRhA0bLVXEigb6Tf0wxU3goax9LgUeqqE90", "encoding": "utf8"}},
    "bcrypt $2b$": {"algorithm": "bcrypt", "hash": {"value": "$2b$10$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO", "encoding": "utf8"}},
    "bcrypt $2a$": {"algorithm": "bcrypt", "hash": {"value": "$2a$10$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO", "encoding": "utf8"}},
    "bcrypt $2y$ (same bytes as 2b)": {"algorithm": "bcrypt", "hash": {"value": "$2y$10$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO", "encoding": "utf8"}},
    "bcrypt $2b$, salt.value NaCl-7 prefix": {"algorithm": "bcrypt", "hash": {"value": "$2b$10$abcdefghijklmnopqrstuuodugFeHO9gRaABU.7oYmYk48EBvliQ6", "encoding": "utf8"}, "salt": {"value": "NaCl-7", "encoding": "utf8", "position": "prefix"}},
}
"""Case to `custom_password_hash`; each is of PASSWORD."""

PUBLISHED: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "hmac-sha1 with a key in hex": ("test", {"algorithm": "hmac", "hash": {"value": "cg7f42jH39/2EaAU4wNd4s2lKIk=", "encoding": "base64", "digest": "sha1", "key": {"value": "736868", "encoding": "hex"}}}),
    "md5 with a salt before, in upper-case hex": ("password", {"algorithm": "md5", "hash": {"value": "67A1E09BB1F83F5007DC119C14D663AA", "encoding": "hex"}, "salt": {"value": "salt"}}),
}
"""Examples of Auth0's documentation (Bulk user import database schema) with their passwords."""
