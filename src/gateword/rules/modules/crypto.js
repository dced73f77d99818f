// needs: buffer, callbacks, crypto-hashes, crypto-keys, crypto-signing
// The part of Node's crypto that rules use.
(function (module, exports, require, host) {
  "use strict";
  const { Buffer } = require("buffer");
  const { answer, call } = require("callbacks");
  const hashes = require("crypto-hashes");
  const keys = require("crypto-keys");
  const signing = require("crypto-signing");
  const { fault, toBytes } = hashes;
  const MOST_BYTES = 2 ** 31 - 1, MOST_VALUES = 65536, RANDOM_BITS = 48;

  // Calls back in a later turn, as Node does.
  function later(make, callback) {
    return answer(Promise.resolve().then(make), callback);
  }

  function randomBytes(size, callback) {
    if (!Number.isInteger(size) || size < 0 || size > MOST_BYTES) {
      throw fault('The value of "size" is out of range.', "ERR_OUT_OF_RANGE", RangeError);
    }
    const make = () => Buffer.from(host.random(size));
    return callback ? later(make, callback) : make();
  }
  function randomFillSync(target, offset = 0, size = undefined) {
    const whole = ArrayBuffer.isView(target)
      ? new Uint8Array(target.buffer, target.byteOffset, target.byteLength)
      : new Uint8Array(target);
    const part = whole.subarray(offset, size === undefined ? undefined : offset + size);
    part.set(host.random(part.length));
    return target;
  }
  function randomFill(target, ...rest) {
    const callback = rest.pop();
    later(() => randomFillSync(target, ...rest), callback);
  }
  function getRandomValues(target) {
    if (target.byteLength > MOST_VALUES) {
      throw fault("The requested length exceeds 65,536 bytes", "QuotaExceededError");
    }
    return randomFillSync(target);
  }
  function randomUUID() {
    const bytes = Buffer.from(host.random(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }
  function randomInt(...given) {
    const callback = typeof given.at(-1) === "function" ? given.pop() : undefined;
    const [min, max] = given.length > 1 ? given : [0, given[0]];
    const range = max - min;
    if (![min, max].every(Number.isSafeInteger) || range <= 0 || range >= 2 ** RANDOM_BITS) {
      throw fault('The value of "max" is out of range.', "ERR_OUT_OF_RANGE", RangeError);
    }
    const make = () => {
      const limit = 2 ** RANDOM_BITS - (2 ** RANDOM_BITS % range);
      for (;;) {
        const number = Buffer.from(host.random(6)).readUIntBE(0, 6);
        if (number < limit) return min + (number % range); // what is above would favour some
      }
    };
    return callback ? later(make, callback) : make();
  }

  function pbkdf2(password, salt, iterations, length, digest, callback = digest) {
    const name = hashes.hashName(typeof digest === "string" ? digest : "sha1");
    if (!name) throw fault(`Invalid digest: ${digest}`, "ERR_CRYPTO_INVALID_DIGEST");
    const asked = host.ask("pbkdf2", {
      password: toBytes(password).toString("base64"), salt: toBytes(salt).toString("base64"),
      iterations, length, digest: name,
    });
    answer(asked.then((text) => Buffer.from(text, "base64")), callback);
  }

  // Ciphers are slow to load: whoever makes one calls for them.
  const CIPHERS = ["createCipheriv", "createDecipheriv", "createCipher", "createDecipher"];
  for (const name of CIPHERS) {
    exports[name] = (...given) => require("crypto-ciphers")[name](...given);
  }
  const sizes = [128, 192, 256];
  exports.getCiphers = () =>
    ["cbc", "ctr", "gcm"].flatMap((mode) => sizes.map((size) => `aes-${size}-${mode}`));
  exports.getCurves = () => ["prime256v1", "secp256k1", "secp384r1", "secp521r1"];

  const { sign, verify } = signing;
  const withCallback = (make, arity) => (...given) => {
    const callback = given[arity];
    if (typeof callback !== "function") return make(...given);
    later(() => make(...given.slice(0, arity)), (...values) => call(callback, ...values));
    return undefined;
  };

  const { Hash, Hmac, createHash, createHmac, getHashes, hash } = hashes;
  const { pbkdf2Sync, timingSafeEqual } = hashes;
  const { KeyObject, createPrivateKey, createPublicKey, createSecretKey } = keys;
  const { Sign, Verify, createSign, createVerify } = signing;
  Object.assign(exports, {
    Hash, Hmac, KeyObject, Sign, Verify,
    createHash, createHmac, createPrivateKey, createPublicKey, createSecretKey, createSign,
    createVerify, getHashes, getRandomValues, hash, pbkdf2, pbkdf2Sync, randomBytes, randomFill,
    randomFillSync, randomInt, randomUUID, timingSafeEqual,
    sign: withCallback(sign, 3),
    verify: withCallback(verify, 4),
    rng: randomBytes, pseudoRandomBytes: randomBytes, prng: randomBytes,
    constants: { RSA_PKCS1_PADDING: 1, RSA_PKCS1_PSS_PADDING: 6 },
    webcrypto: { getRandomValues, randomUUID },
  });
})
