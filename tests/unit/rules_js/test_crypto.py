"""`require("crypto")`: the answers of Node's module, checked with Python's."""

import base64
import hashlib
import hmac
import re
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.padding import PKCS7

from tests.unit.rules_js.sandbox import Sandbox, ScriptError

CRYPTO = 'const crypto = require("crypto"); const { Buffer } = require("buffer");'
HASHES = ["md5", "ripemd160", "sha1", "sha224", "sha256", "sha384", "sha512"]
TEXT = "Größe 😀"
KEY = bytes(range(32))
IV = bytes(range(16, 32))
SHA1_OF_X = hashlib.sha1(b"x", usedforsecurity=False)


def run(body: str, **given: object) -> Any:
    """Return what a script with `crypto` returns."""
    return Sandbox().run(CRYPTO + body, **given)


@pytest.mark.parametrize("length", [0, 3, 55, 56, 64, 111, 112, 1000])
@pytest.mark.parametrize("name", HASHES)
def test_hash_when_its_name_is_known(name: str, length: int) -> None:
    """A hash is that of Python's hashlib, however the data comes in."""
    text = "ab\x00"[: length % 4] + "é" * (length // 2)
    script = """return [
      crypto.createHash(name).update(text).digest("hex"),
      crypto.createHash(name.toUpperCase()).update(Buffer.from(text.slice(0, 2)))
        .update(text.slice(2)).digest().toString("hex"),
      crypto.hash(name, text)];"""
    assert [hashlib.new(name, text.encode()).hexdigest()] * 3 == run(script, name=name, text=text)


@pytest.mark.parametrize("key", ["", "key", "k" * 64, "k" * 65, "k" * 200])
@pytest.mark.parametrize("name", HASHES)
def test_hmac_when_its_hash_is_known(name: str, key: str) -> None:
    """An HMAC is that of Python's hmac, for keys of any length."""
    script = 'return crypto.createHmac(name, key).update(text, "utf8").digest("base64");'
    digest = hmac.new(key.encode(), TEXT.encode(), name).digest()
    assert base64.b64encode(digest).decode() == run(script, name=name, key=key, text=TEXT)


@pytest.mark.parametrize(
    ("encoding", "seen"),
    [
        ("hex", SHA1_OF_X.hexdigest()),
        ("base64", base64.b64encode(SHA1_OF_X.digest()).decode()),
        ("base64url", base64.urlsafe_b64encode(SHA1_OF_X.digest()).decode().rstrip("=")),
        ("latin1", SHA1_OF_X.digest().decode("latin1")),
        ("binary", SHA1_OF_X.digest().decode("latin1")),
    ],
)
def test_digest_when_an_encoding_is_asked_for(encoding: str, seen: str) -> None:
    """A digest is text in the encoding that is asked for."""
    assert seen == run(
        'return crypto.createHash("sha1").update("x").digest(encoding)', encoding=encoding
    )


@pytest.mark.parametrize("name", ["RSA-SHA256", "SHA-256", "sha256WithRSAEncryption"])
def test_hash_when_it_has_another_name(name: str) -> None:
    """The names of OpenSSL mean the same hash."""
    assert hashlib.sha256(b"x").hexdigest() == run("return crypto.hash(name, 'x')", name=name)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ('crypto.createHash("md6")', "Digest method not supported"),
        ('crypto.createHmac("md6", "k")', "Invalid digest: md6"),
        ('crypto.createHash("md5").update(5)', 'The "data" argument must be'),
        ('crypto.createHmac("md5")', 'The "key" argument must be'),
        ('const h = crypto.createHash("md5"); h.digest(); h.digest()', "Digest already called"),
        ('const h = crypto.createHash("md5"); h.digest(); h.update("")', "Digest already called"),
        ("crypto.timingSafeEqual(Buffer.alloc(1), Buffer.alloc(2))", "the same byte length"),
        ('crypto.timingSafeEqual("a", "a")', "must be of type"),
        ('crypto.createCipheriv("aes-256-xts", "", "")', "Unknown cipher"),
        ('crypto.createCipheriv("aes-256-cbc", "k", Buffer.alloc(16))', "Invalid key length"),
        ('crypto.createCipheriv("aes-128-cbc", Buffer.alloc(16), "i")', "Invalid initialization"),
        ("crypto.randomBytes(-1)", "out of range"),
        ("crypto.randomInt(0)", "out of range"),
        ('crypto.createPrivateKey("none")', "The PEM cannot be read"),
    ],
)
def test_error_when_arguments_are_wrong(script: str, message: str) -> None:
    """What Node refuses is refused in its words."""
    with pytest.raises(ScriptError, match=re.escape(message)):
        run(script)


def test_copy_when_a_hash_goes_on() -> None:
    """A copy goes on from where the hash was."""
    script = """const one = crypto.createHash("sha256").update("a");
    const other = one.copy().update("b");
    return [one.digest("hex"), other.digest("hex")];"""
    assert [hashlib.sha256(text).hexdigest() for text in (b"a", b"ab")] == run(script)


def test_equality_when_bytes_are_compared() -> None:
    """`timingSafeEqual` compares bytes of any view."""
    script = """const [a, c] = [Buffer.from("abc"), Buffer.from("abd")];
    const b = Uint8Array.of(97, 98, 99);
    return [crypto.timingSafeEqual(a, b), crypto.timingSafeEqual(a, c)];"""
    assert [True, False] == run(script)


def test_random_when_it_is_asked_for() -> None:
    """Random bytes, numbers and UUIDs have the shape that was asked for."""
    script = """const called = (make) => new Promise((done) => make((error, value) => done(value)));
    const filled = new Uint8Array(4);
    crypto.getRandomValues(filled);
    const numbers = Array.from({ length: 200 }, () => crypto.randomInt(3, 6));
    const seven = await called((done) => crypto.randomBytes(7, done));
    return [crypto.randomBytes(5).length, seven.length,
      crypto.randomUUID(), [...new Set(numbers)].sort(), filled.some(Boolean),
      await called((done) => crypto.randomInt(1, done)),
      crypto.webcrypto.getRandomValues(new Uint16Array(3)).length,
      crypto.randomFillSync(Buffer.alloc(4), 2).slice(0, 2).every((byte) => byte === 0)];"""
    five, seven, uuid, numbers, *rest = run(script)
    assert (5, 7, [3, 4, 5], [True, 0, 3, True]) == (five, seven, numbers, rest)
    assert re.fullmatch(r"[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}", uuid)


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha512"])
def test_pbkdf2_when_it_is_sync(digest: str) -> None:
    """A derived key is that of Python's hashlib."""
    script = 'return crypto.pbkdf2Sync("pass", "salt", 3, 50, digest).toString("hex")'
    assert hashlib.pbkdf2_hmac(digest, b"pass", b"salt", 3, 50).hex() == run(script, digest=digest)


def test_pbkdf2_when_it_is_left_to_the_host() -> None:
    """With a callback the host derives the key."""
    sandbox = Sandbox(lambda _kind, _args: base64.b64encode(b"derived").decode())
    got = sandbox.run(
        f"""{CRYPTO} return new Promise((done) =>
          crypto.pbkdf2("p", "s", 1000, 7, "SHA512", (error, key) => done(key.toString())));"""
    )
    args = {"password": "cA==", "salt": "cw==", "iterations": 1000, "length": 7, "digest": "sha512"}
    assert ("derived", [("pbkdf2", args)]) == (got, sandbox.asked)


def padded(text: bytes) -> bytes:
    """Return the text with the padding of PKCS #7."""
    padder = PKCS7(128).padder()
    return padder.update(text) + padder.finalize()


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 40])
@pytest.mark.parametrize("bits", [128, 192, 256])
@pytest.mark.parametrize("mode", ["cbc", "ctr"])
def test_cipher_when_it_goes_both_ways(mode: str, bits: int, length: int) -> None:
    """AES is that of OpenSSL, in pieces of any size, and opens again."""
    text = ("aé" * 40)[:length]
    key = KEY[: bits // 8]
    encryptor = Cipher(AES(key), modes.CBC(IV) if mode == "cbc" else modes.CTR(IV)).encryptor()
    clear = padded(text.encode()) if mode == "cbc" else text.encode()
    expected = (encryptor.update(clear) + encryptor.finalize()).hex()
    script = """const k = Buffer.from(key, "hex"), v = Buffer.from(iv, "hex");
    const cipher = crypto.createCipheriv(name, k, v);
    let sealed = "";
    for (const piece of text.match(/.{1,7}/gs) || []) sealed += cipher.update(piece, "utf8", "hex");
    sealed += cipher.final("hex");
    const opened = (size) => {
      const decipher = crypto.createDecipheriv(name, k, v);
      let seen = "";
      for (let at = 0; at < sealed.length; at += size)
        seen += decipher.update(sealed.slice(at, at + size), "hex", "utf8");
      return seen + decipher.final("utf8");
    };
    const again = crypto.createCipheriv(name, k, v);
    const base64 = again.update(text.slice(0, 5), "utf8", "base64")
      + again.update(text.slice(5), "utf8", "base64") + again.final("base64");
    return [sealed, opened(6), opened(64), Buffer.from(base64, "base64").toString("hex")];"""
    name = f"aes-{bits}-{mode}"
    got = run(script, name=name, key=key.hex(), iv=IV.hex(), text=text)
    assert [expected, text, text, expected] == got


@pytest.mark.parametrize("length", [0, 5, 33])
def test_gcm_when_it_goes_both_ways(length: int) -> None:
    """AES-GCM is that of OpenSSL, tag and additional data included."""
    text = "abcdefghijklmnopqrstuvwxyz0123456789"[:length]
    sealed = AESGCM(KEY).encrypt(IV[:12], text.encode(), b"more")
    script = """const k = Buffer.from(key, "hex"), v = Buffer.from(iv, "hex");
    const cipher = crypto.createCipheriv("aes-256-gcm", k, v);
    cipher.setAAD(Buffer.from("more"));
    const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
    const tag = cipher.getAuthTag();
    const opened = (given) => {
      const decipher = crypto.createDecipheriv("aes-256-gcm", k, v);
      decipher.setAAD(Buffer.from("more")).setAuthTag(given);
      return decipher.update(sealed, null, "utf8") + decipher.final("utf8");
    };
    let forged = "opened";
    try { opened(Buffer.alloc(16)); } catch (error) { forged = error.message; }
    return [sealed.toString("hex") + tag.toString("hex"), opened(tag), forged];"""
    got = run(script, key=KEY.hex(), iv=IV[:12].hex(), text=text)
    assert [sealed.hex(), text, "Unsupported state or unable to authenticate data"] == got


def test_cipher_when_it_is_made_of_a_password() -> None:
    """The old `createCipher` derives key and vector as OpenSSL did."""
    script = """const cipher = crypto.createCipher("aes-256-cbc", "pass");
    const sealed = cipher.update("text", "utf8", "hex") + cipher.final("hex");
    const decipher = crypto.createDecipher("aes-256-cbc", "pass");
    return [sealed, decipher.update(sealed, "hex", "utf8") + decipher.final("utf8")];"""
    derived = b""
    block = b""
    while len(derived) < 48:
        block = hashlib.md5(block + b"pass", usedforsecurity=False).digest()
        derived += block
    encryptor = Cipher(AES(derived[:32]), modes.CBC(derived[32:48])).encryptor()
    assert [encryptor.update(padded(b"text")).hex(), "text"] == run(script)


@pytest.mark.parametrize(
    ("sealed", "message"),
    [
        ("00" * 15, "wrong final block length"),
        ("00" * 16, "bad decrypt"),
        ("", "wrong final block length"),
    ],
)
def test_decipher_when_the_text_is_forged(sealed: str, message: str) -> None:
    """What was never sealed does not open."""
    script = """const zeros = Buffer.alloc(16);
    const d = crypto.createDecipheriv("aes-128-cbc", zeros, zeros);
    d.update(sealed, "hex"); d.final();"""
    with pytest.raises(ScriptError, match=message):
        run(script, sealed=sealed)


def test_lists_when_they_are_asked_for() -> None:
    """The names of what there is can be listed."""
    hashes, ciphers = run("return [crypto.getHashes(), crypto.getCiphers()]")
    assert set(HASHES) <= set(hashes)
    assert "aes-256-gcm" in ciphers
